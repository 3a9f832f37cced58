import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { DownCounter } from "./down-counter.ts";
import { identification } from "./identification.ts";

const CTRL = { EN: 1, EXTIN_ENABLE: 2, EXTIN_CLOCK: 4, IRQEN: 8 } as const;

/**
 * Timer of Arm's CMSDK: counts down, reloads after zero, so that a period is RELOAD + 1 clocks.
 * Not modelled: the external input. @source DDI 0479 "APB timer"
 */
export class CmsdkTimer extends RegisterPeripheral {
  protected readonly r = this.define({
    CTRL: {
      offset: 0x00,
      rw: 0xf,
      notModelled: CTRL.EXTIN_ENABLE | CTRL.EXTIN_CLOCK,
      fields: { EXTIN_ENABLE: [1], EXTIN_CLOCK: [2] },
      write: (value) => {
        this.#counter.run((value & CTRL.EN) !== 0);
      },
    },
    VALUE: {
      offset: 0x04,
      read: () => this.#counter.value,
      write: (value) => {
        this.#counter.value = value;
      },
    },
    RELOAD: { offset: 0x08 },
    /** INTSTATUS when read, INTCLEAR when written. */
    INTSTATUS: { offset: 0x0c, rw: 0, w1c: 1 },
    ...identification(0x22),
  });

  readonly #counter: DownCounter = new DownCounter(this.context, {
    hz: () => this.context.clocks.hz(this.config.clock ?? "core"),
    reload: () => this.r.RELOAD.value,
    zero: () => {
      if (this.r.CTRL.has(CTRL.IRQEN)) this.r.INTSTATUS.setBits(1);
      this.irq("global", this.r.INTSTATUS.has(1));
    },
    awaited: () => this.r.CTRL.has(CTRL.IRQEN) && !this.r.INTSTATUS.has(1),
  });

  override read(offset: number, size: AccessSize): number | undefined {
    this.#counter.sync();
    return super.read(offset, size);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    this.#counter.sync();
    super.write(offset, size, value);
    this.irq("global", this.r.INTSTATUS.has(1));
    this.#counter.schedule();
    return true;
  }
  override reset(): void {
    super.reset();
    this.#counter.reset(0);
    this.irq("global", false);
  }
  protected override saveState(): unknown {
    return this.#counter.save();
  }
  protected override restoreState(state: unknown): void {
    this.#counter.restore(state as ReturnType<DownCounter["save"]>);
  }
}
