import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName, type MachineOptions } from "../../src/runner/machine.ts";
import { Random } from "../exec/random.ts";
import { Assembler, COND, narrow, wide } from "./fuzz/assembler.ts";

/**
 * Each operation in a loop over operands, compiled, against the reference engine: results, FPSCR and cycles. Operands
 * are of all kinds, and triples of them are made so that sums cancel, round at half, underflow and overflow.
 */
const OPERATIONS: Readonly<Record<string, number>> = {
  "vadd.f64 d2, d0, d1": 0xee30_2b01,
  "vsub.f64 d2, d0, d1": 0xee30_2b41,
  "vmul.f64 d2, d0, d1": 0xee20_2b01,
  "vdiv.f64 d2, d0, d1": 0xee80_2b01,
  "vsqrt.f64 d2, d0": 0xeeb1_2bc0,
  "vfma.f64 d2, d0, d1": 0xeea0_2b01,
  "vfms.f64 d2, d0, d1": 0xeea0_2b41,
  "vfnma.f64 d2, d0, d1": 0xee90_2b41,
  "vfnms.f64 d2, d0, d1": 0xee90_2b01,
  "vmla.f64 d2, d0, d1": 0xee00_2b01,
  "vmaxnm.f64 d2, d0, d1": 0xfe80_2b01,
  "vminnm.f64 d2, d0, d1": 0xfe80_2b41,
  "vcmp.f64 d0, d1": 0xeeb4_0b41,
  "vcmpe.f64 d0, d1": 0xeeb4_0bc1,
  "vcvt.f32.f64 s4, d0": 0xeeb7_2bc0,
  "vcvt.f64.f32 d2, s0": 0xeeb7_2ac0,
  "vcvt.s32.f64 s4, d0": 0xeebd_2bc0,
  "vcvt.u32.f64 s4, d0": 0xeebc_2bc0,
  "vcvtr.s32.f64 s4, d0": 0xeebd_2b40,
  "vcvt.f64.s32 d2, s0": 0xeeb8_2bc0,
  "vcvt.f64.u32 d2, s0": 0xeeb8_2b40,
  "vcvt.s32.f64 d2, d2, #7": 0xeebe_2bec,
  "vcvt.f64.u32 d2, d2, #32": 0xeebb_2bc0,
  "vrintx.f64 d2, d0": 0xeeb7_2b40,
  "vrintz.f64 d2, d0": 0xeeb6_2bc0,
  "vrinta.f64 d2, d0": 0xfeb8_2b40,
  "vadd.f32 s4, s1, s3": 0xee30_2aa1,
  "vmul.f32 s4, s1, s3": 0xee20_2aa1,
  "vdiv.f32 s4, s1, s3": 0xee80_2aa1,
  "vfma.f32 s5, s1, s3": 0xeee0_2aa1,
  "vcmp.f32 s1, s3": 0xeef4_0a61,
};
const FPSCR = {
  "the usual state": 0x10,
  "after reset": 0,
  "flush to zero, default NaN": 0x0300_0010,
} as const;

const BOARD = "nucleo-h743zi2"; // has doubles
const FLASH = 0x0800_0000;
const INPUT = 0x2000_0000;
const OUTPUT = 0x2001_0000;
const TRIPLES = 400;
const CPACR_CP10_CP11 = 0xf << 20;

function image(operation: number): Uint8Array {
  const asm = new Assembler(FLASH + 0x200);
  const again = asm.label();
  asm.constant(0, INPUT).constant(1, OUTPUT).constant(3, TRIPLES);
  asm.bind(again);
  asm.put(wide(0xed90_0b00), wide(0xed90_1b02), wide(0xed90_2b04)); // VLDR D0, [R0]; D1, [R0, #8]; D2, [R0, #16]
  asm.put(wide(operation), wide(0xeef1_4a10)); // VMRS R4, FPSCR
  asm.put(wide(0xed81_2b00), narrow(0x608c)); // VSTR D2, [R1]; STR R4, [R1, #8]
  asm.put(narrow(0x3018), narrow(0x310c), narrow(0x3b01)); // ADDS R0, #24; ADDS R1, #12; SUBS R3, #1
  asm.branch(again, COND.ne).put(narrow(0xe7fe)); // BNE; B .
  return asm.image(FLASH, 0x2001_f000);
}

const SPECIAL = [
  0, -0, 1, -1, 0.5, 1.5, 2.5, 3, -7, 2 ** 31, -(2 ** 31), 2 ** 32 - 1, 2 ** 32, 2 ** 52 + 1, 2 ** 53 - 1, 1 + 2 ** -52,
  1 - 2 ** -53, 2 ** -149, 2 ** -126, 2 ** -1022, 2 ** -1023, 2 ** -1074, 2 ** 1023, 2 ** 127, 2 ** 128, 1e-300, 1e300,
  Infinity, -Infinity, NaN,
]; // prettier-ignore

