import type { Alarm, TimeBase } from "./alarm.ts";
import { TickCounter } from "./tick-counter.ts";

/** What a counter asks of its register block. All values are of the counter, below `modulus`. */
export interface CounterRules {
  /** Frequency of one step, Hz; 0 while there is none. */
  hz(): number;
  /** Steps of one round: the count runs from 0 to `modulus() - 1`. */
  modulus(): number;
  /**
   * Values whose arrival does something that has not happened yet; 0 stands for the wrap. `from` is the value up to
   * which all has been told.
   */
  targets(from: number): readonly number[];
  /** Those of the targets that must be told on time; the others are told when somebody looks. All when absent. */
  awaited?(from: number): readonly number[];
  /** The count has arrived at `value`, which is one of the targets; may move the count with `jump`. */
  reached(value: number): void;
}

/** A counter that wraps. Nothing ticks: the value follows from the cycle, and an event waits for the next target only. */
export class UpCounter {
  readonly #rules: CounterRules;
  readonly #ticks: TickCounter;
  readonly #due: Alarm;
  /** Value at which the ticks counted since began. */
  #base = 0;

  /** @param alarm makes the event of arriving, which runs the given function */
  constructor(time: TimeBase, alarm: (run: () => void) => Alarm, rules: CounterRules) {
    this.#rules = rules;
    this.#ticks = new TickCounter(time, () => rules.hz());
    this.#due = alarm(() => this.update());
    time.clocks.onChange(() => this.#schedule());
  }

  get running(): boolean {
    return this.#ticks.running;
  }
  /** The count now; `sync` first where targets may have been passed. */
  get value(): number {
    return (this.#base + this.#ticks.elapsed) % this.#rules.modulus();
  }
  start(): void {
    this.#ticks.start();
    this.#schedule();
  }
  stop(): void {
    this.sync();
    this.#base = this.value;
    this.#ticks.stop();
    this.#ticks.take(this.#ticks.elapsed);
    this.#due.clear();
  }
  /** Puts the count at `value`; what has passed of the present step is dropped. */
  load(value: number): void {
    this.#base = value;
    this.#ticks.clear();
    this.#schedule();
  }
  /** Moves the count from within `reached`, at the very step that reached it. */
  jump(value: number): void {
    this.#base = value;
  }
  /** Stops from within `reached`, at the very step that reached it. */
  halt(): void {
    this.#ticks.stop();
    this.#ticks.clear();
  }
  reset(): void {
    this.#ticks.stop();
    this.#due.clear();
    this.#base = 0;
    this.#ticks.clear();
  }

  /** Tells of every target passed until now. */
  sync(): void {
    for (;;) {
      const next = this.#next(this.#rules.targets(this.#base));
      if (next === undefined || this.#ticks.elapsed < next.steps) return;
      this.#ticks.take(next.steps);
      this.#base = next.value;
      this.#rules.reached(next.value);
    }
  }
  /** After a change of targets or of the frequency: what lies behind is told, what lies ahead is awaited. */
  update(): void {
    this.sync();
    if (this.running) {
      this.#ticks.stop();
      this.#ticks.start();
    }
    this.#schedule();
  }

  save(): { ticks: ReturnType<TickCounter["save"]>; base: number } {
    return { ticks: this.#ticks.save(), base: this.#base };
  }
  restore(saved: { ticks: ReturnType<TickCounter["save"]>; base: number }): void {
    this.#ticks.restore(saved.ticks);
    this.#base = saved.base;
    this.#schedule();
  }

  #next(targets: readonly number[]): { steps: number; value: number } | undefined {
    const modulus = this.#rules.modulus();
    let best: { steps: number; value: number } | undefined;
    for (const value of targets) {
      if (value >= modulus) continue;
      const steps = ((((value - this.#base - 1) % modulus) + modulus) % modulus) + 1;
      if (best === undefined || steps < best.steps) best = { steps, value };
    }
    return best;
  }
  #schedule(): void {
    const rules = this.#rules;
    const next = this.#next(rules.awaited?.(this.#base) ?? rules.targets(this.#base));
    const cycle = next === undefined ? Infinity : this.#ticks.cycleOf(next.steps);
    if (cycle === Infinity) this.#due.clear();
    else if (cycle !== this.#due.cycle) this.#due.atCycle(cycle);
  }
}
