import { assertNever } from "../errors.ts";
import type { BinaryOp, UnaryOp } from "./ir.ts";

/** High word of the signed 64-bit product of two int32. */
export function mulHighS(a: number, b: number): number {
  return (mulHighU(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
}
/** High word of the unsigned 64-bit product, as int32. */
export function mulHighU(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Each sum of a product of halfwords and what is carried into it fits 32 bits.
  const first = aHigh * bLow + ((aLow * bLow) >>> 16);
  const second = aLow * bHigh + (first & 0xffff);
  return (aHigh * bHigh + (first >>> 16) + (second >>> 16)) | 0;
}
/** Signed quotient rounded towards zero; 0 for a zero divisor. @source Armv7-M ARM, "SDIV" */
export function divS(a: number, b: number): number {
  return b === 0 ? 0 : (a / b) | 0;
}
/** Unsigned quotient as int32; 0 for a zero divisor. @source Armv7-M ARM, "UDIV" */
export function divU(a: number, b: number): number {
  return b === 0 ? 0 : ((a >>> 0) / (b >>> 0)) | 0;
}

export function rbit(a: number): number {
  let v = ((a >>> 1) & 0x5555_5555) | ((a & 0x5555_5555) << 1);
  v = ((v >>> 2) & 0x3333_3333) | ((v & 0x3333_3333) << 2);
  v = ((v >>> 4) & 0x0f0f_0f0f) | ((v & 0x0f0f_0f0f) << 4);
  return rev(v);
}
export function rev(a: number): number {
  return (a << 24) | ((a & 0xff00) << 8) | ((a >>> 8) & 0xff00) | (a >>> 24);
}
export function rev16(a: number): number {
  return ((a << 8) & 0xff00_ff00) | ((a >>> 8) & 0x00ff_00ff);
}

/** Meaning of the IR's unary operations on int32. */
export function unary(op: UnaryOp, a: number): number {
  switch (op) {
    case "clz":
      return Math.clz32(a);
    case "sext8":
      return (a << 24) >> 24;
    case "sext16":
      return (a << 16) >> 16;
    case "rbit":
      return rbit(a);
    case "rev":
      return rev(a);
    case "rev16":
      return rev16(a);
    default:
      return assertNever(op);
  }
}

/** Meaning of the IR's binary operations on int32. */
export function binary(op: BinaryOp, a: number, b: number): number {
  switch (op) {
    case "add":
      return (a + b) | 0;
    case "sub":
      return (a - b) | 0;
    case "mul":
      return Math.imul(a, b);
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return a << b;
    case "shr":
      return (a >>> b) | 0;
    case "sar":
      return a >> b;
    case "ror":
      return (a >>> b) | (a << (32 - (b & 31)));
    case "eq":
      return a === b ? 1 : 0;
    case "ne":
      return a !== b ? 1 : 0;
    case "ltU":
      return a >>> 0 < b >>> 0 ? 1 : 0;
    case "ltS":
      return a < b ? 1 : 0;
    case "leU":
      return a >>> 0 <= b >>> 0 ? 1 : 0;
    case "leS":
      return a <= b ? 1 : 0;
    case "mulHighS":
      return mulHighS(a, b);
    case "mulHighU":
      return mulHighU(a, b);
    case "divS":
      return divS(a, b);
    case "divU":
      return divU(a, b);
    default:
      return assertNever(op);
  }
}
