/** Where the state of a store buffer is kept: `next` is one word. */
export interface StoreWords {
  readonly done: Float64Array;
  readonly next: Int32Array;
}

/** Stores on their way to a memory: the core waits only when all places are taken. */
export class StoreBuffer {
  /** Cycles at which the last stores are done, the oldest first from `#next` on. */
  readonly #done: Float64Array;
  readonly #next: Int32Array;

  /** @param words with room for at least `depth` stores; its own when absent */
  constructor(depth: number, words?: StoreWords) {
    this.#done = (words?.done.subarray(0, depth) ?? new Float64Array(depth)).fill(-1);
    this.#next = words?.next ?? new Int32Array(1);
    this.#next[0] = 0;
  }

  /** Puts a store in that the memory takes `cycles` for. @returns how long the core waits for a place */
  push(now: number, cycles: number): number {
    const depth = this.#done.length;
    const next = this.#next[0]!;
    const stall = Math.max(0, this.#done[next]! - now);
    const previous = this.#done[(next + depth - 1) % depth]!;
    this.#done[next] = Math.max(now + stall, previous) + cycles;
    this.#next[0] = (next + 1) % depth;
    return stall;
  }
  save(): { done: Float64Array; next: number } {
    return { done: this.#done.slice(), next: this.#next[0]! };
  }
  restore(saved: ReturnType<StoreBuffer["save"]>): void {
    this.#done.set(saved.done);
    this.#next[0] = saved.next;
  }
  /** Cycle at which all stores are done. */
  drainedAt(): number {
    return Math.max(...this.#done);
  }
}
