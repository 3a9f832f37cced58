/**
 * Error terms of host operations, which round to nearest: the exact result minus the rounded one.
 * From them follow IXC and the other three rounding modes. None of them may overflow or underflow.
 * @source T. J. Dekker, "A floating-point technique for extending the available precision", 1971;
 *   D. E. Knuth, "The Art of Computer Programming", volume 2, section 4.2.2
 */
import { RMODE } from "./env.ts";

const SPLITTER = 2 ** 27 + 1;

/** Error of `sum`, the rounded x + y. */
export function sumResidue(x: number, y: number, sum: number): number {
  const yPart = sum - x;
  return x - (sum - yPart) + (y - yPart);
}

/** Error of `product`, the rounded x * y. */
export function productResidue(x: number, y: number, product: number): number {
  const xBig = SPLITTER * x;
  const xHigh = xBig - (xBig - x);
  const xLow = x - xHigh;
  const yBig = SPLITTER * y;
  const yHigh = yBig - (yBig - y);
  const yLow = y - yHigh;
  return xLow * yLow - (product - xHigh * yHigh - xLow * yHigh - xHigh * yLow);
}

/**
 * How many units in the last place, in magnitude, the result that RMode wants lies from `nearest`,
 * which was rounded to nearest: -1, 0 or 1. `residue` has the sign of the exact result minus `nearest`.
 */
export function directedStep(fpscr: number, nearest: number, residue: number): number {
  if (residue === 0) return 0;
  switch ((fpscr & RMODE) >>> 22) {
    case 0b01:
      return residue < 0 ? 0 : nearest > 0 ? 1 : -1;
    case 0b10:
      return residue > 0 ? 0 : nearest > 0 ? -1 : 1;
    case 0b11:
      return residue > 0 === nearest > 0 ? 0 : -1;
    default:
      return 0;
  }
}
