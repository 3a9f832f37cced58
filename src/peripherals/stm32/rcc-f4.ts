import type { Domains } from "../clock-tree.ts";
import { internalHz, type PartContext, type PeripheralConfig } from "../part.ts";
import { storage } from "../registers.ts";
import { F4_GATES } from "./rcc-gates.ts";
import { ahbDivider, apbDivider, Stm32Rcc } from "./rcc.ts";

const CR = { HSION: 1 << 0, HSIRDY: 1 << 1, HSEON: 1 << 16, HSERDY: 1 << 17, HSEBYP: 1 << 18 } as const;
const PLL = {
  ON: 1 << 24,
  RDY: 1 << 25,
  I2SON: 1 << 26,
  I2SRDY: 1 << 27,
  SAION: 1 << 28,
  SAIRDY: 1 << 29,
} as const;
const PLLSRC_HSE = 1 << 22;
const TIMPRE = 1 << 24;
const BDRST = 1 << 16;
const RMVF = 1 << 24;
const RESET_FLAGS = 0xfe00_0000;

/** @source DS8626, DS10916 "HSI oscillator characteristics", typ 2.2 us */
const HSI_START_UP = 2.2e-6;
/** @source DS8626, DS10916 "LSI oscillator characteristics", typ 15 us */
const LSI_START_UP = 15e-6;
/** @source DS8626, DS10916 "main PLL characteristics": 75-200 us at VCO 192 MHz, 100-300 us at 432 MHz; no typical given */
const PLL_LOCK = 100e-6;

/** USARTs that APB2 clocks; the others hang on APB1. */
const APB2_USARTS = ["usart1", "usart6"];
/** In the order of their fields in DCKCFGR2, two bits each. @source RM0385 "RCC_DCKCFGR2" */
const F7_KERNEL_ORDER = ["usart1", "usart2", "usart3", "uart4", "uart5", "usart6", "uart7", "uart8"];

/** Reset and clock control of STM32F4 and STM32F7. @source RM0090, RM0368, RM0390, RM0385, RM0410 "RCC registers" */
export class Stm32F4Rcc extends Stm32Rcc {
  readonly #isF7 = this.config.type.startsWith("stm32f7");
  /** STM32F405/407/415/417 double their timer clocks by the APB prescaler alone. */
  readonly #hasTIMPRE = !/^STM32F4[01][57]/.test(this.context.mcu);

