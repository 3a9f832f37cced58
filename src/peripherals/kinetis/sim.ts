import type { PartContext, PeripheralConfig } from "../part.ts";
import { readOnly, storage, type RegisterSpec } from "../registers.ts";
import { KinetisPeripheral } from "./kinetis-peripheral.ts";

/** Clock gates: name of the peripheral → [register, bit]. @source K64P144M120SF5RM "SIM_SCGC1" to "SIM_SCGC7" */
const GATES: Readonly<Record<string, readonly [register: string, bit: number]>> = {
  I2C2: ["SCGC1", 6],
  UART4: ["SCGC1", 10],
  UART5: ["SCGC1", 11],
  ENET: ["SCGC2", 0],
  DAC0: ["SCGC2", 12],
  DAC1: ["SCGC2", 13],
  SPI2: ["SCGC3", 12],
  SDHC: ["SCGC3", 17],
  FTM3: ["SCGC3", 25],
  ADC1: ["SCGC3", 27],
  I2C0: ["SCGC4", 6],
  I2C1: ["SCGC4", 7],
  UART0: ["SCGC4", 10],
  UART1: ["SCGC4", 11],
  UART2: ["SCGC4", 12],
  UART3: ["SCGC4", 13],
  LPTMR0: ["SCGC5", 0],
  PORTA: ["SCGC5", 9],
  PORTB: ["SCGC5", 10],
  PORTC: ["SCGC5", 11],
  PORTD: ["SCGC5", 12],
  PORTE: ["SCGC5", 13],
  FTFE: ["SCGC6", 0],
  PIT: ["SCGC6", 23],
  FTM0: ["SCGC6", 24],
  FTM1: ["SCGC6", 25],
  FTM2: ["SCGC6", 26],
  RTC: ["SCGC6", 29],
};

/** 100 pins, K64, 1 MB flash: family, sub-family and pin count of SIM_SDID; mask revision and die as 0. */
const SDID = 0x6400_0008;
/** PFSIZE 1 MB, no FlexNVM. */
const FCFG1 = 0xff0f_0f00;
/** Two blocks of 512 KB of program flash. */
const FCFG2 = 0x40c0_0000;

/**
 * System integration module of K64: clock gates and the dividers of core, bus, FlexBus and flash clocks.
 *
 * Not modelled: pin multiplexing options, USB and trace clocks, flash write protection by FCFG1.FLASHDIS.
 * @source K64P144M120SF5RM "System Integration Module"
 */
export class KinetisSim extends KinetisPeripheral {
  protected readonly r = this.define<string>({
    SOPT1: storage(0x0000, 0x8000_0000),
    SOPT1CFG: storage(0x0004),
    SOPT2: storage(0x1004, 0x0000_1000),
    SOPT4: storage(0x100c),
    SOPT5: storage(0x1010),
    SOPT7: storage(0x1018),
    SDID: readOnly(0x1024, SDID),
    SCGC1: storage(0x1028, 0, 0x0000_0cc0),
    SCGC2: storage(0x102c, 0, 0x0000_3001),
    SCGC3: storage(0x1030, 0, 0x0b02_1001),
    SCGC4: storage(0x1034, 0xf010_0030, 0x001c_3cc6),
    SCGC5: storage(0x1038, 0x0004_0182, 0x0000_3e01),
    SCGC6: storage(0x103c, 0x4000_0001, 0xaff0_b213),
    SCGC7: storage(0x1040, 0x0000_0006, 0x0000_0007),
    CLKDIV1: this.#dividers(),
    CLKDIV2: storage(0x1048, 0, 0xf),
    FCFG1: storage(0x104c, FCFG1, 3),
    FCFG2: readOnly(0x1050, FCFG2),
    UIDH: readOnly(0x1054, 0x0034_ffff),
    UIDMH: readOnly(0x1058, 0x5043_4e45),
    UIDML: readOnly(0x105c, 0x2052_0013),
    UIDL: readOnly(0x1060, 0x4010_0a2b),
  });

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    const { clocks } = context;
    const register = this.r["CLKDIV1"]!;
    const divider = (lsb: number) => (): number => register.bits(lsb, 4) + 1;
    clocks.share("outdiv1", divider(28));
    clocks.share("outdiv2", divider(24));
    clocks.share("outdiv3", divider(20));
    clocks.share("outdiv4", divider(16));
    for (const [name, [enable, bit]] of Object.entries(GATES)) {
      const gate = this.r[enable]!;
      const mask = 2 ** bit;
      clocks.setGate(name, () => gate.has(mask));
    }
  }

  override reset(): void {
    super.reset();
    this.context.clocks.refresh();
  }
  protected override restoreState(): void {
    this.context.clocks.refresh();
  }

  #dividers(): RegisterSpec {
    return {
      offset: 0x1044,
      reset: 0x0001_0000,
      rw: 0xffff_0000,
      write: () => this.context.clocks.refresh(),
    };
  }
}
