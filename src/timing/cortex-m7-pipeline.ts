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
import { FLAG_BITS } from "../isa/footprint.ts";
import type { TimingClass } from "../isa/insn.ts";
import { FetchQueue } from "./cortex-m7-fetch.ts";
import { FpRestrictions } from "./cortex-m7-fp.ts";
import {
  coreNeeds,
  coreProducer,
  fpNeeds,
  fpProducer,
  type Need,
  writtenBase,
} from "./cortex-m7-operands.ts";
import { type Older, olderOf, pairing } from "./cortex-m7-pairing.ts";
import { Scoreboard } from "./cortex-m7-scoreboard.ts";
import { NarrowStores } from "./cortex-m7-stores.ts";
import { UNIT, unitsOf } from "./cortex-m7-units.ts";
import type { IssueRecord, Pipeline, TakenJump } from "./pipeline.ts";
import type { Because } from "./reason.ts";
import { BANK_RULE, type StallCause, type TimedInstruction } from "./timing.ts";

/** What conditions depend on. */
const CONDITION_FLAGS = FLAG_BITS.N | FLAG_BITS.Z | FLAG_BITS.C | FLAG_BITS.V;
/** The least that a GE flag's age has to be for nobody to wait; Q only accumulates. */
const GE_LONG_AGO = -2;
const SP = 13;

