import { LOOKUP_ENTRIES, LOOKUP_SHIFT } from "./links.ts";

/** First byte and end of the part of the linear memory that compiled code keeps its counters in. */
const AREA_START = 0x20_0000;
const AREA_END = 0x40_0000;
const SLOT = 8;

/** Words that compiled code and the engine pass values in, and counters, in the shared linear memory. */
export class JitArea {
  /** Node and instruction at which compiled code left. */
  readonly place = AREA_START;
  /** Cycles left to the deadline. */
  readonly left = AREA_START + 4;
  /** Target of a jump that the engine is to perform. */
  readonly target = AREA_START + 8;
  /** Lowest value of the stack pointer in use. */
  readonly lowestSP = AREA_START + 12;
  /** Instructions completed by compiled code since it was entered. */
  readonly instructions = AREA_START + 16;
  /** Cycle at which `left` is zero, a double. */
  readonly deadline = AREA_START + 24;
  /** Look-up of compiled code for jumps, see `Links`. */
  readonly lookup = AREA_START + 64;
  readonly #first = this.lookup + (LOOKUP_ENTRIES << LOOKUP_SHIFT);
  readonly #end: number;
  #next = this.#first;

  /** @param slots most counters; as many as there is room for when absent */
  constructor(slots = Infinity) {
    this.#end = Math.min(AREA_END, this.#first + slots * SLOT);
  }

  /** Byte offset of a new word, zero. */
  word(): number | undefined {
    return this.slot();
  }
  /** Byte offset of a new 64-bit counter, zero; undefined when there is no room left. */
  slot(): number | undefined {
    if (this.#next + SLOT > this.#end) return undefined;
    this.#next += SLOT;
    return this.#next - SLOT;
  }
  /** Gives all counters back and zeroes them. */
  reset(words: Int32Array): void {
    words.fill(0, this.#first >> 2, this.#next >> 2);
    this.#next = this.#first;
  }
}
