import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage, type RegisterSpec } from "../registers.ts";

/** PIN_CNF fields. */
const DIR = 1 << 0;
const INPUT_OFF = 1 << 1;
const PULL_UP = 0b11;
/** P0 stands at the base of the block, P1 behind it. */
const PORT_STRIDE = 0x300;
const PINS_A_PORT = 32;

/** One port's share of the block's state: what its registers tell of its pins. */
interface Port {
  out: number;
  driven: number;
  levels: number;
}

/**
 * GPIO ports P0 and P1 of nRF52840. Pins are counted through: P1.00 is pin 32.
 *
 * Not modelled: DETECT and LATCH (pin sensing), drive strength, peripherals that take a pin over.
 * @source nRF52840 Product Specification, "GPIO"
 */
export class NrfGpio extends RegisterPeripheral {
  readonly #ports: readonly Port[] = [0, 1].map(() => ({ out: 0, driven: 0, levels: 0 }));
  readonly #listeners: ((port: number, pins: number) => void)[] = [];
  protected readonly r = this.define<string>({ ...this.#portRegisters(0), ...this.#portRegisters(1) });

  /** Drives a pin from outside; undefined lets go of it. */
  drive(pin: number, level: boolean | undefined): void {
    const port = this.#ports[pin >>> 5];
    if (port === undefined) return;
    const bit = 1 << (pin & 31);
    port.driven = level === undefined ? port.driven & ~bit : port.driven | bit;
    port.levels = level === true ? port.levels | bit : port.levels & ~bit;
  }
  /** Levels of a port's output register, told after every change. */
  onOutput(listener: (port: number, pins: number) => void): void {
    this.#listeners.push(listener);
  }

  override reset(): void {
    super.reset();
    for (const port of this.#ports) port.out = 0;
  }
  protected override saveState(): unknown {
    return this.#ports.map((port) => port.out);
  }
  protected override restoreState(state: unknown): void {
    (state as number[]).forEach((out, n) => (this.#ports[n]!.out = out));
  }

  #portRegisters(n: number): Record<string, RegisterSpec> {
    const at = (offset: number): number => offset + n * PORT_STRIDE;
    const name = (register: string): string => `P${n}_${register}`;
    const output = (offset: number, change: (old: number, bits: number) => number): RegisterSpec => ({
      offset: at(offset),
      rw: 0,
      read: () => this.#ports[n]!.out,
      write: (_v, _p, bits) => this.#setOutput(n, change(this.#ports[n]!.out, bits)),
    });
    const direction = (offset: number, change: (old: number, bits: number) => number): RegisterSpec => ({
      offset: at(offset),
      rw: 0,
      read: () => this.#direction(n),
      write: (_v, _p, bits) => this.#setDirection(n, change(this.#direction(n), bits)),
    });
    const pins = Array.from({ length: PINS_A_PORT }, (_, pin): [string, RegisterSpec] => [
      name(`PIN_CNF${pin}`),
      storage(at(0x700) + 4 * pin, INPUT_OFF, 0x0003_070f),
    ]);
    return {
      [name("OUT")]: output(0x504, (_old, bits) => bits),
      [name("OUTSET")]: output(0x508, (old, bits) => old | bits),
      [name("OUTCLR")]: output(0x50c, (old, bits) => old & ~bits),
      [name("IN")]: { offset: at(0x510), rw: 0, read: () => this.#input(n) },
      [name("DIR")]: direction(0x514, (_old, bits) => bits),
      [name("DIRSET")]: direction(0x518, (old, bits) => old | bits),
      [name("DIRCLR")]: direction(0x51c, (old, bits) => old & ~bits),
      [name("LATCH")]: { offset: at(0x520), w1c: 0xffff_ffff },
      [name("DETECTMODE")]: storage(at(0x524), 0, 1),
      ...Object.fromEntries(pins),
    };
  }

  #configuration(n: number, pin: number) {
    return this.r[`P${n}_PIN_CNF${pin}`]!;
  }
  #direction(n: number): number {
    let bits = 0;
    for (let pin = 0; pin < PINS_A_PORT; pin++) {
      if (this.#configuration(n, pin).has(DIR)) bits |= 1 << pin;
    }
    return bits >>> 0;
  }
  #setDirection(n: number, bits: number): void {
    for (let pin = 0; pin < PINS_A_PORT; pin++) {
      const register = this.#configuration(n, pin);
      if (((bits >>> pin) & 1) === 1) register.setBits(DIR);
      else register.clearBits(DIR);
    }
  }
  #setOutput(n: number, bits: number): void {
    this.#ports[n]!.out = bits >>> 0;
    for (const listener of this.#listeners) listener(n, bits >>> 0);
  }
  /** A pin whose input buffer is disconnected reads 0, an output's as well. */
  #input(n: number): number {
    const { out, driven, levels } = this.#ports[n]!;
    let bits = 0;
    for (let pin = 0; pin < PINS_A_PORT; pin++) {
      const register = this.#configuration(n, pin);
      const bit = 1 << pin;
      if (register.has(INPUT_OFF)) continue;
      if (register.has(DIR)) bits |= out & bit;
      else if ((driven & bit) !== 0) bits |= levels & bit;
      else if (register.bits(2, 2) === PULL_UP) bits |= bit;
    }
    return bits >>> 0;
  }
}
