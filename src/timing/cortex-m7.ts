import { BranchPredictor, type BranchPredictorOptions } from "./branch-predictor.ts";
import type { CostOverrides } from "./cost.ts";
import { m7CostTables, m7DoubleCosts, type M7Costs } from "./cortex-m7-costs.ts";
import { REFILLED } from "./cortex-m7-fetch.ts";
import { CortexM7Pipeline } from "./cortex-m7-pipeline.ts";
import { divideCosts } from "./divide.ts";
import { scheduleRun, StateTable } from "./pipeline.ts";
import type { Trace, TracedTiming } from "./reason.ts";
import type { Schedule, TimedInstruction } from "./timing.ts";

/** The predictor that the numbers of `costs` make. */
export const m7Predictor = ({ predictor, rule }: M7Costs = m7CostTables()): BranchPredictorOptions => ({
  entries: predictor.entries.cycles,
  returns: predictor.returns.cycles,
  mispredict: rule.mispredict.cycles,
  decodeRedirect: rule.decodeRedirect.cycles,
});

/**
 * The Cortex-M7's pipeline and branch predictor. `states` tells how many states have been met.
 * Not modelled: a load right behind a store to the same address by another base register.
 * @param predictorState words for the predictor, as many as `predictorWords` says
 * @param overrides numbers to try instead
 */
export function cortexM7(
  predictorState?: Int32Array,
  overrides: CostOverrides = {},
): TracedTiming & { readonly states: StateTable } {
  const costs = m7CostTables(overrides);
  const divide = divideCosts(costs.rule, costs.issue.divide);
  const states = new StateTable();
  const pipeline = new CortexM7Pipeline(costs);
  pipeline.restore(DRAINED);
  const drained = states.intern(pipeline.snapshot());
  const schedule = (instructions: readonly TimedInstruction[], entry: number, trace?: Trace): Schedule =>
    scheduleRun(pipeline, states, instructions, entry, trace);
  return {
    version: "cortex-m7/1",
    states,
    drained,
    bankConflict: costs.rule.bankConflict.cycles,
    branch: new BranchPredictor(m7Predictor(costs), predictorState),
    schedule: (instructions, entry) => schedule(instructions, entry),
    trace(instructions, entry) {
      const trace: Trace = { issues: [], takenRule: undefined };
      const traced = schedule(instructions, entry, trace);
      trace.mispredictRule = `rule.${pipeline.resolves}`;
      return { ...trace, schedule: traced };
    },
    double: m7DoubleCosts,
    divide,
  };
}

/** Nothing in flight, all flags and multiply-accumulates long done. */
const DRAINED: readonly number[] = [0, 0, 0, 0, -100, 0, -100, 0, 0, 0, -1, 0, ...REFILLED, -100, 0, 0, 0];
