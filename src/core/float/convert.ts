/** Conversions between the three formats. A half is the low 16 bits of its number, and comes zero-extended. */
import { AHP, DN, type FpEnv, IOC, raise } from "./env.ts";
import { DOUBLE, type Format, HALF, signed, SINGLE } from "./format.ts";
import { isSignallingNaN } from "./nan.ts";
import { FPRound } from "./round.ts";
import { doubleOfReal, realOfDouble, realOfSingle, singleOfReal } from "./scratch.ts";
import { flushInput64 } from "./short-double.ts";
import { flushInput32, isSafe32, roundSafe32 } from "./short-single.ts";
import { FPUnpack } from "./unpack.ts";

/** The NaN with as much of the payload as `to` holds, quiet; or the default NaN. */
function convertNaN(env: FpEnv, from: Format, to: Format, bits: bigint): bigint {
  if (isSignallingNaN(from, bits)) raise(env, IOC);
  if ((env.fpscr & DN) !== 0) return to.defaultNaN;
  const payload = ((bits & from.fraction) << BigInt(DOUBLE.F - from.F)) >> BigInt(DOUBLE.F - to.F);
  return signed(to, (bits & from.sign) !== 0n) | to.defaultNaN | payload;
}

/**
 * @source Armv7-M ARM, "FPHalfToSingle()", "FPSingleToHalf()", "FPDoubleToSingle()", "FPSingleToDouble()",
 *   "FPHalfToDouble()", "FPDoubleToHalf()"
 */
function convert(env: FpEnv, from: Format, to: Format, bits: bigint): bigint {
  const { type, negative, mantissa, exponent } = FPUnpack(env, from, bits);
  const alternativeHalf = to === HALF && (env.fpscr & AHP) !== 0;
  switch (type) {
    case "zero":
      return signed(to, negative);
    case "nonzero":
      return FPRound(env, to, negative, mantissa, exponent);
    case "infinity":
      if (!alternativeHalf) return signed(to, negative) | to.infinity;
      raise(env, IOC);
      return signed(to, negative) | (to.sign - 1n);
    case "quietNaN":
    case "signallingNaN":
      if (!alternativeHalf) return convertNaN(env, from, to, bits);
      raise(env, IOC);
      return signed(to, negative);
  }
}

/** @source Armv7-M ARM, "FPSingleToDouble()" */
export function f32To64(env: FpEnv, a: number): bigint {
  const real = realOfSingle(flushInput32(env, a));
  return Number.isNaN(real) ? convert(env, SINGLE, DOUBLE, BigInt(a >>> 0)) : doubleOfReal(real);
}

/** @source Armv7-M ARM, "FPDoubleToSingle()" */
export function f64To32(env: FpEnv, a: bigint): number {
  const real = realOfDouble(flushInput64(env, a));
  if (isSafe32(real)) return roundSafe32(env, real, 0);
  return Number(convert(env, DOUBLE, SINGLE, a)) | 0;
}

/** @source Armv7-M ARM, "FPHalfToSingle()" */
export function f16To32(env: FpEnv, a: number): number {
  const sign = (a & 0x8000) << 16;
  const exponentField = a & 0x7c00;
  if (exponentField === 0) return sign | singleOfReal((a & 0x3ff) * 2 ** -24);
  if (exponentField === 0x7c00 && (env.fpscr & AHP) === 0) {
    return Number(convert(env, HALF, SINGLE, BigInt(a & 0xffff))) | 0;
  }
  // The same number with the exponent's bias changed from 15 to 127.
  return sign | (((a & 0x7fff) + ((127 - 15) << 10)) << 13);
}

/** @source Armv7-M ARM, "FPHalfToDouble()" */
export function f16To64(env: FpEnv, a: number): bigint {
  const isNumber = (a & 0x7c00) !== 0x7c00 || (env.fpscr & AHP) !== 0;
  if (isNumber) return doubleOfReal(realOfSingle(f16To32(env, a)));
  return convert(env, HALF, DOUBLE, BigInt(a & 0xffff));
}

/** @source Armv7-M ARM, "FPSingleToHalf()" */
export function f32To16(env: FpEnv, a: number): number {
  return Number(convert(env, SINGLE, HALF, BigInt(a >>> 0)));
}

/** @source Armv7-M ARM, "FPDoubleToHalf()" */
export function f64To16(env: FpEnv, a: bigint): number {
  return Number(convert(env, DOUBLE, HALF, a));
}
