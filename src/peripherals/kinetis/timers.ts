import type { PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import { storage, type RegisterSpec } from "../registers.ts";
import { UpCounter } from "../up-counter.ts";
import { KinetisPeripheral } from "./kinetis-peripheral.ts";

/** A block around one counter: every access first tells what the counter has passed. */
abstract class CounterBlock extends KinetisPeripheral {
  protected abstract readonly counter: UpCounter;
  /** Interrupt lines as the flags stand. */
  protected abstract updateIrq(): void;

  override read(offset: number, size: AccessSize): number | undefined {
    this.counter.sync();
    return super.read(offset, size);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    this.counter.sync();
    const done = super.write(offset, size, value);
    this.counter.update();
    this.updateIrq();
    return done;
  }
  override reset(): void {
    super.reset();
    this.counter.reset();
    this.updateIrq();
  }
  protected override saveState(): unknown {
    return this.counter.save();
  }
  protected override restoreState(state: unknown): void {
    this.counter.restore(state as ReturnType<UpCounter["save"]>);
    this.updateIrq();
  }
}

const CSR = { TEN: 1 << 0, TMS: 1 << 1, TFC: 1 << 2, TIE: 1 << 6, TCF: 1 << 7 } as const;
const PBYP = 1 << 2;
const LPO_HZ = 1000;
/** PSR.PCS. */
const LPTMR_CLOCKS = ["mcgir", "lpo", "rtc", "oscer"] as const;

/** Low-power timer of K64; pulse counting is reported and does not count. @source K64P144M120SF5RM "LPTMR" */
export class KinetisLptmr extends CounterBlock {
  protected readonly r = this.define({
    CSR: {
      offset: 0x0,
      rw: 0x7f,
      w1c: CSR.TCF,
      notModelled: CSR.TMS,
      fields: { TMS: [1] },
      write: (value, previous) => this.#writeCSR(value, previous),
    },
    PSR: storage(0x4, 0, 0x7f),
    CMR: storage(0x8, 0, 0xffff),
    CNR: { offset: 0xc, rw: 0, read: () => this.counter.value, write: () => undefined },
  });
  protected readonly counter: UpCounter;

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.counter = new UpCounter(context, (run) => this.alarm(run), {
      hz: () => this.#hz,
      modulus: () => (this.r.CSR.has(CSR.TFC) ? 0x1_0000 : this.r.CMR.value + 1),
      targets: () => [this.#flagAt],
      awaited: () => (this.r.CSR.has(CSR.TIE) && !this.r.CSR.has(CSR.TCF) ? [this.#flagAt] : []),
      reached: () => {
        this.r.CSR.setBits(CSR.TCF);
        this.updateIrq();
      },
    });
  }

  /** The flag comes with the step behind the compare value. */
  get #flagAt(): number {
    return this.r.CSR.has(CSR.TFC) ? (this.r.CMR.value + 1) % 0x1_0000 : 0;
  }
  get #hz(): number {
    const { PSR } = this.r;
    const name = LPTMR_CLOCKS[PSR.bits(0, 2) as 0 | 1 | 2 | 3];
    const { clocks } = this.context;
    const source = name === "lpo" ? LPO_HZ : name === "rtc" ? 32_768 : clocks.has(name) ? clocks.hz(name) : 0;
    return PSR.has(PBYP) ? source : source / 2 ** (PSR.bits(3, 4) + 1);
  }
  #writeCSR(value: number, previous: number): void {
    if ((value & CSR.TEN) === 0) this.counter.reset();
    else if ((previous & CSR.TEN) === 0 && (value & CSR.TMS) === 0) this.counter.start();
    if ((value & CSR.TEN) === 0) this.r.CSR.clearBits(CSR.TCF);
  }
  protected updateIrq(): void {
    this.irq("global", this.r.CSR.has(CSR.TCF) && this.r.CSR.has(CSR.TIE));
  }
}

const SC = { CPWMS: 1 << 5, TOIE: 1 << 6, TOF: 1 << 7 } as const;
const CH = { MODES: 0x3c, CHIE: 1 << 6, CHF: 1 << 7 } as const;
const SYSTEM_CLOCK = 1;
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

const keptRegisters = (): Record<string, RegisterSpec> =>
  Object.fromEntries(
    [
      ...["SYNC", "OUTINIT", "OUTMASK", "COMBINE", "DEADTIME", "EXTTRIG", "POL", "FMS", "FILTER", "FLTCTRL"],
      ...["QDCTRL", "CONF", "FLTPOL", "SYNCONF", "INVCTRL", "SWOCTRL", "PWMLOAD"],
    ].map((name, i) => [name, storage(0x58 + 4 * i)]),
  );

