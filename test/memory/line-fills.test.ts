import { describe, expect, it } from "vitest";
import { LineFills, type BusPath } from "../../src/memory/bus-path.ts";
import { FlashArray, waitStateRead } from "../../src/memory/flash-array.ts";
import { StoreBuffer } from "../../src/memory/store-buffer.ts";

const path = (more: Partial<BusPath> = {}): BusPath => ({
  first: 12,
  beat: 1,
  half: 0,
  write: 2,
  array: undefined,
  ...more,
});

describe("a line fill", () => {
  it("brings the critical word first and the others in the order of a wrapping burst", () => {
    const fills = new LineFills(2);
    expect(fills.begin(7, 2, 100, path())).toBe(112);
    expect([0, 1, 2, 3].map((word) => fills.wait(7, word, 100))).toEqual([14, 15, 12, 13]);
    expect(fills.isFilling(7, 114)).toBe(true);
    expect(fills.isFilling(7, 115)).toBe(false);
  });
  it("lets accesses to other lines hit meanwhile", () => {
    const fills = new LineFills(2);
    fills.begin(7, 0, 100, path());
    expect(fills.wait(8, 0, 101)).toBe(0);
  });
  it("begins behind the burst before it", () => {
    const fills = new LineFills(2);
    expect(fills.begin(7, 0, 100, path({ beat: 4 }))).toBe(112); // to 124
    expect(fills.begin(8, 0, 102, path({ beat: 4 }))).toBe(128);
  });
  it("waits for a buffer when both are in use", () => {
    const fills = new LineFills(2);
    fills.begin(7, 0, 100, path());
    fills.begin(8, 0, 100, path());
    expect(fills.begin(9, 0, 100, path())).toBe(115 + 12);
  });
  it("waits once more for the second half of a line that takes two flash reads", () => {
    const settings = {
      waitStates: 6,
      prefetch: false,
      instructionCache: false,
      dataCache: false,
      art: false,
      busyUntil: -1,
    };
    const array = new FlashArray(settings, waitStateRead);
    const fills = new LineFills(2);
    fills.begin(7, 0, 100, path({ half: 7, array }));
    expect([0, 1, 2, 3].map((word) => fills.wait(7, word, 100))).toEqual([12, 13, 19, 20]);
    expect(array.start(0)).toBe(114); // two reads of 7 cycles
  });
});

describe("a controller that reads on", () => {
  const serial = path({ first: 240, beat: 72, ahead: { first: 16, beat: 4 } });

  it("delivers the words of a line as the memory does", () => {
    const fills = new LineFills(2);
    expect(fills.begin(7, 0, 1000, serial)).toBe(1240);
    expect([0, 1, 2, 3].map((word) => fills.wait(7, word, 1000))).toEqual([240, 312, 384, 456]);
  });
  it("goes on with the next line at that rate, without a new address", () => {
    const fills = new LineFills(2);
    fills.begin(7, 0, 1000, serial);
    expect(fills.begin(8, 0, 1456, serial)).toBe(1456 + 72);
  });
  it("has the next line in its buffer when that is asked for late", () => {
    const fills = new LineFills(2);
    fills.begin(7, 0, 1000, serial);
    expect(fills.begin(8, 0, 5000, serial)).toBe(5016);
    expect([0, 1, 2, 3].map((word) => fills.wait(8, word, 5000))).toEqual([16, 20, 24, 28]);
  });
  it("begins anew elsewhere", () => {
    const fills = new LineFills(2);
    fills.begin(7, 0, 1000, serial);
    expect(fills.begin(9, 0, 5000, serial)).toBe(5240);
  });
  it("goes on from a snapshot", () => {
    const fills = new LineFills(2);
    fills.begin(7, 0, 1000, serial);
    const saved = fills.save();
    fills.begin(90, 0, 2000, serial);
    fills.restore(saved);
    expect(fills.begin(8, 0, 5000, serial)).toBe(5016);
  });
});

describe("the store buffer", () => {
  it("takes four stores at once and lets the fifth wait for the first", () => {
    const stores = new StoreBuffer(4);
    expect([0, 0, 0, 0, 0].map(() => stores.push(100, 10))).toEqual([0, 0, 0, 0, 10]);
  });
  it("never stalls when the memory keeps up", () => {
    const stores = new StoreBuffer(4);
    expect(Array.from({ length: 20 }, (_, i) => stores.push(100 + 10 * i, 10))).toEqual(
      new Array(20).fill(0),
    );
  });
});
