import { DN, type FpEnv, IOC, raise } from "./env.ts";
import type { Format } from "./format.ts";

/** Whether `bits` is a NaN of `format`. */
export function isNaNBits(format: Format, bits: bigint): boolean {
  return (bits & ~format.sign) > format.infinity;
}

/** Whether `bits` is a NaN with the quiet bit clear. */
export function isSignallingNaN(format: Format, bits: bigint): boolean {
  return isNaNBits(format, bits) && (bits & format.quiet) === 0n;
}

/** The result of an operation on the NaN `bits`: itself, quiet, or the default NaN. @source Armv7-M ARM, "FPProcessNaN()" */
export function FPProcessNaN(env: FpEnv, format: Format, bits: bigint): bigint {
  if (isSignallingNaN(format, bits)) raise(env, IOC);
  return (env.fpscr & DN) !== 0 ? format.defaultNaN : bits | format.quiet;
}

/**
 * The NaN that an operation on `operands` returns: made of the first signalling NaN, else of the first
 * quiet one; `undefined` when none of them is a NaN.
 * @source Armv7-M ARM, "FPProcessNaNs()", "FPProcessNaNs3()"
 */
export function FPProcessNaNs(
  env: FpEnv,
  format: Format,
  ...operands: readonly bigint[]
): bigint | undefined {
  const chosen =
    operands.find((bits) => isSignallingNaN(format, bits)) ??
    operands.find((bits) => isNaNBits(format, bits));
  return chosen === undefined ? undefined : FPProcessNaN(env, format, chosen);
}

/** What an invalid operation returns. */
export function invalidOperation(env: FpEnv, format: Format): bigint {
  raise(env, IOC);
  return format.defaultNaN;
}
