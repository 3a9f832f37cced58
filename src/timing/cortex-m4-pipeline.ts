import { FLAG_BITS } from "../isa/footprint.ts";
import type { TimingClass } from "../isa/insn.ts";
import { m4CostTables, type M4Costs } from "./cortex-m4-costs.ts";
import { FetchBuffer, type FetchAtDecode } from "./cortex-m4-fetch.ts";
import type { IssueRecord, Pipeline, TakenJump } from "./pipeline.ts";
import type { Because } from "./reason.ts";
import { BANK_RULE, type StallCause, type TimedInstruction } from "./timing.ts";

/** What the conditions of branches depend on. */
const CONDITION_FLAGS = FLAG_BITS.N | FLAG_BITS.Z | FLAG_BITS.C | FLAG_BITS.V;

/** A data phase of the instruction before, which the next may overlap. */
const NO_DATA_PHASE = 0;
const LOAD_DATA_PHASE = 1;
/** A store with register offset: only an instruction without operands overlaps it. */
const STORE_DATA_PHASE = 2;

/** In the place of a base register, where none is known. */
export const NO_BASE = -1;
/** That of addresses in the code itself. */
const PC = 15;
/** LR, as one of a set of registers. */
const LINK = 1 << 14;

/** Accesses that go through the address stage one by one. */
const SINGLE_ACCESS: ReadonlySet<TimingClass> = new Set<TimingClass>([
  "load",
  "load.exclusive",
  "store",
  "store.exclusive",
  "fp.load",
  "fp.store",
]);
const SINGLE_LOAD: ReadonlySet<TimingClass> = new Set<TimingClass>(["load", "load.exclusive", "fp.load"]);
const PER_WORD: ReadonlySet<TimingClass> = new Set<TimingClass>([
  "load.double",
  "load.multiple",
  "store.double",
  "store.multiple",
  "fp.load.double",
  "fp.load.multiple",
  "fp.store.double",
  "fp.store.multiple",
]);
/** FP instructions that let integer instructions pass while they run. */
const FP_LONG: ReadonlySet<TimingClass> = new Set<TimingClass>(["fp.mac", "fp.fma", "fp.divide", "fp.sqrt"]);
const FP_DIVIDE: ReadonlySet<TimingClass> = new Set<TimingClass>(["fp.divide", "fp.sqrt"]);

/** The Cortex-M4 pipeline, three stages, single issue: what of one instruction matters to the next. */
export class CortexM4Pipeline implements Pipeline {
  now = 0;
  readonly #class: M4Costs["class"];
  readonly #rule: M4Costs["rule"];
  readonly #fetch: FetchBuffer;
  #dataPhase = NO_DATA_PHASE;
  /** Core registers that the load in its data phase writes. */
  #loading = 0;
  /** Its base register, which still holds the address that it started from, or `NO_BASE`. */
  #loadBase = NO_BASE;
  /** Core registers that cannot be used in an address at `now`, only one cycle later. */
  #late = 0;
  /** Stores that the last instructions were without a break, up to 2. */
  #stores = 0;
  /** The instruction before is 16 bits wide: an IT retires with it. */
  #afterNarrow = false;
  /** The instruction before set a flag that conditions depend on, and so did the one before it. */
  #setsCondition = false;
  #afterCondition = false;
  /** The jump that led here was a branch whose condition was known only when it executed. */
  #resolvedLate = false;
  /** Cycle from which an FP instruction can use the result of the last one, and the S registers that hold it. */
  #fpReady = 0;
  #fpResult = 0;
  #fpDivides = false;
  /** The instruction before may take several cycles: whether the next one leaves decode is known only when it does. */
  #afterSeveral = false;
  /** The instruction before writes LR. */
  #writesLink = false;
  /** Cycle of the first data access of the instruction issued last that had any, and how many. */
  #accessStart = 0;
  #accessBeats = 0;
  /** Decode knows where the instruction issued last would jump to. */
  #knowsTarget = false;

  constructor(costs: M4Costs = m4CostTables()) {
    this.#class = costs.class;
    this.#rule = costs.rule;
    this.#fetch = new FetchBuffer(costs.rule);
  }

