import { LAYOUT } from "../core/layout.ts";
import type { FpOp } from "../isa/ir.ts";
import { USES } from "../exec/progress.ts";
import type { DataTiming } from "../memory/bus.ts";
import { MODEL_AREA, PRESENT_ENTRIES } from "../memory/model-area.ts";
import type { OpenRegion, Width } from "../memory/open-regions.ts";
import { skippedCause } from "../timing/skipped.ts";
import {
  BANK_RULE,
  CAUSE,
  type CoreTiming,
  type PredictorTables,
  type StallCause,
} from "../timing/timing.ts";
import { BlockEmitter, type EmittedJump } from "./emit.ts";
import { emitFpBounds } from "./emit-fp-host.ts";
import { FpChecks } from "./fp-checks.ts";
import {
  emitLeave,
  TemporaryPool,
  type AssistedAccess,
  type FetchBy,
  type FpBounds,
  type FunctionContext,
} from "./emit-context.ts";
import { RESULT } from "./host-functions.ts";
import { callShared, REGION_TYPE } from "./shared-functions.ts";
import { emitLookup, type EntryPoint } from "./links.ts";
import type { JitArea } from "./jit-area.ts";
import type { Edge, Region, RegionNode } from "./region.ts";
import { emitPrediction } from "./predict.ts";
import { RegisterLocals } from "./registers.ts";
import { Structure } from "./structure.ts";
import { FunctionBody } from "./wasm-module.ts";

const SP = 13;
/** In the place of an address: there is no memory at the end of the address space. */
const NO_ACCESS = -1;

/** Edges of innermost loops that a function counts in locals: more of them take registers from what the loops compute. */
const LOCAL_COUNTERS = 8;

/** A counter in the linear memory, and what one count of it means for a node's record. */
export interface NodeCounter {
  readonly slot: number;
  readonly node: RegionNode;
  readonly kind: "fallthrough" | "taken" | "dynamic";
  /** For `dynamic`: instruction, cause and cycles of one count. */
  readonly index: number;
  readonly cause: number;
  readonly cycles: number;
}

export interface CompileOptions {
  readonly area: JitArea;
  /** Cycles of a broken bank rule; 0 on a core without one. */
  readonly bankConflict: number;
  /** `CoreTiming.bankRuleReach` */
  readonly bankRuleReach: number | undefined;
  readonly divide: CoreTiming["divide"];
  readonly double: CoreTiming["double"];
  /** Tables of the branch predictor, where the core has one. */
  readonly predictor: PredictorTables | undefined;
  /** Byte offset of the fetch epoch, where fetching has a memory; each node then checks its own word. */
  readonly epochWord: number | undefined;
  /** Fetching the node's block never waits. */
  readonly fetchesFreely: (node: RegionNode) => boolean;
  /** Byte offset of the word that holds the epoch in which the lines of a block were last all present. */
  readonly presentWord: (node: RegionNode) => number;
  readonly lines: DataTiming["lines"];
  /** `Bus.wantRegion` */
  readonly openRegion: (address: number, write: boolean, width: Width) => OpenRegion | undefined;
  /** Compiled code fills lines itself. */
  readonly fillsLines: boolean;
  readonly fusesMultiplyAdd: () => boolean;
  readonly fpNumber: (fp: FpOp) => number;
  /** Keys of the lines that the node's block lies in; undefined when one has none. */
  readonly presentKeys: (node: RegionNode) => readonly number[] | undefined;
  /** Whether lines of the node's block are often absent, so that the code is to ask for them. */
  readonly fetches: (node: RegionNode) => boolean;
  /** `FetchTiming.fetchPath`, where compiled code can ask for lines without the host. */
  readonly fetchPath: ((address: number) => number) | undefined;
  /** Slot in the table of functions for a place that the region leaves to. */
  readonly linkSlot: (place: EntryPoint) => number;
}

/** The code of one region. */
export interface CompiledFunction {
  readonly body: FunctionBody;
  readonly counters: readonly NodeCounter[];
  /** Byte offsets of counters of runs and of the instructions executed in them. */
  readonly runs: number;
  readonly executed: number;
}

