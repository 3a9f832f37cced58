import { expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { type EngineName, Machine } from "../../src/runner/machine.ts";
import { halfwords } from "./sequence.ts";

/** A loop whose cycles depend on the values of doubles, on the alignment of a store multiple and on stores of bytes. */
// prettier-ignore
const PROGRAM: readonly (readonly [code: string, asm: string])[] = [
  ["f64e 5088", "movw r0, #60808"],
  ["f2ce 0000", "movt r0, #57344"],
  ["f44f 0170", "mov.w r1, #15728640"],
  ["6001", "str r1, [r0, #0]"],
  ["f3bf 8f4f", "dsb sy"],
  ["f3bf 8f6f", "isb sy"],
  ["f240 1504", "movw r5, #260"],
  ["f2c2 0500", "movt r5, #8192"],
  ["f240 79d0", "movw r9, #2000"],
  ["eeb7 0b00", "vmov.f64 d0, #112"],
  ["eeb7 1b08", "vmov.f64 d1, #120"],
  ["eeb6 2b00", "vmov.f64 d2, #96"],
  ["eeb0 6b00", "vmov.f64 d6, #0"],
  ["ee30 3b40", "vsub.f64 d3, d0, d0"],
  ["ee30 0b01", "vadd.f64 d0, d0, d1"],
  ["ee20 4b03", "vmul.f64 d4, d0, d3"],
  ["ee21 5b06", "vmul.f64 d5, d1, d6"],
  ["eea1 2b00", "vfma.f64 d2, d1, d0"],
  ["ee00 6b03", "vmla.f64 d6, d0, d3"],
  ["ee30 7b46", "vsub.f64 d7, d0, d6"],
  ["e885 000f", "stmia.w r5, {r0, r1, r2, r3}"],
  ["f805 1b01", "strb.w r1, [r5], #1"],
  ["f805 1901", "strb.w r1, [r5], #-1"],
  ["f085 0504", "eor.w r5, r5, #4"],
  ["f1b9 0901", "subs.w r9, r9, #1"],
  ["d1e8", "bne.n 36"],
  ["be00", "bkpt 0x0000"],
];

function machine(engine: EngineName): Machine {
  const words = Uint16Array.from(
    halfwords(["1000 2000 0009 0000", ...PROGRAM.map(([code]) => code)].join(" ")),
  );
  const image = readImage(new Uint8Array(words.buffer), "loop.bin", { loadAddress: 0 });
  const board = shippedBoard("mps2-an500");
  return new Machine({ board, image, firmware: "loop.bin", engine, console: () => undefined });
}
const outcome = (m: Machine) => ({
  cycle: m.now(),
  instructions: m.executor.instructions,
  causes: m.profileCounts(),
  registers: [...m.state.words.subarray(0, 16)],
});

it("engines agree on cycles that depend on operands and addresses", () => {
  const reference = machine("reference");
  reference.run();
  expect(reference.stop?.reason).toBe("breakpoint");
  const expected = outcome(reference);
  expect(expected.causes.cpi).toBeGreaterThan(2000);
  expect(expected.causes.lsu).toBeGreaterThan(2000);
  for (const engine of ["handlers", "wasm"] as const) {
    const other = machine(engine);
    other.run();
    expect(outcome(other), engine).toEqual(expected);
    expect(other.blocks.all.some(({ compiled }) => compiled.length > 0)).toBe(engine === "wasm");
  }
});
