import type { Alarm } from "../alarm.ts";
import type { PartContext, PeripheralConfig } from "../part.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import type { Register, RegisterSpec } from "../registers.ts";

const OSC_HZ = 24e6;
const LOCK = 2 ** 31;
const BYPASS = 1 << 16;
/** POWERDOWN of most PLLs, POWER of the two USB ones: the same bit with opposite senses. */
const POWER = 1 << 12;
const ENABLE = 1 << 13;
const TEMP = { POWER_DOWN: 1 << 0, MEASURE: 1 << 1, FINISHED: 1 << 2 } as const;
/** Raw reading of the temperature sensor: about room temperature by the usual calibration. */
const TEMP_COUNT = 1500;

interface Pll {
  readonly offset: number;
  /** What the boot ROM leaves behind. */
  readonly reset: number;
  readonly powerIsHigh?: boolean;
  /** Lock time in periods of the 24 MHz reference. @source IMXRT1060CEC "PLL electrical characteristics" */
  readonly lockPeriods: number;
}

/** @source IMXRT1060RM "CCM Analog Memory Map"; the state of ARM, USB1 and SYS is that of a boot from FlexSPI */
const PLLS: Readonly<Record<string, Pll>> = {
  PLL_ARM: { offset: 0x00, reset: 0x8000_2042, lockPeriods: 2250 },
  PLL_USB1: { offset: 0x10, reset: 0x8000_3000, powerIsHigh: true, lockPeriods: 383 },
  PLL_USB2: { offset: 0x20, reset: 0x0001_2000, powerIsHigh: true, lockPeriods: 383 },
  PLL_SYS: { offset: 0x30, reset: 0x8000_2001, lockPeriods: 11_250 },
  PLL_AUDIO: { offset: 0x70, reset: 0x0001_1006, lockPeriods: 11_250 },
  PLL_VIDEO: { offset: 0xa0, reset: 0x0001_100c, lockPeriods: 11_250 },
  PLL_ENET: { offset: 0xe0, reset: 0x0001_1001, lockPeriods: 11_250 },
};

/** Registers that are kept, by offset. PMU, XTALOSC, USB_ANALOG and TEMPMON share the block. */
const KEPT: Readonly<Record<string, readonly [offset: number, reset: number]>> = {
  PLL_SYS_SS: [0x40, 0],
  PLL_SYS_NUM: [0x50, 0],
  PLL_SYS_DENOM: [0x60, 0x12],
  PLL_AUDIO_NUM: [0x80, 0x05f5_e100],
  PLL_AUDIO_DENOM: [0x90, 0x2964_619c],
  PLL_VIDEO_NUM: [0xb0, 0x05f5_e100],
  PLL_VIDEO_DENOM: [0xc0, 0x10a2_4447],
  PFD_480: [0xf0, 0x1311_100c],
  PFD_528: [0x100, 0x1018_101b],
  REG_1P1: [0x110, 0x0001_1073],
  REG_3P0: [0x120, 0x0001_0f74],
  REG_2P5: [0x130, 0x0001_1073],
  REG_CORE: [0x140, 0x0048_2012],
  /** With OSC_XTALOK: the crystal runs. */
  MISC0: [0x150, 0x0400_8000],
  MISC1: [0x160, 0],
  MISC2: [0x170, 0x0027_2727],
  TEMPSENSE1: [0x190, 1],
  USB1_VBUS_DETECT: [0x1a0, 0x0010_0004],
  USB1_CHRG_DETECT: [0x1b0, 0],
  USB1_VBUS_DETECT_STAT: [0x1c0, 0],
  USB1_MISC: [0x1f0, 2],
  USB2_VBUS_DETECT: [0x200, 0x0010_0004],
  USB2_CHRG_DETECT: [0x210, 0],
  USB2_MISC: [0x250, 2],
  LOWPWR_CTRL: [0x270, 0x0000_4009],
  TEMPSENSE2: [0x290, 0],
  OSC_CONFIG0: [0x2a0, 0x0000_1020],
  OSC_CONFIG1: [0x2b0, 0x0000_02ee],
  OSC_CONFIG2: [0x2c0, 0x0001_02e2],
};

/**
 * Analogue half of the clock controller of i.MX RT1060: PLLs that lock, fractional dividers, and the temperature sensor
 * with a constant reading. Every register has its SET, CLR and TOG neighbours.
 *
 * Not modelled: regulators, USB detection, audio and video PLL outputs, spread spectrum.
 * @source IMXRT1060RM "CCM Analog", "Power Management Unit", "TEMPMON"
 */
