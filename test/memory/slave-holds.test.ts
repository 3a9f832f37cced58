import { beforeEach, describe, expect, it } from "vitest";
import { MemoryMap } from "../../src/memory/memory-map.ts";
import type { Region, RegionConfig } from "../../src/memory/region.ts";
import { SlaveHolds } from "../../src/memory/slave-holds.ts";

const region = (name: string, start: number, more: Partial<RegionConfig> = {}): RegionConfig => ({
  name,
  start,
  size: 0x1000,
  kind: "ram",
  bus: "system",
  executable: true,
  waitStates: 0,
  ...more,
});

let holds: SlaveHolds;
let one: Region;
let alias: Region;
let other: Region;

beforeEach(() => {
  const configs = [
    region("ONE", 0x2000_0000),
    region("ALIAS", 0x1000_0000, { aliasOf: { region: "ONE", offset: 0 } }),
    region("OTHER", 0x2001_0000),
  ];
  const map = new MemoryMap(configs, new WebAssembly.Memory({ initial: 1 }), 0);
  holds = new SlaveHolds(map);
  one = map.find(0x2000_0000)!;
  alias = map.find(0x1000_0000)!;
  other = map.find(0x2001_0000)!;
});

describe("one transfer of another master", () => {
  it("keeps the core waiting until it is done, at every address of the memory and nowhere else", () => {
    holds.hold(one, 100, 3);
    expect([99, 100, 102, 103].map((now) => holds.wait(one, now))).toEqual([4, 3, 1, 0]);
    expect(holds.wait(alias, 100)).toBe(3);
    expect(holds.wait(other, 100)).toBe(0);
    expect(holds.waited).toBe(4 + 3 + 1 + 3);
  });
  it("waits for the transfers before it", () => {
    holds.hold(one, 100, 1);
    holds.hold(one, 100, 1);
    expect(holds.wait(one, 100)).toBe(2);
  });
  it("leaves the memory free behind it", () => {
    holds.hold(one, 100, 2);
    expect([101, 102].map((now) => holds.isHeld(alias, now))).toEqual([true, false]);
  });
});

describe("transfers in a rhythm", () => {
  beforeEach(() => {
    holds.holdRepeatedly("DMA2 0", one, { first: 100, period: 4, width: 1, times: 10 });
  });
  it("let the core in between them", () => {
    expect([99, 100, 101, 103, 104, 136, 140].map((now) => holds.wait(one, now))).toEqual([
      0, 1, 0, 0, 1, 1, 0,
    ]);
  });
  it("hold the memory until the last", () => {
    expect([100, 139, 140].map((now) => holds.isHeld(one, now))).toEqual([true, true, false]);
    expect(holds.isHeld(other, 100)).toBe(false);
  });
  it("stop when their channel stops", () => {
    holds.holdRepeatedly("DMA2 1", one, { first: 102, period: 4, width: 1, times: 10 });
    holds.release("DMA2 0");
    expect([104, 106].map((now) => holds.wait(one, now))).toEqual([0, 1]);
  });
  it("come back with a snapshot", () => {
    const saved = holds.save();
    holds.release("DMA2 0");
    holds.hold(one, 500, 9);
    holds.restore(saved);
    expect(holds.wait(one, 104)).toBe(1);
    expect(holds.isHeld(one, 505)).toBe(false);
  });
});
