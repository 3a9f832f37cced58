import type { Board } from "../board/board.ts";
import { Core } from "../core/core.ts";
import { Effects } from "../core/effects.ts";
import { Exceptions } from "../core/exceptions.ts";
import type { SleepKind } from "../core/exceptions.ts";
import type { Fault } from "../core/fault.ts";
import { EXIT, LAYOUT } from "../core/layout.ts";
import { CpuState, W } from "../core/state.ts";
import type { Image } from "../elf/image.ts";
import { BlockCache } from "../exec/block-cache.ts";
import { Executor, type Surroundings } from "../exec/executor.ts";
import { CompiledOperations, ReferenceOperations } from "../exec/operations.ts";
import { Progress, USES } from "../exec/progress.ts";
import { Translator } from "../exec/translate.ts";
import { Decoder } from "../isa/decoder.ts";
import type { Feature } from "../isa/insn.ts";
import { WasmEngine } from "../jit/wasm-engine.ts";
import { TABLE } from "../isa/table/index.ts";
import { Bus } from "../memory/bus.ts";
import { hostBytesFor, MemoryMap } from "../memory/memory-map.ts";
import { PageTable } from "../memory/page-table.ts";
import { SteadyReads } from "../memory/steady-reads.ts";
import { divideCycles } from "../timing/divide.ts";
import { Scheduler } from "../peripherals/scheduler.ts";
import type { CostOverrides } from "../timing/cost.ts";
import { causeOfDouble, doubleCycles, type TimedDouble } from "../timing/double.ts";
import { skippedCause } from "../timing/skipped.ts";
import { CAUSES, CAUSE, type StallCause } from "../timing/timing.ts";
import { Profile } from "./profile.ts";
import { startThroughBootLoader } from "./boot-loader.ts";
import { startThroughBootRom } from "./boot-rom.ts";
import { loadImage } from "./load-image.ts";
import { Parts } from "./parts.ts";
import { createTiming, flatTiming, type BoardTiming } from "./board-timing.ts";
import { SimulatedTime } from "./simulated-time.ts";
import { restoreSnapshot, takeSnapshot, type Snapshot } from "./snapshot.ts";
import type { StopRequest } from "./stop.ts";
import { baselineModule, setFlagsOfV8 } from "./v8-flags.ts";
import type { ProfileCounts } from "../peripherals/cortex-m/config.ts";

export type EngineName = "reference" | "handlers" | "wasm";

export interface MachineOptions {
  readonly board: Board;
  readonly image: Image;
  /** File name of the image, for messages. */
  readonly firmware: string;
  readonly engine: EngineName;
  /** Runs of a block after which it is compiled; undefined is the engine's own choice. */
  readonly hot?: number;
  /** Counters that compiled code may have before it is given up and begun anew; for tests. */
  readonly compilerCounters?: number;
  /** False has compiled code fuse no multiply-add, as where the host cannot; for tests. */
  readonly fusesMultiplyAdd?: boolean;
  /** Numbers of the timing models to replace, for those who fit them. */
  readonly costs?: CostOverrides;
  /** Without the timing models, every instruction one cycle: to measure what they cost an engine. */
  readonly flatTiming?: boolean;
  /** Receives the guest's console, byte by byte. */
  readonly console: (byte: number) => void;
}

/** A snapshot of a machine, see `Snapshot`. */
export interface MachineSnapshot extends Snapshot {
  readonly sleepKind: SleepKind;
  readonly resetRequested: boolean;
}

/** NMI to UsageFault: exceptions whose handler ends in a loop when the firmware is broken. */
const FIRST_FAULT = 2;
const LAST_FAULT = 6;
const WASM_PAGE = 0x1_0000;

