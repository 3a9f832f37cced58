import { Builder } from "../../src/isa/builder.ts";
import { Decoder } from "../../src/isa/decoder.ts";
import { footprintOf, type Footprint } from "../../src/isa/footprint.ts";
import type { Statement } from "../../src/isa/ir.ts";
import { matches } from "../../src/isa/pattern.ts";
import { TABLE } from "../../src/isa/table/index.ts";
import { type CaseGroup, type CaseState, CODE_LIMIT, CODE_MIDDLE, DATA, stateOf, TARGETS } from "./cases.ts";
import type { Form } from "./forms.ts";
import { isPredictable } from "./predictable.ts";
import type { Random } from "./random.ts";

const DECODER = new Decoder(TABLE, new Set(["v7-M", "DSP"]));

/** One instruction, placed and lowered. */
export interface Placed {
  readonly word: number;
  readonly size: 2 | 4;
  readonly fields: Readonly<Record<string, number>>;
  readonly statements: readonly Statement[];
  readonly footprint: Footprint;
}

function fieldValue(random: Random, name: string, width: number): number {
  const all = 2 ** width;
  if (width > 3 && !name.startsWith("R") && random.chance(0.25)) {
    return random.pick([0, 1, all - 1, all / 2, all / 2 - 1]);
  }
  return random.below(all);
}

/** A random legal instruction of the form at `pc`; undefined when chance found none. */
export function randomInstruction(
  random: Random,
  form: Form,
  pc: number,
  inITBlock: boolean,
  tries = 400,
): Placed | undefined {
  const { pattern } = form.spec;
  for (let attempt = 0; attempt < tries; attempt++) {
    const fields: Record<string, number> = {};
    for (const { name, width } of pattern.fields) {
      fields[name] = form.fixed[name] ?? fieldValue(random, name, width);
    }
    if (fields["Rm2"] !== undefined) fields["Rm2"] = fields["Rm"]!;
    let word = pattern.match | pattern.shouldBe;
    for (const { name, lsb } of pattern.fields) word |= fields[name]! << lsb;
    word >>>= 0;
    if (!matches(pattern, word)) continue;
    const fill = { row: form.insn.name, encoding: form.encoding, spec: form.spec, f: fields, inITBlock };
    if (!isPredictable(fill)) continue;
    const size = pattern.width === 16 ? 2 : 4;
    const decoded = DECODER.decode(word, size, { inITBlock });
    if (decoded?.insn !== form.insn || decoded.encoding !== form.encoding) continue;
    const builder = new Builder(pc);
    form.insn.sem(decoded.o, builder);
    const { statements } = builder;
    return { word, size, fields, statements, footprint: footprintOf(statements) };
  }
  return undefined;
}

/** Whether an access must be aligned. */
function mustAlign(statements: readonly Statement[]): boolean {
  return statements.some((s) => {
    if (s.k === "if") return mustAlign(s.body);
    return (s.k === "load" || s.k === "store") && s.aligned;
  });
}

const mayDivideByZero = (statements: readonly Statement[]): boolean =>
  statements.some((s) =>
    s.k === "if" ? mayDivideByZero(s.body) : s.k === "fault" && s.kind === "DIVBYZERO",
  );

const registersIn = (mask: number): number[] =>
  Array.from({ length: 15 }, (_, n) => n).filter((n) => ((mask >>> n) & 1) === 1);

/**
 * Whether `steer` can lead the instruction's address into DATA, or its jump into code: not if a base is its own index,
 * nor if what it loads to the PC lies among the code, nor if R13 and its offset cannot give the alignment that is needed,
 * nor if the PC becomes a stack address.
 */
export function isSteerable({ footprint, statements }: Placed): boolean {
  const { accesses, jump, addressReads, reads } = footprint;
  const [access] = accesses;
  if (access?.index === true && access.base !== undefined && registersIn(addressReads).length < 2)
    return false;
  if (access !== undefined && jump?.kind === "interwork" && access.base === undefined) return false;
  if (access?.base === 13 && (access.offset & 3) !== 0 && mustAlign(statements)) return false;
  return !(
    jump !== undefined &&
    jump.target === undefined &&
    access === undefined &&
    (reads & (1 << 13)) !== 0
  );
}

/** Sets the registers that make an address or a jump's target, or become a stack pointer. */
export function steer(
  random: Random,
  { statements, footprint, fields }: Placed,
  { r }: CaseState,
  { unaligned = false, landing = false }: GroupOptions = {},
): void {
  // Bits that are to be zero, in whichever register MSR writes from: MSP and PSP are aligned, CONTROL has 3 bits.
  const SYSm = fields["SYSm"];
  if (SYSm === 8 || SYSm === 9) for (let n = 0; n < 15; n++) r[n]! &= ~3;
  if (SYSm === 20) for (let n = 0; n < 15; n++) if (n !== 13) r[n]! &= 7;
  const { accesses, jump } = footprint;
  const [access] = accesses;
  if (mayDivideByZero(statements) && random.chance(0.2)) r[fields["Rm"]!] = 0;
  if (access === undefined) {
    if (jump !== undefined && jump.target === undefined) steerJump(random, footprint, r, landing);
    return;
  }
  const { base, offset, bytes } = access;
  const toPC = jump?.kind === "interwork";
  const aligned = !unaligned && (toPC || mustAlign(statements) || random.chance(0.4));
  if (access.index) {
    for (const n of registersIn(footprint.addressReads)) {
      if (n !== base) r[n] = toPC ? 4 * random.below(16) : random.below(256);
    }
  }
  if (base === undefined) return;
  const target = toPC
    ? TARGETS.start + 0x100 + random.below(0xb00)
    : DATA.start + 0x1800 + random.below(0xc00);
  const step = toPC ? 4 : bytes;
  const address = (aligned ? target & ~(Math.max(step, accesses.length > 1 ? 4 : 1) - 1) : target) - offset;
  r[base] = base === 13 ? address & ~3 : address;
}

