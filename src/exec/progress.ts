import { EXIT } from "../core/layout.ts";
import type { CpuState } from "../core/state.ts";
import { W } from "../core/state.ts";
import type { Operation } from "./operations.ts";
import { BANK_RULE, CAUSE, CAUSES, type Schedule, type StallCause } from "../timing/timing.ts";

/**
 * What an instruction accessed: memory with lines that can be free (`LineTable`), steady registers (`SteadyReads`); several
 * words so often where compiled code had to leave them to the handlers that it is to make them one by one.
 */
export const USES = { lines: 1, steadyReads: 2, wordsApart: 4 } as const;

/** Counts of a `ScheduleRecord`, for snapshots. */
export interface RecordCounts {
  readonly fallthrough: number;
  readonly taken: number;
  readonly partial: number[] | undefined;
  readonly dynamic: Float64Array | undefined;
}

/** A schedule in use, with what is counted each time its block runs. */
export class ScheduleRecord {
  readonly schedule: Schedule;
  /**
   * Cycles that have to be left to the next event when the block is started: its last instruction issues before the
   * event, if nothing stalls. Broken bank rules are allowed for.
   */
  readonly longest: number;
  /** Of `schedule`: cycles of a run to the end without and with the final jump taken, and the states behind it. */
  readonly cyclesThrough: number;
  readonly cyclesTaken: number;
  readonly stateThrough: number;
  readonly stateTaken: number;
  /** Grows with each run by an engine other than the compiler's since it was last asked about it. */
  heat = 0;
  /** Instructions that had been executed when counting `heat` began anew. */
  heatSince = 0;
  /** How often the compiler has found that the heat came too slowly. */
  slowHeats = 0;
  /** Part of a compiled region since the compiler was last asked about it. */
  isMember = false;
  /** Runs to the end without and with the final jump taken. */
  fallthrough = 0;
  taken = 0;
  /** `partial[k]`: runs that ended early, after k completed instructions. */
  partial: number[] | undefined;
  /** The block's operations with the bank rules of this schedule around them; undefined when it has none. */
  operations: readonly Operation[] | undefined;
  /** States of the pipeline behind the first instructions, where a run has ended behind them. */
  prefixStates: number[] | undefined;
  /** Cycles beyond the schedule, by instruction and cause like `Schedule.causes`. */
  dynamic: Float64Array | undefined;

  /** R0-R14 as a run of the block left them: where its pointers point. */
  registers: Int32Array | undefined;

  /** `USES` bits of what each instruction accessed so far. */
  readonly uses: Uint8Array;

  constructor(schedule: Schedule, bankConflict: number) {
    this.schedule = schedule;
    this.uses = new Uint8Array(this.instructions);
    this.cyclesThrough = schedule.offsets[this.instructions]!;
    this.cyclesTaken = this.cyclesThrough + schedule.takenCycles;
    this.stateThrough = schedule.fallthroughState;
    this.stateTaken = schedule.takenState;
    const rules = schedule.bankRule?.filter((rule) => rule !== BANK_RULE.none).length ?? 0;
    this.longest = (schedule.offsets[this.instructions - 1] ?? 0) + 1 + rules * bankConflict;
  }

  /** Runs to the end so far. */
  get runs(): number {
    return this.fallthrough + this.taken;
  }
  get instructions(): number {
    return this.schedule.offsets.length - 1;
  }
  countPartial(completed: number): void {
    this.partial ??= new Array<number>(this.instructions).fill(0);
    this.partial[completed]!++;
  }
  get hasRun(): boolean {
    return this.runs > 0 || this.partial !== undefined || this.dynamic !== undefined;
  }
  /** What has been counted; undefined when the block has not run. */
  counts(): RecordCounts | undefined {
    if (!this.hasRun) return undefined;
    const { fallthrough, taken, partial, dynamic } = this;
    return { fallthrough, taken, partial: partial?.slice(), dynamic: dynamic?.slice() };
  }
  /** Counts on from `counts`, or from zero. */
  setCounts(counts: RecordCounts | undefined): void {
    this.fallthrough = counts?.fallthrough ?? 0;
    this.taken = counts?.taken ?? 0;
    this.partial = counts?.partial?.slice();
    this.dynamic = counts?.dynamic?.slice();
  }
  addDynamic(index: number, cause: number, cycles: number): void {
    this.dynamic ??= new Float64Array(this.instructions * CAUSES);
    this.dynamic[index * CAUSES + cause]! += cycles;
  }
}

/** Where in a block the engine is: turns that into the exact cycle, and charges stalls to the right instruction. */
export class Progress {
  readonly #state: CpuState;
  readonly #words: Int32Array;
  record: ScheduleRecord | undefined;

  constructor(state: CpuState) {
    this.#state = state;
    this.#words = state.words;
  }

  /** The exact cycle at which the instruction being executed issues; between blocks, the cycle reached. */
  now(): number {
    const { record } = this;
    if (record === undefined) return this.#state.cycles;
    return this.#state.cycles + record.schedule.offsets[this.#words[W.instructionIndex]!]!;
  }

  /** Notes a `USES` bit for the instruction being executed. */
  used(what: number): void {
    if (this.record !== undefined) this.record.uses[this.#words[W.instructionIndex]!]! |= what;
  }

  /** Lets the instruction being executed take `cycles` longer; if the block might now overrun the next event, it ends. */
  stall(cycles: number, cause: StallCause): void {
    if (cycles === 0) return;
    const state = this.#state;
    state.cycles += cycles;
    const { record } = this;
    if (record === undefined) return;
    if (state.cycles + record.longest > state.nextEvent) state.requestExit(EXIT.interrupt);
    record.addDynamic(this.#words[W.instructionIndex]!, CAUSE[cause], cycles);
  }
}
