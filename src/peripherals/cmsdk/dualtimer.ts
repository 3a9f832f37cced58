import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import type { RegisterSpec } from "../registers.ts";
import { DownCounter } from "./down-counter.ts";
import { identification } from "./identification.ts";

const CONTROL = { ONE_SHOT: 1, SIZE_32: 2, INT_ENABLE: 1 << 5, PERIODIC: 1 << 6, ENABLE: 1 << 7 } as const;
/** TimerPre: stages of prescale. */
const PRESCALE = [1, 16, 256, 256] as const;

type Index = 1 | 2;
type TimerRegister = "LOAD" | "VALUE" | "CONTROL" | "INTCLR" | "RIS" | "MIS" | "BGLOAD";

/**
 * Dual timer of Arm's CMSDK (the SP804's registers): two down-counters, free-running, periodic or one-shot.
 * Not modelled: TIMERCLKEN inputs. @source DDI 0479 "APB dual-input timers"
 */
export class CmsdkDualTimer extends RegisterPeripheral {
  protected readonly r = this.define({
    ...this.#timerRegisters(1),
    ...this.#timerRegisters(2),
    ITCR: { offset: 0xf00, rw: 1, notModelled: 1 },
    ITOP: { offset: 0xf04, writeOnly: true, notModelled: 3 },
    ...identification(0x23),
  });

  readonly #counters = [this.#counter(1), this.#counter(2)] as const;

  override read(offset: number, size: AccessSize): number | undefined {
    this.#sync();
    return super.read(offset, size);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    this.#sync();
    super.write(offset, size, value);
    this.#update();
    for (const counter of this.#counters) counter.schedule();
    return true;
  }
  override reset(): void {
    super.reset();
    for (const counter of this.#counters) counter.reset(0xffff_ffff);
    this.#update();
  }
  protected override saveState(): unknown {
    return this.#counters.map((counter) => counter.save());
  }
  protected override restoreState(state: unknown): void {
    const saved = state as ReturnType<DownCounter["save"]>[];
    this.#counters.forEach((counter, i) => counter.restore(saved[i]!));
    this.#update();
  }

  #of(index: Index, register: TimerRegister) {
    return this.r[`TIMER${index}${register}`];
  }
  #sync(): void {
    for (const counter of this.#counters) counter.sync();
  }

  #counter(index: Index): DownCounter {
    const counter = new DownCounter(this.context, {
      hz: () =>
        this.context.clocks.hz(this.config.clock ?? "core") /
        PRESCALE[this.#of(index, "CONTROL").bits(2, 2) as 0 | 1 | 2 | 3],
      reload: () => this.#reload(index),
      zero: () => {
        this.#of(index, "RIS").setBits(1);
        this.#update();
      },
      awaited: () => this.#of(index, "CONTROL").has(CONTROL.INT_ENABLE) && !this.#of(index, "RIS").has(1),
    });
    counter.value = 0xffff_ffff;
    return counter;
  }

  #top(index: Index): number {
    return this.#of(index, "CONTROL").has(CONTROL.SIZE_32) ? 0xffff_ffff : 0xffff;
  }
  /** What follows zero: nothing in one-shot mode, the load value when periodic, the top when free-running. */
  #reload(index: Index): number | undefined {
    const control = this.#of(index, "CONTROL");
    if (control.has(CONTROL.ONE_SHOT)) return undefined;
    const top = this.#top(index);
    return control.has(CONTROL.PERIODIC) ? (this.#of(index, "LOAD").value & top) >>> 0 : top;
  }

  #timerRegisters<N extends Index>(index: N) {
    const base = 0x20 * (index - 1);
    const counter = (): DownCounter => this.#counters[(index - 1) as 0 | 1];
    const specs: Record<TimerRegister, RegisterSpec> = {
      LOAD: {
        offset: base,
        write: (value) => {
          counter().value = (value & this.#top(index)) >>> 0;
          this.#of(index, "BGLOAD").value = value;
        },
      },
      VALUE: {
        offset: base + 0x04,
        reset: 0xffff_ffff,
        rw: 0,
        read: () => (counter().value & this.#top(index)) >>> 0,
      },
      CONTROL: {
        offset: base + 0x08,
        reset: CONTROL.INT_ENABLE,
        rw: 0xef,
        write: (value) => counter().run((value & CONTROL.ENABLE) !== 0),
      },
      INTCLR: {
        offset: base + 0x0c,
        writeOnly: true,
        write: () => this.#of(index, "RIS").clearBits(1),
      },
      RIS: { offset: base + 0x10, rw: 0 },
      MIS: { offset: base + 0x14, rw: 0, read: () => (this.#masked(index) ? 1 : 0) },
      BGLOAD: {
        offset: base + 0x18,
        write: (value) => {
          this.#of(index, "LOAD").value = value;
        },
      },
    };
    return Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [`TIMER${index}${name}`, spec]),
    ) as Record<`TIMER${N}${TimerRegister}`, RegisterSpec>;
  }

  #masked(index: Index): boolean {
    return this.#of(index, "RIS").has(1) && this.#of(index, "CONTROL").has(CONTROL.INT_ENABLE);
  }
  #update(): void {
    this.irq("global", this.#masked(1) || this.#masked(2));
  }
}
