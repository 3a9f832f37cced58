import type { PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage, type RegisterSpec } from "../registers.ts";
import { TickCounter } from "../tick-counter.ts";

const CR1 = { CEN: 1 << 0, UDIS: 1 << 1, URS: 1 << 2, OPM: 1 << 3, ARPE: 1 << 7, UIFREMAP: 1 << 11 } as const;
/** Update flag of SR and its enable in DIER. */
const UIF = 1 << 0;
/** Compare flags of channels 1 to 4, in SR and DIER alike. */
const CCIF = 0b1_1110;
const UG = 1 << 0;

interface SavedTimer {
  readonly counter: ReturnType<TickCounter["save"]>;
  readonly count: number;
  readonly phase: number;
  readonly prescaler: number;
  readonly reload: number;
  readonly repetition: number;
}

/** Registers of a timer, as offsets in words: those that are kept without effect on the count. */
const keptRegisters = (): Record<string, RegisterSpec> =>
  Object.fromEntries(
    Object.entries({
      BDTR: 0x44,
      DCR: 0x48,
      DMAR: 0x4c,
      OR: 0x50,
      CCMR3: 0x54,
      CCR5: 0x58,
      CCR6: 0x5c,
      AF1: 0x60,
      AF2: 0x64,
      TISEL: 0x68,
    }).map(([name, offset]) => [name, storage(offset)]),
  );

/**
 * A timer as an up-counter: prescaler, auto-reload with preload, update and compare flags and interrupts, one-pulse
 * mode, repetition. Nothing ticks: the count follows from the cycle, and an event is placed only where an interrupt
 * or a preloaded value waits for it.
 *
 * Not modelled: counting down, centre-aligned, slave modes, input capture, outputs on pins, DMA requests, break.
 * @source RM0090, RM0385, RM0351, RM0433 "TIMx registers", "Counter modes"
 */
export class Stm32Timer extends RegisterPeripheral {
  readonly #top = (this.config.params["bits"] ?? 16) === 32 ? 0xffff_ffff : 0xffff;
  readonly #counter: TickCounter;
  readonly #due = this.alarm(() => this.#reached());
  #count = 0;
  /** Clocks that the prescaler has counted of the current step. */
  #phase = 0;
  /** The values in force; the registers hold what the next update loads. */
  #prescaler = 0;
  #reload: number;
  /** Overflows left before one is an update. */
  #repetition = 0;

