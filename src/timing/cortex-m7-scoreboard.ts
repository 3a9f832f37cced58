import type { Cost } from "./cost.ts";
import type { Need } from "./cortex-m7-operands.ts";

/** Issue cycle that makes a register available to everyone. */
const LONG_AGO = -1000;

/** When operands are there, which register is the last as a mask, who produces it and what it is needed for. */
interface Ready<P, C> {
  readonly cycle: number;
  readonly producer: P | undefined;
  readonly consumer: C | undefined;
  readonly registers: number;
}

/** Results in flight: for each register which unit writes it and when that issued. */
export class Scoreboard<P extends string, C extends string> {
  readonly #latency: Readonly<Record<P, Readonly<Record<C, Cost>>>>;
  readonly #producers: readonly P[];
  /** Longest latency of each producer. */
  readonly #longest: readonly number[];
  readonly #producer: Int32Array;
  readonly #issued: Int32Array;

  constructor(
    registers: number,
    producers: readonly P[],
    latency: Readonly<Record<P, Readonly<Record<C, Cost>>>>,
  ) {
    this.#latency = latency;
    this.#producers = producers;
    this.#longest = producers.map((p) => Math.max(...Object.values<Cost>(latency[p]).map((c) => c.cycles)));
    this.#producer = new Int32Array(registers);
    this.#issued = new Int32Array(registers).fill(LONG_AGO);
  }

  write(registers: number, producer: P, issued: number): void {
    const index = this.#producers.indexOf(producer);
    for (let n = 0; n < this.#issued.length; n++) {
      if ((registers & (1 << n)) === 0) continue;
      this.#producer[n] = index;
      this.#issued[n] = issued;
    }
  }
  /** Earliest issue for which everything needed is there, and what decides it. */
  readyAt(needs: readonly Need<C>[]): Ready<P, C> {
    let cycle = LONG_AGO;
    let producer: P | undefined;
    let decidedFor: C | undefined;
    let decidedBy = 0;
    for (const { registers, consumer } of needs) {
      for (let n = 0; n < this.#issued.length; n++) {
        if ((registers & (1 << n)) === 0) continue;
        const from = this.#producers[this.#producer[n]!]!;
        const ready = this.#issued[n]! + this.#latency[from][consumer].cycles;
        if (ready > cycle) {
          cycle = ready;
          producer = from;
          decidedFor = consumer;
          decidedBy = 1 << n;
        }
      }
    }
    return { cycle, producer, consumer: decidedFor, registers: decidedBy };
  }

  restore(state: readonly number[], at: number): number {
    this.#issued.fill(LONG_AGO);
    const count = state[at]!;
    for (let i = 0; i < count; i++) {
      const n = state[at + 1 + 3 * i]!;
      this.#producer[n] = state[at + 2 + 3 * i]!;
      this.#issued[n] = state[at + 3 + 3 * i]!;
    }
    return at + 1 + 3 * count;
  }
  /** What an issue at `earliest` or later could have to wait for, in cycles relative to `now`. */
  snapshot(now: number, earliest: number): number[] {
    const state = [0];
    for (let n = 0; n < this.#issued.length; n++) {
      const producer = this.#producer[n]!;
      if (this.#issued[n]! + this.#longest[producer]! <= earliest) continue;
      state.push(n, producer, this.#issued[n]! - now);
      state[0]!++;
    }
    return state;
  }
}
