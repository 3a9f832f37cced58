import type { FillWords } from "./bus-path.ts";
import { BEATS } from "./bus-path.ts";
import type { CacheWords } from "./cache.ts";
import type { LineStoreWords } from "./line-store.ts";
import { PAGE_SIZE } from "./memory-map.ts";
import { isCacheable, type M7Paths, type MemoryPolicy } from "./m7-memory.ts";
import { M7_DATA, M7_DATA_ROOM, M7_FETCH, M7_FETCH_ROOM, PATH_KIND } from "./model-area.ts";
import { PathWords, policyOfPage } from "./path-words.ts";
import type { Region } from "./region.ts";
import type { SlaveHolds } from "./slave-holds.ts";
import type { StoreWords } from "./store-buffer.ts";

/** The state of the D-cache side in the linear memory, as its owners see it. */
export interface M7DataWords {
  readonly cache: CacheWords;
  readonly fills: FillWords;
  readonly evictionDone: Float64Array;
  readonly misses: Float64Array;
  readonly arrayFree: Float64Array;
  readonly stores: StoreWords;
}

/** Byte offsets of the words of a type. */
type Offsets<Words> = Readonly<Record<keyof Words, number>>;

const cacheWords = (buffer: ArrayBuffer, at: Offsets<CacheWords>, lines: number): CacheWords => ({
  lines: new Int32Array(buffer, at.lines, lines),
  flags: new Uint8Array(buffer, at.flags, lines),
  random: new Int32Array(buffer, at.random, 1),
});
const fillWords = (buffer: ArrayBuffer, at: Offsets<FillWords>, buffers: number): FillWords => ({
  lines: new Int32Array(buffer, at.lines, buffers),
  arrivals: new Float64Array(buffer, at.arrivals, buffers * BEATS),
  done: new Float64Array(buffer, at.done, buffers),
  channelFree: new Float64Array(buffer, at.channelFree, 1),
});

export function m7DataWords({ buffer }: WebAssembly.Memory): M7DataWords {
  const { lines, buffers } = M7_DATA_ROOM;
  const time = (offset: number): Float64Array => new Float64Array(buffer, offset, 1);
  return {
    cache: cacheWords(buffer, M7_DATA, lines),
    fills: fillWords(buffer, M7_DATA.fills, buffers),
    evictionDone: time(M7_DATA.evictionDone),
    misses: time(M7_DATA.misses),
    arrayFree: time(M7_DATA.arrayFree),
    stores: {
      done: new Float64Array(buffer, M7_DATA.storesDone, M7_DATA_ROOM.stores),
      next: new Int32Array(buffer, M7_DATA.nextStore, 1),
    },
  };
}

/**
 * Numbers for the ways of accesses to pages, and what compiled code needs to know of each: only the common ones, to memory
 * that nobody else uses at present.
 */
export class M7PathNumbers {
  readonly #words: PathWords;
  readonly #paths: M7Paths;
  readonly #policy: (address: number) => MemoryPolicy;
  readonly #holds: SlaveHolds;
  readonly #numbers = new Map<string, number>();
  /** Numbers that are valid at present, by page. */
  readonly #ofPage = new Map<number, number>();

  constructor(
    memory: WebAssembly.Memory,
    paths: M7Paths,
    policy: (address: number) => MemoryPolicy,
    holds: SlaveHolds,
  ) {
    this.#words = new PathWords(memory, M7_DATA.paths, M7_DATA_ROOM.paths);
    this.#paths = paths;
    this.#policy = policy;
    this.#holds = holds;
  }

  forget(): void {
    this.#ofPage.clear();
    this.#words.forget();
  }

  /** Number for the page of `address`; 0 when its accesses are the host's to perform. */
  of(region: Region, address: number, now: number, cacheEnabled: boolean): number {
    const page = Math.floor(address / PAGE_SIZE);
    const known = this.#ofPage.get(page);
    if (known !== undefined) return known;
    const path = this.#paths.of(region);
    const policy = policyOfPage(this.#policy, page * PAGE_SIZE);
    if (path === undefined || policy === undefined) {
      this.#ofPage.set(page, 0);
      return 0;
    }
    const busy = path.array !== undefined && path.array.settings.busyUntil > now;
    if (busy || this.#holds.isHeld(region, now)) return 0;
    const kind = kindOf(policy, cacheEnabled);
    const number = this.#number(`${region.index} ${kind}`);
    if (number === 0 || !this.#words.set(number, path, kind)) return 0;
    this.#ofPage.set(page, number);
    return number;
  }

  #number(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    if (number >= M7_DATA_ROOM.paths) return 0;
    this.#numbers.set(key, number);
    return number;
  }
}

/** Bits of `PATH_KIND` for data accesses to memory with that policy. */
function kindOf(policy: MemoryPolicy, cacheEnabled: boolean): number {
  if (!cacheEnabled) return 0;
  if (!isCacheable(policy)) return PATH_KIND.lookUp;
  return (
    PATH_KIND.lookUp |
    PATH_KIND.cached |
    (policy.cache === "write-back" ? PATH_KIND.writeBack : 0) |
    (policy.writeAllocate ? PATH_KIND.writeAllocate : 0)
  );
}

/** What `M7Fetch` keeps in the linear memory, as its owners see it. */
export interface M7FetchWords {
  readonly cache: CacheWords;
  readonly fills: FillWords;
  readonly bursts: FillWords;
  readonly burst: LineStoreWords;
  readonly lastLine: Int32Array;
  readonly lastWord: Float64Array;
  readonly lastBegun: Float64Array;
  readonly misses: Float64Array;
}

export function m7FetchWords({ buffer }: WebAssembly.Memory): M7FetchWords {
  const { lines, buffers } = M7_FETCH_ROOM;
  const time = (offset: number): Float64Array => new Float64Array(buffer, offset, 1);
  return {
    cache: cacheWords(buffer, M7_FETCH, lines),
    fills: fillWords(buffer, M7_FETCH.fills, buffers),
    bursts: fillWords(buffer, M7_FETCH.bursts, buffers),
    burst: {
      lines: new Int32Array(buffer, M7_FETCH.burst, 1),
      sectors: new Uint8Array(buffer, M7_FETCH.burstSectors, 1),
      oldest: new Uint16Array(buffer, M7_FETCH.burstOldest, 1),
    },
    lastLine: new Int32Array(buffer, M7_FETCH.lastLine, 1),
    lastWord: time(M7_FETCH.lastWord),
    lastBegun: time(M7_FETCH.lastBegun),
    misses: time(M7_FETCH.misses),
  };
}
