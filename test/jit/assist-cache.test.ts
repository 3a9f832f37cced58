import { expect, it } from "vitest";
import { EXIT, LAYOUT } from "../../src/core/layout.ts";
import { encodeAssists } from "../../src/jit/assists.ts";
import { ROOM_SHIFT } from "../../src/jit/assist-access.ts";
import { HOST_FUNCTIONS } from "../../src/jit/host-functions.ts";
import { IMPORT } from "../../src/jit/imports.ts";
import { JitArea } from "../../src/jit/jit-area.ts";
import { Bus, type AccessSize } from "../../src/memory/bus.ts";
import { Cache } from "../../src/memory/cache.ts";
import { FlashArray, waitStateRead } from "../../src/memory/flash-array.ts";
import { M7Data } from "../../src/memory/m7-data.ts";
import { M7Paths, type MemoryPolicy } from "../../src/memory/m7-memory.ts";
import { m7DataWords } from "../../src/memory/m7-words.ts";
import { MemoryMap } from "../../src/memory/memory-map.ts";
import { FetchEpoch, M7_DATA } from "../../src/memory/model-area.ts";
import { PageTable } from "../../src/memory/page-table.ts";
import { SteadyReads } from "../../src/memory/steady-reads.ts";
import { PeripheralPorts } from "../../src/memory/peripheral-ports.ts";
import type { RegionConfig } from "../../src/memory/region.ts";
import { SlaveHolds } from "../../src/memory/slave-holds.ts";
import { Random } from "../exec/random.ts";

const RAM = 0x2001_0000;
const FLASH = 0x0800_0000;
const SIZE = 0x4000;
const PAGES = 256;
const ROOM = 100_000;
const CACHED: MemoryPolicy = { cache: "write-back", writeAllocate: true, shareable: false };
const THROUGH: MemoryPolicy = { cache: "write-through", writeAllocate: false, shareable: false };

const region = (
  name: string,
  start: number,
  kind: "ram" | "flash",
  waitStates: 0 | "flash",
): RegionConfig => ({
  name,
  start,
  size: SIZE,
  kind,
  bus: "axi",
  executable: true,
  waitStates,
});

/** The data side of a Cortex-M7 behind its bus, with its own clock. */
class Side {
  readonly memory = new WebAssembly.Memory({ initial: PAGES });
  readonly area = new JitArea();
  readonly bus: Bus;
  readonly data: M7Data;
  readonly holds: SlaveHolds;
  cycles = 1000;
  policy: (address: number) => MemoryPolicy = () => CACHED;

  constructor() {
    const { memory } = this;
    const configs = [region("RAM", RAM, "ram", 0), region("FLASH", FLASH, "flash", "flash")];
    const map = new MemoryMap(configs, memory, LAYOUT.guest);
    const words = m7DataWords(memory);
    const settings = {
      waitStates: 7,
      prefetch: false,
      instructionCache: false,
      dataCache: false,
      art: false,
      busyUntil: -1,
    };
    const array = new FlashArray(settings, waitStateRead, words.arrayFree);
    const paths = new M7Paths({ ratio: () => 1, array, flashBits: 128 }, false);
    this.holds = new SlaveHolds(map);
    this.data = new M7Data({
      map,
      memory,
      paths,
      policy: (address) => this.policy(address),
      art: undefined,
      holds: this.holds,
      epoch: new FetchEpoch(memory),
      cache: new Cache(1024, 4, words.cache),
      ports: new PeripheralPorts([], { core: 1, bus: 2 }),
      now: () => this.cycles,
      endBlock: () => undefined,
    });
    this.bus = new Bus({
      map,
      readTable: new PageTable(memory, LAYOUT.readTable, map),
      writeTable: new PageTable(memory, LAYOUT.writeTable, map),
      timing: this.data,
      host: {
        raise: () => undefined,
        stall: (cycles) => void (this.cycles += cycles),
        privileged: () => true,
        trapsUnaligned: () => false,
        allowed: () => true,
        openPage: () => true,
        usedLine: () => undefined,
        usedSteadyRead: () => undefined,
        isDevice: () => false,
      },
      bitBand: false,
      steady: new SteadyReads(memory),
      flashWrite: () => true,
    });
    this.data.enable(true);
  }
  /** Everything that the model keeps, but for the paths, which only compiled code asks for. */
  get state(): Uint8Array {
    return new Uint8Array(this.memory.buffer, M7_DATA.lines, M7_DATA.arrayFree + 8 - M7_DATA.lines).slice();
  }
}

