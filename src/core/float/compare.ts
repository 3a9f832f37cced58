/** Comparison, and the maximum and minimum of FPv5 that prefer a number to a quiet NaN. */
import { type FpEnv, IOC, raise } from "./env.ts";
import { DOUBLE, type Format, SINGLE } from "./format.ts";
import { FPProcessNaNs, isNaNBits, isSignallingNaN } from "./nan.ts";
import { realOfDouble, realOfSingle } from "./scratch.ts";
import { flushInput64 } from "./short-double.ts";
import { flushInput32 } from "./short-single.ts";

/** The NZCV nibbles that a comparison gives. */
const EQUAL = 0b0110;
const LESS = 0b1000;
const GREATER = 0b0010;
const UNORDERED = 0b0011;

function ordered(x: number, y: number): number {
  if (x === y) return EQUAL;
  return x < y ? LESS : GREATER;
}

function unordered(env: FpEnv, format: Format, a: bigint, b: bigint, quietNaNExc: boolean): number {
  if (quietNaNExc || isSignallingNaN(format, a) || isSignallingNaN(format, b)) raise(env, IOC);
  return UNORDERED;
}

/**
 * NZCV of the comparison, as a nibble; VCMPE passes true, so that a quiet NaN too raises IOC.
 * @source Armv7-M ARM, "FPCompare()"
 */
export function compare32(env: FpEnv, a: number, b: number, quietNaNExc: boolean): number {
  const x = realOfSingle(flushInput32(env, a));
  const y = realOfSingle(flushInput32(env, b));
  if (!Number.isNaN(x) && !Number.isNaN(y)) return ordered(x, y);
  return unordered(env, SINGLE, BigInt(a >>> 0), BigInt(b >>> 0), quietNaNExc);
}

/** As compare32. */
export function compare64(env: FpEnv, a: bigint, b: bigint, quietNaNExc: boolean): number {
  const x = realOfDouble(flushInput64(env, a));
  const y = realOfDouble(flushInput64(env, b));
  if (!Number.isNaN(x) && !Number.isNaN(y)) return ordered(x, y);
  return unordered(env, DOUBLE, a, b, quietNaNExc);
}

/** What a maximum or minimum with a NaN returns: the number beside a single quiet NaN, else FPProcessNaNs'. */
function besideNaN(env: FpEnv, format: Format, a: bigint, b: bigint): bigint {
  if (!isNaNBits(format, b) && !isSignallingNaN(format, a)) return b;
  if (!isNaNBits(format, a) && !isSignallingNaN(format, b)) return a;
  return FPProcessNaNs(env, format, a, b)!;
}

function besideNaN32(env: FpEnv, a: number, b: number): number {
  return Number(besideNaN(env, SINGLE, BigInt(a >>> 0), BigInt(b >>> 0))) | 0;
}

/** @source Armv7-M ARM, "FPMaxNum()" */
export function maxNum32(env: FpEnv, a: number, b: number): number {
  const opA = flushInput32(env, a);
  const opB = flushInput32(env, b);
  const x = realOfSingle(opA);
  const y = realOfSingle(opB);
  if (x > y) return opA;
  if (x < y) return opB;
  // Equal operands differ at most in the sign of a zero.
  return x === y ? opA & opB : besideNaN32(env, opA, opB);
}

/** @source Armv7-M ARM, "FPMinNum()" */
export function minNum32(env: FpEnv, a: number, b: number): number {
  const opA = flushInput32(env, a);
  const opB = flushInput32(env, b);
  const x = realOfSingle(opA);
  const y = realOfSingle(opB);
  if (x < y) return opA;
  if (x > y) return opB;
  return x === y ? opA | opB : besideNaN32(env, opA, opB);
}

/** @source Armv7-M ARM, "FPMaxNum()" */
export function maxNum64(env: FpEnv, a: bigint, b: bigint): bigint {
  const opA = flushInput64(env, a);
  const opB = flushInput64(env, b);
  const x = realOfDouble(opA);
  const y = realOfDouble(opB);
  if (x > y) return opA;
  if (x < y) return opB;
  return x === y ? opA & opB : besideNaN(env, DOUBLE, opA, opB);
}

/** @source Armv7-M ARM, "FPMinNum()" */
export function minNum64(env: FpEnv, a: bigint, b: bigint): bigint {
  const opA = flushInput64(env, a);
  const opB = flushInput64(env, b);
  const x = realOfDouble(opA);
  const y = realOfDouble(opB);
  if (x < y) return opA;
  if (x > y) return opB;
  return x === y ? opA | opB : besideNaN(env, DOUBLE, opA, opB);
}
