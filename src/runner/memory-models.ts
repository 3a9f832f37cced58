import type { Accelerator, Board, Flash } from "../board/board.ts";
import type { DataTiming } from "../memory/bus.ts";
import { Cache } from "../memory/cache.ts";
import { DmaTraffic } from "../memory/dma-traffic.ts";
import { cacheDependentRead, FlashArray, waitStateRead, type FlashSettings } from "../memory/flash-array.ts";
import { FlashDataPort, flashDataWords, type FlashDataWords } from "../memory/flash-data-port.ts";
import {
  FlashFetchPort,
  flashFetchWords,
  type FlashFetchWords,
  type PortGeometry,
} from "../memory/flash-port.ts";
import { M4Data, M4Fetch, type M4Flash } from "../memory/m4-memory.ts";
import type { PathConditions } from "../memory/bus-path.ts";
import { M7Data } from "../memory/m7-data.ts";
import { M7Fetch } from "../memory/m7-fetch.ts";
import { M7Paths } from "../memory/m7-memory.ts";
import { m7DataWords, m7FetchWords } from "../memory/m7-words.ts";
import { DMA, M4_EXTERNAL } from "../memory/memory-costs.ts";
import { FetchEpoch } from "../memory/model-area.ts";
import type { Region } from "../memory/region.ts";
import { SlaveHolds } from "../memory/slave-holds.ts";
import type { CacheOperation } from "../peripherals/cortex-m/config.ts";
import type { Clocks } from "../peripherals/peripheral.ts";
import type { FetchTiming } from "../timing/timing.ts";
import type { TimingSurroundings } from "./board-timing.ts";
import type { MemoryCosts } from "./cost-overrides.ts";
import type { EventCounters } from "./counters.ts";
import { m4Ports, m7Ports } from "./port-buses.ts";

/** Both sides of a board's memory system, and what changes them. */
export interface MemoryModels {
  readonly data: DataTiming;
  readonly fetch: FetchTiming;
  /** What DMA masters tell of their accesses. */
  readonly dma: DmaTraffic;
  /** The firmware has set the flash controller otherwise. */
  flashChanged(settings: FlashSettings): void;
  flashBuffersEmptied(which: "instruction" | "data" | "art"): void;
  cachesEnabled(instruction: boolean, data: boolean): void;
  cacheMaintenance(operation: CacheOperation, value: number): void;
  attributesChanged(): void;
  clocksChanged(clocks: Clocks): void;
  counters(): EventCounters;
  /** What the models keep outside the linear memory. */
  save(): unknown;
  /** Also lets every block ask for its lines again, as what blocks remember belongs to another past. */
  restore(saved: unknown): void;
}

/** Core clocks to one clock of a domain. */
type Ratio = (domain: string) => number;
const ratioOf =
  (clocks: Clocks): Ratio =>
  (domain) =>
    clocks.coreHz / clocks.hz(domain);

/** Bytes that a line buffer holds on a part whose flash width is not published. */
const DEFAULT_READ_BITS = 128;

/** The controller as it is after reset. */
export function resetSettings({ resetWaitStates, accelerator }: Flash): FlashSettings {
  const off = { instructionCache: false, dataCache: false, prefetch: false };
  const switches = "reset" in accelerator ? accelerator.reset : off;
  const art = accelerator.kind === "st-art-f7" && switches.instructionCache;
  // The FMC of the Kinetis parts caches and speculates from reset on.
  const on = accelerator.kind === "kinetis-fmc";
  return {
    waitStates: resetWaitStates,
    prefetch: on || switches.prefetch,
    instructionCache: on || switches.instructionCache,
    dataCache: on || switches.dataCache,
    art,
    busyUntil: -1,
  };
}

const shiftOf = (bits: number): number => Math.log2(bits / 8);

