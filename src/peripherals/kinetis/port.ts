import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage, type RegisterSpec } from "../registers.ts";
import { KinetisPeripheral } from "./kinetis-peripheral.ts";

const PINS = 32;
const ISF = 1 << 24;
const IRQC = 0b1111 << 16;

/**
 * Pin control of K64: multiplexing, pulls and drive are kept. Pin interrupts are reported and do not come.
 * @source K64P144M120SF5RM "Port control and interrupts"
 */
export class KinetisPort extends KinetisPeripheral {
  protected readonly r = this.define<string>({
    ...Object.fromEntries(
      Array.from({ length: PINS }, (_, pin): [string, RegisterSpec] => [
        `PCR${pin}`,
        { offset: 4 * pin, rw: 0x000f_8777, w1c: ISF, notModelled: IRQC, fields: { IRQC: [16, 4] } },
      ]),
    ),
    GPCLR: { offset: 0x80, writeOnly: true, write: (word) => this.#writeMany(0, word) },
    GPCHR: { offset: 0x84, writeOnly: true, write: (word) => this.#writeMany(16, word) },
    ISFR: { offset: 0xa0, w1c: 0xffff_ffff },
    DFER: storage(0xc0),
    DFCR: storage(0xc4, 0, 1),
    DFWR: storage(0xc8, 0, 0x1f),
  });

  /** The upper half chooses pins, the lower half is what their low halfwords become. */
  #writeMany(first: number, word: number): void {
    for (let i = 0; i < 16; i++) {
      const register = this.r[`PCR${first + i}`];
      if (((word >>> (16 + i)) & 1) === 1 && register !== undefined) {
        register.value = (register.value & 0xffff_0000) | (word & 0x8777);
      }
    }
  }
}

/**
 * GPIO of K64. An input that nobody drives reads 0: pulls are in the PORT block and are not followed.
 * @source K64P144M120SF5RM "General-Purpose Input/Output"
 */
export class KinetisGpio extends RegisterPeripheral {
  #driven = 0;
  #levels = 0;
  readonly #listeners: ((pins: number) => void)[] = [];
  protected readonly r = this.define({
    PDOR: { offset: 0x00, write: () => this.#outputChanged() },
    PSOR: { offset: 0x04, writeOnly: true, write: (bits) => this.#put(this.r.PDOR.value | bits) },
    PCOR: { offset: 0x08, writeOnly: true, write: (bits) => this.#put(this.r.PDOR.value & ~bits) },
    PTOR: { offset: 0x0c, writeOnly: true, write: (bits) => this.#put(this.r.PDOR.value ^ bits) },
    PDIR: { offset: 0x10, rw: 0, read: () => this.#input() },
    PDDR: storage(0x14),
  });

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

  #input(): number {
    const { PDOR, PDDR } = this.r;
    const inputs = this.#driven & this.#levels & ~PDDR.value;
    return ((PDOR.value & PDDR.value) | inputs) >>> 0;
  }
  #put(pins: number): void {
    this.r.PDOR.value = pins;
    this.#outputChanged();
  }
  #outputChanged(): void {
    for (const listener of this.#listeners) listener(this.r.PDOR.value);
  }
}
