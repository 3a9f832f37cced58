import type { Cost } from "./cost.ts";

/** Cycles of SDIV or UDIV beyond those in the schedule. */
export interface DivideCosts {
  /** Either operand is 0. */
  readonly byZero: number;
  /** The dividend has fewer bits than the divisor. */
  readonly smaller: number;
  /** Otherwise, and a cycle more for every four bits that the dividend has more. */
  readonly base: number;
}

type DivideRule = "divideByZero" | "divideSmaller" | "divideBase";

/** The three numbers as a core's rules have them, less the cycles that its schedules count already. */
export const divideCosts = (rule: Readonly<Record<DivideRule, Cost>>, { cycles }: Cost): DivideCosts => ({
  byZero: rule.divideByZero.cycles - cycles,
  smaller: rule.divideSmaller.cycles - cycles,
  base: rule.divideBase.cycles - cycles,
});

/** Significant bits of the magnitude. */
function bits(signed: boolean, value: number): number {
  return 32 - Math.clz32(signed && value < 0 ? -value : value);
}

/**
 * Cycles of SDIV or UDIV beyond those in the schedule. They end early: after 2 to 12 on the Cortex-M4.
 * @source compendium.i-0.nl (measured) for the shape
 */
export function divideCycles(costs: DivideCosts, signed: boolean, dividend: number, divisor: number): number {
  if (dividend === 0 || divisor === 0) return costs.byZero;
  const difference = bits(signed, dividend) - bits(signed, divisor);
  return difference < 0 ? costs.smaller : costs.base + (difference >> 2);
}
