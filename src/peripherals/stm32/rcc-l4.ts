import type { Domains } from "../clock-tree.ts";
import { internalHz, type PartContext, type PeripheralConfig } from "../part.ts";
import { readOnly, storage } from "../registers.ts";
import { L4_GATES } from "./rcc-gates.ts";
import { ahbDivider, apbDivider, Stm32Rcc } from "./rcc.ts";

const CR = {
  MSION: 1 << 0,
  MSIRDY: 1 << 1,
  MSIRGSEL: 1 << 3,
  HSION: 1 << 8,
  HSIRDY: 1 << 10,
  HSEON: 1 << 16,
  HSERDY: 1 << 17,
  HSEBYP: 1 << 18,
  CSSON: 1 << 19,
  PLLON: 1 << 24,
  PLLRDY: 1 << 25,
  PLLSAI1ON: 1 << 26,
  PLLSAI1RDY: 1 << 27,
  PLLSAI2ON: 1 << 28,
  PLLSAI2RDY: 1 << 29,
} as const;
const BDRST = 1 << 16;
const RMVF = 1 << 23;
const RESET_FLAGS = 0xff00_0000;

/** MSIRANGE 0 to 11, Hz. @source RM0351 "MSI clock" */
const MSI_HZ = [100e3, 200e3, 400e3, 800e3, 1e6, 2e6, 4e6, 8e6, 16e6, 24e6, 32e6, 48e6] as const;
/** @source DS11585 (L475), DS12023 (L4R5) "MSI oscillator characteristics": 10 us at range 0 down to 2.5-6 us above 24 MHz */
const MSI_START_UP = 5e-6;
/** @source DS11585 "HSI16 oscillator characteristics": 0.8 us to start, 3 us to be stable, typ */
const HSI_START_UP = 3e-6;
/** @source DS11585 "LSI oscillator characteristics", typ 80 us */
const LSI_START_UP = 80e-6;
/** @source DS12023 "HSI48 oscillator characteristics", typ 2.5 us */
const HSI48_START_UP = 2.5e-6;
/** @source DS11585, DS12023 "PLL characteristics", lock time typ 15 us */
const PLL_LOCK = 15e-6;

/** In the order of their fields in CCIPR, two bits each. @source RM0351 "RCC_CCIPR" */
const KERNEL_ORDER = ["usart1", "usart2", "usart3", "uart4", "uart5", "lpuart1"];

/** Reset and clock control of STM32L4 and L4+. @source RM0351, RM0432 "RCC registers" */
export class Stm32L4Rcc extends Stm32Rcc {
  /** L4+ divides the PLL input by 1 to 16, L4 by 1 to 8. */
  readonly #isPlus = /^STM32L4[P-S]/.test(this.context.mcu);

  protected readonly r = this.define({
    CR: this.clockRegister({
      offset: 0x00,
      reset: 0x0000_0063,
      rw: 0x150d_0bfd,
      notModelled: CR.CSSON,
      fields: { CSSON: [19] },
    }),
    ICSCR: { offset: 0x04, reset: 0x1000_0000, rw: 0x7f00_ff00 },
    CFGR: this.clockRegister({ offset: 0x08, rw: 0x7f00_bff3 }),
    PLLCFGR: this.clockRegister({ offset: 0x0c, reset: 0x0000_1000 }),
    PLLSAI1CFGR: storage(0x10, 0x0000_1000),
    PLLSAI2CFGR: storage(0x14, 0x0000_1000),
    CIER: { offset: 0x18, rw: 0x0000_06ff, notModelled: 0x6ff },
    CIFR: readOnly(0x1c),
    CICR: { offset: 0x20, writeOnly: true },
    AHB1RSTR: this.resetRegister(0x28, "AHB1ENR"),
    AHB2RSTR: this.resetRegister(0x2c, "AHB2ENR"),
    AHB3RSTR: this.resetRegister(0x30, "AHB3ENR"),
    APB1RSTR1: this.resetRegister(0x38, "APB1ENR1"),
    APB1RSTR2: this.resetRegister(0x3c, "APB1ENR2"),
    APB2RSTR: this.resetRegister(0x40, "APB2ENR"),
    AHB1ENR: storage(0x48, 0x0000_0100),
    AHB2ENR: storage(0x4c),
    AHB3ENR: storage(0x50),
    APB1ENR1: storage(0x58),
    APB1ENR2: storage(0x5c),
    APB2ENR: storage(0x60),
    AHB1SMENR: storage(0x68, 0x0001_1303),
    AHB2SMENR: storage(0x6c, 0x0005_32ff),
    AHB3SMENR: storage(0x70, 0x0000_0101),
    APB1SMENR1: storage(0x78, 0xf2fe_ca3f),
    APB1SMENR2: storage(0x7c, 0x0000_0025),
    APB2SMENR: storage(0x80, 0x0167_7c01),
    CCIPR: this.clockRegister({ offset: 0x88 }),
    BDCR: { offset: 0x90, rw: 0x0301_833d, write: (value) => this.#writeBDCR(value) },
    CSR: { offset: 0x94, reset: 0x0c00_0600, rw: 0x0080_0f01, write: (value) => this.#writeCSR(value) },
    CRRCR: this.clockRegister({ offset: 0x98, rw: 1 }),
    CCIPR2: storage(0x9c),
  });

  readonly #msi = this.oscillator({
    register: this.r.CR,
    on: CR.MSION,
    ready: CR.MSIRDY,
    startUp: () => MSI_START_UP,
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
  readonly #pll = this.#addPLL(CR.PLLON, CR.PLLRDY);

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, L4_GATES);
    this.#addPLL(CR.PLLSAI1ON, CR.PLLSAI1RDY);
    this.#addPLL(CR.PLLSAI2ON, CR.PLLSAI2RDY);
    const { BDCR, CSR, CRRCR } = this.r;
    this.oscillator({ register: BDCR, on: 1, ready: 2, startUp: () => this.lseStartUp });
    this.oscillator({ register: CSR, on: 1, ready: 2, startUp: () => LSI_START_UP });
    this.oscillator({ register: CRRCR, on: 1, ready: 2, startUp: () => HSI48_START_UP });
    this.connect();
  }

