import type { BusPath, FillWords } from "./bus-path.ts";
import { BEATS } from "./bus-path.ts";
import { LINE_SHIFT, type CacheWords } from "./cache.ts";
import { PAGE_SIZE } from "./memory-map.ts";
import { isCacheable, type M7Paths, type MemoryPolicy } from "./m7-memory.ts";
import { M7_DATA, M7_DATA_ROOM, M7_PATH, M7_PATH_SHIFT, PATH_KIND } from "./model-area.ts";
import type { Region } from "./region.ts";
import type { SlaveHolds } from "./slave-holds.ts";

/** The state of the D-cache side in the linear memory, as its owners see it. */
export interface M7DataWords {
  readonly cache: CacheWords;
  readonly fills: FillWords;
  readonly evictionDone: Float64Array;
  readonly misses: Float64Array;
  readonly arrayFree: Float64Array;
}

export function m7DataWords({ buffer }: WebAssembly.Memory): M7DataWords {
  const { lines, buffers } = M7_DATA_ROOM;
  const time = (offset: number): Float64Array => new Float64Array(buffer, offset, 1);
  return {
    cache: {
      lines: new Int32Array(buffer, M7_DATA.lines, lines),
      flags: new Uint8Array(buffer, M7_DATA.flags, lines),
      random: new Int32Array(buffer, M7_DATA.random, 1),
    },
    fills: {
      lines: new Int32Array(buffer, M7_DATA.fillLines, buffers),
      arrivals: new Float64Array(buffer, M7_DATA.arrivals, buffers * BEATS),
      done: new Float64Array(buffer, M7_DATA.done, buffers),
      channelFree: time(M7_DATA.channelFree),
    },
    evictionDone: time(M7_DATA.evictionDone),
    misses: time(M7_DATA.misses),
    arrayFree: time(M7_DATA.arrayFree),
  };
}

/**
 * Numbers for the ways in which lines are filled, and what compiled code needs to know of each: only the common ones,
 * memory that nobody else uses at present, with whole cycles and nothing read ahead.
 */
export class M7PathNumbers {
  readonly #view: DataView;
  readonly #paths: M7Paths;
  readonly #policy: (address: number) => MemoryPolicy;
  readonly #holds: SlaveHolds;
  readonly #numbers = new Map<string, number>();
  /** Numbers that are valid at present, by page. */
  readonly #ofPage = new Map<number, number>();

  constructor(
    { buffer }: WebAssembly.Memory,
    paths: M7Paths,
    policy: (address: number) => MemoryPolicy,
    holds: SlaveHolds,
  ) {
    this.#view = new DataView(buffer, M7_DATA.paths, M7_DATA_ROOM.paths << M7_PATH_SHIFT);
    this.#paths = paths;
    this.#policy = policy;
    this.#holds = holds;
  }

  forget(): void {
    this.#ofPage.clear();
    for (const number of this.#numbers.values()) this.#view.setInt32(number << M7_PATH_SHIFT, 0, true);
  }

  /** Number for the page of `address`; 0 when its lines are the host's to fill. */
  of(region: Region, address: number, now: number): number {
    const page = Math.floor(address / PAGE_SIZE);
    const known = this.#ofPage.get(page);
    if (known !== undefined) return known;
    const path = this.#paths.of(region);
    const policy = this.#policyOfPage(page * PAGE_SIZE);
    if (path === undefined || policy === undefined || !isCacheable(policy)) {
      this.#ofPage.set(page, 0);
      return 0;
    }
    const busy = path.array !== undefined && path.array.settings.busyUntil > now;
    if (busy || path.ahead !== undefined || this.#holds.isHeld(region, now)) return 0;
    const number = this.#number(`${region.index} ${policy.cache} ${policy.writeAllocate}`);
    if (number === 0 || !this.#write(number, path, policy)) return 0;
    this.#ofPage.set(page, number);
    return number;
  }

  /** The policy of all of the page; undefined where regions of the MPU divide it. */
  #policyOfPage(start: number): MemoryPolicy | undefined {
    const first = this.#policy(start);
    for (let address = start; address < start + PAGE_SIZE; address += 1 << LINE_SHIFT) {
      const { cache, writeAllocate, shareable } = this.#policy(address);
      const same =
        cache === first.cache && writeAllocate === first.writeAllocate && shareable === first.shareable;
      if (!same) return undefined;
    }
    return first;
  }

  #number(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    if (number >= M7_DATA_ROOM.paths) return 0;
    this.#numbers.set(key, number);
    return number;
  }

  /** @returns whether all of it are whole cycles */
  #write(number: number, path: BusPath, policy: MemoryPolicy): boolean {
    const { first, beat, half, write, array } = path;
    const arrayRead = array?.readCycles() ?? 0;
    const values = { first, beat, half, write, arrayRead };
    if (!Object.values(values).every(Number.isInteger)) return false;
    const at = number << M7_PATH_SHIFT;
    for (const [name, value] of Object.entries(values) as [keyof typeof values, number][]) {
      this.#view.setFloat64(at + M7_PATH[name], value, true);
    }
    const kind =
      PATH_KIND.valid |
      (policy.cache === "write-back" ? PATH_KIND.writeBack : 0) |
      (policy.writeAllocate ? PATH_KIND.writeAllocate : 0) |
      (array === undefined ? 0 : PATH_KIND.array);
    this.#view.setInt32(at + M7_PATH.kind, kind, true);
    return true;
  }
}