/** A product a little less than a power of two, which is half a unit in the last place of the addend. */
function nearTie(random: Random): readonly [number, number, number] {
  const scale = 2 ** random.below(20);
  const sign = random.pick([1, -1]);
  const addend = (2 ** 53 + 2 * random.below(8)) * random.pick([1, -1]);
  return [(1 + 2 ** -27) * scale, (sign * (1 - 2 ** -27)) / scale, addend];
}

/** Singles in the upper words, whose product is about the smallest that is not subnormal, or about infinity. */
function nearBounds(random: Random): readonly [number, number, number] {
  const bits = new DataView(new ArrayBuffer(8));
  const upper = (value: number): number => {
    bits.setFloat32(0, value);
    return bits.getFloat64(0);
  };
  const sign = (): number => random.pick([1, -1]);
  const half = random.pick([2 ** -63, 2 ** 64]);
  const about = (): number => sign() * half * random.pick([0.5, 1 - 2 ** -24, 1, 1 + 2 ** -23]);
  return [upper(about()), upper(about()), upper(random.pick([0, -0, 2 ** -126, -(2 ** -149)]))];
}

function operands(): Float64Array {
  const random = new Random(20_261_122);
  const bits = new DataView(new ArrayBuffer(8));
  const word = (): number => random.below(2 ** 16) * 2 ** 16 + random.below(2 ** 16);
  const anyBits = (): number => {
    bits.setUint32(0, word());
    bits.setUint32(4, word());
    return bits.getFloat64(0);
  };
  const ordinary = (): number => (word() / 2 ** 32 + word() / 2 ** 64 + 0.5) * 2 ** (random.below(40) - 20);
  const any = (): number => random.pick([anyBits, ordinary, ordinary, () => random.pick(SPECIAL)])();
  const few = (): number => random.below(2 ** 16) / 2 ** 8;
  const out = new Float64Array(3 * TRIPLES);
  for (let i = 0; i < TRIPLES; i++) {
    const [a, b] = i % 3 === 0 ? [any(), any()] : i % 3 === 1 ? [ordinary(), ordinary()] : [few(), few()];
    const step = 2 ** (Math.floor(Math.log2(Math.abs(a * b) || 1)) - 53);
    const addend = random.pick([
      any,
      () => -(a * b),
      () => -(a * b) * (1 + 2 ** -52),
      () => step,
      () => -step,
      few,
    ]);
    const made = i % 10 === 9 ? nearTie(random) : i % 10 === 8 ? nearBounds(random) : [a, b, addend()];
    out.set(made, 3 * i);
  }
  return out;
}

function run(
  engine: EngineName,
  operation: number,
  fpscr: number,
  input: Uint8Array,
  options: Partial<MachineOptions> = {},
) {
  const machine = new Machine({
    ...options,
    board: shippedBoard(BOARD),
    image: readImage(image(operation), "fp.bin", { loadAddress: FLASH }),
    firmware: "fp.bin",
    engine,
    hot: 40,
    console: () => undefined,
  });
  machine.exceptions.registers.CPACR = CPACR_CP10_CP11;
  machine.exceptions.fpAccessChanged();
  machine.exceptions.executeFPCheck();
  machine.state.fpscr = fpscr;
  machine.state.bytes.set(input, machine.map.hostAddress(INPUT, input.length));
  machine.run(2_000_000);
  const at = machine.map.hostAddress(OUTPUT, 12 * TRIPLES)!;
  return {
    output: machine.state.bytes.slice(at, at + 12 * TRIPLES),
    cycles: machine.state.cycles,
    stopped: machine.hasStopped,
    compiled: machine.blocks.all.some((block) => block.compiled.some((entry) => entry !== undefined)),
  };
}

describe("compiled floating point does what the reference does", () => {
  const input = new Uint8Array(operands().buffer);
  const check = (operation: number, fpscr: number, options?: Partial<MachineOptions>): void => {
    const expected = run("reference", operation, fpscr, input);
    const actual = run("wasm", operation, fpscr, input, options);
    expect([expected.stopped, actual.compiled]).toEqual([true, true]);
    const wrong = [...Array(TRIPLES).keys()].filter((i) =>
      actual.output.subarray(12 * i, 12 * i + 12).some((byte, j) => byte !== expected.output[12 * i + j]),
    );
    const values = new Float64Array(input.buffer);
    expect(wrong.slice(0, 3).map((i) => [...values.subarray(3 * i, 3 * i + 3)])).toEqual([]);
    expect(actual.cycles).toBe(expected.cycles);
  };
  describe.each(Object.entries(FPSCR))("FPSCR in %s", (_state, fpscr) => {
    it.each(Object.entries(OPERATIONS))("%s", (_text, operation) => {
      check(operation, fpscr);
    });
    const fused = Object.entries(OPERATIONS).filter(([text]) => /^vfn?m[as]/.test(text));
    it.each(fused)("%s, where the host does not fuse", (_text, operation) => {
      check(operation, fpscr, { fusesMultiplyAdd: false });
    });
  });
});
