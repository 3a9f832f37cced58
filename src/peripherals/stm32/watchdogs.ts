import type { PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage } from "../registers.ts";
import { UpCounter } from "../up-counter.ts";

const KEY = { reload: 0xaaaa, unlock: 0x5555, start: 0xcccc } as const;

/**
 * Independent watchdog: 12 bits of LSI behind a prescaler, key protection, window on parts that have it. Running out,
 * or a reload outside the window, asks for a system reset. Register updates are taken at once, so that SR reads 0.
 * @source RM0090, RM0385, RM0351, RM0433 "IWDG registers"
 */
export class Stm32Iwdg extends RegisterPeripheral {
  #isOpen = false;
  #isRunning = false;
  #startedAt = 0;
  protected readonly r = this.define({
    KR: { offset: 0x00, writeOnly: true, write: (word) => this.#key(word & 0xffff) },
    PR: { offset: 0x04, rw: 0, write: (_v, _p, bits) => this.#protected(() => (this.r.PR.value = bits & 7)) },
    RLR: {
      offset: 0x08,
      reset: 0xfff,
      rw: 0,
      write: (_v, _p, bits) => this.#protected(() => (this.r.RLR.value = bits & 0xfff)),
    },
    SR: { offset: 0x0c, rw: 0 },
    WINR: {
      offset: 0x10,
      reset: 0xfff,
      rw: 0,
      write: (_v, _p, bits) =>
        this.#protected(() => {
          this.r.WINR.value = bits & 0xfff;
          this.#reload();
        }),
    },
  });
  readonly #expiry = this.alarm(() => this.#expired());

  override reset(): void {
    super.reset();
    this.#isOpen = this.#isRunning = false;
  }
  protected override saveState(): unknown {
    return [this.#isOpen, this.#isRunning];
  }
  protected override restoreState(state: unknown): void {
    [this.#isOpen, this.#isRunning] = state as [boolean, boolean];
    this.#startedAt = this.context.scheduler.now();
  }

  get #stepSeconds(): number {
    const lsi = this.context.oscillators.lsi ?? 32_000;
    return Math.min(256, 4 * 2 ** this.r.PR.value) / lsi;
  }
  #protected(change: () => void): void {
    if (this.#isOpen) change();
  }
  #key(word: number): void {
    this.#isOpen = word === KEY.unlock;
    if (word === KEY.start) {
      this.#isRunning = true;
      this.#reload();
    } else if (word === KEY.reload && this.#isRunning) {
      const { scheduler, clocks } = this.context;
      const steps = (scheduler.now() - this.#startedAt) / clocks.coreHz / this.#stepSeconds;
      if (this.r.RLR.value - Math.floor(steps) > this.r.WINR.value) this.#expired();
      else this.#reload();
    }
  }
  #reload(): void {
    if (!this.#isRunning) return;
    this.#startedAt = this.context.scheduler.now();
    this.#expiry.afterSeconds((this.r.RLR.value + 1) * this.#stepSeconds);
  }
  #expired(): void {
    this.notice("the watchdog ran out: system reset");
    this.context.requestReset?.();
  }
}

const WDGA = 1 << 7;
const EWI = 1 << 9;
const EWIF = 1;
const FIRST_SAFE = 0x40;

/**
 * Window watchdog: 7 bits of the APB clock divided by 4096 and WDGTB, early wake-up interrupt, reset below 0x40 or on a
 * refresh above the window. @source RM0090, RM0385, RM0351, RM0433 "WWDG registers"
 */
export class Stm32Wwdg extends RegisterPeripheral {
  protected readonly r = this.define({
    CR: {
      offset: 0x0,
      reset: 0x7f,
      rw: 0,
      read: () => this.#read(),
      write: (_v, _p, bits) => this.#writeCR(bits),
    },
    CFR: storage(0x4, 0x7f, 0x3bff),
    SR: { offset: 0x8, w0c: EWIF },
  });
  /** Counts up from the value loaded last; the register shows the difference. */
  readonly #counter: UpCounter;
  #loaded = 0x7f;

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.#counter = new UpCounter(context, (run) => this.alarm(run), {
      hz: () => context.clocks.hz(config.clock ?? "core") / 4096 / 2 ** this.#prescaler,
      modulus: () => 0x1_0000,
      targets: () => [this.#loaded - FIRST_SAFE, this.#loaded - FIRST_SAFE + 1],
      reached: (value) => this.#reached(value),
    });
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    this.#counter.sync();
    super.write(offset, size, value);
    this.#counter.update();
    this.#updateIrq();
    return true;
  }
  override reset(): void {
    super.reset();
    this.#counter.reset();
    this.#loaded = 0x7f;
    this.#updateIrq();
  }
  protected override saveState(): unknown {
    return [this.#counter.save(), this.#loaded];
  }
  protected override restoreState(state: unknown): void {
    const [counter, loaded] = state as [ReturnType<UpCounter["save"]>, number];
    this.#loaded = loaded;
    this.#counter.restore(counter);
    this.#updateIrq();
  }

  /** WDGTB: two bits at 7, or three at 11 on the newer parts. */
  get #prescaler(): number {
    const isOld = /^STM32(F[47]|L4)/.test(this.context.mcu);
    return isOld ? this.r.CFR.bits(7, 2) : this.r.CFR.bits(11, 3);
  }
  #read(): number {
    const count = this.#counter.running ? this.#loaded - this.#counter.value : this.#loaded;
    return (count & 0x7f) | (this.r.CR.value & WDGA);
  }
  #writeCR(bits: number): void {
    const wasRunning = this.r.CR.has(WDGA);
    const isTooEarly = wasRunning && (this.#read() & 0x7f) > this.r.CFR.bits(0, 7);
    this.r.CR.value = (bits | this.r.CR.value) & WDGA;
    this.#loaded = bits & 0x7f;
    if (!this.r.CR.has(WDGA)) return;
    this.#counter.load(0);
    this.#counter.start();
    if (isTooEarly || (bits & FIRST_SAFE) === 0) this.#resetPart();
  }
  #reached(value: number): void {
    if (value === this.#loaded - FIRST_SAFE) this.r.SR.setBits(EWIF);
    else this.#resetPart();
    this.#updateIrq();
  }
  #resetPart(): void {
    this.notice("the window watchdog ran out or was refreshed too early: system reset");
    this.context.requestReset?.();
  }
  #updateIrq(): void {
    this.irq("global", this.r.SR.has(EWIF) && this.r.CFR.has(EWI));
  }
}
