import type { CoreTiming } from "../timing/timing.ts";
import type { Operation } from "./operations.ts";
import { ScheduleRecord } from "./progress.ts";
import type { CodeBlock } from "./translate.ts";

/** Where in a block instruction fetch moves on to another line of the fetch path. */
export interface LineCrossing {
  readonly index: number;
  readonly address: number;
}

/** Generous bounds for what a block may take beyond its schedule; only for deciding when to go step by step. */
const WORST_ACCESS = 64;
const WORST_LINE = 128;

/** A block made ready to run: operations, schedules by entry state, fetch lines. */
export class Block {
  readonly code: CodeBlock;
  readonly operations: readonly Operation[];
  /** By state of the pipeline at entry. */
  readonly schedules: (ScheduleRecord | undefined)[] = [];
  readonly lines: readonly LineCrossing[];
  /** Fetch epoch in which all lines were found present; see `FetchTiming.epoch`. */
  presentEpoch = -1;
  /** Times that the block was entered, for choosing what to compile. */
  entries = 0;
  readonly #timing: CoreTiming;

  constructor(code: CodeBlock, operations: readonly Operation[], timing: CoreTiming, lineShift: number) {
    this.code = code;
    this.operations = operations;
    this.#timing = timing;
    this.lines = crossings(code, lineShift);
  }

  schedule(entryState: number): ScheduleRecord {
    return (this.schedules[entryState] ??= this.#makeSchedule(entryState));
  }

  /** Schedule of the first `count` instructions, for a run that ended there. */
  prefixState(entryState: number, count: number): number {
    return this.#timing.schedule(this.code.instructions.slice(0, count), entryState).fallthroughState;
  }

  #makeSchedule(entryState: number): ScheduleRecord {
    const { instructions } = this.code;
    const schedule = this.#timing.schedule(instructions, entryState);
    let worst = schedule.offsets[instructions.length]! + schedule.takenCycles + 64;
    for (const { footprint } of instructions) worst += WORST_ACCESS * (footprint.accesses.length + 1);
    return new ScheduleRecord(schedule, worst + WORST_LINE * this.lines.length);
  }
}

function crossings({ instructions }: CodeBlock, lineShift: number): LineCrossing[] {
  const lines: LineCrossing[] = [];
  let current = -1;
  instructions.forEach(({ pc, size }, index) => {
    for (const address of [pc, (pc + size - 1) >>> 0]) {
      if (address >>> lineShift === current) continue;
      current = address >>> lineShift;
      lines.push({ index, address });
    }
  });
  return lines;
}
