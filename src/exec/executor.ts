import type { Core } from "../core/core.ts";
import type { Fault } from "../core/fault.ts";
import { EXIT } from "../core/layout.ts";
import { W } from "../core/state.ts";
import type { BranchTiming, CoreTiming, FetchTiming } from "../timing/timing.ts";
import { BankRules } from "./bank-rules.ts";
import { WARMTH, type Block } from "./block.ts";
import type { BlockCache } from "./block-cache.ts";
import type { Operation } from "./operations.ts";
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

/** Runs of a short block in one entry state from which it is worth compiling. */
const HOT = 300;

/** Runs of a block without all of its lines from which compiled code is to ask for them. */
const ABSENCES = 1024;

/** Stands for an access that was skipped: there is no memory at the end of the address space. */
const NO_ACCESS = -1;

/** Blocks run after compiled code was left for an event that do not count as heat. */
const COOLING = 50;

/** More instructions than any core completes in a cycle, over the length of a block. */
const MOST_PER_CYCLE = 4;
/** Instructions before a limit that are left to the handlers, which stop at the very one: some blocks of them. */
const FEW_INSTRUCTIONS = 1024;

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
  readonly #rules: BankRules;
  readonly #hot: number;
  /** Heat from which a block is worth compiling: each run adds `Block.warmth`. */
  readonly #hotHeat: number;
  /** Blocks to come whose runs do not count as heat. */
  #cooling = 0;
  /** The same of Thread mode, while an exception is handled. */
  #coolingOfThread = 0;
  /** The next block is not to be executed by compiled code. */
  #isRefused = false;

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
    this.#rules = new BankRules(this.#words, options.progress, options.timing.bankConflict);
    this.stepOnly = options.stepOnly;
    this.#hot = options.hot ?? HOT;
    this.#hotHeat = this.#hot * WARMTH;
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
        !this.#isRefused &&
        maxInstructions >= FEW_INSTRUCTIONS &&
        (compiled.fetches || this.isPresent(block)) &&
        state.cycles + compiled.longest <= state.nextEvent;
      if (mayRun) {
        this.#cooling = 0;
        compiled.run(maxInstructions / MOST_PER_CYCLE);
        return;
      }
      this.#isRefused = false;
      const record = block.schedule(w[W.pipelineState]!);
      const isAllowed = block.code.instructions.length <= maxInstructions;
      if (isAllowed && state.cycles + record.longest <= state.nextEvent) this.#runBlock(block, record);
      else this.#runPart(block, record, maxInstructions);
      return;
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
    for (const place of block.places) if (!this.#fetch.isPresent(place, now)) return false;
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
      if (w[W.IPSR] === 0) this.#cooling = this.#coolingOfThread;
    }
    if ((exit & EXIT.retranslate) !== 0) this.#cache.clear();
    if ((exit & EXIT.sleep) !== 0) this.#around.sleep();
    const ipsr = w[W.IPSR];
    const pc = w[15];
    this.#around.takeException();
    if (w[W.IPSR] !== ipsr || w[15] !== pc) {
      this.#drain();
      if (ipsr === 0) this.#coolingOfThread = this.#cooling;
      this.#cooling = 0; // a handler begins at its beginning
    }
    return (w[W.exit]! & EXIT.stop) === 0;
  }

  /** Exception entry and return start with an empty pipeline. */
  #drain(): void {
    this.#words[W.pipelineState] = this.#timing.drained;
  }

  /** Sets the block up. @returns its operations, or undefined when there are none and the fault has been raised */
  #begin(block: Block, record: ScheduleRecord): readonly Operation[] | undefined {
    const w = this.#words;
    const { code } = block;
    const { bankRule } = record.schedule;
    if (bankRule !== undefined) record.operations ??= this.#rules.around(block, bankRule);
    const operations = record.operations ?? block.operations;
    if (operations.length === 0) {
      this.#core.state.raise({ kind: code.fetchFault ?? "IBUSERR" });
      return undefined;
    }
    this.#progress.record = record;
    w[15] = code.end;
    w[W.taken] = 0;
    if (block.contendedBy !== undefined) w[W.lastAccess] = NO_ACCESS;
    return operations;
  }

  #runBlock(block: Block, record: ScheduleRecord, hasFetched = false): void {
    const w = this.#words;
    const operations = this.#begin(block, record);
    if (operations === undefined) return;
    const n = operations.length;
    const present = hasFetched || this.isPresent(block);
    if (!present && ++block.absences === ABSENCES) this.onAbsent?.(block);
    if (present) {
      for (let i = 0; i < n; i++) {
        w[W.instructionIndex] = i;
        operations[i]!();
        if (w[W.exit] !== 0) {
          this.leaveEarly(block, record, i);
          return;
        }
      }
    } else if (!this.#runFetching(block, record, operations)) return;
    this.#complete(block, record);
  }

  /** The first `most` instructions of the block, as far as they begin before the next event; one in any case. */
  #runPart(block: Block, record: ScheduleRecord, most: number): void {
    const w = this.#words;
    const { state } = this.#core;
    const operations = this.#begin(block, record);
    if (operations === undefined) return;
    const { offsets } = record.schedule;
    const present = this.isPresent(block);
    let line = 0;
    for (let i = 0; ;) {
      w[W.instructionIndex] = i;
      if (!present) line = this.#fetchLines(block, line, i);
      operations[i]!();
      if (w[W.exit] !== 0) {
        this.leaveEarly(block, record, i);
        return;
      }
      if (++i === operations.length) break;
      if (i < most && state.cycles + offsets[i]! < state.nextEvent) continue;
      this.#leaveAfter(block, record, i - 1, false);
      return;
    }
    this.#complete(block, record);
  }

  /** Asks for the lines of instruction `index`. @param line the first of the block's that has not been asked for @returns the next */
  #fetchLines({ lines }: Block, line: number, index: number): number {
    while (line < lines.length && lines[line]!.index === index) {
      this.#progress.stall(this.#fetch.fetch(lines[line]!.address, this.#progress.now()), "fetch");
      line++;
    }
    return line;
  }

  /** The block with look-ups of the lines that its instructions lie in. @returns false when it ended early */
  #runFetching(block: Block, record: ScheduleRecord, operations: readonly Operation[]): boolean {
    const w = this.#words;
    const epochBefore = this.#fetch.epoch;
    let line = 0;
    for (let i = 0; i < operations.length; i++) {
      w[W.instructionIndex] = i;
      line = this.#fetchLines(block, line, i);
      operations[i]!();
      if (w[W.exit] !== 0) {
        this.leaveEarly(block, record, i);
        return false;
      }
    }
    if (this.#fetch.epoch === epochBefore) block.setPresent(epochBefore);
    return true;
  }

  #complete(block: Block, record: ScheduleRecord): void {
    const w = this.#words;
    const { state } = this.#core;
    const { code } = block;
    const n = code.instructions.length;
    if (this.#branch !== undefined && block.branchKind !== undefined) {
      const taken = w[W.taken] !== 0;
      if (w[block.branchWord] !== (taken ? block.settledTaken : block.settledNot))
        this.#predict(block, taken, w[15]! >>> 0);
    }
    this.#progress.record = undefined;
    const entryState = w[W.pipelineState]!;
    if (w[W.taken] !== 0) {
      record.taken++;
      const { jump } = code.instructions[n - 1]!.footprint;
      if (jump !== undefined && jump.target === undefined) block.noteTarget(w[15]! >>> 0);
      state.cycles += record.cyclesTaken;
      w[W.pipelineState] = record.stateTaken;
      w[W.ITSTATE] = 0;
    } else {
      record.fallthrough++;
      state.cycles += record.cyclesThrough;
      w[W.pipelineState] =
        block.contendedBy !== undefined && block.contends(w[W.lastAccess]!)
          ? (record.schedule.contendedState ?? record.stateThrough)
          : record.stateThrough;
      w[W.ITSTATE] = code.instructions[n - 1]!.itAfter;
    }
    if (this.#cooling > 0) this.#cooling--;
    else {
      const { heat } = record;
      if (heat === 0 && this.onHot !== undefined) record.registers = w.slice(0, 15);
      record.heat = heat + block.warmth;
      if (heat < this.#hotHeat && record.heat >= this.#hotHeat) this.onHot?.(block, entryState);
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
    const cycles = this.#branch.resolve(pc, taken, target, kind, mispredict);
    if (cycles !== 0) this.#progress.stall(cycles, "branch");
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

  /** Compiled code would leave at once: the block at R15 is executed here. */
  refuse(): void {
    this.#isRefused = true;
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
