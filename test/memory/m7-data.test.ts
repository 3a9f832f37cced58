import { beforeEach, describe, expect, it } from "vitest";
import { Cache } from "../../src/memory/cache.ts";
import { M7Data } from "../../src/memory/m7-data.ts";
import { M7Fetch } from "../../src/memory/m7-fetch.ts";
import { M7Paths, type MemoryPolicy } from "../../src/memory/m7-memory.ts";
import { MemoryMap } from "../../src/memory/memory-map.ts";
import { FetchEpoch } from "../../src/memory/model-area.ts";
import { PeripheralPorts } from "../../src/memory/peripheral-ports.ts";
import { SlaveHolds } from "../../src/memory/slave-holds.ts";
import type { RegionConfig } from "../../src/memory/region.ts";

const GUEST = 0xc0_0000;
const RAM = 0x2400_0000;
const region = (name: string, start: number, bus: RegionConfig["bus"]): RegionConfig => ({
  name,
  start,
  size: 0x1_0000,
  kind: "ram",
  bus,
  executable: true,
  waitStates: 0,
  ...(bus === "axi" ? { latency: { busCycles: 4 } } : {}),
});
const WRITE_BACK: MemoryPolicy = { cache: "write-back", writeAllocate: true, shareable: false };
const WRITE_THROUGH: MemoryPolicy = { cache: "write-through", writeAllocate: false, shareable: false };
const SHARED: MemoryPolicy = { ...WRITE_BACK, shareable: true };

let now: number;
let policy: MemoryPolicy;
let data: M7Data;
let fetch: M7Fetch;
let map: MemoryMap;
let cache: Cache;
let holds: SlaveHolds;

beforeEach(() => {
  now = 1000;
  policy = WRITE_BACK;
  const memory = new WebAssembly.Memory({ initial: 256 });
  map = new MemoryMap([region("AXI", RAM, "axi"), region("DTCM", 0x2000_0000, "dtcm")], memory, GUEST);
  const paths = new M7Paths({ ratio: () => 1, array: undefined, flashBits: 256 }, false);
  cache = new Cache(4096, 4);
  holds = new SlaveHolds(map);
  const shared = { map, paths, policy: () => policy, art: undefined, holds };
  const ports = new PeripheralPorts([], { core: 1, bus: 2 });
  const epoch = new FetchEpoch(memory);
  data = new M7Data({ ...shared, memory, epoch, cache, ports, now: () => now, endBlock: () => undefined });
  data.enable(true);
  fetch = new M7Fetch({ ...shared, memory, epoch, cache: new Cache(4096, 2) });
  fetch.enable(true);
});

const read = (address: number, at: number): number => {
  now = at;
  return data.read(map.find(address)!, address);
};
const write = (address: number, at: number): number => {
  now = at;
  return data.write(map.find(address)!, address);
};

describe("reads through the D-cache", () => {
  it("wait for the critical word, then for words of the line that are still to come", () => {
    expect(read(RAM, 1000)).toBe(4);
    expect(read(RAM + 24, 1005)).toBe(2);
    expect(read(RAM + 24, 1020)).toBe(0);
    expect(data.misses).toBe(1);
  });
  it("name a line as free in the table only when all of it has come", () => {
    const isFreeAt = (at: number): boolean => {
      now = at;
      data.openLine(map.find(RAM)!, RAM, false);
      return data.lines.read.has(RAM);
    };
    read(RAM, 1000);
    expect(isFreeAt(1005)).toBe(false);
    expect(isFreeAt(1100)).toBe(true);
  });
  it("of shareable memory and with the cache off go to the memory each time", () => {
    policy = SHARED;
    expect([read(RAM, 1000), read(RAM, 1100)]).toEqual([4, 4]);
    data.enable(false);
    expect([read(RAM, 1200), read(RAM, 1300)]).toEqual([4, 4]);
    expect(data.misses).toBe(0);
  });
  it("find lines that were there before the cache was turned off and on again", () => {
    read(RAM, 1000);
    data.enable(false);
    data.enable(true);
    expect(read(RAM, 1100)).toBe(0);
  });
  it("of a TCM are free", () => {
    expect(data.isFree(map.find(0x2000_0000)!)).toBe(true);
    expect(data.isFree(map.find(RAM)!)).toBe(false);
  });
});

describe("writes", () => {
  it("to write-back memory allocate, and are free from then on", () => {
    expect(write(RAM, 1000)).toBe(0);
    expect(data.misses).toBe(1);
    expect([write(RAM, 1100), write(RAM, 1101), write(RAM + 4, 1102)]).toEqual([0, 0, 0]);
    data.openLine(map.find(RAM)!, RAM, true);
    expect(data.lines.write.has(RAM)).toBe(true);
  });
  it("to write-through memory go out through the store buffer and never become free", () => {
    policy = WRITE_THROUGH;
    read(RAM, 1000);
    // Each takes two cycles of the bus: the fifth in the same cycle finds the four places taken.
    expect([0, 0, 0, 0, 0].map(() => write(RAM, 1100))).toEqual([0, 0, 0, 0, 2]);
    data.openLine(map.find(RAM)!, RAM, true);
    expect(data.lines.write.has(RAM)).toBe(false);
  });
  it("that made a line dirty keep its set's next fill waiting only while the buffer for evictions is full", () => {
    const lines = Array.from({ length: 5 }, (_, i) => RAM + i * 32 * cache.sets);
    lines.slice(0, 4).forEach((address, i) => write(address, 1000 + 100 * i));
    expect(read(lines[4]!, 2000)).toBe(4);
  });
});

describe("the I-cache", () => {
  it("asks for the next line of straight code as soon as the line before has come", () => {
    expect(fetch.fetch(RAM, 1000)).toBe(4); // words in 1004 to 1007
    expect([8, 16, 24].map((offset, i) => fetch.fetch(RAM + offset, 1006 + 2 * i))).toEqual([0, 0, 0]);
    expect(fetch.fetch(RAM + 32, 1012)).toBe(0); // asked for at 1004, there at 1008
    expect(fetch.misses).toBe(2);
  });
  it("misses again after its lines were invalidated, and says so by the epoch", () => {
    fetch.fetch(RAM, 1000);
    const before = fetch.epoch;
    fetch.invalidateAll();
    expect(fetch.epoch).not.toBe(before);
    expect(fetch.fetch(RAM, 1100)).toBe(4);
  });
  it("when off, leaves the last line in the fetch buffers", () => {
    fetch.enable(false);
    expect(fetch.fetch(RAM + 4, 1000)).toBe(4);
    expect(fetch.fetch(RAM + 24, 1100)).toBe(0);
    expect(fetch.fetch(RAM + 128, 1200)).toBe(4);
    expect(fetch.fetch(RAM, 1300)).toBe(4);
  });
  it("when off, asks for the next line of straight code while one comes", () => {
    fetch.enable(false);
    expect(fetch.fetch(RAM + 512, 2000)).toBe(4);
    expect(fetch.fetch(RAM + 512 + 24, 2004)).toBe(3);
    // Asked for at 2004, when the bus had carried a line's worth, and so there right behind the line before.
    expect(fetch.fetch(RAM + 512 + 32, 2007)).toBe(1);
  });
});
