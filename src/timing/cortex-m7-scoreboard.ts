import type { Cost } from "./cost.ts";
import type { Need } from "./cortex-m7-operands.ts";

/** Issue cycle that makes a register available to everyone. */
export const LONG_AGO = -1000;

/** Registers needed, as a mask, and the scoreboard's number of what for. */
export interface Operand {
  readonly registers: number;
  readonly consumer: number;
}

/** What decided when operands are there: who produces the last one, what it is needed for, its register as a mask. */
export interface Decider<P, C> {
  readonly producer: P | undefined;
  readonly consumer: C | undefined;
  readonly registers: number;
}

/** Results in flight: for each register which unit writes it and when that issued. */
export class Scoreboard<P extends string, C extends string> {
  readonly #producers: readonly P[];
  readonly #consumers: readonly C[];
  /** By producer, then consumer. */
  readonly #latency: Int32Array;
  /** Longest latency of each producer. */
  readonly #longest: readonly number[];
  readonly #producer: Int32Array;
  readonly #issued: Int32Array;
  #decidedFrom = -1;
  #decidedFor = -1;
  #decidedBy = 0;

  constructor(
    registers: number,
    producers: readonly P[],
    latency: Readonly<Record<P, Readonly<Record<C, Cost>>>>,
  ) {
    this.#producers = producers;
    this.#consumers = Object.keys(latency[producers[0]!]) as C[];
    const rows = producers.map((p) => this.#consumers.map((c) => latency[p][c].cycles));
    this.#latency = Int32Array.from(rows.flat());
    this.#longest = rows.map((cycles) => Math.max(...cycles));
    this.#producer = new Int32Array(registers);
    this.#issued = new Int32Array(registers).fill(LONG_AGO);
  }

  /** The number of a producer, for `write`. */
  numberOf(producer: P): number {
    return this.#producers.indexOf(producer);
  }
  operands(needs: readonly Need<C>[]): readonly Operand[] {
    return needs.map(({ registers, consumer }) => ({
      registers,
      consumer: this.#consumers.indexOf(consumer),
    }));
  }

  write(registers: number, producer: number, issued: number): void {
    for (let rest = registers; rest !== 0; rest &= rest - 1) {
      const n = 31 - Math.clz32(rest & -rest);
      this.#producer[n] = producer;
      this.#issued[n] = issued;
    }
  }
  /** Earliest issue for which everything needed is there; `decider` then tells what decides it. */
  readyAt(operands: readonly Operand[]): number {
    const consumers = this.#consumers.length;
    let cycle = LONG_AGO;
    this.#decidedFrom = this.#decidedFor = -1;
    this.#decidedBy = 0;
    for (let i = 0; i < operands.length; i++) {
      const { registers, consumer } = operands[i]!;
      for (let rest = registers; rest !== 0; rest &= rest - 1) {
        const n = 31 - Math.clz32(rest & -rest);
        const from = this.#producer[n]!;
        const ready = this.#issued[n]! + this.#latency[from * consumers + consumer]!;
        if (ready <= cycle) continue;
        cycle = ready;
        this.#decidedFrom = from;
        this.#decidedFor = consumer;
        this.#decidedBy = 1 << n;
      }
    }
    return cycle;
  }
  /** What decided the last `readyAt`. */
  get decider(): Decider<P, C> {
    return {
      producer: this.#producers[this.#decidedFrom],
      consumer: this.#consumers[this.#decidedFor],
      registers: this.#decidedBy,
    };
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
  /** Adds to `state` what an issue at `earliest` or later could have to wait for, in cycles relative to `now`. */
  snapshot(state: number[], now: number, earliest: number): void {
    const at = state.length;
    state.push(0);
    for (let n = 0; n < this.#issued.length; n++) {
      const issued = this.#issued[n]!;
      if (issued === LONG_AGO) continue;
      const producer = this.#producer[n]!;
      if (issued + this.#longest[producer]! <= earliest) continue;
      state.push(n, producer, issued - now);
      state[at]!++;
    }
  }
}
