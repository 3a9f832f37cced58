import type { FlashArray } from "./flash-array.ts";
import { LineStore } from "./line-store.ts";
import type { FetchEpoch } from "./model-area.ts";

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
const PORT_KEYS = 0x4000_0000;

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

/** The line buffers between the array and an instruction bus: what was read, and what is read ahead. */
export class FlashFetchPort {
  misses = 0;
  readonly #array: FlashArray;
  readonly #epoch: FetchEpoch;
  readonly #geometry: PortGeometry;
  readonly #fetchAhead: number;
  readonly #buffered: LineStore;
  /** Without the cache only the line in use is kept. */
  readonly #current = new LineStore(1, 1);
  #cached = false;
  #prefetch = false;
  /** Read of the array that was begun ahead, and when it is done: in its last cycle the words can be used. */
  #aheadRead = -1;
  #aheadDone = 0;

  /** @param fetchAhead cycles by which the core asks for words before they issue, in straight code */
  constructor(array: FlashArray, epoch: FetchEpoch, geometry: PortGeometry, fetchAhead: number) {
    this.#array = array;
    this.#epoch = epoch;
    this.#fetchAhead = fetchAhead;
    this.#geometry = geometry;
    this.#buffered = new LineStore(geometry.sets, geometry.ways);
  }

  /** Follows the controller's switches; what the buffers held is forgotten when they change. */
  configure(cached: boolean, prefetch: boolean): void {
    if (cached === this.#cached && prefetch === this.#prefetch) return;
    this.#cached = cached;
    this.#prefetch = prefetch;
    this.clear();
  }
  clear(): void {
    this.#buffered.clear();
    this.#current.clear();
    this.#aheadRead = -1;
    this.#epoch.advance();
  }

  /** Whether the instruction at byte `host` of the linear memory is there. */
  has(host: number): boolean {
    const has = this.#array.isFree || this.#has(host >>> this.#geometry.readShift);
    if (has && this.#cached) this.#epoch.seen(this.presentKey(host));
    return has;
  }
  /** @see FetchTiming.presentKey */
  presentKey(host: number): number {
    return PORT_KEYS | (host >>> this.#geometry.readShift);
  }
  /** Stall until the instruction at byte `host` of the linear memory is there, when it is asked for at `now`. */
  fetch(host: number, now: number): number {
    if (this.#array.isFree) return 0;
    const read = host >>> this.#geometry.readShift;
    if (this.#has(read)) return 0;
    let stall: number;
    let taken: number;
    if (read === this.#aheadRead) {
      stall = Math.max(0, this.#aheadDone - now - 1);
      taken = Math.max(this.#aheadDone, now - this.#fetchAhead);
    } else {
      this.misses++;
      stall = this.#array.read(now) - now - 1;
      taken = now + stall;
    }
    this.#add(read);
    this.#aheadRead = -1;
    if (this.#prefetch && !this.#has(read + 1)) {
      this.#aheadRead = read + 1;
      this.#aheadDone = this.#array.read(taken);
    }
    return stall;
  }

  #has(read: number): boolean {
    const host = read << this.#geometry.readShift;
    if (!this.#cached) return this.#current.has(read, 0);
    return this.#buffered.has(lineOf(this.#geometry, host), sectorOf(this.#geometry, host));
  }
  #add(read: number): void {
    const host = read << this.#geometry.readShift;
    if (!this.#cached) {
      if (this.#current.add(read, 0) >= 0) this.#epoch.gone(0, 0); // lines get their keys only when cached
      return;
    }
    const { readShift, sectorShift } = this.#geometry;
    const gone = this.#buffered.add(lineOf(this.#geometry, host), sectorOf(this.#geometry, host));
    if (gone >= 0) this.#epoch.gone(this.presentKey(gone << (readShift + sectorShift)), 1 << sectorShift);
  }

  save(): SavedFetchPort {
    return {
      misses: this.misses,
      buffered: this.#buffered.save(),
      current: this.#current.save(),
      cached: this.#cached,
      prefetch: this.#prefetch,
      aheadRead: this.#aheadRead,
      aheadDone: this.#aheadDone,
    };
  }
  /** The epoch is the caller's to advance. */
  restore(saved: SavedFetchPort): void {
    this.misses = saved.misses;
    this.#buffered.restore(saved.buffered);
    this.#current.restore(saved.current);
    this.#cached = saved.cached;
    this.#prefetch = saved.prefetch;
    this.#aheadRead = saved.aheadRead;
    this.#aheadDone = saved.aheadDone;
  }
}
