/** Interrupt lines that several sources drive: each is the OR of its sources. */
export class SharedLines {
  readonly #setIrq: (irq: number, level: boolean) => void;
  /** Sources that hold a line high. */
  readonly #high = new Map<number, Set<object>>();

  constructor(setIrq: (irq: number, level: boolean) => void) {
    this.#setIrq = setIrq;
  }

  /** A function for one source to drive lines with; a change of a line is passed on, repetitions are not. */
  driver(): (irq: number, level: boolean) => void {
    const source = {};
    return (irq, level) => {
      const high = this.#high.get(irq) ?? new Set();
      this.#high.set(irq, high);
      const before = high.size > 0;
      if (level) high.add(source);
      else high.delete(source);
      if (before !== high.size > 0) this.#setIrq(irq, high.size > 0);
    };
  }
}
