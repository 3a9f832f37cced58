import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";

import { shippedBoard } from "../../src/board/registry.ts";

const hasQemu = spawnSync("qemu-system-arm", ["--version"]).status === 0;

interface Mapped {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/** The flat view of a machine's memory as qemu's monitor prints it. */
function memoryTree(machine: string): readonly Mapped[] {
  const { stdout } = spawnSync(
    "qemu-system-arm",
    ["-M", machine, "-display", "none", "-S", "-serial", "none", "-monitor", "stdio"],
    { input: "info mtree -f\nquit\n", encoding: "utf8", timeout: 30_000 },
  );
  const rows = stdout.matchAll(/^ +([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, ([^)]+)\)/gm);
  return [...rows].map(([, start, end, kind]) => ({
    start: Number(`0x${start}`),
    end: Number(`0x${end}`) + 1,
    kind: kind!,
  }));
}

describe.skipIf(!hasQemu)("the mps2 boards against qemu (skipped where qemu-system-arm is absent)", () => {
  test.each([["mps2-an386"], ["mps2-an500"]])(
    "%s has qemu's memory and devices at qemu's addresses",
    (id) => {
      const tree = memoryTree(id);
      const { regions, peripherals } = shippedBoard(id);
      // PSRAM_21 is our own addition, so that an image of AN386 runs on AN500 too.
      for (const { name, start, size } of regions.filter((region) => region.name !== "PSRAM_21")) {
        const same = tree.find((row) => row.start === start && row.end === start + size);
        expect([name, same?.kind]).toEqual([name, "ram"]);
      }
      for (const { name, type, base } of peripherals.filter((peripheral) => peripheral.type !== "unmodelled"))
        expect([name, type, tree.some((row) => row.start === base && row.kind === "i/o")]).toEqual([
          name,
          type,
          true,
        ]);
    },
  );
});
