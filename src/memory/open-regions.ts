import { MODEL_AREA, OPEN_REGIONS } from "./model-area.ts";
import type { Region } from "./region.ts";

/** log2 of the bytes of a region's limits for one kind of access: a word each for bytes, halfwords, words and one unused. */
const LIMITS_SHIFT = 4;

/** log2 of the bytes of an access, by its bytes. */
export const SIZE_SHIFT = { 1: 0, 2: 1, 4: 2 } as const;

/** What compiled code has to know of a region that can be open as a whole. */
export interface OpenRegion {
  readonly start: number;
  readonly host: number;
  /** Byte offset of its limit for the bytes of the access. */
  readonly limit: number;
}

/**
 * Regions of which every page is open in a `PageTable`: accesses to them need no look into it. For each there are the
 * numbers of bytes, halfwords and words that it holds, or 0 while it is not open, so that compiled code finds with one
 * comparison that an address is in the region and aligned: it compares the distance from the region's start, rotated
 * right by log2 of the access's bytes.
 */
export class OpenRegions {
  readonly #words: Int32Array;
  readonly #base: number;

  constructor(memory: WebAssembly.Memory, kind: "read" | "write") {
    const bytes = OPEN_REGIONS << LIMITS_SHIFT;
    this.#base = MODEL_AREA.openRegions + (kind === "read" ? 0 : bytes);
    this.#words = new Int32Array(memory.buffer, this.#base, bytes / 4);
  }

  /** Byte offset of the limit for accesses of so many bytes. */
  limitOf(region: Region, bytes: 1 | 2 | 4): number {
    return this.#base + (region.index << LIMITS_SHIFT) + 4 * SIZE_SHIFT[bytes];
  }
  has(region: Region): boolean {
    return this.#words[this.#at(region)] !== 0;
  }
  open(region: Region): void {
    for (let shift = 0; shift < 3; shift++) this.#words[this.#at(region) + shift] = region.size >>> shift;
  }
  close(region: Region): void {
    this.#words.fill(0, this.#at(region), this.#at(region) + 4);
  }
  closeAll(): void {
    this.#words.fill(0);
  }

  #at(region: Region): number {
    return region.index << (LIMITS_SHIFT - 2);
  }
}
