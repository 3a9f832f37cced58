import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage } from "../registers.ts";

/** Two configuration bits a pin. */
const MODE = { input: 0, output: 1, alternate: 2, analog: 3 } as const;
const PULL_UP = 1;
const LCKK = 1 << 16;

/**
 * A GPIO port. IDR shows outputs, what the host drives, and pull-ups; an alternate-function pin reads as its pull or
 * what the host drives. A pin that nothing drives or pulls reads 0.
 * @source RM0090, RM0385, RM0351, RM0433 "GPIO registers"
 */
export class Stm32Gpio extends RegisterPeripheral {
  protected readonly r = this.define({
    MODER: this.#configuration(0x00, "moder"),
    OTYPER: storage(0x04, 0, 0xffff),
    OSPEEDR: this.#configuration(0x08, "ospeedr"),
    PUPDR: this.#configuration(0x0c, "pupdr"),
    IDR: { offset: 0x10, rw: 0, read: () => this.#input() },
    ODR: { offset: 0x14, rw: 0xffff, write: () => this.#outputChanged() },
    BSRR: { offset: 0x18, writeOnly: true, write: (bits) => this.#setReset(bits & 0xffff, bits >>> 16) },
    LCKR: { offset: 0x1c, rw: 0, write: (_value, _previous, written) => this.#writeLCKR(written) },
    AFRL: storage(0x20),
    AFRH: storage(0x24),
    /** L4 alone; reserved on the other families, where nothing uses it. */
    BRR: { offset: 0x28, writeOnly: true, write: (bits) => this.#setReset(0, bits & 0xffff) },
    /** L47x alone. */
    ASCR: storage(0x2c),
  });

  readonly #listeners: ((pins: number) => void)[] = [];
  /** Pins that the host drives, and their levels. */
  #driven = 0;
  #levels = 0;
  /** Step of the lock key sequence. */
  #lockStep = 0;

  /** Drives a pin from outside; undefined lets go of it. */
  drive(pin: number, level: boolean | undefined): void {
    const bit = 1 << pin;
    this.#driven = level === undefined ? this.#driven & ~bit : this.#driven | bit;
    this.#levels = level === true ? this.#levels | bit : this.#levels & ~bit;
  }
  /** Levels of the output register, told after every change. */
  onOutput(listener: (pins: number) => void): void {
    this.#listeners.push(listener);
  }

  override reset(): void {
    super.reset();
    this.#lockStep = 0;
  }

  protected override saveState(): unknown {
    return this.#lockStep;
  }
  protected override restoreState(state: unknown): void {
    this.#lockStep = state as number; // only ever what saveState gave
  }

  #configuration(offset: number, param: string) {
    return storage(offset, this.config.params[param] ?? 0);
  }

  #input(): number {
    const { MODER, ODR, PUPDR } = this.r;
    let pins = 0;
    for (let pin = 0; pin < 16; pin++) {
      const bit = 1 << pin;
      const mode = MODER.bits(2 * pin, 2);
      if (mode === MODE.analog) continue;
      if (mode === MODE.output) pins |= ODR.value & bit;
      else if ((this.#driven & bit) !== 0) pins |= this.#levels & bit;
      else if (PUPDR.bits(2 * pin, 2) === PULL_UP) pins |= bit;
    }
    return pins;
  }

  #setReset(set: number, reset: number): void {
    const { ODR } = this.r;
    ODR.value = (ODR.value & ~reset) | set; // BSRR: set has priority
    this.#outputChanged();
  }

  #outputChanged(): void {
    for (const listener of this.#listeners) listener(this.r.ODR.value);
  }

  /** Key sequence: LCKK 1, 0, 1 with the same pins, then a read. The lock itself is kept and not enforced. */
  #writeLCKR(written: number): void {
    const { LCKR } = this.r;
    if (LCKR.has(LCKK)) return;
    const expectsKey = this.#lockStep !== 1;
    const hasKey = (written & LCKK) !== 0;
    const samePins = this.#lockStep === 0 || (written & 0xffff) === (LCKR.value & 0xffff);
    this.#lockStep = expectsKey === hasKey && samePins ? this.#lockStep + 1 : 0;
    LCKR.value = written & 0xffff;
    if (this.#lockStep === 3) LCKR.setBits(LCKK);
  }
}
