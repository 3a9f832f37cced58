import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage } from "../registers.ts";

const VOS = 0b11 << 14;
/** VOSRDY of D3CR and ACTVOSRDY of CSR1 stand at the same bit. */
const READY = 1 << 13;
/** Change of the voltage scale: no figure is published. */
const SCALING_SECONDS = 20e-6;

/**
 * Power control of STM32H7: supply selection, voltage scaling of D3CR (SRDCR on H7A3) with VOSRDY, ACTVOS and ACTVOSRDY.
 * ACTVOSRDY is set from reset on. @source RM0433, RM0455 "PWR registers"
 */
export class Stm32H7Pwr extends RegisterPeripheral {
  protected readonly r = this.define({
    CR1: storage(0x00, 0xf000_c000, 0x0007_c3f1),
    CSR1: { offset: 0x04, reset: 0x4000 | READY, rw: 0 },
    CR2: { offset: 0x08, rw: 0x0000_0011 },
    CR3: {
      offset: 0x0c,
      reset: 0x0000_0006,
      rw: 0x0300_033f,
      write: () => {
        this.#rescale();
      },
    },
    CPUCR: { offset: 0x10, rw: 0x0000_0e07, notModelled: 0b111, fields: { PDDS: [0, 3] } },
    D3CR: {
      offset: 0x18,
      reset: 0x4000 | READY,
      rw: VOS,
      write: (value, previous) => {
        if (((value ^ previous) & VOS) !== 0) this.#rescale();
      },
    },
    WKUPCR: { offset: 0x20, writeOnly: true },
    WKUPFR: { offset: 0x24, rw: 0 },
    WKUPEPR: storage(0x28, 0, 0x0fff_3f3f),
  });
  readonly #scaling = this.alarm(() => {
    this.r.D3CR.setBits(READY);
    this.r.CSR1.value = READY | (this.r.D3CR.value & VOS);
  });

  #rescale(): void {
    this.r.D3CR.clearBits(READY);
    this.r.CSR1.clearBits(READY);
    this.#scaling.afterSeconds(SCALING_SECONDS);
  }
}
