import type { Domains } from "../clock-tree.ts";
import { internalHz, type PartContext, type PeripheralConfig } from "../part.ts";
import { readOnly, storage, type RegisterSpec } from "../registers.ts";
import { H7_GATES } from "./rcc-gates.ts";
import { ahbDivider, apbDivider, Stm32Rcc } from "./rcc.ts";

const CR = {
  HSION: 1 << 0,
  HSIRDY: 1 << 2,
  HSIDIVF: 1 << 5,
  CSION: 1 << 7,
  CSIRDY: 1 << 8,
  HSI48ON: 1 << 12,
  HSI48RDY: 1 << 13,
  /** D1CKRDY and D2CKRDY; CPUCKRDY and CDCKRDY on H7A3. */
  DOMAINS_READY: 0b11 << 14,
  HSEON: 1 << 16,
  HSERDY: 1 << 17,
  HSEBYP: 1 << 18,
} as const;
const BDRST = 1 << 16;
const TIMPRE = 1 << 15;
const RSR_RMVF = 1 << 16;
/** RSR after power-on: CPU, D1, D2, BOR, PIN, POR. @source RM0433 "RCC_RSR" */
const POWER_ON_FLAGS = 0x00fa_0000;

/** @source DS12110 "HSI48, HSI, CSI oscillator characteristics": 2.1, 1.4 and 1 us typ; "LSI" 80 us; HSI48 2.1 us */
const HSI_START_UP = 1.4e-6;
const CSI_START_UP = 1e-6;
const HSI48_START_UP = 2.1e-6;
const LSI_START_UP = 80e-6;
/** @source DS12110 "PLL characteristics (wide VCO)", lock time in normal mode, typ 50 us */
const PLL_LOCK = 50e-6;

/** Clock enable registers from their first one, one word each. @source RM0433 "RCC_AHB3ENR" and following */
const ENABLES = ["AHB3", "AHB1", "AHB2", "AHB4", "APB3", "APB1L", "APB1H", "APB2", "APB4"] as const;
type Bus = (typeof ENABLES)[number];

