import type { DataTiming } from "../memory/bus.ts";
import {
  CAUSE,
  CAUSES,
  type CoreTiming,
  type FetchTiming,
  type Schedule,
  type TimedInstruction,
} from "./timing.ts";

/** One cycle an instruction: no model at all, to measure what the models cost an engine. */
export const FLAT: CoreTiming = {
  version: "flat/1",
  drained: 0,
  bankConflict: 0,
  branch: undefined,
  divide: undefined,
  schedule(instructions: readonly TimedInstruction[]): Schedule {
    const n = instructions.length;
    const causes = new Int32Array(n * CAUSES);
    for (let i = 0; i < n; i++) causes[i * CAUSES + CAUSE.issue] = 1;
    return {
      offsets: Int32Array.from({ length: n + 1 }, (_, i) => i),
      causes,
      fallthroughState: 0,
      takenCycles: 0,
      takenCause: CAUSE.branch,
      takenState: 0,
      contendedState: undefined,
      skipped: undefined,
      bankRule: undefined,
      paired: undefined,
      mispredict: undefined,
    };
  },
};

/** Memory that never makes the core wait. */
export const FREE_DATA: DataTiming = {
  isFree: () => true,
  read: () => 0,
  write: () => 0,
  device: () => 0,
  steadyDeviceRead: () => 0,
  unaligned: () => 0,
};

/** Instructions that are always there. */
export const FREE_FETCH: FetchTiming = {
  lineShift: 5,
  presenceShift: 5,
  epoch: 1,
  isPresent: () => true,
  fetch: () => 0,
};
