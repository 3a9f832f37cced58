import { CAUSE, CAUSES, type Schedule, type StallCause } from "./timing.ts";

/** Causes that the cycles after an instruction's first can have. */
const LATER_CYCLES = ["data", "interlock", "divide"] as const satisfies readonly StallCause[];

/** What the schedule blames for the cycles that a skipped instruction does not take. */
export function skippedCause({ causes, skipped }: Schedule, index: number): StallCause {
  const less = skipped?.[index] ?? 0;
  return LATER_CYCLES.find((cause) => causes[index * CAUSES + CAUSE[cause]]! >= less) ?? "issue";
}
