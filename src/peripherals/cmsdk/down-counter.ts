import { Alarm } from "../alarm.ts";
import type { PartContext } from "../part.ts";
import { TickCounter } from "../tick-counter.ts";

interface SavedDownCounter {
  readonly counter: ReturnType<TickCounter["save"]>;
  readonly value: number;
}

/** What the owner of a down-counter decides. */
export interface DownCounterRules {
  /** Frequency of the count. */
  readonly hz: () => number;
  /** Value loaded one tick after zero; undefined to stay at zero. */
  readonly reload: () => number | undefined;
  /** Zero was reached. */
  readonly zero: () => void;
  /** True while somebody waits for `zero` to happen on time. */
  readonly awaited: () => boolean;
}

/** A counter that runs down to zero and then reloads, computed from the cycle when somebody looks. */
export class DownCounter {
  readonly #rules: DownCounterRules;
  readonly #ticks: TickCounter;
  readonly #alarm: Alarm;
  #value = 0;

  constructor(context: PartContext, rules: DownCounterRules) {
    this.#rules = rules;
    this.#ticks = new TickCounter(context, rules.hz);
    this.#alarm = new Alarm(context, () => {
      this.sync();
      this.schedule();
    });
    context.clocks.onChange(() => this.schedule());
  }

  get value(): number {
    return this.#value;
  }
  set value(value: number) {
    this.#value = value;
    this.#ticks.clear();
  }
  run(on: boolean): void {
    if (on) this.#ticks.start();
    else this.#ticks.stop();
  }

  /** Brings the value up to the present cycle. */
  sync(): void {
    let ticks = this.#ticks.elapsed;
    if (ticks === 0) return;
    this.#ticks.take(ticks);
    if (this.#value > 0 && ticks >= this.#value) {
      ticks -= this.#value;
      this.#value = 0;
      this.#rules.zero();
    }
    const reload = this.#rules.reload();
    if (this.#value > 0) this.#value -= ticks;
    else if (ticks > 0 && reload !== undefined) this.#wrap(ticks, reload);
  }

  /** From zero, `ticks` later; a period is the reload value and the tick at zero. */
  #wrap(ticks: number, reload: number): void {
    if (ticks > reload) this.#rules.zero();
    const intoPeriod = (ticks - 1) % (reload + 1);
    this.#value = reload - intoPeriod;
  }

  schedule(): void {
    const reload = this.#rules.reload();
    const ticks =
      this.#value > 0 ? this.#value : reload === undefined || reload === 0 ? Infinity : reload + 1;
    const cycle = this.#rules.awaited() && ticks !== Infinity ? this.#ticks.cycleOf(ticks) : Infinity;
    if (cycle === Infinity) this.#alarm.clear();
    else if (cycle !== this.#alarm.cycle) this.#alarm.atCycle(cycle);
  }

  reset(value: number): void {
    this.#alarm.clear();
    this.#ticks.stop();
    this.value = value;
  }
  save(): SavedDownCounter {
    return { counter: this.#ticks.save(), value: this.#value };
  }
  restore(saved: SavedDownCounter): void {
    this.#ticks.restore(saved.counter);
    this.#value = saved.value;
    this.schedule();
  }
}