/** Reset and clock control of STM32H7, single core. @source RM0433 (H743), RM0455 (H7A3, same layout) "RCC registers" */
export class Stm32H7Rcc extends Stm32Rcc {
  protected readonly r = this.define({
    CR: this.clockRegister({
      offset: 0x00,
      reset: CR.HSION | CR.HSIRDY | CR.HSIDIVF | CR.DOMAINS_READY,
      rw: 0x151d_129b,
      notModelled: 1 << 19,
      fields: { HSECSSON: [19] },
    }),
    HSICFGR: { offset: 0x04, reset: 0x4000_0000, rw: 0x7f00_0000 },
    CRRCR: readOnly(0x08),
    CSICFGR: { offset: 0x0c, reset: 0x2000_0000, rw: 0x3f00_0000 },
    CFGR: this.clockRegister({ offset: 0x10, rw: 0xffff_ffc7 }),
    D1CFGR: this.clockRegister({ offset: 0x18, rw: 0x0f7f }),
    D2CFGR: this.clockRegister({ offset: 0x1c, rw: 0x0770 }),
    D3CFGR: this.clockRegister({ offset: 0x20, rw: 0x0070 }),
    PLLCKSELR: this.clockRegister({ offset: 0x28, reset: 0x0202_0200, rw: 0x03f3_f3f3 }),
    PLLCFGR: this.clockRegister({ offset: 0x2c, reset: 0x01ff_0000, rw: 0x01ff_0fff }),
    PLL1DIVR: this.clockRegister({ offset: 0x30, reset: 0x0101_0280, rw: 0x7f7f_ffff }),
    PLL1FRACR: this.clockRegister({ offset: 0x34, rw: 0xfff8 }),
    PLL2DIVR: this.clockRegister({ offset: 0x38, reset: 0x0101_0280, rw: 0x7f7f_ffff }),
    PLL2FRACR: this.clockRegister({ offset: 0x3c, rw: 0xfff8 }),
    PLL3DIVR: this.clockRegister({ offset: 0x40, reset: 0x0101_0280, rw: 0x7f7f_ffff }),
    PLL3FRACR: this.clockRegister({ offset: 0x44, rw: 0xfff8 }),
    D1CCIPR: storage(0x4c),
    D2CCIP1R: storage(0x50),
    D2CCIP2R: this.clockRegister({ offset: 0x54 }),
    D3CCIPR: this.clockRegister({ offset: 0x58 }),
    CIER: { offset: 0x60, rw: 0x3ff, notModelled: 0x3ff },
    CIFR: readOnly(0x64),
    CICR: { offset: 0x68, writeOnly: true },
    BDCR: { offset: 0x70, rw: 0x0001_833d, write: (value) => this.#writeBDCR(value) },
    CSR: this.clockRegister({ offset: 0x74, rw: 1 }),
    GCR: storage(0xa0),
    D3AMR: storage(0xa8),
    CKGAENR: storage(0xb0),
    RSR: { offset: 0xd0, reset: POWER_ON_FLAGS, rw: RSR_RMVF, write: (value) => this.#writeRSR(value) },
    ...this.#perBus("RSTR", 0x7c, (offset, bus) => this.resetRegister(offset, `${bus}ENR`)),
    ...this.#perBus("ENR", 0xd4, (offset) => storage(offset)),
    ...this.#perBus("LPENR", 0xfc, (offset) => storage(offset)),
    ...this.#perBus("C1_ENR", 0x134, (offset, bus) => this.#sameEnable(offset, bus)),
  });

  readonly #hsi = this.oscillator({
    register: this.r.CR,
    on: CR.HSION,
    ready: CR.HSIRDY,
    startUp: () => HSI_START_UP,
  });
  readonly #csi = this.oscillator({
    register: this.r.CR,
    on: CR.CSION,
    ready: CR.CSIRDY,
    startUp: () => CSI_START_UP,
  });
  readonly #hse = this.oscillator({
    register: this.r.CR,
    on: CR.HSEON,
    ready: CR.HSERDY,
    startUp: () => this.hseStartUp(this.r.CR.has(CR.HSEBYP)),
  });
  readonly #pll1 = this.#addPLL(1);

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, H7_GATES);
    const { CR: cr, BDCR, CSR } = this.r;
    this.#addPLL(2);
    this.#addPLL(3);
    this.oscillator({ register: cr, on: CR.HSI48ON, ready: CR.HSI48RDY, startUp: () => HSI48_START_UP });
    this.oscillator({ register: BDCR, on: 1, ready: 2, startUp: () => this.lseStartUp });
    this.oscillator({ register: CSR, on: 1, ready: 2, startUp: () => LSI_START_UP });
    this.connect();
  }

  protected switchSystemClock(): void {
    const sw = this.r.CFGR.bits(0, 3);
    const ready = [this.#hsi, this.#csi, this.#hse, this.#pll1][sw]?.ready === true;
    if (ready) this.r.CFGR.value = (this.r.CFGR.value & ~0b11_1000) | (sw << 3);
  }

  /** `core` is the CPU clock behind D1CPRE; AXI, AHB and flash run behind HPRE. */
  protected buses(): Domains {
    const { CFGR, D1CFGR, D2CFGR, D3CFGR } = this.r;
    const sysclk =
      [this.#hsiHz, this.#csiHz, this.hseHz, this.#pllHz(1, "P")][CFGR.bits(3, 3)] ?? this.#hsiHz;
    const core = sysclk / ahbDivider(D1CFGR.bits(8, 4));
    const hclk = core / ahbDivider(D1CFGR.bits(0, 4));
    return {
      sysclk,
      core,
      axi: hclk,
      flash: hclk,
      ahb1: hclk,
      ahb2: hclk,
      ahb3: hclk,
      ahb4: hclk,
      apb1: hclk / apbDivider(D2CFGR.bits(4, 3)),
      apb2: hclk / apbDivider(D2CFGR.bits(8, 3)),
      apb3: hclk / apbDivider(D1CFGR.bits(4, 3)),
      apb4: hclk / apbDivider(D3CFGR.bits(4, 3)),
    };
  }

  /** @source RM0433 "RCC_CFGR" (TIMPRE), "RCC_D2CCIP2R", "RCC_D3CCIPR" */
  protected derived(buses: Domains): Domains {
    const { ahb1 = 0, apb1 = 0, apb2 = 0, apb4 = 0 } = buses;
    const { CFGR, D2CCIP2R, D3CCIPR } = this.r;
    const factor = CFGR.has(TIMPRE) ? 4 : 2;
    const usart1 = this.#kernel(apb2, D2CCIP2R.bits(3, 3));
    const usart2 = this.#kernel(apb1, D2CCIP2R.bits(0, 3));
    return {
      "apb1-timer": Math.min(ahb1, factor * apb1),
      "apb2-timer": Math.min(ahb1, factor * apb2),
      ...Object.fromEntries(
        ["usart1", "usart6", "uart9", "usart10"].map((name) => [`${name}-kernel`, usart1]),
      ),
      ...Object.fromEntries(
        ["usart2", "usart3", "uart4", "uart5", "uart7", "uart8"].map((name) => [`${name}-kernel`, usart2]),
      ),
      "lpuart1-kernel": this.#kernel(apb4, D3CCIPR.bits(0, 3)),
    };
  }

  #kernel(pclk: number, select: number): number {
    const sources = [pclk, this.#pllHz(2, "Q"), this.#pllHz(3, "Q"), this.#hsiHz, this.#csiHz, this.lseHz];
    return sources[select] ?? pclk;
  }

  get #hsiHz(): number {
    return internalHz(this.context.oscillators, "hsi", 64e6) / 2 ** this.r.CR.bits(3, 2);
  }
  get #csiHz(): number {
    return internalHz(this.context.oscillators, "csi", 4e6);
  }

  /** VCO = input / DIVM x (DIVN + 1 + FRACN / 8192), the fraction with FRACEN alone. @source RM0433 "PLL description" */
  #pllHz(pll: 1 | 2 | 3, output: "P" | "Q"): number {
    const { PLLCKSELR, PLLCFGR } = this.r;
    const input = [this.#hsiHz, this.#csiHz, this.hseHz, 0][PLLCKSELR.bits(0, 2)]!;
    const m = PLLCKSELR.bits(8 * pll - 4, 6);
    const dividers = this.r[`PLL${pll}DIVR`];
    const fraction = PLLCFGR.bits(4 * (pll - 1), 1) === 1 ? this.r[`PLL${pll}FRACR`].bits(3, 13) / 8192 : 0;
    const vco = m === 0 ? 0 : (input / m) * (dividers.bits(0, 9) + 1 + fraction);
    return vco / (dividers.bits(output === "P" ? 9 : 16, 7) + 1);
  }

  #addPLL(pll: 1 | 2 | 3) {
    const on = 2 ** (22 + 2 * pll);
    const inputReady = () =>
      [this.#hsi, this.#csi, this.#hse][this.r.PLLCKSELR.bits(0, 2)]?.ready === true &&
      this.r.PLLCKSELR.bits(8 * pll - 4, 6) !== 0;
    const startUp = () => (inputReady() ? PLL_LOCK : undefined);
    return this.oscillator({ register: this.r.CR, on, ready: 2 * on, startUp });
  }

  #perBus<S extends string>(suffix: S, first: number, make: (offset: number, bus: Bus) => RegisterSpec) {
    const specs = ENABLES.map((bus, i) => [`${bus}${suffix}`, make(first + 4 * i, bus)] as const);
    return Object.fromEntries(specs) as Record<`${Bus}${S}`, RegisterSpec>;
  }

  /** The C1 view of an enable register, as some start-up code uses. */
  #sameEnable(offset: number, bus: Bus): RegisterSpec {
    return {
      offset,
      read: () => this.r[`${bus}ENR`].value,
      write: (value) => {
        this.r[`${bus}ENR`].value = value;
      },
    };
  }

  #writeBDCR(value: number): void {
    if ((value & BDRST) !== 0) this.r.BDCR.value = BDRST;
    this.clocksChanged();
  }
  #writeRSR(value: number): void {
    if ((value & RSR_RMVF) !== 0) this.r.RSR.value = 0;
  }
}
