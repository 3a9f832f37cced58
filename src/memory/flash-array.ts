/** What the firmware has set in the flash controller, as the models follow it. */
export interface FlashSettings {
  readonly waitStates: number;
  readonly prefetch: boolean;
  readonly instructionCache: boolean;
  readonly dataCache: boolean;
  readonly art: boolean;
  /** Cycle until which an erase or program keeps the array busy; in the past when idle. */
  readonly busyUntil: number;
}

/** Core cycles of one read once it has begun; `pastCache` for one that does not go through the instruction cache. */
export type ReadCycles = (settings: FlashSettings, pastCache: boolean) => number;

/** What compiled code has to know of a flash array, a word each: see `FLASH_DATA`. */
export interface FlashArrayWords {
  readonly readCycles: Float64Array;
  readonly busyUntil: Float64Array;
  readonly step: Float64Array;
}

/** The flash cells behind one read port: one read at a time, none while they are erased or programmed. */
export class FlashArray {
  settings: FlashSettings;
  readonly #readCycles: ReadCycles;
  readonly #step: () => number;
  /** Cycle at which the present read is done, one word. */
  readonly #freeAt: Float64Array;

  /**
   * @param options.freeAt where its state is kept; its own place when absent
   * @param options.step core cycles of the clock with whose edges reads begin; 1 when absent
   */
  constructor(
    settings: FlashSettings,
    readCycles: ReadCycles,
    options: { readonly freeAt?: Float64Array; readonly step?: () => number } = {},
  ) {
    this.settings = settings;
    this.#readCycles = readCycles;
    this.#freeAt = options.freeAt ?? new Float64Array(1);
    this.#step = options.step ?? (() => 1);
  }

  /** Core cycles of a read that has begun. */
  readCycles(pastCache = false): number {
    return this.#readCycles(this.settings, pastCache);
  }
  /** Core cycles from one edge with which reads begin to the next. */
  get step(): number {
    return this.#step();
  }

  /** Whether reads take no longer than those of any other memory. */
  get isFree(): boolean {
    return this.readCycles() === 1 && this.settings.busyUntil < 0;
  }
  /** Cycle from which a read asked for at `now` may begin. */
  start(now: number): number {
    return Math.max(now, this.#freeAt[0]!, this.settings.busyUntil);
  }
  /**
   * Reads once, at `now` or when the array is free. @returns the cycle at which the words are there
   * @param pastCache the read does not go through the instruction cache
   */
  read(now: number, pastCache = false): number {
    const step = this.#step();
    const start = step === 1 ? this.start(now) : Math.ceil(this.start(now) / step) * step;
    return (this.#freeAt[0] = start + this.readCycles(pastCache));
  }

  /** Shows compiled code what reads take at present. @param pastCache as in `read` */
  publish({ readCycles, busyUntil, step }: FlashArrayWords, pastCache: boolean): void {
    readCycles[0] = this.readCycles(pastCache);
    busyUntil[0] = this.settings.busyUntil;
    step[0] = this.step;
  }

  save(): { settings: FlashSettings; freeAt: number } {
    return { settings: this.settings, freeAt: this.#freeAt[0]! };
  }
  restore(saved: ReturnType<FlashArray["save"]>): void {
    this.settings = saved.settings;
    this.#freeAt[0] = saved.freeAt;
  }
}

/** Wait states and one cycle for the read itself. @source RM0090, RM0351 "Relation between CPU clock and wait states" */
export const waitStateRead = ({ waitStates }: FlashSettings): number => waitStates + 1;

/** Reads that wait longer when the cache before them is on, as it looks there first. @source nRF52840 PS "NVMC" */
export const cacheDependentRead =
  (off: number, miss: number) =>
  ({ instructionCache }: FlashSettings, pastCache: boolean): number =>
    (instructionCache && !pastCache ? miss : off) + 1;
