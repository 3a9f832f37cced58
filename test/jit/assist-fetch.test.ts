import { expect, it } from "vitest";
import { LAYOUT } from "../../src/core/layout.ts";
import { encodeAssists } from "../../src/jit/assists.ts";
import { HOST_FUNCTIONS } from "../../src/jit/host-functions.ts";
import { JitArea } from "../../src/jit/jit-area.ts";
import { SHARED_INDEX } from "../../src/jit/shared-functions.ts";
import { Cache } from "../../src/memory/cache.ts";
import { FlashArray, waitStateRead } from "../../src/memory/flash-array.ts";
import { FlashDataPort, flashDataWords } from "../../src/memory/flash-data-port.ts";
import { FlashFetchPort, flashFetchWords, type PortGeometry } from "../../src/memory/flash-port.ts";
import { M4Fetch } from "../../src/memory/m4-memory.ts";
import { M7Fetch } from "../../src/memory/m7-fetch.ts";
import { M7Paths, type MemoryPolicy } from "../../src/memory/m7-memory.ts";
import { m7DataWords, m7FetchWords } from "../../src/memory/m7-words.ts";
import { MemoryMap } from "../../src/memory/memory-map.ts";
import {
  FetchEpoch,
  FLASH_DATA,
  FLASH_FETCH,
  FLASH_FETCH_ROOM,
  M7_DATA,
  M7_FETCH,
  MODEL_AREA,
  PRESENT_ENTRIES,
} from "../../src/memory/model-area.ts";
import { SlaveHolds } from "../../src/memory/slave-holds.ts";
import { Random } from "../exec/random.ts";
import { FLASH, RAM, region, SETTINGS, SIZE } from "./assisted-side.ts";

const PAGES = 256;
const FETCHES = 30_000;

const CACHED: MemoryPolicy = { cache: "write-through", writeAllocate: false, shareable: false };
const UNCACHED: MemoryPolicy = { cache: "non-cacheable", writeAllocate: false, shareable: true };

/** An instruction side with its own clock. */
interface InstructionSide {
  readonly memory: WebAssembly.Memory;
  readonly map: MemoryMap;
  readonly fetch: M7Fetch | M4Fetch;
  cycles: number;
}

function cortexM7() {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const configs = [region("RAM", RAM, "ram", 0), region("FLASH", FLASH, "flash", "flash")];
  const map = new MemoryMap(configs, memory, LAYOUT.guest);
  const array = new FlashArray(SETTINGS, waitStateRead, { freeAt: m7DataWords(memory).arrayFree });
  const holds = new SlaveHolds(map);
  const fetch = new M7Fetch({
    map,
    memory,
    epoch: new FetchEpoch(memory),
    cache: new Cache(1024, 2, m7FetchWords(memory).cache),
    paths: new M7Paths({ ratio: () => 1, array, flashBits: 128 }, false),
    policy: (address) => (address >= FLASH + 0x3000 && address < RAM ? UNCACHED : CACHED),
    art: undefined,
    holds,
  });
  fetch.enable(true);
  return { memory, map, holds, fetch, cycles: 1000 };
}

/** A Cortex-M4 that runs from flash. @param step core cycles to one of the flash, where they differ */
function cortexM4(geometry: PortGeometry, step?: number) {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const map = new MemoryMap([region("FLASH", FLASH, "flash", "flash")], memory, LAYOUT.guest);
  const words = flashDataWords(memory);
  const settings = { ...SETTINGS, waitStates: 5 };
  const array =
    step === undefined
      ? new FlashArray(settings, waitStateRead, { freeAt: words.freeAt })
      : new FlashArray(settings, () => step, { freeAt: words.freeAt, step: () => step });
  const epoch = new FetchEpoch(memory);
  const port = new FlashFetchPort({
    array,
    epoch,
    geometry,
    fetchAhead: 3,
    words: flashFetchWords(memory),
  });
  port.configure(true, true);
  const flash = { fetch: port, data: new FlashDataPort(array, geometry, 1, words) };
  const lineShift = geometry.readShift;
  const fetch = new M4Fetch({ map, epoch, flash, lineShift, holds: undefined });
  return { memory, map, array, port, fetch, cycles: 1000 };
}

/** Fetches of a side through the assist, which asks the host for what it leaves. */
function assisted(side: InstructionSide) {
  const area = new JitArea();
  const counter = area.slot()!;
  const words = new Int32Array(side.memory.buffer);
  const deadline = new Float64Array(side.memory.buffer);
  const [left, offset, room] = [50_000, 3, 100];
  let byHost = 0;
  const unused = Object.fromEntries(HOST_FUNCTIONS.map(({ name }) => [name, () => 0]));
  const bytes = encodeAssists(PAGES, { lines: undefined, fetch: side.fetch.assist, area });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    m: {
      ...unused,
      memory: side.memory,
      fetch: (address: number) => {
        byHost++;
        words[area.left >> 2] = left - side.fetch.fetch(address, side.cycles);
      },
    },
  });
  const call = exports[`f${SHARED_INDEX.assistedFetch}`] as (...args: number[]) => number;
  return {
    get byHost() {
      return byHost;
    },
    fetch(address: number): number {
      deadline[area.deadline >> 3] = side.cycles + left - offset;
      return left - call(address, side.fetch.fetchPath(address), 0, left, offset, counter, room);
    },
  };
}

