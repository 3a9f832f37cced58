import { M4_CLASS, M4_RULE } from "./cortex-m4-costs.ts";
import { CortexM4Pipeline } from "./cortex-m4-pipeline.ts";
import { scheduleRun, StateTable } from "./pipeline.ts";
import type { CoreTiming } from "./timing.ts";

/** Significant bits of the magnitude. */
function bits(signed: boolean, value: number): number {
  return 32 - Math.clz32(signed && value < 0 ? -value : value);
}

/**
 * Cycles of SDIV or UDIV, 2 to 12, by how many bits the dividend has more than the divisor.
 * @source C (measured) for the shape; the constant is inferred from the TRM's maximum
 */
export function m4DivideCycles(signed: boolean, dividend: number, divisor: number): number {
  if (dividend === 0 || divisor === 0) return M4_RULE.divideByZero.cycles;
  const difference = bits(signed, dividend) - bits(signed, divisor);
  return difference < 0 ? M4_RULE.divideSmaller.cycles : M4_RULE.divideBase.cycles + (difference >> 2);
}

/** The Cortex-M4's pipeline. `states` tells how many states have been met. */
export function cortexM4(): CoreTiming & { readonly states: StateTable } {
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
    divide: (signed, dividend, divisor) => m4DivideCycles(signed, dividend, divisor) - M4_CLASS.divide.cycles,
  };
}

/** Nothing in flight, the first fetch of the target under way. */
function drainedState(): number[] {
  return [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
}
