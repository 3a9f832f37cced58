/**
 * What the memory models keep in the linear memory, so that compiled code can compare it inline. Byte offsets; the area
 * begins at `LAYOUT.modelArea` and ends before the page tables.
 */
export const MODEL_AREA = {
  /** The fetch epoch, one word: see `FetchTiming.epoch`. */
  fetchEpoch: 0x1000,
  /** State of the Cortex-M7's branch predictor, see `predictorWords`. */
  predictor: 0x2000,
  /** Lines with free reads and writes, see `LineTable`: `LINE_ENTRIES` of 8 bytes each. */
  readLines: 0x1_0000,
  writeLines: 0x1_8000,
} as const;
/** Entries of each table of lines. */
export const LINE_ENTRIES = 4096;

/** First byte behind all that the models keep there. */
export const MODEL_AREA_END = 0x2_0000;
/** The number of the state of the instruction-side memories: it changes whenever a line that was present may have gone. */
export class FetchEpoch {
  readonly #word: Int32Array;

  constructor(memory: WebAssembly.Memory) {
    this.#word = new Int32Array(memory.buffer, MODEL_AREA.fetchEpoch, 1);
    this.#word[0] = 1;
  }

  get value(): number {
    return this.#word[0]!;
  }
  /** Something may have gone. Never 0, which would mean that nothing is ever remembered. */
  advance(): void {
    this.#word[0] = this.#word[0] === 0x7fff_ffff ? 1 : this.#word[0]! + 1;
  }
}
