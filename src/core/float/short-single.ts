/**
 * The short way for single precision: rounding a host double by RMode when the result can only be normal.
 * A double holds the exact product of two singles, and of their sum, quotient and root enough for the
 * second rounding to do no harm.
 */
import { type FpEnv, FZ, IDC, IXC, raise, RMODE } from "./env.ts";
import { directedStep } from "./residue.ts";
import { singleOfReal } from "./scratch.ts";

export const SIGN_32 = 1 << 31;
const EXPONENT_32 = 0x7f80_0000;
/** Smallest positive normal single. */
export const MIN_NORMAL_32 = 2 ** -126;
/** Largest finite single; the short way stays strictly below it, so that no rounding can overflow. */
const MAX_NORMAL_32 = 2 ** 128 - 2 ** 104;
/** RMode 0b10, towards minus infinity. */
const RMODE_RM = 0b10 << 22;

/** The operand as flush-to-zero mode sees it: a denormal becomes a zero and raises IDC. */
export function flushInput32(env: FpEnv, a: number): number {
  if ((env.fpscr & FZ) === 0 || (a & EXPONENT_32) !== 0 || (a & ~SIGN_32) === 0) return a;
  raise(env, IDC);
  return a & SIGN_32;
}

/** Whether `real` can be rounded in any mode without underflow or overflow; false for NaN. */
export function isSafe32(real: number): boolean {
  const magnitude = Math.abs(real);
  return magnitude >= MIN_NORMAL_32 && magnitude < MAX_NORMAL_32;
}

/** The result by the RMode in `modes`, from the nearest single and the sign of the exact result minus it. */
export function finish32(env: FpEnv, nearest: number, residue: number, modes = env.fpscr): number {
  const bits = singleOfReal(nearest);
  if (residue === 0) return bits;
  if ((env.fpscr & IXC) === 0) env.fpscr |= IXC;
  return (modes & RMODE) === 0 ? bits : (bits + directedStep(modes, nearest, residue)) | 0;
}

/** Rounds `real + residue` by RMode, where `real` is safe and `residue` at most half its last place. */
export function roundSafe32(env: FpEnv, real: number, residue: number): number {
  const nearest = Math.fround(real);
  return finish32(env, nearest, real === nearest ? residue : real - nearest);
}

/** A sum that is exactly zero, by the signs of its terms: like signs stay, else only RM gives a negative zero. */
export function zeroSum32(env: FpEnv, signA: number, signB: number): number {
  if (((signA ^ signB) & SIGN_32) === 0) return signA & SIGN_32;
  return (env.fpscr & RMODE) === RMODE_RM ? SIGN_32 : 0;
}
