import type { DmaRequest, DmaUser } from "../dma-user.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { readOnly, storage, type Register, type RegisterSpec } from "../registers.ts";
import { registersOfUnit } from "./adc-units.ts";
import type { Alarm } from "../alarm.ts";

const CR = {
  ADEN: 1,
  ADDIS: 2,
  ADSTART: 4,
  JADSTART: 8,
  ADSTP: 16,
  JADSTP: 32,
  ADVREGEN: 1 << 28,
  DEEPPWD: 1 << 29,
  ADCAL: 2 ** 31,
} as const;
const ISR = { ADRDY: 1, EOSMP: 2, EOC: 4, EOS: 8, OVR: 16, JEOC: 32, JEOS: 64, LDORDY: 1 << 12 } as const;
const CONT = 1 << 13;
const OVRMOD = 1 << 12;
const UNIT = 0x100;
const COMMON = 0x300;
/** Seconds of a calibration and until ready: estimates within the data sheets' limits. */
const CALIBRATION_SECONDS = 20e-6;
const READY_SECONDS = 2e-6;
/** Half ADC clocks of each setting of a sampling time. */
const SAMPLING_L4 = [5, 13, 25, 49, 95, 185, 495, 1281] as const;
const SAMPLING_H7 = [3, 5, 17, 33, 65, 129, 775, 1621] as const;
/** Bits by RES. */
const BITS_L4 = [12, 10, 8, 6];
const BITS_H7 = [16, 14, 12, 10, 8, 14, 12, 8];
/** Divider by PRESC. */
const PRESCALERS = [1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256];

interface Unit {
  readonly at: (name: string) => Register;
  readonly ends: Alarm;
  readonly ready: Alarm;
  readonly calibrated: Alarm;
  rank: number;
}

/**
 * The analogue to digital converters of L4 and H7 with their common registers. Calibration, start-up and conversions
 * take their time; nothing is connected, so each channel gives half of full scale. Not modelled: hardware triggers,
 * watchdogs, oversampling, dual mode. @source RM0351, RM0432, RM0433 "ADC registers", "ADC timing"
 */
