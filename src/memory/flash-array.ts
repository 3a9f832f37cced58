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

/** Core cycles of one read that begins at `start`; `pastCache` for one that does not go through the instruction cache. */
export type ReadCycles = (settings: FlashSettings, start: number, pastCache: boolean) => number;

/** The flash cells behind one read port: one read at a time, none while they are erased or programmed. */
export class FlashArray {
  settings: FlashSettings;
  readonly #readCycles: ReadCycles;
  /** Cycle at which the present read is done, one word. */
  readonly #freeAt: Float64Array;

  /** @param freeAt where its state is kept; its own place when absent */
  constructor(settings: FlashSettings, readCycles: ReadCycles, freeAt: Float64Array = new Float64Array(1)) {
    this.settings = settings;
    this.#readCycles = readCycles;
    this.#freeAt = freeAt;
  }

  /** Core cycles of a read that begins at `now`. */
  readCycles(now: number): number {
    return this.#readCycles(this.settings, now, false);
  }

  /** Whether reads take no longer than those of any other memory. */
  get isFree(): boolean {
    return this.#readCycles(this.settings, 0, false) === 1 && this.settings.busyUntil < 0;
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
    const start = this.start(now);
    return (this.#freeAt[0] = start + this.#readCycles(this.settings, start, pastCache));
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
  ({ instructionCache }: FlashSettings, _start: number, pastCache: boolean): number =>
    (instructionCache && !pastCache ? miss : off) + 1;

/**
 * A read of flash that runs at a fraction of the core's clock and begins with its edge, so that it takes from `ratio`
 * to `2 * ratio - 1` cycles.
 * @source K64 reference manual, "Flash Memory Controller"
 */
export const dividedClockRead =
  (ratio: () => number) =>
  (_settings: FlashSettings, start: number): number => {
    const n = ratio();
    return n + ((n - (start % n)) % n);
  };
