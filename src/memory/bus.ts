import type { PortGeometry } from "./flash-port.ts";
import { PAGE_BITS, PAGE_SIZE, type MemoryMap } from "./memory-map.ts";
import { OPEN_REGIONS } from "./model-area.ts";
import type { OpenRegion, Width } from "./open-regions.ts";
import type { LineTables } from "./line-table.ts";
import { PageTable } from "./page-table.ts";
import type { Region } from "./region.ts";
import type { SteadyReads } from "./steady-reads.ts";

/** Size of one access in bytes. */
export type AccessSize = 1 | 2 | 4;
/** Faults that a data access can raise. */
export type BusFault = "PRECISERR" | "DACCVIOL" | "UNALIGNED";

/** A block of registers on the bus. */
export interface BusDevice {
  readonly base: number;
  readonly size: number;
  read(offset: number, size: AccessSize): number | undefined;
  write(offset: number, size: AccessSize, value: number): boolean;
  /** The read has no effect, and gives the same until the next event, write, or read that is not steady. */
  isSteady?(offset: number, size: AccessSize): boolean;
}

/**
 * Memory whose accesses compiled code can make itself: behind the cache whose state is at `M7_DATA`, or reads of flash
 * through the buffers whose state is at `FLASH_DATA`.
 */
export type LineFill = (
  | {
      readonly kind: "cache";
      readonly sets: number;
      readonly ways: number;
      /** Lines on their way, and stores. */
      readonly buffers: number;
      readonly stores: number;
    }
  | ({ readonly kind: "flash"; readonly hidden: number } & PortGeometry)
) & { readonly unaligned: UnalignedLoads };

/** Stalls of loads that are not aligned, from memory that is free and in one line of it. */
export interface UnalignedLoads {
  readonly halfword: number;
  readonly wordAtByte: number;
  readonly wordAtHalfword: number;
}

/** Cycles that the memory system adds to data accesses, beyond what the core's own table charges. */
export interface DataTiming {
  /** Whether every aligned access to `region` is free, so that it may take the fast path. */
  isFree(region: Region, write: boolean): boolean;
  /** Stall of one access that lies in one region and is aligned to its size. */
  read(region: Region, address: number, size: AccessSize): number;
  write(region: Region, address: number, size: AccessSize): number;
  /** Tables of lines with free accesses in regions that are not free; absent without such lines. */
  readonly lines?: LineTables | undefined;
  /** Enters the line of `address` in its table if accesses to it are free from now on. Absent without tables. */
  openLine?(region: Region, address: number, write: boolean): void;
  /** What compiled code has to know to make accesses to pages with a `linePath` itself; absent without any. */
  readonly lineFill?: LineFill | undefined;
  /** Number of the path by which compiled code may fill lines of the page of `address` itself; 0 when it may not. */
  linePath?(region: Region, address: number): number;
  /** Stall of an access to a device's register; `transfers` 2 for a store that reads and writes back (bit-band). */
  device(address: number, write: boolean, transfers?: number): number;
  /** What every read of the register stalls from now on, if no access before it is still under way. */
  steadyDeviceRead(address: number): number | undefined;
  /** Whole stall of an access that is not aligned to its size. */
  unaligned(address: number, size: AccessSize, write: boolean): number;
}

/** What the bus asks of the core. */
export interface BusHost {
  raise(kind: BusFault, address: number): void;
  /** Charges a data stall to the instruction being executed. */
  stall(cycles: number): void;
  privileged(): boolean;
  /** CCR.UNALIGN_TRP. */
  trapsUnaligned(): boolean;
  /** MPU and default memory map: whether the access is allowed. */
  allowed(address: number, size: AccessSize, write: boolean, privileged: boolean): boolean;
  /** Whether every access of the kind to the page of `address` is allowed, so that its fast path may be opened. */
  openPage(address: number, write: boolean): boolean;
  /** Whether that is so of all memory, whoever runs: nothing protects any. */
  isUnprotected(): boolean;
  /** The same of the 32 bytes that hold `address`, in a page of which that is not so. */
  openGranule(address: number, write: boolean): boolean;
  /** The instruction being executed accessed memory whose lines can be free. */
  usedLine(): void;
  /** The instruction being executed read a device's register that stays as it is for a while. */
  usedSteadyRead(): void;
  /** Normal memory may be accessed unaligned; Device and Strongly-ordered memory may not. */
  isDevice(address: number): boolean;
}

