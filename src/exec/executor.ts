import type { Core } from "../core/core.ts";
import type { Fault } from "../core/fault.ts";
import { EXIT } from "../core/layout.ts";
import { W } from "../core/state.ts";
import {
  BANK_RULE,
  MEMORY_SHIFT,
  type BranchTiming,
  type CoreTiming,
  type FetchTiming,
} from "../timing/timing.ts";
import type { Block } from "./block.ts";
import type { BlockCache } from "./block-cache.ts";
import type { Progress, ScheduleRecord } from "./progress.ts";

/** The core's surroundings: what happens between instructions. */
export interface Surroundings {
  /** Runs the events that are due at `cycle`. */
  runDue(cycle: number): void;
  /** Takes a pending exception, if one may be taken; time passes through the machine's own clock. */
  takeException(): void;
  /** A fault was raised; R15 is the address to return to. */
  takeFault(fault: Fault): void;
  /** Control went to an EXC_RETURN value, which R15 holds. */
  exceptionReturn(excReturn: number): void;
  /** The core sleeps; returns when it has been woken, or leaves `EXIT.stop`. */
  sleep(): void;
  /** An unconditional jump to itself was executed: nothing but an exception changes anything. */
  selfLoop(pc: number): void;
  /** Control is about to execute at a watched address. */
  arrived(pc: number): void;
}

/** Heat of a block in one entry state from which it is worth compiling: each run adds `Block.warmth`. */
const HOT = 300;

/** Runs of a block without all of its lines from which compiled code is to ask for them. */
const ABSENCES = 1024;

/** Stands for a load that was skipped: there is no memory at the end of the address space. */
const NO_LOAD = -1;
const NO_ACCESS = -1;

/** Blocks run after compiled code was left for an event that do not count as heat. */
const COOLING = 50;

/** More instructions than any core completes in a cycle, over the length of a block. */
const MOST_PER_CYCLE = 4;
/** Instructions before a limit that are left to the handlers, which stop at the very one: some blocks of them. */
const FEW_INSTRUCTIONS = 1024;

/** Whether two loads in which these bits of the address differ break a rule of `BANK_RULE`. */
const breaksRule = (rule: number, differing: number): boolean =>
  rule === BANK_RULE.otherMemory ? differing >>> MEMORY_SHIFT !== 0 : (differing & 4) === 0;

const ATTENTION = EXIT.interrupt | EXIT.jump | EXIT.stop | EXIT.retranslate | EXIT.sleep | EXIT.fault;

/** Runs blocks until something stops it: the run loop that knows only the next event. */
export class Executor {
  /** Instructions completed since reset; a skipped one counts. */
  instructions = 0;
  /** Asked to compile a block that has become hot; undefined without a compiler. */
  onHot: ((block: Block, entryState: number) => void) | undefined;
  /** Told when lines of a block have been absent so often that compiled code should expect it. */
  onAbsent: ((block: Block) => void) | undefined;
  /** Reference engine: never more than one instruction at a time. */
  readonly stepOnly: boolean;
  readonly #core: Core;
  readonly #words: Int32Array;
  readonly #cache: BlockCache;
  readonly #timing: CoreTiming;
  readonly #branch: BranchTiming | undefined;
  readonly #fetch: FetchTiming;
  readonly #progress: Progress;
  readonly #around: Surroundings;
  readonly #hot: number;
  /** Blocks to come whose runs do not count as heat. */
  #cooling = 0;

  constructor(options: {
    core: Core;
    cache: BlockCache;
    timing: CoreTiming;
    fetch: FetchTiming;
    progress: Progress;
    surroundings: Surroundings;
    stepOnly: boolean;
    hot?: number | undefined;
  }) {
    this.#core = options.core;
    this.#words = options.core.state.words;
    this.#cache = options.cache;
    this.#timing = options.timing;
    this.#branch = options.timing.branch;
    this.#fetch = options.fetch;
    this.#progress = options.progress;
    this.#around = options.surroundings;
    this.stepOnly = options.stepOnly;
    this.#hot = options.hot ?? HOT;
  }