/** All that the model keeps; the table of lines seen to be present is only what somebody happened to ask for. */
const stateOf = ({ memory }: InstructionSide): number[][] => {
  const part = (from: number, to: number): number[] => [...new Uint8Array(memory.buffer, from, to - from)];
  return [
    part(MODEL_AREA.fetchEpoch, MODEL_AREA.fetchEpoch + 4),
    part(M7_FETCH.lines, M7_FETCH.misses + 8),
    part(M7_DATA.arrayFree, M7_DATA.arrayFree + 8),
    part(FLASH_FETCH.mode, FLASH_FETCH.hints),
    part(FLASH_FETCH.lines, FLASH_FETCH.oldest + 2 * FLASH_FETCH_ROOM.sets),
    part(FLASH_DATA.freeAt, FLASH_DATA.freeAt + 8),
  ];
};

/** Keys of the lines that are said to be present, each of which must be. */
const seen = ({ memory }: InstructionSide): number[] =>
  [...new Int32Array(memory.buffer, MODEL_AREA.presentLines, PRESENT_ENTRIES)].filter((key) => key !== -1);

/** An address to fetch from next: mostly the one behind. */
function nextAddress(random: Random, { map }: InstructionSide, address: number, step: number): number {
  if (random.below(6) !== 0) return map.find(address + step) === undefined ? FLASH : address + step;
  const { start, size } = map.regions[random.below(map.regions.length)]!;
  // Mostly near the beginning, so that code comes back.
  return start + step * random.below(random.below(3) === 0 ? size / step - 8 : 40);
}

it("lines of code are asked for in wasm as the model asks for them, word by word of its state", () => {
  const [model, side] = [cortexM7(), cortexM7()];
  const through = assisted(side);
  const random = new Random(11);
  let address = FLASH;
  for (let n = 0; n < FETCHES; n++) {
    address = nextAddress(random, model, address, 8);
    const stall = model.fetch.fetch(address, model.cycles);
    expect(through.fetch(address)).toBe(stall);
    const pause = stall + random.below(random.below(4) === 0 ? 60 : 5);
    for (const each of [model, side]) each.cycles += pause;
    if (random.below(500) === 0) {
      for (const { holds, map, fetch, cycles } of [model, side]) {
        holds.hold(map.find(FLASH)!, cycles, 40);
        fetch.forgetPaths();
      }
    }
    if (random.below(4000) === 0) {
      const on = random.below(2) === 0;
      for (const { fetch } of [model, side]) fetch.enable(on);
    }
    if (n % 1000 === 0) expect(stateOf(side)).toEqual(stateOf(model));
  }
  expect(stateOf(side)).toEqual(stateOf(model));
  expect(model.fetch.misses).toBeGreaterThan(1000);
  expect(through.byHost).toBeLessThan(FETCHES / 10);
});

it("lines that the assist finds whole are known to be present until they go", () => {
  const side = cortexM7();
  const through = assisted(side);
  for (let address = FLASH; address < FLASH + SIZE; address += 8) {
    for (let again = 0; again < 2; again++) {
      side.cycles += through.fetch(address);
      side.cycles += 100;
    }
    for (const key of seen(side)) expect(side.fetch.isPresent((key << 5) >>> 0, side.cycles)).toBe(true);
  }
  expect(seen(side).length).toBeGreaterThan(0);
});

const F4 = { readShift: 4, sectorShift: 0, sets: 1, ways: 64 };
const L4 = { readShift: 3, sectorShift: 2, sets: 1, ways: 32 };
const SETS = { readShift: 4, sectorShift: 0, sets: 4, ways: 2 };
const NONE = { readShift: 4, sectorShift: 0, sets: 1, ways: 0 };

it.each([
  ["lines of one read", F4, undefined],
  ["lines of four reads", L4, undefined],
  ["sets, and reads that begin with edges of a slower clock", SETS, 6],
  ["no lines", NONE, undefined],
])("reads of flash for code go as the model's through %s", (_, geometry, step) => {
  const [model, side] = [cortexM4(geometry, step), cortexM4(geometry, step)];
  const through = assisted(side);
  const random = new Random(13);
  let address = FLASH;
  for (let n = 0; n < FETCHES; n++) {
    address = nextAddress(random, model, address, 4);
    const stall = model.fetch.fetch(address, model.cycles);
    expect(through.fetch(address)).toBe(stall);
    const pause = stall + random.below(random.below(4) === 0 ? 20 : 3);
    for (const each of [model, side]) each.cycles += pause;
    if (random.below(3000) === 0) {
      const [cached, prefetch] = [random.below(3) > 0, random.below(2) === 0];
      const waitStates = random.below(8);
      for (const { array, port } of [model, side]) {
        array.settings = { ...array.settings, waitStates };
        port.configure(cached, prefetch);
      }
    }
    if (n % 500 !== 0) continue;
    expect(stateOf(side)).toEqual(stateOf(model));
    for (const key of seen(side)) {
      const at = (key & 0xfff_ffff) << geometry.readShift;
      const { start, host } = side.map.regions[0]!;
      expect(side.fetch.isPresent(start + at - host, side.cycles)).toBe(true);
    }
  }
  expect(stateOf(side)).toEqual(stateOf(model));
  expect(model.port.misses).toBeGreaterThan(1000);
  expect(through.byHost).toBe(0);
});
