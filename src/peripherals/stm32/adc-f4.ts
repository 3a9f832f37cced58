import type { DmaRequest, DmaUser } from "../dma-user.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { readOnly, storage, type Register, type RegisterSpec } from "../registers.ts";
import { registersOfUnit } from "./adc-units.ts";

const CR1 = { EOCIE: 1 << 5, JEOCIE: 1 << 7, OVRIE: 1 << 26 } as const;
const CR2 = {
  ADON: 1,
  CONT: 2,
  DMA: 1 << 8,
  DDS: 1 << 9,
  EOCS: 1 << 10,
  EXTEN: 3 << 28,
  SWSTART: 1 << 30,
  JSWSTART: 1 << 22,
} as const;
const SR = { EOC: 1 << 1, JEOC: 1 << 2, JSTRT: 1 << 3, STRT: 1 << 4, OVR: 1 << 5 } as const;
/** ADC clocks of each setting of a sampling time. */
const SAMPLING = [3, 15, 28, 56, 84, 112, 144, 480] as const;
/** Bits of a conversion by RES, and a clock for each. */
const BITS = [12, 10, 8, 6] as const;
const UNIT = 0x100;
const COMMON = 0x300;

/** One converter of the block. */
interface Unit {
  readonly at: (name: string) => Register;
  readonly ends: { readonly pending: boolean; afterSeconds(seconds: number): void; clear(): void };
  /** Place in the sequence. */
  rank: number;
}

/**
 * The analogue to digital converters of F4 and F7 with their common registers. Conversions take their time; nothing is
 * connected, so each channel gives half of full scale. Not modelled: external triggers, watchdog, multi-mode.
 * @source RM0090, RM0385 "ADC registers", "ADC timing"
 */
export class Stm32F4Adc extends RegisterPeripheral implements DmaUser {
  readonly #count = this.config.params["units"] ?? 3;
  protected readonly r = this.define<string>({
    ...Object.fromEntries(
      Array.from({ length: this.#count }, (_, n) => Object.entries(this.#unitRegisters(n))).flat(),
    ),
    CSR: {
      offset: COMMON,
      rw: 0,
      read: () => this.#units.reduce((all, unit, n) => all | (unit.at("SR").value << (8 * n)), 0),
    },
    CCR: storage(COMMON + 4, 0, 0x00c3_ef1f),
    CDR: readOnly(COMMON + 8, 0x0800_0800),
  });
  onDmaRequest: DmaRequest | undefined;
  readonly #units: readonly Unit[] = Array.from({ length: this.#count }, (_, n) => ({
    at: registersOfUnit(this.r, n),
    ends: this.alarm(() => this.#converted(n)),
    rank: 0,
  }));

