import { branchKind } from "../timing/branch-kind.ts";
import { entryOf, STRONGLY_TAKEN } from "../timing/branch-predictor.ts";
import type { AddressRange } from "../memory/shared-fetch.ts";
import type { BranchKind, CoreTiming, FetchTiming } from "../timing/timing.ts";
import type { Operation } from "./operations.ts";
import { ScheduleRecord } from "./progress.ts";
import type { CodeBlock } from "./translate.ts";

/** An instruction of a block, and an address in a line of the fetch path that it lies in. */
export interface FetchAsk {
  readonly index: number;
  readonly address: number;
}

/** Code of another engine that begins with a block. */
export interface CompiledEntry {
  /** Runs until control leaves the compiled region, or until about `cycles` have passed. */
  run(cycles: number): void;
  /** Cycles that have to be left to the next event for it to do anything. */
  readonly longest: number;
  /** It asks for the lines of its first block itself where they are not at hand; else it would come straight back. */
  readonly fetches: boolean;
  /** Instructions of one run on average, once there were a few; before that 0. */
  readonly typicalRun: number;
}

/** Warmth of a run of a short block: the number of its instructions that a longer one begins at. */
export const WARMTH = 20;
/** No entry of a predictor. */
const NEVER = -2;
/** Most targets of an indirect jump that are remembered. */
const KEPT_TARGETS = 8;

/** A block made ready to run: operations, schedules by entry state, fetch lines. */
export class Block {
  readonly code: CodeBlock;
  readonly operations: readonly Operation[];
  /** By state of the pipeline at entry. */
  readonly schedules: (ScheduleRecord | undefined)[] = [];
  /** Those that there are, in the order of their making. */
  readonly records: ScheduleRecord[] = [];
  /** By instruction, ascending. */
  readonly lines: readonly FetchAsk[];
  /** Of `lines`, an address for each that has to be asked whether it is present. */
  readonly places: readonly number[];
  /** Fetch epoch in which all lines were found present; see `FetchTiming.epoch`. */
  presentEpoch = -1;
  /** Runs for which not all lines were present. */
  absences = 0;
  /** Byte offset of the word that tells compiled code `presentEpoch`. */
  presentWord: number | undefined;
  /** Where an indirect jump at the end went, first seen first. */
  readonly targets: number[] = [];
  /** Compiled code by state of the pipeline at entry. */
  readonly compiled: (CompiledEntry | undefined)[] = [];
  /** Where its last instruction accesses data in the turn of a fetch; undefined when it never does. */
  readonly contendedBy: readonly AddressRange[] | undefined;
  /** What a branch predictor makes of the last instruction. */
  readonly branchKind: BranchKind | undefined;
  /**
   * Index of the word of the predictor's entry for it, and what it holds when the jump, taken or not, is predicted and
   * changes nothing: then nobody need ask.
   */
  readonly branchWord: number;
  readonly settledTaken: number;
  readonly settledNot: number;
  /** What one run adds to the heat of its entry state: more than `WARMTH` for a long block, which takes the handlers longer. */
  readonly warmth: number;
  /** Whether every instruction can be compiled; undefined until someone has looked. */
  isCompilable: boolean | undefined;
  /** States for which compiling was tried and not worth it, or is waiting. */
  readonly compileAsked: boolean[] = [];
  readonly #timing: CoreTiming;
  readonly #words: Int32Array;

  constructor(
    code: CodeBlock,
    operations: readonly Operation[],
    timing: CoreTiming,
    fetch: FetchTiming,
    words: Int32Array,
  ) {
    this.code = code;
    this.operations = operations;
    this.#timing = timing;
    this.#words = words;
    const last = code.instructions.at(-1);
    this.contendedBy = last?.mayContend === true ? fetch.sharedWith?.(last.pc) : undefined;
    this.branchKind = last && branchKind(last);
    const tables = timing.branch?.tables;
    const pc = last?.pc ?? 0;
    this.branchWord = tables === undefined ? 0 : (tables.base >> 2) + ((pc >>> 1) & (tables.entries - 1));
    const settled = (kinds: readonly (BranchKind | undefined)[], counter: number): number =>
      tables !== undefined && kinds.includes(this.branchKind) ? entryOf(tables.entries, pc, counter) : NEVER;
    this.settledTaken = settled(["conditional", "direct"], STRONGLY_TAKEN);
    this.settledNot = settled(["conditional"], 0);
    this.warmth = Math.max(WARMTH, code.instructions.length);
    this.lines = linesOf(code, fetch.lineShift);
    this.places = placesOf(this.lines, fetch.presenceShift);
  }

  /** Whether an access of its last instruction to `address` takes the turn of a fetch. */
  contends(address: number): boolean {
    if (this.contendedBy === undefined) return false;
    const a = address >>> 0;
    for (const { start, size } of this.contendedBy) if (a >= start && a - start < size) return true;
    return false;
  }

  schedule(entryState: number): ScheduleRecord {
    return (this.schedules[entryState] ??= this.#makeSchedule(entryState));
  }

  /** All lines were found present in `epoch`. */
  setPresent(epoch: number): void {
    this.presentEpoch = epoch;
    this.publishPresence();
  }
  /** Lets compiled code see `presentEpoch`. */
  publishPresence(): void {
    if (this.presentWord !== undefined) this.#words[this.presentWord >> 2] = this.presentEpoch;
  }

  /** Remembers where the indirect jump at the end of the block went. */
  noteTarget(pc: number): void {
    if (this.targets.length < KEPT_TARGETS && !this.targets.includes(pc)) this.targets.push(pc);
  }

  /** State of the pipeline behind the first `count` instructions, for a run that ended there. */
  prefixState(entryState: number, count: number): number {
    const states = (this.schedule(entryState).prefixStates ??= []);
    return (states[count] ??= this.#timing.schedule(
      this.code.instructions.slice(0, count),
      entryState,
    ).fallthroughState);
  }

  #makeSchedule(entryState: number): ScheduleRecord {
    const schedule = this.#timing.schedule(this.code.instructions, entryState);
    const record = new ScheduleRecord(schedule, this.#timing.bankConflict);
    this.records.push(record);
    return record;
  }
}

/**
 * Every instruction asks for the lines that it lies in: what it finds then does not depend on where its block began. An
 * ask for a line that is present is free and changes nothing, so one for the line asked for last is left out.
 */
function linesOf({ instructions }: CodeBlock, lineShift: number): FetchAsk[] {
  const asks: FetchAsk[] = [];
  let line = -1;
  for (let index = 0; index < instructions.length; index++) {
    const { pc, size } = instructions[index]!;
    const end = (pc + size - 1) >>> 0;
    if (pc >>> lineShift !== line) asks.push({ index, address: pc });
    line = end >>> lineShift;
    if (pc >>> lineShift !== line) asks.push({ index, address: end });
  }
  return asks;
}

function placesOf(asks: readonly FetchAsk[], presenceShift: number): number[] {
  const places: number[] = [];
  let place = -1;
  for (const { address } of asks) {
    if (address >>> presenceShift !== place) places.push(address);
    place = address >>> presenceShift;
  }
  return places;
}
