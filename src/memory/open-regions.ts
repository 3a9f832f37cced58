import { MODEL_AREA, OPEN_REGIONS } from "./model-area.ts";
import type { Region } from "./region.ts";

/** log2 of the bytes of a region's limits for one kind of access: a word for each `Width`. */
const LIMITS_SHIFT = 4;

/** Bytes of an access; or several words, as many as one instruction moves. */
export type Width = 1 | 2 | 4 | "words";
/** Most words that one instruction moves. @source Armv7-M ARM, "VLDM", of 16 doubles */
const MOST_WORDS = 32;

const LIMIT = { 1: 0, 2: 1, 4: 2, words: 3 } as const satisfies Record<Width, number>;
/** log2 of the bytes that its address is a multiple of. */
export const ALIGNMENT = { 1: 0, 2: 1, 4: 2, words: 2 } as const satisfies Record<Width, number>;

/** What compiled code has to know of a region that can be open as a whole. */
export interface OpenRegion {
  readonly start: number;
  readonly host: number;
  /** Byte offset of its limit for the width of the access. */
  readonly limit: number;
}

/**
 * Regions of which every page is open in a `PageTable`: accesses to them need no look into it. For each there are the
 * numbers of bytes, halfwords and words that it holds, and of words with as many behind them as an instruction may move,
 * or 0 while it is not open. So compiled code finds with one comparison that an access is in the region and aligned: it
 * compares the distance from the region's start, rotated right by `ALIGNMENT`.
 */
export class OpenRegions {
  readonly #words: Int32Array;
  readonly #base: number;

  constructor(memory: WebAssembly.Memory, kind: "read" | "write") {
    const bytes = OPEN_REGIONS << LIMITS_SHIFT;
    this.#base = MODEL_AREA.openRegions + (kind === "read" ? 0 : bytes);
    this.#words = new Int32Array(memory.buffer, this.#base, bytes / 4);
  }

  /** Byte offset of the limit for accesses of that width. */
  limitOf(region: Region, width: Width): number {
    return this.#base + (region.index << LIMITS_SHIFT) + 4 * LIMIT[width];
  }
  has(region: Region): boolean {
    return this.#words[this.#at(region)] !== 0; // it has bytes, at least
  }
  open(region: Region): void {
    const at = this.#at(region);
    for (const width of [1, 2, 4] as const) this.#words[at + LIMIT[width]] = region.size >>> ALIGNMENT[width];
    this.#words[at + LIMIT.words] = Math.max(0, (region.size >>> ALIGNMENT.words) - MOST_WORDS + 1);
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
