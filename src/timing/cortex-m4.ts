import type { CostOverrides } from "./cost.ts";
import { m4CostTables } from "./cortex-m4-costs.ts";
import { CortexM4Pipeline, NO_BASE } from "./cortex-m4-pipeline.ts";
import { divideCosts } from "./divide.ts";
import { scheduleRun, StateTable } from "./pipeline.ts";
import type { Trace, TracedTiming } from "./reason.ts";

/** The Cortex-M4's pipeline. `states` tells how many states have been met. @param overrides numbers to try instead */
export function cortexM4(overrides: CostOverrides = {}): TracedTiming & { readonly states: StateTable } {
  const costs = m4CostTables(overrides);
  const divide = divideCosts(costs.rule, costs.class.divide);
  const states = new StateTable();
  const pipeline = new CortexM4Pipeline(costs);
  const drained = states.intern(drainedState());
  return {
    version: "cortex-m4/1",
    states,
    drained,
    bankConflict: costs.rule.otherMemory.cycles,
    bankRuleReach: 2,
    branch: undefined,
    schedule: (instructions, entry) => scheduleRun(pipeline, states, instructions, entry),
    trace(instructions, entry) {
      const trace: Trace = { issues: [], takenRule: undefined };
      const schedule = scheduleRun(pipeline, states, instructions, entry, trace);
      return { ...trace, schedule };
    },
    divide,
  };
}

/** Nothing in flight, the first fetch of the target under way. */
function drainedState(): number[] {
  return [0, 0, NO_BASE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
}
