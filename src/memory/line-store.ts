/**
 * Lines that a flash accelerator or line buffer holds: sets of a few ways, each line in sectors that are filled one by
 * one. The oldest line of a set goes first, since hits are not reported to the model (an LRU store differs only when a
 * line is used again between its fill and its eviction).
 */
export class LineStore {
  readonly #sets: number;
  readonly #ways: number;
  readonly #lines: Float64Array;
  readonly #sectors: Uint8Array;
  readonly #oldest: Uint16Array;
  readonly #slotOf = new Map<number, number>();

  /** @param ways 0 makes a store that never holds anything */
  constructor(sets: number, ways: number) {
    this.#sets = sets;
    this.#ways = ways;
    this.#lines = new Float64Array(sets * ways).fill(-1);
    this.#sectors = new Uint8Array(sets * ways);
    this.#oldest = new Uint16Array(sets);
  }

  has(line: number, sector: number): boolean {
    const slot = this.#slotOf.get(line);
    return slot !== undefined && ((this.#sectors[slot]! >>> sector) & 1) === 1;
  }

  /** Puts a sector in. @returns whether a line that was present has gone for it */
  add(line: number, sector: number): boolean {
    if (this.#ways === 0) return false;
    const present = this.#slotOf.get(line);
    if (present !== undefined) {
      this.#sectors[present]! |= 1 << sector;
      return false;
    }
    const set = line % this.#sets;
    const slot = set * this.#ways + this.#oldest[set]!;
    this.#oldest[set] = (this.#oldest[set]! + 1) % this.#ways;
    const victim = this.#lines[slot]!;
    if (victim >= 0) this.#slotOf.delete(victim);
    this.#lines[slot] = line;
    this.#sectors[slot] = 1 << sector;
    this.#slotOf.set(line, slot);
    return victim >= 0;
  }

  clear(): void {
    this.#slotOf.clear();
    this.#lines.fill(-1);
    this.#sectors.fill(0);
    this.#oldest.fill(0);
  }

  save(): { lines: Float64Array; sectors: Uint8Array; oldest: Uint16Array } {
    return { lines: this.#lines.slice(), sectors: this.#sectors.slice(), oldest: this.#oldest.slice() };
  }
  restore(saved: ReturnType<LineStore["save"]>): void {
    this.#lines.set(saved.lines);
    this.#sectors.set(saved.sectors);
    this.#oldest.set(saved.oldest);
    this.#slotOf.clear();
    this.#lines.forEach((line, slot) => {
      if (line >= 0) this.#slotOf.set(line, slot);
    });
  }
}
