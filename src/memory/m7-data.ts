import type { AccessSize, DataTiming, LineFill } from "./bus.ts";
import { BEATS, LineFills, type BusPath } from "./bus-path.ts";
import { LINE_SHIFT, type Cache } from "./cache.ts";
import type { FlashFetchPort } from "./flash-port.ts";
import { LineTable, type LineTables } from "./line-table.ts";
import type { MemoryMap } from "./memory-map.ts";
import { M7_BUFFER, type M7Buffers } from "./memory-costs.ts";
import { isCacheable, type M7Paths, type MemoryPolicy } from "./m7-memory.ts";
import { M7PathNumbers, m7DataWords } from "./m7-words.ts";
import { LINE_ENTRIES, MODEL_AREA, type FetchEpoch } from "./model-area.ts";
import type { PeripheralPorts } from "./peripheral-ports.ts";
import type { Region } from "./region.ts";
import type { SlaveHolds } from "./slave-holds.ts";
import { StoreBuffer } from "./store-buffer.ts";

/** log2 of the bytes of one word of a line fill. */
const WORD_SHIFT = 3;

interface SavedM7Data {
  readonly misses: number;
  readonly cache: ReturnType<Cache["save"]> | undefined;
  readonly fills: ReturnType<LineFills["save"]>;
  readonly stores: ReturnType<StoreBuffer["save"]>;
  readonly unalignedStores: ReturnType<StoreBuffer["save"]>;
  readonly enabled: boolean;
  readonly evictionDone: number;
}

/** Data side of a Cortex-M7: TCMs, the D-cache with its fill and store buffers before AXIM, and AHBP. */
export class M7Data implements DataTiming {
  readonly lines: Required<LineTables> & { readonly read: LineTable };
  readonly #map: MemoryMap;
  readonly #cache: Cache | undefined;
  readonly #paths: M7Paths;
  readonly #policy: (address: number) => MemoryPolicy;
  readonly #art: FlashFetchPort | undefined;
  readonly #epoch: FetchEpoch;
  readonly #endBlock: () => void;
  readonly #ports: PeripheralPorts;
  readonly #holds: SlaveHolds;
  readonly #now: () => number;
  readonly #buffers: M7Buffers;
  readonly #fills: LineFills;
  readonly #stores: StoreBuffer;
  /** Unaligned stores, which reach their memory by reading and writing the words they touch. */
  readonly #unalignedStores: StoreBuffer;
  #enabled = false;
  /** When the last dirty line has left its buffer, and the number of misses: one word each. */
  readonly #evictionDone: Float64Array;
  readonly #misses: Float64Array;
  /** Paths that compiled code may use, by page. */
  readonly #pathNumbers: M7PathNumbers;

  constructor(options: {
    map: MemoryMap;
    memory: WebAssembly.Memory;
    cache: Cache | undefined;
    paths: M7Paths;
    policy: (address: number) => MemoryPolicy;
    art: FlashFetchPort | undefined;
    epoch: FetchEpoch;
    /** Ends the block being executed behind the present instruction. */
    endBlock: () => void;
    ports: PeripheralPorts;
    holds: SlaveHolds;
    now: () => number;
    /** `M7_BUFFER` when absent. */
    buffers?: M7Buffers;
  }) {
    const { buffers = M7_BUFFER } = options;
    this.#buffers = buffers;
    const words = m7DataWords(options.memory);
    this.#fills = new LineFills(buffers.dataFills.cycles, words.fills);
    this.#evictionDone = words.evictionDone;
    this.#misses = words.misses;
    this.#pathNumbers = new M7PathNumbers(options.memory, options.paths, options.policy, options.holds);
    this.#stores = new StoreBuffer(buffers.stores.cycles, words.stores);
    this.#unalignedStores = new StoreBuffer(buffers.stores.cycles + 1);
    const layout = { entries: LINE_ENTRIES, shift: LINE_SHIFT };
    this.lines = {
      read: new LineTable(options.memory, { ...layout, base: MODEL_AREA.readLines }),
      write: new LineTable(options.memory, { ...layout, base: MODEL_AREA.writeLines }),
    };
    this.#map = options.map;
    this.#cache = options.cache;
    this.#paths = options.paths;
    this.#policy = options.policy;
    this.#art = options.art;
    this.#epoch = options.epoch;
    this.#endBlock = options.endBlock;
    this.#ports = options.ports;
    this.#holds = options.holds;
    this.#now = options.now;
  }

