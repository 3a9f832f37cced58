import { M7_DOUBLE } from "./cortex-m7-costs.ts";
import type { TimedDouble } from "./double.ts";

const EXPONENT = 0x7ff;
const FRACTION_BITS = 52n;
const MAGNITUDE = (1n << 63n) - 1n;

const exponentOf = (bits: bigint): number => Number(bits >> FRACTION_BITS) & EXPONENT;
const isZero = (bits: bigint): boolean => (bits & MAGNITUDE) === 0n;
/** Unbiased but for a constant; the product of two normal numbers below 2. */
const productExponent = (a: bigint, b: bigint): number => exponentOf(a) + exponentOf(b) - 1023;

/** Cycles that an operation on doubles takes beyond those in the schedule. @source J */
export function doubleCycles(op: TimedDouble, operands: readonly bigint[]): number {
  const zero = operands.some(isZero);
  if (op === "div64") return zero ? 0 : M7_DOUBLE.divide.cycles;
  if (op === "mul64") return zero ? 0 : M7_DOUBLE.multiply.cycles;
  const fused = op === "fma64";
  const costs = fused ? M7_DOUBLE.fma : M7_DOUBLE.add;
  if (zero) return costs.zero.cycles;
  if (operands.some((bits) => exponentOf(bits) === 0)) return costs.subnormal.cycles;
  const [a, b, c] = operands as [bigint, bigint, bigint];
  const other = fused ? productExponent(b, c) : exponentOf(b);
  return (exponentOf(a) === other ? costs.same : costs.different).cycles;
}
