/** Slots that are remembered, a power of two. */
export const HINTS = 64;

/** What a `LineStore` keeps. */
export interface LineStoreWords {
  /** Of each way of each set: the line's number, -1 for none. */
  readonly lines: Int32Array;
  /** Its sectors that are there, one bit each. */
  readonly sectors: Uint8Array;
  /** Of each set: the way that goes next. */
  readonly oldest: Uint16Array;
  /** Slots in which lines were found last, by the low bits of the line: where to look first. */
  readonly hints?: Uint16Array;
}

/**
 * Lines that a flash accelerator or line buffer holds: sets of a few ways, each line in sectors that are filled one by
 * one. The oldest line of a set goes first, since hits are not reported to the model (an LRU store differs only when a
 * line is used again between its fill and its eviction).
 */
export class LineStore {
  readonly #hints: Uint16Array;
  readonly #sets: number;
  readonly #ways: number;
  readonly #words: LineStoreWords;

  /**
   * @param ways 0 makes a store that never holds anything
   * @param words where its state is kept; its own place when absent
   */
  constructor(sets: number, ways: number, words?: LineStoreWords) {
    this.#sets = sets;
    this.#ways = ways;
    const slots = sets * ways;
    this.#words = words ?? {
      lines: new Int32Array(slots),
      sectors: new Uint8Array(slots),
      oldest: new Uint16Array(sets),
    };
    this.#hints = this.#words.hints ?? new Uint16Array(HINTS);
    this.clear();
  }

  has(line: number, sector: number): boolean {
    const slot = this.#find(line);
    return slot >= 0 && ((this.#words.sectors[slot]! >>> sector) & 1) === 1;
  }

  /** Puts a sector in. @returns the line that has gone for it, -1 if none has */
  add(line: number, sector: number): number {
    if (this.#ways === 0) return -1;
    const { lines, sectors, oldest } = this.#words;
    const present = this.#find(line);
    if (present >= 0) {
      sectors[present]! |= 1 << sector;
      return -1;
    }
    const set = line % this.#sets;
    const slot = set * this.#ways + oldest[set]!;
    oldest[set] = (oldest[set]! + 1) % this.#ways;
    const victim = lines[slot]!;
    lines[slot] = line;
    sectors[slot] = 1 << sector;
    this.#hints[line & (HINTS - 1)] = slot;
    return victim;
  }

  /** Place of the line; -1 when it is not there. */
  #find(line: number): number {
    const { lines } = this.#words;
    const hint = this.#hints[line & (HINTS - 1)]!;
    if (lines[hint] === line) return hint;
    const first = (line % this.#sets) * this.#ways;
    for (let slot = first; slot < first + this.#ways; slot++) {
      if (lines[slot] !== line) continue;
      this.#hints[line & (HINTS - 1)] = slot;
      return slot;
    }
    return -1;
  }

  clear(): void {
    this.#words.lines.fill(-1);
    this.#words.sectors.fill(0);
    this.#words.oldest.fill(0);
  }

  save(): LineStoreWords {
    const { lines, sectors, oldest } = this.#words;
    return { lines: lines.slice(), sectors: sectors.slice(), oldest: oldest.slice() };
  }
  restore(saved: LineStoreWords): void {
    this.#words.lines.set(saved.lines);
    this.#words.sectors.set(saved.sectors);
    this.#words.oldest.set(saved.oldest);
  }
}
