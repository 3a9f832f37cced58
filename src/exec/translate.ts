import type { Decoded, Decoder } from "../isa/decoder.ts";
import { isWide } from "../isa/decoder.ts";
import { Builder } from "../isa/builder.ts";
import { footprintOf } from "../isa/footprint.ts";
import type { OperandRoles, TimingClass } from "../isa/insn.ts";
import type { I32, Statement } from "../isa/ir.ts";
import { ConditionHolds } from "../isa/pseudocode.ts";
import type { TimedInstruction } from "../timing/timing.ts";
import type { Operation } from "./operations.ts";

/** One instruction of a block: decoded, lowered to IR, with all that is known before it runs. */
export interface TranslatedInstruction extends TimedInstruction {
  /** Undefined for an UNDEFINED encoding. */
  readonly decoded: Decoded | undefined;
  readonly statements: readonly Statement[];
  /** Its IT condition, when it has one that can fail. */
  readonly condition: I32 | undefined;
  /** ITSTATE before it and after it. */
  readonly itBefore: number;
  readonly itAfter: number;
  readonly common: Common;
}

/** What is made once for all instructions that are the same wherever they lie. */
interface Common {
  /** What the engine that they were translated for executes. */
  operation: Operation | undefined;
  notes: object | undefined;
}

/** Why nothing can be executed at an address. */
export type FetchFault = "IBUSERR" | "IACCVIOL";

/** A run of instructions from where control arrives to where it may leave. */
export interface CodeBlock {
  readonly pc: number;
  readonly itState: number;
  readonly instructions: readonly TranslatedInstruction[];
  /** Address after the last instruction. */
  readonly end: number;
  /** Set when there is no instruction because the first could not be fetched. */
  readonly fetchFault: FetchFault | undefined;
}

/** Where instructions come from: a halfword, or why there is none. */
export type Fetch = (address: number) => number | FetchFault;

/** Effects after which the engine must look around: the block ends behind them. */
const ENDING_EFFECTS = new Set(["SVC", "BKPT", "WFI", "WFE", "CPS", "MSR", "ISB"]);

const NO_ROLES: OperandRoles = {};
const UNDEFINED_STATEMENTS: readonly Statement[] = [{ k: "fault", kind: "UNDEFINSTR", when: null }];

/** Longest block, in instructions: bounds the work that one interrupt has to wait for. */
export const MAX_BLOCK = 64;

/** ITSTATE after one instruction. @source Armv7-M ARM, "ITAdvance()" */
export function itAdvance(it: number): number {
  return (it & 0b111) === 0 ? 0 : (it & 0b1110_0000) | ((it << 1) & 0b1_1111);
}

/** Key of a place in code: its address and ITSTATE in one number, which is small outside IT blocks. */
export const codeKey = (pc: number, itState: number): number => (itState === 0 ? pc : -(pc * 256 + itState));

/**
 * Decodes instructions and lowers them to blocks of IR. Pure but for `fetch`. What lies at an address is lowered once, and
 * so is an encoding that means the same at all of them.
 */
export class Translator {
  readonly #decoder: Decoder;
  readonly #fetch: Fetch;
  /** By address and ITSTATE. */
  readonly #known = new Map<number, TranslatedInstruction>();
  /** By encoding and ITSTATE: instructions in which their address does not occur. */
  readonly #anywhere = new Map<number, TranslatedInstruction>();
  readonly #isShared: (pc: number) => boolean;

  /** @param isShared whether data accesses can take the turns of fetches at an address; always the same for one */
  constructor(decoder: Decoder, fetch: Fetch, isShared: (pc: number) => boolean = () => false) {
    this.#decoder = decoder;
    this.#fetch = fetch;
    this.#isShared = isShared;
  }

  /**
   * @param stop addresses before which a block must end, so that control is seen to arrive there
   * @param limit most instructions in the block
   */
  translate(pc: number, itState: number, stop: ReadonlySet<number>, limit = MAX_BLOCK): CodeBlock {
    const instructions: TranslatedInstruction[] = [];
    let address = pc;
    let it = itState;
    let fetchFault: FetchFault | undefined;
    while (instructions.length < limit && (instructions.length === 0 || !stop.has(address))) {
      const next = this.#one(address, it);
      if (typeof next === "string") {
        if (instructions.length === 0) fetchFault = next;
        break;
      }
      instructions.push(next);
      address = (address + next.size) >>> 0;
      it = next.itAfter;
      if (endsBlock(next)) break;
    }
    return { pc, itState, instructions, end: address, fetchFault };
  }

