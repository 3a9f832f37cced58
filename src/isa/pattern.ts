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

const NAMED = /^([A-Za-z]\w*):(\d+)((?:![01]+)*)$/;
const BITS = /^(?:[01]+|\([01]+\))$/;

/**
 * Parses pattern text: fixed bits (`11101`), should-be bits (`(0)`), fields (`Rn:4`) and fields with excluded values
 * (`Rn:4!1111!1101`), from bit 31 or 15 down to bit 0.
 */
export function pattern(text: string): Pattern {
  let bit = 0;
  let mask = 0;
  let match = 0;
  let shouldBe = 0;
  const fields: Field[] = [];
  const excludes: Exclusion[] = [];
  for (const token of text.trim().split(/\s+/).toReversed()) {
    if (BITS.test(token)) {
      const digits = token.startsWith("(") ? token.slice(1, -1) : token;
      if (digits === token) {
        mask |= (2 ** digits.length - 1) << bit;
        match |= parseInt(digits, 2) << bit;
      } else shouldBe |= parseInt(digits, 2) << bit;
      bit += digits.length;
      continue;
    }
    const [, name, width, excluded] = NAMED.exec(token) ?? [];
    if (name === undefined || width === undefined)
      throw new InternalError(`pattern "${text}" has the bad token "${token}"`);
    const field = { name, lsb: bit, width: Number(width) };
    fields.unshift(field);
    bit += field.width;
    if (excluded === undefined || excluded === "") continue;
    const values = excluded.slice(1).split("!");
    excludes.unshift(...values.map((value) => ({ field, value: parseInt(value, 2) })));
  }
  if (bit !== 16 && bit !== 32) throw new InternalError(`pattern "${text}" has ${bit} bits`);
  return {
    text,
    width: bit,
    mask: mask >>> 0,
    match: match >>> 0,
    shouldBe: shouldBe >>> 0,
    fields,
    excludes,
  };
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
