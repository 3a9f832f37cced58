/** Stores on their way to a memory: the core waits only when all places are taken. */
export class StoreBuffer {
  /** Cycles at which the last stores are done, the oldest first from `#next` on. */
  readonly #done: Float64Array;
  #next = 0;

  constructor(depth: number) {
    this.#done = new Float64Array(depth).fill(-1);
  }

  /** Puts a store in that the memory takes `cycles` for. @returns how long the core waits for a place */
  push(now: number, cycles: number): number {
    const depth = this.#done.length;
    const stall = Math.max(0, this.#done[this.#next]! - now);
    const previous = this.#done[(this.#next + depth - 1) % depth]!;
    this.#done[this.#next] = Math.max(now + stall, previous) + cycles;
    this.#next = (this.#next + 1) % depth;
    return stall;
  }
  save(): { done: Float64Array; next: number } {
    return { done: this.#done.slice(), next: this.#next };
  }
  restore(saved: ReturnType<StoreBuffer["save"]>): void {
    this.#done.set(saved.done);
    this.#next = saved.next;
  }
  /** Cycle at which all stores are done. */
  drainedAt(): number {
    return Math.max(...this.#done);
  }
}
