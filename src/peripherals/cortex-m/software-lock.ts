import type { WordRegisters } from "./word-registers.ts";

const LAR = 0xfb0;
const LSR = 0xfb4;
const KEY = 0xc5ac_ce55;
const LSR_IMPLEMENTED = 1;
const LSR_LOCKED = 2;

/** The CoreSight software lock of a trace component: locked until the key is written. */
export class SoftwareLock {
  /** Whether the component has a lock; without, everything is open and LSR reads 0. */
  readonly implemented: boolean;
  #isLocked: boolean;

  constructor(implemented: boolean) {
    this.implemented = implemented;
    this.#isLocked = implemented;
  }

  get isLocked(): boolean {
    return this.#isLocked;
  }
  add(registers: WordRegisters): void {
    if (!this.implemented) return;
    registers.add(LAR, { write: (value) => (this.#isLocked = value !== KEY) });
    registers.add(LSR, { read: () => LSR_IMPLEMENTED | (this.#isLocked ? LSR_LOCKED : 0) });
  }
  reset(): void {
    this.#isLocked = this.implemented;
  }
  restore(isLocked: boolean): void {
    this.#isLocked = isLocked;
  }
}