export class Stm32Adc extends RegisterPeripheral implements DmaUser {
  readonly #isH7 = this.context.mcu.startsWith("STM32H7");
  readonly #count = this.config.params["units"] ?? 2;
  protected readonly r = this.define<string>({
    ...Object.fromEntries(
      Array.from({ length: this.#count }, (_, n) => Object.entries(this.#unitRegisters(n))).flat(),
    ),
    CSR: { offset: COMMON, rw: 0, read: () => this.#status() },
    CCR: storage(COMMON + 8, 0, 0x01ff_ef1f),
    CDR: readOnly(COMMON + 0xc),
    CDR2: readOnly(COMMON + 0x10),
  });
  onDmaRequest: DmaRequest | undefined;
  readonly #units: readonly Unit[] = Array.from({ length: this.#count }, (_, n) => this.#makeUnit(n));

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

  #makeUnit(n: number): Unit {
    const at = registersOfUnit(this.r, n);
    return {
      at,
      ends: this.alarm(() => this.#converted(n)),
      ready: this.alarm(() => this.#raise(n, ISR.ADRDY)),
      calibrated: this.alarm(() => at("CR").clearBits(CR.ADCAL)),
      rank: 0,
    };
  }
  #unitRegisters(n: number): Record<string, RegisterSpec> {
    const base = UNIT * n;
    const plain: readonly (readonly [string, number])[] = [
      ["CFGR2", 0x10],
      ["SMPR1", 0x14],
      ["SMPR2", 0x18],
      ["TR1", this.#isH7 ? 0x1c : 0x20],
      ["TR2", this.#isH7 ? 0x20 : 0x24],
      ["TR3", this.#isH7 ? 0x24 : 0x28],
      ...[1, 2, 3, 4].map((i) => [`SQR${i}`, 0x2c + 4 * i] as const),
      ["JSQR", 0x4c],
      ...[1, 2, 3, 4].map((i) => [`OFR${i}`, 0x5c + 4 * i] as const),
      ["AWD2CR", 0xa0],
      ["AWD3CR", 0xa4],
      ...(this.#isH7 ? ([0xb0, 0xb4, 0xb8, 0xbc, 0xc0] as const) : ([0xb0] as const)).map(
        (offset) => [`X${offset.toString(16)}`, offset] as const,
      ),
      ["CALFACT", this.#isH7 ? 0xc4 : 0xb4],
      ...(this.#isH7 ? [["CALFACT2", 0xc8] as const] : []),
    ];
    const named: (readonly [string, RegisterSpec])[] = [
      [
        "ISR",
        {
          offset: base,
          rw: 0,
          w1c: 0x07ff,
          write: () => this.#updateIrq(),
          steady: true,
          read: () => this.#flags(n),
        },
      ],
      ["IER", { offset: base + 0x04, rw: 0x07ff, write: () => this.#updateIrq() }],
      [
        "CR",
        {
          offset: base + 0x08,
          reset: CR.DEEPPWD,
          rw: 0x7001_0300,
          write: (_value, _previous, written) => this.#writeCR(n, written),
        },
      ],
      ["CFGR", { offset: base + 0x0c, reset: 0x8000_0000, notModelled: 3 << 10, fields: { EXTEN: [10, 2] } }],
      ["DR", { offset: base + 0x40, rw: 0, read: () => this.#take(n) }],
      ...plain.map(([name, offset]) => [name, storage(base + offset)] as const),
      ...[0, 1, 2, 3].map(
        (i) => [`JDR${i + 1}`, { offset: base + 0x80 + 4 * i, rw: 0, read: () => this.#reading(n) }] as const,
      ),
    ];
    return Object.fromEntries(named.map(([name, spec]) => [`${name}_${n + 1}`, spec]));
  }

  #status(): number {
    return this.#units.reduce((all, { at }, n) => all | (at("ISR").value << (16 * n)), 0) >>> 0;
  }
  /** The regulator's own ready flag, on the H7 parts that have it, follows its enable bit. */
  #flags(n: number): number {
    const { at } = this.#units[n]!;
    return at("ISR").value | (this.#isH7 && at("CR").has(CR.ADVREGEN) ? ISR.LDORDY : 0);
  }
  #bits({ at }: Unit): number {
    const table = this.#isH7 ? BITS_H7 : BITS_L4;
    return table[this.#isH7 ? at("CFGR").bits(2, 3) : at("CFGR").bits(3, 2)]!;
  }
  /** Half of full scale at the resolution set, aligned as set. */
  #reading(n: number): number {
    const unit = this.#units[n]!;
    const bits = this.#bits(unit);
    const left = !this.#isH7 && unit.at("CFGR").has(1 << 5) ? (bits === 6 ? 2 : 16 - bits) : 0;
    return 2 ** (bits - 1 + left);
  }

  /** Its bits are set by writing 1 and cleared by the hardware when done. */
  #writeCR(n: number, written: number): void {
    const unit = this.#units[n]!;
    const [cr, isr] = [unit.at("CR"), unit.at("ISR")];
    const isOn = cr.has(CR.ADEN);
    if ((written & CR.ADDIS) !== 0) this.#switchOff(unit);
    else if ((written & CR.ADEN) !== 0 && !isOn) {
      cr.setBits(CR.ADEN);
      unit.ready.afterSeconds(READY_SECONDS);
    }
    if ((written & CR.ADCAL) !== 0 && !isOn) {
      cr.setBits(CR.ADCAL);
      unit.calibrated.afterSeconds(CALIBRATION_SECONDS);
    }
    if ((written & CR.ADSTP) !== 0) {
      unit.ends.clear();
      cr.clearBits(CR.ADSTART);
    } else if ((written & CR.ADSTART) !== 0 && isOn && isr.has(ISR.ADRDY) && !unit.ends.pending)
      this.#start(n);
    if ((written & CR.JADSTART) !== 0 && isOn) this.#raise(n, ISR.JEOC | ISR.JEOS);
  }
  #switchOff({ at, ends, ready }: Unit): void {
    ends.clear();
    ready.clear();
    at("CR").clearBits(CR.ADEN | CR.ADSTART);
    at("ISR").clearBits(ISR.ADRDY);
  }
  #start(n: number): void {
    const unit = this.#units[n]!;
    unit.at("CR").setBits(CR.ADSTART);
    unit.rank = 0;
    // With a trigger selected it waits for one, and triggers are not modelled.
    if (unit.at("CFGR").bits(10, 2) !== 0) return;
    this.notice("no signal is connected: every conversion gives half of full scale");
    this.#convert(n);
  }
  #convert(n: number): void {
    const unit = this.#units[n]!;
    const at = 6 * (unit.rank + 1);
    const channel = unit.at(`SQR${1 + Math.floor(at / 30)}`).bits(at % 30, 5);
    const place = channel < 10 ? (["SMPR1", channel] as const) : (["SMPR2", channel - 10] as const);
    const setting = unit.at(place[0]).bits(3 * Math.min(place[1], 9), 3);
    const halves = (this.#isH7 ? SAMPLING_H7 : SAMPLING_L4)[setting as 0] + 2 * this.#bits(unit) + 1;
    unit.ends.afterSeconds(halves / 2 / this.#clockHz());
  }
  /** CKMODE divides the bus clock; else the kernel clock, for which the bus clock stands in, by PRESC. */
  #clockHz(): number {
    const ccr = this.r["CCR"]!;
    const busHz = this.context.clocks.hz(this.config.clock ?? "core");
    const mode = ccr.bits(16, 2);
    return mode === 0 ? busHz / (PRESCALERS[ccr.bits(18, 4)] ?? 1) : busHz / 2 ** (mode - 1);
  }
  #converted(n: number): void {
    const unit = this.#units[n]!;
    const [isr, cfgr] = [unit.at("ISR"), unit.at("CFGR")];
    const isLast = unit.rank >= unit.at("SQR1").bits(0, 4);
    unit.rank = isLast ? 0 : unit.rank + 1;
    if (isr.has(ISR.EOC) && !cfgr.has(OVRMOD)) isr.setBits(ISR.OVR);
    isr.setBits(ISR.EOSMP | ISR.EOC | (isLast ? ISR.EOS : 0));
    if (!isLast || cfgr.has(CONT)) this.#convert(n);
    else unit.at("CR").clearBits(CR.ADSTART);
    this.#updateIrq();
    const usesDma = this.#isH7 ? (cfgr.value & 1) === 1 : cfgr.has(1);
    if (usesDma) this.onDmaRequest?.("receive", UNIT * n + 0x40);
  }
  #raise(n: number, flags: number): void {
    this.#units[n]!.at("ISR").setBits(flags);
    this.#updateIrq();
  }
  #take(n: number): number {
    this.#units[n]!.at("ISR").clearBits(ISR.EOC);
    this.#updateIrq();
    return this.#reading(n);
  }
  #updateIrq(): void {
    this.irq(
      "global",
      this.#units.some(({ at }) => (at("ISR").value & at("IER").value) !== 0),
    );
  }
}
