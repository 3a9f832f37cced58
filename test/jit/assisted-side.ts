import { expect } from "vitest";
import { EXIT, LAYOUT } from "../../src/core/layout.ts";
import { encodeAssists } from "../../src/jit/assists.ts";
import { ROOM_SHIFT } from "../../src/jit/assist-access.ts";
import { HOST_FUNCTIONS } from "../../src/jit/host-functions.ts";
import { SHARED_INDEX } from "../../src/jit/shared-functions.ts";
import { JitArea } from "../../src/jit/jit-area.ts";
import { Bus, type AccessSize, type DataTiming } from "../../src/memory/bus.ts";
import type { FlashSettings } from "../../src/memory/flash-array.ts";
import { MemoryMap } from "../../src/memory/memory-map.ts";
import { PageTable } from "../../src/memory/page-table.ts";
import { SteadyReads } from "../../src/memory/steady-reads.ts";
import type { RegionConfig } from "../../src/memory/region.ts";

export const RAM = 0x2001_0000;
export const FLASH = 0x0800_0000;
/** RAM that takes two cycles more, where it has no cache. */
export const SLOW_RAM = 0x2002_0000;
export const SIZE = 0x4000;
const PAGES = 256;
const ROOM = 100_000;

export const region = (
  name: string,
  start: number,
  kind: "ram" | "flash",
  waitStates: 0 | 2 | "flash",
): RegionConfig => ({ name, start, size: SIZE, kind, bus: "axi", executable: true, waitStates });

/** Flash at 7 wait states with nothing switched on. */
export const SETTINGS: FlashSettings = {
  waitStates: 7,
  prefetch: false,
  instructionCache: false,
  dataCache: false,
  art: false,
  busyUntil: -1,
};

/** The data side of a core behind its bus, with its own clock. */
export class Side<Timing extends DataTiming> {
  readonly memory = new WebAssembly.Memory({ initial: PAGES });
  readonly bus: Bus;
  readonly data: Timing;
  cycles = 1000;
  /** Answers of the MPU: about whole pages, and about 32 bytes of them. */
  opensPage = (): boolean => true;
  opensGranule = (_address: number): boolean => true;

  constructor(make: (map: MemoryMap, memory: WebAssembly.Memory, now: () => number) => Timing) {
    const { memory } = this;
    const configs = [
      region("RAM", RAM, "ram", 0),
      region("SLOW", SLOW_RAM, "ram", 2),
      region("FLASH", FLASH, "flash", "flash"),
    ];
    const map = new MemoryMap(configs, memory, LAYOUT.guest);
    this.data = make(map, memory, () => this.cycles);
    this.bus = new Bus({
      map,
      readTable: new PageTable(memory, LAYOUT.readTable, "read", map),
      writeTable: new PageTable(memory, LAYOUT.writeTable, "write", map),
      timing: this.data,
      host: {
        raise: () => undefined,
        stall: (cycles) => void (this.cycles += cycles),
        privileged: () => true,
        trapsUnaligned: () => false,
        allowed: () => true,
        openPage: () => this.opensPage(),
        isUnprotected: () => false,
        openGranule: (address) => this.opensGranule(address),
        usedLine: () => undefined,
        usedSteadyRead: () => undefined,
        isDevice: () => false,
      },
      bitBand: false,
      isCompiled: true,
      steady: new SteadyReads(memory),
      flashWrite: () => true,
    });
  }
  /** Bytes of the linear memory. */
  bytes(from: number, to: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, from, to - from).slice();
  }
}

/** Accesses to a side through the assists, which ask the host for what they leave. */
export class AssistedAccesses {
  byHost = 0;
  readonly #side: Side<DataTiming>;
  readonly #area = new JitArea();
  readonly #load: (...args: number[]) => number;
  readonly #store: (...args: number[]) => void;
  readonly #counter = this.#area.slot()!;

  constructor(side: Side<DataTiming>) {
    this.#side = side;
    const { lines, lineFill } = side.data;
    const tables = { read: lines!.read!.layout, write: lines!.write.layout };
    const models = { lines: { ...lineFill!, ...tables }, fetch: undefined, area: this.#area };
    const unused = Object.fromEntries(HOST_FUNCTIONS.map(({ name }) => [name, () => 0]));
    const host = {
      ...unused,
      memory: side.memory,
      load: (address: number, size: number) => {
        this.byHost++;
        return side.bus.load(address, size as AccessSize, false, false);
      },
      store: (address: number, size: number, value: number) => {
        this.byHost++;
        side.bus.store(address, size as AccessSize, value, false, false);
      },
    };
    const module = new WebAssembly.Module(encodeAssists(PAGES, models));
    const { exports } = new WebAssembly.Instance(module, { m: host });
    this.#load = exports[`f${SHARED_INDEX.assistedLoad}`] as (...args: number[]) => number;
    this.#store = exports[`f${SHARED_INDEX.assistedStore}`] as (...args: number[]) => void;
  }

  /** Loads, or stores `value`; the side's clock goes on by the stall. */
  access(address: number, size: number, value: number | undefined): number {
    const left = 50_000;
    const offset = 3;
    const { memory } = this.#side;
    const words = new Int32Array(memory.buffer);
    const deadline = new Float64Array(memory.buffer);
    words[this.#area.left >> 2] = left;
    deadline[this.#area.deadline >> 3] = this.#side.cycles + left - offset;
    const access = size | (ROOM << ROOM_SHIFT);
    let result = 0;
    if (value === undefined) result = this.#load(address, access, 0, left, offset, this.#counter);
    else this.#store(address, access, 0, left, offset, this.#counter, value);
    const stall = left - words[this.#area.left >> 2]!;
    this.#side.cycles += stall;
    if (stall > 0) expect(words[LAYOUT.exit >> 2]! & EXIT.interrupt).toBe(EXIT.interrupt); // no room left
    return result;
  }
}
