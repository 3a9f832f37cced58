import type { Builder, Value } from "./builder.ts";
import type { I32 } from "./ir.ts";

/** Shared pseudocode of the Armv7-M ARM, for decode time (plain numbers) and for semantics (with a Builder). */

export type ShiftType = "LSL" | "LSR" | "ASR" | "ROR" | "RRX";
export interface ImmediateShift {
  readonly shift_t: ShiftType;
  /** 0 for no shift, 1-32 otherwise. */
  readonly shift_n: number;
}

export const bit = (b: number): boolean => b === 1;

/** Sign extends the low `width` bits. */
export function SignExtend(value: number, width: number): number {
  return (value << (32 - width)) >> (32 - width);
}

/** @source Armv7-M ARM, "DecodeImmShift()" */
export function DecodeImmShift(type: number, imm5: number): ImmediateShift {
  switch (type) {
    case 0b00:
      return { shift_t: "LSL", shift_n: imm5 };
    case 0b01:
      return { shift_t: "LSR", shift_n: imm5 === 0 ? 32 : imm5 };
    case 0b10:
      return { shift_t: "ASR", shift_n: imm5 === 0 ? 32 : imm5 };
    default:
      return imm5 === 0 ? { shift_t: "RRX", shift_n: 1 } : { shift_t: "ROR", shift_n: imm5 };
  }
}

export interface ExpandedImmediate {
  readonly imm32: number;
  /** Carry out; undefined leaves the carry flag as it is. */
  readonly carry: 0 | 1 | undefined;
  /** The 8-bit value was rotated into place rather than repeated or taken as it is. */
  readonly rotated: boolean;
}

/** @source Armv7-M ARM, "ThumbExpandImm_C()" */
export function ThumbExpandImm_C(imm12: number): ExpandedImmediate {
  const imm8 = imm12 & 0xff;
  if (imm12 >>> 10 === 0) {
    const repeated = [imm8, (imm8 << 16) | imm8, (imm8 << 24) | (imm8 << 8), imm8 * 0x0101_0101];
    return { imm32: repeated[(imm12 >>> 8) & 3]! | 0, carry: undefined, rotated: false };
  }
  const unrotated = 0x80 | (imm12 & 0x7f);
  const amount = imm12 >>> 7;
  const imm32 = (unrotated >>> amount) | (unrotated << (32 - amount));
  return { imm32, carry: (imm32 >>> 31) as 0 | 1, rotated: true };
}

/** Shift of `value` by a decode-time amount. @source Armv7-M ARM, "Shift()" */
export function Shift(x: Builder, value: Value, { shift_t, shift_n }: ImmediateShift): I32 {
  switch (shift_t) {
    case "LSL":
      return x.shl(value, shift_n);
    case "LSR":
      return shift_n === 32 ? x.const(0) : x.shr(value, shift_n);
    case "ASR":
      return x.sar(value, Math.min(shift_n, 31));
    case "ROR":
      return x.ror(value, shift_n);
    case "RRX":
      return x.or(x.shr(value, 1), x.shl(x.flag("C"), 31));
  }
}

/** Carry out of `Shift`; undefined when the carry flag stays. `value` is evaluated again. */
export function ShiftCarry(x: Builder, value: Value, { shift_t, shift_n }: ImmediateShift): I32 | undefined {
  if (shift_t === "RRX") return x.and(value, 1);
  if (shift_n === 0) return undefined;
  if (shift_t === "LSL") return x.and(x.shr(value, 32 - shift_n), 1);
  return x.and(x.shr(value, shift_n - 1), 1);
}

/** Sum, carry and overflow of `a + b + carryIn`; `a`, `b` and `carryIn` must be temporaries or constants. */
export interface Sum {
  readonly result: I32;
  readonly carry: I32;
  readonly overflow: I32;
}

/** @source Armv7-M ARM, "AddWithCarry()" */
export function AddWithCarry(x: Builder, a: Value, b: Value, carryIn: Value): Sum {
  const result = x.let(x.add(x.add(a, b), carryIn));
  // Carry out of bit 31 from the operands' and the result's top bits: right for any carry in.
  const carry = x.shr(x.or(x.and(a, b), x.and(x.or(a, b), x.not(result))), 31);
  const overflow = x.shr(x.and(x.xor(a, result), x.xor(b, result)), 31);
  return { result, carry, overflow };
}

/** `a - b` as AddWithCarry(a, NOT(b), 1), in the form that engines do best. */
export function Subtract(x: Builder, a: Value, b: Value): Sum {
  const result = x.let(x.sub(a, b));
  return { result, carry: x.leU(b, a), overflow: x.shr(x.and(x.xor(a, b), x.xor(a, result)), 31) };
}

/** `a + b` with carry in 0. */
export function Add(x: Builder, a: Value, b: Value): Sum {
  const result = x.let(x.add(a, b));
  return { result, carry: x.ltU(result, a), overflow: x.shr(x.and(x.xor(a, result), x.xor(b, result)), 31) };
}

export function setNZCV(x: Builder, sum: Sum): void {
  x.setNZ(sum.result);
  x.setFlag("C", sum.carry);
  x.setFlag("V", sum.overflow);
}

/** 1 when the condition holds. @source Armv7-M ARM, "ConditionPassed()" */
export function ConditionHolds(x: Builder, cond: number): I32 {
  const [N, Z, C, V] = [x.flag("N"), x.flag("Z"), x.flag("C"), x.flag("V")];
  const base = ((): I32 => {
    switch (cond >>> 1) {
      case 0b000:
        return Z;
      case 0b001:
        return C;
      case 0b010:
        return N;
      case 0b011:
        return V;
      case 0b100:
        return x.and(C, x.xor(Z, 1));
      case 0b101:
        return x.eq(N, V);
      case 0b110:
        return x.and(x.eq(N, V), x.xor(Z, 1));
      default:
        return x.const(1);
    }
  })();
  return (cond & 1) === 1 && cond !== 0b1111 ? x.xor(base, 1) : base;
}

/** Condition suffixes by number; AL is empty. */
export const CONDITIONS = [
  "eq",
  "ne",
  "cs",
  "cc",
  "mi",
  "pl",
  "vs",
  "vc",
  "hi",
  "ls",
  "ge",
  "lt",
  "gt",
  "le",
  "",
  "",
] as const;
