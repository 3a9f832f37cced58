/** Seconds of simulated time: core cycles, each as long as the clock was at the time. */
export class SimulatedTime {
  #fromCycle = 0;
  #fromSeconds = 0;
  #hz: number;

  /** @param hz core clock at cycle 0 */
  constructor(hz: number) {
    this.#hz = hz;
  }

  get hz(): number {
    return this.#hz;
  }
  /** Seconds since reset at `cycle`, which must not lie before the last change of clock. */
  seconds(cycle: number): number {
    return this.#fromSeconds + (cycle - this.#fromCycle) / this.#hz;
  }
  /** The core clock changes at `cycle`. */
  setClock(hz: number, cycle: number): void {
    if (hz === this.#hz) return;
    this.#fromSeconds = this.seconds(cycle);
    this.#fromCycle = cycle;
    this.#hz = hz;
  }
  save(): { fromCycle: number; fromSeconds: number; hz: number } {
    return { fromCycle: this.#fromCycle, fromSeconds: this.#fromSeconds, hz: this.#hz };
  }
  restore(saved: ReturnType<SimulatedTime["save"]>): void {
    this.#fromCycle = saved.fromCycle;
    this.#fromSeconds = saved.fromSeconds;
    this.#hz = saved.hz;
  }
  /** Cycle at which `seconds` will be reached if the clock stays. */
  cycleAt(seconds: number): number {
    return this.#fromCycle + Math.ceil((seconds - this.#fromSeconds) * this.#hz);
  }
}
