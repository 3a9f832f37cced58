import {
  type Consumer,
  FP_PRODUCERS,
  type FpConsumer,
  type FpProducer,
  m7CostTables,
  type M7Costs,
  type Producer,
  PRODUCERS,
} from "./cortex-m7-costs.ts";
import type { TimingClass } from "../isa/insn.ts";
import { branchKind } from "./branch-kind.ts";
import { type M7Facts, M7FactsOf } from "./cortex-m7-facts.ts";
import { FetchQueue } from "./cortex-m7-fetch.ts";
import { FpRestrictions } from "./cortex-m7-fp.ts";
import { type Older, pairing } from "./cortex-m7-pairing.ts";
import { LONG_AGO, Scoreboard } from "./cortex-m7-scoreboard.ts";
import { StoresToLoads } from "./cortex-m7-store-load.ts";
import { NarrowStores } from "./cortex-m7-stores.ts";
import { UNIT } from "./cortex-m7-units.ts";
import type { IssueRecord, Pipeline, TakenJump } from "./pipeline.ts";
import type { Because } from "./reason.ts";
import { BANK_RULE, type StallCause, type TimedInstruction } from "./timing.ts";

/** What an instruction can have to wait for, in the order in which waits are charged. */
const WAIT = {
  lock: 0,
  core: 1,
  fp: 2,
  restriction: 3,
  fetch: 4,
  place: 5,
  stored: 6,
  flags: 7,
  greater: 8,
} as const;
const WAITS = 9;
/** The least that a GE flag's age has to be for nobody to wait. */
const GE_LONG_AGO = -2;

/** The Cortex-M7 pipeline: two instructions a cycle in order, as operands, units and fetch allow. */
export class CortexM7Pipeline implements Pipeline {
  now = 0;
  readonly #issue: M7Costs["issue"];
  readonly #rule: M7Costs["rule"];
  readonly #fetch: FetchQueue;
  readonly #core: Scoreboard<Producer, Consumer>;
  readonly #fp: Scoreboard<FpProducer, FpConsumer>;
  readonly #restrictions: FpRestrictions;
  readonly #stores: NarrowStores;
  readonly #stored: StoresToLoads;
  readonly #facts: M7FactsOf;
  /** Cycles that the instruction at hand waits for, by `WAIT`. */
  readonly #until = new Int32Array(WAITS);
  /** Set while a younger instruction may still join the one that issued at `now - 1`. */
  #older: Older | undefined;
  /** Issue of the last instruction that set N, Z, C or V, and of the last that set GE. */
  #flagsIssued: number;
  #greaterIssued = GE_LONG_AGO;
  /** VDIV and VSQRT let nothing issue before this cycle. */
  #lockedUntil = 0;
  /** Class of the instruction that does; not part of the state, so unknown when it lies before the run. */
  #lockedBy: TimingClass | undefined;
  /** Cycle in which the last instruction issued, and how long before it could have for all that fetch knows. */
  #lastIssue = 0;
  #lastWaited = 0;

  constructor(costs: M7Costs = m7CostTables()) {
    this.#issue = costs.issue;
    this.#rule = costs.rule;
    this.#fetch = new FetchQueue(costs.rule.fetchRefill.cycles);
    this.#core = new Scoreboard<Producer, Consumer>(16, PRODUCERS, costs.latency);
    this.#fp = new Scoreboard<FpProducer, FpConsumer>(32, FP_PRODUCERS, costs.fpLatency);
    this.#restrictions = new FpRestrictions(costs.rule);
    this.#stores = new NarrowStores(costs.stores);
    this.#stored = new StoresToLoads(costs.rule.storeToLoad.cycles);
    this.#facts = new M7FactsOf(costs.issue, this.#core, this.#fp);
    this.#flagsIssued = this.#flagsLongAgo;
  }

