/**
 * Double-precision arithmetic: bits in, bits out, as bigints from 0 to 2^64-1. Operands of moderate
 * exponent go the short way, in every mode; everything else goes to arithmetic.ts.
 */
import { FPAdd, FPDiv, FPMul, FPMulAdd, FPSqrt, FPSub } from "./arithmetic.ts";
import { type FpEnv, IXC, RMODE } from "./env.ts";
import { DOUBLE } from "./format.ts";
import { productResidue, sumResidue } from "./residue.ts";
import { realOfDouble, roundToOdd } from "./scratch.ts";
import { finish64, flushInput64, isTame, MIN_NORMAL_64, SIGN_64 } from "./short-double.ts";

/** Terms below this have a sum whose parts and directed neighbours are all finite. */
const MAX_TERM = 2 ** 1022;

/** The rounded x + y, or `undefined` where the result could be zero, tiny, infinite or NaN. */
function shortSum(env: FpEnv, x: number, y: number): bigint | undefined {
  const sum = x + y;
  const inRange = Math.abs(x) < MAX_TERM && Math.abs(y) < MAX_TERM && Math.abs(sum) >= MIN_NORMAL_64;
  return inRange ? finish64(env, sum, sumResidue(x, y, sum)) : undefined;
}

/** @source Armv7-M ARM, "FPAdd()" */
export function add64(env: FpEnv, a: bigint, b: bigint): bigint {
  const x = realOfDouble(flushInput64(env, a));
  const y = realOfDouble(flushInput64(env, b));
  return shortSum(env, x, y) ?? FPAdd(env, DOUBLE, a, b);
}

/** @source Armv7-M ARM, "FPSub()" */
export function sub64(env: FpEnv, a: bigint, b: bigint): bigint {
  const x = realOfDouble(flushInput64(env, a));
  const y = realOfDouble(flushInput64(env, b));
  return shortSum(env, x, -y) ?? FPSub(env, DOUBLE, a, b);
}

/** Whether nothing but the nearest result is asked for: RN, and IXC is already set. */
function needsNoResidue(env: FpEnv): boolean {
  return (env.fpscr & (RMODE | IXC)) === IXC;
}

/** @source Armv7-M ARM, "FPMul()" */
export function mul64(env: FpEnv, a: bigint, b: bigint): bigint {
  const x = realOfDouble(flushInput64(env, a));
  const y = realOfDouble(flushInput64(env, b));
  if (!isTame(x) || !isTame(y)) return FPMul(env, DOUBLE, a, b);
  const product = x * y;
  return finish64(env, product, needsNoResidue(env) ? 0 : productResidue(x, y, product));
}

/** @source Armv7-M ARM, "FPDiv()" */
export function div64(env: FpEnv, a: bigint, b: bigint): bigint {
  const x = realOfDouble(flushInput64(env, a));
  const y = realOfDouble(flushInput64(env, b));
  if (!isTame(x) || !isTame(y)) return FPDiv(env, DOUBLE, a, b);
  const quotient = x / y;
  const product = quotient * y;
  // Both subtractions are exact; the remainder is (exact - quotient) * y.
  const remainder = x - product - productResidue(quotient, y, product);
  return finish64(env, quotient, y < 0 ? -remainder : remainder);
}

/** @source Armv7-M ARM, "FPSqrt()" */
export function sqrt64(env: FpEnv, a: bigint): bigint {
  const x = realOfDouble(flushInput64(env, a));
  if (!isTame(x) || x < 0) return FPSqrt(env, DOUBLE, a);
  const root = Math.sqrt(x);
  const square = root * root;
  return finish64(env, root, x - square - productResidue(root, root, square));
}

/**
 * `addend + op1 * op2`, rounded once.
 * @source Armv7-M ARM, "FPMulAdd()"; short way: S. Boldo and G. Melquiond, "Emulation of a FMA and
 *   correctly rounded sums: proved algorithms using rounding to odd", 2008
 */
export function fma64(env: FpEnv, addend: bigint, op1: bigint, op2: bigint): bigint {
  const z = realOfDouble(flushInput64(env, addend));
  const x = realOfDouble(flushInput64(env, op1));
  const y = realOfDouble(flushInput64(env, op2));
  if (isTame(x) && isTame(y) && isTame(z)) {
    const product = x * y;
    const productLow = productResidue(x, y, product);
    const inner = z + productLow;
    const innerLow = sumResidue(z, productLow, inner);
    const outer = product + inner;
    const outerLow = sumResidue(product, inner, outer);
    const tail = outerLow + innerLow;
    const tailOdd = roundToOdd(tail, sumResidue(outerLow, innerLow, tail));
    const result = outer + tailOdd;
    // An inexact tail has 53 bits, the last of them odd and far below those of `result`, so it shows here too.
    const residue = sumResidue(outer, tailOdd, result);
    if (Math.abs(result) > MIN_NORMAL_64) return finish64(env, result, residue);
  }
  return FPMulAdd(env, DOUBLE, addend, op1, op2);
}

/** Flips the sign bit, of a NaN too, and looks at no mode. @source Armv7-M ARM, "FPNeg()" */
export function neg64(a: bigint): bigint {
  return a ^ SIGN_64;
}

/** Clears the sign bit, of a NaN too, and looks at no mode. @source Armv7-M ARM, "FPAbs()" */
export function abs64(a: bigint): bigint {
  return a & ~SIGN_64;
}
