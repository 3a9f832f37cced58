import { EXCEPTION } from "../../core/exceptions-priority.ts";
import type { Exceptions } from "../../core/exceptions.ts";
import type { Clocks } from "../peripheral.ts";
import type { ScheduledEvent, Scheduler } from "../scheduler.ts";
import type { CortexMConfig } from "./config.ts";
import type { WordRegisters } from "./word-registers.ts";

const OFFSET = { CSR: 0x010, RVR: 0x014, CVR: 0x018, CALIB: 0x01c } as const;
const CSR = { ENABLE: 1, TICKINT: 2, CLKSOURCE: 4, COUNTFLAG: 1 << 16 } as const;
const NOREF = 1 << 31;
const MAX = 0xff_ffff;
/** Keeps rounding from placing an event just before its own tick when a tick is a fraction of cycles. */
const ROUNDING = 1e-9;

interface Saved {
  readonly control: number;
  readonly reload: number;
  readonly value: number;
  readonly countFlag: boolean;
  /** Cycles since the tick at which `value` was reached. */
  readonly phase: number;
}

/**
 * The 24-bit system timer. Nothing ticks: the value follows from the cycle at which a known value was reached.
 * @source Armv7-M ARM, "The system timer, SysTick"
 */
export class SysTick {
  readonly #ex: Exceptions;
  readonly #scheduler: Scheduler;
  readonly #clocks: Clocks;
  readonly #config: CortexMConfig;
  #control = 0;
  #reload = 0;
  /** Value of the counter at cycle `#anchor`, which lies on a tick. */
  #value = 0;
  #anchor = 0;
  #countFlag = false;
  #event: ScheduledEvent | undefined;
  /** Core cycles of one tick; a fraction when the reference is not derived from the core clock. */
  #tick = 1;

  constructor(ex: Exceptions, scheduler: Scheduler, clocks: Clocks, config: CortexMConfig) {
    this.#ex = ex;
    this.#scheduler = scheduler;
    this.#clocks = clocks;
    this.#config = config;
    this.reset();
    clocks.onChange(() => this.#clockChanged());
  }

  add(scs: WordRegisters): void {
    scs.add(OFFSET.CSR, { read: () => this.#readCSR(), write: (value) => this.#writeCSR(value) });
    scs.add(OFFSET.RVR, { read: () => this.#reload, write: (value) => this.#writeRVR(value) });
    scs.add(OFFSET.CVR, { read: () => this.#readCVR(), write: () => this.#clear() });
    const noReference = this.#config.sysTickReference === undefined ? NOREF : 0;
    scs.add(OFFSET.CALIB, { read: () => this.#config.sysTickCalibration ?? noReference });
  }

  reset(): void {
    this.#scheduler.cancel(this.#event);
    this.#event = undefined;
    this.#control = this.#fixedControl();
    this.#reload = 0;
    this.#value = 0;
    this.#countFlag = false;
    this.#anchor = this.#scheduler.now();
    this.#tick = this.#ticksEvery();
  }

  save(): Saved {
    this.#sync();
    const phase = this.#scheduler.now() - this.#anchor;
    return {
      control: this.#control,
      reload: this.#reload,
      value: this.#value,
      countFlag: this.#countFlag,
      phase,
    };
  }
  restore(saved: Saved): void {
    this.#control = saved.control;
    this.#reload = saved.reload;
    this.#value = saved.value;
    this.#countFlag = saved.countFlag;
    this.#anchor = this.#scheduler.now() - saved.phase;
    this.#tick = this.#ticksEvery();
    this.#schedule();
  }

  /** Without a reference clock CLKSOURCE reads as 1. */
  #fixedControl(): number {
    return this.#config.sysTickReference === undefined ? CSR.CLKSOURCE : 0;
  }
  #ticksEvery(): number {
    const reference = this.#config.sysTickReference;
    if (reference === undefined || (this.#control & CSR.CLKSOURCE) !== 0) return 1;
    return "divider" in reference ? reference.divider : this.#clocks.coreHz / reference.hz;
  }
  get #isEnabled(): boolean {
    return (this.#control & CSR.ENABLE) !== 0;
  }

  /** Brings `#value` and `#anchor` up to the last tick. A reload value written later counts from the next reload on. */
  #sync(): void {
    const now = this.#scheduler.now();
    if (!this.#isEnabled) {
      this.#anchor = now;
      return;
    }
    const ticks = Math.floor((now - this.#anchor) / this.#tick + ROUNDING);
    if (ticks <= 0) return;
    this.#anchor += ticks * this.#tick;
    if (ticks < this.#value) {
      this.#value -= ticks;
      return;
    }
    const period = this.#reload + 1;
    const sinceZero = ticks - this.#value;
    const wraps = this.#reload > 0 && sinceZero >= period;
    if (this.#value > 0 || wraps) this.#countFlag = true;
    const intoPeriod = this.#reload === 0 ? 0 : sinceZero % period;
    this.#value = intoPeriod === 0 ? 0 : this.#reload - intoPeriod + 1;
  }

  /** Ticks from `#anchor` to the next time the counter reaches 0; Infinity when it never does. */
  #ticksToZero(): number {
    if (this.#value > 0) return this.#value;
    return this.#reload > 0 ? this.#reload + 1 : Infinity;
  }

  /** An event is needed only for the exception: COUNTFLAG is computed when someone looks. */
  #schedule(): void {
    this.#scheduler.cancel(this.#event);
    this.#event = undefined;
    const wanted = CSR.ENABLE | CSR.TICKINT;
    const ticks = this.#ticksToZero();
    if ((this.#control & wanted) !== wanted || ticks === Infinity) return;
    const cycle = Math.ceil(this.#anchor + ticks * this.#tick);
    this.#event = this.#scheduler.at(cycle, () => {
      this.#sync();
      this.#ex.setPending(EXCEPTION.SysTick);
      this.#schedule();
    });
  }

  #readCSR(): number {
    this.#sync();
    const value = this.#control | (this.#countFlag ? CSR.COUNTFLAG : 0);
    this.#countFlag = false;
    return value;
  }
  #writeCSR(value: number): void {
    this.#sync();
    const before = this.#tick;
    this.#control = (value & (CSR.ENABLE | CSR.TICKINT | CSR.CLKSOURCE)) | this.#fixedControl();
    this.#tick = this.#ticksEvery();
    if (before !== this.#tick) this.#anchor = this.#scheduler.now();
    this.#schedule();
  }
  #writeRVR(value: number): void {
    this.#sync();
    this.#reload = value & MAX;
    this.#schedule();
  }
  #readCVR(): number {
    this.#sync();
    return this.#value;
  }
  #clear(): void {
    this.#sync();
    this.#value = 0;
    this.#countFlag = false;
    this.#schedule();
  }
  #clockChanged(): void {
    this.#sync();
    const tick = this.#ticksEvery();
    if (tick === this.#tick) return;
    this.#anchor = this.#scheduler.now();
    this.#tick = tick;
    this.#schedule();
  }
}