  /** Runs until `EXIT.stop`, or until `maxInstructions` more have completed. */
  run(maxInstructions = Infinity): void {
    const w = this.#words;
    const { state } = this.#core;
    const last = this.instructions + maxInstructions;
    while (this.instructions < last) {
      if ((w[W.exit]! & ATTENTION) !== 0) {
        if (!this.#attend()) return;
        continue; // what was attended to may have raised a fault in its turn
      }
      if (state.cycles >= state.nextEvent) {
        this.#around.runDue(state.cycles);
        continue; // an event may have made an exception pending
      }
      this.dispatch(last - this.instructions);
    }
  }

  /** Executes the block at R15, or one instruction of it when an event is near. */
  dispatch(maxInstructions: number): void {
    const w = this.#words;
    const { state } = this.#core;
    const pc = w[15]! >>> 0;
    if (this.#cache.watched.size > 0 && this.#cache.watched.has(pc)) {
      this.#around.arrived(pc);
      if ((w[W.exit]! & EXIT.stop) !== 0) return;
    }
    const it = w[W.ITSTATE]!;
    if (!this.stepOnly) {
      const block = this.#cache.get(pc, it);
      const compiled = block.compiled[w[W.pipelineState]!];
      const mayRun =
        compiled !== undefined &&
        maxInstructions >= FEW_INSTRUCTIONS &&
        (compiled.fetches || this.isPresent(block)) &&
        state.cycles + compiled.longest <= state.nextEvent;
      if (mayRun) {
        this.#cooling = 0;
        compiled.run(maxInstructions / MOST_PER_CYCLE);
        return;
      }
      if (block.code.instructions.length <= maxInstructions) {
        const record = block.schedule(w[W.pipelineState]!);
        if (state.cycles + record.longest <= state.nextEvent) {
          this.#runBlock(block, record);
          return;
        }
      }
    }
    this.#runSingle();
  }

  /** Executes the instruction at R15. @param hasFetched its lines have been asked for */
  #runSingle(hasFetched = false): void {
    const w = this.#words;
    const single = this.#cache.single(w[15]! >>> 0, w[W.ITSTATE]!);
    this.#runBlock(single, single.schedule(w[W.pipelineState]!), hasFetched);
  }

  /** Whether all lines of `block` are there, so that fetching it costs and changes nothing. */
  isPresent(block: Block): boolean {
    const { epoch } = this.#fetch;
    if (block.presentEpoch === epoch && epoch !== 0) return true;
    const now = this.#core.state.cycles;
    for (const { address } of block.lines) if (!this.#fetch.isPresent(address, now)) return false;
    block.setPresent(epoch);
    return true;
  }

  /** @returns false when the run is to stop */
  #attend(): boolean {
    const w = this.#words;
    const { state } = this.#core;
    const exit = w[W.exit]!;
    if ((exit & EXIT.stop) !== 0) return false;
    w[W.exit] = 0;
    if ((exit & EXIT.fault) !== 0) {
      const { fault } = state;
      state.fault = undefined;
      if (fault !== undefined) this.#around.takeFault(fault);
      this.#drain();
    } else if ((exit & EXIT.jump) !== 0) {
      this.#around.exceptionReturn(w[15]!);
      this.#drain();
    }
    if ((exit & EXIT.retranslate) !== 0) this.#cache.clear();
    if ((exit & EXIT.sleep) !== 0) this.#around.sleep();
    const ipsr = w[W.IPSR];
    const pc = w[15];
    this.#around.takeException();
    if (w[W.IPSR] !== ipsr || w[15] !== pc) this.#drain();
    return (w[W.exit]! & EXIT.stop) === 0;
  }

