import { extract, matches } from "./pattern.ts";
import type { AnyInsn, DecodeContext, Encoding, Feature } from "./insn.ts";

/** One decoded instruction: the row, which of its encodings, and its operands. */
export interface Decoded {
  readonly insn: AnyInsn;
  readonly encoding: string;
  /** Operands as the row's `asm` and `sem` want them. */
  readonly o: unknown;
  /** The halfword, or first halfword << 16 | second, unsigned. */
  readonly word: number;
  readonly size: 2 | 4;
}

interface Candidate {
  readonly insn: AnyInsn;
  readonly encoding: string;
  readonly spec: Encoding<unknown>;
}

const OUTSIDE_IT: DecodeContext = { inITBlock: false };

/** Whether a first halfword begins a 32-bit instruction. @source Armv7-M ARM, "Thumb instruction set encoding" */
export function isWide(halfword: number): boolean {
  return halfword >>> 11 >= 0b11101;
}

/** Candidates that share some upper bits, collected when such a word is first met. */
class Buckets {
  readonly #all: readonly Candidate[];
  readonly #shift: number;
  readonly #bits: number;
  readonly #buckets: (readonly Candidate[] | undefined)[] = [];

  constructor(all: readonly Candidate[], width: 16 | 32, shift: number, bits: number) {
    this.#all = all.filter((c) => c.spec.pattern.width === width);
    this.#shift = shift;
    this.#bits = 2 ** bits - 1;
  }

  of(word: number): readonly Candidate[] {
    const key = (word >>> this.#shift) & this.#bits;
    return (this.#buckets[key] ??= this.#all.filter(({ spec: { pattern: p } }) => {
      const fixed = (p.mask >>> this.#shift) & this.#bits;
      return (key & fixed) === ((p.match >>> this.#shift) & fixed);
    }));
  }
}

/** Decodes instructions of a core with a given set of features. */
export class Decoder {
  /** By the upper ten bits of a halfword, and by bits 28:20 of a wide word. */
  readonly #narrow: Buckets;
  readonly #wide: Buckets;

  constructor(table: readonly AnyInsn[], features: ReadonlySet<Feature>) {
    const all: Candidate[] = [];
    for (const insn of table) {
      if (!features.has(insn.feature)) continue;
      for (const [encoding, spec] of Object.entries(insn.encodings)) all.push({ insn, encoding, spec });
    }
    this.#narrow = new Buckets(all, 16, 6, 10);
    this.#wide = new Buckets(all, 32, 20, 9);
  }

  /**
   * @param word the halfword, or first halfword << 16 | second
   * @returns null when the encoding is UNDEFINED on this core
   */
  decode(word: number, size: 2 | 4, context: DecodeContext = OUTSIDE_IT): Decoded | null {
    for (const { insn, encoding, spec } of (size === 2 ? this.#narrow : this.#wide).of(word)) {
      if (!matches(spec.pattern, word)) continue;
      const raw: Record<string, number> = {};
      for (const field of spec.pattern.fields) raw[field.name] = extract(word, field);
      const o = spec.operands(raw, context);
      if (o !== null) return { insn, encoding, o, word: word >>> 0, size };
    }
    return null;
  }
}
