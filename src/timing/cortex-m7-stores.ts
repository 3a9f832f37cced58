import type { Footprint } from "../isa/footprint.ts";
import type { M7Costs } from "./cortex-m7-costs.ts";

/** Work is counted in fifths of a cycle, so that that of stores in turn is a whole number. */
const PART = 5;
/** No store is under way whose address could be compared. */
const NONE = -1;
/** Bytes after which the two banks repeat. */
const BANKS = 8;

/**
 * Stores of bytes and halfwords on their way to a TCM or the cache, which takes them by reading and writing the word.
 * What is known of the last one's address is its base register and the constant; that decides, as measured for each
 * pattern, how much work the next one adds. Words and multiples drain as fast as they issue and are not seen here;
 * unaligned stores, which only run time knows, are with the memory.
 */
export class NarrowStores {
  readonly #places: number;
  readonly #same: number;
  readonly #other: number;
  readonly #inTurn: number;
  /** When all is done, in fifths of cycles. */
  #done = 0;
  /** Base register of the last store, and its offset from what that register holds now. */
  #base = NONE;
  #offset = 0;

  constructor({ places, sameBank, otherBank, fiveInTurn }: M7Costs["stores"]) {
    this.#places = places.cycles;
    this.#same = PART * sameBank.cycles;
    this.#other = PART * otherBank.cycles;
    this.#inTurn = fiveInTurn.cycles;
  }

  restore(state: readonly number[], at: number): void {
    this.#done = state[at]!;
    this.#base = state[at + 1]!;
    this.#offset = state[at + 2]!;
  }
  /** @param earliest cycle at which the next instruction can issue */
  snapshot(state: number[], now: number, earliest: number): void {
    const idle = PART * (earliest - now);
    const done = this.#done - PART * now;
    if (done <= idle) state.push(idle, NONE, 0);
    else state.push(done, this.#base, this.#offset);
  }

  /** First cycle at which a place for the instruction's store is free. */
  readyAt(footprint: Footprint): number | undefined {
    if (!isNarrowStore(footprint)) return undefined;
    return Math.ceil((this.#done - (this.#places - 1) * this.#work(footprint)) / PART);
  }

  issue(footprint: Footprint, cycle: number): void {
    const stores = isNarrowStore(footprint);
    if (stores) {
      const access = footprint.accesses[0]!;
      const start = PART * cycle;
      const work = this.#done > start ? this.#work(footprint) : this.#inTurn;
      const waited = this.#done - (this.#places - 1) * work > start - PART;
      this.#done = Math.max(this.#done, start) + work;
      // Parts of a cycle matter only to stores that wait; without them there are fewer states.
      if (!waited) this.#done = PART * Math.ceil(this.#done / PART);
      this.#base = access.index ? NONE : (access.base ?? NONE);
      this.#offset = this.#base === NONE ? 0 : access.offset & (BANKS - 1);
    }
    if (this.#base === NONE || (footprint.writes & (1 << this.#base)) === 0) return;
    const step = footprint.steps.get(this.#base);
    this.#base = step === undefined ? NONE : this.#base;
    this.#offset = step === undefined ? 0 : (this.#offset - step) & (BANKS - 1);
  }

  /** What a store adds while the one before it is under way. */
  #work({ accesses }: Footprint): number {
    const { base, index, offset, bytes } = accesses[0]!;
    if (this.#base === NONE || index || base !== this.#base) return this.#inTurn;
    const distance = (offset - this.#offset) & (BANKS - 1);
    if (distance === 0) return this.#same;
    return bytes === 1 && (distance === 1 || distance === BANKS - 1) ? this.#inTurn : this.#other;
  }
}

function isNarrowStore({ accesses }: Footprint): boolean {
  const access = accesses[0];
  return access?.kind === "store" && access.bytes < 4;
}
