/** Floating-point numbers to integers and fixed-point numbers, and back. */
import {
  type FpEnv,
  IOC,
  IXC,
  raise,
  rmodeBits,
  type RModeRounding,
  rmodeRounding,
  type RoundingOperand,
} from "./env.ts";
import { DOUBLE, SINGLE } from "./format.ts";
import { FPProcessNaN } from "./nan.ts";
import { doubleOfReal, realOfDouble, realOfSingle, singleOfReal } from "./scratch.ts";
import { flushInput64, SIGN_64 } from "./short-double.ts";
import { finish32, flushInput32, SIGN_32 } from "./short-single.ts";

/** `real`, not a NaN, rounded to an integer; every step is exact, since the fraction of a double is a double. */
function integerNear(env: FpEnv, real: number, rmode: RoundingOperand): number {
  const truncated = Math.trunc(real);
  if (truncated === real) return real;
  const fraction = Math.abs(real - truncated);
  const away = real < 0 ? truncated - 1 : truncated + 1;
  const rounding = rmode === "fpscr" ? rmodeRounding(env) : rmode;
  switch (rounding) {
    case "nearest":
      return fraction > 0.5 || (fraction === 0.5 && truncated % 2 !== 0) ? away : truncated;
    case "ties-away":
      return fraction >= 0.5 ? away : truncated;
    case "plusInf":
      return Math.ceil(real);
    case "minusInf":
      return Math.floor(real);
    case "zero":
      return truncated;
  }
}

/**
 * Rounds to an integer of the same format; `exact` (VRINTX) makes a changed value raise IXC.
 * @source Armv7-M ARM, "FPRoundInt()"
 */
export function roundInt32(env: FpEnv, a: number, rmode: RoundingOperand, exact: boolean): number {
  const operand = flushInput32(env, a);
  const real = realOfSingle(operand);
  if (Number.isNaN(real)) return Number(FPProcessNaN(env, SINGLE, BigInt(a >>> 0))) | 0;
  const integer = integerNear(env, real, rmode);
  if (exact && integer !== real) raise(env, IXC);
  return integer === 0 ? operand & SIGN_32 : singleOfReal(integer);
}

/** As roundInt32. */
export function roundInt64(env: FpEnv, a: bigint, rmode: RoundingOperand, exact: boolean): bigint {
  const operand = flushInput64(env, a);
  const real = realOfDouble(operand);
  if (Number.isNaN(real)) return FPProcessNaN(env, DOUBLE, a);
  const integer = integerNear(env, real, rmode);
  if (exact && integer !== real) raise(env, IXC);
  return integer === 0 ? operand & SIGN_64 : doubleOfReal(integer);
}

/** `real` x 2^fracBits as a saturated integer of `size` bits; a NaN gives 0. */
function toFixed(
  env: FpEnv,
  real: number,
  fracBits: number,
  unsigned: boolean,
  size: 16 | 32,
  rmode: RoundingOperand,
): number {
  if (Number.isNaN(real)) {
    raise(env, IOC);
    return 0;
  }
  const scaled = real * 2 ** fracBits;
  const integer = integerNear(env, scaled, rmode);
  const highest = 2 ** (unsigned ? size : size - 1) - 1;
  const lowest = unsigned ? 0 : -highest - 1;
  if (integer > highest || integer < lowest) {
    raise(env, IOC);
    return (integer < 0 ? lowest : highest) | 0;
  }
  if (integer !== scaled) raise(env, IXC);
  return integer | 0;
}

/**
 * Single to a fixed-point number (an integer when `fracBits` is 0), saturating. A 16-bit result comes
 * sign- or zero-extended as VCVT writes it; an unsigned 32-bit one as its int32 pattern.
 * @source Armv7-M ARM, "FPToFixed()"
 */
export function toFixed32(
  env: FpEnv,
  a: number,
  fracBits: number,
  unsigned: boolean,
  size: 16 | 32,
  rmode: RoundingOperand,
): number {
  return toFixed(env, realOfSingle(flushInput32(env, a)), fracBits, unsigned, size, rmode);
}

/** As toFixed32, from a double. */
export function toFixed64(
  env: FpEnv,
  a: bigint,
  fracBits: number,
  unsigned: boolean,
  size: 16 | 32,
  rmode: RoundingOperand,
): number {
  return toFixed(env, realOfDouble(flushInput64(env, a)), fracBits, unsigned, size, rmode);
}

/** `value` / 2^fracBits as an exact double; an unsigned value comes as its int32 pattern. */
function fixedToReal(value: number, fracBits: number, unsigned: boolean): number {
  return (unsigned ? value >>> 0 : value) * 2 ** -fracBits;
}

/**
 * Fixed-point number (an integer when `fracBits` is 0) to single. A 16-bit operand comes extended to 32
 * bits. VCVT from an integer rounds by `fpscr`, from a fixed-point number by `nearest`.
 * @source Armv7-M ARM, "FixedToFP()"
 */
export function fromFixed32(
  env: FpEnv,
  value: number,
  fracBits: number,
  unsigned: boolean,
  rmode: RModeRounding | "fpscr",
): number {
  const real = fixedToReal(value, fracBits, unsigned);
  const nearest = Math.fround(real);
  return finish32(env, nearest, real - nearest, rmode === "fpscr" ? env.fpscr : rmodeBits(rmode));
}

/** As fromFixed32, to a double, which holds every 32-bit number: neither `env` nor `rmode` matters. */
export const fromFixed64: (
  env: FpEnv,
  value: number,
  fracBits: number,
  unsigned: boolean,
  rmode: RModeRounding | "fpscr",
) => bigint = (_env, value, fracBits, unsigned) => doubleOfReal(fixedToReal(value, fracBits, unsigned));
