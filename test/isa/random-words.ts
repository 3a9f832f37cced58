/** Seeded random numbers and encodings for tests. */

/** mulberry32: uniform uint32. */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

const WIDE_PREFIXES = [0b11101, 0b11110, 0b11111] as const;

/**
 * Random 32-bit encodings. Uniform words would seldom have the registers 13 and 15 or the zeros that decide between
 * instructions, so some fields are made all ones or all zeros.
 */
export function randomWideWords(count: number, seed: number): number[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => {
    const prefix = WIDE_PREFIXES[random() % WIDE_PREFIXES.length]!;
    let word = ((prefix << 27) | (random() & 0x07ff_ffff)) >>> 0;
    for (let lsb = 0; lsb <= 16; lsb += 4) {
      const choice = random() % 8;
      if (choice === 0) word |= 0b1111 << lsb;
      if (choice === 1) word &= ~(0b1111 << lsb);
    }
    return word >>> 0;
  });
}

/** All 16-bit encodings. */
export function narrowWords(): number[] {
  return Array.from({ length: 0xe800 }, (_, word) => word);
}
