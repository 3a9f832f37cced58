import { M4_CLASS, M4_RULE } from "./cortex-m4-costs.ts";
import { CortexM4Pipeline } from "./cortex-m4-pipeline.ts";
import { divideCycles } from "./divide.ts";
import { scheduleRun, StateTable } from "./pipeline.ts";
import type { Trace, TracedTiming } from "./reason.ts";

const M4_DIVIDE = {
  byZero: M4_RULE.divideByZero.cycles,
  smaller: M4_RULE.divideSmaller.cycles,
  base: M4_RULE.divideBase.cycles,
};

/** The Cortex-M4's pipeline. `states` tells how many states have been met. */
export function cortexM4(): TracedTiming & { readonly states: StateTable } {
  const states = new StateTable();
  const pipeline = new CortexM4Pipeline();
  const drained = states.intern(drainedState());
  return {
    version: "cortex-m4/1",
    states,
    drained,
    bankConflict: 0,
    branch: undefined,
    schedule: (instructions, entry) => scheduleRun(pipeline, states, instructions, entry),
    trace(instructions, entry) {
      const trace: Trace = { issues: [], takenRule: undefined };
      const schedule = scheduleRun(pipeline, states, instructions, entry, trace);
      return { ...trace, schedule };
    },
    divide: (signed, dividend, divisor) =>
      divideCycles(M4_DIVIDE, signed, dividend, divisor) - M4_CLASS.divide.cycles,
  };
}

/** Nothing in flight, the first fetch of the target under way. */
function drainedState(): number[] {
  return [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
}
