import type { TimeBase } from "./alarm.ts";

/** Absorbs the rounding of a ratio of clocks that is no binary fraction. */
const EPSILON = 1e-6;

/** Counts whole ticks of a clock without ticking: from the cycle it was started at and the clock's ratio to the core. */
export class TickCounter {
  readonly #time: TimeBase;
  readonly #hz: () => number;
  #running = false;
  #baseCycle = 0;
  /** Ticks, with their fraction, that had passed at `#baseCycle` and were not taken. */
  #baseTicks = 0;
  /** Ticks a core cycle since `#baseCycle`. */
  #rate = 0;

  /** @param hz frequency of the clock counted, asked for whenever clocks change */
  constructor(time: TimeBase, hz: () => number) {
    this.#time = time;
    this.#hz = hz;
    time.clocks.onChange(() => this.#rebase());
  }

  get running(): boolean {
    return this.#running;
  }
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#baseCycle = this.#time.scheduler.now();
    this.#rate = this.#currentRate();
  }
  stop(): void {
    this.#rebase();
    this.#running = false;
  }
  /** Forgets what has been counted; running goes on from here. */
  clear(): void {
    this.#baseTicks = 0;
    this.#baseCycle = this.#time.scheduler.now();
  }

  /** Whole ticks since the last `take`. */
  get elapsed(): number {
    return Math.floor(this.#exact() + EPSILON);
  }
  /** Marks `ticks` of the elapsed ones as dealt with. */
  take(ticks: number): void {
    this.#rebase();
    this.#baseTicks -= ticks;
  }
  /** First cycle at which `ticks` will have elapsed; Infinity while stopped. */
  cycleOf(ticks: number): number {
    if (!this.#running || this.#rate === 0) return Infinity;
    const missing = ticks - this.#baseTicks;
    return this.#baseCycle + Math.ceil(missing / this.#rate - EPSILON);
  }

  save(): { running: boolean; ticks: number } {
    return { running: this.#running, ticks: this.#exact() };
  }
  restore(saved: { running: boolean; ticks: number }): void {
    this.#running = saved.running;
    this.#baseTicks = saved.ticks;
    this.#baseCycle = this.#time.scheduler.now();
    this.#rate = this.#currentRate();
  }

  #exact(): number {
    if (!this.#running) return this.#baseTicks;
    return this.#baseTicks + (this.#time.scheduler.now() - this.#baseCycle) * this.#rate;
  }
  #currentRate(): number {
    return this.#hz() / this.#time.clocks.coreHz;
  }
  #rebase(): void {
    this.#baseTicks = this.#exact();
    this.#baseCycle = this.#time.scheduler.now();
    this.#rate = this.#currentRate();
  }
}
