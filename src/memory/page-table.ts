import { PAGE_BITS, PAGE_SIZE, type MemoryMap } from "./memory-map.ts";
import { OpenRegions } from "./open-regions.ts";
import type { Region } from "./region.ts";

/** Entry of a page that has no fast path. */
export const SLOW = 1;

/**
 * The soft TLB: for each 4 KiB guest page one word, `host offset - guest address` when plain accesses to the page are
 * free of faults, hooks and stalls, or `SLOW`. An entry is multiple of 4096, so that its low bits tell the two apart.
 * Filled by the slow path, emptied when something that it depends on changes.
 */
export class PageTable {
  readonly #words: Int32Array;
  readonly #filled = new Set<number>();
  readonly #map: MemoryMap;
  /** Regions that are open as a whole. What closes a page of one closes it, too. */
  readonly regions: OpenRegions;

  /** @param tableOffset byte offset of the table in `memory`: one word for each of 2^20 pages */
  constructor(memory: WebAssembly.Memory, tableOffset: number, kind: "read" | "write", map: MemoryMap) {
    this.#words = new Int32Array(memory.buffer, tableOffset, 2 ** (32 - PAGE_BITS));
    this.regions = new OpenRegions(memory, kind);
    this.#map = map;
    this.#words.fill(SLOW);
  }

  /** Byte of the linear memory behind `address`, when its page is open; else -1. */
  hostOf(address: number): number {
    const entry = this.#words[address >>> PAGE_BITS]!;
    return (entry & SLOW) !== 0 ? -1 : (entry + address) | 0;
  }

  /** Opens the fast path to the page of `address`, if all of it lies in `region`. */
  fill(address: number, region: Region): void {
    const page = address >>> PAGE_BITS;
    const start = page * PAGE_SIZE;
    if (start < region.start || start + PAGE_SIZE > region.start + region.size) return;
    const host = region.host + (start - region.start);
    if (host % PAGE_SIZE !== 0) return;
    const entry = host - start;
    if (this.#words[page] === entry) return;
    this.#words[page] = entry;
    this.#filled.add(page);
  }

  /**
   * Keeps the page of `address` slow, and notes how its lines are filled for code that does it itself: the number of
   * the path, above the lowest bit.
   */
  notePath(address: number, region: Region, path: number): void {
    const page = address >>> PAGE_BITS;
    const start = page * PAGE_SIZE;
    const host = region.host + (start - region.start);
    if (host % PAGE_SIZE !== 0) return;
    const entry = (host - start) | (path << 1) | SLOW;
    if (this.#words[page] === entry) return;
    this.#words[page] = entry;
    this.#filled.add(page);
  }

  /** Closes every page that shows bytes of the host page of `host`. */
  closeHostPage(host: number): void {
    const hostPage = host >>> PAGE_BITS;
    for (const region of this.#map.regions) {
      const first = region.host >>> PAGE_BITS;
      const last = (region.host + region.size - 1) >>> PAGE_BITS;
      if (hostPage < first || hostPage > last) continue;
      this.regions.close(region);
      const page = (region.start >>> PAGE_BITS) + (hostPage - first);
      this.#words[page] = SLOW;
      this.#filled.delete(page);
    }
  }

  /** Closes every page that shows bytes of the memory behind `region`. */
  closeRegion(region: Region): void {
    const name = region.config.aliasOf?.region ?? region.name;
    for (const each of this.#map.regions) {
      if (each.name !== name && each.config.aliasOf?.region !== name) continue;
      this.regions.close(each);
      const first = each.start >>> PAGE_BITS;
      const last = (each.start + each.size - 1) >>> PAGE_BITS;
      for (const page of this.#filled) {
        if (page < first || page > last) continue;
        this.#words[page] = SLOW;
        this.#filled.delete(page);
      }
    }
  }

  /** Closes all pages. */
  flush(): void {
    for (const page of this.#filled) this.#words[page] = SLOW;
    this.#filled.clear();
    this.regions.closeAll();
  }
}