  protected readonly r = this.define({
    CR1: {
      offset: 0x00,
      rw: 0x0bff,
      notModelled: 0x0070,
      fields: { DIR: [4], CMS: [5, 2] },
      write: (value) => this.#writeCR1(value),
    },
    CR2: {
      offset: 0x04,
      notModelled: 0xff,
      fields: { CCPC: [0], CCUS: [2], CCDS: [3], MMS: [4, 3], TI1S: [7] },
    },
    SMCR: {
      offset: 0x08,
      notModelled: 0x0001_ff77,
      fields: { SMS: [0, 3], TS: [4, 3], MSM: [7], ETF: [8, 4], ECE: [14] },
    },
    DIER: {
      offset: 0x0c,
      rw: 0x7fff,
      notModelled: 0x7fe0,
      fields: {
        COMIE: [5],
        TIE: [6],
        BIE: [7],
        UDE: [8],
        CC1DE: [9],
        CC2DE: [10],
        CC3DE: [11],
        CC4DE: [12],
        TDE: [14],
      },
    },
    SR: { offset: 0x10, rw: 0, w0c: 0x0003_1fff },
    EGR: { offset: 0x14, writeOnly: true, write: (events) => this.#generate(events) },
    CCMR1: this.#captureMode(0x18),
    CCMR2: this.#captureMode(0x1c),
    CCER: storage(0x20),
    CNT: {
      offset: 0x24,
      rw: 0,
      read: () => this.#readCNT(),
      write: (_v, _p, count) => this.#writeCNT(count),
    },
    PSC: storage(0x28, 0, 0xffff),
    ARR: { offset: 0x2c, reset: this.#top, rw: this.#top, write: (value) => this.#writeARR(value) },
    RCR: storage(0x30, 0, 0xffff),
    CCR1: storage(0x34, 0, this.#top),
    CCR2: storage(0x38, 0, this.#top),
    CCR3: storage(0x3c, 0, this.#top),
    CCR4: storage(0x40, 0, this.#top),
    ...keptRegisters(),
  });

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.#reload = this.#top;
    this.#counter = new TickCounter(context, () => this.#clockHz);
    context.clocks.onChange(() => this.#schedule());
  }

  override read(offset: number, size: AccessSize): number | undefined {
    this.#sync();
    return super.read(offset, size);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    this.#sync();
    super.write(offset, size, value);
    this.#changed();
    return true;
  }
  override reset(): void {
    super.reset();
    this.#counter.stop();
    this.#counter.clear();
    this.#count = this.#phase = this.#prescaler = this.#repetition = 0;
    this.#reload = this.#top;
    this.#changed();
  }

  protected override saveState(): SavedTimer {
    return {
      counter: this.#counter.save(),
      count: this.#count,
      phase: this.#phase,
      prescaler: this.#prescaler,
      reload: this.#reload,
      repetition: this.#repetition,
    };
  }
  protected override restoreState(state: unknown): void {
    const saved = state as SavedTimer; // only ever what saveState gave
    this.#counter.restore(saved.counter);
    this.#count = saved.count;
    this.#phase = saved.phase;
    this.#prescaler = saved.prescaler;
    this.#reload = saved.reload;
    this.#repetition = saved.repetition;
    this.#changed();
  }

  /** The bus's timer clock where the clock tree has one (twice the bus clock behind a prescaler). */
  get #clockHz(): number {
    const { clocks } = this.context;
    const bus = this.config.clock ?? "core";
    const timer = `${bus}-timer`;
    return clocks.hz(clocks.has(timer) ? timer : bus);
  }

  #captureMode(offset: number): RegisterSpec {
    return { offset, notModelled: 0x0303, fields: { CC1S: [0, 2], CC2S: [8, 2] } };
  }

  #reached(): void {
    this.#sync();
    this.#changed();
  }

  /** Brings count and flags up to the present cycle. */
  #sync(): void {
    const clocks = this.#counter.elapsed;
    if (clocks === 0) return;
    this.#counter.take(clocks);
    if (this.#reload === 0) return; // "the counter is blocked while the auto-reload value is null"
    let left = this.#phase + clocks;
    while (this.r.CR1.has(CR1.CEN)) {
      const divider = this.#prescaler + 1;
      const steps = Math.floor(left / divider);
      const toOverflow = this.#stepsToOverflow();
      if (steps < toOverflow) {
        this.#advance(steps);
        this.#phase = left - steps * divider;
        return;
      }
      this.#advance(toOverflow - 1);
      left -= toOverflow * divider;
      this.#count = 0;
      this.#phase = 0;
      this.#overflow(1);
      left -= this.#skipPeriods(left);
    }
  }

  /** Whole periods in which nothing but flags can change: taken at once. Gives the clocks they take. */
  #skipPeriods(clocks: number): number {
    const period = (this.#reload + 1) * (this.#prescaler + 1);
    if (this.#preloadWaits || this.r.CR1.has(CR1.OPM) || this.#reload === 0) return 0;
    const periods = Math.floor(clocks / period);
    if (periods > 0) {
      this.#advance(this.#reload);
      this.#count = 0;
      this.#overflow(periods);
    }
    return periods * period;
  }

  #stepsToOverflow(): number {
    // A count beyond the reload value runs on to the width of the counter.
    return (this.#count <= this.#reload ? this.#reload : this.#top) + 1 - this.#count;
  }

  /** Counts up without overflow and sets the flags of the compare values passed. */
  #advance(steps: number): void {
    const from = this.#count;
    this.#count += steps;
    this.#compare((value) => value > from && value <= this.#count);
  }

  #compare(hit: (value: number) => boolean): void {
    this.#compareValues.forEach((value, i) => {
      if (hit(value)) this.r.SR.setBits(2 << i);
    });
  }

