/**
 * A binary interchange format, with its special bit patterns. The names N, E and F are the Arm ARM's:
 * width, exponent bits and fraction bits.
 * @source Armv7-M ARM, "Floating-point data representation and terminology"
 */
export interface Format {
  readonly N: 16 | 32 | 64;
  readonly F: number;
  /** Exponent of the smallest normal number. */
  readonly minimumExp: number;
  readonly sign: bigint;
  readonly fraction: bigint;
  /** The fraction's top bit, set in quiet NaNs. */
  readonly quiet: bigint;
  readonly infinity: bigint;
  readonly maxNormal: bigint;
  /** Positive, quiet, no payload. @source Armv7-M ARM, "FPDefaultNaN()" */
  readonly defaultNaN: bigint;
}

function makeFormat(N: 16 | 32 | 64, E: number): Format {
  const F = N - E - 1;
  const infinity = ((1n << BigInt(E)) - 1n) << BigInt(F);
  const quiet = 1n << BigInt(F - 1);
  return {
    N,
    F,
    minimumExp: 2 - 2 ** (E - 1),
    sign: 1n << BigInt(N - 1),
    fraction: (1n << BigInt(F)) - 1n,
    quiet,
    infinity,
    maxNormal: infinity - 1n,
    defaultNaN: infinity | quiet,
  };
}

export const HALF = makeFormat(16, 5);
export const SINGLE = makeFormat(32, 8);
export const DOUBLE = makeFormat(64, 11);

/** The sign bit of `format` when `negative`, so that `signed(...) | magnitude` is a number of it. */
export function signed(format: Format, negative: boolean): bigint {
  return negative ? format.sign : 0n;
}
