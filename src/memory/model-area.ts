/**
 * What the memory models keep in the linear memory, so that compiled code can compare it inline. Byte offsets; the area
 * begins at `LAYOUT.modelArea` and ends before the page tables.
 */
export const MODEL_AREA = {
  /** The fetch epoch, one word: see `FetchTiming.epoch`. */
  fetchEpoch: 0x1000,
  /**
   * One word for each set of the D-cache: the number of the line (address / 32, unsigned) from which every aligned read
   * is free, or `NO_LINE`.
   */
  readLine: 0x2000,
  /** The same for writes: the line is present, dirty and write-back, so that another write changes nothing. */
  writeLine: 0x6000,
  /** State of the Cortex-M7's branch predictor, see `predictorWords`. */
  predictor: 0xa000,
} as const;

/** First byte behind all that the models keep there. */
export const MODEL_AREA_END = 0x1_0000;
/** Most sets that the two tables have room for. */
export const MODEL_SETS = 4096;
/** Entry that no address matches. */
export const NO_LINE = -1;

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
