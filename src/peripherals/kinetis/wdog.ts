import type { PartContext, PeripheralConfig } from "../part.ts";
import { storage } from "../registers.ts";
import { NarrowPeripheral, narrow } from "./kinetis-peripheral.ts";

const at = narrow(2);
const STCTRLH = {
  WDOGEN: 1 << 0,
  CLKSRC: 1 << 1,
  IRQRSTEN: 1 << 2,
  WINEN: 1 << 3,
  ALLOWUPDATE: 1 << 4,
} as const;
const INTFLG = 1 << 15;
const UNLOCK_KEYS = [0xc520, 0xd928] as const;
const REFRESH_KEYS = [0xa602, 0xb480] as const;
/** The interrupt comes this long before the reset. @source K64P144M120SF5RM "WDOG: Generated resets and interrupts" */
const INTERRUPT_LEAD_CYCLES = 256;

/**
 * Watchdog of K64: unlock and refresh sequences, time-out, window, interrupt before reset.
 *
 * Differs from silicon: the sequences and the update window have no time limit; a write without unlocking and a wrong
 * refresh are ignored and told instead of resetting; and the watchdog that reset leaves running does not run out unless
 * firmware has configured it, so that plain programs run.
 * @source K64P144M120SF5RM "Watchdog Timer"
 */
export class KinetisWdog extends NarrowPeripheral {
  #unlockStep = 0;
  #refreshStep = 0;
  #isOpen = false;
  #isConfigured = false;
  #startedAt = 0;

  protected readonly r = this.define({
    STCTRLH: {
      offset: at(0x00),
      reset: 0x01d3,
      rw: 0,
      write: (_v, _p, bits) => this.#configure("STCTRLH", bits),
    },
    STCTRLL: { offset: at(0x02), reset: 0x0001, rw: 0, w1c: INTFLG, write: () => this.irq("global", false) },
    TOVALH: {
      offset: at(0x04),
      reset: 0x004c,
      rw: 0,
      write: (_v, _p, bits) => this.#configure("TOVALH", bits),
    },
    TOVALL: {
      offset: at(0x06),
      reset: 0x4b4c,
      rw: 0,
      write: (_v, _p, bits) => this.#configure("TOVALL", bits),
    },
    WINH: { offset: at(0x08), rw: 0, write: (_v, _p, bits) => this.#configure("WINH", bits) },
    WINL: { offset: at(0x0a), reset: 0x0010, rw: 0, write: (_v, _p, bits) => this.#configure("WINL", bits) },
    REFRESH: { offset: at(0x0c), reset: 0xb480, rw: 0, write: (_v, _p, word) => this.#refresh(word) },
    UNLOCK: { offset: at(0x0e), reset: 0xd928, rw: 0, write: (_v, _p, word) => this.#unlock(word) },
    TMROUTH: { offset: at(0x10), rw: 0, read: () => this.#count() >>> 16 },
    TMROUTL: { offset: at(0x12), rw: 0, read: () => this.#count() & 0xffff },
    RSTCNT: storage(at(0x14), 0, 0),
    PRESC: {
      offset: at(0x16),
      reset: 0x0400,
      rw: 0,
      write: (_v, _p, bits) => this.#configure("PRESC", bits & 0x0700),
    },
  });
  readonly #expiry = this.alarm(() => this.#expired());
  readonly #late = this.alarm(() => this.#reset());

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, 2);
  }

  override reset(): void {
    super.reset();
    this.#unlockStep = this.#refreshStep = 0;
    this.#isOpen = this.#isConfigured = false;
    this.irq("global", false);
  }
  protected override saveState(): unknown {
    const since = this.context.scheduler.now() - this.#startedAt;
    return [this.#unlockStep, this.#refreshStep, this.#isOpen, this.#isConfigured, since];
  }
  protected override restoreState(state: unknown): void {
    const saved = state as [number, number, boolean, boolean, number]; // only ever what saveState gave
    [this.#unlockStep, this.#refreshStep, this.#isOpen, this.#isConfigured] = saved;
    this.#startedAt = this.context.scheduler.now() - saved[4];
  }

  #unlock(word: number): void {
    this.#unlockStep = word === UNLOCK_KEYS[this.#unlockStep] ? this.#unlockStep + 1 : 0;
    if (this.#unlockStep < UNLOCK_KEYS.length) return;
    this.#unlockStep = 0;
    this.#isOpen = this.r.STCTRLH.has(STCTRLH.ALLOWUPDATE) || !this.#isConfigured;
    if (!this.#isOpen) this.notice("unlock refused: ALLOWUPDATE is 0");
  }
  #configure(name: "STCTRLH" | "TOVALH" | "TOVALL" | "WINH" | "WINL" | "PRESC", bits: number): void {
    if (!this.#isOpen) {
      this.notice(`write of ${name} without unlocking is ignored (silicon resets)`);
      return;
    }
    this.r[name].value = bits & 0xffff;
    this.#isConfigured = true;
    this.#restart();
  }

  get #hz(): number {
    const { clocks } = this.context;
    const source = this.r.STCTRLH.has(STCTRLH.CLKSRC) ? clocks.hz(clocks.has("bus") ? "bus" : "core") : 1000;
    return source / (this.r.PRESC.bits(8, 3) + 1);
  }
  get #timeout(): number {
    return this.r.TOVALH.value * 0x1_0000 + this.r.TOVALL.value;
  }
  #elapsedSeconds(): number {
    const { scheduler, clocks } = this.context;
    return (scheduler.now() - this.#startedAt) / clocks.coreHz;
  }
  #count(): number {
    return this.#expiry.pending ? Math.floor(this.#elapsedSeconds() * this.#hz) : 0;
  }
  #restart(): void {
    this.#startedAt = this.context.scheduler.now();
    this.#late.clear();
    if (this.r.STCTRLH.has(STCTRLH.WDOGEN)) this.#expiry.afterSeconds(this.#timeout / this.#hz);
    else this.#expiry.clear();
  }
  #refresh(word: number): void {
    this.#refreshStep = word === REFRESH_KEYS[this.#refreshStep] ? this.#refreshStep + 1 : 0;
    if (this.#refreshStep < REFRESH_KEYS.length) return;
    this.#refreshStep = 0;
    if (!this.#isConfigured) return;
    const window = this.r.WINH.value * 0x1_0000 + this.r.WINL.value;
    if (this.r.STCTRLH.has(STCTRLH.WINEN) && this.#count() < window) this.#expired();
    else this.#restart();
  }
  #expired(): void {
    if (!this.r.STCTRLH.has(STCTRLH.IRQRSTEN)) {
      this.#reset();
      return;
    }
    this.r.STCTRLL.setBits(INTFLG);
    this.irq("global", true);
    this.#late.atCycle(this.context.scheduler.now() + INTERRUPT_LEAD_CYCLES);
  }
  #reset(): void {
    this.notice("the watchdog ran out: system reset");
    this.context.requestReset?.();
  }
}
