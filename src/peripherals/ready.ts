import type { PartContext, PeripheralConfig } from "./part.ts";
import type { AccessSize } from "./peripheral.ts";
import { UnmodelledPeripheral } from "./unmodelled.ts";

/** The words that a block keeps, by offset. */
export interface Words {
  get(offset: number): number;
  set(offset: number, value: number): void;
}

/** What hardware does to one register where firmware waits for it. */
export interface ReadyRegister {
  /** Value after reset; 0 when absent. */
  readonly reset?: number;
  /** Bits that start something and read 0 once it is done, which is at once. */
  readonly startBits?: number;
  /** Bits cleared by writing 1; the others of such a register are only read. */
  readonly w1c?: number;
  /** What a read gives instead of the word kept. */
  readonly read?: (words: Words) => number;
  /** Told after a write, with the bits on the bus. */
  readonly write?: (words: Words, written: number) => void;
}

export type ReadyRules = Readonly<Record<number, ReadyRegister>>;

/**
 * A block without a model that answers where firmware waits for it: resets are done, clocks are up, commands have ended
 * with nobody on the line. Everything else keeps what is written, and every access is in the report.
 */
export class ReadyPeripheral extends UnmodelledPeripheral {
  readonly #rules: ReadyRules;
  readonly #words: Words = {
    get: (offset) => this.word(offset),
    set: (offset, value) => {
      this.setWord(offset, value);
    },
  };

  constructor(config: PeripheralConfig, context: PartContext, rules: ReadyRules) {
    super(config, context);
    this.#rules = rules;
    this.#setResetValues();
  }

  override read(offset: number, size: AccessSize): number {
    const rule = this.#rules[offset & ~3];
    const kept = super.read(offset, size);
    if (rule?.read === undefined) return kept;
    const value = rule.read(this.#words) >>> (8 * (offset & 3));
    return size === 4 ? value >>> 0 : value & (size === 2 ? 0xffff : 0xff);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    const at = offset & ~3;
    const previous = this.word(at);
    super.write(offset, size, value);
    const rule = this.#rules[at];
    if (rule === undefined) return true;
    const written = (value << (8 * (offset & 3))) >>> 0;
    const { w1c, startBits = 0 } = rule;
    const kept = w1c === undefined ? this.word(at) : previous & ~(written & w1c);
    this.setWord(at, kept & ~startBits);
    rule.write?.(this.#words, written);
    return true;
  }
  override reset(): void {
    super.reset();
    this.#setResetValues();
  }

  #setResetValues(): void {
    for (const [offset, { reset }] of Object.entries(this.#rules)) {
      if (reset !== undefined) this.setWord(Number(offset), reset);
    }
  }
}