  /** Compare values of the channels that this timer has; basic timers have none. */
  get #compareValues(): readonly number[] {
    const { CCR1, CCR2, CCR3, CCR4 } = this.r;
    const channels = this.config.params["channels"] ?? 4;
    return [CCR1, CCR2, CCR3, CCR4].slice(0, channels).map((register) => register.value);
  }

  #overflow(times: number): void {
    this.#compare((value) => value === 0 || value > this.#reload);
    if (times <= this.#repetition) {
      this.#repetition -= times;
      return;
    }
    const period = this.r.RCR.value + 1;
    this.#repetition = period - 1 - ((times - this.#repetition - 1) % period);
    if (this.r.CR1.has(CR1.UDIS)) return;
    this.#loadPreloads();
    this.r.SR.setBits(UIF);
    if (this.r.CR1.has(CR1.OPM)) {
      this.r.CR1.clearBits(CR1.CEN);
      this.#counter.stop();
    }
  }

  #loadPreloads(): void {
    this.#prescaler = this.r.PSC.value;
    this.#reload = this.r.ARR.value;
  }
  get #preloadWaits(): boolean {
    return this.#prescaler !== this.r.PSC.value || this.#reload !== this.r.ARR.value;
  }

  /** After anything that may move the next event or a line. */
  #changed(): void {
    const { SR, DIER } = this.r;
    const raised = SR.value & DIER.value;
    this.irq("global", (raised & (UIF | CCIF)) !== 0);
    this.irq("up", (raised & UIF) !== 0);
    this.irq("cc", (raised & CCIF) !== 0);
    this.#schedule();
  }

  #schedule(): void {
    const steps = this.#stepsToEvent();
    const clocks = steps * (this.#prescaler + 1) - this.#phase;
    const cycle = steps === Infinity ? Infinity : this.#counter.cycleOf(clocks);
    if (cycle === Infinity) this.#due.clear();
    else if (cycle !== this.#due.cycle) this.#due.atCycle(cycle);
  }

  /** Steps until the count does something that has to happen on time; Infinity when nobody waits. */
  #stepsToEvent(): number {
    const { CR1: cr1, SR, DIER } = this.r;
    if (!cr1.has(CR1.CEN) || this.#reload === 0) return Infinity;
    const awaited = DIER.value & ~SR.value;
    const overflow = this.#stepsToOverflow();
    let steps = (awaited & UIF) !== 0 || cr1.has(CR1.OPM) || this.#preloadWaits ? overflow : Infinity;
    this.#compareValues.forEach((value, i) => {
      if ((awaited & (2 << i)) === 0) return;
      const ahead = value > this.#count && value <= this.#reload;
      steps = Math.min(steps, ahead ? value - this.#count : overflow);
    });
    return steps;
  }

  #writeCR1(value: number): void {
    if ((value & CR1.CEN) !== 0) this.#counter.start();
    else this.#counter.stop();
  }
  #writeARR(value: number): void {
    if (!this.r.CR1.has(CR1.ARPE)) this.#reload = value;
  }
  #readCNT(): number {
    const copy = this.r.CR1.has(CR1.UIFREMAP) && this.r.SR.has(UIF) ? 2 ** 31 : 0;
    return (this.#count | copy) >>> 0;
  }
  #writeCNT(count: number): void {
    this.#count = (count & this.#top) >>> 0;
  }

  #generate(events: number): void {
    this.r.SR.setBits(events & CCIF);
    if ((events & UG) === 0) return;
    this.#count = 0;
    this.#phase = 0;
    this.#counter.clear();
    this.#repetition = this.r.RCR.value;
    if (this.r.CR1.has(CR1.UDIS)) return;
    this.#loadPreloads();
    if (!this.r.CR1.has(CR1.URS)) this.r.SR.setBits(UIF);
  }
}
