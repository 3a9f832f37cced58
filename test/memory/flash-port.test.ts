import { describe, expect, it } from "vitest";
import {
  cacheDependentRead,
  FlashArray,
  waitStateRead,
  type FlashSettings,
} from "../../src/memory/flash-array.ts";
import { FlashDataPort, flashDataWords } from "../../src/memory/flash-data-port.ts";
import { FlashFetchPort, flashFetchWords, type PortGeometry } from "../../src/memory/flash-port.ts";
import { FetchEpoch } from "../../src/memory/model-area.ts";

const settings = (waitStates: number, more: Partial<FlashSettings> = {}): FlashSettings => ({
  waitStates,
  prefetch: true,
  instructionCache: true,
  dataCache: true,
  art: false,
  busyUntil: -1,
  ...more,
});
/** STM32F4: 128-bit lines. */
const F4 = { readShift: 4, sectorShift: 0, sets: 1, ways: 64 };
/** STM32L4: lines of four 64-bit reads. */
const L4 = { readShift: 3, sectorShift: 2, sets: 1, ways: 32 };

const MEMORY_PAGES = 8;
function fetchPort(of: FlashSettings, geometry = F4) {
  const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES });
  const epoch = new FetchEpoch(memory);
  const array = new FlashArray(of, waitStateRead);
  const port = new FlashFetchPort({ array, epoch, geometry, fetchAhead: 3, words: flashFetchWords(memory) });
  port.configure(of.instructionCache, of.prefetch);
  return { port, epoch, array };
}

function dataPort(array: FlashArray, geometry: PortGeometry, hidden: number): FlashDataPort {
  const port = new FlashDataPort(
    array,
    geometry,
    hidden,
    flashDataWords(new WebAssembly.Memory({ initial: MEMORY_PAGES })),
  );
  port.configure(true);
  return port;
}

/** Stalls of straight-line code whose instructions take a cycle each, line by line. */
function straight(port: FlashFetchPort, lines: number, perLine: number, lineBytes: number, start = 0) {
  let now = 1000;
  return Array.from({ length: lines }, (_, i) => {
    const stall = port.fetch(start + i * lineBytes, now);
    now += stall + perLine;
    return stall;
  });
}

describe("the instruction side of an STM32F4 at 5 wait states", () => {
  it("straight 32-bit code waits 5 cycles once and 2 a line with prefetch (facts, timing-m4 section 5)", () => {
    expect(straight(fetchPort(settings(5)).port, 6, 4, 16)).toEqual([5, 2, 2, 2, 2, 2]);
  });
  it("straight 16-bit code waits only once with prefetch", () => {
    expect(straight(fetchPort(settings(5)).port, 4, 8, 16)).toEqual([5, 0, 0, 0]);
  });
  it("without prefetch each line waits 5 cycles", () => {
    expect(straight(fetchPort(settings(5, { prefetch: false })).port, 3, 8, 16)).toEqual([5, 5, 5]);
  });
  it("a loop that fits runs without waits the second time, and the epoch stays", () => {
    const { port, epoch } = fetchPort(settings(5));
    straight(port, 64, 4, 16);
    const before = epoch.value;
    expect(straight(port, 64, 4, 16)).toEqual(new Array(64).fill(0));
    expect(epoch.value).toBe(before);
  });
  it("a loop of 65 lines finds none of them again, and the epoch moves with each line that goes", () => {
    const { port, epoch } = fetchPort(settings(5, { prefetch: false }));
    straight(port, 64, 4, 16);
    const before = epoch.value;
    expect(straight(port, 65, 4, 16, 16).at(-1)).toBe(5);
    expect(epoch.value).toBeGreaterThan(before);
  });
  it("without the cache only the line in use is kept", () => {
    const { port } = fetchPort(settings(5, { instructionCache: false, prefetch: false }));
    expect([0, 4, 16, 0].map((host, i) => port.fetch(host, 100 * i))).toEqual([5, 0, 5, 5]);
  });
  it("zero wait states cost nothing", () => {
    expect(straight(fetchPort(settings(0)).port, 3, 1, 16)).toEqual([0, 0, 0]);
  });
  it("waits for an erase to end", () => {
    const { port } = fetchPort(settings(5, { busyUntil: 500 }));
    expect(port.fetch(0, 100)).toBe(400 + 5);
  });
  it("asking again for a line that is there is free and changes nothing", () => {
    const one = straight(fetchPort(settings(5)).port, 6, 4, 16);
    const { port } = fetchPort(settings(5));
    let now = 1000;
    const asked = Array.from({ length: 6 }, (_, i) => {
      const stall = port.fetch(i * 16, now);
      now += stall;
      for (let k = 0; k < 4; k++, now++) expect(port.fetch(i * 16 + 4 * k, now)).toBe(0);
      return stall;
    });
    expect(asked).toEqual(one);
  });
});

describe("the data side", () => {
  it("an STM32F4 waits as long as the flash does, once for 16 bytes", () => {
    const port = dataPort(new FlashArray(settings(5), waitStateRead), { ...F4, ways: 8 }, 0);
    expect([0, 4, 12, 16].map((host, i) => port.read(host, 100 * i))).toEqual([5, 0, 0, 5]);
  });
  it("an STM32L4 waits 16 cycles for 32 bytes at 5 wait states (calibration, memory systems)", () => {
    const port = dataPort(new FlashArray(settings(5), waitStateRead), { ...L4, ways: 8 }, 1);
    const stalls = Array.from({ length: 8 }, (_, i) => port.read(4 * i, 100 * i));
    expect(stalls.reduce((a, b) => a + b)).toBe(16);
  });
  it("a data miss waits for the read that the instruction side has begun", () => {
    const { port, array } = fetchPort(settings(5));
    const data = dataPort(array, { ...F4, ways: 8 }, 0);
    expect(port.fetch(0, 100)).toBe(5); // in cycles 100 to 105, and the next line in 106 to 111
    expect(data.read(0x1000, 107)).toBe(117 - 107);
  });
});

describe("reads of the array", () => {
  it("take from the clock ratio to twice that less one on a Kinetis", () => {
    const cycles = (start: number) => {
      const array = new FlashArray(settings(0), () => 4, { step: () => 4 });
      return array.read(start) - start;
    };
    expect([0, 1, 2, 3].map(cycles)).toEqual([4, 7, 6, 5]);
  });
  it("take 3 cycles without and 4 with the cache on an nRF52840, and 3 past it", () => {
    const read = cacheDependentRead(2, 3);
    expect(read(settings(0, { instructionCache: false }), false)).toBe(3);
    expect(read(settings(0), false)).toBe(4);
    expect(read(settings(0), true)).toBe(3);
  });
});
