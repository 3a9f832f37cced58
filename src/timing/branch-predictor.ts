import type { BranchKind, BranchTiming, PredictorTables } from "./timing.ts";

export type BranchPredictorOptions = Omit<PredictorTables, "base">;

/** Two-bit counters: from 2 on, taken is predicted. */
export const WEAKLY_TAKEN = 2;
export const STRONGLY_TAKEN = 3;

/** Words that the state of a predictor takes. */
export function predictorWords({ entries, returns }: BranchPredictorOptions): number {
  return 2 * entries + returns + 1;
}

/** Bit of an entry at which the counter is. */
export const COUNTER_SHIFT = 1;
/** Entries of the same branch differ by less than this, by exclusive or. */
export const SAME_BRANCH = 8;

/** An entry of no branch. */
const EMPTY = -1;

/** The entry of the branch at `pc`: the bits of its address above those that choose the entry, and the counter. */
export const entryOf = (entries: number, pc: number, counter: number): number =>
  entryWord(pc, tagShiftOf(entries), counter);
const tagShiftOf = (entries: number): number => Math.log2(entries) + 1;
const entryWord = (pc: number, tagShift: number, counter: number): number =>
  ((pc >>> tagShift) << 3) | (counter << COUNTER_SHIFT);

/**
 * A direct-mapped branch target address cache with two-bit counters, last targets for indirect jumps and a return stack.
 * Its state is in the words given; a direct jump that is predicted correctly by a saturated
 * counter, or is not in the cache and falls through, changes none of them and costs nothing.
 */
export class BranchPredictor implements BranchTiming {
  readonly tables: PredictorTables;
  readonly #options: BranchPredictorOptions;
  /** See `entryOf`. */
  readonly #entries: Int32Array;
  readonly #targets: Int32Array;
  readonly #stack: Int32Array;
  /** Returns pushed so far. */
  readonly #top: Int32Array;
  /** Bits of an address below those of an entry's tag. */
  readonly #tagShift: number;

  constructor(options: BranchPredictorOptions, words: Int32Array = new Int32Array(predictorWords(options))) {
    const { entries, returns } = options;
    this.tables = { ...options, base: words.byteOffset };
    this.#options = options;
    this.#tagShift = tagShiftOf(entries);
    this.#entries = words.subarray(0, entries).fill(EMPTY);
    this.#targets = words.subarray(entries, 2 * entries);
    this.#stack = words.subarray(2 * entries, 2 * entries + returns);
    this.#top = words.subarray(2 * entries + returns, 2 * entries + returns + 1);
  }

  resolve(pc: number, taken: boolean, target: number, kind: BranchKind, mispredict: number): number {
    switch (kind) {
      case "conditional":
        return this.#direction(pc, taken) ? 0 : mispredict;
      case "direct":
        return this.#known(pc);
      case "call":
        this.#push(pc + 4);
        return this.#known(pc);
      case "indirect-call":
        this.#push(pc + 2);
        return this.#lastTarget(pc, target, taken);
      case "indirect":
        return this.#lastTarget(pc, target, taken);
      case "return":
        return this.#return(pc, target, taken);
    }
  }

  #index(pc: number): number {
    return (pc >>> 1) & (this.#options.entries - 1);
  }

  /** Counter of the branch at `pc`, whose entry is number `i`; undefined when another has the entry. */
  #counter(i: number, pc: number): number | undefined {
    const difference = this.#entries[i]! ^ entryWord(pc, this.#tagShift, 0);
    return difference >>> 0 < SAME_BRANCH ? difference >> COUNTER_SHIFT : undefined;
  }
  #set(i: number, pc: number, counter: number): void {
    this.#entries[i] = entryWord(pc, this.#tagShift, counter);
  }

  /** @returns whether the direction was predicted */
  #direction(pc: number, taken: boolean): boolean {
    const i = this.#index(pc);
    const counter = this.#counter(i, pc);
    if (counter === undefined) {
      if (taken) this.#set(i, pc, WEAKLY_TAKEN);
      return !taken;
    }
    if (taken ? counter < STRONGLY_TAKEN : counter > 0)
      this.#entries[i]! += taken ? 1 << COUNTER_SHIFT : -(1 << COUNTER_SHIFT);
    return counter >= WEAKLY_TAKEN === taken;
  }

  #known(pc: number): number {
    const i = this.#index(pc);
    if (this.#counter(i, pc) !== undefined) return 0;
    this.#set(i, pc, STRONGLY_TAKEN);
    return this.#options.decodeRedirect;
  }

  #lastTarget(pc: number, target: number, taken: boolean): number {
    if (!taken) return this.#direction(pc, false) ? 0 : this.#options.mispredict;
    const i = this.#index(pc);
    if (this.#counter(i, pc) !== undefined && this.#targets[i] === (target | 0)) return 0;
    this.#set(i, pc, STRONGLY_TAKEN);
    this.#targets[i] = target;
    return this.#options.mispredict;
  }

  #push(address: number): void {
    const { returns } = this.#options;
    if (returns === 0) return;
    const top = this.#top[0]!;
    this.#stack[top & (returns - 1)] = address;
    this.#top[0] = top + 1;
  }
  #return(pc: number, target: number, taken: boolean): number {
    const { returns, mispredict } = this.#options;
    if (returns === 0 || !taken) return this.#lastTarget(pc, target, taken);
    const top = this.#top[0]! - 1;
    const predicted = this.#stack[top & (returns - 1)]!;
    this.#top[0] = top;
    return predicted === (target | 0) ? 0 : mispredict;
  }
}