/**
 * FlexTimer of K64 as an up-counter from CNTIN to MOD with overflow and compare flags. It counts the bus clock.
 *
 * Not modelled: up-down counting, the other clocks, capture, output pins, synchronised loading of MOD and CnV.
 * @source K64P144M120SF5RM "FlexTimer Module"
 */
export class KinetisFtm extends CounterBlock {
  protected readonly r = this.define<string>({
    SC: {
      offset: 0x00,
      rw: 0x7f,
      w0c: SC.TOF,
      notModelled: SC.CPWMS,
      fields: { CPWMS: [5] },
      write: () => this.#clockChanged(),
    },
    CNT: {
      offset: 0x04,
      rw: 0,
      read: () => this.#value("CNTIN") + this.counter.value,
      write: () => this.counter.load(0),
    },
    MOD: storage(0x08, 0, 0xffff),
    ...Object.fromEntries(
      CHANNELS.flatMap((n): [string, RegisterSpec][] => [
        [`C${n}SC`, { offset: 0x0c + 8 * n, rw: 0x7f, w0c: CH.CHF }],
        [`C${n}V`, storage(0x10 + 8 * n, 0, 0xffff)],
      ]),
    ),
    CNTIN: storage(0x4c, 0, 0xffff),
    STATUS: {
      offset: 0x50,
      rw: 0,
      read: () => this.#flags(),
      write: (_v, _p, bits) => this.#clearFlags(bits),
    },
    MODE: storage(0x54, 0x04, 0xff),
    ...keptRegisters(),
  });
  /** Registers CnSC and CnV; firmware that polls a flag asks for all of them each time. */
  readonly #channels = CHANNELS.map((n) => ({ status: this.r[`C${n}SC`]!, compare: this.r[`C${n}V`]! }));
  protected readonly counter: UpCounter;

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.counter = new UpCounter(context, (run) => this.alarm(run), {
      hz: () => context.clocks.hz(config.clock ?? "core") / 2 ** (this.#value("SC") & 7),
      modulus: () => this.#modulus,
      targets: () => this.#targets(() => true),
      awaited: () => this.#targets((enabled) => enabled),
      reached: (value) => this.#reached(value),
    });
  }

  #value(name: string): number {
    return this.r[name]?.value ?? 0;
  }
  get #modulus(): number {
    const steps = this.#value("MOD") - this.#value("CNTIN") + 1;
    return this.#value("MOD") === 0 || steps <= 0 ? 0x1_0000 : steps;
  }
  #targets(wanted: (enabled: boolean) => boolean): number[] {
    const targets: number[] = [];
    const sc = this.#value("SC");
    if ((sc & SC.TOF) === 0 && wanted((sc & SC.TOIE) !== 0)) targets.push(0);
    for (const { status, compare } of this.#channels) {
      // ELSB:ELSA and MSB:MSA all 0: the channel is not in use.
      if (!status.has(CH.MODES) || status.has(CH.CHF)) continue;
      if (wanted(status.has(CH.CHIE))) targets.push(compare.value - this.#value("CNTIN"));
    }
    return targets.filter((target) => target >= 0);
  }
  #reached(value: number): void {
    if (value === 0) this.r["SC"]?.setBits(SC.TOF);
    for (const { status, compare } of this.#channels) {
      const matches = compare.value - this.#value("CNTIN") === value;
      if (matches && status.has(CH.MODES)) status.setBits(CH.CHF);
    }
    this.updateIrq();
  }
  #clockChanged(): void {
    const clks = (this.#value("SC") >>> 3) & 3;
    if (clks > SYSTEM_CLOCK) this.context.unmodelled(this.name, "SC.CLKS", "write");
    if (clks === SYSTEM_CLOCK) this.counter.start();
    else this.counter.stop();
  }
  #flags(): number {
    return this.#channels.reduce((bits, { status }, n) => bits | (status.has(CH.CHF) ? 1 << n : 0), 0);
  }
  #clearFlags(bits: number): void {
    this.#channels.forEach(({ status }, n) => {
      if (((bits >>> n) & 1) === 0) status.clearBits(CH.CHF);
    });
  }
  protected updateIrq(): void {
    const sc = this.#value("SC");
    const overflow = (sc & SC.TOF) !== 0 && (sc & SC.TOIE) !== 0;
    const compared = this.#channels.some(({ status }) => status.has(CH.CHF) && status.has(CH.CHIE));
    this.irq("global", overflow || compared);
  }
}
