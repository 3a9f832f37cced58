import type { CoreTiming, Schedule, StallCause, TimedInstruction } from "./timing.ts";

/** Why an instruction takes some of its cycles; the reasons of an instruction sum to its cycles by cause. */
export interface Reason {
  readonly cause: StallCause;
  readonly cycles: number;
  /** Name of the number behind it in the core's list of costs, `rule.dataPhase`. */
  readonly rule: string;
  /** Core registers, or FP registers with `fp`, that were waited for, as a mask. */
  readonly registers: number;
  readonly fp: boolean;
}

/** What a reason names beside cause and cycles; made when somebody asks, for schedules are seldom explained. */
export type Because = () => {
  readonly rule: string;
  readonly registers?: number;
  readonly fp?: boolean;
};

/**
 * Why an instruction could not take the younger slot of the cycle before: its operands or itself not there yet, the
 * same bank, one unit for two, a slot or pairing that the unit does not allow.
 */
export type Refusal =
  | "operands"
  | "fetch"
  | "bank"
  | "fp-shadow"
  | "alone"
  | "older-only"
  | "mac"
  | "simd"
  | "shifter"
  | "store"
  | "fp"
  | "branch"
  | "fp-move"
  | "mac-store"
  | "shift";

/** One instruction of a run as its pipeline saw it issue. */
export interface TracedIssue {
  /** In the order of time: waits, the issue itself, cycles that it takes after its first. */
  readonly reasons: readonly Reason[];
  /** Set when the younger slot was open and the instruction could not take it. */
  readonly refusal: Refusal | undefined;
}

/** What a traced run has beside its schedule. */
export interface Trace {
  /** By instruction. */
  readonly issues: TracedIssue[];
  /** Name of the number behind `Schedule.takenCycles`. */
  takenRule: string | undefined;
  /** And of that behind `Schedule.mispredict`; absent without a predictor. */
  mispredictRule?: string;
}

/** A core's timing that can also say why: the same steps as `schedule`, with the reasons kept. */
export interface TracedTiming extends CoreTiming {
  trace(instructions: readonly TimedInstruction[], entry: number): Trace & { readonly schedule: Schedule };
}
