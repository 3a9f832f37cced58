import type { AccessSize, DataTiming } from "./bus.ts";
import type { FlashDataPort, FlashFetchPort } from "./flash-port.ts";
import type { MemoryMap } from "./memory-map.ts";
import { M4_EXTERNAL, M4_UNALIGNED } from "./memory-costs.ts";
import { MODEL_AREA, NO_LINE, type FetchEpoch } from "./model-area.ts";
import type { PeripheralPorts } from "./peripheral-ports.ts";
import type { Region } from "./region.ts";

/** The ports to the flash of a Cortex-M4 part; absent on a part that runs from RAM alone. */
export interface M4Flash {
  readonly fetch: FlashFetchPort;
  readonly data: FlashDataPort;
}

/**
 * Instruction side of a Cortex-M4. Code in RAM waits for nothing here: what the System bus adds is the pipeline's, as it
 * does not change from run to run.
 */
export class M4Fetch {
  readonly lineShift: number;
  readonly epochWord = MODEL_AREA.fetchEpoch;
  readonly #map: MemoryMap;
  readonly #epoch: FetchEpoch;
  readonly #flash: M4Flash | undefined;
  #unbufferedLine = -1;

  constructor(map: MemoryMap, epoch: FetchEpoch, flash: M4Flash | undefined, lineShift: number) {
    this.#map = map;
    this.#epoch = epoch;
    this.#flash = flash;
    this.lineShift = lineShift;
  }

  get epoch(): number {
    return this.#epoch.value;
  }
  isFree(address: number): boolean {
    return this.#map.find(address)?.config.waitStates === 0;
  }
  fetch(address: number, now: number): number {
    const region = this.#map.find(address);
    if (region === undefined) return 0;
    switch (region.config.waitStates) {
      case "flash":
        return this.#flash?.fetch.fetch(region.host + (address - region.start), now) ?? 0;
      case "external":
        return this.#unbuffered(address, M4_EXTERNAL.cycles);
      default:
        return this.#unbuffered(address, region.config.waitStates);
    }
  }

  /** Memory that nothing stands before: only the line being fetched from is at hand. */
  #unbuffered(address: number, cycles: number): number {
    const line = address >>> this.lineShift;
    if (cycles === 0 || line === this.#unbufferedLine) return 0;
    this.#unbufferedLine = line;
    this.#epoch.advance();
    return cycles;
  }
}

/** Entries of the table of free reads: more than any part has line buffers, few enough to be emptied often. */
const FREE_READS = 64;

/** Data side of a Cortex-M4: D-Code to the flash through its line buffers, RAM without waits. */
export class M4Data implements DataTiming {
  readonly #flash: M4Flash | undefined;
  readonly #ports: PeripheralPorts;
  readonly #map: MemoryMap;
  readonly #now: () => number;
  readonly lineTables: DataTiming["lineTables"];
  /** Reads of the flash that a line buffer answers, by address; see `MODEL_AREA.readLine`. */
  readonly #freeReads: Int32Array;

  constructor(options: {
    map: MemoryMap;
    memory: WebAssembly.Memory;
    flash: M4Flash | undefined;
    ports: PeripheralPorts;
    now: () => number;
  }) {
    const { map, memory, flash, ports, now } = options;
    const { buffer } = memory;
    this.#freeReads = new Int32Array(buffer, MODEL_AREA.readLine, FREE_READS).fill(NO_LINE);
    new Int32Array(buffer, MODEL_AREA.writeLine, FREE_READS).fill(NO_LINE); // no store is free by line
    if (flash !== undefined) {
      const { read, write } = { read: MODEL_AREA.readLine, write: MODEL_AREA.writeLine };
      this.lineTables = { read, write, sets: FREE_READS, shift: flash.data.readShift };
      flash.data.onGone = () => this.#freeReads.fill(NO_LINE);
    }
    this.#map = map;
    this.#flash = flash;
    this.#ports = ports;
    this.#now = now;
  }

  isFree({ config }: Region): boolean {
    return config.waitStates === 0;
  }
  read(region: Region, address: number): number {
    const { waitStates } = region.config;
    if (waitStates === "flash") return this.#readFlash(region.host + (address - region.start), address);
    return waitStates === "external" ? M4_EXTERNAL.cycles : waitStates;
  }
  #readFlash(host: number, address: number): number {
    const port = this.#flash?.data;
    if (port === undefined) return 0;
    const stall = port.read(host, this.#now());
    const line = address >>> port.readShift;
    if (port.holds(host)) this.#freeReads[line & (FREE_READS - 1)] = line;
    return stall;
  }
  write({ config }: Region): number {
    if (config.waitStates === "flash") return 0; // its controller keeps the array busy
    return config.waitStates === "external" ? M4_EXTERNAL.cycles : config.waitStates;
  }
  device(address: number, write: boolean): number {
    return this.#ports.access(address, write, this.#now());
  }
  unaligned(address: number, size: AccessSize, write: boolean): number {
    const region = this.#map.find(address);
    const waits = region === undefined ? 0 : write ? this.write(region) : this.read(region, address);
    if (write) return waits;
    if (size === 2) return waits + M4_UNALIGNED.halfword.cycles;
    const odd = (address & 1) !== 0;
    return waits + (odd ? M4_UNALIGNED.wordAtByte : M4_UNALIGNED.wordAtHalfword).cycles;
  }
}