  restore(state: readonly number[]): void {
    this.now = 0;
    this.#dataPhase = state[0]!;
    this.#loading = state[1]!;
    this.#loadBase = state[2]!;
    this.#late = state[3]!;
    this.#stores = state[4]!;
    this.#afterNarrow = state[5] === 1;
    this.#fpReady = state[6]!;
    this.#fpResult = state[7]!;
    this.#fpDivides = state[8] === 1;
    this.#setsCondition = state[9] === 1;
    this.#resolvedLate = state[10] === 1;
    this.#afterSeveral = state[11] === 1;
    this.#writesLink = state[12] === 1;
    this.#fetch.restore(state.slice(13));
  }

  snapshot(): number[] {
    const fpReady = Math.max(0, this.#fpReady - this.now);
    return [
      this.#dataPhase,
      this.#dataPhase === LOAD_DATA_PHASE ? this.#loading : 0,
      this.#dataPhase === LOAD_DATA_PHASE ? this.#loadBase : NO_BASE,
      this.#late,
      this.#stores,
      this.#afterNarrow ? 1 : 0,
      fpReady,
      fpReady > 0 ? this.#fpResult : 0,
      fpReady > 0 && this.#fpDivides ? 1 : 0,
      this.#setsCondition ? 1 : 0,
      this.#fetch.jumped && this.#resolvedLate ? 1 : 0,
      this.#afterSeveral && !this.#fetch.jumped ? 1 : 0,
      this.#writesLink ? 1 : 0,
      ...this.#fetch.snapshot(this.now),
    ];
  }

  issue(instruction: TimedInstruction, record: IssueRecord): void {
    const { pc, size, timing, footprint } = instruction;
    if (timing === "it" && this.#afterNarrow && this.#fetch.folds(this.now)) {
      this.#afterNarrow = false;
      return;
    }
    const begin = this.now;
    const behindLoad = this.#dataPhase === LOAD_DATA_PHASE;
    this.#waitForDataPhase(instruction, record);
    this.#waitForStore(instruction, record);
    if ((footprint.addressReads & this.#late) !== 0) {
      const registers = footprint.addressReads & this.#late;
      this.#wait(this.#rule.addressInterlock.cycles, "interlock", record, by("addressInterlock", registers));
    }
    if (isFp(timing)) this.#waitForFp(instruction, record);
    if (this.#fetch.jumped && this.#resolvedLate && size === 4 && SINGLE_LOAD.has(timing)) {
      this.#wait(this.#rule.loadAfterJump.cycles, "branch", record, by("loadAfterJump"));
    }
    const fetched = this.#fetch.readyAt(pc, size, this.now);
    const early = fetched > this.now || (this.now === begin && !this.#afterSeveral);
    this.#wait(fetched - this.now, "fetch", record, by("fetchToExecute"));
    if (behindLoad && this.now === begin && this.#mayBeElsewhere(instruction))
      record.bankRule = BANK_RULE.otherMemory;
    this.#knowsTarget = footprint.jump?.kind === "direct" || (isReturn(instruction) && !this.#writesLink);
    const inDecode: FetchAtDecode = early ? "early" : "sequential";
    this.#fetch.consume(size, this.now, this.#knowsTarget ? "target" : inDecode);
    this.#writesLink = (footprint.writes & LINK) !== 0;
    this.#afterSeveral = mayTakeSeveral(instruction);
    this.#execute(instruction, record);
  }

  jump(instruction: TimedInstruction): TakenJump {
    const { footprint, timing } = instruction;
    const loaded = footprint.accesses.length > 0;
    const rule = this.#knowsTarget
      ? "refillDirect"
      : loaded || timing === "branch.table"
        ? "refillLoad"
        : "refillRegister";
    const { cycles } = this.#rule[rule];
    this.now += cycles;
    this.#resolvedLate = timing === "branch.compare" || (isConditional(instruction) && this.#afterCondition);
    this.#dataPhase = NO_DATA_PHASE;
    this.#late = 0;
    this.#stores = 0;
    this.#afterNarrow = false;
    this.#writesLink = false;
    this.#fetch.jump();
    return { cycles, cause: "branch", rule: ruleName(rule) };
  }

  contend(): void {
    this.#fetch.contend(this.#accessStart, this.#accessBeats);
  }

  #wait(cycles: number, cause: StallCause, record: IssueRecord, because: Because): void {
    if (cycles <= 0) return;
    record.add(cause, cycles, because);
    this.now += cycles;
    this.#late = 0;
  }

  #waitForDataPhase({ timing, footprint }: TimedInstruction, record: IssueRecord): void {
    const phase = this.#dataPhase;
    if (phase === NO_DATA_PHASE) return;
    this.#dataPhase = NO_DATA_PHASE;
    if (timing === "nop" && footprint.accesses.length === 0) return;
    const overlaps =
      phase === LOAD_DATA_PHASE &&
      SINGLE_ACCESS.has(timing) &&
      (footprint.addressReads & this.#loading) === 0;
    if (overlaps) return;
    const registers = phase === LOAD_DATA_PHASE ? footprint.reads & this.#loading : 0;
    this.#wait(this.#rule.dataPhase.cycles, "data", record, by("dataPhase", registers));
    if (phase === LOAD_DATA_PHASE && this.#rule.loadToAddress.cycles > 0) this.#late = this.#loading;
  }

  /** Whether an access that overlaps a load's data phase is a load, maybe from another memory: not from the same base. */
  #mayBeElsewhere({ timing, footprint }: TimedInstruction): boolean {
    if (!SINGLE_LOAD.has(timing) || this.#rule.otherMemory.cycles === 0) return false;
    return this.#loadBase === NO_BASE || this.#loadBase !== constantBase(footprint);
  }

  #waitForStore({ timing, footprint }: TimedInstruction, record: IssueRecord): void {
    if (this.#stores === 0 || timing.includes("store")) return;
    const late = this.#late;
    if (this.#stores > 1) this.#wait(this.#rule.storeRun.cycles, "data", record, by("storeRun"));
    if (footprint.accesses.length > 0)
      this.#wait(this.#rule.loadAfterStore.cycles, "data", record, by("loadAfterStore"));
    // The store holds the pipeline, so its base register is written only now.
    this.#late = late;
  }

  #waitForFp({ footprint, roles }: TimedInstruction, record: IssueRecord): void {
    const { fpAccumulator } = roles;
    const operands = footprint.readsS & (fpAccumulator === undefined ? -1 : ~(1 << fpAccumulator));
    const usesResult = (operands & this.#fpResult) !== 0;
    const from = usesResult ? this.#fpReady : this.#fpReady - this.#rule.fpResult.cycles;
    const why = () => ({ rule: "rule.fpResult", registers: operands & this.#fpResult, fp: true });
    this.#wait(from - this.now, this.#fpDivides ? "divide" : "interlock", record, why);
  }

  #execute(instruction: TimedInstruction, record: IssueRecord): void {
    const { size, timing, footprint, predicated } = instruction;
    const start = this.now;
    const words = footprint.accesses.length;
    if (words > 0) {
      this.#accessStart = start;
      this.#accessBeats = words;
    }
    const waits = this.#rule.systemDataWait.cycles * this.#fetch.collisions(start, words);
    const extra = this.#extraCycles(instruction);
    const why = () => ({ rule: `class.${timing}` });
    record.add("issue", 1, why);
    if (extra > 0) record.add(causeOf(timing), extra, why);
    if (waits > 0) record.add("data", waits, by("systemDataWait"));
    record.skipped = predicated ? extra + waits : 0;
    this.now = start + 1 + extra + waits;
    this.#afterNarrow = size === 2 && timing !== "it";
    this.#afterCondition = this.#setsCondition;
    this.#setsCondition = (footprint.writesFlags & CONDITION_FLAGS) !== 0;
    const stores = timing.includes("store") && !isIndexedStore(timing, footprint.accesses[0]);
    this.#stores = stores ? (extra > 0 ? 1 : Math.min(this.#stores + 1, 2)) : 0;
    this.#late = lateForAddress(instruction);
    if (extra === 0 && words > 0) this.#beginDataPhase(instruction);
    if (isFp(timing)) this.#beginFp(instruction, start);
  }

  /** Cycles after the first. */
  #extraCycles({ timing, footprint, predicated }: TimedInstruction): number {
    const words = footprint.accesses.length;
    if (PER_WORD.has(timing)) return words;
    if (FP_LONG.has(timing)) return 0;
    const static_ = this.#class[timing].cycles - 1;
    if (timing === "system" && footprint.writes !== 0) return 0;
    // What a skipped access saves must not depend on what follows it, so a predicated one overlaps nothing.
    const alone = predicated || footprint.jump !== undefined;
    const phase = SINGLE_LOAD.has(timing) || isIndexedStore(timing, footprint.accesses[0]);
    return static_ + (alone && phase ? this.#rule.dataPhase.cycles : 0);
  }

  #beginDataPhase({ timing, footprint }: TimedInstruction): void {
    if (SINGLE_LOAD.has(timing)) {
      this.#dataPhase = LOAD_DATA_PHASE;
      this.#loading = footprint.writes & ~writtenBase(footprint);
      const base = constantBase(footprint);
      const isKept = base === PC || (footprint.writes & (1 << base)) === 0;
      this.#loadBase = isKept ? base : NO_BASE;
    } else if (isIndexedStore(timing, footprint.accesses[0])) {
      this.#dataPhase = STORE_DATA_PHASE;
    }
  }

  #beginFp({ timing, footprint }: TimedInstruction, start: number): void {
    if (footprint.accesses.length > 0) return;
    const cycles = this.#class[timing].cycles;
    this.#fpReady = start + cycles + this.#rule.fpResult.cycles;
    this.#fpResult = footprint.writesS;
    this.#fpDivides = FP_DIVIDE.has(timing);
  }
}

const ruleName = (rule: keyof M4Costs["rule"]): string => `rule.${rule}`;
const by =
  (rule: keyof M4Costs["rule"], registers = 0): Because =>
  () => ({ rule: ruleName(rule), registers });

const isConditional = ({ footprint: { jump }, predicated }: TimedInstruction): boolean =>
  jump?.kind === "direct" && (jump.conditional || predicated);

/** BX, BLX and MOV to the PC from LR. */
const isReturn = ({ timing, footprint }: TimedInstruction): boolean =>
  footprint.jump !== undefined &&
  footprint.reads === LINK &&
  (timing === "branch.register" || timing === "move");

/** Classes whose instructions may take several cycles, beside loads and stores; all others are known to take one. */
const MAY_TAKE_SEVERAL: ReadonlySet<TimingClass> = new Set<TimingClass>([
  "divide",
  "branch.compare",
  "system",
  "barrier",
  "barrier.instruction",
]);

/**
 * Whether the fetch unit does not rely on the next instruction to leave decode in the cycle in which this one executes.
 * @source CMEmu; measurements on CC2652: loads, stores and divisions are of this kind, multiplications are not;
 * Arm KA006138: floating-point instructions of one cycle are
 */
const mayTakeSeveral = ({ timing, footprint }: TimedInstruction): boolean =>
  footprint.accesses.length > 0 || isFp(timing) || MAY_TAKE_SEVERAL.has(timing);

const isFp = (timing: TimingClass): boolean => timing.startsWith("fp");

function isIndexedStore(
  timing: TimingClass,
  access: TimedInstruction["footprint"]["accesses"][number] | undefined,
) {
  return timing === "store" && access?.index === true;
}

/** The base register when the access writes it back. */
function writtenBase({ accesses, writes }: TimedInstruction["footprint"]): number {
  const base = accesses[0]?.base;
  if (base === undefined) return 0;
  const bit = 1 << base;
  // A load into its own base writes one register only.
  return (writes & bit) !== 0 && (accesses[0]!.kind === "store" || writes !== bit) ? bit : 0;
}

/** The register that an access with a constant offset starts from, else `NO_BASE`. */
function constantBase({ accesses: [access] }: TimedInstruction["footprint"]): number {
  if (access === undefined || access.index) return NO_BASE;
  return access.base ?? PC;
}

/** Registers written so late that the next instruction cannot use them in an address without waiting. */
function lateForAddress({ timing, footprint }: TimedInstruction): number {
  if (PER_WORD.has(timing)) return timing.includes("store") ? writtenBase(footprint) : 0;
  return footprint.accesses.length > 0 ? writtenBase(footprint) : footprint.writes;
}

function causeOf(timing: TimingClass): StallCause {
  if (timing === "divide") return "divide";
  return timing.includes("load") || timing.includes("store") || timing === "branch.table"
    ? "data"
    : "interlock";
}
