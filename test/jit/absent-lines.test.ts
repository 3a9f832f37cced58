import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";
import { Assembler, narrow } from "./fuzz/assembler.ts";

const BOARD = "nucleo-h743zi2"; // its caches are off after reset
const FLASH = 0x0800_0000;
const CODE = 0x200;
const FIRST = 2_000;
const END = 1_200_000;
const SLICES = 40;

/** A loop over more lines of flash than a burst has. */
function image(): Uint8Array {
  const asm = new Assembler(FLASH + CODE);
  const again = asm.label();
  asm.bind(again);
  for (let i = 0; i < 100; i++) asm.put(narrow(0x3001)); // ADDS R0, #1
  asm.branch(again);
  return asm.image(FLASH, 0x2001_f000);
}

function run(engine: EngineName, hot: number) {
  const machine = new Machine({
    board: shippedBoard(BOARD),
    image: readImage(image(), "loop.bin", { loadAddress: FLASH }),
    firmware: "loop.bin",
    engine,
    hot,
    console: () => undefined,
  });
  const entries = () => machine.blocks.all.flatMap(({ compiled }) => compiled.filter((c) => c !== undefined));
  machine.run(FIRST);
  const early = entries().map(({ fetches }) => fetches);
  for (let slice = 1; slice <= SLICES; slice++) machine.run((END * slice) / SLICES);
  const { cycles, words } = machine.state;
  return { seen: [cycles, machine.executor.instructions, words[0], words[15]], early, entries: entries() };
}

describe("code whose lines are never at hand", () => {
  const expected = run("handlers", 300);

  it("asks for them when it was compiled knowing so", () => {
    const { seen, entries } = run("wasm", 300);
    expect(seen).toEqual(expected.seen);
    expect(entries.every(({ fetches }) => fetches)).toBe(true);
    expect(entries.some(({ typicalRun }) => typicalRun > 0)).toBe(true);
  });
  it("is compiled anew for it when it was not", () => {
    const { seen, early, entries } = run("wasm", 3);
    expect(seen).toEqual(expected.seen);
    expect(early).toContain(false);
    expect(entries.some(({ fetches }) => fetches)).toBe(true);
  });
});