function steerJump(random: Random, { jump, reads }: Footprint, r: Int32Array, toARM: boolean): void {
  const sum = jump!.kind === "simple" && random.chance(0.5);
  for (const n of registersIn(reads)) {
    // MOV to the PC takes an address, ADD an offset; either does for the other as long as it stays low.
    r[n] = sum ? 2 * random.below(0x1000) : random.below(CODE_LIMIT / 4);
    if (jump!.kind !== "simple") r[n] = toARM ? r[n] & ~3 : r[n] | 1;
  }
}

/** Code of instructions, in the order of memory. */
export function assemble(words: readonly { readonly word: number; readonly size: 2 | 4 }[]): Uint8Array {
  const bytes: number[] = [];
  for (const { word, size } of words) {
    if (size === 4) bytes.push((word >>> 16) & 0xff, word >>> 24);
    bytes.push(word & 0xff, (word >>> 8) & 0xff);
  }
  return Uint8Array.from(bytes);
}

export const narrow = (word: number) => ({ word, size: 2 as const });
export const wide = (word: number) => ({ word: word >>> 0, size: 4 as const });
const IT_ONE = 0b1000;

/** What makes the effect of a system instruction visible: further instructions before and behind it. */
function company(random: Random, form: Form, { fields, word }: Placed) {
  const none = { before: [], behind: [] };
  const other = random.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].filter((n) => n !== fields["Rn"]));
  switch (form.insn.name) {
    case "STREX":
      // LDREX of the same address opens the monitor.
      return {
        ...none,
        before: [wide(0xe850_0f00 | (fields["Rn"]! << 16) | (other << 12) | fields["imm8"]!)],
      };
    case "STREXB":
    case "STREXH":
      return { ...none, before: [wide((word & 0xfff_0000) | 0xe010_0f0f | (word & 0x70) | (other << 12))] };
    case "MSR":
      return {
        // BASEPRI_MAX depends on what BASEPRI was.
        before: fields["SYSm"] === 18 ? [wide(0xf380_8811 | (other << 16))] : [],
        behind: [wide(0xf3ef_8000 | (other << 8) | fields["SYSm"]!)],
      };
    case "MRS":
      return { ...none, before: [wide(0xf380_8800 | (other << 16) | fields["SYSm"]!)] };
    case "CPS":
      return { ...none, behind: [wide(0xf3ef_8010), wide(0xf3ef_8113)] }; // MRS R0, PRIMASK; MRS R1, FAULTMASK
    default:
      return none;
  }
}

/** How the cases of a group are to be. */
export interface GroupOptions {
  /** Addresses are not aligned where they would have to be, so that many cases fault. */
  readonly unaligned?: boolean;
  /**
   * UDF behind the code, which takes control back where only exceptions are seen. Then there are no jumps but BX and BLX to
   * an even address, and nothing that hides exceptions.
   */
  readonly landing?: boolean;
}

/** Rows that change which exceptions are taken, or the stack that they use, or skip what follows. */
const HIDES_EXCEPTIONS = /^(MRS|MSR|CPS|WFI|WFE|BKPT|IT)$/;
export const UDF = narrow(0xde00);

function landsOnUDF(form: Form, { footprint }: Placed): boolean {
  const { jump, accesses } = footprint;
  if (HIDES_EXCEPTIONS.test(form.insn.name)) return false;
  return jump === undefined || (jump.target === undefined && jump.kind !== "simple" && accesses.length === 0);
}

/** A case group of the form with `states` random states; undefined when the form has no legal fill. */
export function randomGroup(
  random: Random,
  form: Form,
  states: number,
  options: GroupOptions = {},
): CaseGroup | undefined {
  const pc = CODE_MIDDLE + 2 * random.below(64);
  const inITBlock = random.chance(0.2);
  const open = inITBlock ? [narrow(0xbf00 | (random.below(14) << 4) | IT_ONE)] : [];
  for (let attempt = 0; attempt < 8; attempt++) {
    const placed = randomInstruction(random, form, pc + 2 * open.length, inITBlock);
    if (placed === undefined) return inITBlock ? randomGroup(random, form, states, options) : undefined;
    if (!isSteerable(placed)) continue;
    if (options.landing === true && !landsOnUDF(form, placed)) continue;
    const { before, behind } = random.chance(0.8)
      ? company(random, form, placed)
      : { before: [], behind: [] };
    const words = [...before, ...open, placed, ...behind];
    const seeds = Array.from({ length: states }, () => random.word());
    return {
      form: form.name,
      pc,
      code: assemble(options.landing === true ? [...words, UDF] : words),
      count: words.length,
      states: seeds.map((seed) => {
        const state = stateOf(seed);
        steer(random, placed, state, options);
        return state;
      }),
    };
  }
  return undefined;
}

/**
 * Forms that unicorn cannot judge: exceptions and sleep, which it leaves to its host, and coprocessors. They have
 * programs of their own, which qemu-system-arm judges.
 */
const NOT_UNICORN = /^(SVC|BKPT|WFI|WFE|YIELD|CDP|MCR|MRC|MCRR|MRRC|LDC|STC)\b/;

export const hasUnicorn = ({ insn }: Pick<Form, "insn">): boolean => !NOT_UNICORN.test(insn.name);
