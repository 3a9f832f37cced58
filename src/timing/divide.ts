import type { Cost } from "./cost.ts";

/** Cycles of SDIV or UDIV beyond those in the schedule. */
export interface DivideCosts {
  /** Either operand is 0. */
  readonly byZero: number;
  /** The dividend has fewer bits than the divisor, see `divideCycles`. */
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

const significantBits = (value: number): number => 32 - Math.clz32(value);

/**
 * Cycles of SDIV or UDIV beyond those in the schedule. They end early: after 2 to 12 on the Cortex-M4. What is compared
 * are the bits of the dividend's magnitude and those of the divisor but for its leading signs, so a power of two counts
 * one less when it is negative.
 * @source compendium.i-0.nl for the shape; all of 9,512 divisions measured on CC2652 (CMEmu)
 */
export function divideCycles(costs: DivideCosts, signed: boolean, dividend: number, divisor: number): number {
  if (dividend === 0 || divisor === 0) return costs.byZero;
  const magnitude = signed && dividend < 0 ? -dividend : dividend;
  const unsigned = signed && divisor < 0 ? ~divisor : divisor;
  const difference = significantBits(magnitude) - significantBits(unsigned);
  return difference < 0 ? costs.smaller : costs.base + (difference >> 2);
}
