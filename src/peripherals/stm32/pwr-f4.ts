import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage } from "../registers.ts";

const CR = { VOS: 0b11 << 14, ODEN: 1 << 16, ODSWEN: 1 << 17 } as const;
const CSR = { VOSRDY: 1 << 14, ODRDY: 1 << 16, ODSWRDY: 1 << 17 } as const;

/** Over-drive and its switch. @source DS9405, DS10916 "over-drive switching characteristics", typ 45 us with HSI */
const OVER_DRIVE_SECONDS = 45e-6;
/** No figure is published; as long as the over-drive switch. */
const SCALING_SECONDS = 45e-6;

/** VOS of CR after reset: scale 1 or 2 by part. @source RM0090, RM0368, RM0383, RM0390 "PWR_CR" */
const f4ResetCR = (mcu: string): number => {
  if (/^STM32F4[01][57]/.test(mcu)) return 0x4000;
  return /^STM32F4[01]/.test(mcu) ? 0x8000 : 0xc000;
};

/**
 * Power control of STM32F4 and STM32F7: voltage scaling and over-drive with their ready flags. Sleep and wake-up
 * settings are kept and have no effect.
 *
 * VOSRDY is set from reset on: silicon sets it with the PLL running, and nothing can run slower than that.
 * @source RM0390 "PWR_CR", "PWR_CSR"; RM0385 "PWR_CR1", "PWR_CSR1"
 */
export class Stm32F4Pwr extends RegisterPeripheral {
  protected readonly r = this.define({
    CR: {
      offset: 0x00,
      reset: this.config.type.startsWith("stm32f7") ? 0xc000 : f4ResetCR(this.context.mcu),
      rw: 0x003f_eff3,
      notModelled: 0b11,
      fields: { LPDS: [0], PDDS: [1] },
      write: (value, previous) => this.#writeCR(value, previous),
    },
    CSR: { offset: 0x04, reset: CSR.VOSRDY, rw: 0x0000_0380 },
    CR2: storage(0x08, 0, 0x3f00),
    CSR2: storage(0x0c, 0, 0x3f00),
  });
  readonly #scaling = this.alarm(() => this.r.CSR.setBits(CSR.VOSRDY));
  readonly #overDrive = this.alarm(() => this.r.CSR.setBits(CSR.ODRDY));
  readonly #overDriveSwitch = this.alarm(() => this.r.CSR.setBits(CSR.ODSWRDY));

  #writeCR(value: number, previous: number): void {
    const changed = value ^ previous;
    if ((changed & CR.VOS) !== 0) {
      this.r.CSR.clearBits(CSR.VOSRDY);
      this.#scaling.afterSeconds(SCALING_SECONDS);
    }
    if ((changed & CR.ODEN) !== 0) this.#follow(value & CR.ODEN, CSR.ODRDY, this.#overDrive);
    if ((changed & CR.ODSWEN) !== 0) this.#follow(value & CR.ODSWEN, CSR.ODSWRDY, this.#overDriveSwitch);
  }

  #follow(on: number, flag: number, ready: { clear(): void; afterSeconds(seconds: number): void }): void {
    if (on !== 0) {
      ready.afterSeconds(OVER_DRIVE_SECONDS);
      return;
    }
    ready.clear();
    this.r.CSR.clearBits(flag);
  }
}
