import { DEMCR } from "../../core/exceptions-registers.ts";
import type { Exceptions } from "../../core/exceptions.ts";
import type { AccessSize } from "../peripheral.ts";
import type { CortexMConfig, CortexMHooks } from "./config.ts";
import { SoftwareLock } from "./software-lock.ts";
import { WordRegisters } from "./word-registers.ts";

const OFFSET = { TER: 0xe00, TPR: 0xe40, TCR: 0xe80 } as const;
const STIMULUS_END = 0x80;
const ITMENA = 1;
const TCR_BITS = 0x007f_0f1f;
const FIFO_READY = 1;

interface Saved {
  readonly TER: number;
  readonly TPR: number;
  readonly TCR: number;
  readonly isLocked: boolean;
}

/**
 * Instrumentation trace: stimulus port 0 is the console, always ready. TER, TPR and TCR are behind the software lock.
 * @source Armv7-M ARM, "The Instrumentation Trace Macrocell"
 */
export class ITM {
  readonly #registers = new WordRegisters();
  readonly #ex: Exceptions;
  readonly #config: CortexMConfig;
  readonly #hooks: CortexMHooks;
  readonly #unmodelled: (register: string, access: "read" | "write") => void;
  readonly #lock = new SoftwareLock(true);
  #TER = 0;
  #TPR = 0;
  #TCR = 0;

  constructor(
    ex: Exceptions,
    config: CortexMConfig,
    hooks: CortexMHooks,
    unmodelled: (register: string, access: "read" | "write") => void,
  ) {
    this.#ex = ex;
    this.#config = config;
    this.#hooks = hooks;
    this.#unmodelled = unmodelled;
    const unlocked =
      (set: (value: number) => void) =>
      (value: number): void => {
        if (!this.#lock.isLocked) set(value);
      };
    this.#lock.add(this.#registers);
    this.#registers.add(OFFSET.TER, { read: () => this.#TER, write: unlocked((v) => (this.#TER = v)) });
    this.#registers.add(OFFSET.TPR, { read: () => this.#TPR, write: unlocked((v) => (this.#TPR = v & 0xf)) });
    this.#registers.add(OFFSET.TCR, {
      read: () => this.#TCR,
      write: unlocked((v) => (this.#TCR = v & TCR_BITS)),
    });
    this.reset();
  }

  read(offset: number, size: AccessSize): number {
    return offset < STIMULUS_END ? FIFO_READY : this.#registers.read(offset, size);
  }
  write(offset: number, size: AccessSize, value: number): void {
    if (offset >= STIMULUS_END) this.#registers.write(offset, size, value);
    else this.#stimulus(offset >> 2, size, value);
  }

  #stimulus(port: number, size: AccessSize, value: number): void {
    const traceEnabled = (this.#ex.registers.DEMCR & DEMCR.TRCENA) !== 0;
    if (!traceEnabled || (this.#TCR & ITMENA) === 0 || ((this.#TER >>> port) & 1) === 0) return;
    if (port !== 0) {
      this.#unmodelled(`ITM_STIM${port}`, "write");
      return;
    }
    for (let i = 0; i < size; i++) this.#hooks.consoleByte((value >>> (8 * i)) & 0xff);
  }

  /** Whether unprivileged code reaches a stimulus port: the TPR bit of its group of eight is 0. */
  isOpen(offset: number): boolean {
    return offset < STIMULUS_END && ((this.#TPR >> (offset >> 5)) & 1) === 0;
  }

  reset(): void {
    const isViewed = this.#config.traceViewer === true;
    this.#TER = isViewed ? 1 : 0;
    this.#TPR = 0;
    this.#TCR = isViewed ? ITMENA : 0;
    this.#lock.reset();
  }
  save(): Saved {
    return { TER: this.#TER, TPR: this.#TPR, TCR: this.#TCR, isLocked: this.#lock.isLocked };
  }
  restore(saved: Saved): void {
    this.#TER = saved.TER;
    this.#TPR = saved.TPR;
    this.#TCR = saved.TCR;
    this.#lock.restore(saved.isLocked);
  }
}
