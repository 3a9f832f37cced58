import type { Clocks } from "./peripheral.ts";
import type { ScheduledEvent, Scheduler } from "./scheduler.ts";

/** What an alarm needs of its surroundings. */
export interface TimeBase {
  readonly scheduler: Scheduler;
  readonly clocks: Clocks;
}

/**
 * One thing that will happen at a time: an event that can be moved, taken back, saved and restored. A time given in
 * seconds is converted at the core clock of the moment and re-based whenever the core clock changes, so that it stays a
 * time; one given in cycles stays a number of cycles.
 */
export class Alarm {
  readonly #time: TimeBase;
  readonly #run: () => void;
  #event: ScheduledEvent | undefined;
  /** Core clock at which the event was placed; undefined while it counts cycles. */
  #placedAtHz: number | undefined;

  constructor(time: TimeBase, run: () => void) {
    this.#time = time;
    this.#run = run;
    time.clocks.onChange(() => this.#rebase());
  }

  get pending(): boolean {
    return this.#event !== undefined;
  }
  /** Cycle at which it goes off; undefined when it is not set. */
  get cycle(): number | undefined {
    return this.#event?.cycle;
  }

  atCycle(cycle: number): void {
    this.#place(cycle, undefined);
  }
  /** At least one cycle from now. */
  afterSeconds(seconds: number): void {
    const { scheduler, clocks } = this.#time;
    const cycles = Math.max(1, Math.round(seconds * clocks.coreHz));
    this.#place(scheduler.now() + cycles, clocks.coreHz);
  }
  clear(): void {
    this.#time.scheduler.cancel(this.#event);
    this.#event = undefined;
  }

  /** Cycles from now and the core clock they were counted at; undefined when not set. */
  save(): { cycles: number; hz?: number } | undefined {
    if (this.#event === undefined) return undefined;
    const cycles = this.#event.cycle - this.#time.scheduler.now();
    return this.#placedAtHz === undefined ? { cycles } : { cycles, hz: this.#placedAtHz };
  }
  restore(saved: { cycles: number; hz?: number } | undefined): void {
    this.clear();
    if (saved !== undefined) this.#place(this.#time.scheduler.now() + saved.cycles, saved.hz);
  }

  #place(cycle: number, hz: number | undefined): void {
    this.clear();
    this.#placedAtHz = hz;
    this.#event = this.#time.scheduler.at(cycle, () => {
      this.#event = undefined;
      this.#run();
    });
  }

  #rebase(): void {
    const hz = this.#placedAtHz;
    const { scheduler, clocks } = this.#time;
    if (this.#event === undefined || hz === undefined || hz === clocks.coreHz) return;
    const remaining = Math.max(0, this.#event.cycle - scheduler.now());
    this.#place(scheduler.now() + Math.round((remaining * clocks.coreHz) / hz), clocks.coreHz);
  }
}
