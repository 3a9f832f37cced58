import { MODEL_AREA } from "./model-area.ts";

/** log2 of the bytes of an entry, and the byte offsets of its words. */
export const STEADY_SHIFT = 4;
export const STEADY = { address: 0, size: 4, value: 8, stall: 12 } as const;
/** A power of two; the entry of an address is at its word number modulo this. */
export const STEADY_ENTRIES = 16;

/** No access has this size. */
const NONE = 0;

/**
 * Reads of device registers that will give the same, at the same cost and without effect, until something happens: an
 * event, a write to a device, a read that has effects. Firmware that polls a flag reads one of them over and over;
 * compiled code finds it here, in the linear memory.
 */
export class SteadyReads {
  readonly #words: Int32Array;
  /** Where the entries in use have their size, and how many those are. */
  readonly #used = new Int32Array(STEADY_ENTRIES);
  #usedCount = 0;

  constructor(memory: WebAssembly.Memory) {
    this.#words = new Int32Array(memory.buffer, MODEL_AREA.steadyReads, STEADY_ENTRIES << (STEADY_SHIFT - 2));
    this.#words.fill(NONE);
  }

  /** Each such read gives `value`, zero extended, and stalls so many cycles. */
  note(address: number, size: number, value: number, stall: number): void {
    const at = ((address >>> 2) & (STEADY_ENTRIES - 1)) << (STEADY_SHIFT - 2);
    if (this.#words[at + STEADY.size / 4] === NONE) this.#used[this.#usedCount++] = at + STEADY.size / 4;
    this.#words[at + STEADY.address / 4] = address;
    this.#words[at + STEADY.size / 4] = size;
    this.#words[at + STEADY.value / 4] = value;
    this.#words[at + STEADY.stall / 4] = stall;
  }
  forget(): void {
    for (let i = 0; i < this.#usedCount; i++) this.#words[this.#used[i]!] = NONE;
    this.#usedCount = 0;
  }
}
