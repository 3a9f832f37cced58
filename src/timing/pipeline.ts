import type { Because, Reason, Refusal, Trace } from "./reason.ts";
import { BANK_RULE, CAUSE, CAUSES, type Schedule, type StallCause, type TimedInstruction } from "./timing.ts";

/** What a jump costs beyond the schedule of its instruction when it is taken. */
export interface TakenJump {
  readonly cycles: number;
  readonly cause: StallCause;
  /** Name of the number in the core's list of costs; absent when it costs nothing. */
  readonly rule?: string;
}

/** Where the cycles of one instruction go, and what else the engines ask about it. */
export class IssueRecord {
  /** Cycles by cause. */
  readonly causes = new Int32Array(CAUSES);
  /** Cycles less when its IT condition fails. */
  skipped = 0;
  paired = false;
  /** One of `BANK_RULE`. */
  bankRule: number = BANK_RULE.none;
  refusal: Refusal | undefined;
  /** Collects the reasons, for those who ask. */
  reasons: Reason[] | undefined;

  clear(): void {
    this.causes.fill(0);
    this.skipped = 0;
    this.paired = false;
    this.bankRule = BANK_RULE.none;
    this.refusal = undefined;
    if (this.reasons !== undefined) this.reasons = [];
  }
  add(cause: StallCause, cycles: number, because: Because): void {
    this.causes[CAUSE[cause]]! += cycles;
    if (this.reasons === undefined) return;
    const { rule, registers = 0, fp = false } = because();
    this.reasons.push({ cause, cycles, rule, registers, fp });
  }
}

/** A pipeline that instructions are pushed through, one after the other. Time starts at 0 with `restore`. */
export interface Pipeline {
  /** Cycle at which the next instruction would issue if it had to wait for nothing. */
  readonly now: number;
  restore(state: readonly number[]): void;
  /** The canonical state, relative to `now`: what cannot matter any more is left out. */
  snapshot(): number[];
  /** Issues `instruction`, advances `now` by the sum of the causes that it writes to `record`. */
  issue(instruction: TimedInstruction, record: IssueRecord): void;
  /** Takes the jump that was issued last. */
  jump(instruction: TimedInstruction): TakenJump;
  /** What it costs when the direction of the jump that was issued last was predicted wrongly; absent: no predictor. */
  readonly mispredict?: number;
  /** The access issued last took the turns of fetches; before `snapshot`. Absent where that is never asked. */
  contend?(): void;
}

/** States of a pipeline as small integers; the same state always gets the same number. */
export class StateTable {
  readonly #ids = new Map<string, number>();
  readonly #states: (readonly number[])[] = [];

  get size(): number {
    return this.#states.length;
  }
  intern(state: readonly number[]): number {
    const key = state.join();
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#states.length;
    this.#states.push(state);
    this.#ids.set(key, id);
    return id;
  }
  get(id: number): readonly number[] {
    const state = this.#states[id];
    if (state === undefined) throw new RangeError(`pipeline state ${id} was never handed out`);
    return state;
  }
}

const NO_JUMP: TakenJump = { cycles: 0, cause: "branch" };

/** Pushes a run of instructions through `pipeline` from the state `entry`. @param trace receives the reasons */
export function scheduleRun(
  pipeline: Pipeline,
  states: StateTable,
  instructions: readonly TimedInstruction[],
  entry: number,
  trace?: Trace,
): Schedule {
  const n = instructions.length;
  const offsets = new Int32Array(n + 1);
  const causes = new Int32Array(n * CAUSES);
  // Most blocks have none of these.
  let skipped: Int32Array | undefined;
  let bankRule: Uint8Array | undefined;
  let paired: Uint8Array | undefined;
  const record = new IssueRecord();
  if (trace !== undefined) record.reasons = [];
  pipeline.restore(states.get(entry));
  for (let i = 0; i < n; i++) {
    record.clear();
    pipeline.issue(instructions[i]!, record);
    causes.set(record.causes, i * CAUSES);
    trace?.issues.push({ reasons: record.reasons ?? [], refusal: record.refusal });
    offsets[i + 1] = pipeline.now;
    if (record.skipped !== 0) (skipped ??= new Int32Array(n))[i] = record.skipped;
    if (record.bankRule !== BANK_RULE.none) (bankRule ??= new Uint8Array(n))[i] = record.bankRule;
    if (record.paired) (paired ??= new Uint8Array(n))[i] = 1;
  }
  const fallthroughState = states.intern(pipeline.snapshot());
  const last = instructions[n - 1];
  const jumps = last?.footprint.jump !== undefined;
  const taken: TakenJump = jumps ? pipeline.jump(last) : NO_JUMP;
  if (trace !== undefined) trace.takenRule = taken.rule;
  const takenState = jumps ? states.intern(pipeline.snapshot()) : fallthroughState;
  const contended =
    last?.mayContend === true && !jumps
      ? contendedState(pipeline, states, instructions, entry)
      : fallthroughState;
  return {
    offsets,
    causes,
    fallthroughState,
    takenCycles: taken.cycles,
    takenCause: CAUSE[taken.cause],
    takenState,
    contendedState: contended === fallthroughState ? undefined : contended,
    skipped,
    bankRule,
    paired,
    mispredict: pipeline.mispredict,
  };
}

/** The state behind a run whose last access takes the turns of fetches. */
function contendedState(
  pipeline: Pipeline,
  states: StateTable,
  instructions: readonly TimedInstruction[],
  entry: number,
): number {
  const record = new IssueRecord();
  pipeline.restore(states.get(entry));
  for (const instruction of instructions) {
    record.clear();
    pipeline.issue(instruction, record);
  }
  pipeline.contend?.();
  return states.intern(pipeline.snapshot());
}