  #one(pc: number, it: number): TranslatedInstruction | FetchFault {
    const first = this.#fetch(pc);
    if (typeof first === "string") return first;
    let word = first;
    let size: 2 | 4 = 2;
    if (isWide(first)) {
      const second = this.#fetch((pc + 2) >>> 0);
      if (typeof second === "string") return second;
      word = ((first << 16) | second) >>> 0;
      size = 4;
    }
    const key = codeKey(pc, it);
    const known = this.#known.get(key);
    if (known?.decoded?.word === word) return known;
    const lowered = this.#lower(word, pc, size, it);
    const { accesses, jump } = lowered.footprint;
    const mayContend = accesses.length > 0 && jump === undefined && this.#isShared(pc);
    const instruction = mayContend ? { ...lowered, mayContend, common: newCommon() } : lowered;
    this.#known.set(key, instruction);
    return instruction;
  }

  #lower(word: number, pc: number, size: 2 | 4, it: number): TranslatedInstruction {
    const key = codeKey(word, it);
    const same = this.#anywhere.get(key);
    if (same !== undefined) return { ...same, pc };
    const decoded = this.#decoder.decode(word, size, { inITBlock: (it & 0xf) !== 0 });
    const builder = new Builder(pc);
    const instruction = lower(decoded ?? undefined, word, pc, size, it, builder);
    if (!builder.usesPC) this.#anywhere.set(key, instruction);
    return instruction;
  }
}

const newCommon = (): Common => ({ operation: undefined, notes: undefined });

/** A word of the coprocessor space that names the FPU. @source Armv7-M ARM, "Coprocessor instructions" */
function isFloatingPointSpace(word: number, size: 2 | 4): boolean {
  return size === 4 && ((word >>> 26) & 0b111011) === 0b111011 && (word & 0x0e00) === 0x0a00;
}

function lower(
  decoded: Decoded | undefined,
  word: number,
  pc: number,
  size: 2 | 4,
  it: number,
  builder: Builder,
): TranslatedInstruction {
  const inITBlock = (it & 0xf) !== 0;
  const cond = it >> 4;
  const predicated = inITBlock && cond < 0b1110 && decoded?.insn.unconditional !== true;
  const statements = decoded === undefined ? undefinedStatements(word, size) : semanticsOf(decoded, builder);
  const first = statements[0];
  return {
    pc,
    size,
    predicated,
    condition: predicated ? ConditionHolds(new Builder(pc), cond) : undefined,
    itBefore: it,
    itAfter:
      first?.k === "effect" && first.effect.name === "IT"
        ? (first.effect.firstcond << 4) | first.effect.mask
        : itAdvance(inITBlock ? it : 0),
    decoded,
    statements,
    footprint: footprintOf(statements),
    timing: decoded === undefined ? "exception" : timingOf(decoded),
    roles: decoded?.insn.roles?.(decoded.o) ?? NO_ROLES,
    common: newCommon(),
  };
}

/** Without access to the FPU its whole space is NOCP, whether the word means something or not. */
const undefinedStatements = (word: number, size: 2 | 4): readonly Statement[] =>
  isFloatingPointSpace(word, size) ? [{ k: "fpCheck" }, ...UNDEFINED_STATEMENTS] : UNDEFINED_STATEMENTS;

function semanticsOf({ insn, o }: Decoded, builder: Builder): readonly Statement[] {
  insn.sem(o, builder);
  return builder.statements;
}

const timingOf = ({ insn, o }: Decoded): TimingClass =>
  typeof insn.timing === "function" ? insn.timing(o) : insn.timing;

const endsBlock = ({ footprint, statements, decoded, mayContend }: TranslatedInstruction): boolean =>
  footprint.jump !== undefined || decoded === undefined || mayContend === true || statements.some(isEnding);

function isEnding(s: Statement): boolean {
  if (s.k === "effect") return ENDING_EFFECTS.has(s.effect.name);
  return s.k === "fault" && s.when === null;
}
