/**
 * Single-precision arithmetic: bits in, bits out, as int32. Finite operands with a normal or zero result
 * go the short way, in every mode; everything else goes to arithmetic.ts.
 */
import { FPAdd, FPDiv, FPMul, FPMulAdd, FPSqrt, FPSub } from "./arithmetic.ts";
import type { FpEnv } from "./env.ts";
import { SINGLE } from "./format.ts";
import { sumResidue } from "./residue.ts";
import { realOfSingle, roundToOdd } from "./scratch.ts";
import {
  finish32,
  flushInput32,
  isSafe32,
  MIN_NORMAL_32,
  roundSafe32,
  SIGN_32,
  zeroSum32,
} from "./short-single.ts";

function wide(a: number): bigint {
  return BigInt(a >>> 0);
}

function narrow(bits: bigint): number {
  return Number(bits) | 0;
}

/** @source Armv7-M ARM, "FPAdd()" */
export function add32(env: FpEnv, a: number, b: number): number {
  const opA = flushInput32(env, a);
  const opB = flushInput32(env, b);
  const x = realOfSingle(opA);
  const y = realOfSingle(opB);
  const sum = x + y;
  if (isSafe32(sum)) return roundSafe32(env, sum, sumResidue(x, y, sum));
  if (sum === 0) return zeroSum32(env, opA, opB);
  return narrow(FPAdd(env, SINGLE, wide(a), wide(b)));
}

/** @source Armv7-M ARM, "FPSub()" */
export function sub32(env: FpEnv, a: number, b: number): number {
  const opA = flushInput32(env, a);
  const opB = flushInput32(env, b);
  const x = realOfSingle(opA);
  const y = -realOfSingle(opB);
  const sum = x + y;
  if (isSafe32(sum)) return roundSafe32(env, sum, sumResidue(x, y, sum));
  if (sum === 0) return zeroSum32(env, opA, ~opB);
  return narrow(FPSub(env, SINGLE, wide(a), wide(b)));
}

/** @source Armv7-M ARM, "FPMul()" */
export function mul32(env: FpEnv, a: number, b: number): number {
  const opA = flushInput32(env, a);
  const opB = flushInput32(env, b);
  const product = realOfSingle(opA) * realOfSingle(opB);
  if (isSafe32(product)) return roundSafe32(env, product, 0);
  if (product === 0) return (opA ^ opB) & SIGN_32;
  return narrow(FPMul(env, SINGLE, wide(a), wide(b)));
}

/** @source Armv7-M ARM, "FPDiv()" */
export function div32(env: FpEnv, a: number, b: number): number {
  const opA = flushInput32(env, a);
  const opB = flushInput32(env, b);
  const x = realOfSingle(opA);
  const y = realOfSingle(opB);
  const quotient = x / y;
  if (quotient === 0) return (opA ^ opB) & SIGN_32;
  if (!isSafe32(quotient)) return narrow(FPDiv(env, SINGLE, wide(a), wide(b)));
  const nearest = Math.fround(quotient);
  // Both steps are exact; the remainder is (exact - nearest) * y.
  const remainder = x - nearest * y;
  return finish32(env, nearest, y < 0 ? -remainder : remainder);
}

/** @source Armv7-M ARM, "FPSqrt()" */
export function sqrt32(env: FpEnv, a: number): number {
  const x = realOfSingle(flushInput32(env, a));
  // The root of a finite single above zero is always normal.
  if (!(x > 0 && x < Infinity)) return narrow(FPSqrt(env, SINGLE, wide(a)));
  const nearest = Math.fround(Math.sqrt(x));
  return finish32(env, nearest, x - nearest * nearest);
}

/** `addend + op1 * op2`, rounded once. @source Armv7-M ARM, "FPMulAdd()" */
export function fma32(env: FpEnv, addend: number, op1: number, op2: number): number {
  const opC = flushInput32(env, addend);
  const opA = flushInput32(env, op1);
  const opB = flushInput32(env, op2);
  const product = realOfSingle(opA) * realOfSingle(opB);
  const z = realOfSingle(opC);
  const sum = product + z;
  if (isSafe32(sum)) {
    const odd = roundToOdd(sum, sumResidue(product, z, sum));
    if (Math.abs(odd) >= MIN_NORMAL_32) return roundSafe32(env, odd, 0);
  }
  if (sum === 0) return zeroSum32(env, opA ^ opB, opC);
  return narrow(FPMulAdd(env, SINGLE, wide(addend), wide(op1), wide(op2)));
}

/** Flips the sign bit, of a NaN too, and looks at no mode. @source Armv7-M ARM, "FPNeg()" */
export function neg32(a: number): number {
  return a ^ SIGN_32;
}

/** Clears the sign bit, of a NaN too, and looks at no mode. @source Armv7-M ARM, "FPAbs()" */
export function abs32(a: number): number {
  return a & ~SIGN_32;
}
