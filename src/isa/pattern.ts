import { InternalError } from "../errors.ts";

/** Field names appearing in an encoding pattern, computed by the type checker. */
export type FieldsOf<P extends string> = P extends `${infer Head} ${infer Tail}`
  ? FieldOf<Head> | FieldsOf<Tail>
  : FieldOf<P>;
type FieldOf<T extends string> = T extends `(${string})`
  ? never
  : T extends `${infer Name}:${number}!${string}`
    ? Name
    : T extends `${infer Name}:${number}`
      ? Name
      : never;

export interface Field {
  readonly name: string;
  readonly lsb: number;
  readonly width: number;
}

/** A value that a field must not have: the encoding then belongs to another row ("SEE …" in the Arm ARM). */
export interface Exclusion {
  readonly field: Field;
  readonly value: number;
}

/** Bit pattern of one encoding; a 32-bit one has its first halfword in the upper half. */
export interface Pattern {
  readonly text: string;
  readonly width: 16 | 32;
  /** Bits that are fixed, and their values. */
  readonly mask: number;
  readonly match: number;
  /** Values of the should-be bits, `(0)` and `(1)`: other values are UNPREDICTABLE and are decoded all the same. */
  readonly shouldBe: number;
  readonly fields: readonly Field[];
  readonly excludes: readonly Exclusion[];
}

const TOKEN = /^([A-Za-z]\w*):(\d+)((?:![01]+)*)$/;

function widthOf(token: string): number {
  const field = TOKEN.exec(token);
  if (field) return Number(field[2]);
  return token.startsWith("(") ? token.length - 2 : token.length;
}

/**
 * Parses pattern text: fixed bits (`11101`), should-be bits (`(0)`), fields (`Rn:4`) and fields with excluded values
 * (`Rn:4!1111!1101`), from bit 31 or 15 down to bit 0.
 */
export function pattern(text: string): Pattern {
  const tokens = text.trim().split(/\s+/);
  const width = tokens.reduce((sum, token) => sum + widthOf(token), 0);
  if (width !== 16 && width !== 32) throw new InternalError(`pattern "${text}" has ${width} bits`);
  let bit = width;
  let mask = 0;
  let match = 0;
  let shouldBe = 0;
  const fields: Field[] = [];
  const excludes: Exclusion[] = [];
  for (const token of tokens) {
    bit -= widthOf(token);
    const named = TOKEN.exec(token);
    if (named) {
      const field = { name: named[1]!, lsb: bit, width: Number(named[2]) };
      fields.push(field);
      for (const value of named[3]!.split("!").slice(1)) excludes.push({ field, value: parseInt(value, 2) });
    } else if (/^[01]+$/.test(token)) {
      mask |= (2 ** token.length - 1) << bit;
      match |= parseInt(token, 2) << bit;
    } else if (/^\([01]+\)$/.test(token)) {
      shouldBe |= parseInt(token.slice(1, -1), 2) << bit;
    } else throw new InternalError(`pattern "${text}" has the bad token "${token}"`);
  }
  return { text, width, mask: mask >>> 0, match: match >>> 0, shouldBe: shouldBe >>> 0, fields, excludes };
}

/** Value of `field` in `word`, unsigned. */
export function extract(word: number, field: Field): number {
  return (word >>> field.lsb) & ((1 << field.width) - 1);
}

/** Whether `word` is of this pattern. */
export function matches(p: Pattern, word: number): boolean {
  if ((word & p.mask) >>> 0 !== p.match) return false;
  for (const { field, value } of p.excludes) if (extract(word, field) === value) return false;
  return true;
}
