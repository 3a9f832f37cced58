import type { PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import { storage, type RegisterSpec } from "../registers.ts";
import { UpCounter } from "../up-counter.ts";
import { NrfPeripheral } from "./nrf-peripheral.ts";

const MODULUS = 2 ** 24;
/** TASKS_TRIGOVRFLW puts the counter here. */
const NEAR_OVERFLOW = 0xff_fff0;
const TICK = 1 << 0;
const OVRFLW = 1 << 1;
/** Masks that let an event happen. */
const EVENTS_ON = ["INTENSET", "EVTENSET"];

/** RTC of nRF52: a 24-bit counter of the low-frequency clock. @source nRF52840 Product Specification, "RTC" */
export class NrfRtc extends NrfPeripheral {
  readonly #channels = this.config.params["channels"] ?? 4;
  protected readonly r = this.define<string>({
    TASKS_START: this.task(0x000, () => this.#counter.start()),
    TASKS_STOP: this.task(0x004, () => this.#counter.stop()),
    TASKS_CLEAR: this.task(0x008, () => this.#counter.load(0)),
    TASKS_TRIGOVRFLW: this.task(0x00c, () => this.#counter.load(NEAR_OVERFLOW)),
    ...this.eventRegisters({ TICK: 0x100, OVRFLW: 0x104 }),
    ...this.interruptRegisters(),
    EVTEN: this.maskRegister(0x340, "EVTENSET", (_old, written) => written),
    EVTENSET: this.maskRegister(0x344, "EVTENSET", (old, written) => old | written),
    EVTENCLR: this.maskRegister(0x348, "EVTENSET", (old, written) => old & ~written),
    COUNTER: { offset: 0x504, rw: 0, read: () => this.#counter.value },
    PRESCALER: storage(0x508, 0, 0xfff),
    ...this.#perChannel(),
  });
  readonly #counter: UpCounter;

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    const { clocks } = context;
    this.#counter = new UpCounter(context, (run) => this.alarm(run), {
      hz: () => (clocks.has("lfclk") ? clocks.hz("lfclk") : 0) / (this.#value("PRESCALER") + 1),
      modulus: () => MODULUS,
      targets: (from) => this.#targets(from, EVENTS_ON),
      awaited: (from) => this.#targets(from, ["INTENSET"]),
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
      specs[`EVENTS_COMPARE${n}`] = this.eventRegister(0x140 + 4 * n);
      specs[`CC${n}`] = storage(0x540 + 4 * n, 0, 0xff_ffff);
    }
    return specs;
  }
  #value(name: string): number {
    return this.r[name]?.value ?? 0;
  }
  /** An event is generated where its interrupt or its routing to PPI is on. */
  #isOn(bit: number, masks: readonly string[] = EVENTS_ON): boolean {
    return masks.some((mask) => (this.#value(mask) & bit) !== 0);
  }
  #targets(from: number, masks: readonly string[]): number[] {
    const targets: number[] = [];
    if (this.#isOn(OVRFLW, masks) && !this.hasEvent("OVRFLW")) targets.push(0);
    if (this.#isOn(TICK, masks) && !this.hasEvent("TICK")) targets.push((from + 1) % MODULUS);
    for (let n = 0; n < this.#channels; n++) {
      if (this.#isOn(1 << (16 + n), masks) && !this.hasEvent(`COMPARE${n}`))
        targets.push(this.#value(`CC${n}`));
    }
    return targets;
  }
  #reached(value: number): void {
    if (this.#isOn(TICK)) this.event("TICK");
    if (value === 0 && this.#isOn(OVRFLW)) this.event("OVRFLW");
    for (let n = 0; n < this.#channels; n++) {
      if (this.#value(`CC${n}`) === value && this.#isOn(1 << (16 + n))) this.event(`COMPARE${n}`);
    }
  }
}
