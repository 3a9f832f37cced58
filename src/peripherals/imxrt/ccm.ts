import type { Domains } from "../clock-tree.ts";
import type { PartContext, PeripheralConfig } from "../part.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { readOnly, storage, type RegisterSpec } from "../registers.ts";

const OSC_HZ = 24e6;
const PERIPH_CLK_SEL = 1 << 25;
const PERCLK_CLK_SEL = 1 << 6;
const UART_CLK_SEL = 1 << 6;

/** Clock gates, all open after reset. They are kept and not enforced. */
const gates = (): Record<string, RegisterSpec> =>
  Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`CCGR${n}`, storage(0x68 + 4 * n, 0xffff_ffff)]));

/**
 * Clock controller of i.MX RT1060: where the core, bus, timer and UART clocks come from and by what they are divided.
 * Handshakes are over at once, so that CDHIPR reads 0. Reset values are those that the boot ROM leaves: 396 MHz.
 *
 * Not modelled: enforcing clock gates, low-power modes, clock outputs, the clocks of other peripherals (kept).
 * @source IMXRT1060RM "Clock Controller Module"
 */
export class ImxrtCcm extends RegisterPeripheral {
  protected readonly r = this.define({
    CCR: storage(0x00, 0x0401_107f),
    CSR: readOnly(0x08, 0x0000_0030),
    CCSR: this.#clock(0x0c, 0x0000_0100),
    CACRR: this.#clock(0x10, 0x0000_0001),
    CBCDR: this.#clock(0x14, 0x000a_8200),
    CBCMR: this.#clock(0x18, 0x2dae_8324),
    CSCMR1: this.#clock(0x1c, 0x0490_0000),
    CSCMR2: storage(0x20, 0x1319_2c06),
    CSCDR1: this.#clock(0x24, 0x0649_0b00),
    CS1CDR: storage(0x28, 0x0ec1_02c1),
    CS2CDR: storage(0x2c, 0x0003_36c1),
    CDCDR: storage(0x30, 0x33f7_1f92),
    CSCDR2: storage(0x38, 0x0002_9b48),
    CSCDR3: storage(0x3c, 0x0003_0841),
    CDHIPR: readOnly(0x48),
    CLPCR: { offset: 0x54, reset: 0x79, notModelled: 0b11, fields: { LPM: [0, 2] } },
    CISR: { offset: 0x58, w1c: 0xffff_ffff },
    CIMR: storage(0x5c, 0xffff_ffff),
    CCOSR: storage(0x60, 0x000a_0001),
    CGPR: storage(0x64, 0x0000_fe62),
    ...gates(),
    CMEOR: storage(0x88, 0xffff_ffff),
  });

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    context.clocks.setSource(() => this.#domains());
    context.clocks.refresh();
  }
  override reset(): void {
    super.reset();
    this.context.clocks.refresh();
  }
  protected override restoreState(): void {
    this.context.clocks.refresh();
  }

  #clock(offset: number, reset: number): RegisterSpec {
    return { offset, reset, write: () => this.context.clocks.refresh() };
  }
  /** PRE_PERIPH_CLK_SEL: PLL2, its PFD2, its PFD0, or the divided ARM PLL. */
  get #prePeripheralHz(): number {
    const { clocks } = this.context;
    const arm = clocks.shared("pll1", 0) / (this.r.CACRR.bits(0, 3) + 1);
    const pll2 = ["pll2", "pll2-pfd2", "pll2-pfd0"].map((name) => clocks.shared(name, 0));
    return [...pll2, arm][this.r.CBCMR.bits(18, 2)]!;
  }
  /** PERIPH_CLK2_SEL: PLL3, oscillator, PLL2 bypass (the oscillator again). */
  get #alternativeHz(): number {
    const sources = [this.context.clocks.shared("pll3", 0), OSC_HZ, OSC_HZ, 0];
    return sources[this.r.CBCMR.bits(12, 2)]! / (this.r.CBCDR.bits(27, 3) + 1);
  }
  #domains(): Domains {
    const { CBCDR, CSCMR1, CSCDR1 } = this.r;
    const peripheral = CBCDR.has(PERIPH_CLK_SEL) ? this.#alternativeHz : this.#prePeripheralHz;
    const core = peripheral / (CBCDR.bits(10, 3) + 1);
    const ipg = core / (CBCDR.bits(8, 2) + 1);
    const perclk = (CSCMR1.has(PERCLK_CLK_SEL) ? OSC_HZ : ipg) / (CSCMR1.bits(0, 6) + 1);
    const uartSource = CSCDR1.has(UART_CLK_SEL) ? OSC_HZ : this.context.clocks.shared("pll3", 0) / 6;
    return { core, ipg, perclk, uart: uartSource / (CSCDR1.bits(0, 6) + 1), fixed: core, osc: OSC_HZ };
  }
}
