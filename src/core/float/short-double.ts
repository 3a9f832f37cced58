/** The short way for double precision: host operations with an error term, where neither can leave the normal range. */
import { type FpEnv, FZ, IDC, IXC, raise, RMODE } from "./env.ts";
import { directedStep } from "./residue.ts";
import { doubleOfReal, realOfDouble } from "./scratch.ts";

export const SIGN_64 = 1n << 63n;
/** Smallest positive normal double. */
export const MIN_NORMAL_64 = 2 ** -1022;

/**
 * Bounds of the operands whose products, quotients and error terms are all normal or at least exact:
 * a product is above 2^-960, its error a multiple of 2^-1066, and no part of a splitting overflows.
 */
const MIN_TAME = 2 ** -480;
const MAX_TAME = 2 ** 480;

/** Whether `real` is within the bounds of multiplication, division and root; false for zero and NaN. */
export function isTame(real: number): boolean {
  const magnitude = Math.abs(real);
  return magnitude > MIN_TAME && magnitude < MAX_TAME;
}

/** The operand as flush-to-zero mode sees it: a denormal becomes a zero and raises IDC. */
export function flushInput64(env: FpEnv, a: bigint): bigint {
  if ((env.fpscr & FZ) === 0) return a;
  const real = realOfDouble(a);
  if (real === 0 || !(Math.abs(real) < MIN_NORMAL_64)) return a;
  raise(env, IDC);
  return a & SIGN_64;
}

/** The result by RMode, from the nearest double and the sign of the exact result minus it. */
export function finish64(env: FpEnv, nearest: number, residue: number): bigint {
  const bits = doubleOfReal(nearest);
  if (residue === 0) return bits;
  const { fpscr } = env;
  if ((fpscr & IXC) === 0) env.fpscr |= IXC;
  return (fpscr & RMODE) === 0 ? bits : bits + BigInt(directedStep(fpscr, nearest, residue));
}