/** Lines on the instruction and on the data bus of a Cortex-M4 part. */
function m4Geometry(
  accelerator: Accelerator,
  widthBits: number,
  { flash }: MemoryCosts,
): readonly [PortGeometry, PortGeometry] {
  const fully = (readBits: number, lineBits: number, ways: number): PortGeometry => ({
    readShift: shiftOf(readBits),
    sectorShift: Math.log2(lineBits / readBits),
    sets: 1,
    ways,
  });
  switch (accelerator.kind) {
    case "st-art-f4":
    case "st-l4": {
      const { instructionLines, dataLines, lineBits } = accelerator;
      return [fully(widthBits, lineBits, instructionLines), fully(widthBits, lineBits, dataLines)];
    }
    case "kinetis-fmc": {
      // A read fills several lines at once, which here are one. Both buses share them; here each has all for itself.
      const { sets, ways, lineBits, bufferBits } = accelerator;
      const together = Math.max(1, Math.floor((ways * lineBits) / bufferBits));
      const geometry = { readShift: shiftOf(bufferBits), sectorShift: 0, sets, ways: together };
      return [geometry, geometry];
    }
    case "nrf-icache":
      return [fully(widthBits, widthBits, flash.nrfLines.cycles), fully(widthBits, widthBits, 0)];
    default:
      return [fully(widthBits, widthBits, 0), fully(widthBits, widthBits, 0)];
  }
}

function m4Array(flash: Flash, ratio: () => number, freeAt: Float64Array): FlashArray {
  const { accelerator } = flash;
  const settings = resetSettings(flash);
  if (accelerator.kind === "kinetis-fmc") {
    // Flash runs at a fraction of the core's clock, and a read begins with its edge.
    // @source K64 reference manual, "Flash Memory Controller"
    return new FlashArray(settings, ratio, { freeAt, step: ratio });
  }
  if (accelerator.kind !== "nrf-icache") return new FlashArray(settings, waitStateRead, { freeAt });
  const read = cacheDependentRead(accelerator.waitStatesOff, accelerator.waitStatesMiss);
  return new FlashArray(settings, read, { freeAt });
}

/** Whether the board has a DMA controller whose accesses the core may have to wait for. */
const hasDmaController = ({ peripherals }: Board): boolean =>
  peripherals.some(({ type }) => type === "stm32-dma" || type === "stm32-bdma");

/** The memory system of a Cortex-M4 part. */
export function m4Memory(board: Board, around: TimingSurroundings, costs: MemoryCosts): MemoryModels {
  const { map, memory, now } = around;
  const epoch = new FetchEpoch(memory);
  const holds = new SlaveHolds(map);
  const ports = m4Ports(board);
  let flashRatio = 1;
  const { flash } = board;
  const widthBits = flash?.widthBits ?? DEFAULT_READ_BITS;
  const words = flashDataWords(memory);
  const array = flash && m4Array(flash, () => flashRatio, words.freeAt);
  const flashPorts =
    flash &&
    array &&
    m4FlashPorts(flash, array, { epoch, words, fetchWords: flashFetchWords(memory), widthBits, costs });
  const configure = (settings: FlashSettings): void => {
    flashPorts?.fetch.configure(settings.instructionCache, settings.prefetch);
    flashPorts?.data.configure(settings.dataCache);
  };
  if (array !== undefined) configure(array.settings);
  const fetch = new M4Fetch({
    map,
    epoch,
    flash: flashPorts,
    lineShift: shiftOf(widthBits),
    holds: hasDmaController(board) ? holds : undefined,
  });
  const dma = new DmaTraffic({
    map,
    holds,
    ports,
    array,
    now,
    cycles: ({ config: { waitStates } }) =>
      waitStates === "external" ? M4_EXTERNAL.cycles : DMA.access.cycles + Number(waitStates),
    onHold(region) {
      around.memoryHeld(region);
      if (fetch.held()) around.endBlock();
    },
  });
  const data = new M4Data({ map, memory, flash: flashPorts, ports, holds, now });
  return {
    data,
    fetch,
    dma,
    flashChanged(settings) {
      if (array !== undefined) array.settings = settings;
      configure(settings);
      epoch.advance();
    },
    flashBuffersEmptied(which) {
      if (which === "data") flashPorts?.data.clear();
      else flashPorts?.fetch.clear();
    },
    cachesEnabled: () => undefined,
    cacheMaintenance: () => undefined,
    attributesChanged: () => undefined,
    clocksChanged(clocks) {
      const ratio = ratioOf(clocks);
      ports.setClocks({ domain: ratio, fixed: (hz) => clocks.coreHz / hz, matrix: 1 });
      if (flash?.accelerator.kind === "kinetis-fmc") flashRatio = Math.max(1, Math.round(ratio("flash")));
      if (array !== undefined) configure(array.settings);
      epoch.advance();
    },
    counters: () => ({
      ...(flashPorts === undefined ? {} : { artMisses: flashPorts.fetch.misses + flashPorts.data.misses }),
      ...dma.counters(),
    }),
    ...restorable(
      [array, flashPorts?.fetch, flashPorts?.data, fetch, data, ports, holds, dma],
      { save: () => flashRatio, restore: (ratio: number) => (flashRatio = ratio) },
      () => epoch.advance(),
    ),
  };
}

