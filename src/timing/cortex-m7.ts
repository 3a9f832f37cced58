import { BranchPredictor } from "./branch-predictor.ts";
import { M7_ISSUE, M7_RULE } from "./cortex-m7-costs.ts";
import { doubleCycles } from "./cortex-m7-double.ts";
import { REFILLED } from "./cortex-m7-fetch.ts";
import { CortexM7Pipeline } from "./cortex-m7-pipeline.ts";
import { divideCycles } from "./divide.ts";
import { scheduleRun, StateTable } from "./pipeline.ts";
import type { Trace, TracedTiming } from "./reason.ts";
import type { Schedule, TimedInstruction } from "./timing.ts";

/**
 * Sizes that Arm does not publish. One table stands for direction predictor and target cache together, so it is larger
 * than the target cache can be: with 64 entries, two branches of a loop that fall on one entry would make each other
 * mispredict for ever.
 * Not modelled: misses of the target cache for more branches than it holds, about 3 cycles each.
 * @source inferred; fitted on CoreMark
 */
export const M7_PREDICTOR = {
  entries: 1024,
  returns: 4,
  mispredict: M7_RULE.mispredict.cycles,
  mispredictEarly: M7_RULE.mispredictEarly.cycles,
  decodeRedirect: M7_RULE.decodeRedirect.cycles,
} as const;

/**
 * The Cortex-M7's pipeline and branch predictor. `states` tells how many states have been met.
 * Not modelled: a load right behind a store to the same address, 4 cycles in LLVM's model, for want of a measurement.
 */
export function cortexM7(predictorState?: Int32Array): TracedTiming & { readonly states: StateTable } {
  const states = new StateTable();
  const pipeline = new CortexM7Pipeline();
  pipeline.restore(DRAINED);
  const drained = states.intern(pipeline.snapshot());
  const schedule = (instructions: readonly TimedInstruction[], entry: number, trace?: Trace): Schedule => ({
    ...scheduleRun(pipeline, states, instructions, entry, trace),
    flagsEarly: pipeline.flagsEarly,
  });
  return {
    version: "cortex-m7/1",
    states,
    drained,
    bankConflict: M7_RULE.bankConflict.cycles,
    branch: new BranchPredictor(M7_PREDICTOR, predictorState),
    schedule: (instructions, entry) => schedule(instructions, entry),
    trace(instructions, entry) {
      const trace: Trace = { issues: [], takenRule: undefined };
      const traced = schedule(instructions, entry, trace);
      return { ...trace, schedule: traced };
    },
    double: doubleCycles,
    divide: (signed, dividend, divisor) =>
      divideCycles(M7_DIVIDE, signed, dividend, divisor) - M7_ISSUE.divide.cycles,
  };
}

const M7_DIVIDE = {
  byZero: M7_RULE.divideByZero.cycles,
  smaller: M7_RULE.divideSmaller.cycles,
  base: M7_RULE.divideBase.cycles,
};

/** Nothing in flight, all flags and multiply-accumulates long done. */
const DRAINED: readonly number[] = [0, 0, 0, 0, -100, 0, -100, 0, 0, 0, -1, 0, ...REFILLED, 0, 0];