  override reset(): void {
    super.reset();
    for (const unit of this.#units) unit.rank = 0;
    this.#updateIrq();
  }
  repeatDmaRequests(): void {
    // A result that was there before the channel waits for the next conversion.
  }
  protected override saveState(): unknown {
    return this.#units.map(({ rank }) => rank);
  }
  protected override restoreState(state: unknown): void {
    (state as number[]).forEach((rank, n) => (this.#units[n]!.rank = rank));
  }

  #unitRegisters(n: number): Record<string, RegisterSpec> {
    const base = UNIT * n;
    const plain: readonly (readonly [string, number])[] = [
      ["SMPR1", 0x0c],
      ["SMPR2", 0x10],
      ...[1, 2, 3, 4].map((i) => [`JOFR${i}`, 0x10 + 4 * i] as const),
      ["LTR", 0x28],
      ["SQR1", 0x2c],
      ["SQR2", 0x30],
      ["SQR3", 0x34],
      ["JSQR", 0x38],
    ];
    const results = [1, 2, 3, 4].map((i) => [`JDR${i}`, 0x38 + 4 * i] as const);
    const named: (readonly [string, RegisterSpec])[] = [
      ["SR", { offset: base, rw: 0, w0c: 0x3f, write: () => this.#updateIrq() }],
      ["CR1", { offset: base + 0x04, rw: 0x07c0_ffff, write: () => this.#updateIrq() }],
      [
        "CR2",
        {
          offset: base + 0x08,
          rw: 0x7f7f_0f03,
          notModelled: CR2.EXTEN,
          fields: { EXTEN: [28, 2] },
          write: (value, previous) => this.#writeCR2(n, value, previous),
        },
      ],
      ["HTR", storage(base + 0x24, 0xfff)],
      ["DR", { offset: base + 0x4c, rw: 0, read: () => this.#take(n) }],
      ...plain.map(([name, offset]) => [name, storage(base + offset)] as const),
      ...results.map(
        ([name, offset]) => [name, { offset: base + offset, rw: 0, read: () => this.#reading(n) }] as const,
      ),
    ];
    return Object.fromEntries(named.map(([name, spec]) => [`${name}_${n + 1}`, spec]));
  }

  /** Half of full scale at the resolution set, aligned as set. */
  #reading(n: number): number {
    const unit = this.#units[n]!;
    const bits = BITS[unit.at("CR1").bits(24, 2) as 0 | 1 | 2 | 3];
    const left = unit.at("CR2").has(1 << 11) ? (bits === 6 ? 2 : 16 - bits) : 0;
    return 2 ** (bits - 1 + left);
  }
  #writeCR2(n: number, value: number, previous: number): void {
    const unit = this.#units[n]!;
    unit.at("CR2").clearBits(CR2.SWSTART | CR2.JSWSTART);
    if ((value & CR2.ADON) === 0) {
      unit.ends.clear();
      unit.rank = 0;
      return;
    }
    if ((value & CR2.JSWSTART) !== 0) {
      unit.at("SR").setBits(SR.JSTRT | SR.JEOC);
      this.#updateIrq();
    }
    // Writing ADON to what is already on, and nothing else, starts nothing on these parts.
    if ((value & CR2.SWSTART) === 0 || (previous & CR2.ADON) === 0) return;
    if (unit.ends.pending) return;
    unit.rank = 0;
    unit.at("SR").setBits(SR.STRT);
    this.notice("no signal is connected: every conversion gives half of full scale");
    this.#convert(n);
  }
  /** Sampling and a clock for each bit, of the clock that ADCPRE divides. */
  #convert(n: number): void {
    const unit = this.#units[n]!;
    const channel = this.#channel(unit);
    const [name, place] = channel >= 10 ? (["SMPR1", channel - 10] as const) : (["SMPR2", channel] as const);
    const sampling = SAMPLING[unit.at(name).bits(3 * Math.min(place, 9), 3) as 0];
    const bits = BITS[unit.at("CR1").bits(24, 2) as 0];
    const divider = 2 * ((this.r["CCR"]?.bits(16, 2) ?? 0) + 1);
    unit.ends.afterSeconds(
      ((sampling + bits) * divider) / this.context.clocks.hz(this.config.clock ?? "core"),
    );
  }
  #channel({ at, rank }: Unit): number {
    const [register, first] = rank < 6 ? ["SQR3", 0] : rank < 12 ? ["SQR2", 6] : ["SQR1", 12];
    return at(register).bits(5 * (rank - first), 5);
  }
  #converted(n: number): void {
    const unit = this.#units[n]!;
    const [sr, cr2] = [unit.at("SR"), unit.at("CR2")];
    const length = unit.at("CR1").has(1 << 8) ? unit.at("SQR1").bits(20, 4) + 1 : 1;
    const isLast = unit.rank + 1 >= length;
    unit.rank = isLast ? 0 : unit.rank + 1;
    const usesDma = cr2.has(CR2.DMA);
    if (isLast || cr2.has(CR2.EOCS) || usesDma) sr.setBits(SR.EOC);
    if (!isLast || cr2.has(CR2.CONT)) this.#convert(n);
    this.#updateIrq();
    if (usesDma) this.onDmaRequest?.("receive", UNIT * n + 0x4c);
  }
  #take(n: number): number {
    this.#units[n]!.at("SR").clearBits(SR.EOC);
    this.#updateIrq();
    return this.#reading(n);
  }
  #updateIrq(): void {
    const raised = this.#units.some(({ at }) => {
      const on = (flag: number, enable: number): boolean => at("SR").has(flag) && at("CR1").has(enable);
      return on(SR.EOC, CR1.EOCIE) || on(SR.JEOC, CR1.JEOCIE) || on(SR.OVR, CR1.OVRIE);
    });
    this.irq("global", raised);
  }
}
