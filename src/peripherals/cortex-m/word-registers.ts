import type { AccessSize } from "../peripheral.ts";

/** A register of the private peripheral bus as seen through it; its state lives with whoever gives the functions. */
export interface WordRegister {
  /** Absent: reads as 0. */
  readonly read?: () => number;
  /** Absent: writes are ignored. */
  readonly write?: (value: number) => void;
  /**
   * True where a 0 bit has no effect (set, clear, write-1-to-clear): a byte write then leaves the other lanes 0. Otherwise
   * it is merged with what the register reads.
   */
  readonly zeroIsNeutral?: boolean;
}

/** Registers by offset. Offsets without one are reserved: they read as 0 and ignore writes. */
export class WordRegisters {
  readonly #byOffset = new Map<number, WordRegister>();

  add(offset: number, register: WordRegister): void {
    this.#byOffset.set(offset, register);
  }
  /** `count` registers one word apart. */
  addArray(offset: number, count: number, at: (index: number) => WordRegister): void {
    for (let i = 0; i < count; i++) this.add(offset + 4 * i, at(i));
  }

  read(offset: number, size: AccessSize): number {
    const word = this.#byOffset.get(offset & ~3)?.read?.() ?? 0;
    return size === 4 ? word >>> 0 : (word >>> (8 * (offset & 3))) & (size === 2 ? 0xffff : 0xff);
  }
  write(offset: number, size: AccessSize, value: number): void {
    const register = this.#byOffset.get(offset & ~3);
    if (register?.write === undefined) return;
    if (size === 4) {
      register.write(value >>> 0);
      return;
    }
    const shift = 8 * (offset & 3);
    const lanes = (size === 2 ? 0xffff : 0xff) << shift;
    const others = register.zeroIsNeutral === true ? 0 : (register.read?.() ?? 0) & ~lanes;
    register.write((others | ((value << shift) & lanes)) >>> 0);
  }
}

/** A read-only register. */
export const constant = (value: number): WordRegister => ({ read: () => value });