/** Instruction set extensions of each FPU. */
const FEATURES: Readonly<Record<Board["core"]["fpu"], readonly Feature[]>> = {
  none: ["v7-M", "DSP"],
  "fpv4-sp-d16": ["v7-M", "DSP", "FPv4-SP"],
  "fpv5-sp-d16": ["v7-M", "DSP", "FPv4-SP", "FPv5-SP"],
  "fpv5-d16": ["v7-M", "DSP", "FPv4-SP", "FPv5-SP", "FPv4-DP", "FPv5-DP"],
};

export function decoderFor(fpu: Board["core"]["fpu"]): Decoder {
  return new Decoder(TABLE, new Set(FEATURES[fpu]));
}

/** A board with firmware in it: everything wired together, ready to run. */
export class Machine {
  readonly board: Board;
  readonly image: Image;
  readonly state: CpuState;
  readonly map: MemoryMap;
  readonly bus: Bus;
  readonly exceptions: Exceptions;
  readonly scheduler: Scheduler;
  readonly core: Core;
  readonly timing: BoardTiming;
  readonly blocks: BlockCache;
  readonly executor: Executor;
  readonly parts: Parts;
  readonly time: SimulatedTime;
  /** The compiling engine, when it is in use. */
  compiler: WasmEngine | undefined;
  /** Why the run stopped, once something asked for it. */
  stop: StopRequest | undefined;
  /** Cycles outside instructions (exceptions, sleep), by cause. */
  readonly outside = new Float64Array(CAUSES);
  /** Main stack pointer after reset: the top of the stack. */
  initialSP = 0;
  /** Who decided about the core clock. */
  clockSource: "firmware" | "boot-max" | "option" | "reset" = "reset";
  /** Called when control arrives at a watched address; see `BlockCache.watched`. */
  onArrival: (pc: number) => void = () => undefined;
  /** Performs a semihosting call; false when it is not available. */
  semihosting: () => boolean = () => false;
  readonly #progress: Progress;
  #sleepKind: SleepKind = "WFI";
  #resetRequested = false;
  /** Cycle at which the present call of `run` returns. */
  #sliceEnd = Infinity;
  readonly #steady: SteadyReads;