/** Programs flash through its controller; false is a bus error. */
export type FlashWrite = (region: Region, address: number, size: AccessSize, value: number) => boolean;

const BIT_BANDS = [
  { alias: 0x2200_0000, target: 0x2000_0000 },
  { alias: 0x4200_0000, target: 0x4000_0000 },
] as const;
/** log2 of the bytes of a line by which stores beside code are told from stores to it; that of `LineTables.write`. */
const CODE_LINE_BITS = 5;
/** log2 of the bytes of which the MPU allows all or none. */
const GRANULE_BITS = 5;
const BIT_BAND_ALIAS_SIZE = 0x0200_0000;

/** The slow path of every data access: faults, devices, alignment, bit-band, timing, and code that is written over. */
export class Bus {
  readonly map: MemoryMap;
  readonly readTable: PageTable;
  readonly writeTable: PageTable;
  /** Set by the timing model. */
  timing: DataTiming;
  readonly #host: BusHost;
  readonly #devices = new Map<number, BusDevice[]>();
  readonly #bitBand: boolean;
  /** Compiled code performs accesses to memory that is not free itself, and has to know how. */
  readonly #notesPaths: boolean;
  readonly #steady: SteadyReads;
  readonly #flashWrite: FlashWrite;
  /** Pages and lines of the linear memory that code was ever translated from. */
  readonly #codePages = new Set<number>();
  readonly #codeLines = new Set<number>();
  /** Regions that compiled code looks for as a whole, by kind of access: opened again when a page of them is. */
  readonly #wanted = { read: new Set<Region>(), write: new Set<Region>() };
  /** The device accessed last: where firmware polls, the next access is to the same one. */
  #lastDevice: BusDevice | undefined;
  #onCodeWrite: (host: number, size: number) => void = () => undefined;

  constructor(options: {
    map: MemoryMap;
    readTable: PageTable;
    writeTable: PageTable;
    timing: DataTiming;
    host: BusHost;
    bitBand: boolean;
    isCompiled: boolean;
    flashWrite: FlashWrite;
    steady: SteadyReads;
  }) {
    this.map = options.map;
    this.readTable = options.readTable;
    this.writeTable = options.writeTable;
    this.timing = options.timing;
    this.#host = options.host;
    this.#bitBand = options.bitBand;
    this.#notesPaths = options.isCompiled;
    this.#flashWrite = options.flashWrite;
    this.#steady = options.steady;
  }

  attach(device: BusDevice): void {
    const first = device.base >>> PAGE_BITS;
    const last = (device.base + device.size - 1) >>> PAGE_BITS;
    for (let page = first; page <= last; page++) {
      const list = this.#devices.get(page);
      if (list === undefined) this.#devices.set(page, [device]);
      else list.push(device);
    }
  }

