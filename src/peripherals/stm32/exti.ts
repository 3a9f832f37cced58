import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage, type Register, type RegisterSpec } from "../registers.ts";

/** Where one bank of 32 lines has its registers. */
interface Bank {
  readonly IMR: number;
  readonly EMR: number;
  readonly RTSR: number;
  readonly FTSR: number;
  readonly SWIER: number;
  readonly PR: number;
}

/** @source RM0090, RM0385 "EXTI registers" (bank 1), RM0351, RM0432 (both) */
const BANKS: readonly Bank[] = [
  { IMR: 0x00, EMR: 0x04, RTSR: 0x08, FTSR: 0x0c, SWIER: 0x10, PR: 0x14 },
  { IMR: 0x20, EMR: 0x24, RTSR: 0x28, FTSR: 0x2c, SWIER: 0x30, PR: 0x34 },
];
/** @source RM0433, RM0455 "EXTI registers": the masks and pending bits stand apart, for each core */
const H7_BANKS: readonly Bank[] = [0, 1, 2].map((n) => ({
  RTSR: 0x20 * n,
  FTSR: 0x20 * n + 0x04,
  SWIER: 0x20 * n + 0x08,
  IMR: 0x80 + 0x10 * n,
  EMR: 0x84 + 0x10 * n,
  PR: 0x88 + 0x10 * n,
}));

/** Interrupt roles of the GPIO lines. */
const ROLES: readonly (readonly [role: string, mask: number])[] = [
  ...[0, 1, 2, 3, 4].map((n) => [`exti${n}`, 1 << n] as const),
  ["exti9_5", 0x03e0],
  ["exti15_10", 0xfc00],
];

/**
 * External interrupts: lines pended by software (SWIER) or by a level that the host drives through `drive`, masks, edge
 * selection, and the interrupt lines of GPIO 0 to 15.
 *
 * Not modelled: events (EMR is kept), the lines of RTC, comparators and wake-ups, whose peripherals raise their own.
 */
export class Stm32Exti extends RegisterPeripheral {
  readonly #banks = this.config.type === "stm32h7-exti" ? H7_BANKS : BANKS;
  #levels = 0;
  protected readonly r = this.define<string>(this.#registers());

  /** The level of a GPIO line 0 to 15 changes. */
  drive(line: number, level: boolean): void {
    const bit = 1 << line;
    const was = (this.#levels & bit) !== 0;
    if (was === level) return;
    this.#levels ^= bit;
    if (this.#register(level ? "RTSR1" : "FTSR1").has(bit)) this.#register("PR1").setBits(bit);
    this.#updateIrq();
  }
  override reset(): void {
    super.reset();
    this.#updateIrq();
  }
  protected override restoreState(): void {
    this.#updateIrq();
  }

  #registers(): Record<string, RegisterSpec> {
    const specs: Record<string, RegisterSpec> = {};
    this.#banks.forEach((bank, i) => {
      const n = i + 1;
      specs[`IMR${n}`] = { offset: bank.IMR, write: () => this.#updateIrq() };
      specs[`EMR${n}`] = storage(bank.EMR);
      specs[`RTSR${n}`] = storage(bank.RTSR);
      specs[`FTSR${n}`] = storage(bank.FTSR);
      specs[`SWIER${n}`] = {
        offset: bank.SWIER,
        write: (value, previous) => this.#software(n, value & ~previous),
      };
      specs[`PR${n}`] = {
        offset: bank.PR,
        w1c: 0xffff_ffff,
        write: (_value, _previous, cleared) => this.#cleared(n, cleared),
      };
    });
    return specs;
  }
  #register(name: string): Register {
    return this.r[name]!;
  }
  /** A line that is not masked is pended. */
  #software(n: number, rising: number): void {
    this.#register(`PR${n}`).setBits(rising & this.#register(`IMR${n}`).value);
    this.#updateIrq();
  }
  #cleared(n: number, bits: number): void {
    this.#register(`SWIER${n}`).clearBits(bits);
    this.#updateIrq();
  }
  #updateIrq(): void {
    const raised = this.#register("PR1").value & this.#register("IMR1").value;
    for (const [role, mask] of ROLES) this.irq(role, (raised & mask) !== 0);
  }
}