  protected readonly r = this.define({
    CR: this.clockRegister({
      offset: 0x00,
      reset: 0x0000_0083,
      rw: 0x150d_00f9,
      notModelled: 1 << 19,
      fields: { CSSON: [19] },
    }),
    PLLCFGR: this.clockRegister({ offset: 0x04, reset: 0x2400_3010, rw: 0x7f43_7fff }),
    CFGR: this.clockRegister({ offset: 0x08, rw: 0xffff_fcf3 }),
    CIR: {
      offset: 0x0c,
      rw: 0x7f00,
      notModelled: 0x7f00,
      fields: {
        LSIRDYIE: [8],
        LSERDYIE: [9],
        HSIRDYIE: [10],
        HSERDYIE: [11],
        PLLRDYIE: [12],
        PLLI2SRDYIE: [13],
      },
    },
    AHB1RSTR: this.resetRegister(0x10, "AHB1ENR"),
    AHB2RSTR: this.resetRegister(0x14, "AHB2ENR"),
    AHB3RSTR: this.resetRegister(0x18, "AHB3ENR"),
    APB1RSTR: this.resetRegister(0x20, "APB1ENR"),
    APB2RSTR: this.resetRegister(0x24, "APB2ENR"),
    AHB1ENR: storage(0x30, 0x0010_0000),
    AHB2ENR: storage(0x34),
    AHB3ENR: storage(0x38),
    APB1ENR: storage(0x40, this.config.type.startsWith("stm32f7") ? 0x0000_0400 : 0),
    APB2ENR: storage(0x44),
    AHB1LPENR: storage(0x50, 0x7e67_91ff),
    AHB2LPENR: storage(0x54, 0x0000_00f1),
    AHB3LPENR: storage(0x58, 0x0000_0001),
    APB1LPENR: storage(0x60, 0x36fe_c9ff),
    APB2LPENR: storage(0x64, 0x0007_5f33),
    BDCR: { offset: 0x70, rw: 0x0001_831d, write: (value) => this.#writeBDCR(value) },
    CSR: { offset: 0x74, reset: 0x0e00_0000, rw: 0x0100_0001, write: (value) => this.#writeCSR(value) },
    SSCGR: { offset: 0x80, notModelled: 2 ** 31, fields: { SSCGEN: [31] } },
    PLLI2SCFGR: storage(0x84, 0x2000_3000),
    PLLSAICFGR: storage(0x88, 0x2400_3000),
    DCKCFGR1: this.clockRegister({ offset: 0x8c }),
    /** DCKCFGR2 of F7; CKGATENR of F446. */
    DCKCFGR2: this.clockRegister({ offset: 0x90 }),
    /** DCKCFGR2 of F446: no clock of a modelled peripheral. */
    F446_DCKCFGR2: storage(0x94),
  });

  readonly #hsi = this.oscillator({
    register: this.r.CR,
    on: CR.HSION,
    ready: CR.HSIRDY,
    startUp: () => HSI_START_UP,
  });
  readonly #hse = this.oscillator({
    register: this.r.CR,
    on: CR.HSEON,
    ready: CR.HSERDY,
    startUp: () => this.hseStartUp(this.r.CR.has(CR.HSEBYP)),
  });
  readonly #pll = this.#addPLL(PLL.ON, PLL.RDY);

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, F4_GATES);
    this.#addPLL(PLL.I2SON, PLL.I2SRDY);
    this.#addPLL(PLL.SAION, PLL.SAIRDY);
    const { BDCR, CSR } = this.r;
    this.oscillator({ register: BDCR, on: 1, ready: 2, startUp: () => this.lseStartUp });
    this.oscillator({ register: CSR, on: 1, ready: 2, startUp: () => LSI_START_UP });
    this.connect();
  }

  protected switchSystemClock(): void {
    const sw = this.r.CFGR.bits(0, 2);
    const ready = [this.#hsi, this.#hse, this.#pll, this.#pll][sw]!.ready;
    if (ready) this.r.CFGR.value = (this.r.CFGR.value & ~0b1100) | (sw << 2);
  }

  protected buses(): Domains {
    const { CFGR } = this.r;
    const sysclk = [this.#hsiHz, this.hseHz, this.#pllHz("P"), this.#pllHz("R")][CFGR.bits(2, 2)]!;
    const core = sysclk / ahbDivider(CFGR.bits(4, 4));
    const apb1 = core / apbDivider(CFGR.bits(10, 3));
    const apb2 = core / apbDivider(CFGR.bits(13, 3));
    return { sysclk, core, ahb1: core, ahb2: core, ahb3: core, flash: core, apb1, apb2 };
  }

  protected derived(buses: Domains): Domains {
    const { core = 0, apb1 = 0, apb2 = 0 } = buses;
    const kernels = F7_KERNEL_ORDER.map((name, i) => {
      const pclk = APB2_USARTS.includes(name) ? apb2 : apb1;
      const select = this.#isF7 ? this.r.DCKCFGR2.bits(2 * i, 2) : 0;
      return [`${name}-kernel`, [pclk, buses["sysclk"] ?? core, this.#hsiHz, this.lseHz][select]!] as const;
    });
    return {
      "apb1-timer": this.#timerClock(core, apb1),
      "apb2-timer": this.#timerClock(core, apb2),
      ...Object.fromEntries(kernels),
    };
  }

  get #hsiHz(): number {
    return internalHz(this.context.oscillators, "hsi", 16e6);
  }

  /** PLL output through its P (2, 4, 6, 8) or R (2-7) divider. */
  #pllHz(output: "P" | "R"): number {
    const { PLLCFGR } = this.r;
    const input = PLLCFGR.has(PLLSRC_HSE) ? this.hseHz : this.#hsiHz;
    const vco = (input / Math.max(1, PLLCFGR.bits(0, 6))) * Math.max(2, PLLCFGR.bits(6, 9));
    return vco / (output === "P" ? 2 * (PLLCFGR.bits(16, 2) + 1) : Math.max(2, PLLCFGR.bits(28, 3)));
  }

  /**
   * TIMPRE 0: twice the APB clock unless APB is not divided; TIMPRE 1: HCLK up to a prescaler of 4, else four times.
   * @source RM0385 "RCC_DCKCFGR1", RM0390 "RCC_DCKCFGR"
   */
  #timerClock(hclk: number, pclk: number): number {
    const factor = this.#hasTIMPRE && this.r.DCKCFGR1.has(TIMPRE) ? 4 : 2;
    return Math.min(hclk, factor * pclk);
  }

  #addPLL(on: number, ready: number) {
    const input = () => (this.r.PLLCFGR.has(PLLSRC_HSE) ? this.#hse : this.#hsi);
    return this.oscillator({
      register: this.r.CR,
      on,
      ready,
      startUp: () => (input().ready ? PLL_LOCK : undefined),
    });
  }

  #writeBDCR(value: number): void {
    if ((value & BDRST) !== 0) this.r.BDCR.value = BDRST;
    this.clocksChanged();
  }
  #writeCSR(value: number): void {
    if ((value & RMVF) !== 0) this.r.CSR.clearBits(RESET_FLAGS | RMVF);
    this.clocksChanged();
  }
}