/** The same through the assists, which ask the host for what they leave. */
class AssistedSide extends Side {
  byHost = 0;
  readonly #load: (...args: number[]) => number;
  readonly #store: (...args: number[]) => void;
  readonly #counter = this.area.slot()!;

  constructor() {
    super();
    const { lines, cacheGeometry } = this.data;
    const models = {
      cache: { ...cacheGeometry!, read: lines.read.layout, write: lines.write.layout },
      area: this.area,
    };
    const unused = Object.fromEntries(HOST_FUNCTIONS.map(({ name }) => [name, () => 0]));
    const host = {
      ...unused,
      memory: this.memory,
      load: (address: number, size: number) => {
        this.byHost++;
        return this.bus.load(address, size as AccessSize, false, false);
      },
      store: (address: number, size: number, value: number) => {
        this.byHost++;
        this.bus.store(address, size as AccessSize, value, false, false);
      },
    };
    const module = new WebAssembly.Module(encodeAssists(PAGES, models));
    const { exports } = new WebAssembly.Instance(module, { m: host });
    this.#load = exports[`f${IMPORT.assistedLoad}`] as (...args: number[]) => number;
    this.#store = exports[`f${IMPORT.assistedStore}`] as (...args: number[]) => void;
  }

  access(address: number, size: number, value: number | undefined): number {
    const left = 50_000;
    const offset = 3;
    const words = new Int32Array(this.memory.buffer);
    const deadline = new Float64Array(this.memory.buffer);
    words[this.area.left >> 2] = left;
    deadline[this.area.deadline >> 3] = this.cycles + left - offset;
    const access = size | (ROOM << ROOM_SHIFT);
    let result = 0;
    if (value === undefined) result = this.#load(address, access, 0, left, offset, this.#counter);
    else this.#store(address, access, 0, left, offset, this.#counter, value);
    const stall = left - words[this.area.left >> 2]!;
    this.cycles += stall;
    if (stall > 0) expect(words[LAYOUT.exit >> 2]! & EXIT.interrupt).toBe(EXIT.interrupt); // no room left
    return result;
  }
}

it("lines are filled in wasm as the model fills them, word by word of its state", () => {
  const [model, assisted] = [new Side(), new AssistedSide()];
  for (const side of [model, assisted]) side.policy = (a) => (a >= RAM + 0x3000 ? THROUGH : CACHED);
  const random = new Random(7);
  const accesses = 20_000;
  for (let n = 0; n < accesses; n++) {
    const size = ([1, 2, 4] as const)[random.below(3)]!;
    const isStore = random.below(3) === 0;
    const base = isStore || random.below(2) === 0 ? RAM : FLASH;
    const address = base + random.below(SIZE / 4 - 2) * 4 + (random.below(50) === 0 ? 1 : 0);
    const value = isStore ? n : undefined;
    const got = assisted.access(address, size, value);
    if (value === undefined) expect(got).toBe(model.bus.load(address, size, false, false));
    else model.bus.store(address, size, value, false, false);
    expect(assisted.cycles).toBe(model.cycles);
    const pause = random.below(40);
    for (const side of [model, assisted]) side.cycles += pause;
    if (random.below(500) === 0) {
      for (const side of [model, assisted]) {
        side.holds.hold(side.bus.map.find(RAM)!, side.cycles, 30);
        side.data.forgetPaths();
      }
    }
  }
  expect(assisted.state).toEqual(model.state);
  expect(assisted.data.misses).toBeGreaterThan(1000);
  expect(assisted.byHost).toBeLessThan(accesses / 3);
});
