import type { Domains } from "../clock-tree.ts";
import { internalHz, type PartContext, type PeripheralConfig } from "../part.ts";
import { NarrowPeripheral, narrow } from "./kinetis-peripheral.ts";

const C1 = { IREFS: 1 << 2 } as const;
const C2 = { IRCS: 1 << 0, LP: 1 << 1, EREFS0: 1 << 2 } as const;
const DMX32 = 1 << 7;
const PLLCLKEN0 = 1 << 6;
const PLLS = 1 << 6;
const S = {
  IRCST: 1 << 0,
  OSCINIT0: 1 << 1,
  IREFST: 1 << 4,
  PLLST: 1 << 5,
  LOCK0: 1 << 6,
} as const;
const ATMS = 1 << 7;
/** CLKS and CLKST: where MCGOUTCLK comes from. */
const FLL_OR_PLL = 0;
const INTERNAL = 1;
const EXTERNAL = 2;
const PLL = 3;

/** By DRST_DRS; with DMX32 the second figure. @source K64P144M120SF5RM "MCG_C4" */
const FLL_FACTORS = [
  [640, 732],
  [1280, 1464],
  [1920, 2197],
  [2560, 2929],
] as const;
/** FRDIV for a reference above 1 MHz. */
const HIGH_RANGE_DIVIDERS = [32, 64, 128, 256, 512, 1024, 1280, 1536] as const;

/** PLL lock at its 2 to 4 MHz reference. @source K64P144M120SF5 "PLL electrical specifications": 150 us + 1075 periods, max */
const PLL_LOCK_FIXED = 150e-6;
const PLL_LOCK_PERIODS = 1075;
/** @source K64P144M120SF5 "Oscillator frequency specifications": 8 MHz high-gain crystal, typ 1 ms */
const CRYSTAL_START_UP = 1e-3;

/**
 * Multipurpose clock generator of K64: FLL and PLL, and the status bits that firmware follows from mode to mode (FEI,
 * FBE, PBE, PEE and the others). The core clock is what comes out divided as SIM says.
 *
 * Not modelled: settling of the FLL, clock monitors, trimming (the internal references have their nominal rates; the
 * automatic trim machine ends at once).
 * @source K64P144M120SF5RM "Multipurpose Clock Generator"
 */
