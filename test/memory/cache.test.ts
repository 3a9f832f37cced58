import fc from "fast-check";
import { expect, it } from "vitest";
import { Cache } from "../../src/memory/cache.ts";

/** Sets of lines without an order of replacement: it is told which line went. */
class NaiveCache {
  readonly #sets = new Map<number, Map<number, boolean>>();
  readonly #count: number;
  readonly #ways: number;
  constructor(sets: number, ways: number) {
    this.#count = sets;
    this.#ways = ways;
  }
  of(line: number): Map<number, boolean> {
    const index = line % this.#count;
    let set: Map<number, boolean> | undefined = this.#sets.get(index);
    if (set === undefined) this.#sets.set(index, (set = new Map<number, boolean>()));
    return set;
  }
  isFull(line: number): boolean {
    return this.of(line).size === this.#ways;
  }
}

it("keeps lines and dirty bits as a naive cache does", () => {
  const access = fc.record({
    line: fc.nat(200),
    writes: fc.boolean(),
    drops: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(access, { maxLength: 400 }), (accesses) => {
      const cache = new Cache(1024, 4);
      const naive = new NaiveCache(8, 4);
      for (const { line, writes, drops } of accesses) {
        const set = naive.of(line);
        expect(cache.find(line) >= 0).toBe(set.has(line));
        if (!set.has(line)) {
          const wasFull = naive.isFull(line);
          const evicted = cache.allocate(line, true);
          expect(evicted !== undefined).toBe(wasFull);
          if (evicted !== undefined) {
            expect(evicted.dirty).toBe(set.get(evicted.line));
            set.delete(evicted.line);
          }
          set.set(line, false);
        }
        if (writes) {
          cache.markDirty(cache.find(line));
          set.set(line, true);
        }
        expect(cache.isDirty(cache.find(line))).toBe(set.get(line));
        if (drops === 0) {
          cache.invalidate(cache.find(line));
          set.delete(line);
        }
      }
    }),
  );
});

it("every way of a full set is a victim now and then, the same ones in each run", () => {
  const victims = (): (number | undefined)[] => {
    const cache = new Cache(4096, 4);
    return Array.from({ length: 64 }, (_, i) => cache.allocate(i * 32, false)?.line);
  };
  expect(victims()).toEqual(victims());
  expect(victims().slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
  const cache = new Cache(4096, 4);
  const ways = new Set<number>();
  for (let i = 0; i < 100; i++) {
    cache.allocate(i * 32, false);
    ways.add(cache.find(i * 32));
  }
  expect([...ways].toSorted()).toEqual([0, 1, 2, 3]);
});

it("finds set and way in the operand of a set/way operation", () => {
  const cache = new Cache(4096, 4);
  for (let i = 0; i < 4; i++) cache.allocate(5 + 32 * i, false);
  expect(cache.lineAt(cache.atSetWay((2 << 30) | (5 << 5)))).toBe(5 + 64);
});
