import fc from "fast-check";
import { expect, it } from "vitest";
import { LineStore } from "../../src/memory/line-store.ts";

/** The same in the plainest way: for each set the lines in the order in which they came. */
class NaiveStore {
  readonly #sets: { line: number; sectors: Set<number> }[][];
  readonly #ways: number;
  constructor(sets: number, ways: number) {
    this.#sets = Array.from({ length: sets }, () => []);
    this.#ways = ways;
  }
  has(line: number, sector: number): boolean {
    return this.#of(line).some((entry) => entry.line === line && entry.sectors.has(sector));
  }
  add(line: number, sector: number): number {
    const set = this.#of(line);
    const present = set.find((entry) => entry.line === line);
    if (present !== undefined) present.sectors.add(sector);
    else set.push({ line, sectors: new Set([sector]) });
    return set.length > this.#ways ? set.shift()!.line : -1;
  }
  #of(line: number) {
    return this.#sets[line % this.#sets.length]!;
  }
}

it("holds what a first-in first-out store holds", () => {
  const access = fc.record({ line: fc.nat(40), sector: fc.nat(3), adds: fc.boolean() });
  const shape = fc.constantFrom([1, 1], [1, 8], [4, 4], [2, 3]);
  fc.assert(
    fc.property(shape, fc.array(access, { maxLength: 300 }), ([sets, ways], accesses) => {
      const store = new LineStore(sets, ways);
      const naive = new NaiveStore(sets, ways);
      for (const { line, sector, adds } of accesses) {
        expect(store.has(line, sector)).toBe(naive.has(line, sector));
        if (adds) expect(store.add(line, sector)).toBe(naive.add(line, sector));
      }
    }),
  );
});

it("a store without ways never holds anything", () => {
  const store = new LineStore(1, 0);
  expect(store.add(5, 0)).toBe(-1);
  expect(store.has(5, 0)).toBe(false);
});
