/** Bytes of a line of the Cortex-M7's caches. */
export const LINE_SHIFT = 5;
/** Taps of x^16 + x^14 + x^13 + x^11 + 1, a maximal sequence, for a register that shifts right. */
export const LFSR_TAPS = 0b1011_0100_0000_0000;
const LFSR_SEED = 0xace1;

/** What a way holds, as bits. */
export const WAY = { valid: 1, dirty: 2, writeBack: 4 } as const;

/** Where the state of a cache is kept. */
export interface CacheWords {
  readonly lines: Int32Array;
  readonly flags: Uint8Array;
  /** One word. */
  readonly random: Int32Array;
}

/** A line that had to go. */
export interface Evicted {
  readonly line: number;
  readonly dirty: boolean;
}

/**
 * Tags of a set-associative cache. An invalid way is filled first, the lowest; else a linear feedback shift register
 * picks the victim, the same in every run. That the replacement is pseudo-random is widely taught and not confirmed by
 * the manual; the register's polynomial and seed are ours. Hits change nothing but the dirty bit.
 */
export class Cache {
  readonly sets: number;
  readonly ways: number;
  readonly #lines: Int32Array;
  readonly #flags: Uint8Array;
  /** The same object each time: misses are frequent. */
  readonly #evicted = { line: 0, dirty: false };
  readonly #random: Int32Array;

  /** @param words of at least as many lines as the cache has; its own when absent */
  constructor(bytes: number, ways: number, words?: CacheWords) {
    const lines = bytes >> LINE_SHIFT;
    this.ways = ways;
    this.sets = lines / ways;
    this.#lines = words?.lines.subarray(0, lines) ?? new Int32Array(lines);
    this.#flags = words?.flags.subarray(0, lines) ?? new Uint8Array(lines);
    this.#random = words?.random ?? new Int32Array(1);
    this.#random[0] = LFSR_SEED;
  }

  setOf(line: number): number {
    return line & (this.sets - 1);
  }
  /** Position of `line` (address / 32), or -1. */
  find(line: number): number {
    const first = this.setOf(line) * this.ways;
    for (let at = first; at < first + this.ways; at++) {
      if (this.#lines[at] === line && (this.#flags[at]! & WAY.valid) !== 0) return at;
    }
    return -1;
  }
  isWriteBack(at: number): boolean {
    return (this.#flags[at]! & WAY.writeBack) !== 0;
  }
  isDirty(at: number): boolean {
    return (this.#flags[at]! & WAY.dirty) !== 0;
  }
  markDirty(at: number): void {
    this.#flags[at]! |= WAY.dirty;
  }
  clean(at: number): void {
    this.#flags[at]! &= ~WAY.dirty;
  }

  /** Brings `line` in, clean. @returns what was evicted for it, if anything was; valid until the next call */
  allocate(line: number, writeBack: boolean): Evicted | undefined {
    const at = this.#victim(this.setOf(line) * this.ways);
    const flags = this.#flags[at]!;
    this.#evicted.line = this.#lines[at]!;
    this.#evicted.dirty = (flags & WAY.dirty) !== 0;
    this.#lines[at] = line;
    this.#flags[at] = writeBack ? WAY.valid | WAY.writeBack : WAY.valid;
    return (flags & WAY.valid) === 0 ? undefined : this.#evicted;
  }
  #victim(first: number): number {
    for (let at = first; at < first + this.ways; at++) if ((this.#flags[at]! & WAY.valid) === 0) return at;
    let random = this.#random[0]!;
    const bit = random & 1;
    random >>>= 1;
    if (bit === 1) random ^= LFSR_TAPS;
    this.#random[0] = random;
    return first + (random & (this.ways - 1));
  }

  invalidate(at: number): void {
    this.#flags[at] = 0;
  }
  invalidateAll(): void {
    this.#flags.fill(0);
  }
  /** Position that the operand of a set/way operation names. @source DDI0489 "DCISW, DCCSW, DCCISW bit assignments" */
  atSetWay(value: number): number {
    const way = this.ways === 1 ? 0 : value >>> (32 - Math.log2(this.ways));
    return ((value >>> LINE_SHIFT) & (this.sets - 1)) * this.ways + way;
  }
  lineAt(at: number): number {
    return this.#lines[at]!;
  }

  save(): { lines: Int32Array; flags: Uint8Array; random: number } {
    return { lines: this.#lines.slice(), flags: this.#flags.slice(), random: this.#random[0]! };
  }
  restore(saved: ReturnType<Cache["save"]>): void {
    this.#lines.set(saved.lines);
    this.#flags.set(saved.flags);
    this.#random[0] = saved.random;
  }
}
