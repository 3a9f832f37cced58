import { RegisterPeripheral } from "../register-peripheral.ts";

const CR = { RNGEN: 1 << 2, IE: 1 << 3 } as const;
const DRDY = 1 << 0;
/** First state of the generator; the same on every run, so that runs are the same. */
const SEED = 0x2545_f491;
/** Seconds of one number: 40 periods of the 48 MHz clock. @source RM0090, RM0385 "RNG operation" */
const NUMBER_SECONDS = 40 / 48e6;

/**
 * Random number generator. The numbers come from a fixed seed: a run is repeatable, and they are no secret. Clock and
 * seed errors never happen. @source RM0090, RM0385, RM0351, RM0433 "RNG registers"
 */
export class Stm32Rng extends RegisterPeripheral {
  #state = SEED;
  protected readonly r = this.define({
    CR: { offset: 0x0, rw: 0xffff_ffff, write: () => this.#follow() },
    SR: { offset: 0x4, rw: 0, w0c: 0x60 },
    DR: { offset: 0x8, rw: 0, read: () => this.#take() },
    HTCR: { offset: 0x10, reset: 0x0000_5a4e },
  });
  readonly #ready = this.alarm(() => {
    this.r.SR.setBits(DRDY);
    this.#updateIrq();
  });

  override reset(): void {
    super.reset();
    this.#state = SEED;
    this.#updateIrq();
  }
  protected override saveState(): unknown {
    return this.#state;
  }
  protected override restoreState(state: unknown): void {
    this.#state = state as number;
    this.#updateIrq();
  }

  #follow(): void {
    const { CR: cr, SR: sr } = this.r;
    if (!cr.has(CR.RNGEN)) {
      this.#ready.clear();
      sr.clearBits(DRDY);
    } else if (!sr.has(DRDY) && !this.#ready.pending) this.#ready.afterSeconds(NUMBER_SECONDS);
    this.#updateIrq();
  }
  /** Without DRDY the register reads 0. */
  #take(): number {
    if (!this.r.SR.has(DRDY)) return 0;
    this.r.SR.clearBits(DRDY);
    this.#follow();
    // Marsaglia's xorshift of 32 bits.
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }
  #updateIrq(): void {
    this.irq("global", this.r.SR.has(DRDY) && this.r.CR.has(CR.IE));
  }
}
