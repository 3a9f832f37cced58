import { RegisterPeripheral } from "../register-peripheral.ts";
import { readOnly, storage, type Register, type RegisterSpec } from "../registers.ts";
import { TickCounter } from "../tick-counter.ts";
import { dateRegister, later, momentOf, timeRegister, type Moment } from "./calendar.ts";

const CR = {
  ALRAE: 1 << 8,
  ALRBE: 1 << 9,
  WUTE: 1 << 10,
  ALRAIE: 1 << 12,
  ALRBIE: 1 << 13,
  WUTIE: 1 << 14,
} as const;
/** Flags as SR of H7A3 has them; ISR of the others has them eight bits higher. */
const FLAG = { ALRA: 1 << 0, ALRB: 1 << 1, WUT: 1 << 2 } as const;
const INIT = 1 << 7;
const MIDNIGHT: Moment = { second: 0, minute: 0, hour: 0, day: 1, month: 1, year: 0, weekday: 1 };

interface Layout {
  readonly CR: number;
  readonly SSR: number;
  readonly ALRMAR: number;
  readonly ALRMBR: number;
  /** Other registers, which keep what is written. */
  readonly plain: Readonly<Record<string, number>>;
  /** First backup register, where they are in this block. */
  readonly backup?: number;
  /** Flags have registers of their own. */
  readonly ownFlags: boolean;
}
/** @source RM0090, RM0385, RM0351, RM0433 "RTC registers" */
const FIRST: Layout = {
  CR: 0x08,
  SSR: 0x28,
  ALRMAR: 0x1c,
  ALRMBR: 0x20,
  plain: { CALIBR: 0x18, SHIFTR: 0x2c, CALR: 0x3c, TAFCR: 0x40, ALRMASSR: 0x44, ALRMBSSR: 0x48, OR: 0x4c },
  backup: 0x50,
  ownFlags: false,
};
/** @source RM0455 "RTC registers" */
const H7A3: Layout = {
  CR: 0x18,
  SSR: 0x08,
  ALRMAR: 0x40,
  ALRMBR: 0x48,
  plain: { CALR: 0x28, SHIFTR: 0x2c, ALRMASSR: 0x44, ALRMBSSR: 0x4c, CFGR: 0x60 },
  ownFlags: true,
};

/**
 * Real-time clock: the calendar counts from where the firmware set it, alarms compare whole seconds, the wake-up timer
 * runs. Not modelled: write protection, subseconds of alarms, calibration, time stamps, tampering, and that it goes on
 * through a system reset.
 */
