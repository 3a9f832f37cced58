/** One instruction as bits. */
export interface Word {
  readonly word: number;
  readonly size: 2 | 4;
}

export const narrow = (word: number): Word => ({ word, size: 2 });
export const wide = (word: number): Word => ({ word: word >>> 0, size: 4 });

/** A place in the code that jumps name before its address is known. */
export interface Label {
  address: number | undefined;
}

type Item = Word | { readonly size: number; readonly resolve: (pc: number) => readonly Word[] };

/** Condition numbers by name. @source Armv7-M ARM, "Condition codes" */
export const COND = {
  eq: 0,
  ne: 1,
  cs: 2,
  cc: 3,
  mi: 4,
  pl: 5,
  vs: 6,
  vc: 7,
  hi: 8,
  ls: 9,
  ge: 10,
  lt: 11,
} as const;

/** Lays out instructions from `start` on, with jumps to labels. */
export class Assembler {
  readonly start: number;
  readonly #items: Item[] = [];
  #at: number;

  constructor(start: number) {
    this.start = start;
    this.#at = start;
  }

  /** Address of the next instruction. */
  get here(): number {
    return this.#at;
  }
  put(...words: readonly Word[]): this {
    for (const word of words) this.#item(word);
    return this;
  }
  label(): Label {
    return { address: undefined };
  }
  bind(label: Label): this {
    label.address = this.#at;
    return this;
  }
  /** Rd := a 32-bit constant, flags untouched. */
  constant(Rd: number, value: number | Label): this {
    this.#item({
      size: 8,
      resolve: () => {
        const v = typeof value === "number" ? value : value.address! | 1;
        return [move(0xf240_0000, Rd, v & 0xffff), move(0xf2c0_0000, Rd, v >>> 16)];
      },
    });
    return this;
  }
  /** B, wide, with a condition or without. */
  branch(to: Label, cond?: number): this {
    return this.#jump(to, (offset) =>
      cond === undefined ? branchWide(offset, 0x9000) : branchIf(offset, cond),
    );
  }
  call(to: Label): this {
    return this.#jump(to, (offset) => branchWide(offset, 0xd000));
  }
  /** TBB through R`index`, whose value must be below the number of targets. */
  tableBranch(index: number, targets: readonly Label[]): this {
    this.put(wide(0xe8df_f000 | index));
    const bytes = targets.length + (targets.length & 1);
    this.#item({
      size: bytes,
      resolve: (pc) => {
        const offsets = targets.map((t) => (t.address! - pc) >> 1);
        return Array.from({ length: bytes / 2 }, (_, i) =>
          narrow(offsets[2 * i]! | ((offsets[2 * i + 1] ?? 0) << 8)),
        );
      },
    });
    return this;
  }

  /** The code, little-endian. */
  bytes(): Uint8Array {
    const out: number[] = [];
    let pc = this.start;
    for (const item of this.#items) {
      for (const { word, size } of "resolve" in item ? item.resolve(pc) : [item]) {
        if (size === 4) out.push((word >>> 16) & 0xff, word >>> 24);
        out.push(word & 0xff, (word >>> 8) & 0xff);
      }
      pc += item.size;
    }
    return Uint8Array.from(out);
  }

  /**
   * The program at `load`: a vector table, and the code, which begins with what is to be executed first.
   * @param handlers addresses by exception number
   */
  image(load: number, stack: number, handlers: Readonly<Record<number, number>> = {}): Uint8Array {
    const code = this.bytes();
    const bytes = new Uint8Array(this.start - load + code.length);
    const vectors = new DataView(bytes.buffer);
    vectors.setUint32(0, stack, true);
    vectors.setUint32(4, this.start | 1, true);
    for (const [number, address] of Object.entries(handlers))
      vectors.setUint32(4 * Number(number), address | 1, true);
    bytes.set(code, this.start - load);
    return bytes;
  }

  #jump(to: Label, encode: (offset: number) => number): this {
    this.#item({ size: 4, resolve: (pc) => [wide(encode(to.address! - pc - 4))] });
    return this;
  }
  #item(item: Item): void {
    this.#items.push(item);
    this.#at += item.size;
  }
}

/** MOVW or MOVT. @source Armv7-M ARM, "MOV (immediate)" T3, "MOVT" */
function move(opcode: number, Rd: number, imm16: number): Word {
  const [imm4, i, imm3, imm8] = [imm16 >>> 12, (imm16 >>> 11) & 1, (imm16 >>> 8) & 7, imm16 & 0xff];
  return wide(opcode | (i << 26) | (imm4 << 16) | (imm3 << 12) | (Rd << 8) | imm8);
}

/** B T4 and BL. @source Armv7-M ARM, "B" T4 */
function branchWide(offset: number, opcode: number): number {
  const S = offset < 0 ? 1 : 0;
  const J1 = (((offset >> 23) & 1) ^ 1 ^ S) & 1;
  const J2 = (((offset >> 22) & 1) ^ 1 ^ S) & 1;
  const imm10 = (offset >> 12) & 0x3ff;
  const imm11 = (offset >> 1) & 0x7ff;
  return 0xf000_0000 | (S << 26) | (imm10 << 16) | opcode | (J1 << 13) | (J2 << 11) | imm11;
}

/** B T3. @source Armv7-M ARM, "B" T3 */
function branchIf(offset: number, cond: number): number {
  const S = offset < 0 ? 1 : 0;
  const imm6 = (offset >> 12) & 0x3f;
  const [J1, J2] = [(offset >> 18) & 1, (offset >> 19) & 1];
  return (
    0xf000_8000 | (S << 26) | (cond << 22) | (imm6 << 16) | (J1 << 13) | (J2 << 11) | ((offset >> 1) & 0x7ff)
  );
}