  get lineFill(): LineFill | undefined {
    const buffers = this.#buffers.dataFills.cycles;
    const stores = this.#buffers.stores.cycles;
    const { cycles } = this.#buffers.unalignedLoad;
    const unaligned = { halfword: cycles, wordAtByte: cycles, wordAtHalfword: cycles };
    return (
      this.#cache && {
        kind: "cache",
        sets: this.#cache.sets,
        ways: this.#cache.ways,
        buffers,
        stores,
        unaligned,
      }
    );
  }
  get misses(): number {
    return this.#misses[0]!;
  }

  enable(on: boolean): void {
    this.#enabled = on && this.#cache !== undefined;
    this.forget();
  }
  /** Nothing is known to be free. */
  forget(): void {
    this.lines.read.clear();
    this.lines.write.clear();
    this.forgetPaths();
  }
  /** Lines can't be filled as before: another master is about to use a memory, or clocks or settings have changed. */
  forgetPaths(): void {
    this.#pathNumbers.forget();
  }
  linePath(region: Region, address: number): number {
    return this.#pathNumbers.of(region, address, this.#now(), this.#enabled);
  }
  invalidate(at: number): void {
    if (this.#cache === undefined) return;
    const address = this.#cache.lineAt(at) << LINE_SHIFT;
    this.#cache.invalidate(at);
    this.lines.read.close(address);
    this.lines.write.close(address);
  }
  clean(at: number): void {
    if (this.#cache?.isDirty(at) !== true) return;
    this.#evict(this.#cache.lineAt(at), this.#now());
    this.#cache.clean(at);
    this.lines.write.close(this.#cache.lineAt(at) << LINE_SHIFT);
  }

  isFree(region: Region): boolean {
    if (region.config.bus === "itcm" && region.config.waitStates === "flash") return false;
    return this.#paths.of(region) === undefined;
  }

  read(region: Region, address: number): number {
    const now = this.#now();
    const { bus, waitStates } = region.config;
    if (bus === "itcm" && waitStates === "flash")
      return this.#readThroughArt(region.host + (address - region.start), now);
    const path = this.#paths.of(region);
    if (path === undefined) return 0;
    const line = address >>> LINE_SHIFT;
    const cache = this.#enabled ? this.#cache : undefined;
    if (cache === undefined) return this.#uncachedRead(region, path, now);
    if (this.lines.read.has(address)) return 0;
    const word = (address >>> WORD_SHIFT) & (BEATS - 1);
    if (cache.find(line) >= 0) {
      return this.#fills.wait(line, word, now);
    }
    const policy = this.#policy(address);
    if (!isCacheable(policy)) return this.#uncachedRead(region, path, now);
    const start = now + this.#holds.wait(region, now);
    return this.#fill(cache, line, word, policy, path, start) - now;
  }

  /** Data and instructions share the buffers of that port: what an instruction found there may have gone. */
  #readThroughArt(host: number, now: number): number {
    const epoch = this.#epoch.value;
    const stall = this.#art?.fetch(host, now) ?? 0;
    if (this.#epoch.value !== epoch) this.#endBlock();
    return stall;
  }

  write(region: Region, address: number): number {
    const path = this.#paths.of(region);
    if (path === undefined || region.kind === "flash") return 0;
    const now = this.#now();
    const line = address >>> LINE_SHIFT;
    const cache = this.#enabled ? this.#cache : undefined;
    if (cache === undefined) return this.#store(region, path, now);
    if (this.lines.write.has(address)) return 0;
    const at = cache.find(line);
    if (at >= 0) {
      if (!cache.isWriteBack(at)) return this.#store(region, path, now);
      cache.markDirty(at);
      return 0;
    }
    const policy = this.#policy(address);
    if (!isCacheable(policy) || !policy.writeAllocate) return this.#store(region, path, now);
    const stall = Math.max(0, this.#fills.freeAt() - now);
    const word = (address >>> WORD_SHIFT) & (BEATS - 1);
    const start = now + stall;
    this.#fill(cache, line, word, policy, path, start + this.#holds.wait(region, start));
    cache.markDirty(cache.find(line));
    return stall;
  }

  /** Reads of a line are free while it is in the cache, writes once it is dirty there. */
  openLine(region: Region, address: number, write: boolean): void {
    const at = this.#enabled ? (this.#cache?.find(address >>> LINE_SHIFT) ?? -1) : -1;
    if (at < 0 || this.#fills.isFilling(address >>> LINE_SHIFT, this.#now())) return;
    if (!write) this.lines.read.open(address, region);
    else if (this.#cache!.isWriteBack(at) && this.#cache!.isDirty(at)) this.lines.write.open(address, region);
  }

  /** All but the tables of free lines, which lie in the linear memory. */
  save(): SavedM7Data {
    return {
      misses: this.misses,
      cache: this.#cache?.save(),
      fills: this.#fills.save(),
      stores: this.#stores.save(),
      unalignedStores: this.#unalignedStores.save(),
      enabled: this.#enabled,
      evictionDone: this.#evictionDone[0]!,
    };
  }
  restore(saved: SavedM7Data): void {
    this.#misses[0] = saved.misses;
    if (saved.cache !== undefined) this.#cache?.restore(saved.cache);
    this.#fills.restore(saved.fills);
    this.#stores.restore(saved.stores);
    this.#unalignedStores.restore(saved.unalignedStores);
    this.#enabled = saved.enabled;
    this.#evictionDone[0] = saved.evictionDone;
    this.forgetPaths();
  }

  device(address: number, write: boolean): number {
    return this.#ports.access(address, write, this.#now());
  }
  steadyDeviceRead(address: number): number | undefined {
    return this.#ports.quietRead(address, this.#now());
  }
  unaligned(address: number, size: AccessSize, write: boolean): number {
    const region = this.#map.find(address);
    if (region === undefined) return 0;
    if (write) {
      const now = this.#now();
      return Math.max(
        this.write(region, address),
        this.#unalignedStores.push(now, this.#buffers.unalignedStore.cycles),
      );
    }
    const last = address + size - 1;
    let stall = this.#buffers.unalignedLoad.cycles + this.read(region, address);
    if (last >>> LINE_SHIFT !== address >>> LINE_SHIFT) stall += this.read(region, last);
    return stall;
  }

  /** Reads that no cache keeps: each waits for the memory, and for the burst before it. */
  #uncachedRead(region: Region, path: BusPath, now: number): number {
    const asked = now + this.#holds.wait(region, now);
    const start = path.array?.start(asked) ?? asked;
    path.array?.read(start);
    return start + path.first - now;
  }
  #store(region: Region, path: BusPath, now: number): number {
    return this.#stores.push(now, path.write + this.#holds.wait(region, now));
  }

  /** Brings a line in. @returns the cycle at which its critical word comes */
  #fill(cache: Cache, line: number, word: number, policy: MemoryPolicy, path: BusPath, now: number): number {
    this.#misses[0]!++;
    const evicted = cache.allocate(line, policy.cache === "write-back");
    let start = now;
    if (evicted !== undefined) {
      this.lines.read.close(evicted.line << LINE_SHIFT);
      this.lines.write.close(evicted.line << LINE_SHIFT);
      if (evicted.dirty) start = this.#evict(evicted.line, now);
    }
    return this.#fills.begin(line, word, start, path);
  }

  /** Sends a dirty line to its memory. @returns the cycle at which the buffer for it was free */
  #evict(line: number, now: number): number {
    const region = this.#map.find((line << LINE_SHIFT) >>> 0);
    const path = region && this.#paths.of(region);
    if (path === undefined) return now;
    const start = Math.max(now, this.#evictionDone[0]!);
    this.#evictionDone[0] = start + path.write + (BEATS - 1) * path.beat;
    return start;
  }
}
