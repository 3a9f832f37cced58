import type { FlashArray, FlashArrayWords } from "./flash-array.ts";
import { lineOf, sectorOf, type PortGeometry } from "./flash-port.ts";
import { LineStore, type LineStoreWords } from "./line-store.ts";
import { FLASH_DATA, FLASH_DATA_ROOM, FLASH_READS } from "./model-area.ts";

/** State of the data side in the linear memory, see `FLASH_DATA`. */
export interface FlashDataWords extends FlashArrayWords {
  readonly mode: Int32Array;
  readonly freeAt: Float64Array;
  readonly misses: Float64Array;
  readonly store: LineStoreWords;
}

export function flashDataWords({ buffer }: WebAssembly.Memory): FlashDataWords {
  const time = (offset: number): Float64Array => new Float64Array(buffer, offset, 1);
  return {
    mode: new Int32Array(buffer, FLASH_DATA.mode, 1),
    freeAt: time(FLASH_DATA.freeAt),
    busyUntil: time(FLASH_DATA.busyUntil),
    readCycles: time(FLASH_DATA.readCycles),
    step: time(FLASH_DATA.step),
    misses: time(FLASH_DATA.misses),
    store: {
      lines: new Int32Array(buffer, FLASH_DATA.lines, FLASH_DATA_ROOM.lines),
      sectors: new Uint8Array(buffer, FLASH_DATA.sectors, FLASH_DATA_ROOM.lines),
      oldest: new Uint16Array(buffer, FLASH_DATA.oldest, FLASH_DATA_ROOM.sets),
    },
  };
}

/** The line buffers between the array and a data bus. `FlashReadAssist` is the same for compiled code. */
export class FlashDataPort {
  readonly geometry: PortGeometry;
  /** Cycles of a miss that the core does not see. */
  readonly hidden: number;
  readonly #array: FlashArray;
  readonly #words: FlashDataWords;
  readonly #buffered: LineStore;
  /** Whether the buffers are in the linear memory, which has room for as many as any part has. */
  readonly #isShared: boolean;
  #cached = false;
  /** Told when something that was present may have gone. */
  onGone: () => void = () => undefined;

  /** @param array keeps its state in `words.freeAt` */
  constructor(array: FlashArray, geometry: PortGeometry, hidden: number, words: FlashDataWords) {
    this.#array = array;
    this.geometry = geometry;
    this.hidden = hidden;
    this.#words = words;
    const { sets, ways } = geometry;
    this.#isShared = sets <= FLASH_DATA_ROOM.sets && sets * ways <= FLASH_DATA_ROOM.lines;
    this.#buffered = new LineStore(sets, ways, this.#isShared ? words.store : undefined);
  }

  /** Follows the controller's switches, and what of the array's settings or of the clocks has changed. */
  configure(cached: boolean): void {
    if (cached !== this.#cached) this.clear();
    this.#cached = cached;
    this.#array.publish(this.#words, true);
    const holds = cached && this.geometry.ways > 0;
    this.#words.mode[0] =
      (this.#isShared ? FLASH_READS.known : 0) |
      (this.#array.isFree ? FLASH_READS.free : 0) |
      (holds ? FLASH_READS.cached : 0);
  }
  clear(): void {
    this.#buffered.clear();
    this.onGone();
  }

  get misses(): number {
    return this.#words.misses[0]!;
  }
  /** Whether reads of byte `host` are free until `onGone`. */
  holds(host: number): boolean {
    return this.#cached && this.#buffered.has(lineOf(this.geometry, host), sectorOf(this.geometry, host));
  }

  /** Stall of a read of byte `host` of the linear memory at `now`. The arbiter lets a read that has begun finish. */
  read(host: number, now: number): number {
    if (this.#array.isFree) return 0;
    const line = lineOf(this.geometry, host);
    const sector = sectorOf(this.geometry, host);
    if (this.#cached && this.#buffered.has(line, sector)) return 0;
    this.#words.misses[0]!++;
    if (this.#cached && this.#buffered.add(line, sector) >= 0) this.onGone();
    return Math.max(0, this.#array.read(now, true) - now - 1 - this.hidden);
  }

  save(): { misses: number; buffered: LineStoreWords; cached: boolean } {
    return { misses: this.misses, buffered: this.#buffered.save(), cached: this.#cached };
  }
  /** Behind the array's own. */
  restore(saved: ReturnType<FlashDataPort["save"]>): void {
    this.#words.misses[0] = saved.misses;
    this.#buffered.restore(saved.buffered);
    this.#cached = saved.cached;
    this.configure(saved.cached);
  }
}