interface Wait {
  readonly cycle: number;
  readonly cause: StallCause;
  readonly because: Because;
}

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
  /** Set while a younger instruction may still join the one that issued at `now - 1`. */
  #older: Older | undefined;
  /** Issue of the last instruction that set N, Z, C or V, and of the last that set GE. */
  #flagsIssued: number;
  #greaterIssued = GE_LONG_AGO;
  /** VDIV and VSQRT let nothing issue before this cycle. */
  #lockedUntil = 0;
  /** Class of the instruction that does; not part of the state, so unknown when it lies before the run. */
  #lockedBy: TimingClass | undefined;
  /** Cycle in which the last instruction issued. */
  #lastIssue = 0;

  constructor(costs: M7Costs = m7CostTables()) {
    this.#issue = costs.issue;
    this.#rule = costs.rule;
    this.#fetch = new FetchQueue(costs.rule.fetchRefill.cycles);
    this.#core = new Scoreboard<Producer, Consumer>(16, PRODUCERS, costs.latency);
    this.#fp = new Scoreboard<FpProducer, FpConsumer>(32, FP_PRODUCERS, costs.fpLatency);
    this.#restrictions = new FpRestrictions(costs.rule);
    this.#stores = new NarrowStores(costs.stores);
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
    this.#fetch.restore(state.slice(12, 16));
    this.#greaterIssued = state[16]!;
    const next = this.#core.restore(state, 17);
    this.#fp.restore(state, next);
  }

  snapshot(): number[] {
    const { now } = this;
    const older = this.#older;
    const earliest = older === undefined ? now : now - 1;
    return [
      ...(older === undefined ? [0, 0, 0, 0] : [1, older.units, older.base, older.offset]),
      Math.max(this.#flagsIssued - now, this.#flagsLongAgo),
      Math.max(this.#lockedUntil - now, 0),
      ...this.#restrictions.snapshot(now),
      ...this.#stores.snapshot(now, earliest),
      ...this.#fetch.snapshot(now),
      Math.max(this.#greaterIssued - now, GE_LONG_AGO),
      ...this.#core.snapshot(now, earliest),
      ...this.#fp.snapshot(now, earliest),
    ];
  }

  /** Whether the flags were set early enough for the shorter misprediction penalty of the branch issued last. */
  get flagsEarly(): boolean {
    return this.#lastIssue - this.#flagsIssued >= this.#rule.earlyFlags.cycles;
  }

  issue(instruction: TimedInstruction, record: IssueRecord): void {
    const units = unitsOf(instruction);
    const needs = coreNeeds(instruction);
    const waits = this.#waits(instruction, needs);
    if (this.#joins(instruction, units, waits, record)) {
      record.paired = true;
      this.#execute(instruction, units, needs, this.now - 1, true);
      this.#older = undefined;
      return;
    }
    const locked = () => ({ rule: `issue.${this.#lockedBy ?? "fp.divide"}` });
    this.#wait({ cycle: this.#lockedUntil, cause: "divide", because: locked }, record);
    for (const wait of waits) this.#wait(wait, record);
    const issued = this.now;
    const because = () => ({ rule: `issue.${instruction.timing}` });
    record.add("issue", 1, because);
    const occupied = this.#occupies(instruction);
    if (occupied > 1) record.add(causeOf(instruction), occupied - 1, because);
    if (mayStraddle(instruction)) record.bankRule = BANK_RULE.multiple;
    this.now = issued + occupied;
    const alone = (units & UNIT.alone) !== 0;
    this.#execute(instruction, units, needs, issued, false);
    this.#older = alone ? undefined : olderOf(units, instruction.footprint.accesses[0]);
  }

  jump({ pc, size }: TimedInstruction): TakenJump {
    this.#fetch.jump(pc + size, this.#lastIssue);
    return { cycles: 0, cause: "branch" };
  }

  #wait({ cycle, cause, because }: Wait, record: IssueRecord): void {
    if (cycle <= this.now) return;
    record.add(cause, cycle - this.now, because);
    this.now = cycle;
  }

  /** All that the instruction has to wait for, whatever slot it issues in. */
  #waits(instruction: TimedInstruction, needs: readonly Need<Consumer>[]): Wait[] {
    const { footprint, predicated, pc, size } = instruction;
    const core = this.#core.readyAt(needs);
    const fp = this.#fp.readyAt(fpNeeds(instruction));
    const restriction = this.#restrictions.readyAt(instruction.timing);
    const waits: Wait[] = [
      {
        cycle: core.cycle,
        cause: core.producer?.startsWith("load") === true ? "data" : "interlock",
        because: () => ({ rule: `latency.${core.producer}.${core.consumer}`, registers: core.registers }),
      },
      {
        cycle: fp.cycle,
        cause: fp.producer === "load" ? "data" : "interlock",
        because: () => ({
          rule: `fp-latency.${fp.producer}.${fp.consumer}`,
          registers: fp.registers,
          fp: true,
        }),
      },
      { cycle: restriction.cycle, cause: "interlock", because: () => restriction },
      { cycle: this.#fetch.readyAt(pc, size), cause: "fetch", because: () => ({ rule: "rule.fetchRefill" }) },
    ];
    const place = this.#stores.readyAt(footprint);
    if (place !== undefined)
      waits.push({ cycle: place, cause: "data", because: () => ({ rule: "stores.places" }) });
    const waitForFlags = (issued: number): void => {
      const cycle = issued + this.#rule.flags.cycles;
      waits.push({ cycle, cause: "interlock", because: () => ({ rule: "rule.flags" }) });
    };
    if (footprint.jump !== undefined) return waits;
    if (predicated || (footprint.readsFlags & CONDITION_FLAGS) !== 0) waitForFlags(this.#flagsIssued);
    if ((footprint.readsFlags & FLAG_BITS.GE) !== 0) waitForFlags(this.#greaterIssued);
    return waits;
  }

  /** Issues in the younger slot of the cycle before, if the slot is open and nothing is in the way. */
  #joins(
    { footprint }: TimedInstruction,
    units: number,
    waits: readonly Wait[],
    record: IssueRecord,
  ): boolean {
    const older = this.#older;
    if (older === undefined) return false;
    const cycle = this.now - 1;
    const late = waits.find((wait) => wait.cycle > cycle);
    const pair = pairing(older, units, footprint.accesses[0]);
    if (late !== undefined) record.refusal = late.cause === "fetch" ? "fetch" : "operands";
    else if (!this.#restrictions.mayPair(older.units, units, cycle)) record.refusal = "fp-shadow";
    else if (pair !== "yes" && pair !== "run-time") record.refusal = pair;
    else if (pair === "run-time") record.bankRule = BANK_RULE.pairedLoad;
    return record.refusal === undefined;
  }

  #execute(
    instruction: TimedInstruction,
    units: number,
    needs: readonly Need<Consumer>[],
    issued: number,
    younger: boolean,
  ): void {
    const { footprint, timing, pc, size } = instruction;
    const last = younger ? issued : this.now - 1;
    const base = writtenBase(footprint);
    const early = this.#executesEarly(instruction, needs, issued, younger);
    this.#core.write(footprint.writes & ~base, coreProducer(instruction, early), last);
    this.#core.write(base, "base", issued);
    if ((footprint.writesFlags & CONDITION_FLAGS) !== 0) this.#flagsIssued = issued;
    if ((footprint.writesFlags & FLAG_BITS.GE) !== 0) this.#greaterIssued = issued;
    const cycles = this.#issue[timing].cycles;
    if (timing.startsWith("fp")) {
      const { locked, produced } = this.#restrictions.issue(timing, units, issued, cycles);
      if (locked > 0) {
        this.#lockedUntil = locked;
        this.#lockedBy = timing;
      }
      if (footprint.writesS !== 0)
        this.#fp.write(footprint.writesS, fpProducer(instruction), Math.max(produced, last));
    }
    this.#stores.issue(footprint, issued);
    this.#fetch.consume(pc, size, issued);
    this.#lastIssue = issued;
  }

  /** ADD, SUB and MOV use the early ALU from the older slot, shifts from either, when their operands are there. */
  #executesEarly(
    { timing }: TimedInstruction,
    needs: readonly Need<Consumer>[],
    issued: number,
    younger: boolean,
  ): boolean {
    const eligible =
      timing === "shift"
        ? !younger || ((this.#older?.units ?? 0) & UNIT.shifter) === 0
        : (timing === "alu.add" || timing === "move") && !younger;
    if (!eligible) return false;
    const asEarly = needs.map(({ registers }) => ({ registers, consumer: "early" as const }));
    return this.#core.readyAt(asEarly).cycle <= issued;
  }

  /** Cycles for which no other instruction issues. */
  #occupies({ timing, footprint }: TimedInstruction): number {
    if (timing.endsWith(".multiple")) return Math.max(1, Math.ceil(footprint.accesses.length / 2));
    if (timing.startsWith("fp")) return 1;
    return this.#issue[timing].cycles;
  }
}

/** STM of an even number of words takes longer at 4 mod 8. Stacks are aligned to 8, so PUSH is not looked at. @source J */
function mayStraddle({ timing, footprint: { accesses } }: TimedInstruction): boolean {
  return timing === "store.multiple" && accesses.length % 2 === 0 && accesses[0]?.base !== SP;
}

function causeOf({ timing }: TimedInstruction): StallCause {
  if (timing === "divide") return "divide";
  if (timing === "branch.table") return "branch";
  return timing.endsWith(".multiple") ? "data" : "interlock";
}
