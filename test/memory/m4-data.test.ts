import { beforeEach, describe, expect, it } from "vitest";
import { M4Data } from "../../src/memory/m4-memory.ts";
import { MemoryMap } from "../../src/memory/memory-map.ts";
import { PeripheralPorts } from "../../src/memory/peripheral-ports.ts";
import type { RegionConfig } from "../../src/memory/region.ts";
import { SlaveHolds } from "../../src/memory/slave-holds.ts";

const SLOW = 0x6000_0000;
const FAST = 0x2000_0000;
const region = (name: string, start: number, waitStates: number): RegionConfig => ({
  name,
  start,
  size: 0x1000,
  kind: "ram",
  bus: "system",
  executable: true,
  waitStates,
});

let now: number;
let map: MemoryMap;
let holds: SlaveHolds;
let data: M4Data;

beforeEach(() => {
  const memory = new WebAssembly.Memory({ initial: 16 });
  map = new MemoryMap([region("FAST", FAST, 0), region("SLOW", SLOW, 2)], memory, 0);
  holds = new SlaveHolds(map);
  const ports = new PeripheralPorts([], { core: 0, bus: 0 });
  data = new M4Data({ map, memory, flash: undefined, ports, holds, now: () => now });
});

const read = (address: number, at: number): number => {
  now = at;
  return data.read(map.find(address)!, address);
};
const write = (address: number, at: number): number => {
  now = at;
  return data.write(map.find(address)!);
};

describe("RAM with two wait states (TRM load/store timings: STR is one cycle, the buffer has the rest)", () => {
  it("makes a load wait", () => {
    expect([read(SLOW, 100), read(SLOW, 110)]).toEqual([2, 2]);
  });
  it("takes a store at once", () => {
    expect(write(SLOW, 100)).toBe(0);
    expect(write(SLOW, 110)).toBe(0);
  });
  it("makes the access behind a store wait for it", () => {
    write(SLOW, 100);
    expect(write(SLOW, 101)).toBe(2);
    expect(read(SLOW, 104)).toBe(2 + 2);
  });
  it("has the accesses of one instruction a cycle after each other", () => {
    // As for LDM and STM: the clock shows the instruction's cycle and what it has stalled.
    expect([read(SLOW, 100), read(SLOW, 102), read(SLOW, 104)]).toEqual([2, 2, 2]);
    expect([write(SLOW, 200), write(SLOW, 200), write(SLOW, 202)]).toEqual([0, 2, 2]);
  });
  it("goes on from a snapshot", () => {
    write(SLOW, 100);
    const saved = data.save();
    const first = write(SLOW, 101);
    data.restore(saved);
    expect([first, write(SLOW, 101)]).toEqual([2, 2]);
  });
});

describe("RAM without wait states that another master holds", () => {
  it("is free before and behind that", () => {
    holds.hold(map.find(FAST)!, 100, 1);
    now = 101;
    expect(data.isFree(map.find(FAST)!)).toBe(true);
    now = 100;
    expect(data.isFree(map.find(FAST)!)).toBe(false);
  });
  it("makes a load wait, and the access behind a store", () => {
    holds.hold(map.find(FAST)!, 100, 2);
    expect(read(FAST, 100)).toBe(2);
    expect(write(FAST, 100)).toBe(0);
    expect(read(FAST, 101)).toBe(2);
    expect(holds.waited).toBe(4);
  });
  it("makes a multiple wait at each transfer that meets one of the other master's", () => {
    holds.holdRepeatedly("DMA2 0", map.find(FAST)!, { first: 100, period: 2, width: 1, times: 10 });
    expect([read(FAST, 100), read(FAST, 101), read(FAST, 102), read(FAST, 103)]).toEqual([1, 1, 1, 1]);
  });
});
