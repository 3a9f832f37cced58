import type { Builder } from "../builder.ts";
import { enc, insn, type Encoding } from "../insn.ts";
import type { I32 } from "../ir.ts";
import { DecodeImmShift, type ImmediateShift, Shift } from "../pseudocode.ts";
import { r, shiftSuffix } from "../registers.ts";
import { writeR } from "./common.ts";

interface Range {
  readonly minimum: number;
  readonly maximum: number;
}
const signedRange = (bits: number): Range => ({ minimum: -(2 ** (bits - 1)), maximum: 2 ** (bits - 1) - 1 });
const unsignedRange = (bits: number): Range => ({ minimum: 0, maximum: 2 ** bits - 1 });

interface Operands extends ImmediateShift {
  readonly Rd: number;
  readonly Rn: number;
  readonly saturate_to: number;
}
interface Fields {
  readonly sh: number;
  readonly Rn: number;
  readonly imm3: number;
  readonly Rd: number;
  readonly imm2: number;
  readonly sat_imm: number;
}

/** ASR #0 is SSAT16 or USAT16. */
const operands =
  (extra: number) =>
  (f: Fields): Operands | null =>
    f.sh === 1 && f.imm3 === 0 && f.imm2 === 0
      ? null
      : {
          Rd: f.Rd,
          Rn: f.Rn,
          saturate_to: f.sat_imm + extra,
          ...DecodeImmShift(f.sh << 1, (f.imm3 << 2) | f.imm2),
        };

const saturateWord = (name: "SSAT" | "USAT", T1: Encoding<Operands>, range: (bits: number) => Range) =>
  insn<Operands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing: "saturate",
    roles: ({ Rn, shift_n }) => (shift_n === 0 ? {} : { shifted: Rn }),
    asm: (o, { c }) =>
      `${name.toLowerCase()}${c}\t${r(o.Rd)}, #${o.saturate_to}, ${r(o.Rn)}${shiftSuffix(o)}`,
    sem: (o, x) => {
      const operand = x.let(Shift(x, x.R(o.Rn), o));
      const { minimum, maximum } = range(o.saturate_to);
      const result = x.let(x.clampS(operand, minimum, maximum));
      x.stickyQ(x.ne(result, operand));
      writeR(x, o.Rd, result);
    },
  });

/** @source Armv7-M ARM, "SSAT" */
export const SSAT = saturateWord(
  "SSAT",
  enc("1111001100 sh:1 0 Rn:4 0 imm3:3 Rd:4 imm2:2 0 sat_imm:5", operands(1)),
  signedRange,
);

/** @source Armv7-M ARM, "USAT" */
export const USAT = saturateWord(
  "USAT",
  enc("1111001110 sh:1 0 Rn:4 0 imm3:3 Rd:4 imm2:2 0 sat_imm:5", operands(0)),
  unsignedRange,
);

interface HalfwordOperands {
  readonly Rd: number;
  readonly Rn: number;
  readonly saturate_to: number;
}

const saturateHalfwords = (
  name: "SSAT16" | "USAT16",
  T1: Encoding<HalfwordOperands>,
  range: (bits: number) => Range,
) =>
  insn<HalfwordOperands>({
    name,
    feature: "DSP",
    encodings: { T1 },
    timing: "saturate",
    asm: ({ Rd, Rn, saturate_to }, { c }) => `${name.toLowerCase()}${c}\t${r(Rd)}, #${saturate_to}, ${r(Rn)}`,
    sem: ({ Rd, Rn, saturate_to }, x) => {
      const { minimum, maximum } = range(saturate_to);
      const [low, high] = [x.let(x.sxth(x.R(Rn))), x.let(x.sar(x.R(Rn), 16))];
      const low_result = x.let(x.clampS(low, minimum, maximum));
      const high_result = x.let(x.clampS(high, minimum, maximum));
      x.stickyQ(x.or(x.ne(low_result, low), x.ne(high_result, high)));
      writeR(x, Rd, x.or(x.shl(high_result, 16), x.uxth(low_result)));
    },
  });

/** @source Armv7-M ARM, "SSAT16" */
export const SSAT16 = saturateHalfwords(
  "SSAT16",
  enc("111100110010 Rn:4 0000 Rd:4 0000 sat_imm:4", (f) => ({
    Rd: f.Rd,
    Rn: f.Rn,
    saturate_to: f.sat_imm + 1,
  })),
  signedRange,
);

/** @source Armv7-M ARM, "USAT16" */
export const USAT16 = saturateHalfwords(
  "USAT16",
  enc("111100111010 Rn:4 0000 Rd:4 0000 sat_imm:4", (f) => ({ Rd: f.Rd, Rn: f.Rn, saturate_to: f.sat_imm })),
  unsignedRange,
);

/** Saturated `a + b` or `a - b`, kept; sets Q. */
function saturated(x: Builder, operation: "add" | "sub", left: I32, right: I32): I32 {
  const [a, b] = [x.let(left), x.let(right)];
  const result = x.let(x.bin(operation, a, b));
  // Overflow: the operands' signs promise the sign of `a`, and the result has the other.
  const signs = operation === "add" ? x.xor(b, result) : x.xor(a, b);
  const overflow = x.let(x.shr(x.and(x.xor(a, result), signs), 31));
  x.stickyQ(overflow);
  return x.let(x.select(overflow, x.xor(x.sar(a, 31), 0x7fff_ffff), result));
}

interface RegisterOperands {
  readonly Rd: number;
  readonly Rm: number;
  readonly Rn: number;
}

const saturatingAdd = (
  name: "QADD" | "QDADD" | "QSUB" | "QDSUB",
  T1: Encoding<RegisterOperands>,
  operation: "add" | "sub",
  doubling: boolean,
) =>
  insn<RegisterOperands>({
    name,
    feature: "DSP",
    encodings: { T1 },
    timing: "saturate",
    roles: ({ Rn }) => (doubling ? { shifted: Rn } : {}),
    asm: ({ Rd, Rm, Rn }, { c }) => `${name.toLowerCase()}${c}\t${r(Rd)}, ${r(Rm)}, ${r(Rn)}`,
    sem: ({ Rd, Rm, Rn }, x) => {
      const addend = doubling ? saturated(x, "add", x.R(Rn), x.R(Rn)) : x.R(Rn);
      writeR(x, Rd, saturated(x, operation, x.R(Rm), addend));
    },
  });

/** @source Armv7-M ARM, "QADD" */
export const QADD = saturatingAdd(
  "QADD",
  enc("111110101000 Rn:4 1111 Rd:4 1000 Rm:4", (f) => ({ ...f })),
  "add",
  false,
);

/** @source Armv7-M ARM, "QDADD" */
export const QDADD = saturatingAdd(
  "QDADD",
  enc("111110101000 Rn:4 1111 Rd:4 1001 Rm:4", (f) => ({ ...f })),
  "add",
  true,
);

/** @source Armv7-M ARM, "QSUB" */
export const QSUB = saturatingAdd(
  "QSUB",
  enc("111110101000 Rn:4 1111 Rd:4 1010 Rm:4", (f) => ({ ...f })),
  "sub",
  false,
);

/** @source Armv7-M ARM, "QDSUB" */
export const QDSUB = saturatingAdd(
  "QDSUB",
  enc("111110101000 Rn:4 1111 Rd:4 1011 Rm:4", (f) => ({ ...f })),
  "sub",
  true,
);
