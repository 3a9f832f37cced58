/** A seeded generator of 32-bit numbers (Marsaglia's xorshift32): the same seed gives the same cases everywhere. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds must not give neighbouring sequences; 0 is the one state that xorshift never leaves.
    this.#state = (Math.imul(seed ^ 0x5bd1_e995, 0x9e37_79b1) ^ (seed >>> 15)) | 0 || 1;
    for (let i = 0; i < 4; i++) this.word();
  }

  /** 0 to 2^32 - 1. */
  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }
  /** 0 to n - 1. */
  below(n: number): number {
    return Math.floor((this.word() / 2 ** 32) * n);
  }
  chance(probability: number): boolean {
    return this.word() < probability * 2 ** 32;
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}
