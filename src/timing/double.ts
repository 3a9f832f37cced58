import type { StallCause } from "./timing.ts";

/** Operations on doubles whose time may depend on their operands. */
const TIMED = ["add64", "sub64", "mul64", "div64", "fma64"] as const;
export type TimedDouble = (typeof TIMED)[number];

export const isTimedDouble = (op: string): op is TimedDouble => (TIMED as readonly string[]).includes(op);

/** What the cycles that its operands cost are attributed to. */
export const causeOfDouble = (op: TimedDouble): StallCause => (op === "div64" ? "divide" : "interlock");

/** Cycles of a sum by its operands, the first that applies from the bottom. */
export interface SumCosts {
  /** Exponents are equal; of a fused multiply-accumulate those of product and addend. */
  readonly same: number;
  readonly different: number;
  /** An operand is subnormal. */
  readonly subnormal: number;
  /** An operand is zero. */
  readonly zero: number;
}

/** Cycles of operations on doubles beyond those in the schedule; products and quotients take none with a zero operand. */
export interface DoubleCosts {
  readonly add: SumCosts;
  readonly fma: SumCosts;
  readonly multiply: number;
  readonly divide: number;
}

export const EXPONENT_64 = { shift: 52, mask: 0x7ff, bias: 1023 } as const;
const MAGNITUDE = (1n << 63n) - 1n;

const exponentOf = (bits: bigint): number => Number(bits >> BigInt(EXPONENT_64.shift)) & EXPONENT_64.mask;
const isZero = (bits: bigint): boolean => (bits & MAGNITUDE) === 0n;

/** What `op` takes; a fused multiply-accumulate has its addend first. @param operands bits, unsigned */
export function doubleCycles(costs: DoubleCosts, op: TimedDouble, operands: readonly bigint[]): number {
  const zero = operands.some(isZero);
  if (op === "div64") return zero ? 0 : costs.divide;
  if (op === "mul64") return zero ? 0 : costs.multiply;
  const fused = op === "fma64";
  const sum = fused ? costs.fma : costs.add;
  if (zero) return sum.zero;
  const [a, b, c] = operands.map(exponentOf) as [number, number, number];
  if (operands.some((bits) => exponentOf(bits) === 0)) return sum.subnormal;
  return a === (fused ? b + c - EXPONENT_64.bias : b) ? sum.same : sum.different;
}
