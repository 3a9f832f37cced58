import type { FlashArray, FlashArrayWords } from "./flash-array.ts";
import { LineStore, type LineStoreWords } from "./line-store.ts";
import { FLASH_FETCH, FLASH_FETCH_ROOM, FLASH_FETCHES, type FetchEpoch } from "./model-area.ts";

/** How a vendor's interface keeps what it read from flash. */
export interface PortGeometry {
  /** log2 of the bytes of one read of the array. */
  readonly readShift: number;
  /** log2 of the reads that make up one line of the store. */
  readonly sectorShift: number;
  readonly sets: number;
  readonly ways: number;
}

/** What tells the keys of these lines from those of a cache. */
export const PORT_KEYS = 0x4000_0000;

/** One read of the array, as the unit in which lines are filled. */
export const sectorOf = (geometry: PortGeometry, host: number): number =>
  (host >>> geometry.readShift) & ((1 << geometry.sectorShift) - 1);
export const lineOf = (geometry: PortGeometry, host: number): number =>
  host >>> (geometry.readShift + geometry.sectorShift);

interface SavedFetchPort {
  readonly misses: number;
  readonly buffered: ReturnType<LineStore["save"]>;
  readonly current: ReturnType<LineStore["save"]>;
  readonly cached: boolean;
  readonly prefetch: boolean;
  readonly aheadRead: number;
  readonly aheadDone: number;
}

/** What compiled code has to know of a port whose state is at `FLASH_FETCH`. */
export interface PortFetch extends PortGeometry {
  /** Cycles by which the core asks for words before they issue, in straight code. */
  readonly ahead: number;
  /** Byte offset at which the array keeps when it is free. */
  readonly freeAt: number;
}

/** What a `FlashFetchPort` keeps in the linear memory, see `FLASH_FETCH`. */
export interface FlashFetchWords extends FlashArrayWords {
  readonly mode: Int32Array;
  readonly aheadRead: Int32Array;
  readonly aheadDone: Float64Array;
  readonly misses: Float64Array;
  readonly current: LineStoreWords;
  readonly store: LineStoreWords;
}

export function flashFetchWords({ buffer }: WebAssembly.Memory): FlashFetchWords {
  const word = (offset: number): Int32Array => new Int32Array(buffer, offset, 1);
  const time = (offset: number): Float64Array => new Float64Array(buffer, offset, 1);
  const { lines, sets, hints } = FLASH_FETCH_ROOM;
  return {
    mode: word(FLASH_FETCH.mode),
    aheadRead: word(FLASH_FETCH.aheadRead),
    aheadDone: time(FLASH_FETCH.aheadDone),
    readCycles: time(FLASH_FETCH.readCycles),
    busyUntil: time(FLASH_FETCH.busyUntil),
    step: time(FLASH_FETCH.step),
    misses: time(FLASH_FETCH.misses),
    current: {
      lines: word(FLASH_FETCH.current),
      sectors: new Uint8Array(buffer, FLASH_FETCH.currentSectors, 1),
      oldest: new Uint16Array(buffer, FLASH_FETCH.currentOldest, 1),
    },
    store: {
      lines: new Int32Array(buffer, FLASH_FETCH.lines, lines),
      sectors: new Uint8Array(buffer, FLASH_FETCH.sectors, lines),
      oldest: new Uint16Array(buffer, FLASH_FETCH.oldest, sets),
      hints: new Uint16Array(buffer, FLASH_FETCH.hints, hints),
    },
  };
}

/**
 * The line buffers between the array and an instruction bus: what was read, and what is read ahead. `PortFetchAssist`
 * is the same for compiled code.
 */
export class FlashFetchPort {
  readonly geometry: PortGeometry;
  /** Cycles by which the core asks for words before they issue, in straight code. */
  readonly fetchAhead: number;
  readonly #array: FlashArray;
  readonly #epoch: FetchEpoch;
  readonly #words: FlashFetchWords;
  /** Whether all of its state is in the linear memory, which has room for as many lines as any part has. */
  readonly #isShared: boolean;
  readonly #buffered: LineStore;
  /** Without the cache only the line in use is kept. */
  readonly #current: LineStore;
  #cached = false;
  #prefetch = false;

  constructor(options: {
    array: FlashArray;
    epoch: FetchEpoch;
    geometry: PortGeometry;
    fetchAhead: number;
    words: FlashFetchWords;
  }) {
    const { geometry, words } = options;
    this.#array = options.array;
    this.#epoch = options.epoch;
    this.fetchAhead = options.fetchAhead;
    this.geometry = geometry;
    this.#words = words;
    words.aheadRead[0] = -1;
    const { sets, ways } = geometry;
    this.#isShared = sets <= FLASH_FETCH_ROOM.sets && sets * ways <= FLASH_FETCH_ROOM.lines;
    this.#buffered = new LineStore(sets, ways, this.#isShared ? words.store : undefined);
    this.#current = new LineStore(1, 1, words.current);
  }

