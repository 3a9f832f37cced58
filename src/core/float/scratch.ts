/**
 * Reinterprets bits as host numbers and back. Only for numbers: the host may change a NaN's bits on the way.
 * The buffer is shared by all calls, but none finds in it anything that another left.
 */
const doubles = new Float64Array(1);
const singles = new Float32Array(doubles.buffer);
const words = new Int32Array(doubles.buffer);
const longs = new BigUint64Array(doubles.buffer);

/** Index of a double's low word in `words`: the host's byte order. */
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

export function realOfSingle(bits: number): number {
  words[0] = bits;
  return singles[0]!;
}

/** Bits of `real` rounded to nearest even. */
export function singleOfReal(real: number): number {
  singles[0] = real;
  return words[0]!;
}

export function realOfDouble(bits: bigint): number {
  longs[0] = bits;
  return doubles[0]!;
}

export function doubleOfReal(real: number): bigint {
  doubles[0] = real;
  return longs[0]!;
}

/**
 * The sum `nearest + rest`, where `nearest` is that sum rounded to nearest and not zero, rounded to odd
 * instead: a further rounding to a shorter format, or after a further addition, is then as if it were the only one.
 */
export function roundToOdd(nearest: number, rest: number): number {
  if (rest === 0) return nearest;
  doubles[0] = nearest;
  const low = words[LOW]!;
  if ((low & 1) !== 0) return nearest;
  if (rest > 0 === nearest > 0) {
    words[LOW] = low | 1;
  } else {
    words[LOW] = low - 1;
    if (low === 0) words[HIGH] = words[HIGH]! - 1;
  }
  return doubles[0];
}
