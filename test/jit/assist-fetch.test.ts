import { expect, it } from "vitest";
import { LAYOUT } from "../../src/core/layout.ts";
import { encodeAssists } from "../../src/jit/assists.ts";
import { HOST_FUNCTIONS } from "../../src/jit/host-functions.ts";
import { JitArea } from "../../src/jit/jit-area.ts";
import { SHARED_INDEX } from "../../src/jit/shared-functions.ts";
import { Cache } from "../../src/memory/cache.ts";
import { FlashArray, waitStateRead } from "../../src/memory/flash-array.ts";
import { M7Fetch } from "../../src/memory/m7-fetch.ts";
import { M7Paths, type MemoryPolicy } from "../../src/memory/m7-memory.ts";
import { m7DataWords, m7FetchWords } from "../../src/memory/m7-words.ts";
import { MemoryMap } from "../../src/memory/memory-map.ts";
import { FetchEpoch, M7_FETCH, MODEL_AREA } from "../../src/memory/model-area.ts";
import type { RegionConfig } from "../../src/memory/region.ts";
import { SlaveHolds } from "../../src/memory/slave-holds.ts";
import { Random } from "../exec/random.ts";

const FLASH = 0x0800_0000;
const RAM = 0x2001_0000;
const SIZE = 0x4000;
const PAGES = 256;
const FETCHES = 30_000;

const CACHED: MemoryPolicy = { cache: "write-through", writeAllocate: false, shareable: false };
const UNCACHED: MemoryPolicy = { cache: "non-cacheable", writeAllocate: false, shareable: true };

const region = (
  name: string,
  start: number,
  kind: "ram" | "flash",
  waitStates: 0 | "flash",
): RegionConfig => ({ name, start, size: SIZE, kind, bus: "axi", executable: true, waitStates });

/** The instruction side of a Cortex-M7 with its own clock. */
function instructionSide() {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const configs = [region("RAM", RAM, "ram", 0), region("FLASH", FLASH, "flash", "flash")];
  const map = new MemoryMap(configs, memory, LAYOUT.guest);
  const settings = {
    waitStates: 7,
    prefetch: false,
    instructionCache: false,
    dataCache: false,
    art: false,
    busyUntil: -1,
  };
  const array = new FlashArray(settings, waitStateRead, { freeAt: m7DataWords(memory).arrayFree });
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
type InstructionSide = ReturnType<typeof instructionSide>;

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
    part(M7_FETCH.lines, M7_FETCH.misses + 8),
    part(MODEL_AREA.fetchEpoch, MODEL_AREA.fetchEpoch + 4),
    part(m7DataWords(memory).arrayFree.byteOffset, m7DataWords(memory).arrayFree.byteOffset + 8),
  ];
};

it("lines of code are asked for in wasm as the model asks for them, word by word of its state", () => {
  const [model, side] = [instructionSide(), instructionSide()];
  const through = assisted(side);
  const random = new Random(11);
  let address = FLASH;
  for (let n = 0; n < FETCHES; n++) {
    const isJump = random.below(6) === 0;
    address = isJump ? [FLASH, RAM][random.below(2)]! + 8 * random.below(SIZE / 8 - 8) : address + 8;
    if (model.map.find(address) === undefined) address = FLASH;
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
  const side = instructionSide();
  const through = assisted(side);
  const present = new Int32Array(side.memory.buffer, MODEL_AREA.presentLines, 1024);
  for (let address = FLASH; address < FLASH + SIZE; address += 8) {
    for (let again = 0; again < 2; again++) {
      side.cycles += through.fetch(address);
      side.cycles += 100;
    }
    for (const key of present) {
      if (key >= 0) expect(side.fetch.isPresent((key << 5) >>> 0, side.cycles)).toBe(true);
    }
  }
  expect(present.some((key) => key >= 0)).toBe(true);
});
