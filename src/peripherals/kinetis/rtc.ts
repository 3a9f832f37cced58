import type { PartContext, PeripheralConfig } from "../part.ts";
import { storage } from "../registers.ts";
import { TickCounter } from "../tick-counter.ts";
import { KinetisPeripheral } from "./kinetis-peripheral.ts";

const HZ = 32_768;
const SWR = 1 << 0;
const SR = { TIF: 1 << 0, TAF: 1 << 2, TCE: 1 << 4 } as const;
const IER = { TIIE: 1 << 0, TAIE: 1 << 2, TSIE: 1 << 4 } as const;

/**
 * Real-time clock: seconds from where the firmware set them, an alarm, an interrupt each second. The oscillator is up
 * at once. Not modelled: compensation, locks, and that it goes on through a reset. @source K64P144M120SF5RM "RTC"
 */
export class KinetisRtc extends KinetisPeripheral {
  protected readonly r = this.define({
    TSR: { offset: 0x00, read: () => this.#seconds(), write: (value) => this.#set(value) },
    TPR: { offset: 0x04, read: () => this.#ticks.elapsed % HZ, write: () => undefined },
    TAR: { offset: 0x08, write: () => this.#writeTAR() },
    TCR: storage(0x0c),
    CR: { offset: 0x10, rw: 0x3f1f, write: (value) => this.#writeCR(value) },
    SR: { offset: 0x14, reset: SR.TIF, rw: SR.TCE, write: () => this.#writeSR() },
    LR: storage(0x18, 0xff),
    IER: { offset: 0x1c, reset: 0b111, rw: 0x97, write: () => this.#updateIrq() },
  });
  readonly #ticks: TickCounter;
  /** TSR when the ticks began. */
  #base = 0;
  readonly #second = this.alarm(() => this.#passSecond());

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.#ticks = new TickCounter(context, () => HZ);
  }

  override reset(): void {
    super.reset();
    this.#ticks.stop();
    this.#ticks.clear();
    this.#base = 0;
    this.#updateIrq();
  }
  protected override saveState(): unknown {
    return { base: this.#base, ticks: this.#ticks.save() };
  }
  protected override restoreState(state: unknown): void {
    const saved = state as { base: number; ticks: ReturnType<TickCounter["save"]> };
    this.#base = saved.base;
    this.#ticks.restore(saved.ticks);
  }

  #seconds(): number {
    return (this.#base + Math.floor(this.#ticks.elapsed / HZ)) >>> 0;
  }
  /** Writable while the counter is off; clears TIF. */
  #set(value: number): void {
    if (this.r.SR.has(SR.TCE)) return;
    this.#base = value;
    this.#ticks.clear();
    this.r.SR.clearBits(SR.TIF);
    this.#updateIrq();
  }
  #writeTAR(): void {
    this.r.SR.clearBits(SR.TAF);
    this.#updateIrq();
    this.#awaitSecond();
  }
  #writeCR(value: number): void {
    if ((value & SWR) === 0) return;
    this.reset();
    this.r.CR.value = SWR;
  }
  #writeSR(): void {
    if (this.r.SR.has(SR.TCE)) this.#ticks.start();
    else this.#ticks.stop();
    this.#awaitSecond();
  }
  #awaitSecond(): void {
    this.#second.clear();
    const isWanted = this.r.IER.has(IER.TSIE) || (this.r.TAR.value !== 0 && this.r.IER.has(IER.TAIE));
    if (!isWanted || !this.r.SR.has(SR.TCE)) return;
    const cycle = this.#ticks.cycleOf((Math.floor(this.#ticks.elapsed / HZ) + 1) * HZ);
    if (cycle < Infinity) this.#second.atCycle(cycle);
  }
  /** The alarm comes with the second after the one that TAR names. */
  #passSecond(): void {
    if (this.#seconds() - 1 === this.r.TAR.value) this.r.SR.setBits(SR.TAF);
    if (this.r.IER.has(IER.TSIE)) {
      this.irq("seconds", true);
      this.irq("seconds", false);
    }
    this.#updateIrq();
    this.#awaitSecond();
  }
  #updateIrq(): void {
    const { SR: sr, IER: ier } = this.r;
    this.irq("alarm", (sr.has(SR.TIF) && ier.has(IER.TIIE)) || (sr.has(SR.TAF) && ier.has(IER.TAIE)));
    if (this.#ticks.running && !this.#second.pending) this.#awaitSecond();
  }
}
