import type { Footprint } from "../isa/footprint.ts";

/** log2 of the bytes that a store and a load are compared by. */
const WORD_SHIFT = 2;

/** A store whose data are not in memory yet: its cycle, base register and offset from what that holds now. */
interface Pending {
  readonly cycle: number;
  readonly base: number;
  readonly offset: number;
}

/**
 * Stores that a load of the same word has to wait for: the store buffer does not forward. Addresses are compared by base
 * register and constant, as a spill and its reload share them; bases are taken for aligned, and what another register
 * points to is not recognised. SL keeps loads of the same eight bytes away too, LLVM only what overlaps: with eight bytes,
 * kernels of CMSIS-NN that spill would take a third longer than on silicon.
 */
export class StoresToLoads {
  readonly #latency: number;
  #pending: Pending[] = [];

  /** @param latency cycles from the issue of a store to that of a load of the same word */
  constructor(latency: number) {
    this.#latency = latency;
  }

  restore(state: readonly number[], at: number): number {
    const count = state[at]!;
    this.#pending = [];
    for (let i = at + 1; i <= at + 3 * count; i += 3) {
      this.#pending.push({ cycle: state[i]!, base: state[i + 1]!, offset: state[i + 2]! });
    }
    return at + 1 + 3 * count;
  }
  /** @param earliest cycle at which the next instruction can issue */
  snapshot(state: number[], now: number, earliest: number): void {
    const matter = this.#pending.filter(({ cycle }) => cycle + this.#latency > earliest);
    state.push(matter.length);
    for (const { cycle, base, offset } of matter) state.push(cycle - now, base, offset);
  }

  /** First cycle at which the loads of an instruction find nothing of theirs under way; undefined: they never do. */
  readyAt({ accesses }: Footprint): number | undefined {
    if (this.#pending.length === 0) return undefined;
    let ready: number | undefined;
    for (let i = 0; i < accesses.length; i++) {
      const access = accesses[i]!;
      if (access.kind !== "load" || access.index) continue;
      for (const store of this.#pending) {
        if (store.base !== access.base || wordOf(store.offset) !== wordOf(access.offset)) continue;
        ready = Math.max(ready ?? -Infinity, store.cycle + this.#latency);
      }
    }
    return ready;
  }

  clear(): void {
    this.#pending = [];
  }
  issue({ accesses, writes, steps }: Footprint, cycle: number): void {
    if (this.#pending.length > 0) {
      this.#pending = this.#pending.filter((store) => store.cycle + this.#latency > cycle);
    }
    for (let i = 0; i < accesses.length; i++) {
      const { kind, base, index, offset } = accesses[i]!;
      if (kind === "store" && base !== undefined && !index) this.#pending.push({ cycle, base, offset });
    }
    if (!this.#pending.some(({ base }) => (writes & (1 << base)) !== 0)) return;
    this.#pending = this.#pending.flatMap((store) => {
      if ((writes & (1 << store.base)) === 0) return [store];
      const step = steps.get(store.base);
      return step === undefined ? [] : [{ ...store, offset: store.offset - step }];
    });
  }
}

const wordOf = (offset: number): number => offset >> WORD_SHIFT;
