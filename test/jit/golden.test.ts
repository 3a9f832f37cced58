import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { compileRegion } from "../../src/jit/function.ts";
import { JitArea } from "../../src/jit/jit-area.ts";
import { growRegion } from "../../src/jit/region.ts";
import { Machine } from "../../src/runner/machine.ts";
import { printFunction } from "./print-wasm.ts";

/**
 * The code that small programs become, for review by diff: `golden/NAME.s` holds the program as assembly with its
 * halfwords, `golden/NAME.wat` the function. After a change that is meant, run with `-u`.
 */
const NAMES = ["dot-product", "memory-copy", "condition", "float"];
const CODE = 0x100;

const folder = fileURLToPath(new URL("golden/", import.meta.url));

/** Halfwords of a listing: those behind `@`, in hex. */
function halfwords(listing: string): number[] {
  return [...listing.matchAll(/@((?: [0-9a-f]{4})+)$/gm)].flatMap((m) =>
    m[1]!
      .trim()
      .split(" ")
      .map((h) => Number.parseInt(h, 16)),
  );
}

function compileListing(listing: string): string {
  const words = halfwords(listing);
  const bytes = new Uint8Array(CODE + 2 * words.length + 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x2000_1000, true);
  view.setUint32(4, CODE | 1, true);
  words.forEach((word, i) => view.setUint16(CODE + 2 * i, word, true));
  const machine = new Machine({
    board: shippedBoard("mps2-an386"),
    image: readImage(bytes, "golden.bin", { loadAddress: 0 }),
    firmware: "golden.bin",
    engine: "handlers",
    console: () => undefined,
  });
  const entry = machine.blocks.get(CODE, 0);
  entry.schedule(machine.timing.core.drained).taken = 1;
  const region = growRegion(entry, machine.timing.core.drained, {
    find: (pc, itState) => machine.blocks.peek(pc, itState),
    isMember: () => false,
    newNodeId: () => 0,
  });
  const area = new JitArea();
  const compiled = compileRegion(region, {
    area,
    bankConflict: machine.timing.core.bankConflict,
    divide: undefined,
    double: undefined,
    predictor: undefined,
    epochWord: undefined,
    fetchesFreely: () => true,
    presentWord: () => 0,
    lines: undefined,
    openRegion: () => undefined,
    fillsLines: false,
    bankRuleReach: machine.timing.core.bankRuleReach,
    fetches: () => false,
    presentKeys: () => undefined,
    fetchPath: undefined,
    fusesMultiplyAdd: () => false,
    fpNumber: () => 0,
    linkSlot: () => 1,
  })!;
  return printFunction(compiled.body.encode(), compiled.body.hints);
}

describe("the code of small programs is as reviewed", () => {
  it.each(NAMES)("%s", async (name) => {
    const text = compileListing(readFileSync(`${folder}${name}.s`, "utf8"));
    await expect(text).toMatchFileSnapshot(`${folder}${name}.wat`);
  });
});