export class Stm32Rtc extends RegisterPeripheral {
  readonly #layout = this.context.mcu.startsWith("STM32H7A3") ? H7A3 : FIRST;
  protected readonly r = this.define<string>({
    TR: { offset: 0x00, rw: 0x007f_7f7f, read: () => timeRegister(this.#now()) },
    DR: { offset: 0x04, reset: 0x2101, rw: 0x00ff_ff3f, read: () => dateRegister(this.#now()) },
    CR: { offset: this.#layout.CR, write: (value, previous) => this.#writeCR(value, previous) },
    ISR: {
      offset: 0x0c,
      rw: INIT,
      read: () => this.#status(),
      write: (value, old, written) => this.#writeISR(value, old, written),
    },
    PRER: { offset: 0x10, reset: 0x007f_00ff, rw: 0x007f_7fff },
    WUTR: storage(0x14, 0xffff),
    WPR: { offset: 0x24, writeOnly: true },
    ALRMAR: storage(this.#layout.ALRMAR),
    ALRMBR: storage(this.#layout.ALRMBR),
    SSR: { offset: this.#layout.SSR, rw: 0, read: () => this.#subSecond() },
    ...Object.fromEntries(Object.entries(this.#layout.plain).map(([name, at]) => [name, storage(at)])),
    ...Object.fromEntries(["TSTR", "TSDR", "TSSSR"].map((name, n) => [name, readOnly(0x30 + 4 * n)])),
    ...this.#backupRegisters(),
    ...this.#flagRegisters(),
  });
  /** Ticks of the asynchronous prescaler since the calendar was set. */
  readonly #ticks = new TickCounter(this.context, () => this.#rtcHz() / (this.#reg("PRER").bits(16, 7) + 1));
  #set = MIDNIGHT;
  #flags = 0;
  readonly #second = this.alarm(() => this.#compareAlarms());
  readonly #wakeUp = this.alarm(() => {
    this.#raise(FLAG.WUT);
    this.#startWakeUp();
  });

  override reset(): void {
    super.reset();
    this.#set = MIDNIGHT;
    this.#flags = 0;
    this.#ticks.stop();
    this.#ticks.clear();
    this.#updateIrq();
  }
  protected override saveState(): unknown {
    return { set: this.#set, flags: this.#flags, ticks: this.#ticks.save() };
  }
  protected override restoreState(state: unknown): void {
    const saved = state as { set: Moment; flags: number; ticks: ReturnType<TickCounter["save"]> };
    this.#set = saved.set;
    this.#flags = saved.flags;
    this.#ticks.restore(saved.ticks);
  }

  #backupRegisters(): Record<string, RegisterSpec> {
    const { backup } = this.#layout;
    if (backup === undefined) return {};
    return Object.fromEntries(Array.from({ length: 32 }, (_, n) => [`BKP${n}R`, storage(backup + 4 * n)]));
  }
  #flagRegisters(): Record<string, RegisterSpec> {
    if (!this.#layout.ownFlags) return {};
    return {
      SR: { offset: 0x50, rw: 0, read: () => this.#flags },
      MISR: { offset: 0x54, rw: 0, read: () => this.#flags & (this.#reg("CR").value >>> 12) },
      SCR: { offset: 0x5c, writeOnly: true, write: (bits) => this.#clear(bits) },
    };
  }
  #reg(name: string): Register {
    return this.r[name]!;
  }
  #rtcHz(): number {
    return this.context.clocks.shared("rtc", 0);
  }
  get #ticksASecond(): number {
    return this.#reg("PRER").bits(0, 15) + 1;
  }
  /** While INIT is set the registers show what was written to them. */
  #now(): Moment {
    if (this.#reg("ISR").has(INIT)) return momentOf(this.#reg("TR").value, this.#reg("DR").value);
    return later(this.#set, Math.floor(this.#ticks.elapsed / this.#ticksASecond));
  }
  #subSecond(): number {
    return this.#ticksASecond - 1 - (this.#ticks.elapsed % this.#ticksASecond);
  }
  /** Registers may be written where what they set is off; shadow registers are always up to date. */
  #status(): number {
    const [cr, isr] = [this.#reg("CR"), this.#reg("ISR")];
    const mayWrite = (cr.has(CR.ALRAE) ? 0 : 1) | (cr.has(CR.ALRBE) ? 0 : 2) | (cr.has(CR.WUTE) ? 0 : 4);
    const isSet = this.#set.year === 0 ? 0 : 1 << 4;
    const inInit = isr.has(INIT) ? INIT | (1 << 6) : 0;
    return mayWrite | isSet | (1 << 5) | inInit | (this.#layout.ownFlags ? 0 : this.#flags << 8);
  }
  #writeISR(value: number, previous: number, written: number): void {
    if ((value & ~previous & INIT) !== 0) {
      const now = later(this.#set, Math.floor(this.#ticks.elapsed / this.#ticksASecond));
      this.#reg("TR").value = timeRegister(now);
      this.#reg("DR").value = dateRegister(now);
    } else if ((previous & ~value & INIT) !== 0) {
      this.#set = momentOf(this.#reg("TR").value, this.#reg("DR").value);
      this.#ticks.stop();
      this.#ticks.clear();
      this.#ticks.start();
      this.#awaitSecond();
    }
    if (!this.#layout.ownFlags) this.#clear(~(written >>> 8));
  }
  #writeCR(value: number, previous: number): void {
    if ((value & CR.WUTE) === 0) this.#wakeUp.clear();
    else if ((previous & CR.WUTE) === 0) this.#startWakeUp();
    this.#ticks.start();
    this.#awaitSecond();
    this.#updateIrq();
  }
  /** WUCKSEL: the clock by 16, 8, 4, 2, or seconds, of which the last settings add 2^16. */
  #startWakeUp(): void {
    const select = this.#reg("CR").bits(0, 3);
    const hz = select < 4 ? this.#rtcHz() / (16 >>> select) : 1;
    const count = this.#reg("WUTR").bits(0, 16) + 1 + (select >= 6 ? 0x1_0000 : 0);
    if (hz > 0) this.#wakeUp.afterSeconds(count / hz);
  }
  #awaitSecond(): void {
    this.#second.clear();
    if ((this.#reg("CR").value & (CR.ALRAE | CR.ALRBE)) === 0) return;
    const period = this.#ticksASecond;
    const cycle = this.#ticks.cycleOf((Math.floor(this.#ticks.elapsed / period) + 1) * period);
    if (cycle < Infinity) this.#second.atCycle(cycle);
  }
  #compareAlarms(): void {
    const cr = this.#reg("CR");
    if (cr.has(CR.ALRAE) && this.#matches(this.#reg("ALRMAR").value)) this.#raise(FLAG.ALRA);
    if (cr.has(CR.ALRBE) && this.#matches(this.#reg("ALRMBR").value)) this.#raise(FLAG.ALRB);
    this.#awaitSecond();
  }
  /** Mask bits 7, 15, 23 and 31 leave seconds, minutes, hours and the day out; bit 30 takes the day of the week. */
  #matches(alarm: number): boolean {
    const now = this.#now();
    const time = timeRegister(now);
    const differs = (mask: number, shift: number, width: number): boolean =>
      (alarm & mask) === 0 && (((alarm ^ time) >>> shift) & width) !== 0;
    if (differs(1 << 7, 0, 0x7f) || differs(1 << 15, 8, 0x7f) || differs(1 << 23, 16, 0x3f)) return false;
    if ((alarm & (1 << 31)) !== 0) return true;
    if ((alarm & (1 << 30)) !== 0) return ((alarm >>> 24) & 0xf) === now.weekday;
    return ((alarm >>> 24) & 0x3f) === (dateRegister(now) & 0x3f);
  }
  #raise(flag: number): void {
    this.#flags |= flag;
    this.#updateIrq();
  }
  #clear(flags: number): void {
    this.#flags &= ~flags;
    this.#updateIrq();
  }
  #updateIrq(): void {
    const raised = this.#flags & (this.#reg("CR").value >>> 12);
    this.irq("alarm", (raised & (FLAG.ALRA | FLAG.ALRB)) !== 0);
    this.irq("wakeup", (raised & FLAG.WUT) !== 0);
  }
}