  constructor(options: MachineOptions) {
    setFlagsOfV8();
    const { board, image } = options;
    this.board = board;
    this.image = image;
    const bytes = hostBytesFor(board.regions, LAYOUT.guest);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / WASM_PAGE) });
    this.state = new CpuState(memory);
    this.map = new MemoryMap(board.regions, memory, LAYOUT.guest);
    this.#progress = new Progress(this.state);
    this.scheduler = new Scheduler(
      () => this.#progress.now(),
      (cycle) => this.#nextEventMoves(Math.min(cycle, this.#sliceEnd)),
    );
    this.state.nextEvent = Infinity;
    this.time = new SimulatedTime(board.clocks.reset.hz);
    const timing = createTiming(
      board,
      {
        map: this.map,
        memory,
        now: () => this.#progress.now(),
        attributes: (address) => this.parts.cortexM.mpu.attributes(address),
        endBlock: () => this.state.requestExit(EXIT.interrupt),
        memoryHeld: (region) => this.bus.closeRegion(region),
      },
      options.costs,
    );
    this.timing = options.flatTiming === true ? flatTiming(timing) : timing;
    this.exceptions = new Exceptions(this.state, this.#exceptionHost(), this.timing.exceptions);
    this.#steady = new SteadyReads(memory);
    this.bus = this.#makeBus(memory, options.engine === "wasm");
    this.parts = new Parts(this, options.console);
    const effects = new Effects(this.exceptions, {
      semihosting: () => this.semihosting(),
      breakpoint: (imm) => {
        this.requestStop({ reason: "breakpoint", imm });
        return true;
      },
      sleeps: (kind) => (this.#sleepKind = kind),
    });
    this.core = new Core(this.state, this.bus, effects);
    const operationTiming = {
      skipped: () => this.#skipped(),
      divide: (signed: boolean, dividend: number, divisor: number) => {
        const costs = this.timing.core.divide;
        if (costs !== undefined)
          this.#progress.stall(divideCycles(costs, signed, dividend, divisor), "divide");
      },
      double: (op: TimedDouble, operands: readonly bigint[]) => {
        const costs = this.timing.core.double;
        if (costs !== undefined) this.#progress.stall(doubleCycles(costs, op, operands), causeOfDouble(op));
      },
    };
    const reference = options.engine === "reference";
    const maker = reference
      ? new ReferenceOperations(this.core, operationTiming)
      : new CompiledOperations(this.core, operationTiming);
    this.blocks = new BlockCache({
      core: this.core,
      translator: new Translator(
        decoderFor(board.core.fpu),
        (address) => this.#fetch(address),
        (address) => this.timing.fetch.sharedWith?.(address) !== undefined,
      ),
      maker,
      timing: this.timing.core,
      fetch: this.timing.fetch,
      map: this.map,
      markCode: (host, size) => this.bus.markCode(host, size),
    });
    this.bus.onCodeWrite((host, size) => {
      // What follows in the block may be what was written.
      if (this.blocks.invalidate(host, size)) this.state.requestExit(EXIT.interrupt);
    });
    this.executor = new Executor({
      core: this.core,
      cache: this.blocks,
      timing: this.timing.core,
      fetch: this.timing.fetch,
      progress: this.#progress,
      surroundings: this.#surroundings(),
      stepOnly: reference,
      hot: options.hot,
    });
    if (options.engine === "wasm") this.#addCompiler(options);
    if (this.parts.flashController !== undefined) this.timing.attachFlash(this.parts.flashController);
    loadImage(image, this.map, options.firmware, board.id);
    this.reset();
  }

  #addCompiler({ compilerCounters, fusesMultiplyAdd }: MachineOptions): void {
    const engine = new WasmEngine({
      core: this.core,
      progress: this.#progress,
      cache: this.blocks,
      timing: this.timing.core,
      fetch: this.timing.fetch,
      data: this.timing.data,
      wantRegion: (address, write, bytes) => this.bus.wantRegion(address, write, bytes),
      baselineModule,
      counters: compilerCounters,
      fusesMultiplyAdd,
    });
    engine.executor = this.executor;
    this.executor.onHot = (block, state) => engine.compile(block, state);
    this.executor.onAbsent = (block) => engine.expectAbsence(block);
    this.compiler = engine;
  }

  /** Power-on reset of core and peripherals; memory keeps its contents. */
  reset(): void {
    this.parts.reset();
    this.exceptions.takeReset();
    if (!startThroughBootRom(this)) startThroughBootLoader(this);
    this.initialSP = this.state.words[13]! >>> 0;
    this.state.words[W.pipelineState] = this.timing.core.drained;
    this.bus.flush();
    this.blocks.clear();
  }

  /** AIRCR.SYSRESETREQ: the core and all peripherals start again before the next instruction. */
  requestReset(): void {
    this.#resetRequested = true;
    this.state.requestExit(EXIT.interrupt);
  }

  /** Asks the run to stop after the current instruction; the first reason counts. */
  requestStop(stop: StopRequest): void {
    this.stop ??= stop;
    this.state.requestExit(EXIT.stop);
  }

  /**
   * Runs until something asks to stop, at most to `cycle` (a few cycles more when an instruction or exception spans
   * it) or for `maxInstructions` more.
   */
  run(cycle = Infinity, maxInstructions = Infinity): void {
    this.#steady.forget(); // what is outside may have done something since
    this.#sliceEnd = cycle;
    this.state.nextEvent = Math.min(this.scheduler.next, cycle);
    this.executor.run(maxInstructions);
    this.state.words[W.exit]! &= ~EXIT.stop;
  }

  /** The whole state, to come back to; only between two calls of `run`, or where `onArrival` is called. */
  snapshot(): MachineSnapshot {
    const own = { sleepKind: this.#sleepKind, resetRequested: this.#resetRequested };
    return { ...takeSnapshot(this), ...own };
  }
  /** Goes on from `snapshot`, as exactly as from the place where it was taken. */
  restore(snapshot: MachineSnapshot): void {
    restoreSnapshot(this, snapshot);
    this.#sleepKind = snapshot.sleepKind;
    this.#resetRequested = snapshot.resetRequested;
  }

  get hasStopped(): boolean {
    return this.stop !== undefined;
  }
  /** Whether the core is in the handler of NMI or a fault. */
  get inFaultHandler(): boolean {
    const exception = this.state.words[W.IPSR]!;
    return exception >= FIRST_FAULT && exception <= LAST_FAULT;
  }

  /** The exact cycle, also from within an instruction. */
  now(): number {
    return this.#progress.now();
  }
  /** Charges a stall to the instruction being executed. */
  stall(cycles: number, cause: StallCause): void {
    this.#progress.stall(cycles, cause);
  }

  /**
   * Totals behind DWT's profiling counters, up to the instruction being executed. Instructions that take no cycle of
   * their own, folded or paired, count as folded, so that Arm's sum holds: instructions = CYCCNT - CPI - EXC - SLEEP -
   * LSU + FOLD. @source Armv7-M ARM, "DWT profiling counter support"
   */
  profileCounts(): ProfileCounts {
    this.compiler?.flushCounts();
    const profile = new Profile(this.blocks.all);
    const causes = profile.causes;
    let executed = profile.executed;
    const { record } = this.#progress;
    if (record !== undefined) {
      const done = this.state.words[W.instructionIndex]!;
      executed += done;
      for (let k = 0; k < done * CAUSES; k++) causes[k % CAUSES]! += record.schedule.causes[k]!;
    }
    const cpi =
      causes[CAUSE.fetch]! + causes[CAUSE.branch]! + causes[CAUSE.interlock]! + causes[CAUSE.divide]!;
    return {
      cpi,
      exception: causes[CAUSE.exception]! + this.outside[CAUSE.exception]!,
      sleep: this.outside[CAUSE.sleep]!,
      lsu: causes[CAUSE.data]!,
      fold: executed - causes[CAUSE.issue]!,
    };
  }

  #fetch(address: number): number | "IBUSERR" | "IACCVIOL" {
    if (!this.parts.executable(address)) return "IACCVIOL";
    return this.map.fetchHalfword(address) ?? "IBUSERR";
  }

  /** A block that was begun with room to the next event ends behind its instruction when there is room no longer. */
  #nextEventMoves(cycle: number): void {
    const { state } = this;
    state.nextEvent = cycle;
    const { record } = this.#progress;
    if (record !== undefined && cycle < state.cycles + record.longest) state.requestExit(EXIT.interrupt);
  }

  #skipped(): void {
    const record = this.#progress.record!;
    const index = this.state.words[W.instructionIndex]!;
    const less = record.schedule.skipped?.[index] ?? 0;
    if (less !== 0) this.#progress.stall(-less, skippedCause(record.schedule, index));
  }

  #elapse(cycles: number, cause: StallCause): void {
    this.outside[CAUSE[cause]]! += cycles;
    this.state.cycles += cycles;
    this.#steady.forget();
    this.scheduler.runDue(this.state.cycles);
  }

  #surroundings(): Surroundings {
    return {
      runDue: (cycle) => {
        this.#steady.forget();
        this.scheduler.runDue(cycle);
        if (cycle >= this.#sliceEnd) this.state.requestExit(EXIT.stop);
      },
      takeException: () => {
        if (this.#resetRequested) {
          this.#resetRequested = false;
          this.reset();
        } else this.exceptions.takePending();
      },
      takeFault: (fault) => this.#takeFault(fault),
      exceptionReturn: (excReturn) => {
        if (this.exceptions.exceptionReturn(excReturn).sleep) {
          this.#sleepKind = "WFI";
          this.state.requestExit(EXIT.sleep);
        }
      },
      sleep: () => this.#sleep(),
      arrived: (pc) => this.onArrival(pc),
      selfLoop: () => this.#selfLoop(),
    };
  }

  #takeFault(fault: Fault): void {
    const pc = this.state.words[15]! >>> 0;
    this.parts.noteFault(fault, pc);
    this.exceptions.raiseFault(fault);
    const { lockup } = this.exceptions;
    if (lockup !== undefined) this.requestStop({ reason: "lockup", lockup });
  }

  #sleep(): void {
    while (!this.exceptions.wakes(this.#sleepKind)) {
      if ((this.state.words[W.exit]! & EXIT.stop) !== 0) return;
      const { next } = this.scheduler;
      if (next === Infinity) {
        this.requestStop({ reason: "idle" });
        return;
      }
      this.#elapse(Math.max(0, Math.min(next, this.#sliceEnd) - this.state.cycles), "sleep");
      if (this.state.cycles < this.#sliceEnd) continue;
      this.state.requestExit(EXIT.stop | EXIT.sleep); // still asleep when the next slice begins
      return;
    }
    if (this.#sleepKind === "WFE") this.exceptions.eventRegister = false;
  }

  /** `b .`: the usual end of a fault handler, and of a program that has nothing left to do. */
  #selfLoop(): void {
    if (this.inFaultHandler) this.requestStop({ reason: "fault" });
    else if (this.scheduler.next === Infinity && !this.exceptions.canTakePending())
      this.requestStop({ reason: "idle" });
  }

  #exceptionHost(): ConstructorParameters<typeof Exceptions>[1] {
    return {
      read: (address, privileged) => this.parts.stackRead(address, privileged),
      write: (address, value, privileged) => this.parts.stackWrite(address, value, privileged),
      freeWords: (address, count, write) => this.bus.freeWords(address, count, write),
      readVector: (address) => this.bus.peek(address >>> 0, 4),
      waitCycles: (address, use) => this.timing.exceptionAccess(address, use),
      elapse: (cycles) => this.#elapse(cycles, "exception"),
      untilNextEvent: () => this.scheduler.next - this.state.cycles,
      unprivileged: () => this.parts.closePrivilegedPages(),
      stall: (cycles) => this.#progress.stall(cycles, "exception"),
    };
  }

  /** @param isCompiled code will be compiled, for which the bus notes what it sees */
  #makeBus(memory: WebAssembly.Memory, isCompiled: boolean): Bus {
    const { board } = this;
    return new Bus({
      map: this.map,
      readTable: new PageTable(memory, LAYOUT.readTable, "read", this.map),
      writeTable: new PageTable(memory, LAYOUT.writeTable, "write", this.map),
      timing: this.timing.data,
      bitBand: board.core.bitBand,
      isCompiled,
      steady: this.#steady,
      flashWrite: (region, address, size, value) => this.parts.flashWrite(region, address, size, value),
      host: {
        raise: (kind, address) => this.state.raise({ kind, address }),
        stall: (cycles) => this.#progress.stall(cycles, "data"),
        privileged: () => this.state.privileged,
        trapsUnaligned: () => this.parts.trapsUnaligned(),
        allowed: (address, size, write, privileged) => this.parts.allowed(address, size, write, privileged),
        openPage: (address, write) => this.parts.openPage(address, write),
        isUnprotected: () => !this.parts.cortexM.mpu.isEnabled,
        openGranule: (address, write) => this.parts.openGranule(address, write),
        usedLine: isCompiled ? () => this.#progress.used(USES.lines) : () => undefined,
        usedSteadyRead: () => this.#progress.used(USES.steadyReads),
        isDevice: (address) => this.parts.isDevice(address),
      },
    });
  }
}