export class ImxrtCcmAnalog extends RegisterPeripheral {
  protected readonly r = this.define<string>(this.#registers());
  readonly #locks = new Map<string, Alarm>();

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    for (const name of Object.keys(PLLS)) {
      this.#locks.set(
        name,
        this.alarm(() => this.#locked(name)),
      );
    }
    const { clocks } = context;
    clocks.share("pll1", () => this.#pll("PLL_ARM", (OSC_HZ * (this.#value("PLL_ARM") & 0x7f)) / 2));
    clocks.share("pll2", () => this.#systemPll());
    clocks.share("pll3", () => this.#pll("PLL_USB1", OSC_HZ * (this.#value("PLL_USB1") & 2 ? 22 : 20)));
    for (const n of [0, 1, 2, 3]) {
      clocks.share(`pll2-pfd${n}`, () => this.#pfd("PFD_528", n, this.#systemPll()));
      clocks.share(`pll3-pfd${n}`, () => this.#pfd("PFD_480", n, clocks.shared("pll3", 0)));
    }
  }

  override reset(): void {
    super.reset();
    this.context.clocks.refresh();
  }
  protected override restoreState(): void {
    this.context.clocks.refresh();
  }

  #registers(): Record<string, RegisterSpec> {
    const specs: Record<string, RegisterSpec> = {};
    for (const [name, { offset, reset }] of Object.entries(PLLS)) {
      this.#family(specs, name, offset, { reset, rw: LOCK - 1, write: () => this.#changed(name) });
    }
    for (const [name, [offset, reset]] of Object.entries(KEPT)) {
      this.#family(specs, name, offset, { reset, write: () => this.context.clocks.refresh() });
    }
    this.#family(specs, "TEMPSENSE0", 0x180, {
      reset: TEMP.POWER_DOWN,
      rw: 0xfff0_0003,
      read: () => this.#temperature(),
    });
    return specs;
  }
  /** A register and the three that set, clear and toggle its bits. */
  #family(
    specs: Record<string, RegisterSpec>,
    name: string,
    offset: number,
    spec: Omit<RegisterSpec, "offset">,
  ): void {
    specs[name] = { ...spec, offset };
    const mask = spec.rw ?? 0xffff_ffff;
    const changes: readonly [string, (old: number, bits: number) => number][] = [
      ["SET", (old, bits) => old | bits],
      ["CLR", (old, bits) => old & ~bits],
      ["TOG", (old, bits) => old ^ bits],
    ];
    changes.forEach(([suffix, change], i) => {
      specs[`${name}_${suffix}`] = {
        offset: offset + 4 * (i + 1),
        rw: 0,
        read: () => specs[name]?.read?.() ?? this.#value(name),
        write: (_value, _previous, bits) => {
          const register = this.#register(name);
          const previous = register.value;
          register.value = (previous & ~mask) | (change(previous, bits) & mask);
          spec.write?.(register.value, previous, bits);
        },
      };
    });
  }
  #register(name: string): Register {
    return this.r[name]!;
  }
  #value(name: string): number {
    return this.r[name]?.value ?? 0;
  }

  #changed(name: string): void {
    const pll = PLLS[name]!;
    const register = this.#register(name);
    const alarm = this.#locks.get(name);
    const isOn = register.has(POWER) === (pll.powerIsHigh === true);
    if (!isOn) {
      alarm?.clear();
      register.clearBits(LOCK);
    } else if (!register.has(LOCK) && alarm?.pending === false) {
      alarm.afterSeconds(pll.lockPeriods / OSC_HZ);
    }
    this.context.clocks.refresh();
  }
  #locked(name: string): void {
    this.#register(name).setBits(LOCK);
    this.context.clocks.refresh();
  }

  /** Bypassed, a PLL passes its reference on; without lock or output it gives nothing. */
  #pll(name: string, hz: number): number {
    const register = this.#register(name);
    if (register.has(BYPASS)) return OSC_HZ;
    return register.has(LOCK) && register.has(ENABLE) ? hz : 0;
  }
  #systemPll(): number {
    const denominator = this.#value("PLL_SYS_DENOM");
    const fraction = denominator === 0 ? 0 : this.#value("PLL_SYS_NUM") / denominator;
    return this.#pll("PLL_SYS", OSC_HZ * ((this.#value("PLL_SYS") & 1 ? 22 : 20) + fraction));
  }
  /** A phase fractional divider: 18 / FRAC of its PLL, unless gated. */
  #pfd(name: string, n: number, pllHz: number): number {
    const field = (this.#value(name) >>> (8 * n)) & 0xff;
    return (field & 0x80) !== 0 ? 0 : (pllHz * 18) / Math.max(1, field & 0x3f);
  }
  #temperature(): number {
    const { value } = this.#register("TEMPSENSE0");
    const measures = (value & TEMP.MEASURE) !== 0 && (value & TEMP.POWER_DOWN) === 0;
    return measures ? value | TEMP.FINISHED | (TEMP_COUNT << 8) : value;
  }
}
