import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine } from "../../src/runner/machine.ts";

/** A program that SysTick interrupts, with frames in memory without waits and behind a cache. */
const BOARDS = ["mps2-an386", "nucleo-f746zg"];
const folder = fileURLToPath(new URL("../../firmware/bench/prebuilt/", import.meta.url));

function run(board: string, atOnce: boolean) {
  const file = `${folder}interrupts-${board}.elf`;
  const machine = new Machine({
    board: shippedBoard(board),
    image: readImage(readFileSync(file), file),
    firmware: file,
    engine: "handlers",
    console: () => undefined,
  });
  const { bus } = machine;
  const freeWords = bus.freeWords.bind(bus);
  let found = 0;
  bus.freeWords = (address, count, write) => {
    const byte = atOnce ? freeWords(address, count, write) : -1;
    if (byte < 0) return byte;
    found++;
    expect(byte).toBe(machine.map.hostAddress(address, 4 * count));
    return byte;
  };
  machine.run(4_000_000);
  const { cycles, words } = machine.state;
  const memory = createHash("sha256");
  for (const { kind, host, size } of machine.map.regions)
    if (kind === "ram") memory.update(machine.state.bytes.subarray(host, host + size));
  const seen = [cycles, machine.executor.instructions, ...words.subarray(0, 64), memory.digest("hex")];
  return { found, seen };
}

describe("frames of free memory are moved at once, in the same time as word by word", () => {
  it.each(BOARDS)("%s", (board) => {
    const expected = run(board, false);
    const actual = run(board, true);
    expect(actual.seen).toEqual(expected.seen);
    expect(expected.found).toBe(0);
    expect(actual.found).toBeGreaterThan(10);
  });
});
