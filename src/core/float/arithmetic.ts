/**
 * The Arm ARM's arithmetic, for every format, mode and operand, on exact integers. It is the meaning of
 * the operations; single.ts and double.ts shorten the common cases.
 */
import { DZC, type FpEnv, raise, rmodeRounding } from "./env.ts";
import { type Format, signed } from "./format.ts";
import { FPProcessNaNs, invalidOperation, isNaNBits, isSignallingNaN } from "./nan.ts";
import { bitLength, FPRound } from "./round.ts";
import { FPUnpack, type Unpacked } from "./unpack.ts";

/** The exact sum of two finite numbers, rounded; a zero from unlike signs is negative only towards minus infinity. */
function roundedSum(env: FpEnv, format: Format, a: Unpacked, b: Unpacked): bigint {
  if (a.type === "zero" && b.type === "zero" && a.negative === b.negative) return signed(format, a.negative);
  // A zero's exponent must not stretch the common scale.
  const exponent = Math.min(
    a.mantissa === 0n ? b.exponent : a.exponent,
    b.mantissa === 0n ? a.exponent : b.exponent,
  );
  const scaled = (x: Unpacked): bigint => {
    const magnitude = x.mantissa === 0n ? 0n : x.mantissa << BigInt(x.exponent - exponent);
    return x.negative ? -magnitude : magnitude;
  };
  const sum = scaled(a) + scaled(b);
  if (sum === 0n) return signed(format, rmodeRounding(env) === "minusInf");
  return FPRound(env, format, sum < 0n, sum < 0n ? -sum : sum, exponent);
}

function addUnpacked(env: FpEnv, format: Format, a: Unpacked, b: Unpacked): bigint {
  const infinityA = a.type === "infinity";
  const infinityB = b.type === "infinity";
  if (infinityA && infinityB && a.negative !== b.negative) return invalidOperation(env, format);
  if (infinityA) return signed(format, a.negative) | format.infinity;
  if (infinityB) return signed(format, b.negative) | format.infinity;
  return roundedSum(env, format, a, b);
}

/** @source Armv7-M ARM, "FPAdd()" */
export function FPAdd(env: FpEnv, format: Format, op1: bigint, op2: bigint): bigint {
  const a = FPUnpack(env, format, op1);
  const b = FPUnpack(env, format, op2);
  return FPProcessNaNs(env, format, op1, op2) ?? addUnpacked(env, format, a, b);
}

/** @source Armv7-M ARM, "FPSub()" */
export function FPSub(env: FpEnv, format: Format, op1: bigint, op2: bigint): bigint {
  const a = FPUnpack(env, format, op1);
  const b = FPUnpack(env, format, op2);
  const nan = FPProcessNaNs(env, format, op1, op2);
  return nan ?? addUnpacked(env, format, a, { ...b, negative: !b.negative });
}

/** The exact product of two numbers that aren't NaNs, or `undefined` for infinity times zero. */
function exactProduct(a: Unpacked, b: Unpacked): Unpacked | undefined {
  const negative = a.negative !== b.negative;
  const infinite = a.type === "infinity" || b.type === "infinity";
  const zero = a.type === "zero" || b.type === "zero";
  if (infinite && zero) return undefined;
  const type = infinite ? "infinity" : zero ? "zero" : "nonzero";
  return { type, negative, mantissa: a.mantissa * b.mantissa, exponent: a.exponent + b.exponent };
}

/** @source Armv7-M ARM, "FPMul()" */
export function FPMul(env: FpEnv, format: Format, op1: bigint, op2: bigint): bigint {
  const a = FPUnpack(env, format, op1);
  const b = FPUnpack(env, format, op2);
  const nan = FPProcessNaNs(env, format, op1, op2);
  if (nan !== undefined) return nan;
  const product = exactProduct(a, b);
  if (product === undefined) return invalidOperation(env, format);
  if (product.type === "infinity") return signed(format, product.negative) | format.infinity;
  if (product.type === "zero") return signed(format, product.negative);
  return FPRound(env, format, product.negative, product.mantissa, product.exponent);
}

/** `addend + op1 * op2`, rounded once. @source Armv7-M ARM, "FPMulAdd()" */
export function FPMulAdd(env: FpEnv, format: Format, addend: bigint, op1: bigint, op2: bigint): bigint {
  const c = FPUnpack(env, format, addend);
  const a = FPUnpack(env, format, op1);
  const b = FPUnpack(env, format, op2);
  const product = isNaNBits(format, op1) || isNaNBits(format, op2) ? undefined : exactProduct(a, b);
  const nan = FPProcessNaNs(env, format, addend, op1, op2);
  if (nan !== undefined) {
    // "if typeA == FPType_QNaN && ((inf1 && zero2) || (zero1 && inf2))"
    const invalidProduct = product === undefined && !isNaNBits(format, op1) && !isNaNBits(format, op2);
    return invalidProduct && !isSignallingNaN(format, addend) ? invalidOperation(env, format) : nan;
  }
  if (product === undefined) return invalidOperation(env, format);
  return addUnpacked(env, format, c, product);
}

/** @source Armv7-M ARM, "FPDiv()" */
export function FPDiv(env: FpEnv, format: Format, op1: bigint, op2: bigint): bigint {
  const a = FPUnpack(env, format, op1);
  const b = FPUnpack(env, format, op2);
  const nan = FPProcessNaNs(env, format, op1, op2);
  if (nan !== undefined) return nan;
  const negative = a.negative !== b.negative;
  if (a.type === b.type && a.type !== "nonzero") return invalidOperation(env, format);
  if (a.type === "infinity" || b.type === "zero") {
    if (a.type !== "infinity") raise(env, DZC);
    return signed(format, negative) | format.infinity;
  }
  if (a.type === "zero" || b.type === "infinity") return signed(format, negative);
  // Two bits more than the format has, so that the sticky bit lies below the rounding bit.
  const shift = Math.max(0, format.F + 3 + bitLength(b.mantissa) - bitLength(a.mantissa));
  const dividend = a.mantissa << BigInt(shift);
  const quotient = dividend / b.mantissa;
  const sticky = quotient * b.mantissa === dividend ? 0n : 1n;
  return FPRound(env, format, negative, (quotient << 1n) | sticky, a.exponent - b.exponent - shift - 1);
}

/** The integer part of the square root of a positive integer. */
function integerSqrt(value: bigint): bigint {
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** @source Armv7-M ARM, "FPSqrt()" */
export function FPSqrt(env: FpEnv, format: Format, operand: bigint): bigint {
  const a = FPUnpack(env, format, operand);
  const nan = FPProcessNaNs(env, format, operand);
  if (nan !== undefined) return nan;
  if (a.type === "zero") return signed(format, a.negative);
  if (a.negative) return invalidOperation(env, format);
  if (a.type === "infinity") return format.infinity;
  // An even exponent, and a radicand long enough for a root two bits longer than the format.
  let shift = Math.max(0, 2 * (format.F + 3) - bitLength(a.mantissa));
  if (((a.exponent - shift) & 1) !== 0) shift++;
  const radicand = a.mantissa << BigInt(shift);
  const root = integerSqrt(radicand);
  const sticky = root * root === radicand ? 0n : 1n;
  return FPRound(env, format, false, (root << 1n) | sticky, (a.exponent - shift) / 2 - 1);
}
