import type { AnyInsn, Encoding } from "../../src/isa/insn.ts";
import { TABLE } from "../../src/isa/table/index.ts";

/** One form: an encoding of a row with the values of the fields that choose between its variants. */
export interface Form {
  /** Row, encoding and choices, e.g. `SMLAD, SMLADX/T1 M=1`. */
  readonly name: string;
  readonly insn: AnyInsn;
  readonly encoding: string;
  readonly spec: Encoding<unknown>;
  readonly fixed: Readonly<Record<string, number>>;
}

/** Fields that choose a variant rather than an operand; of B and BL, S is the sign of the offset. */
const CHOICES = new Set([
  "S",
  "type",
  "P",
  "U",
  "W",
  "N",
  "M",
  "R",
  "sh",
  "tb",
  "op",
  "H",
  "im",
  "cond",
  "SYSm",
]);

/** Special registers that MRS and MSR reach: xPSR, the stack pointers, the masks, CONTROL. */
const SYSM = [0, 1, 2, 3, 8, 9, 16, 17, 18, 19, 20];

/** Raw fields of `word` by `spec`. */
export function fieldsOf(spec: Encoding<unknown>, word: number): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const { name, lsb, width } of spec.pattern.fields) fields[name] = (word >>> lsb) & (2 ** width - 1);
  return fields;
}

/** The form that `word` belongs to, given its row and encoding. */
export function formName(insn: AnyInsn, encoding: string, word: number): string {
  const spec = insn.encodings[encoding]!;
  const fields = fieldsOf(spec, word);
  const chosen = choicesOf(insn, spec).map((name) => ` ${name}=${fields[name]}`);
  return `${insn.name}/${encoding}${chosen.join("")}`;
}

function choicesOf(insn: AnyInsn, spec: Encoding<unknown>): string[] {
  if (insn.name === "B" || insn.name === "BL")
    return spec.pattern.fields.map((f) => f.name).filter((n) => n === "cond");
  return spec.pattern.fields.map((f) => f.name).filter((n) => CHOICES.has(n));
}

/** All forms of the rows outside floating point and coprocessors. */
export function integerForms(): Form[] {
  const forms: Form[] = [];
  for (const insn of TABLE) {
    if (insn.feature !== "v7-M" && insn.feature !== "DSP") continue;
    for (const [encoding, spec] of Object.entries(insn.encodings)) {
      for (const fixed of variants(insn, spec)) forms.push(makeForm(insn, encoding, spec, fixed));
    }
  }
  return forms;
}

function makeForm(insn: AnyInsn, encoding: string, spec: Encoding<unknown>, fixed: Form["fixed"]): Form {
  const chosen = Object.entries(fixed).map(([name, value]) => ` ${name}=${value}`);
  return { name: `${insn.name}/${encoding}${chosen.join("")}`, insn, encoding, spec, fixed };
}

function variants(insn: AnyInsn, spec: Encoding<unknown>): Record<string, number>[] {
  let all: Record<string, number>[] = [{}];
  for (const name of choicesOf(insn, spec)) {
    const { width } = spec.pattern.fields.find((f) => f.name === name)!;
    const values = name === "SYSm" ? SYSM : Array.from({ length: 2 ** width }, (_, value) => value);
    all = all.flatMap((v) => values.map((value) => ({ ...v, [name]: value })));
  }
  return all;
}