function m4FlashPorts(
  flash: Flash,
  array: FlashArray,
  around: {
    readonly epoch: FetchEpoch;
    readonly words: FlashDataWords;
    readonly fetchWords: FlashFetchWords;
    readonly widthBits: number;
    readonly costs: MemoryCosts;
  },
): M4Flash {
  const { epoch, words, fetchWords, widthBits, costs } = around;
  const [instruction, data] = m4Geometry(flash.accelerator, widthBits, costs);
  const { fetchAhead, l4DataHidden, f4DataHidden } = costs.flash;
  const hidden = flash.accelerator.kind === "st-l4" ? l4DataHidden : f4DataHidden;
  return {
    fetch: new FlashFetchPort({
      array,
      epoch,
      geometry: instruction,
      fetchAhead: fetchAhead.cycles,
      words: fetchWords,
    }),
    data: new FlashDataPort(array, data, hidden.cycles, words),
  };
}

/** Lines of F7's accelerator: one read of the array each. */
function artPort(
  accelerator: Accelerator,
  array: FlashArray,
  around: { readonly epoch: FetchEpoch; readonly words: FlashFetchWords },
  { buffer }: MemoryCosts,
): FlashFetchPort {
  const ways = accelerator.kind === "st-art-f7" ? accelerator.lines : 0;
  const bits = accelerator.kind === "st-art-f7" ? accelerator.lineBits : 256;
  const geometry = { readShift: shiftOf(bits), sectorShift: 0, sets: 1, ways };
  return new FlashFetchPort({ array, ...around, geometry, fetchAhead: buffer.fetchAhead.cycles });
}

/** The memory system of a Cortex-M7 part. */
export function m7Memory(board: Board, around: TimingSurroundings, costs: MemoryCosts): MemoryModels {
  const { map, memory, now, attributes: policy } = around;
  const { icache, dcache } = board.core;
  const { flash } = board;
  const epoch = new FetchEpoch(memory);
  const clock = new BusRatio(board);
  const readCycles = (settings: FlashSettings): number => clock.flash * waitStateRead(settings);
  const words = m7DataWords(memory);
  const array = flash && new FlashArray(resetSettings(flash), readCycles, { freeAt: words.arrayFree });
  const flashBits = flash?.widthBits ?? DEFAULT_READ_BITS;
  const conditions = {
    ratio: (region: Region) => clock.of(region),
    array,
    flashBits,
    costs: costs.axi,
    ...serialFlash(flash),
  };
  const paths = new M7Paths(conditions, icache === undefined && dcache === undefined);
  const art =
    flash && array && artPort(flash.accelerator, array, { epoch, words: flashFetchWords(memory) }, costs);
  const ports = m7Ports(board);
  const holds = new SlaveHolds(map);
  const icacheModel = icache && new Cache(icache.bytes, icache.ways, m7FetchWords(memory).cache);
  const dcacheModel = dcache && new Cache(dcache.bytes, dcache.ways, words.cache);
  const shared = { map, paths, policy, art, holds, buffers: costs.buffer };
  const fetch = new M7Fetch({ ...shared, memory, epoch, cache: icacheModel });
  const data = new M7Data({
    ...shared,
    memory,
    epoch,
    cache: dcacheModel,
    ports,
    now,
    endBlock: around.endBlock,
  });
  const dma = new DmaTraffic({
    map,
    holds,
    ports,
    array,
    now,
    // The core goes first in its TCMs: the slave port's accesses are demoted after reset. @source DDI0489 "AHBSCR"
    cycles: (region) => {
      const path = paths.of(region);
      return path === undefined ? 0 : Math.max(clock.of(region) * DMA.access.cycles, path.beat / 2);
    },
    onHold() {
      data.forgetPaths();
      fetch.forgetPaths();
    },
  });
  const configureArt = ({ art: on, prefetch }: FlashSettings): void => art?.configure(on, on && prefetch);
  const forget = (): void => {
    paths.changed();
    if (array !== undefined) configureArt(array.settings);
    fetch.forget();
    data.forget();
  };
  return {
    data,
    fetch,
    dma,
    flashChanged(settings) {
      if (array !== undefined) array.settings = settings;
      forget();
    },
    flashBuffersEmptied: () => art?.clear(),
    cachesEnabled(instruction, dataCache) {
      fetch.enable(instruction);
      data.enable(dataCache);
    },
    cacheMaintenance: (operation, value) => maintain(fetch, data, dcacheModel, operation, value),
    attributesChanged: forget,
    clocksChanged(clocks) {
      const ratio = ratioOf(clocks);
      clock.changed(ratio, clocks.coreHz);
      ports.setClocks({ domain: ratio, fixed: (hz) => clocks.coreHz / hz, matrix: clock.flash });
      forget();
    },
    counters: () => ({
      ...(icacheModel === undefined ? {} : { icacheMisses: fetch.misses }),
      ...(dcacheModel === undefined ? {} : { dcacheMisses: data.misses }),
      ...(flash?.accelerator.kind === "st-art-f7" ? { artMisses: art?.misses ?? 0 } : {}),
      ...dma.counters(),
    }),
    ...restorable([array, art, fetch, data, ports, holds, dma], clock, () => {
      paths.changed();
      epoch.advance();
    }),
  };
}