  /** A branch may still issue in the cycle before the one that a state is relative to. */
  get #flagsLongAgo(): number {
    return -this.#rule.earlyFlags.cycles - 1;
  }

  restore(state: readonly number[]): void {
    this.now = 0;
    this.#older = state[0] === 1 ? { units: state[1]!, base: state[2]!, offset: state[3]! } : undefined;
    this.#flagsIssued = state[4]!;
    this.#lockedUntil = state[5]!;
    this.#lockedBy = undefined;
    this.#restrictions.restore(state, 6);
    this.#stores.restore(state, 9);
    this.#fetch.restore(state, 12);
    this.#greaterIssued = state[16]!;
    const next = this.#core.restore(state, 17);
    this.#stored.restore(state, this.#fp.restore(state, next));
  }

  snapshot(): number[] {
    const { now } = this;
    const older = this.#older;
    const earliest = older === undefined ? now : now - 1;
    const state = older === undefined ? [0, 0, 0, 0] : [1, older.units, older.base, older.offset];
    state.push(Math.max(this.#flagsIssued - now, this.#flagsLongAgo));
    state.push(Math.max(this.#lockedUntil - now, 0));
    this.#restrictions.snapshot(state, now);
    this.#stores.snapshot(state, now, earliest);
    this.#fetch.snapshot(state, now);
    state.push(Math.max(this.#greaterIssued - now, GE_LONG_AGO));
    this.#core.snapshot(state, now, earliest);
    this.#fp.snapshot(state, now, earliest);
    this.#stored.snapshot(state, now, earliest);
    return state;
  }

  /**
   * Where the branch that was issued last is resolved: in decode, if the flags are there and it waits there at all, as it
   * does while fetch is ahead of issue; else in the first or the second execution stage.
   */
  get resolves(): "mispredict" | "mispredictEarly" | "mispredictDecode" {
    if (this.#lastIssue - this.#flagsIssued < this.#rule.earlyFlags.cycles) return "mispredict";
    return this.#lastWaited > 0 ? "mispredictDecode" : "mispredictEarly";
  }

  get mispredict(): number {
    return this.#rule[this.resolves].cycles;
  }

  issue(instruction: TimedInstruction, record: IssueRecord): void {
    const facts = this.#facts.get(instruction);
    this.#findWaits(instruction, facts);
    if (this.#joins(instruction, facts, record)) {
      record.paired = true;
      this.#execute(instruction, facts, this.now - 1, true);
      this.#older = undefined;
      return;
    }
    for (let wait = 0; wait < WAITS; wait++)
      if (this.#until[wait]! > this.now) this.#wait(wait, this.#until[wait]! - this.now, record);
    const issued = this.now;
    const { because } = facts;
    record.add("issue", 1, because);
    if (facts.occupied > 1) record.add(facts.occupiedBy, facts.occupied - 1, because);
    if (facts.mayStraddle) record.bankRule = BANK_RULE.multiple;
    this.now = issued + facts.occupied;
    this.#execute(instruction, facts, issued, false);
    this.#older = facts.asOlder;
  }

  /**
   * What a branch jumps to may issue beside it, as J measured with flags set early; a branch that is still a prediction
   * when it issues is the last of its pair (docs/fit.md).
   */
  jump(instruction: TimedInstruction): TakenJump {
    const { pc, size, timing } = instruction;
    this.#fetch.jump(pc + size, this.#lastIssue);
    if (branchKind(instruction) === "conditional" && this.resolves === "mispredict") this.#older = undefined;
    // Other functions have other frames; what they do not look at would only make more states.
    if (timing !== "branch" && timing !== "branch.compare") this.#stored.clear();
    return NOTHING;
  }

  /** All that the instruction has to wait for, whatever slot it issues in; only a lock keeps nothing from pairing. */
  #findWaits({ footprint, timing, pc, size }: TimedInstruction, facts: M7Facts): void {
    const until = this.#until;
    until[WAIT.lock] = this.#lockedUntil;
    until[WAIT.core] = this.#core.readyAt(facts.needs);
    until[WAIT.fp] = this.#fp.readyAt(facts.fpNeeds);
    until[WAIT.restriction] = facts.fp ? this.#restrictions.readyAt(timing) : LONG_AGO;
    until[WAIT.fetch] = this.#fetch.readyAt(pc, size);
    until[WAIT.place] = this.#stores.readyAt(footprint) ?? LONG_AGO;
    until[WAIT.stored] = this.#stored.readyAt(footprint) ?? LONG_AGO;
    const { cycles } = this.#rule.flags;
    until[WAIT.flags] = facts.needsCondition ? this.#flagsIssued + cycles : LONG_AGO;
    until[WAIT.greater] = facts.needsGreater ? this.#greaterIssued + cycles : LONG_AGO;
  }

  #wait(wait: number, cycles: number, record: IssueRecord): void {
    record.add(this.#causeOf(wait), cycles, () => this.#becauseOf(wait));
    this.now += cycles;
  }

  #causeOf(wait: number): StallCause {
    switch (wait) {
      case WAIT.lock:
        return "divide";
      case WAIT.core:
        return this.#core.decider.producer?.startsWith("load") === true ? "data" : "interlock";
      case WAIT.fp:
        return this.#fp.decider.producer === "load" ? "data" : "interlock";
      case WAIT.fetch:
        return "fetch";
      case WAIT.place:
      case WAIT.stored:
        return "data";
      default:
        return "interlock";
    }
  }

  #becauseOf(wait: number): ReturnType<Because> {
    switch (wait) {
      case WAIT.lock:
        return { rule: `issue.${this.#lockedBy ?? "fp.divide"}` };
      case WAIT.core: {
        const { producer, consumer, registers } = this.#core.decider;
        return { rule: `latency.${producer}.${consumer}`, registers };
      }
      case WAIT.fp: {
        const { producer, consumer, registers } = this.#fp.decider;
        return { rule: `fp-latency.${producer}.${consumer}`, registers, fp: true };
      }
      case WAIT.restriction:
        return { rule: this.#restrictions.decider };
      case WAIT.fetch:
        return { rule: "rule.fetchRefill" };
      case WAIT.place:
        return { rule: "stores.places" };
      case WAIT.stored:
        return { rule: "rule.storeToLoad" };
      default:
        return { rule: "rule.flags" };
    }
  }

  /** Issues in the younger slot of the cycle before, if the slot is open and nothing is in the way. */
  #joins({ footprint }: TimedInstruction, { units }: M7Facts, record: IssueRecord): boolean {
    const older = this.#older;
    if (older === undefined) return false;
    const cycle = this.now - 1;
    const late = this.#firstWaitAfter(cycle);
    const pair = pairing(older, units, footprint.accesses[0]);
    if (late !== undefined) record.refusal = late === WAIT.fetch ? "fetch" : "operands";
    else if (!this.#restrictions.mayPair(older.units, units, cycle)) record.refusal = "fp-shadow";
    else if (pair !== "yes" && pair !== "run-time") record.refusal = pair;
    else if (pair === "run-time") record.bankRule = BANK_RULE.pairedLoad;
    return record.refusal === undefined;
  }

  #firstWaitAfter(cycle: number): number | undefined {
    for (let wait = WAIT.lock + 1; wait < WAITS; wait++) if (this.#until[wait]! > cycle) return wait;
    return undefined;
  }

  #execute(instruction: TimedInstruction, facts: M7Facts, issued: number, younger: boolean): void {
    const { footprint, timing, pc, size } = instruction;
    const last = younger ? issued : this.now - 1;
    if (facts.writes !== 0) {
      const early = this.#executesEarly(timing, facts, issued, younger);
      this.#core.write(facts.writes, early ? facts.earlyProducer : facts.producer, last);
    }
    this.#core.write(facts.base, this.#facts.baseProducer, issued);
    if (facts.setsCondition) this.#flagsIssued = issued;
    if (facts.setsGreater) this.#greaterIssued = issued;
    if (facts.fp) {
      const cycles = this.#issue[timing].cycles;
      const { locked, produced } = this.#restrictions.issue(timing, facts.units, issued, cycles);
      if (locked > 0) {
        this.#lockedUntil = locked;
        this.#lockedBy = timing;
      }
      // What VDIV and VSQRT keep from issuing needs no more than their own latency.
      this.#fp.write(footprint.writesS, facts.fpProducer, locked > 0 ? produced : Math.max(produced, last));
    }
    this.#stores.issue(footprint, issued);
    this.#stored.issue(footprint, issued);
    this.#lastWaited = issued - this.#fetch.readyAt(pc, size);
    this.#fetch.consume(pc, size, issued);
    if (timing === "barrier.instruction") this.#fetch.restart(this.now);
    this.#lastIssue = issued;
  }

  /** Whether the early ALU does it: the operands are there, and its slot is open to the class. */
  #executesEarly(timing: TimingClass, facts: M7Facts, issued: number, younger: boolean): boolean {
    if (facts.earlyNeeds === undefined) return false;
    const open = !younger || (timing === "shift" && ((this.#older?.units ?? 0) & UNIT.shifter) === 0);
    return open && this.#core.readyAt(facts.earlyNeeds) <= issued;
  }
}

const NOTHING: TakenJump = { cycles: 0, cause: "branch" };
