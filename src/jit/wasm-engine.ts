import { W, type CpuState } from "../core/state.ts";
import type { Core } from "../core/core.ts";
import { fpOperation, type FpValue } from "../core/fp-operation.ts";
import { rbit } from "../isa/integer.ts";
import { InternalError } from "../errors.ts";
import type { Block, CompiledEntry } from "../exec/block.ts";
import type { BlockCache } from "../exec/block-cache.ts";
import type { Executor } from "../exec/executor.ts";
import { USES, type Progress, type ScheduleRecord } from "../exec/progress.ts";
import type { FpOp } from "../isa/ir.ts";
import type { DataTiming } from "../memory/bus.ts";
import type { CoreTiming, FetchTiming } from "../timing/timing.ts";
import { encodeAssists } from "./assists.ts";
import { fusesMultiplyAdd } from "./fused.ts";
import { compileRegion, type CompiledFunction, type CompileOptions, type NodeCounter } from "./function.ts";
import { ACCESS, HOST_FUNCTIONS, RAISED, REGION_SIGNATURE, RESULT } from "./host-functions.ts";
import { isCompilable } from "./compilable.ts";
import { SHARED_TYPES } from "./shared-functions.ts";
import { JitArea } from "./jit-area.ts";
import { Links, type EntryPoint } from "./links.ts";
import { growRegion, type Region, type RegionNode } from "./region.ts";
import { encodeModule, IMPORT_MODULE, MEMORY_NAME, TABLE_NAME } from "./wasm-module.ts";

/** Longest stretch in compiled code before the run loop has its turn, in cycles. */
const LONGEST = 2 ** 20;
/** Instructions between two collections of counts for choosing what to compile, at least: later, a part of all so far. */
const FLUSH_INTERVAL = 2_000_000;
const FLUSH_PART = 8;
/** Instructions of the program for each run of a block from which it is not worth compiling. */
const SLOW_HEAT = 100_000;
/** Times that this is said of a block; after them it has run so often that it would have been worth it. */
const MOST_SLOW_HEATS = 4;
const WASM_PAGE = 0x1_0000;
/** Runs of a block without all of its lines from which what is compiled with it asks for them. */
const FEW_ABSENCES = 8;
/** Times that compiled code leaves several words of a block to the handlers before it makes them itself. */
const FEW_BAILS = 8;
/** Runs of compiled code from which its typical run is known. */
const FEW_RUNS = 10;

/**
 * Instructions executed from which V8 is to optimize what we compile. That takes it a tenth of a second for a region, on
 * a thread that a program which is over by then would have to wait for.
 */
const LONG_PROGRAM = 10_000_000;

/** Compiles hot blocks, with what is around them, to WebAssembly and runs them. */
export class WasmEngine {
  readonly #core: Core;
  readonly #state: CpuState;
  readonly #words: Int32Array;
  readonly #progress: Progress;
  readonly #cache: BlockCache;
  readonly #timing: CoreTiming;
  readonly #fetch: FetchTiming;
  readonly #data: DataTiming;
  readonly #area: JitArea;
  readonly #links: Links;
  readonly #nodes: RegionNode[] = [];
  readonly #counters: NodeCounter[] = [];
  /** `slot` of each of `#counters`. */
  readonly #slots: number[] = [];
  /** The regions that a block is part of, of those in use, and whether they ask for its lines themselves. */
  #regionsOf = new WeakMap<Block, Map<Region, boolean>>();
  readonly #fpOps: FpOp[] = [];
  readonly #pages: number;
  /** Undefined until something is compiled for which it matters. */
  #fusesMultiplyAdd: boolean | undefined;
  /** How often that happened so far. */
  readonly #bails = new WeakMap<ScheduleRecord, number>();
  readonly #wantRegion: CompileOptions["openRegion"];
  readonly #baselineModule: (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.Module;
  /** Regions that V8 does not optimize yet; undefined once it is to. */
  #early: EarlyRegion[] | undefined = [];
  #imports: Record<string, unknown> | undefined;
  /** The executor that this engine works for; set once, since each needs the other. */
  executor: Executor | undefined;
  /** Instructions executed from which counts are worth collecting again. */
  #nextFlush = 0;
  /** Cycle by which the run loop is to have its turn. */
  #until = 0;
  /** Cycle at which `left` is zero. */
  #deadline = 0;