export class KinetisMcg extends NarrowPeripheral {
  protected readonly r = this.define({
    C1: { offset: at(0x0), reset: 0x04, rw: 0xff, write: () => this.#changed() },
    C2: { offset: at(0x1), reset: 0x80, rw: 0xff, write: () => this.#changed() },
    C3: { offset: at(0x2), reset: 0x80, rw: 0xff },
    C4: { offset: at(0x3), reset: 0x10, rw: 0xff, write: () => this.#changed() },
    C5: { offset: at(0x4), rw: 0x7f, write: () => this.#changed() },
    C6: {
      offset: at(0x5),
      rw: 0xff,
      notModelled: 0xa0,
      fields: { CME0: [5], LOLIE0: [7] },
      write: () => this.#changed(),
    },
    S: { offset: at(0x6), reset: 0x10, rw: 0, w1c: 0x80 },
    SC: { offset: at(0x8), reset: 0x02, rw: 0x5e, write: (_v, _p, bits) => this.#writeSC(bits) },
    ATCVH: { offset: at(0xa), rw: 0xff },
    ATCVL: { offset: at(0xb), rw: 0xff },
    C7: { offset: at(0xc), rw: 0x03, write: () => this.#changed() },
    C8: { offset: at(0xd), reset: 0x80, rw: 0xe0, w1c: 1, notModelled: 0x20, fields: { CME1: [5] } },
  });
  readonly #locked = this.alarm(() => {
    this.r.S.setBits(S.LOCK0);
    this.#changed();
  });
  readonly #crystal = this.alarm(() => {
    this.r.S.setBits(S.OSCINIT0);
    this.#changed();
  });

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, 1);
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

  /** Follows the control registers: references first, then the PLL, then what MCGOUTCLK is taken from. */
  #changed(): void {
    this.#followReferences();
    this.#followPLL();
    const { C1: c1, C6: c6, S: status } = this.r;
    const usesPLL = c6.has(PLLS);
    this.#put(S.PLLST, usesPLL);
    const clks = c1.bits(6, 2);
    if (clks === FLL_OR_PLL && !usesPLL) this.#select(FLL_OR_PLL);
    else if (clks === FLL_OR_PLL && status.has(S.LOCK0)) this.#select(PLL);
    else if (clks === INTERNAL) this.#select(INTERNAL);
    else if (clks === EXTERNAL && this.#hasExternal) this.#select(EXTERNAL);
    this.context.clocks.refresh();
  }
  #put(flag: number, on: boolean): void {
    if (on) this.r.S.setBits(flag);
    else this.r.S.clearBits(flag);
  }
  #select(source: number): void {
    this.r.S.value = (this.r.S.value & ~0b1100) | (source << 2);
  }

  #followReferences(): void {
    const { C1: c1, C2: c2, S: status } = this.r;
    this.#put(S.IREFST, c1.has(C1.IREFS));
    this.#put(S.IRCST, c2.has(C2.IRCS));
    if (!c2.has(C2.EREFS0)) {
      this.#crystal.clear();
      status.clearBits(S.OSCINIT0);
    } else if (!status.has(S.OSCINIT0) && !this.#crystal.pending && this.#oscillatorHz > 0) {
      this.#crystal.afterSeconds(CRYSTAL_START_UP);
    }
  }
  /** With EREFS0 the crystal has to have started; without, a clock signal comes in. */
  get #hasExternal(): boolean {
    const { C2: c2, C7: c7, S: status } = this.r;
    if (c7.bits(0, 2) !== 0) return true;
    return this.#oscillatorHz > 0 && (!c2.has(C2.EREFS0) || status.has(S.OSCINIT0));
  }

  #followPLL(): void {
    const { C2: c2, C5: c5, C6: c6, S: status } = this.r;
    const isOn = (c6.has(PLLS) && !c2.has(C2.LP)) || c5.has(PLLCLKEN0);
    if (!isOn || !this.#hasExternal) {
      this.#locked.clear();
      status.clearBits(S.LOCK0);
    } else if (!status.has(S.LOCK0) && !this.#locked.pending) {
      this.#locked.afterSeconds(PLL_LOCK_FIXED + PLL_LOCK_PERIODS / this.#pllReferenceHz);
    }
  }

  /** The automatic trim machine: done at once, nothing changed. */
  #writeSC(bits: number): void {
    this.context.clocks.refresh();
    if ((bits & ATMS) !== 0) this.context.unmodelled(this.name, "SC.ATME", "write");
  }

  get #oscillatorHz(): number {
    return this.context.oscillators.hse ?? 0;
  }
  /** OSCSEL: system oscillator, 32 kHz RTC oscillator, 48 MHz internal. */
  get #externalHz(): number {
    const { oscillators } = this.context;
    const sources = [this.#oscillatorHz, oscillators.lse ?? 0, internalHz(oscillators, "irc48m", 48e6)];
    return sources[this.r.C7.bits(0, 2)] ?? 0;
  }
  get #slowHz(): number {
    return internalHz(this.context.oscillators, "irc32k", 32_768);
  }
  /** MCGIRCLK: the slow reference, or the 4 MHz one divided by FCRDIV. */
  get #internalHz(): number {
    if (!this.r.C2.has(C2.IRCS)) return this.#slowHz;
    return internalHz(this.context.oscillators, "irc4m", 4e6) / 2 ** this.r.SC.bits(1, 3);
  }
  get #fllHz(): number {
    const { C1: c1, C2: c2, C4: c4, C7: c7 } = this.r;
    const frdiv = c1.bits(3, 3);
    const isLow = c2.bits(4, 2) === 0 || c7.bits(0, 2) === 1;
    const divider = isLow ? 2 ** frdiv : HIGH_RANGE_DIVIDERS[frdiv]!;
    const reference = c1.has(C1.IREFS) ? this.#slowHz : this.#externalHz / divider;
    return reference * FLL_FACTORS[c4.bits(5, 2)]![c4.has(DMX32) ? 1 : 0];
  }
  get #pllReferenceHz(): number {
    return this.#externalHz / (this.r.C5.bits(0, 5) + 1);
  }
  get #pllHz(): number {
    return this.#pllReferenceHz * (this.r.C6.bits(0, 5) + 24);
  }

  #domains(): Domains {
    const { clocks } = this.context;
    const source = this.r.S.bits(2, 2);
    const out = [this.#fllHz, this.#internalHz, this.#externalHz, this.#pllHz][source]!;
    const core = out / clocks.shared("outdiv1", 1);
    return {
      core,
      mcgout: out,
      bus: out / clocks.shared("outdiv2", 1),
      flexbus: out / clocks.shared("outdiv3", 1),
      flash: out / clocks.shared("outdiv4", 2),
      fixed: core,
      mcgir: this.#internalHz,
      oscer: this.#oscillatorHz,
    };
  }
}

function at(offset: number): number {
  return narrow(1)(offset);
}
