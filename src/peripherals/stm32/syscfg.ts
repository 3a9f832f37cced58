import type { PartContext, PeripheralConfig } from "../part.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { readOnly, storage, type RegisterSpec } from "../registers.ts";

type Specs = Record<string, RegisterSpec>;

/** EXTICR1 to EXTICR4, at the same place in every family. */
const lineSources: Specs = Object.fromEntries(
  [1, 2, 3, 4].map((n) => [`EXTICR${n}`, storage(0x04 + 4 * n, 0, 0xffff)]),
);

/** A compensation cell that is ready as soon as it is on: CMP_PD bit 0, READY bit 8. */
const COMPENSATION_READY = 1 << 8;

/** @source RM0090, RM0390, RM0385 "SYSCFG registers" */
const f4: Specs = {
  MEMRMP: {
    offset: 0x00,
    rw: 0x0d0f,
    notModelled: 0x0d0f,
    fields: { MEM_MODE: [0, 3], FB_MODE: [8], SWP_FMC: [10, 2] },
  },
  PMC: storage(0x04),
  ...lineSources,
};

/** @source RM0351, RM0432 "SYSCFG registers" */
const l4: Specs = {
  MEMRMP: { offset: 0x00, rw: 0x010f, notModelled: 0x0107, fields: { MEM_MODE: [0, 3], FB_MODE: [8] } },
  CFGR1: storage(0x04, 0x7c00_0001),
  ...lineSources,
  SCSR: { offset: 0x18, rw: 0, write: () => undefined },
  CFGR2: { offset: 0x1c, rw: 0x0f, w1c: 0x100 },
  SWPR: storage(0x20),
  SKR: { offset: 0x24, writeOnly: true },
  SWPR2: storage(0x28),
};

/** @source RM0433, RM0455 "SYSCFG registers" */
const h7: Specs = {
  PMCR: storage(0x04, 0x0f00_0000),
  ...lineSources,
  CFGR: storage(0x18),
  CCVR: readOnly(0x24, 0x0000_0088),
  CCCR: storage(0x28),
  /** ODEN takes the core from VOS1 to VOS0. */
  PWRCR: storage(0x2c, 0, 1),
  PKGR: readOnly(0x124),
};

const layoutOf = (mcu: string): Specs => {
  if (mcu.startsWith("STM32H7")) return h7;
  return mcu.startsWith("STM32L4") ? l4 : f4;
};

/** System configuration of F4, F7, L4 and H7. Remapping of the boot area is reported and not done. */
export class Stm32Syscfg extends RegisterPeripheral {
  protected readonly r;

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.r = this.define<string>({ ...layoutOf(context.mcu), ...this.#compensationCell() });
  }

  #compensationCell(): Specs {
    if (this.context.mcu.startsWith("STM32L4")) return {};
    const ready = (name: string) => (): number => {
      const value = this.r[name]?.value ?? 0;
      return (value & 1) === 0 ? value : value | COMPENSATION_READY;
    };
    return this.context.mcu.startsWith("STM32H7")
      ? { CCCSR: { offset: 0x20, rw: 0x0001_0003, read: ready("CCCSR") } }
      : { CMPCR: { offset: 0x20, rw: 1, read: ready("CMPCR") } };
  }
}
