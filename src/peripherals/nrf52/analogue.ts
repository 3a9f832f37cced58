import { readOnly, storage, type RegisterSpec } from "../registers.ts";
import { NrfPeripheral } from "./nrf-peripheral.ts";

/** First state of the generator; the same on every run. */
const SEED = 0x1b87_3593;
/** @source nRF52840 Product Specification, "RNG: Electrical specification": 30 us a byte without bias correction */
const NUMBER_SECONDS = 30e-6;
/** @source nRF52840 Product Specification, "TEMP: Electrical specification" */
const TEMPERATURE_SECONDS = 36e-6;
/** Quarters of a degree: 25 degrees. */
const TEMPERATURE = 100;
/** Samples a second at the reset values of the PDM clock and ratio: 1.032 MHz / 64. */
const PDM_HZ = 1.032e6 / 64;
const CONVERSION_SECONDS = 12e-6;

/** Random numbers from a fixed seed. @source nRF52840 Product Specification, "RNG" */
export class NrfRng extends NrfPeripheral {
  #state = SEED;
  #runs = false;
  protected readonly r = this.define<string>({
    TASKS_START: this.task(0x000, () => this.#start()),
    TASKS_STOP: this.task(0x004, () => this.#stop()),
    ...this.eventRegisters({ VALRDY: 0x100 }),
    SHORTS: storage(0x200, 0, 1),
    ...this.interruptRegisters(),
    CONFIG: storage(0x504, 0, 1),
    VALUE: { offset: 0x508, rw: 0, read: () => this.#state & 0xff },
  });
  readonly #next = this.alarm(() => {
    // Marsaglia's xorshift of 32 bits.
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    if (this.r["SHORTS"]?.has(1) === true) this.#runs = false;
    this.event("VALRDY");
  });

  /** A number that nobody has taken waits: the next is made when its event is cleared. */
  protected override eventCleared(): void {
    super.eventCleared();
    if (this.#runs && !this.hasEvent("VALRDY") && !this.#next.pending)
      this.#next.afterSeconds(NUMBER_SECONDS);
  }
  #start(): void {
    this.#runs = true;
    if (!this.#next.pending) this.#next.afterSeconds(NUMBER_SECONDS);
  }
  #stop(): void {
    this.#runs = false;
    this.#next.clear();
  }
  override reset(): void {
    super.reset();
    this.#state = SEED;
    this.#runs = false;
  }
  protected override saveState(): unknown {
    return [this.#state, this.#runs];
  }
  protected override restoreState(state: unknown): void {
    [this.#state, this.#runs] = state as [number, boolean];
  }
}

/** Temperature of the die: always 25 degrees. @source nRF52840 Product Specification, "TEMP" */
export class NrfTemp extends NrfPeripheral {
  protected readonly r = this.define<string>({
    TASKS_START: this.task(0x000, () => this.#measured.afterSeconds(TEMPERATURE_SECONDS)),
    TASKS_STOP: this.task(0x004, () => this.#measured.clear()),
    ...this.eventRegisters({ DATARDY: 0x100 }),
    ...this.interruptRegisters(),
    TEMP: readOnly(0x508, TEMPERATURE),
    ...Object.fromEntries(
      [0x520, 0x540, 0x560].flatMap((first) =>
        Array.from({ length: first === 0x560 ? 5 : 6 }, (_, n) => {
          const offset = first + 4 * n;
          return [`LINE${offset.toString(16)}`, storage(offset)] as const;
        }),
      ),
    ),
  });
  readonly #measured = this.alarm(() => this.event("DATARDY"));
}

/**
 * Analogue to digital converter with nothing connected: every channel gives half of full scale. Not modelled: limits,
 * the continuous rate of its own timer. @source nRF52840 Product Specification, "SAADC"
 */
export class NrfSaadc extends NrfPeripheral {
  protected readonly r = this.define<string>({
    TASKS_START: this.task(0x000, () => this.#begin()),
    TASKS_SAMPLE: this.task(0x004, () => this.#sampled.afterSeconds(CONVERSION_SECONDS * this.#channels)),
    TASKS_STOP: this.task(0x008, () => this.#stop()),
    TASKS_CALIBRATEOFFSET: this.task(0x00c, () => this.event("CALIBRATEDONE")),
    ...this.eventRegisters({ STARTED: 0x100, END: 0x104, DONE: 0x108, RESULTDONE: 0x10c }),
    ...this.eventRegisters({ CALIBRATEDONE: 0x110, STOPPED: 0x114 }),
    ...this.interruptRegisters(),
    STATUS: readOnly(0x400),
    ENABLE: storage(0x500, 0, 1),
    ...this.#channelRegisters(),
    RESOLUTION: storage(0x5f0, 1, 7),
    OVERSAMPLE: storage(0x5f4, 0, 0xf),
    SAMPLERATE: storage(0x5f8),
    RESULT_PTR: storage(0x62c),
    RESULT_MAXCNT: storage(0x630, 0, 0x7fff),
    RESULT_AMOUNT: readOnly(0x634),
  });
  readonly #sampled = this.alarm(() => this.#store());

  #channelRegisters(): Record<string, RegisterSpec> {
    const names = ["PSELP", "PSELN", "CONFIG", "LIMIT"];
    return Object.fromEntries(
      Array.from({ length: 32 }, (_, n) => {
        const reset = [0, 0, 0x2_0000, 0x7fff_8000][n % 4] ?? 0;
        return [`CH${Math.floor(n / 4)}_${names[n % 4] ?? ""}`, storage(0x510 + 4 * n, reset)];
      }),
    );
  }
  get #channels(): number {
    const used = Array.from({ length: 8 }, (_, n) => this.r[`CH${n}_PSELP`]?.value ?? 0);
    return Math.max(1, used.filter((pin) => pin !== 0).length);
  }
  #begin(): void {
    this.r["RESULT_AMOUNT"]!.value = 0;
    this.event("STARTED");
  }
  #store(): void {
    this.notice("no signal is connected: every conversion gives half of full scale");
    const [pointer, count, amount] = ["PTR", "MAXCNT", "AMOUNT"].map((name) => this.r[`RESULT_${name}`]!);
    const reading = 2 ** (7 + 2 * (this.r["RESOLUTION"]?.value ?? 1));
    for (let n = 0; n < this.#channels && amount!.value < count!.value; n++) {
      this.context.bus.write((pointer!.value + 2 * amount!.value) >>> 0, 2, reading);
      amount!.value++;
    }
    this.event("DONE");
    this.event("RESULTDONE");
    if (amount!.value >= count!.value) this.event("END");
  }
  #stop(): void {
    this.#sampled.clear();
    this.event("STOPPED");
  }
}

/** Digital microphones of which none is there: silence at the rate of the samples. @source nRF52840 Product Specification, "PDM" */
export class NrfPdm extends NrfPeripheral {
  protected readonly r = this.define<string>({
    TASKS_START: this.task(0x000, () => this.#fill()),
    TASKS_STOP: this.task(0x004, () => this.#stop()),
    ...this.eventRegisters({ STARTED: 0x100, STOPPED: 0x104, END: 0x108 }),
    ...this.interruptRegisters(),
    ENABLE: storage(0x500, 0, 1),
    PDMCLKCTRL: storage(0x504, 0x0840_0000),
    MODE: storage(0x508, 0, 0b11),
    GAINL: storage(0x518, 0x28, 0x7f),
    GAINR: storage(0x51c, 0x28, 0x7f),
    RATIO: storage(0x520, 0, 1),
    PSELCLK: storage(0x540, 0xffff_ffff),
    PSELDIN: storage(0x544, 0xffff_ffff),
    SAMPLE_PTR: storage(0x560),
    SAMPLE_MAXCNT: storage(0x564, 0, 0x7fff),
  });
  /** Where the buffer now being filled begins, and its samples. */
  #buffer: readonly [address: number, samples: number] = [0, 0];
  readonly #full = this.alarm(() => {
    const [address, samples] = this.#buffer;
    for (let n = 0; n < samples; n++) this.context.bus.write((address + 2 * n) >>> 0, 2, 0);
    this.event("END");
    this.#fill();
  });

  #fill(): void {
    this.notice("there is no microphone: it hears silence");
    this.#buffer = [this.r["SAMPLE_PTR"]!.value, this.r["SAMPLE_MAXCNT"]!.value];
    // In stereo, two samples are taken at a time.
    const times = this.r["MODE"]!.has(1) ? this.#buffer[1] : this.#buffer[1] / 2;
    this.#full.afterSeconds(Math.max(1, times) / PDM_HZ);
    this.event("STARTED");
  }
  #stop(): void {
    this.#full.clear();
    this.event("STOPPED");
  }
  protected override saveState(): unknown {
    return this.#buffer;
  }
  protected override restoreState(state: unknown): void {
    this.#buffer = state as [number, number];
  }
}
