import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage } from "../registers.ts";

const DR = 0x00;
const RESET = 1 << 0;
const REV_OUT = 1 << 7;
const ETHERNET = 0x04c1_1db7;
/** POLYSIZE: width of the polynomial. */
const WIDTHS = [32, 16, 8, 7] as const;
/** REV_IN: bits reversed within units of this many; 0 is not at all. */
const REVERSED_UNITS = [0, 8, 16, 32] as const;

const reverse = (value: number, width: number): number => {
  let out = 0;
  for (let i = 0; i < width; i++) if (((value >>> i) & 1) === 1) out |= 1 << (width - 1 - i);
  return out >>> 0;
};

/**
 * CRC calculation unit: polynomial, its width, initial value, and bit reversal on parts that have them (not F4, whose
 * registers for them stay at their reset values). Takes bytes, halfwords and words.
 * @source RM0090, RM0385, RM0351, RM0433 "CRC calculation unit"
 */
export class Stm32Crc extends RegisterPeripheral {
  readonly #isFixed = this.context.mcu.startsWith("STM32F4");
  #crc = 0xffff_ffff;
  protected readonly r = this.define({
    DR: { offset: DR, rw: 0, read: () => this.#result() },
    IDR: storage(0x04, 0, this.#isFixed ? 0xff : 0xffff_ffff),
    CR: { offset: 0x08, rw: this.#isFixed ? 0 : 0xf8, write: (_v, _p, bits) => this.#writeCR(bits) },
    INIT: {
      offset: 0x10,
      reset: 0xffff_ffff,
      rw: this.#isFixed ? 0 : 0xffff_ffff,
      write: (value) => (this.#crc = value),
    },
    POL: storage(0x14, ETHERNET, this.#isFixed ? 0 : 0xffff_ffff),
  });

  override write(offset: number, size: AccessSize, value: number): boolean {
    if (offset === DR && this.context.clocks.isEnabled(this.name))
      this.#feed(value, this.#isFixed ? 4 : size);
    return super.write(offset, size, value);
  }
  override reset(): void {
    super.reset();
    this.#crc = 0xffff_ffff;
  }
  protected override saveState(): unknown {
    return this.#crc;
  }
  protected override restoreState(state: unknown): void {
    this.#crc = state as number;
  }

  get #width(): number {
    return WIDTHS[this.r.CR.bits(3, 2) as 0 | 1 | 2 | 3];
  }
  #writeCR(bits: number): void {
    if ((bits & RESET) !== 0) this.#crc = this.r.INIT.value;
  }
  #result(): number {
    const width = this.#width;
    const value = width === 32 ? this.#crc : this.#crc & (2 ** width - 1);
    return this.r.CR.has(REV_OUT) ? reverse(value, width) : value >>> 0;
  }
  #feed(value: number, size: AccessSize): void {
    const unit = Math.min(REVERSED_UNITS[this.r.CR.bits(5, 2) as 0 | 1 | 2 | 3], 8 * size);
    let data = value;
    if (unit > 0) {
      data = 0;
      for (let at = 0; at < 8 * size; at += unit)
        data |= reverse((value >>> at) & (2 ** unit - 1), unit) << at;
    }
    const width = this.#width;
    const polynomial = this.r.POL.value;
    let crc = this.#crc;
    for (let i = 8 * size - 1; i >= 0; i--) {
      const carry = ((crc >>> (width - 1)) ^ (data >>> i)) & 1;
      crc = (crc << 1) ^ (carry === 1 ? polynomial : 0);
    }
    this.#crc = (width === 32 ? crc : crc & (2 ** width - 1)) >>> 0;
  }
}
