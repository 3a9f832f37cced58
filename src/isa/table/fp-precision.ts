import type { Builder } from "../builder.ts";
import { type AnyInsn, enc, type Encoding, type Feature, type TimingClass } from "../insn.ts";
import type { F32, F64, I32, RoundingMode } from "../ir.ts";

/** What the rows of single- and double-precision instructions share: each is written once, for a `Precision`. */

/** Timing classes of arithmetic, without the prefix that says the precision. */
export type Arithmetic = "add" | "compare" | "convert" | "multiply" | "mac" | "fma" | "divide" | "sqrt";

/** Conversion to a fixed-point number, or to an integer when `fracBits` is 0. */
export interface ToFixed {
  readonly fracBits: number;
  readonly unsigned: boolean;
  readonly size: 16 | 32;
  readonly rmode: RoundingMode;
}
export interface FromFixed {
  readonly fracBits: number;
  readonly unsigned: boolean;
  readonly rmode: "nearest" | "fpscr";
}

/** Registers and operations of one precision; `F` is its run-time value. */
export interface Precision<F> {
  readonly heading: "single-precision" | "double-precision";
  /** Suffix of mnemonics. */
  readonly type: "f32" | "f64";
  /** The `sz` bit of encodings. */
  readonly sz: "0" | "1";
  readonly v4: Feature;
  readonly v5: Feature;
  readonly timing: (kind: Arithmetic) => TimingClass;
  /** Register number from a four-bit field and its extra bit; null where there is no such register. */
  readonly register: (field: number, extra: number) => number | null;
  readonly name: (n: number) => string;
  /** The S register that stands for register `n`, for the pipeline. */
  readonly asS: (n: number) => number;
  readonly read: (x: Builder, n: number) => F;
  readonly write: (x: Builder, n: number, value: F) => void;
  readonly zero: (x: Builder) => F;
  readonly neg: (x: Builder, a: F) => F;
  readonly abs: (x: Builder, a: F) => F;
  readonly arithmetic: (x: Builder, op: "add" | "sub" | "mul" | "div" | "maxNum" | "minNum", a: F, b: F) => F;
  readonly sqrt: (x: Builder, a: F) => F;
  readonly fma: (x: Builder, addend: F, op1: F, op2: F) => F;
  readonly select: (x: Builder, condition: I32, a: F, b: F) => F;
  readonly roundInt: (x: Builder, a: F, rmode: RoundingMode, exact: boolean) => F;
  /** NZCV as a nibble. */
  readonly compare: (x: Builder, a: F, b: F, quietNaNExc: boolean) => I32;
  readonly toFixed: (x: Builder, a: F, how: ToFixed) => I32;
  readonly fromFixed: (x: Builder, a: I32, how: FromFixed) => F;
  readonly fromHalf: (x: Builder, a: I32) => F;
  readonly toHalf: (x: Builder, a: F) => I32;
}

/** Number of a single-precision register. */
export const registerS = (field: number, extra: number): number => (field << 1) | extra;
/** Number of a double-precision register; D16 to D31 do not exist. */
export const registerD = (field: number, extra: number): number | null => (extra === 1 ? null : field);

/** Name of a single- and of a double-precision register. */
export const nameS = (n: number): string => `s${n}`;
export const nameD = (n: number): string => `d${n}`;

export const SINGLE: Precision<F32> = {
  heading: "single-precision",
  type: "f32",
  sz: "0",
  v4: "FPv4-SP",
  v5: "FPv5-SP",
  timing: (kind) => `fp.${kind}`,
  register: registerS,
  name: nameS,
  asS: (n) => n,
  read: (x, n) => x.S(n),
  write: (x, n, value) => x.setS(n, value),
  zero: (x) => x.fromBits32(0),
  neg: (x, a) => x.neg32(a),
  abs: (x, a) => x.abs32(a),
  arithmetic: (x, op, a, b) => x.fp32({ op: `${op}32`, args: [a, b], type: "f32" }),
  sqrt: (x, a) => x.fp32({ op: "sqrt32", args: [a], type: "f32" }),
  fma: (x, addend, op1, op2) => x.fp32({ op: "fma32", args: [addend, op1, op2], type: "f32" }),
  select: (x, condition, a, b) => x.fromBits32(x.select(condition, x.bitsF32(a), x.bitsF32(b))),
  roundInt: (x, a, rmode, exact) => x.fp32({ op: "roundInt32", args: [a], rmode, exact, type: "f32" }),
  compare: (x, a, b, quietNaNExc) => x.fpI32({ op: "compare32", args: [a, b], quietNaNExc, type: "i32" }),
  toFixed: (x, a, how) => x.fpI32({ op: "toFixed32", args: [a], ...how, type: "i32" }),
  fromFixed: (x, a, how) => x.fp32({ op: "fromFixed32", args: [a], ...how, type: "f32" }),
  fromHalf: (x, a) => x.fp32({ op: "f16To32", args: [a], type: "f32" }),
  toHalf: (x, a) => x.fpI32({ op: "f32To16", args: [a], type: "i32" }),
};

