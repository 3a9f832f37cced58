import { FLAG_BITS } from "../isa/footprint.ts";
import { coreNeeds, coreProducer, fpNeeds, fpProducer, writtenBase } from "./cortex-m7-operands.ts";
import type { Consumer, FpConsumer, FpProducer, M7Costs, Producer } from "./cortex-m7-costs.ts";
import { type Older, olderOf } from "./cortex-m7-pairing.ts";
import type { Operand, Scoreboard } from "./cortex-m7-scoreboard.ts";
import type { Because } from "./reason.ts";
import { UNIT, unitsOf } from "./cortex-m7-units.ts";
import type { StallCause, TimedInstruction } from "./timing.ts";

/** What conditions depend on. */
const CONDITION_FLAGS = FLAG_BITS.N | FLAG_BITS.Z | FLAG_BITS.C | FLAG_BITS.V;
const SP = 13;

/** What the pipeline asks about an instruction again and again: all that follows from the instruction alone. */
export interface M7Facts {
  /** Who found them: with other costs they are others. */
  readonly by: M7FactsOf;
  readonly units: number;
  readonly fp: boolean;
  readonly needs: readonly Operand[];
  readonly fpNeeds: readonly Operand[];
  /** `needs` when the early ALU is to do it; undefined for what it cannot do. */
  readonly earlyNeeds: readonly Operand[] | undefined;
  /** Register written back with an access, as a mask, and the others written. */
  readonly base: number;
  readonly writes: number;
  /** Producers, by their numbers, of what is written, in the late and in the early ALU. */
  readonly producer: number;
  readonly earlyProducer: number;
  readonly fpProducer: number;
  /** Waits for N, Z, C or V, or for GE, and sets them; Q only accumulates. */
  readonly needsCondition: boolean;
  readonly needsGreater: boolean;
  readonly setsCondition: boolean;
  readonly setsGreater: boolean;
  /** Cycles for which no other instruction issues, and what those after the first go to. */
  readonly occupied: number;
  readonly occupiedBy: StallCause;
  readonly because: Because;
  readonly mayStraddle: boolean;
  /** What the younger slot is told of it while it is open; undefined when it issues alone. */
  readonly asOlder: Older | undefined;
}

/** Finds the facts of instructions, once for each. */
export class M7FactsOf {
  readonly #issue: M7Costs["issue"];
  readonly #core: Scoreboard<Producer, Consumer>;
  readonly #fp: Scoreboard<FpProducer, FpConsumer>;
  readonly #base: number;

  constructor(
    issue: M7Costs["issue"],
    core: Scoreboard<Producer, Consumer>,
    fp: Scoreboard<FpProducer, FpConsumer>,
  ) {
    this.#issue = issue;
    this.#core = core;
    this.#fp = fp;
    this.#base = core.numberOf("base");
  }

  /** The number of the producer of a base that is written back. */
  get baseProducer(): number {
    return this.#base;
  }

  get(instruction: TimedInstruction): M7Facts {
    const { notes } = instruction.common;
    if (notes !== undefined && "by" in notes && notes.by === this) return notes as M7Facts; // only `#find` writes `by`
    const facts = this.#find(instruction);
    instruction.common.notes = facts;
    return facts;
  }

  #find(instruction: TimedInstruction): M7Facts {
    const { timing, footprint, predicated } = instruction;
    const units = unitsOf(instruction);
    const needs = coreNeeds(instruction);
    const base = writtenBase(footprint);
    const { readsFlags, writesFlags } = footprint;
    const jumps = footprint.jump !== undefined;
    return {
      by: this,
      units,
      fp: timing.startsWith("fp"),
      needs: this.#core.operands(needs),
      fpNeeds: this.#fp.operands(fpNeeds(instruction)),
      earlyNeeds: mayExecuteEarly(instruction)
        ? this.#core.operands(needs.map(({ registers }) => ({ registers, consumer: "early" })))
        : undefined,
      base,
      writes: footprint.writes & ~base,
      producer: this.#core.numberOf(coreProducer(instruction, false)),
      earlyProducer: this.#core.numberOf(coreProducer(instruction, true)),
      fpProducer: this.#fp.numberOf(fpProducer(instruction)),
      needsCondition: (predicated || (readsFlags & CONDITION_FLAGS) !== 0) && !jumps,
      needsGreater: (readsFlags & FLAG_BITS.GE) !== 0 && !jumps,
      setsCondition: (writesFlags & CONDITION_FLAGS) !== 0,
      setsGreater: (writesFlags & FLAG_BITS.GE) !== 0,
      occupied: this.#occupies(instruction),
      occupiedBy: causeOf(instruction),
      because: () => ({ rule: `issue.${timing}` }),
      mayStraddle: mayStraddle(instruction),
      asOlder: (units & UNIT.alone) === 0 ? olderOf(units, footprint.accesses[0]) : undefined,
    };
  }

  #occupies({ timing, footprint }: TimedInstruction): number {
    if (timing.endsWith(".multiple")) return Math.max(1, Math.ceil(footprint.accesses.length / 2));
    if (timing.startsWith("fp")) return 1;
    return this.#issue[timing].cycles;
  }
}

/** ADD, SUB and MOV use the early ALU from the older slot, shifts from either. */
function mayExecuteEarly({ timing }: TimedInstruction): boolean {
  return timing === "shift" || timing === "alu.add" || timing === "move";
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