  /**
   * Follows the controller's switches, and what of the array's settings or of the clocks has changed; what the buffers
   * held is forgotten when the switches change.
   */
  configure(cached: boolean, prefetch: boolean): void {
    if (cached !== this.#cached || prefetch !== this.#prefetch) this.clear();
    this.#cached = cached;
    this.#prefetch = prefetch;
    this.#array.publish(this.#words, false);
    this.#words.mode[0] =
      (this.#isShared ? FLASH_FETCHES.known : 0) |
      (this.#array.isFree ? FLASH_FETCHES.free : 0) |
      (cached ? FLASH_FETCHES.cached : 0) |
      (prefetch ? FLASH_FETCHES.prefetch : 0);
  }
  get misses(): number {
    return this.#words.misses[0]!;
  }
  clear(): void {
    this.#buffered.clear();
    this.#current.clear();
    this.#words.aheadRead[0] = -1;
    this.#epoch.advance();
  }

  /** Whether the instruction at byte `host` of the linear memory is there. */
  has(host: number): boolean {
    const has = this.#array.isFree || this.#has(host >>> this.geometry.readShift);
    if (has && this.#cached) this.#epoch.seen(this.presentKey(host));
    return has;
  }
  /** What compiled code has to know of the port. @param freeAt byte offset at which the array keeps when it is free */
  assist(freeAt: number): PortFetch {
    return { ...this.geometry, ahead: this.fetchAhead, freeAt };
  }
  /** @see FetchTiming.fetchPath */
  fetchPath(host: number): number {
    return ~(host >>> this.geometry.readShift);
  }
  /** @see FetchTiming.presentKey */
  presentKey(host: number): number {
    return PORT_KEYS | (host >>> this.geometry.readShift);
  }
  /** Stall until the instruction at byte `host` of the linear memory is there, when it is asked for at `now`. */
  fetch(host: number, now: number): number {
    if (this.#array.isFree) return 0;
    const read = host >>> this.geometry.readShift;
    if (this.#has(read)) return 0;
    const { aheadRead, aheadDone, misses } = this.#words;
    let stall: number;
    let taken: number;
    if (read === aheadRead[0]) {
      // In the last cycle of a read its words can be used.
      stall = Math.max(0, aheadDone[0]! - now - 1);
      taken = Math.max(aheadDone[0]!, now - this.fetchAhead);
    } else {
      misses[0]!++;
      stall = this.#array.read(now) - now - 1;
      taken = now + stall;
    }
    this.#add(read);
    aheadRead[0] = -1;
    if (this.#prefetch && !this.#has(read + 1)) {
      aheadRead[0] = read + 1;
      aheadDone[0] = this.#array.read(taken);
    }
    return stall;
  }

  #has(read: number): boolean {
    const host = read << this.geometry.readShift;
    if (!this.#cached) return this.#current.has(read, 0);
    return this.#buffered.has(lineOf(this.geometry, host), sectorOf(this.geometry, host));
  }
  #add(read: number): void {
    const host = read << this.geometry.readShift;
    if (!this.#cached) {
      if (this.#current.add(read, 0) >= 0) this.#epoch.gone(0, 0); // lines get their keys only when cached
      return;
    }
    const { readShift, sectorShift } = this.geometry;
    const gone = this.#buffered.add(lineOf(this.geometry, host), sectorOf(this.geometry, host));
    if (gone >= 0) this.#epoch.gone(this.presentKey(gone << (readShift + sectorShift)), 1 << sectorShift);
  }

  save(): SavedFetchPort {
    return {
      misses: this.misses,
      buffered: this.#buffered.save(),
      current: this.#current.save(),
      cached: this.#cached,
      prefetch: this.#prefetch,
      aheadRead: this.#words.aheadRead[0]!,
      aheadDone: this.#words.aheadDone[0]!,
    };
  }
  /** Behind the array's own; the epoch is the caller's to advance. */
  restore(saved: SavedFetchPort): void {
    const { misses, aheadRead, aheadDone } = this.#words;
    this.configure(saved.cached, saved.prefetch);
    misses[0] = saved.misses;
    this.#buffered.restore(saved.buffered);
    this.#current.restore(saved.current);
    aheadRead[0] = saved.aheadRead;
    aheadDone[0] = saved.aheadDone;
  }
}
