import type { PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage } from "../registers.ts";
import { UpCounter } from "../up-counter.ts";

const CR = { EN: 1 << 0, ENMOD: 1 << 1, FRR: 1 << 9, EN_24M: 1 << 10, SWR: 1 << 15 } as const;
const ROV = 1 << 5;
const CHANNELS = [0, 1, 2] as const;
const TOP = 2 ** 32;

/**
 * General-purpose timer of i.MX RT1060: a 32-bit up-counter with three compare values, restarting at the first or free.
 * Capture and output pins are not modelled. @source IMXRT1060RM "General Purpose Timer"
 */
export class ImxrtGpt extends RegisterPeripheral {
  protected readonly r = this.define({
    CR: { offset: 0x00, rw: 0xffff_ffff, write: (value, previous) => this.#writeCR(value, previous) },
    PR: storage(0x04, 0, 0xffff),
    SR: { offset: 0x08, w1c: 0x3f },
    IR: storage(0x0c, 0, 0x3f),
    OCR1: { offset: 0x10, reset: 0xffff_ffff, write: () => this.#restarts() && this.#counter.load(0) },
    OCR2: storage(0x14, 0xffff_ffff),
    OCR3: storage(0x18, 0xffff_ffff),
    ICR1: { offset: 0x1c, rw: 0 },
    ICR2: { offset: 0x20, rw: 0 },
    CNT: { offset: 0x24, rw: 0, read: () => this.#counter.value },
  });
  readonly #counter: UpCounter;

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.#counter = new UpCounter(context, (run) => this.alarm(run), {
      hz: () => this.#hz,
      modulus: () => (this.#restarts() ? this.r.OCR1.value + 1 : TOP),
      targets: () => this.#targets(0),
      awaited: () => this.#targets(1),
      reached: (value) => this.#reached(value),
    });
  }

  override read(offset: number, size: AccessSize): number | undefined {
    this.#counter.sync();
    return super.read(offset, size);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    this.#counter.sync();
    super.write(offset, size, value);
    this.#counter.update();
    this.#updateIrq();
    return true;
  }
  override reset(): void {
    super.reset();
    this.#counter.reset();
    this.#updateIrq();
  }
  protected override saveState(): unknown {
    return this.#counter.save();
  }
  protected override restoreState(state: unknown): void {
    this.#counter.restore(state as ReturnType<UpCounter["save"]>);
    this.#updateIrq();
  }

  #restarts(): boolean {
    return !this.r.CR.has(CR.FRR);
  }
  /** CLKSRC: none, PERCLK, PERCLK again, pin, 32 kHz, 24 MHz. */
  get #hz(): number {
    const { CR: cr, PR } = this.r;
    const { clocks } = this.context;
    const perclk = clocks.hz(this.config.clock ?? "core");
    const crystal = cr.has(CR.EN_24M) ? 24e6 / (PR.bits(12, 4) + 1) : 0;
    const source = [0, perclk, perclk, 0, 32_768, crystal][cr.bits(6, 3)] ?? 0;
    return source / (PR.bits(0, 12) + 1);
  }
  get #compareValues(): readonly number[] {
    return [this.r.OCR1.value, this.r.OCR2.value, this.r.OCR3.value];
  }
  /** Values whose flag is not set; only those that raise an interrupt when `interrupts` is 1. */
  #targets(interrupts: 0 | 1): number[] {
    const wanted = ~this.r.SR.value & (interrupts === 1 ? this.r.IR.value : 0x3f);
    const targets = this.#compareValues.filter((_, n) => (wanted & (1 << n)) !== 0);
    return (wanted & ROV) !== 0 && !this.#restarts() ? [...targets, 0] : targets;
  }
  #reached(value: number): void {
    for (const n of CHANNELS) if (this.#compareValues[n] === value) this.r.SR.setBits(1 << n);
    if (value === 0 && !this.#restarts()) this.r.SR.setBits(ROV);
    this.#updateIrq();
  }
  #writeCR(value: number, previous: number): void {
    if ((value & CR.SWR) !== 0) {
      const kept = value & (CR.EN | CR.ENMOD);
      this.reset();
      this.r.CR.value = kept & ~CR.EN;
      return;
    }
    if ((value & CR.EN) === 0) this.#counter.stop();
    else if ((previous & CR.EN) === 0) {
      if ((value & CR.ENMOD) !== 0) this.#counter.load(0);
      this.#counter.start();
    }
  }
  #updateIrq(): void {
    this.irq("global", (this.r.SR.value & this.r.IR.value) !== 0);
  }
}
