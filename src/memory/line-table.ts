import type { Region } from "./region.ts";

/** log2 of the bytes of an entry: the line's address, then `host offset - guest address`. */
export const LINE_ENTRY_SHIFT = 3;
/** Byte of an entry at which the offset is. */
export const LINE_OFFSET = 4;
/** Address of no line: it is not aligned. */
const NONE = -1;

/** Where a table of lines lies in the linear memory, for code that looks into it itself. */
export interface LineTableLayout {
  readonly base: number;
  /** A power of two; a line's entry is at its number modulo this. */
  readonly entries: number;
  /** log2 of the bytes of a line. */
  readonly shift: number;
}

/**
 * Lines from which plain aligned accesses are free and allowed though their region is not: a soft TLB of cache lines
 * beside `PageTable`. Direct-mapped; a line that is not in it may be free all the same.
 */
export class LineTable {
  readonly layout: LineTableLayout;
  readonly #words: Int32Array;
  readonly #mask: number;
  readonly #shift: number;

  constructor(memory: WebAssembly.Memory, layout: LineTableLayout) {
    this.layout = layout;
    this.#words = new Int32Array(memory.buffer, layout.base, layout.entries * 2);
    this.#mask = layout.entries - 1;
    this.#shift = layout.shift;
    this.clear();
  }

  #index(address: number): number {
    return ((address >>> this.#shift) & this.#mask) << (LINE_ENTRY_SHIFT - 2);
  }
  #tag(address: number): number {
    return (address >> this.#shift) << this.#shift;
  }
  has(address: number): boolean {
    return this.#words[this.#index(address)] === this.#tag(address);
  }
  /** Byte of the linear memory behind `address`, when its line is in the table; else -1. */
  hostOf(address: number): number {
    const index = this.#index(address);
    return this.#words[index] === this.#tag(address) ? (this.#words[index + 1]! + address) | 0 : -1;
  }
  /** The line of `address`, all of it in `region`, is free from now on. */
  open(address: number, region: Region): void {
    const index = this.#index(address);
    this.#words[index] = this.#tag(address);
    this.#words[index + 1] = region.host - region.start;
  }
  close(address: number): void {
    if (this.has(address)) this.#words[this.#index(address)] = NONE;
  }
  clear(): void {
    this.#words.fill(NONE);
  }
}

/** Tables for both kinds of access; no reads where all memory that has lines is free. Lines for writes are of 32 bytes. */
export interface LineTables {
  readonly read: LineTable | undefined;
  readonly write: LineTable;
}
