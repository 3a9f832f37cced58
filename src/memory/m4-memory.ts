import type { AccessSize, DataTiming, LineFill } from "./bus.ts";
import type { FlashDataPort } from "./flash-data-port.ts";
import type { FlashFetchPort } from "./flash-port.ts";
import { LineTable, type LineTables } from "./line-table.ts";
import { PAGE_SIZE, type MemoryMap } from "./memory-map.ts";
import { M4_EXTERNAL, M4_UNALIGNED, M4_WRITE_BUFFER } from "./memory-costs.ts";
import { FLASH_DATA, LINE_ENTRIES, MODEL_AREA, RAM_DATA, type FetchEpoch } from "./model-area.ts";
import type { PeripheralPorts } from "./peripheral-ports.ts";
import type { Region } from "./region.ts";
import { type AddressRange, SharedFetch } from "./shared-fetch.ts";
import type { SlaveHolds } from "./slave-holds.ts";
import { StoreBuffer } from "./store-buffer.ts";

/** The ports to the flash of a Cortex-M4 part; absent on a part that runs from RAM alone. */
export interface M4Flash {
  readonly fetch: FlashFetchPort;
  readonly data: FlashDataPort;
}

/**
 * Instruction side of a Cortex-M4. Code in RAM waits for other bus masters only: what the System bus adds is the
 * pipeline's, as it does not change from run to run.
 */
export class M4Fetch {
  readonly lineShift: number;
  readonly presenceShift: number;
  readonly epochWord = MODEL_AREA.fetchEpoch;
  readonly #map: MemoryMap;
  readonly #epoch: FetchEpoch;
  readonly #flash: M4Flash | undefined;
  /** Where other masters reach the RAM that code may run from; absent where none does. */
  readonly #holds: SlaveHolds | undefined;
  readonly #shared: SharedFetch;
  #unbufferedLine = -1;
  /** Code has been fetched from RAM since the last time that another master began to use it. */
  #runsFromRam = false;
  /** Line of a held memory that the core is fetching from. */
  #heldLine = -1;

  constructor(options: {
    map: MemoryMap;
    epoch: FetchEpoch;
    flash: M4Flash | undefined;
    lineShift: number;
    holds: SlaveHolds | undefined;
  }) {
    this.#map = options.map;
    this.#shared = new SharedFetch(options.map);
    this.#epoch = options.epoch;
    this.#flash = options.flash;
    this.lineShift = this.presenceShift = options.lineShift;
    this.#holds = options.holds;
  }

