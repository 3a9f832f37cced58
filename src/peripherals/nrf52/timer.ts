import type { PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import { storage, type RegisterSpec } from "../registers.ts";
import { UpCounter } from "../up-counter.ts";
import { NrfPeripheral } from "./nrf-peripheral.ts";

const PCLK16M = 16e6;
/** BITMODE: 16, 8, 24, 32 bits. */
const WIDTHS = [16, 8, 24, 32] as const;
/** MODE: timer, counter, low-power counter. */
const TIMER_MODE = 0;
/** SHORTS: COMPAREn_CLEAR at bit n, COMPAREn_STOP at bit n + 8. */
const STOP_SHORT = 8;

/** TIMER of nRF52: timer and counter mode, capture, compare, shortcuts. @source nRF52840 Product Specification, "TIMER" */
export class NrfTimer extends NrfPeripheral {
  readonly #channels = this.config.params["channels"] ?? 4;
  protected readonly r = this.define<string>({
    TASKS_START: this.task(0x000, () => this.#start()),
    TASKS_STOP: this.task(0x004, () => this.#counter.stop()),
    TASKS_COUNT: this.task(0x008, () => this.#countOne()),
    TASKS_CLEAR: this.task(0x00c, () => this.#counter.load(0)),
    TASKS_SHUTDOWN: this.task(0x010, () => this.#shutdown()),
    SHORTS: storage(0x200),
    ...this.interruptRegisters(),
    MODE: storage(0x504, 0, 0b11),
    BITMODE: storage(0x508, 0, 0b11),
    PRESCALER: storage(0x510, 4, 0xf),
    ...this.#perChannel(),
  });
  readonly #counter: UpCounter;

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.#counter = new UpCounter(context, (run) => this.alarm(run), {
      hz: () => PCLK16M / 2 ** Math.min(9, this.#value("PRESCALER")),
      modulus: () => 2 ** WIDTHS[(this.#value("BITMODE") & 3) as 0 | 1 | 2 | 3],
      targets: () => this.#compareValues((n) => !this.hasEvent(`COMPARE${n}`) || this.#shortsOf(n) !== 0),
      awaited: () =>
        this.#compareValues((n) => {
          const hasInterrupt = (this.#value("INTENSET") & (1 << (16 + n))) !== 0;
          return this.#shortsOf(n) !== 0 || (hasInterrupt && !this.hasEvent(`COMPARE${n}`));
        }),
      reached: (value) => this.#reached(value),
    });
  }

  override read(offset: number, size: AccessSize): number | undefined {
    this.#counter.sync();
    return super.read(offset, size);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    this.#counter.sync();
    super.write(offset, size, value);
    this.#counter.update();
    return true;
  }
  override reset(): void {
    this.#counter.reset();
    super.reset();
  }
  protected override saveState(): unknown {
    return this.#counter.save();
  }
  protected override restoreState(state: unknown): void {
    this.#counter.restore(state as ReturnType<UpCounter["save"]>);
    this.updateIrq();
  }

  #perChannel(): Record<string, RegisterSpec> {
    const specs: Record<string, RegisterSpec> = {};
    for (let n = 0; n < this.#channels; n++) {
      specs[`TASKS_CAPTURE${n}`] = this.task(0x040 + 4 * n, () => this.#capture(n));
      specs[`EVENTS_COMPARE${n}`] = this.eventRegister(0x140 + 4 * n);
      specs[`CC${n}`] = storage(0x540 + 4 * n);
    }
    return specs;
  }
  #value(name: string): number {
    return this.r[name]?.value ?? 0;
  }
  #start(): void {
    if (this.#value("MODE") === TIMER_MODE) this.#counter.start();
  }
  #shutdown(): void {
    this.#counter.stop();
    this.#counter.load(0);
  }
  #capture(n: number): void {
    const register = this.r[`CC${n}`];
    if (register !== undefined) register.value = this.#counter.value;
  }
  #countOne(): void {
    if (this.#value("MODE") === TIMER_MODE) return;
    const modulus = 2 ** WIDTHS[(this.#value("BITMODE") & 3) as 0 | 1 | 2 | 3];
    const value = (this.#counter.value + 1) % modulus;
    this.#counter.load(value);
    this.#reached(value);
  }

  #shortsOf(n: number): number {
    return this.#value("SHORTS") & ((1 << n) | (1 << (n + STOP_SHORT)));
  }
  /** Compare values of the channels that `needed` picks. */
  #compareValues(needed: (n: number) => boolean): number[] {
    const values: number[] = [];
    for (let n = 0; n < this.#channels; n++) if (needed(n)) values.push(this.#value(`CC${n}`));
    return values;
  }
  #reached(value: number): void {
    const shorts = this.#value("SHORTS");
    for (let n = 0; n < this.#channels; n++) {
      if (this.#value(`CC${n}`) !== value) continue;
      this.event(`COMPARE${n}`);
      if ((shorts & (1 << n)) !== 0) this.#counter.jump(0);
      if ((shorts & (1 << (n + STOP_SHORT))) !== 0) this.#counter.halt();
    }
  }
}
