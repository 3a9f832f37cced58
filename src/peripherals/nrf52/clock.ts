import type { Alarm } from "../alarm.ts";
import type { PartContext, PeripheralConfig } from "../part.ts";
import { known, readOnly, storage, type RegisterSpec } from "../registers.ts";
import { NrfPeripheral } from "./nrf-peripheral.ts";

const CORE_HZ = 64e6;
const LFCLK_HZ = 32_768;

/** HFXO with its debounce. @source nRF52840 Product Specification, "CLOCK: HFXO", typ 360 us */
const HFXO_START_UP = 360e-6;
/** By LFCLKSRC.SRC: LFRC, LFXO, LFSYNT. @source nRF52840 Product Specification, "CLOCK", typ 600 us, 250 ms, 100 us */
const LFCLK_START_UP = [600e-6, 0.25, 100e-6] as const;
/** @source nRF52840 Product Specification, "CLOCK: LFRC calibration", typ 16 ms */
const CALIBRATION = 16e-3;
const RUNNING = 1 << 16;
const HFXO = 1;
const SOURCE = 0b11;

/** RAM[n].POWER, POWERSET, POWERCLR. */
const ramPower = (): Record<string, RegisterSpec> =>
  Object.fromEntries(
    Array.from({ length: 9 }, (_, n): [string, RegisterSpec][] => [
      [`RAM${n}_POWER`, storage(0x900 + 0x10 * n, 0x0000_ffff)],
      [`RAM${n}_POWERSET`, storage(0x904 + 0x10 * n)],
      [`RAM${n}_POWERCLR`, storage(0x908 + 0x10 * n)],
    ]).flat(),
  );

/**
 * CLOCK and POWER of nRF52840, one block of addresses. The core runs at 64 MHz from either high-frequency source; the
 * low-frequency clock feeds the RTCs and is the domain `lfclk`, 0 Hz while it is stopped.
 *
 * Not modelled: System OFF, power failure warning, USB supply (no cable), DC/DC and RAM power have no effect.
 * @source nRF52840 Product Specification, "CLOCK", "POWER"
 */
export class NrfClock extends NrfPeripheral {
  protected readonly r = this.define<string>({
    TASKS_HFCLKSTART: this.task(0x000, () => this.#startHF()),
    TASKS_HFCLKSTOP: this.task(0x004, () => this.#stopHF()),
    TASKS_LFCLKSTART: this.task(0x008, () => this.#startLF()),
    TASKS_LFCLKSTOP: this.task(0x00c, () => this.#stopLF()),
    TASKS_CAL: this.task(0x010, () => this.#calibration.afterSeconds(CALIBRATION)),
    TASKS_CTSTART: this.task(0x014, () => this.#startTimer()),
    TASKS_CTSTOP: this.task(0x018, () => this.#stopTimer()),
    TASKS_CONSTLAT: this.task(0x078, () => undefined),
    TASKS_LOWPWR: this.task(0x07c, () => undefined),
    ...this.eventRegisters({
      HFCLKSTARTED: 0x100,
      LFCLKSTARTED: 0x104,
      POFWARN: 0x108,
      DONE: 0x10c,
      CTTO: 0x110,
      SLEEPENTER: 0x114,
      SLEEPEXIT: 0x118,
      USBDETECTED: 0x11c,
      USBREMOVED: 0x120,
      USBPWRRDY: 0x124,
      CTSTARTED: 0x128,
      CTSTOPPED: 0x12c,
    }),
    ...this.interruptRegisters(),
    RESETREAS: { offset: 0x400, w1c: 0x000f_000f },
    HFCLKRUN: readOnly(0x408),
    HFCLKSTAT: readOnly(0x40c, RUNNING),
    LFCLKRUN: readOnly(0x414),
    LFCLKSTAT: readOnly(0x418),
    LFCLKSRCCOPY: readOnly(0x41c),
    RAMSTATUS: readOnly(0x428),
    USBREGSTATUS: readOnly(0x438),
    SYSTEMOFF: known(0x500),
    POFCON: { offset: 0x510, rw: 0xf1f, notModelled: 1, fields: { POF: [0] } },
    LFCLKSRC: storage(0x518, 0, 0x0003_0003),
    GPREGRET: storage(0x51c, 0, 0xff),
    GPREGRET2: storage(0x520, 0, 0xff),
    HFXODEBOUNCE: storage(0x528, 0x10, 0xff),
    CTIV: storage(0x538, 0, 0x7f),
    TRACECONFIG: storage(0x55c),
    DCDCEN: storage(0x578, 0, 1),
    DCDCEN0: storage(0x580, 0, 1),
    LFRCMODE: storage(0x5b4, 0, 0x0001_0001),
    /** Normal voltage mode: VDDH is tied to VDD. */
    MAINREGSTATUS: readOnly(0x640, 0),
    ...ramPower(),
  });
  readonly #highStarted: Alarm = this.alarm(() => this.#highReady());
  readonly #lowStarted: Alarm = this.alarm(() => this.#lowReady());
  readonly #calibration: Alarm = this.alarm(() => this.event("DONE"));
  readonly #timer: Alarm = this.alarm(() => this.event("CTTO"));

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.#publish();
  }

  override reset(): void {
    super.reset();
    this.#publish();
  }
  protected override restoreState(): void {
    this.#publish();
    this.updateIrq();
  }

  #publish(): void {
    const lfclk = this.#bits("LFCLKSTAT", RUNNING) ? LFCLK_HZ : 0;
    this.context.clocks.publish({ core: CORE_HZ, fixed: CORE_HZ, lfclk });
  }
  #bits(name: string, mask: number): boolean {
    return this.r[name]?.has(mask) ?? false;
  }
  #put(name: string, value: number): void {
    const register = this.r[name];
    if (register !== undefined) register.value = value;
  }

  #startHF(): void {
    this.#put("HFCLKRUN", 1);
    this.#highStarted.afterSeconds(HFXO_START_UP);
  }
  #highReady(): void {
    this.#put("HFCLKSTAT", RUNNING | HFXO);
    this.event("HFCLKSTARTED");
  }
  #stopHF(): void {
    this.#highStarted.clear();
    this.#put("HFCLKRUN", 0);
    this.#put("HFCLKSTAT", RUNNING);
  }

  #startLF(): void {
    const source = this.r["LFCLKSRC"]?.bits(0, 2) ?? 0;
    this.#put("LFCLKRUN", 1);
    this.#put("LFCLKSRCCOPY", source);
    this.#lowStarted.afterSeconds(LFCLK_START_UP[source] ?? LFCLK_START_UP[0]);
  }
  #lowReady(): void {
    this.#put("LFCLKSTAT", RUNNING | ((this.r["LFCLKSRCCOPY"]?.value ?? 0) & SOURCE));
    this.event("LFCLKSTARTED");
    this.#publish();
  }
  #stopLF(): void {
    this.#lowStarted.clear();
    this.#put("LFCLKRUN", 0);
    this.#put("LFCLKSTAT", 0);
    this.#publish();
  }

  /** CTIV counts quarters of a second. */
  #startTimer(): void {
    this.#timer.afterSeconds(0.25 * Math.max(1, this.r["CTIV"]?.value ?? 0));
    this.event("CTSTARTED");
  }
  #stopTimer(): void {
    this.#timer.clear();
    this.event("CTSTOPPED");
  }
}