  get epoch(): number {
    return this.#epoch.value;
  }
  isFree(address: number): boolean {
    return this.#holds === undefined && this.#map.find(address)?.config.waitStates === 0;
  }
  sharedWith(address: number): readonly AddressRange[] | undefined {
    return this.#shared.with(address);
  }
  /** Another master has begun to use a memory: code in RAM has to ask again. @returns whether there is any */
  held(): boolean {
    this.#heldLine = -1;
    const has = this.#runsFromRam;
    this.#runsFromRam = false;
    if (has) this.#epoch.advance();
    return has;
  }
  isPresent(address: number, now: number): boolean {
    const region = this.#map.find(address);
    if (region === undefined) return true;
    const { waitStates } = region.config;
    if (waitStates === "flash") return this.#flash?.fetch.has(region.host + (address - region.start)) ?? true;
    if (waitStates !== 0) return address >>> this.lineShift === this.#unbufferedLine;
    if (this.#holds === undefined) return true;
    this.#runsFromRam = true;
    return !this.#holds.isHeld(region, now);
  }
  presentKey(address: number): number | undefined {
    const region = this.#map.find(address);
    if (region?.config.waitStates !== "flash") return undefined;
    return this.#flash?.fetch.presentKey(region.host + (address - region.start));
  }
  /** See `FetchTiming.assist`. */
  get assist() {
    return this.#flash && { port: this.#flash.fetch.assist(FLASH_DATA.freeAt) };
  }
  fetchPath(address: number): number {
    const region = this.#map.find(address);
    if (region?.config.waitStates !== "flash" || this.#flash === undefined) return 0;
    return this.#flash.fetch.fetchPath(region.host + (address - region.start));
  }
  fetch(address: number, now: number): number {
    const region = this.#map.find(address);
    if (region === undefined) return 0;
    switch (region.config.waitStates) {
      case "flash":
        return this.#flash?.fetch.fetch(region.host + (address - region.start), now) ?? 0;
      case "external":
        return this.#unbuffered(address, M4_EXTERNAL.cycles);
      case 0:
        return this.#ram(region, address, now);
      default:
        return this.#unbuffered(address, region.config.waitStates);
    }
  }

  /** Lines that the core is fetching from. The epoch is the caller's to advance at a restore. */
  save(): readonly [unbuffered: number, held: number] {
    return [this.#unbufferedLine, this.#heldLine];
  }
  restore([unbuffered, held]: readonly [number, number]): void {
    this.#unbufferedLine = unbuffered;
    this.#heldLine = held;
  }

  /** One look-up for each line, as long as somebody else holds the memory. */
  #ram(region: Region, address: number, now: number): number {
    if (this.#holds === undefined) return 0;
    this.#runsFromRam = true;
    const line = address >>> this.lineShift;
    if (!this.#holds.isHeld(region, now) || line === this.#heldLine) return 0;
    this.#heldLine = line;
    this.#epoch.gone(0, 0);
    return this.#holds.wait(region, now);
  }

  /** Memory that nothing stands before: only the line being fetched from is at hand. */
  #unbuffered(address: number, cycles: number): number {
    const line = address >>> this.lineShift;
    if (cycles === 0 || line === this.#unbufferedLine) return 0;
    this.#unbufferedLine = line;
    this.#epoch.gone(0, 0);
    return cycles;
  }
}

/** Entries of the table of free reads: more than any part has line buffers, few enough to be emptied often. */
const FREE_READS = 64;
const WRITE_LINE_SHIFT = 5;
const UNALIGNED = {
  halfword: M4_UNALIGNED.halfword.cycles,
  wordAtByte: M4_UNALIGNED.wordAtByte.cycles,
  wordAtHalfword: M4_UNALIGNED.wordAtHalfword.cycles,
};
/** Paths of pages that compiled code accesses itself: flash; and RAM, beyond it by its wait states. */
export const FLASH_PATH = 1;
const MOST_PATHS = 63;

/** Wait states of RAM, or of what lies off the chip. */
const ownWaits = ({ config: { waitStates } }: Region): number =>
  waitStates === "external" ? M4_EXTERNAL.cycles : Number(waitStates);

/** An entry of the table is found by bits of the address that are the guest's and the host's alike. */
function lineFillOf({ geometry, hidden }: FlashDataPort): LineFill | undefined {
  if (FREE_READS << geometry.readShift > PAGE_SIZE) return undefined;
  return { kind: "flash", hidden, unaligned: UNALIGNED, ...geometry };
}

/** Data side of a Cortex-M4: D-Code to the flash through its line buffers, RAM without waits. */
export class M4Data implements DataTiming {
  readonly #flash: M4Flash | undefined;
  readonly #ports: PeripheralPorts;
  readonly #map: MemoryMap;
  readonly #now: () => number;
  readonly #holds: SlaveHolds;
  /** Reads of the flash that a line buffer answers; stores beside code. */
  readonly lines: LineTables;
  readonly lineFill: LineFill | undefined;
  /** One store on its way: the core goes on, and waits at its next access to RAM that is not free. */
  readonly #store: StoreBuffer;
  /** Accesses of the present instruction before this one, and the cycle that the clock shows while it lasts: a word each. */
  readonly #beat: Int32Array;
  readonly #continues: Float64Array;

  constructor(options: {
    map: MemoryMap;
    memory: WebAssembly.Memory;
    flash: M4Flash | undefined;
    ports: PeripheralPorts;
    holds: SlaveHolds;
    now: () => number;
  }) {
    const { map, memory, flash, ports, holds, now } = options;
    const write = new LineTable(memory, {
      base: MODEL_AREA.writeLines,
      entries: LINE_ENTRIES,
      shift: WRITE_LINE_SHIFT,
    });
    const read =
      flash &&
      new LineTable(memory, {
        base: MODEL_AREA.readLines,
        entries: FREE_READS,
        shift: flash.data.geometry.readShift,
      });
    const done = new Float64Array(memory.buffer, RAM_DATA.storeDone, 1);
    this.#store = new StoreBuffer(M4_WRITE_BUFFER.cycles, { done, next: new Int32Array(1) });
    this.#beat = new Int32Array(memory.buffer, RAM_DATA.beat, 1);
    this.#continues = new Float64Array(memory.buffer, RAM_DATA.continues, 1).fill(-1);
    this.lines = { read, write };
    this.lineFill = flash && lineFillOf(flash.data);
    if (flash !== undefined) flash.data.onGone = () => read?.clear();
    this.#map = map;
    this.#flash = flash;
    this.#ports = ports;
    this.#holds = holds;
    this.#now = now;
  }

  isFree(region: Region): boolean {
    return region.config.waitStates === 0 && !this.#holds.isHeld(region, this.#now());
  }
  read(region: Region, address: number): number {
    const { waitStates } = region.config;
    if (waitStates === "flash") return this.#readFlash(region.host + (address - region.start));
    const at = this.#issue();
    const start = Math.max(at, this.#store.drainedAt());
    return this.#stalled(region, start - at + this.#busy(region, start));
  }
  #readFlash(host: number): number {
    return this.#flash?.data.read(host, this.#now()) ?? 0;
  }
  openLine(region: Region, address: number, write: boolean): void {
    const host = region.host + (address - region.start);
    if (write || region.config.waitStates !== "flash" || this.#flash?.data.holds(host) !== true) return;
    this.lines.read?.open(address, region);
  }
  linePath(region: Region): number {
    if (this.lineFill === undefined) return 0;
    if (region.config.waitStates === "flash") return FLASH_PATH;
    if (this.#holds.isHeld(region, this.#now())) return 0;
    const path = FLASH_PATH + ownWaits(region);
    return path > FLASH_PATH && path <= MOST_PATHS ? path : 0;
  }
  write(region: Region): number {
    const { waitStates } = region.config;
    if (waitStates === "flash") return 0; // its controller keeps the array busy
    const at = this.#issue();
    const start = Math.max(at, this.#store.drainedAt());
    return this.#stalled(region, this.#store.push(at, 1 + this.#busy(region, start)));
  }
  /** When an access issues: those of one instruction come a cycle after each other, though the clock stands still. */
  #issue(): number {
    const now = this.#now();
    const beat = now === this.#continues[0] ? this.#beat[0]! + 1 : 0;
    this.#beat[0] = beat;
    this.#continues[0] = now;
    return now + beat;
  }
  /** Cycles that an access at `start` takes beyond one. */
  #busy(region: Region, start: number): number {
    return ownWaits(region) + this.#holds.delay(region, start);
  }
  /** RAM without wait states makes the core wait for other masters alone. */
  #stalled(region: Region, stall: number): number {
    this.#continues[0]! += stall;
    if (region.config.waitStates === 0) this.#holds.waited += stall;
    return stall;
  }
  save(): ReturnType<StoreBuffer["save"]> {
    return this.#store.save();
  }
  restore(saved: ReturnType<StoreBuffer["save"]>): void {
    this.#store.restore(saved);
    this.#continues[0] = -1;
  }
  device(address: number, write: boolean, transfers = 1): number {
    return this.#ports.access(address, write, this.#now(), transfers);
  }
  steadyDeviceRead(address: number): number | undefined {
    return this.#ports.quietRead(address, this.#now());
  }
  unaligned(address: number, size: AccessSize, write: boolean): number {
    const region = this.#map.find(address);
    const isFree = region === undefined || this.isFree(region);
    const waits = isFree ? 0 : write ? this.write(region) : this.read(region, address);
    if (write) return waits;
    if (size === 2) return waits + UNALIGNED.halfword;
    return waits + ((address & 1) !== 0 ? UNALIGNED.wordAtByte : UNALIGNED.wordAtHalfword);
  }
}
