import { type CaseGroup, type CaseState, CODE_MIDDLE, DATA, stateOf } from "./cases.ts";
import { type Form, integerForms } from "./forms.ts";
import { assemble, narrow, type Placed, randomInstruction, UDF, wide } from "./generator.ts";
import type { Random } from "./random.ts";

/** What stands for a form in a group that is a program. */
export const PROGRAM = "random program";

/** Registers that hold addresses all through a program. */
interface Bases {
  readonly low: number;
  readonly high: number;
}

/** Rows that cannot stand in a straight line, or whose effect a line cannot show. */
const LEFT_OUT =
  /^(IT|SVC|BKPT|UDF|WFI|WFE|YIELD|MRS|MSR|CPS|STREX|CDP|MCRR?|MRR?C|LDC|STC|B|BL|BX|BLX|CB|TB)/;
/** BFC, BFI and BIC begin with a B as branches do. */
const KEPT = /^(BF|BIC)/;
const FORMS: readonly Form[] = integerForms().filter(
  ({ insn }) => KEPT.test(insn.name) || !LEFT_OUT.test(insn.name),
);

const bit = (mask: number, n: number): boolean => ((mask >>> n) & 1) === 1;

/** Forgets the rest of an IT block in QEMU 5.0; see `explanation` in oracle/lockstep.ts. */
const NOT_IN_IT = "ISB";

/** Whether the instruction keeps the bases and reaches nothing but DATA and the code around it. */
function fits({ footprint, statements }: Placed, { low, high }: Bases, inITBlock: boolean): boolean {
  const { writes, jump, accesses, addressReads } = footprint;
  if (jump !== undefined || bit(writes, low) || bit(writes, high) || bit(writes, 13)) return false;
  const [access] = accesses;
  if (access === undefined) return true;
  const { base, index, offset } = access;
  if (base === undefined) return !index;
  if (base !== low && base !== high && base !== 13) return false;
  // A register that is added to the address is made small first, which an IT block leaves no room for.
  if (index) {
    const others = addressReads & ~(1 << base);
    return !inITBlock && others !== 0 && !bit(others, low) && !bit(others, high) && !bit(others, 13);
  }
  const aligned = statements.some((s) => (s.k === "load" || s.k === "store") && s.aligned);
  return !aligned || (offset & 3) === 0;
}

/** With `landing`, UDF follows the program, as `GroupOptions.landing` has it; such programs are not for unicorn. */
interface ProgramOptions {
  readonly landing?: boolean;
}

function nextInstruction(
  random: Random,
  pc: number,
  bases: Bases,
  inITBlock: boolean,
  { landing = false }: ProgramOptions,
): Placed {
  for (;;) {
    const form = random.pick(FORMS);
    if (inITBlock && !landing && form.insn.name === NOT_IN_IT) continue;
    const placed = randomInstruction(random, form, pc, inITBlock, 4);
    if (placed !== undefined && fits(placed, bases, inITBlock)) return placed;
  }
}

/** UXTB.W of a register to itself: makes an index small. */
const makeSmall = (n: number) => wide(0xfa5f_f080 | (n << 8) | n);

/** A program of about `length` instructions without jumps, with IT blocks, and `states` states to start from. */
export function randomProgram(
  random: Random,
  length: number,
  states: number,
  options: ProgramOptions = {},
): CaseGroup {
  const bases = { low: random.below(8), high: 8 + random.below(5) };
  const pc = CODE_MIDDLE + 2 * random.below(64);
  const words: { readonly word: number; readonly size: 2 | 4 }[] = [];
  let at = pc;
  const put = (one: { readonly word: number; readonly size: 2 | 4 }): void => {
    words.push(one);
    at += one.size;
  };
  while (words.length < length) {
    const block = random.chance(0.15) ? 1 + random.below(4) : 0;
    if (block > 0) {
      // The mask: a one behind as many condition bits as there are further instructions.
      put(narrow(0xbf00 | (random.below(14) << 4) | ((((random.below(16) << 1) | 1) << (4 - block)) & 0xf)));
      for (let i = 0; i < block; i++) put(nextInstruction(random, at, bases, true, options));
      continue;
    }
    const next = nextInstruction(random, at, bases, false, options);
    if (next.footprint.accesses[0]?.index !== true) {
      put(next);
      continue;
    }
    const others = next.footprint.addressReads & ~(1 << next.footprint.accesses[0].base!);
    put(makeSmall(31 - Math.clz32(others)));
    put({ word: next.word, size: next.size });
  }
  return {
    form: PROGRAM,
    pc,
    code: assemble(options.landing === true ? [...words, UDF] : words),
    count: words.length,
    states: Array.from({ length: states }, () => programState(random, bases)),
  };
}

function programState(random: Random, { low, high }: Bases): CaseState {
  const state = stateOf(random.word());
  for (const n of [low, high]) state.r[n] = DATA.start + 0x1800 + 4 * random.below(0x100);
  return state;
}
