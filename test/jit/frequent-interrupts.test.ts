import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";
import { Assembler, narrow } from "./fuzz/assembler.ts";

const SYSTICK = 0xe000_e010;
const RAM = 0x2000_0000;
const CODE = 0x80;
const SLICES = [1_000, 30_001, 100_000, 400_000];

/** A loop of four instructions, and a SysTick handler that counts its runs in memory. */
function program(period: number): { readonly bytes: Uint8Array; readonly loop: number } {
  const asm = new Assembler(CODE);
  asm
    .constant(0, SYSTICK)
    .constant(1, period - 1)
    .constant(2, 0)
    .constant(3, 7);
  asm.put(narrow(0x6041), narrow(0x6082), narrow(0x6003)); // STR R1, [R0, #4]; STR R2, [R0, #8]; STR R3, [R0]
  const loop = asm.label();
  asm.bind(loop).put(narrow(0x3301), narrow(0x18ed), narrow(0x405d)); // ADDS R3, #1; ADDS R5, R5, R3; EORS R5, R3
  asm.branch(loop);
  const handler = asm.here;
  asm.constant(1, RAM).put(narrow(0x680a), narrow(0x3201), narrow(0x600a), narrow(0x4770)); // LDR, ADDS, STR, BX LR
  const bytes = asm.image(0, RAM + 0x1000, { 15: handler });
  return { bytes, loop: loop.address! };
}

function run(engine: EngineName, period: number) {
  const { bytes, loop } = program(period);
  const machine = new Machine({
    board: shippedBoard("mps2-an386"),
    image: readImage(bytes, "ticks.bin", { loadAddress: 0 }),
    firmware: "ticks.bin",
    engine,
    console: () => undefined,
  });
  const seen = SLICES.map((cycle) => {
    machine.run(cycle);
    const { cycles, words } = machine.state;
    return [cycles, machine.executor.instructions, ...words.subarray(0, 16), machine.bus.peek(RAM, 4)];
  });
  const isCompiled = machine.blocks.peek(loop, 0)?.compiled.some((entry) => entry !== undefined) ?? false;
  return { seen, ticks: seen.at(-1)!.at(-1)!, isCompiled };
}

describe("what is interrupted all the time becomes hot all the same", () => {
  it.each([60, 200, 5_000])("every %d cycles", (period) => {
    const expected = run("reference", period);
    const actual = run("wasm", period);
    expect(actual.seen).toEqual(expected.seen);
    expect(actual.ticks).toBeGreaterThan(SLICES.at(-1)! / period - 3);
    expect(actual.isCompiled).toBe(true);
  });
});