  /** Exception entry and return start with an empty pipeline. */
  #drain(): void {
    this.#words[W.pipelineState] = this.#timing.drained;
  }

  #runBlock(block: Block, record: ScheduleRecord, hasFetched = false): void {
    const w = this.#words;
    const { operations, code } = block;
    const n = operations.length;
    if (n === 0) {
      this.#core.state.raise({ kind: code.fetchFault ?? "IBUSERR" });
      return;
    }
    const progress = this.#progress;
    progress.record = record;
    w[15] = code.end;
    w[W.taken] = 0;
    if (block.contendedBy !== undefined) w[W.lastAccess] = NO_ACCESS;
    const present = hasFetched || this.isPresent(block);
    if (!present && ++block.absences === ABSENCES) this.onAbsent?.(block);
    const { bankRule } = record.schedule;
    if (present && bankRule === undefined) {
      for (let i = 0; i < n; i++) {
        w[W.instructionIndex] = i;
        operations[i]!();
        if (w[W.exit] !== 0) {
          this.leaveEarly(block, record, i);
          return;
        }
      }
    } else if (!this.#runWatchfully(block, record, present)) return;
    this.#complete(block, record);
  }

  /** The block instruction by instruction, with look-ups of fetch lines and the bank rule. @returns false when it ended early */
  #runWatchfully(block: Block, record: ScheduleRecord, present: boolean): boolean {
    const w = this.#words;
    const { operations, lines, code } = block;
    const { bankRule } = record.schedule;
    const epochBefore = this.#fetch.epoch;
    let line = present ? lines.length : 0;
    for (let i = 0; i < operations.length; i++) {
      w[W.instructionIndex] = i;
      while (line < lines.length && lines[line]!.index === i) {
        this.#progress.stall(this.#fetch.fetch(lines[line]!.address, this.#progress.now()), "fetch");
        line++;
      }
      const rule = bankRule?.[i];
      if (rule === BANK_RULE.multiple && (w[code.instructions[i]!.footprint.accesses[0]!.base!]! & 7) === 4)
        this.#progress.stall(this.#timing.bankConflict, "data");
      if (rule === BANK_RULE.pairedLoad || rule === BANK_RULE.otherMemory)
        this.#loadBehindLoad(operations[i]!, rule);
      else operations[i]!();
      if (w[W.exit] !== 0) {
        this.leaveEarly(block, record, i);
        return false;
      }
    }
    if (!present && this.#fetch.epoch === epochBefore) block.setPresent(epochBefore);
    return true;
  }

  /**
   * A load that is issued with the load before it, which both may want one bank, or that overlaps it, which may be of
   * another memory; unless its condition fails or it faults.
   */
  #loadBehindLoad(operation: () => void, rule: number): void {
    const w = this.#words;
    const previous = w[W.lastLoad]!;
    w[W.lastLoad] = NO_LOAD;
    operation();
    if (w[W.lastLoad] === NO_LOAD) w[W.lastLoad] = previous;
    else if ((w[W.exit]! & EXIT.fault) !== 0) return;
    else if (breaksRule(rule, previous ^ w[W.lastLoad]!))
      this.#progress.stall(this.#timing.bankConflict, "data");
  }

  #complete(block: Block, record: ScheduleRecord): void {
    const w = this.#words;
    const { state } = this.#core;
    const { schedule } = record;
    const { code } = block;
    const n = code.instructions.length;
    if (this.#branch !== undefined) this.#predict(block, w[W.taken] !== 0, w[15]! >>> 0);
    this.#progress.record = undefined;
    const entryState = w[W.pipelineState]!;
    if (w[W.taken] !== 0) {
      record.taken++;
      const { jump } = code.instructions[n - 1]!.footprint;
      if (jump !== undefined && jump.target === undefined) block.noteTarget(w[15]! >>> 0);
      state.cycles += schedule.offsets[n]! + schedule.takenCycles;
      w[W.pipelineState] = schedule.takenState;
      w[W.ITSTATE] = 0;
    } else {
      record.fallthrough++;
      state.cycles += schedule.offsets[n]!;
      const { contendedState } = schedule;
      w[W.pipelineState] =
        contendedState !== undefined && block.contends(w[W.lastAccess]!)
          ? contendedState
          : schedule.fallthroughState;
      w[W.ITSTATE] = code.instructions[n - 1]!.itAfter;
    }
    if (this.#cooling > 0) this.#cooling--;
    else {
      const { heat } = record;
      record.heat = heat + block.warmth;
      if (heat < this.#hot && record.heat >= this.#hot) this.onHot?.(block, entryState);
    }
    this.instructions += n;
    const repeats = n === 1 && w[15]! >>> 0 === code.pc && w[W.taken] !== 0;
    if (repeats && (w[W.exit]! & EXIT.fault) === 0) this.#around.selfLoop(code.pc);
  }

  /** Charges what the branch predictor makes of the jump at the end of `block`, if it has one. */
  #predict(block: Block, taken: boolean, target: number): void {
    const kind = block.branchKind;
    if (kind === undefined || this.#branch === undefined) return;
    const { instructions } = block.code;
    const { pc } = instructions[instructions.length - 1]!;
    const mispredict = this.#progress.record?.schedule.mispredict ?? 0;
    this.#progress.stall(this.#branch.resolve(pc, taken, target, kind, mispredict), "branch");
  }

  /** The block has run to its end on behalf of compiled code; its last instruction, `index`, jumped. */
  endBlock(block: Block, record: ScheduleRecord, index: number): void {
    if (this.#words[W.exit] !== 0) this.leaveEarly(block, record, index);
    else this.#complete(block, record);
  }

  /** Compiled code was left for an event: what runs until its entry comes round again is not to be compiled for that. */
  cool(): void {
    this.#cooling = Math.min(COOLING, this.#hot);
  }

  /** Compiled code left before instruction `index`, which is executed here: it may have begun with a wait for its line. */
  bail(block: Block, record: ScheduleRecord, index: number): void {
    this.#leaveAfter(block, record, index, true);
    this.#runSingle(true);
  }

  /** Instruction `index` asked for attention: it has completed unless it faulted. */
  leaveEarly(block: Block, record: ScheduleRecord, index: number): void {
    const w = this.#words;
    const { state } = this.#core;
    const { instructions } = block.code;
    // INVSTATE belongs to the target: the jump itself has been done.
    const faulted = (w[W.exit]! & EXIT.fault) !== 0 && state.fault?.kind !== "INVSTATE";
    if (!faulted && index === instructions.length - 1) {
      this.#complete(block, record);
      return;
    }
    this.#leaveAfter(block, record, index, faulted);
  }

  /** Ends the block at instruction `index`, which has completed or, when `before`, not begun. */
  #leaveAfter(block: Block, record: ScheduleRecord, index: number, before: boolean): void {
    const w = this.#words;
    const { state } = this.#core;
    const instruction = block.code.instructions[index]!;
    const completed = before ? index : index + 1;
    const entryState = w[W.pipelineState]!;
    record.countPartial(completed);
    state.cycles += record.schedule.offsets[completed]!;
    this.#progress.record = undefined;
    w[W.pipelineState] = block.prefixState(entryState, completed);
    w[15] = before ? instruction.pc : instruction.pc + instruction.size;
    w[W.ITSTATE] = before ? instruction.itBefore : instruction.itAfter;
    this.instructions += completed;
  }
}