  protected switchSystemClock(): void {
    const sw = this.r.CFGR.bits(0, 2);
    const ready = [this.#msi, this.#hsi, this.#hse, this.#pll][sw]!.ready;
    if (ready) this.r.CFGR.value = (this.r.CFGR.value & ~0b1100) | (sw << 2);
  }

  protected buses(): Domains {
    const { CFGR } = this.r;
    const sysclk = [this.#msiHz, this.#hsiHz, this.hseHz, this.#pllHz][CFGR.bits(2, 2)]!;
    const core = sysclk / ahbDivider(CFGR.bits(4, 4));
    const apb1 = core / apbDivider(CFGR.bits(8, 3));
    const apb2 = core / apbDivider(CFGR.bits(11, 3));
    return { sysclk, core, ahb1: core, ahb2: core, ahb3: core, flash: core, apb1, apb2 };
  }

  protected derived(buses: Domains): Domains {
    const { core = 0, apb1 = 0, apb2 = 0 } = buses;
    const kernels = KERNEL_ORDER.map((name, i) => {
      const pclk = name === "usart1" ? apb2 : apb1;
      const sources = [pclk, buses["sysclk"] ?? core, this.#hsiHz, this.lseHz];
      return [`${name}-kernel`, sources[this.r.CCIPR.bits(2 * i, 2)]!] as const;
    });
    return {
      "apb1-timer": Math.min(core, 2 * apb1),
      "apb2-timer": Math.min(core, 2 * apb2),
      ...Object.fromEntries(kernels),
    };
  }

  get #hsiHz(): number {
    return internalHz(this.context.oscillators, "hsi", 16e6);
  }
  /** MSIRANGE of CR once MSIRGSEL is set, MSISRANGE of CSR before. */
  get #msiHz(): number {
    const { CR: cr, CSR } = this.r;
    return MSI_HZ[cr.has(CR.MSIRGSEL) ? cr.bits(4, 4) : CSR.bits(8, 4)] ?? 4e6;
  }
  /** PLLR output: the system clock's. Without PLLREN the output is off; taken as running. */
  get #pllHz(): number {
    const { PLLCFGR } = this.r;
    const input = [0, this.#msiHz, this.#hsiHz, this.hseHz][PLLCFGR.bits(0, 2)]!;
    const m = PLLCFGR.bits(4, this.#isPlus ? 4 : 3) + 1;
    return ((input / m) * Math.max(2, PLLCFGR.bits(8, 7))) / (2 * (PLLCFGR.bits(25, 2) + 1));
  }

  #addPLL(on: number, ready: number) {
    const inputReady = () =>
      [undefined, this.#msi, this.#hsi, this.#hse][this.r.PLLCFGR.bits(0, 2)]?.ready === true;
    const startUp = () => (inputReady() ? PLL_LOCK : undefined);
    return this.oscillator({ register: this.r.CR, on, ready, startUp });
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
