import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage, type RegisterSpec } from "../registers.ts";

const VOS = 0b11 << 9;
const VOSF = 1 << 10;
/** Range 2 to range 1. @source DS11585, DS12023 "wake-up times from low-power modes", typ 20 us */
const SCALING_SECONDS = 20e-6;

/** Pull-up and pull-down configuration of ports A to I in standby: storage. @source RM0432 "PWR_PUCRA" and following */
const pullRegisters = (): Record<string, RegisterSpec> =>
  Object.fromEntries(
    ["A", "B", "C", "D", "E", "F", "G", "H", "I"].flatMap((port, i) => [
      [`PUCR${port}`, storage(0x20 + 8 * i)],
      [`PDCR${port}`, storage(0x24 + 8 * i)],
    ]),
  );

/**
 * Power control of STM32L4 and L4+: voltage range and VOSF, boost mode (CR5.R1MODE) as storage.
 * @source RM0351, RM0432 "PWR registers"
 */
export class Stm32L4Pwr extends RegisterPeripheral {
  protected readonly r = this.define({
    CR1: {
      offset: 0x00,
      reset: 0x0000_0200,
      rw: 0x0000_4717,
      notModelled: 0x4007,
      fields: { LPMS: [0, 3], LPR: [14] },
      write: (value, previous) => this.#writeCR1(value, previous),
    },
    CR2: storage(0x04, 0, 0x07ff),
    CR3: storage(0x08, 0x0000_8000, 0x9f1f),
    CR4: storage(0x0c, 0, 0x231f),
    SR1: { offset: 0x10, rw: 0 },
    SR2: { offset: 0x14, reset: 0x0000_0100, rw: 0 },
    SCR: { offset: 0x18, writeOnly: true },
    /** L4+ alone. R1MODE 0 is the boost mode that 120 MHz needs. */
    CR5: storage(0x80, 0x0000_0100, 0x0100),
    ...pullRegisters(),
  });
  readonly #scaling = this.alarm(() => this.r.SR2.clearBits(VOSF));

  #writeCR1(value: number, previous: number): void {
    if (((value ^ previous) & VOS) === 0) return;
    this.r.SR2.setBits(VOSF);
    this.#scaling.afterSeconds(SCALING_SECONDS);
  }
}