/** Compiles a region to one function without parameters that returns a `RESULT`; undefined when counters ran out. */
export function compileRegion(region: Region, options: CompileOptions): CompiledFunction | undefined {
  return new FunctionCompiler(region, options).run();
}

class FunctionCompiler {
  readonly #region: Region;
  readonly #options: CompileOptions;
  readonly #structure: Structure;
  readonly #fpChecks: FpChecks;
  readonly #body = new FunctionBody(0);
  readonly #counters: NodeCounter[] = [];
  /** Counts kept in locals: the counters that they are added to when the function ends, and the instructions of one count. */
  readonly #localCounters: {
    readonly local: number;
    readonly slot: number;
    readonly instructions: number;
  }[] = [];
  readonly #loopDepth = new Map<number, number>();
  readonly #blockDepth = new Map<number, number>();
  readonly #pool: TemporaryPool;
  readonly #registers: RegisterLocals;
  readonly #left: number;
  readonly #lowestSP: number;
  readonly #result: number;
  /** Slot of what is to be called at the end, or 0. */
  readonly #link: number;
  readonly #attention: number;
  readonly #instructions: number;
  readonly #scratch: number;
  readonly #fpBounds: FpBounds;
  /** 1 when lines of the present block may be absent. */
  readonly #absent: number;
  readonly #lastLoad: number | undefined;
  #exitDepth = 0;
  #failed = false;

  constructor(region: Region, options: CompileOptions) {
    this.#region = region;
    this.#options = options;
    this.#structure = new Structure(region);
    this.#fpChecks = new FpChecks(region, this.#structure);
    const body = this.#body;
    this.#pool = new TemporaryPool(body);
    const footprints = region.nodes.flatMap((n) => n.block.code.instructions.map((i) => i.footprint));
    this.#registers = new RegisterLocals(body, footprints, hasConditions(region));
    this.#left = body.local("i32");
    this.#lowestSP = body.local("i32");
    this.#result = body.local("i32");
    this.#link = body.local("i32");
    this.#attention = body.local("i32");
    this.#instructions = body.local("i32");
    this.#scratch = body.local("i32");
    this.#fpBounds = { magnitude: body.local("f32"), normal: body.local("i32") };
    this.#absent = body.local("i32");
    this.#lastLoad = options.bankConflict > 0 ? body.local("i32") : undefined;
  }

  run(): CompiledFunction | undefined {
    const body = this.#body;
    const { area } = this.#options;
    this.#registers.emitLoads(body);
    body.i32(0).memory("i32.load", area.left).set(this.#left);
    body.i32(0).memory("i32.load", area.lowestSP).set(this.#lowestSP);
    if (this.#lastLoad !== undefined) {
      body.i32(0).memory("i32.load", LAYOUT.lastLoad).set(this.#lastLoad);
    }
    if (usesFp(this.#region)) emitFpBounds(body, this.#fpBounds);
    body.begin("block");
    this.#exitDepth = body.depth;
    this.#tree(0);
    body.end();
    this.#registers.emitStores(body);
    if (this.#lastLoad !== undefined) {
      body.i32(0).get(this.#lastLoad).memory("i32.store", LAYOUT.lastLoad);
    }
    body.i32(0).get(this.#left).memory("i32.store", area.left);
    body.i32(0).get(this.#lowestSP).memory("i32.store", area.lowestSP);
    for (const { local, slot, instructions } of this.#localCounters) {
      this.#add(slot, () => body.get(local).op("i64.extend_i32_u"));
      body
        .get(this.#instructions)
        .get(local)
        .i32(instructions)
        .op("i32.mul", "i32.add")
        .set(this.#instructions);
    }
    const [runs, executed] = [area.slot(), area.slot()];
    if (runs === undefined || executed === undefined) return undefined;
    this.#add(runs, () => body.i64(1));
    this.#add(executed, () => body.get(this.#instructions).op("i64.extend_i32_u"));
    body.i32(0).i32(0).memory("i32.load", area.instructions);
    body.get(this.#instructions).op("i32.add").memory("i32.store", area.instructions);
    body.get(this.#link).op("i32.eqz").begin("if").get(this.#result).op("return").end();
    body.get(this.#link).returnCallIndirect(REGION_TYPE);
    return this.#failed ? undefined : { body, counters: this.#counters, runs, executed };
  }

  #tree(node: number): void {
    const body = this.#body;
    const isLoop = this.#structure.isLoopHeader(node);
    if (isLoop) {
      if (this.#fpChecks.isBeforeLoop(node)) this.#requireFp(this.#region.nodes[node]!);
      body.begin("loop");
      this.#loopDepth.set(node, body.depth);
    }
    const merges = this.#structure.mergesBehind(node);
    for (const merge of merges) {
      body.begin("block");
      this.#blockDepth.set(merge, body.depth);
    }
    this.#node(node);
    for (const merge of [...merges].reverse()) {
      body.end();
      this.#tree(merge);
    }
    if (isLoop) body.end();
  }

  /** Leaves at the node when the FPU is not ready. */
  #requireFp(node: RegionNode): void {
    this.#body.i32(0).memory("i32.load", LAYOUT.fpReady).op("i32.eqz").unlikely();
    this.#leaveAt(node, RESULT.refused);
    this.#body.end();
  }

  /** Emits a node; every path ends in a branch. */
  #node(index: number): void {
    const node = this.#region.nodes[index]!;
    const { block, record } = node;
    const { instructions } = block.code;
    const { schedule } = record;
    this.#guard(node);
    if (block.contendedBy !== undefined)
      this.#body.i32(0).i32(NO_ACCESS).memory("i32.store", LAYOUT.lastAccess);
    const context: FunctionContext = {
      body: this.#body,
      registers: this.#registers,
      left: this.#left,
      lowestSP: this.#lowestSP,
      result: this.#result,
      attention: this.#attention,
      isFpReady: this.#fpChecks.isReady(index),
      fpBounds: this.#fpBounds,
      lastLoad: this.#lastLoad,
      exitDepth: this.#exitDepth,
      area: this.#options.area,
      lines: this.#options.lines,
      makesAll: (i) => (record.uses[i]! & (USES.lines | USES.wordsApart)) !== 0,
      baseOf: (i) => instructions[i]!.footprint.accesses[0]!.base!,
      usesLines: (i) => (record.uses[i]! & USES.lines) !== 0,
      openRegion: (i, kind, width) => {
        const address = expectedAddress(node, i);
        return address === undefined ? undefined : this.#options.openRegion(address, kind === "store", width);
      },
      assistedAccess: (i) => this.#assistedAccess(node, i),
      bankConflict: this.#options.bankConflict,
      notesAccess: (i) => instructions[i]!.mayContend === true,
      notesLoad: (i) => this.#notesLoad(node, i),
      divide: this.#options.divide,
      double: this.#options.double,
      chargeStacked: (i, cause) => this.#chargeStacked(node, i, cause),
      charge: (i, cause, cycles) => this.#charge(node, i, cause, cycles),
      fusesMultiplyAdd: this.#options.fusesMultiplyAdd,
      fpNumber: this.#options.fpNumber,
      absent: this.#fetches(node) ? this.#absent : undefined,
      fetchAssist: this.#fetchAssist(node),
      linesOf: (i) => block.lines.filter(({ index }) => index === i).map(({ address }) => address),
    };
    const emitter = new BlockEmitter(context, this.#pool, node.id, schedule.bankRule);
    instructions.forEach((instruction, i) => {
      const less = schedule.skipped?.[i] ?? 0;
      const onSkip = (): void => this.#charge(node, i, skippedCause(schedule, i), -less);
      emitter.instruction(instruction, i, less === 0 ? undefined : onSkip);
    });
    this.#leaveBlock(index, emitter);
  }

  /** Leaves before the block when an event is near, or when its lines have gone and it does not ask for them itself. */
  #guard(node: RegionNode): void {
    const body = this.#body;
    body.get(this.#left).i32(node.record.longest).op("i32.lt_s");
    body.unlikely();
    this.#leaveAt(node, RESULT.paused);
    body.end();
    const { epochWord } = this.#options;
    if (epochWord === undefined || this.#options.fetchesFreely(node)) return;
    const fetches = this.#fetches(node);
    const presentWord = this.#options.presentWord(node);
    const keys = this.#options.presentKeys(node);
    if (fetches) body.i32(0).set(this.#absent);
    body.i32(0).memory("i32.load", epochWord);
    body.i32(0).memory("i32.load", presentWord).op("i32.ne").unlikely();
    if (keys !== undefined) {
      this.#allSeen(keys);
      body.begin("if");
      body.i32(0).i32(0).memory("i32.load", epochWord).memory("i32.store", presentWord);
      body.else();
    }
    const asks = fetches && this.#options.fetchPath !== undefined;
    if (asks) body.i32(1);
    else callShared(body.i32(node.id << 8).get(this.#left), "present").op("i32.eqz");
    if (fetches) body.set(this.#absent);
    else {
      body.begin("if");
      this.#leaveAt(node, RESULT.paused);
      body.end();
    }
    if (keys !== undefined) body.end();
    body.end();
  }

  /** Leaves on the stack whether the lines of all `keys` are in the table of those seen to be present. */
  #allSeen(keys: readonly number[]): void {
    const body = this.#body;
    keys.forEach((key, i) => {
      body.i32(0).memory("i32.load", MODEL_AREA.presentLines + 4 * (key & (PRESENT_ENTRIES - 1)));
      body.i32(key).op("i32.eq");
      if (i > 0) body.op("i32.and");
    });
  }

  /** Whether the node asks for its lines itself. */
  #fetches(node: RegionNode): boolean {
    const { epochWord, fetchesFreely, fetches } = this.#options;
    return epochWord !== undefined && !fetchesFreely(node) && fetches(node);
  }

  /** How lines of the node are asked for without the host; undefined where they are not. */
  #fetchAssist(node: RegionNode): FetchBy | undefined {
    const { fetchPath } = this.#options;
    if (fetchPath === undefined) return undefined;
    const { longest, schedule } = node.record;
    return (address, index) => ({
      path: fetchPath(address),
      room: longest,
      offset: schedule.offsets[index]!,
      counter: this.#slot({ node, kind: "dynamic", index, cause: CAUSE.fetch, cycles: 1 }),
    });
  }

  /** What the assists have to know of an access of instruction `index` that they may perform. */
  #assistedAccess(node: RegionNode, index: number): AssistedAccess | undefined {
    const { longest, schedule, uses } = node.record;
    if (!this.#options.fillsLines && (uses[index]! & USES.steadyReads) === 0) return undefined;
    return {
      room: longest,
      offset: schedule.offsets[index]!,
      counter: this.#slot({ node, kind: "dynamic", index, cause: CAUSE.data, cycles: 1 }),
    };
  }

  /** Loads that no rule of this block looks at, and none of the next can, need not be remembered. */
  #notesLoad({ record }: RegionNode, index: number): boolean {
    const { bankRuleReach: reach } = this.#options;
    if (reach === undefined) return true;
    if (index + reach >= record.instructions) return true;
    const rules = record.schedule.bankRule?.subarray(index + 1, index + 1 + reach);
    return rules?.some((rule) => rule !== BANK_RULE.none) ?? false;
  }

  #charge(node: RegionNode, index: number, cause: StallCause, cycles: number): void {
    this.#body.get(this.#left).i32(cycles).op("i32.sub").set(this.#left);
    this.#count({ node, kind: "dynamic", index, cause: CAUSE[cause], cycles });
  }

  /** A stall of as many cycles as are on the stack; the block ends behind the instruction if it may overrun now. */
  #chargeStacked(node: RegionNode, index: number, cause: StallCause): void {
    const body = this.#body;
    const slot = this.#slot({ node, kind: "dynamic", index, cause: CAUSE[cause], cycles: 1 });
    const cycles = this.#scratch;
    body.set(cycles).get(this.#left).get(cycles).op("i32.sub").tee(this.#left);
    body.i32(node.record.longest).op("i32.lt_s").set(this.#attention);
    body.i32(0).i32(0).memory("i64.load", slot);
    body.get(cycles).op("i64.extend_i32_s", "i64.add").memory("i64.store", slot);
  }

  #leaveBlock(index: number, emitter: BlockEmitter): void {
    const body = this.#body;
    const node = this.#region.nodes[index]!;
    const edges = this.#region.edges[index]!;
    const { schedule } = node.record;
    const n = node.block.code.instructions.length;
    const jump = emitter.jump;
    if (edges.isIndirect && jump !== undefined) this.#specialJump(node, emitter, jump);
    const spend = (cycles: number): void => {
      if (cycles !== 0) body.get(this.#left).i32(cycles).op("i32.sub").set(this.#left);
    };
    const cycles = schedule.offsets[n]!;
    if (jump === undefined) {
      spend(cycles);
      this.#fallthrough(index);
      return;
    }
    if (jump.taken !== undefined) {
      body.get(jump.taken).begin("if");
      spend(cycles + schedule.takenCycles);
      this.#taken(index, jump);
      body.end();
      spend(cycles);
      this.#predict(node, false, () => body.i32(node.block.code.end));
      this.#fallthrough(index);
    } else {
      spend(cycles + schedule.takenCycles);
      this.#taken(index, jump);
    }
  }

  /** Exception returns, targets without the Thumb bit, and jumps whose load asked for attention are the engine's. */
  #specialJump(node: RegionNode, emitter: BlockEmitter, jump: EmittedJump): void {
    const body = this.#body;
    const { instructions } = node.block.code;
    const kind = instructions[instructions.length - 1]!.footprint.jump!.kind;
    const target = jump.target!;
    const asks = emitter.mayAskForAttention;
    if (kind === "simple" && !asks) return;
    if (kind === "simple") body.i32(0);
    else {
      body.get(target).i32(1).op("i32.and", "i32.eqz");
      body.get(target).i32(28).op("i32.shr_u").i32(0xf).op("i32.eq", "i32.or");
    }
    if (asks) body.get(this.#attention).op("i32.or");
    if (jump.taken !== undefined) body.i32(0).op("i32.ne").get(jump.taken).op("i32.and");
    body.unlikely();
    body.i32(0).get(target).memory("i32.store", this.#options.area.target);
    emitter.leave(RESULT.jump);
    body.end();
  }

  #fallthrough(index: number): void {
    const node = this.#region.nodes[index]!;
    const { fallthrough, contended } = this.#region.edges[index]!;
    this.#countEdge(index, fallthrough, "fallthrough");
    if (contended !== undefined) {
      this.#contends(node);
      this.#body.begin("if");
      this.#go(index, contended);
      this.#body.end();
    }
    this.#go(index, fallthrough!);
  }

  /** Leaves on the stack whether the last access took the turn of a fetch. @see Block.contends */
  #contends({ block }: RegionNode): void {
    const body = this.#body;
    body.i32(0).memory("i32.load", LAYOUT.lastAccess).set(this.#scratch);
    block.contendedBy!.forEach(({ start, size }, i) => {
      body.get(this.#scratch).i32(start).op("i32.sub").i32(size).op("i32.lt_u");
      if (i > 0) body.op("i32.or");
    });
  }

  #taken(index: number, jump: EmittedJump): void {
    const body = this.#body;
    const node = this.#region.nodes[index]!;
    const edges = this.#region.edges[index]!;
    const { schedule } = node.record;
    this.#countEdge(index, edges.taken, "taken");
    if (edges.taken !== undefined) {
      const { taken } = edges;
      this.#predict(node, true, () => body.i32(taken.pc));
      this.#go(index, taken);
      return;
    }
    const target = jump.target!;
    body.get(target).i32(-2).op("i32.and").set(target);
    this.#predict(node, true, () => body.get(target));
    for (const edge of edges.indirect) {
      body.get(target).i32(edge.pc).op("i32.eq").begin("if");
      this.#go(index, edge);
      body.end();
    }
    emitLookup(body, this.#options.area, this.#scratch, target, schedule.takenState);
    body.set(this.#link);
    body
      .i32(0)
      .get(target)
      .memory("i32.store", LAYOUT.R + 4 * 15);
    this.#exitState(0, schedule.takenState);
  }

  #predict(node: RegionNode, taken: boolean, target: () => void): void {
    const { predictor } = this.#options;
    if (predictor === undefined) return;
    const { instructions } = node.block.code;
    const last = instructions.length - 1;
    emitPrediction(this.#body, predictor, this.#scratch, {
      instruction: instructions[last]!,
      taken,
      mispredict: node.record.schedule.mispredict ?? 0,
      target,
      charge: (cycles) => this.#charge(node, last, "branch", cycles),
    });
  }

  /** Passes control along an edge. */
  #go(from: number, edge: Edge): void {
    const { to } = edge;
    if (to === undefined || this.#structure.isIrreducible(from, to)) this.#exit(edge);
    else if (this.#structure.isBackEdge(from, to)) this.#body.branch("br", this.#loopDepth.get(to)!);
    else if (this.#structure.isMerge(to)) this.#body.branch("br", this.#blockDepth.get(to)!);
    else this.#tree(to);
  }

  /** Leaves for a place that is not in the region. */
  #exit(place: Edge): void {
    const { pc, itState, state } = place;
    this.#body.i32(this.#options.linkSlot(place)).set(this.#link);
    this.#body
      .i32(0)
      .i32(pc)
      .memory("i32.store", LAYOUT.R + 4 * 15);
    this.#exitState(itState, state);
  }
  /** Leaves at the beginning of a node. */
  #leaveAt({ id }: RegionNode, result: number): void {
    const { area } = this.#options;
    const context = { body: this.#body, area, result: this.#result, exitDepth: this.#exitDepth };
    emitLeave(context, id << 8, result);
  }
  #exitState(itState: number, state: number): void {
    const body = this.#body;
    body.i32(0).i32(itState).memory("i32.store", LAYOUT.ITSTATE);
    body.i32(0).i32(state).memory("i32.store", LAYOUT.pipelineState);
    body.i32(RESULT.left).set(this.#result).branch("br", this.#exitDepth);
  }

  /** Counts that the node at `index` ended that way, to go along `edge` if it has only one, and its instructions. */
  #countEdge(index: number, edge: Edge | undefined, kind: "fallthrough" | "taken"): void {
    const counter = { node: this.#region.nodes[index]!, kind, index: 0, cause: 0, cycles: 0 };
    const isLocal =
      edge?.to !== undefined &&
      this.#structure.isInInnermostLoop(index, edge.to) &&
      this.#localCounters.length < LOCAL_COUNTERS;
    const { instructions } = counter.node.block.code;
    const advance = (local: number, by: number): void =>
      void this.#body.get(local).i32(by).op("i32.add").set(local);
    if (!isLocal) {
      advance(this.#instructions, instructions.length);
      this.#count(counter);
      return;
    }
    const local = this.#body.local("i32");
    advance(local, 1);
    this.#localCounters.push({ local, slot: this.#slot(counter), instructions: instructions.length });
  }

  #count(counter: Omit<NodeCounter, "slot">): void {
    this.#add(this.#slot(counter), () => this.#body.i64(1));
  }

  /** Adds what `emitValue` leaves to the counter at `slot`. */
  #add(slot: number, emitValue: () => void): void {
    this.#body.i32(0).i32(0).memory("i64.load", slot);
    emitValue();
    this.#body.op("i64.add").memory("i64.store", slot);
  }

  /** Byte offset of a new counter; the function is given up when there is none left. */
  #slot({ node, kind, index, cause, cycles }: Omit<NodeCounter, "slot">): number {
    const slot = this.#options.area.slot();
    if (slot === undefined) {
      this.#failed = true;
      return 0;
    }
    this.#counters.push({ slot, node, kind, index, cause, cycles });
    return slot;
  }
}

const usesFp = ({ nodes }: Region): boolean =>
  nodes.some((n) => n.block.code.instructions.some((i) => i.statements.some(({ k }) => k === "fpCheck")));

/** Conditions of IT blocks read flags that no footprint tells of. */
function hasConditions({ nodes }: Region): boolean {
  return nodes.some((n) => n.block.code.instructions.some((i) => i.condition !== undefined));
}

/**
 * An address such as instruction `index` accesses, from what a run of the block left in its base register; where the block
 * has put something else there since, one on the stack, beside which most data lie.
 */
function expectedAddress({ block, record }: RegionNode, index: number): number | undefined {
  const { instructions } = block.code;
  const access = instructions[index]!.footprint.accesses[0];
  if (access === undefined) return undefined;
  const { base, offset } = access;
  if (base === undefined) return offset;
  const isKept = instructions.slice(index).every(({ footprint: { writes, steps } }) => {
    return ((writes >>> base) & 1) === 0 || steps.has(base);
  });
  return record.registers && (isKept ? record.registers[base]! + offset : record.registers[SP]!);
}