export const DOUBLE: Precision<F64> = {
  heading: "double-precision",
  type: "f64",
  sz: "1",
  v4: "FPv4-DP",
  v5: "FPv5-DP",
  timing: (kind) => `fp64.${kind}`,
  register: registerD,
  name: nameD,
  asS: (n) => 2 * n,
  read: (x, n) => x.D(n),
  write: (x, n, value) => x.setD(n, value),
  zero: (x) => x.fromBits64(0, 0),
  neg: (x, a) => x.neg64(a),
  abs: (x, a) => x.abs64(a),
  arithmetic: (x, op, a, b) => x.fp64({ op: `${op}64`, args: [a, b], type: "f64" }),
  sqrt: (x, a) => x.fp64({ op: "sqrt64", args: [a], type: "f64" }),
  fma: (x, addend, op1, op2) => x.fp64({ op: "fma64", args: [addend, op1, op2], type: "f64" }),
  select: (x, condition, a, b) =>
    x.fromBits64(
      x.select(condition, x.lowF64(a), x.lowF64(b)),
      x.select(condition, x.highF64(a), x.highF64(b)),
    ),
  roundInt: (x, a, rmode, exact) => x.fp64({ op: "roundInt64", args: [a], rmode, exact, type: "f64" }),
  compare: (x, a, b, quietNaNExc) => x.fpI32({ op: "compare64", args: [a, b], quietNaNExc, type: "i32" }),
  toFixed: (x, a, how) => x.fpI32({ op: "toFixed64", args: [a], ...how, type: "i32" }),
  fromFixed: (x, a, how) => x.fp64({ op: "fromFixed64", args: [a], ...how, type: "f64" }),
  fromHalf: (x, a) => x.fp64({ op: "f16To64", args: [a], type: "f64" }),
  toHalf: (x, a) => x.fpI32({ op: "f64To16", args: [a], type: "i32" }),
};

/** The rows of one instruction, single precision first. */
export function bothPrecisions(
  row: <F extends F32 | F64>(p: Precision<F>) => AnyInsn,
): readonly [AnyInsn, AnyInsn] {
  return [row(SINGLE), row(DOUBLE)];
}

/** Encoding text with `sz` where the precision is said. */
export type TextDNM = `${string} D:1 ${string} Vn:4 Vd:4 101 sz N:1 ${string} M:1 0 Vm:4`;
export type TextDM = `${string} D:1 ${string} Vd:4 101 sz ${string} M:1 0 Vm:4`;

export interface OperandsDNM {
  readonly d: number;
  readonly n: number;
  readonly m: number;
}
export interface OperandsDM {
  readonly d: number;
  readonly m: number;
}
interface FieldsDM {
  readonly D: number;
  readonly Vd: number;
  readonly M: number;
  readonly Vm: number;
}
interface FieldsDNM extends FieldsDM {
  readonly Vn: number;
  readonly N: number;
}

/** Encoding with a destination and two operands, all of one precision. */
export function encodingDNM<F>(text: TextDNM, p: Precision<F>): Encoding<OperandsDNM> {
  const operands = (f: FieldsDNM): OperandsDNM | null => {
    const d = p.register(f.Vd, f.D);
    const n = p.register(f.Vn, f.N);
    const m = p.register(f.Vm, f.M);
    return d === null || n === null || m === null ? null : { d, n, m };
  };
  return enc(text.replace("sz", p.sz), operands as (raw: object) => OperandsDNM | null);
}

/** How a register field becomes a number. */
export type RegisterOf = (field: number, extra: number) => number | null;

/** Encoding with a destination and one operand; `sz` says the precision `p`. */
export function encodingDM<F>(
  text: TextDM,
  p: Precision<F>,
  destination: RegisterOf = p.register,
  operand: RegisterOf = p.register,
): Encoding<OperandsDM> {
  const operands = (f: FieldsDM): OperandsDM | null => {
    const d = destination(f.Vd, f.D);
    const m = operand(f.Vm, f.M);
    return d === null || m === null ? null : { d, m };
  };
  return enc(text.replace("sz", p.sz), operands as (raw: object) => OperandsDM | null);
}