function serialFlash(flash: Flash | undefined): Pick<PathConditions, "serialFlash"> {
  if (flash?.accelerator.kind !== "flexspi") return {};
  const { missCycles, prefetchBytes } = flash.accelerator;
  return { serialFlash: { missCycles, readsAhead: prefetchBytes > 0 } };
}

/** How many core clocks make one of the bus behind AXIM: by the clock tree where the part divides it, else as the board says. */
class BusRatio {
  /** The domain of that bus, where the part has one for it. */
  readonly #domain: "ahb3" | "ipg" | undefined;
  /** Memories behind FlexSPI keep their own clock; elsewhere theirs is made of the core's. */
  readonly #maxHz: number | undefined;
  #present = 1;
  #external = 1;

  constructor({ clocks: { max }, flash, peripherals }: Board) {
    this.#domain = (["ahb3", "ipg"] as const).find((name) => peripherals.some(({ clock }) => clock === name));
    this.#maxHz = flash?.accelerator.kind === "flexspi" ? max.coreHz : undefined;
  }

  /** Of the flash: on AXI. */
  get flash(): number {
    return this.#domain === "ahb3" ? this.#present : 1;
  }
  of({ config: { bus, clockRatio = 1 } }: Region): number {
    if (bus === "external") return this.#external;
    if (this.#domain === "ahb3") return this.#present;
    return this.#domain === "ipg" && clockRatio > 1 ? this.#present : clockRatio;
  }
  changed(ratio: Ratio, coreHz: number): void {
    if (this.#domain !== undefined) this.#present = Math.max(1, Math.round(ratio(this.#domain)));
    if (this.#maxHz !== undefined) this.#external = coreHz / this.#maxHz;
  }
  save(): readonly [present: number, external: number] {
    return [this.#present, this.#external];
  }
  restore([present, external]: readonly [number, number]): void {
    this.#present = present;
    this.#external = external;
  }
}

/** A part of a model with state of its own. */
interface Restorable {
  save(): unknown;
  restore(saved: never): void;
}

/** `save` and `restore` of several parts together; what is absent stays absent. */
function restorable(
  parts: readonly (Restorable | undefined)[],
  ratio: Restorable,
  restored: () => void,
): Pick<MemoryModels, "save" | "restore"> {
  const all = [ratio, ...parts];
  return {
    save: () => all.map((part) => part?.save()),
    restore(from) {
      const saved = from as readonly never[]; // only ever what `save` gave, in the order of the parts
      all.forEach((part, i) => part?.restore(saved[i]!));
      restored();
    },
  };
}

/** @source DDI0489, "Cache maintenance operations" */
function maintain(
  fetch: M7Fetch,
  data: M7Data,
  cache: Cache | undefined,
  operation: CacheOperation,
  value: number,
): void {
  if (operation === "ICIALLU") fetch.invalidateAll();
  if (operation === "ICIMVAU") fetch.invalidate(value >>> 0);
  if (cache === undefined || !operation.startsWith("DC")) return;
  const at = operation.endsWith("SW") ? cache.atSetWay(value) : cache.find(value >>> 5);
  if (at < 0) return;
  if (operation.startsWith("DCC")) data.clean(at);
  if (operation.includes("I")) data.invalidate(at);
}
