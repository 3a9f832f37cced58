import type { Footprint } from "../isa/footprint.ts";
import { M7_STORES } from "./cortex-m7-costs.ts";

/** Work is counted in fifths of a cycle, so that that of stores in turn is a whole number. */
const PART = 5;
/** No store is under way whose address could be compared. */
const NONE = -1;
/** Bytes after which the two banks repeat. */
const BANKS = 8;

const PLACES = M7_STORES.places.cycles;
const SAME = PART * M7_STORES.sameBank.cycles;
const OTHER = PART * M7_STORES.otherBank.cycles;
const IN_TURN = M7_STORES.fiveInTurn.cycles;

/**
 * Stores of bytes and halfwords on their way to a TCM or the cache, which takes them by reading and writing the word.
 * What is known of the last one's address is its base register and the constant; that decides, as measured for each
 * pattern, how much work the next one adds. Words and multiples drain as fast as they issue and are not seen here;
 * unaligned stores, which only run time knows, are with the memory.
 */
export class NarrowStores {
  /** When all is done, in fifths of cycles. */
  #done = 0;
  /** Base register of the last store, and its offset from what that register holds now. */
  #base = NONE;
  #offset = 0;

  restore(state: readonly number[], at: number): void {
    this.#done = state[at]!;
    this.#base = state[at + 1]!;
    this.#offset = state[at + 2]!;
  }
  /** @param earliest cycle at which the next instruction can issue */
  snapshot(now: number, earliest: number): number[] {
    const idle = PART * (earliest - now);
    const done = this.#done - PART * now;
    return done <= idle ? [idle, NONE, 0] : [done, this.#base, this.#offset];
  }

  /** First cycle at which a place for the instruction's store is free. */
  readyAt(footprint: Footprint): number | undefined {
    if (!isNarrowStore(footprint)) return undefined;
    return Math.ceil((this.#done - (PLACES - 1) * this.#work(footprint)) / PART);
  }

  issue(footprint: Footprint, cycle: number): void {
    const stores = isNarrowStore(footprint);
    if (stores) {
      const access = footprint.accesses[0]!;
      const start = PART * cycle;
      const work = this.#done > start ? this.#work(footprint) : IN_TURN;
      const waited = this.#done - (PLACES - 1) * work > start - PART;
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
    if (this.#base === NONE || index || base !== this.#base) return IN_TURN;
    const distance = (offset - this.#offset) & (BANKS - 1);
    if (distance === 0) return SAME;
    return bytes === 1 && (distance === 1 || distance === BANKS - 1) ? IN_TURN : OTHER;
  }
}

function isNarrowStore({ accesses }: Footprint): boolean {
  const access = accesses[0];
  return access?.kind === "store" && access.bytes < 4;
}