  constructor(options: {
    core: Core;
    progress: Progress;
    cache: BlockCache;
    timing: CoreTiming;
    fetch: FetchTiming;
    data: DataTiming;
    /** `Bus.wantRegion` */
    wantRegion: CompileOptions["openRegion"];
    /** Makes a module that V8 does not optimize. */
    baselineModule: (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.Module;
    /** Most counters, for tests. */
    counters?: number | undefined;
    /** What is found out when it matters, for tests. */
    fusesMultiplyAdd?: boolean | undefined;
  }) {
    this.#core = options.core;
    this.#state = options.core.state;
    this.#words = options.core.state.words;
    this.#progress = options.progress;
    this.#cache = options.cache;
    this.#timing = options.timing;
    this.#fetch = options.fetch;
    this.#data = options.data;
    this.#wantRegion = options.wantRegion;
    this.#baselineModule = options.baselineModule;
    this.#area = new JitArea(options.counters);
    this.#fusesMultiplyAdd = options.fusesMultiplyAdd;
    this.#links = new Links(this.#words, this.#area);
    this.#cache.onDrop = (block) => this.#drop(block);
    this.#cache.onClear = () => this.#links.clear();
    this.#cache.onWatch = (pc) => this.#unlink(pc);
    this.#pages = this.#state.memory.buffer.byteLength / WASM_PAGE;
  }

  /** Compiles the region that begins with `block` in `state`, unless something in it cannot be compiled. */
  compile(block: Block, state: number): void {
    if (block.compileAsked[state] === true) return;
    if (this.#cache.peek(block.code.pc, block.code.itState) !== block) return; // a single instruction of a block
    const record = block.schedule(state);
    if (record.isMember) {
      // Most likely control has yet to come to the entry of the region: only if it stays away is another one worth it.
      record.isMember = false;
      record.heat = 0;
      return;
    }
    if (!this.#heatedSlowly(block, record)) this.#compile(block, state);
  }

  /** Lines of the block are often absent: what was compiled with it is compiled again to ask for them. */
  expectAbsence(block: Block): void {
    const silent = [...(this.#regionsOf.get(block) ?? [])].filter(([, asks]) => !asks);
    this.#compileAgain(silent.map(([region]) => region));
  }
  /**
   * Several words of instruction `index` were left to the handlers: when that happens again and again, those of all its
   * regions no longer are.
   */
  #noteBail({ block, record }: RegionNode, index: number): void {
    if (!movesWords(block, index) || (record.uses[index]! & USES.wordsApart) !== 0) return;
    const bails = (this.#bails.get(record) ?? 0) + 1;
    this.#bails.set(record, bails);
    if (bails < FEW_BAILS) return;
    const regions = [...(this.#regionsOf.get(block)?.keys() ?? [])];
    for (const node of regions.flatMap(({ nodes }) => nodes)) {
      const { uses } = node.record;
      for (let i = 0; i < uses.length; i++) if (movesWords(node.block, i)) uses[i]! |= USES.wordsApart;
    }
    this.#compileAgain(regions);
  }
  #compileAgain(regions: readonly Region[]): void {
    for (const region of regions) {
      this.#dropRegion(region);
      const { block: entry, state } = region.nodes[0]!;
      this.#compile(entry, state);
    }
  }
  /** Whether compiled code asks for the lines of the block itself. */
  #asksForLines({ absences }: Block): boolean {
    return absences >= FEW_ABSENCES;
  }

  #compile(block: Block, state: number): void {
    block.compileAsked[state] = true;
    if (!this.#compilable(block)) return;
    // Which blocks are hot need not be known to the last run.
    if (this.executor!.instructions > this.#nextFlush) this.flushCounts();
    let pending = 0;
    const region = growRegion(block, state, {
      find: (pc, itState) => {
        const found = this.#cache.peek(pc, itState);
        return found !== undefined && this.#compilable(found) ? found : undefined;
      },
      isMember: (member) => (this.#regionsOf.get(member)?.size ?? 0) > 0,
      newNodeId: () => this.#nodes.length + pending++,
    });
    region.nodes.forEach((node, i) => (this.#nodes[node.id] = region.nodes[i]!));
    const imports = (this.#imports ??= this.#makeImports());
    const compiled = compileRegion(region, {
      area: this.#area,
      bankConflict: this.#timing.bankConflict,
      bankRuleReach: this.#timing.bankRuleReach,
      divide: this.#timing.divide,
      double: this.#timing.double,
      predictor: this.#timing.branch?.tables,
      epochWord: this.#fetch.epochWord,
      fetchesFreely: ({ block }) =>
        block.lines.every(({ address }) => this.#fetch.isFree?.(address) === true),
      presentWord: (node) => (node.block.presentWord ??= this.#area.word() ?? 0),
      lines: this.#data.lines,
      openRegion: this.#wantRegion,
      fillsLines: this.#data.lineFill !== undefined,
      fusesMultiplyAdd: () => (this.#fusesMultiplyAdd ??= fusesMultiplyAdd(this.#state.memory, this.#pages)),
      fpNumber: (fp) => this.#fpOps.push(fp) - 1,
      linkSlot: (place) => this.#links.slot(place),
      fetchPath: this.#fetch.assist && ((address) => this.#fetch.fetchPath!(address)),
      fetches: ({ block }) => this.#asksForLines(block),
      presentKeys: ({ block }) => this.#presentKeys(block),
    });
    if (compiled === undefined) {
      this.#startOver();
      return;
    }
    this.#counters.push(...compiled.counters);
    this.#slots.push(...compiled.counters.map(({ slot }) => slot));
    const bytes = encodeModule(
      this.#pages,
      [],
      [{ signature: REGION_SIGNATURE, body: compiled.body }],
      SHARED_TYPES,
    );
    const module = this.#early ? this.#baselineModule(bytes) : new WebAssembly.Module(bytes);
    const code = { run: instantiate(module, imports) };
    this.#early?.push({ node: region.nodes[0]!, bytes, code });
    for (const { block: member, record } of region.nodes) {
      member.publishPresence();
      record.isMember = true;
      const regions = this.#regionsOf.get(member);
      const asks = this.#asksForLines(member);
      if (regions === undefined) this.#regionsOf.set(member, new Map([[region, asks]]));
      else regions.set(region, asks);
    }
    block.compiled[state] = this.#entry(code, region.nodes[0]!, compiled);
    this.#links.enter(entryPoint(region.nodes[0]!), code.run);
  }

  /** The program is a long one: has V8 optimize what has been compiled, and what will be. */
  #optimize(early: readonly EarlyRegion[]): void {
    this.#early = undefined;
    for (const { node, bytes, code } of early) {
      if (!this.#links.isCode(entryPoint(node), code.run)) continue; // dropped since
      code.run = instantiate(new WebAssembly.Module(bytes), this.#imports!);
      this.#links.enter(entryPoint(node), code.run);
    }
  }

  /** See `CompileOptions.presentKeys`. */
  #presentKeys(block: Block): readonly number[] | undefined {
    const keys = new Set<number>();
    for (const { address } of block.lines) {
      const key = this.#fetch.presentKey?.(address);
      if (key === undefined) return undefined;
      keys.add(key);
    }
    return [...keys];
  }

  /** The block got its heat over so long a time that compiling it would take longer than running it as it is. */
  #heatedSlowly(block: Block, record: ScheduleRecord): boolean {
    const { instructions } = this.executor!;
    const isSlow =
      instructions - record.heatSince > (SLOW_HEAT * record.heat) / block.warmth &&
      record.slowHeats < MOST_SLOW_HEATS;
    if (isSlow) {
      record.slowHeats++;
      record.heatSince = instructions;
      record.heat = 0;
    }
    return isSlow;
  }

  /** There is no room for more counters: all compiled code goes, and what is still hot is compiled again. */
  #startOver(): void {
    this.flushCounts();
    this.#counters.length = this.#slots.length = this.#nodes.length = this.#fpOps.length = 0;
    this.#area.reset(this.#words);
    this.#links.clear();
    for (const block of this.#cache.all) {
      block.presentWord = undefined;
      block.compiled.length = block.compileAsked.length = 0;
      for (const record of block.records) record.heat = 0;
    }
    this.#regionsOf = new WeakMap();
  }

  /** What every region imports: what else they share is in the table; see `encodeAssists`. */
  #makeImports(): Record<string, unknown> {
    const { lines, lineFill } = this.#data;
    const memory = { [MEMORY_NAME]: this.#state.memory };
    const tables = lines?.read && { read: lines.read.layout, write: lines.write.layout };
    const bytes = encodeAssists(this.#pages, {
      lines: tables && lineFill && { ...lineFill, ...tables },
      fetch: this.#fetch.assist,
      area: this.#area,
    });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      [IMPORT_MODULE]: { ...memory, ...this.#hostFunctions() },
    });
    const functions = Array.from(
      { length: SHARED_TYPES.length + 1 },
      (_, i) => exports[`f${i}`] as () => number,
    );
    this.#links.setShared(functions.slice(0, -1), functions.at(-1)!);
    return { ...memory, [TABLE_NAME]: this.#links.table };
  }

  /** Something waits for control to come to `pc`: regions are not to pass it by there. */
  #unlink(pc: number): void {
    this.#cache.peek(pc, 0)?.compiled.forEach((_, state) => this.#links.leave({ pc, itState: 0, state }));
  }

  /** The block's bytes changed: what was compiled with it is not to be entered any more. */
  #drop(block: Block): void {
    for (const region of this.#regionsOf.get(block)?.keys() ?? []) this.#dropRegion(region);
  }
  #dropRegion(region: Region): void {
    const { nodes } = region;
    for (const { block } of nodes) this.#regionsOf.get(block)?.delete(region);
    const { block: entry, state, record } = nodes[0]!;
    this.#links.leave({ pc: entry.code.pc, itState: entry.code.itState, state });
    entry.compiled[state] = undefined;
    entry.compileAsked[state] = false;
    record.heat = 0;
  }

  /** Adds what compiled code has counted to the records of the blocks. */
  flushCounts(): void {
    const { instructions } = this.executor!;
    this.#nextFlush = instructions + Math.max(FLUSH_INTERVAL, instructions / FLUSH_PART);
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i]!;
      const count = countAt(this.#words, slot);
      if (count === 0) continue; // most, and then not even the counter's object is needed
      const { node, kind, index, cause, cycles } = this.#counters[i]!;
      this.#words[slot >> 2] = 0;
      this.#words[(slot >> 2) + 1] = 0;
      if (kind === "dynamic") node.record.addDynamic(index, cause, cycles * count);
      else node.record[kind] += count;
    }
  }

  #compilable(block: Block): boolean {
    const { pc, instructions } = block.code;
    if (this.#cache.watched.has(pc)) return false;
    block.isCompilable ??= instructions.length > 0 && instructions.every((i) => isCompilable(i));
    return block.isCompilable;
  }

  #entry(code: Code, first: RegionNode, { runs, executed }: CompiledFunction): CompiledEntry {
    const w = this.#words;
    const { left, lowestSP, instructions } = this.#area;
    return {
      longest: first.record.longest,
      fetches: this.#asksForLines(first.block),
      get typicalRun() {
        const count = w[runs >> 2]!;
        return count < FEW_RUNS ? 0 : countAt(w, executed) / count;
      },
      run: (cycles) => {
        const state = this.#state;
        this.#until = state.cycles + Math.min(LONGEST, cycles);
        const lowest = state.usesPSP ? W.lowestPSP : W.lowestMSP;
        this.#publish();
        w[lowestSP >> 2] = w[lowest]!;
        w[instructions >> 2] = 0;
        const result = code.run();
        state.cycles = this.#deadline - w[left >> 2]!;
        this.#progress.record = undefined;
        w[lowest] = w[lowestSP >> 2]!;
        this.executor!.instructions += w[instructions >> 2]!;
        if (this.#early && this.executor!.instructions > LONG_PROGRAM) this.#optimize(this.#early);
        if (result !== RESULT.left) this.#finish(result);
      },
    };
  }

  /** Compiled code came to a place that another part has to see to. */
  #finish(result: number): void {
    const w = this.#words;
    const place = w[this.#area.place >> 2]!;
    const node = this.#nodes[place >> 8]!;
    const { block, record, state } = node;
    const executor = this.executor!;
    w[W.pipelineState] = state;
    if (result === RESULT.paused || result === RESULT.refused) {
      w[15] = block.code.pc;
      w[W.ITSTATE] = block.code.itState;
      if (result === RESULT.paused) executor.cool();
      else executor.refuse();
      return;
    }
    const index = place & 0xff;
    this.#progress.record = record;
    w[W.instructionIndex] = index;
    w[15] = block.code.end;
    w[W.taken] = 0;
    if (result === RESULT.attention) executor.leaveEarly(block, record, index);
    else if (result === RESULT.bail) {
      executor.bail(block, record, index);
      this.#noteBail(node, index);
    } else if (result === RESULT.jump) {
      const { kind } = block.code.instructions[index]!.footprint.jump!;
      this.#core.jump(kind, w[this.#area.target >> 2]!);
      executor.endBlock(block, record, index);
    } else throw new InternalError(`compiled code returned ${result}`);
  }

  /** Tells compiled code how far it may go. */
  #publish(): void {
    const { cycles, nextEvent } = this.#state;
    this.#deadline = Math.min(nextEvent, this.#until);
    this.#words[this.#area.left >> 2] = Math.floor(this.#deadline - cycles);
    this.#deadline = cycles + this.#words[this.#area.left >> 2]!;
    this.#state.doubles[this.#area.deadline >> 3] = this.#deadline;
  }

  /** Puts the exact state of time in place for host code that is called at `place`. */
  #enter(place: number, left: number): void {
    this.#state.cycles = this.#deadline - left;
    this.#words[this.#area.place >> 2] = place;
    this.#words[W.instructionIndex] = place & 0xff;
    this.#progress.record = this.#nodes[place >> 8]!.record;
  }

  #hostFunctions(): Record<string, unknown> {
    const { bus } = this.#core;
    const state = this.#state;
    const functions: Record<(typeof HOST_FUNCTIONS)[number]["name"], (...args: never[]) => unknown> = {
      load: (address: number, flags: number, place: number, left: number): number => {
        this.#enter(place, left);
        const bytes = (flags & 7) as 1 | 2 | 4;
        const value = bus.load(
          address,
          bytes,
          (flags & ACCESS.aligned) !== 0,
          (flags & ACCESS.unprivileged) !== 0,
        );
        this.#publish();
        return value;
      },
      store: (address: number, flags: number, value: number, place: number, left: number): void => {
        this.#enter(place, left);
        const bytes = (flags & 7) as 1 | 2 | 4;
        bus.store(address, bytes, value, (flags & ACCESS.aligned) !== 0, (flags & ACCESS.unprivileged) !== 0);
        this.#publish();
      },
      fault: (kind: number, place: number, left: number): void => {
        this.#enter(place, left);
        state.raise({ kind: RAISED[kind]! });
        this.#publish();
      },
      present: (place: number, left: number): number => {
        this.#state.cycles = this.#deadline - left;
        return this.executor!.isPresent(this.#nodes[place >> 8]!.block) ? 1 : 0;
      },
      fetch: (address: number, place: number, left: number): void => {
        this.#enter(place, left);
        this.#progress.stall(this.#fetch.fetch(address, this.#progress.now()), "fetch");
        this.#publish();
      },
      fp32: (number: number, a: number, b: number, c: number): number =>
        fpOperation(state, this.#fpOps[number]!, [a, b, c]) as number,
      fp64: (number: number, a: bigint, b: bigint, c: bigint): bigint => this.#fp64(number, [a, b, c]),
      vmsr: (value: number): void => {
        state.fpscr = value;
      },
      rbit: (value: number): number => rbit(value),
    };
    return functions;
  }

  /** Operands and result of mixed width travel as 64-bit integers. */
  #fp64(number: number, bits: readonly bigint[]): bigint {
    const fp = this.#fpOps[number]!;
    const args = fp.args.map((arg, i): FpValue => {
      const isDouble = arg.k === "D" || arg.k.endsWith("64") || arg.k === "tmpF64";
      return isDouble ? BigInt.asUintN(64, bits[i]!) : Number(BigInt.asIntN(32, bits[i]!));
    });
    const result = fpOperation(this.#state, fp, args);
    return typeof result === "bigint" ? BigInt.asIntN(64, result) : BigInt(result);
  }
}

const movesWords = ({ code }: Block, index: number): boolean =>
  code.instructions[index]!.footprint.accesses.length > 1;

/** Compiled code of a region. */
interface Code {
  run: () => number;
}
/** A region that V8 is not to optimize yet. */
interface EarlyRegion {
  readonly node: RegionNode;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly code: Code;
}

/** The counter of 64 bits at a byte offset; negative where stalls were taken back. */
const countAt = (words: Int32Array, offset: number): number =>
  words[(offset >> 2) + 1]! * 2 ** 32 + (words[offset >> 2]! >>> 0);

function instantiate(module: WebAssembly.Module, imports: Record<string, unknown>): () => number {
  return new WebAssembly.Instance(module, { [IMPORT_MODULE]: imports }).exports["f0"] as () => number;
}

const entryPoint = ({ block, state }: RegionNode): EntryPoint => ({
  pc: block.code.pc,
  itState: block.code.itState,
  state,
});