  /** Calls `listener` when a store or the flash controller changes bytes of a line marked as code. */
  onCodeWrite(listener: (host: number, size: number) => void): void {
    this.#onCodeWrite = listener;
  }
  /** Sends stores to lines with any of the `size` bytes at `host` of the linear memory through the slow path. */
  markCode(host: number, size: number): void {
    const known = this.#codeLines.size;
    const last = (host + size - 1) >>> CODE_LINE_BITS;
    for (let line = host >>> CODE_LINE_BITS; line <= last; line++) this.#codeLines.add(line);
    if (this.#codeLines.size === known) return;
    for (const at of [host, host + size - 1]) {
      if (this.#codePages.has(at >>> PAGE_BITS)) continue;
      this.#codePages.add(at >>> PAGE_BITS);
      this.writeTable.closeHostPage(at);
    }
    this.timing.lines?.write.clear();
  }
  /** Told of bytes that changed without a store, such as flash that was programmed or DMA. */
  bytesChanged(host: number, size: number): void {
    const last = (host + size - 1) >>> CODE_LINE_BITS;
    for (let line = host >>> CODE_LINE_BITS; line <= last; line++) {
      if (!this.#codeLines.has(line)) continue;
      this.#onCodeWrite(host, size);
      return;
    }
  }
  /** Opens the region that holds `address` as a whole, now and when it has been closed; undefined if that cannot be done. */
  wantRegion(address: number, write: boolean, width: Width): OpenRegion | undefined {
    const region = this.map.find(address >>> 0);
    if (region === undefined || region.index >= OPEN_REGIONS || !this.#openRegion(region, write))
      return undefined;
    this.#wanted[write ? "write" : "read"].add(region);
    const { regions } = write ? this.writeTable : this.readTable;
    return { start: region.start, host: region.host, limit: regions.limitOf(region, width) };
  }
  #openRegion(region: Region, write: boolean): boolean {
    const { regions } = write ? this.writeTable : this.readTable;
    if (regions.has(region)) return true;
    if (!this.#host.isUnprotected() || !this.timing.isFree(region, write)) return false;
    if (write && (region.kind !== "ram" || this.#holdsCode(region))) return false;
    for (let offset = 0; offset < region.size; offset += PAGE_SIZE)
      if (!this.#host.openPage(region.start + offset, write)) return false;
    regions.open(region);
    return true;
  }
  #holdsCode({ host, size }: Region): boolean {
    for (const page of this.#codePages)
      if (page >= host >>> PAGE_BITS && page <= (host + size - 1) >>> PAGE_BITS) return true;
    return false;
  }
  /** Opens the page of `address` in `region`, whose accesses of the kind are free. */
  #fillPage(region: Region, address: number, write: boolean): void {
    (write ? this.writeTable : this.readTable).fill(address, region);
    if (this.#wanted[write ? "write" : "read"].has(region)) this.#openRegion(region, write);
  }

  /** Sends accesses to the memory behind `region` through the slow path, until each page is opened again. */
  closeRegion(region: Region): void {
    this.readTable.closeRegion(region);
    this.writeTable.closeRegion(region);
    this.timing.lines?.read?.clear();
    this.timing.lines?.write.clear();
  }
  /** Forgets all fast paths: permissions, privilege or timing changed. */
  flush(): void {
    this.readTable.flush();
    this.writeTable.flush();
    this.timing.lines?.read?.clear();
    this.timing.lines?.write.clear();
    this.#steady.forget();
  }

  /** A load of the core; on a fault the result is 0 and the host has been told. */
  load(address: number, size: AccessSize, mustAlign: boolean, unprivileged: boolean): number {
    const a = address >>> 0;
    const lines = this.timing.lines?.read;
    if (lines !== undefined && (a & (size - 1)) === 0 && !unprivileged) {
      const byte = lines.hostOf(a);
      if (byte >= 0) {
        this.#host.usedLine();
        return this.#getAt(byte, size);
      }
    }
    const privileged = !unprivileged && this.#host.privileged();
    if ((a & (size - 1)) !== 0) {
      if (!this.#mayBeUnaligned(a, mustAlign)) return 0;
      this.#host.stall(this.timing.unaligned(a, size, false));
      let value = 0;
      for (let i = 0; i < size; i++)
        value |= this.#loadAligned((a + i) >>> 0, 1, privileged, false) << (8 * i);
      return value;
    }
    return this.#loadAligned(a, size, privileged, true);
  }

  /** A store of the core. */
  store(address: number, size: AccessSize, value: number, mustAlign: boolean, unprivileged: boolean): void {
    const a = address >>> 0;
    const lines = this.timing.lines?.write;
    if (lines !== undefined && (a & (size - 1)) === 0 && !unprivileged) {
      const byte = lines.hostOf(a);
      if (byte >= 0) {
        // There is no code in such a line.
        this.#host.usedLine();
        this.#putAt(byte, size, value);
        return;
      }
    }
    const privileged = !unprivileged && this.#host.privileged();
    if ((a & (size - 1)) !== 0) {
      if (!this.#mayBeUnaligned(a, mustAlign)) return;
      this.#host.stall(this.timing.unaligned(a, size, true));
      for (let i = 0; i < size; i++) {
        if (!this.#storeAligned((a + i) >>> 0, 1, (value >>> (8 * i)) & 0xff, privileged, false)) return;
      }
      return;
    }
    this.#storeAligned(a, size, value, privileged, true);
  }

  /** See `ExceptionHost.freeWords`. */
  freeWords(address: number, count: number, write: boolean): number {
    const last = (address + 4 * (count - 1)) >>> 0;
    const table = write ? this.writeTable : this.readTable;
    if (address >>> PAGE_BITS === last >>> PAGE_BITS) {
      const byte = table.hostOf(address);
      if (byte >= 0) return byte;
    }
    const lines = write ? this.timing.lines?.write : this.timing.lines?.read;
    if (lines === undefined) return -1;
    const byte = lines.hostOf(address);
    const step = 1 << lines.layout.shift;
    for (let a = address + step; byte >= 0 && a < last + step; a += step) {
      const next = Math.min(a, last);
      // Behind the end of a region the linear memory may go on with something else.
      if (lines.hostOf(next) !== byte + (next - address)) return -1;
    }
    return byte;
  }

  /** A read by another bus master or a debugger: no timing, no permissions; undefined is a bus error. */
  peek(address: number, size: AccessSize): number | undefined {
    const region = this.map.find(address);
    if (region !== undefined && address - region.start + size <= region.size)
      return this.#get(region, address, size);
    const device = this.#device(address, size);
    this.#steady.forget();
    return device?.read(address - device.base, size);
  }
  /** The writing counterpart of `peek`; flash is not programmed this way. */
  poke(address: number, size: AccessSize, value: number): boolean {
    const region = this.map.find(address);
    if (region !== undefined && address - region.start + size <= region.size) {
      if (region.kind !== "ram") return false;
      this.#put(region, address, size, value);
      return true;
    }
    const device = this.#device(address, size);
    this.#steady.forget();
    return device?.write(address - device.base, size, value) ?? false;
  }

  #mayBeUnaligned(address: number, mustAlign: boolean): boolean {
    if (!mustAlign && !this.#host.trapsUnaligned() && !this.#host.isDevice(address)) return true;
    this.#host.raise("UNALIGNED", address);
    return false;
  }

  #loadAligned(a: number, size: AccessSize, privileged: boolean, charge: boolean): number {
    const host = this.#host;
    if (!host.allowed(a, size, false, privileged)) {
      host.raise("DACCVIOL", a);
      return 0;
    }
    const region = this.map.find(a);
    if (region !== undefined && a - region.start + size <= region.size) {
      const isFree = this.timing.isFree(region, false);
      if (!isFree && charge) host.stall(this.timing.read(region, a, size));
      if (isFree) {
        if (host.openPage(a, false)) this.#fillPage(region, a, false);
        else this.#openGranule(region, a, false);
      } else if (this.timing.lines !== undefined && host.openPage(a, false)) this.#openLine(region, a, false);
      return this.#get(region, a, size);
    }
    const value = this.#readDevice(a, size);
    if (value !== undefined) return value | 0;
    host.raise("PRECISERR", a);
    return 0;
  }

  /** Opens a line of free memory in a page where the MPU allows only some. */
  #openGranule(region: Region, a: number, write: boolean): void {
    const table = write ? this.timing.lines?.write : this.timing.lines?.read;
    if (table === undefined || table.layout.shift > GRANULE_BITS || !this.#host.openGranule(a, write)) return;
    table.open(a, region);
    this.#host.usedLine();
  }

  #openLine(region: Region, a: number, write: boolean): void {
    this.timing.openLine?.(region, a, write);
    const path = this.#notesPaths ? (this.timing.linePath?.(region, a) ?? 0) : 0;
    if (path !== 0) {
      if (write) this.writeTable.notePath(a, region, path);
      if (!write || this.#host.openPage(a, false)) this.readTable.notePath(a, region, path);
    }
    this.#host.usedLine();
  }

  #readDevice(a: number, size: AccessSize): number | undefined {
    const target = this.#bitBandTarget(a);
    if (target !== undefined) {
      const word = this.peek(target.address, 4);
      this.#host.stall(this.timing.device(target.address, false));
      return word === undefined ? undefined : (word >>> target.bit) & 1;
    }
    const device = this.#device(a, size);
    if (device === undefined) return undefined;
    const offset = a - device.base;
    const stall = device.isSteady?.(offset, size) === true ? this.timing.steadyDeviceRead(a) : undefined;
    this.#host.stall(this.timing.device(a, false));
    const value = device.read(offset, size);
    if (stall === undefined || value === undefined) this.#steady.forget();
    else {
      this.#steady.note(a, size, value, stall);
      this.#host.usedSteadyRead();
    }
    return value;
  }

  #storeAligned(a: number, size: AccessSize, value: number, privileged: boolean, charge: boolean): boolean {
    const host = this.#host;
    if (!host.allowed(a, size, true, privileged)) {
      host.raise("DACCVIOL", a);
      return false;
    }
    const region = this.map.find(a);
    if (region !== undefined && a - region.start + size <= region.size) {
      if (this.#storeRegion(region, a, size, value, charge)) return true;
    } else if (this.#writeDevice(a, size, value)) return true;
    host.raise("PRECISERR", a);
    return false;
  }

  #storeRegion(region: Region, a: number, size: AccessSize, value: number, charge: boolean): boolean {
    if (region.kind === "rom") return false;
    if (region.kind === "flash") return this.#flashWrite(region, a, size, value);
    const isFree = this.timing.isFree(region, true);
    if (!isFree && charge) this.#host.stall(this.timing.write(region, a, size));
    this.#openForStores(region, a, isFree);
    this.#put(region, a, size, value);
    return true;
  }

  /** Opens the fast path to as much around `a` as holds no code. */
  #openForStores(region: Region, a: number, isFree: boolean): void {
    const { lines } = this.timing;
    const host = region.host + a - region.start;
    if (!this.#codePages.has(host >>> PAGE_BITS)) {
      if (isFree) {
        if (this.#host.openPage(a, true)) this.#fillPage(region, a, true);
        else this.#openGranule(region, a, true);
      } else if (lines !== undefined && this.#host.openPage(a, true)) this.#openLine(region, a, true);
      return;
    }
    if (lines === undefined || this.#codeLines.has(host >>> CODE_LINE_BITS) || !this.#host.openPage(a, true))
      return;
    if (isFree) lines.write.open(a, region);
    else this.timing.openLine?.(region, a, true);
    this.#host.usedLine();
  }

  #writeDevice(a: number, size: AccessSize, value: number): boolean {
    const target = this.#bitBandTarget(a);
    if (target !== undefined) {
      const word = this.peek(target.address, 4);
      if (word === undefined) return false;
      this.#host.stall(this.timing.device(target.address, true, 2));
      return this.poke(target.address, 4, (word & ~(1 << target.bit)) | ((value & 1) << target.bit));
    }
    const device = this.#device(a, size);
    if (device === undefined) return false;
    this.#steady.forget();
    this.#host.stall(this.timing.device(a, true));
    return device.write(a - device.base, size, size === 4 ? value >>> 0 : value & (2 ** (8 * size) - 1));
  }

  #bitBandTarget(a: number): { address: number; bit: number } | undefined {
    if (!this.#bitBand) return undefined;
    for (const { alias, target } of BIT_BANDS) {
      if (a < alias || a >= alias + BIT_BAND_ALIAS_SIZE) continue;
      const bitNumber = (a - alias) >>> 2;
      return { address: target + (bitNumber >>> 5) * 4, bit: bitNumber & 31 };
    }
    return undefined;
  }

  #device(a: number, size: number): BusDevice | undefined {
    const last = this.#lastDevice;
    if (last !== undefined && holds(last, a, size)) return last;
    const list = this.#devices.get(a >>> PAGE_BITS);
    const device = list?.find((d) => holds(d, a, size));
    if (device !== undefined) this.#lastDevice = device;
    return device;
  }

  #get(region: Region, a: number, size: AccessSize): number {
    return this.#getAt(region.host + (a - region.start), size);
  }
  #getAt(offset: number, size: AccessSize): number {
    const { view } = this.map;
    if (size === 4) return view.getInt32(offset, true);
    return size === 2 ? view.getUint16(offset, true) : view.getUint8(offset);
  }
  #put(region: Region, a: number, size: AccessSize, value: number): void {
    const offset = region.host + (a - region.start);
    this.#putAt(offset, size, value);
    this.bytesChanged(offset, size);
  }
  #putAt(offset: number, size: AccessSize, value: number): void {
    const { view } = this.map;
    if (size === 4) view.setInt32(offset, value | 0, true);
    else if (size === 2) view.setUint16(offset, value & 0xffff, true);
    else view.setUint8(offset, value & 0xff);
  }
}

const holds = ({ base, size: length }: BusDevice, a: number, size: number): boolean =>
  a >= base && a - base + size <= length;
