import { HINTS } from "./line-store.ts";

/**
 * What the memory models keep in the linear memory, so that compiled code can compare it inline. Byte offsets; the area
 * begins at `LAYOUT.modelArea` and ends before the page tables.
 */
export const MODEL_AREA = {
  /** The fetch epoch, one word: see `FetchTiming.epoch`. */
  fetchEpoch: 0x1000,
  /** Reads of registers that stay as they are, see `SteadyReads`. */
  steadyReads: 0x1100,
  /** State of the Cortex-M7's branch predictor, see `predictorWords`. */
  predictor: 0x2000,
  /** Lines with free reads and writes, see `LineTable`: `LINE_ENTRIES` of 8 bytes each. */
  readLines: 0x1_0000,
  writeLines: 0x1_8000,
  /** State of the Cortex-M7's D-cache, see `M7_DATA`. */
  m7Data: 0x2_0000,
  /** State of the data side of a Cortex-M4's flash, see `FLASH_DATA`. */
  flashData: 0x2_6000,
  /** Lines of the instruction side that were seen to be present: `PRESENT_ENTRIES` keys, see `FetchEpoch`. */
  presentLines: 0x2_7000,
  /** State of the Cortex-M7's instruction side, see `M7_FETCH`. */
  m7Fetch: 0x2_8000,
  /** How code of a page is fetched, see `FetchPaths`: `FETCH_PATHS` entries as `M7_PATH`. */
  fetchPaths: 0x2_b000,
  /** State of a port between flash and an instruction bus, see `FLASH_FETCH`. */
  flashFetch: 0x3_3000,
  /** Regions that are open as a whole, see `OpenRegions`: for reads, then for writes. */
  openRegions: 0x3_3800,
} as const;
/** Most regions of a memory map that can be open as a whole. */
export const OPEN_REGIONS = 64;
/** Entries of each table of lines. */
export const LINE_ENTRIES = 4096;

/** Entries of the table of present lines: a power of two. */
export const PRESENT_ENTRIES = 1024;

/** First byte behind all that the models keep there. */
export const MODEL_AREA_END = 0x3_4000;

const M7 = MODEL_AREA.m7Data;
/** Most lines of a D-cache, buffers for lines on their way, stores, and paths that `M7_DATA` has room for. */
export const M7_DATA_ROOM = { lines: 2048, buffers: 4, stores: 8, paths: 64 } as const;
/** log2 of the bytes of one path. */
export const M7_PATH_SHIFT = 6;
/**
 * The D-cache side of a Cortex-M7 as it stands: what `M7Data` and its parts keep, here so that compiled code can go on
 * from it. Byte offsets; times are cycles as doubles.
 */
export const M7_DATA = {
  /** Of each way: number of the line as a word, and its `WAY` bits as a byte. */
  lines: M7,
  flags: M7 + 4 * M7_DATA_ROOM.lines,
  /** The register that picks victims. */
  random: M7 + 0x3000,
  /**
   * Of each fill buffer: number of the line; when each of its words comes; when all have come. When the channel has
   * carried the last word asked for.
   */
  fills: { lines: M7 + 0x3010, arrivals: M7 + 0x3020, done: M7 + 0x30a0, channelFree: M7 + 0x30c0 },
  /** When the last dirty line has left its buffer. */
  evictionDone: M7 + 0x30c8,
  misses: M7 + 0x30d0,
  /** When the flash array is done with its present read. */
  arrayFree: M7 + 0x30d8,
  /** When the last stores are done, see `StoreBuffer`, and the place of the oldest. */
  storesDone: M7 + 0x30e0,
  nextStore: M7 + 0x3120,
  /** How lines of a page are filled: its number is in the page table. Number 0 is never valid. */
  paths: M7 + 0x4000,
} as const;
/** Fields of a path, byte offsets in it; see `BusPath`. `arrayRead` counts only with `PATH_KIND.array`. */
export const M7_PATH = { kind: 0, first: 8, beat: 16, half: 24, write: 32, arrayRead: 40 } as const;
/**
 * Bits of `M7_PATH.kind`; without `valid`, nothing else counts. `lookUp`: the cache is on, and may hold lines whatever the
 * memory's attributes are now; `cached`: a line that is not there comes into it.
 */
export const PATH_KIND = {
  valid: 1,
  writeBack: 2,
  writeAllocate: 4,
  array: 8,
  lookUp: 16,
  cached: 32,
} as const;

const FETCH = MODEL_AREA.m7Fetch;
/** Most lines of an I-cache, and buffers for lines on their way to it or past it, that `M7_FETCH` has room for. */
export const M7_FETCH_ROOM = { lines: 2048, buffers: 4 } as const;
/**
 * The instruction side of a Cortex-M7 behind AXIM as `M7Fetch` and its parts keep it, for compiled code to go on from.
 * Byte offsets; times are cycles as doubles.
 */
export const M7_FETCH = {
  /** The I-cache, as in `M7_DATA`. */
  lines: FETCH,
  flags: FETCH + 4 * M7_FETCH_ROOM.lines,
  random: FETCH + 0x2800,
  /** Lines on their way to the cache, as in `M7_DATA`, and those past it. */
  fills: {
    lines: FETCH + 0x2810,
    arrivals: FETCH + 0x2820,
    done: FETCH + 0x28a0,
    channelFree: FETCH + 0x28c0,
  },
  bursts: {
    lines: FETCH + 0x2910,
    arrivals: FETCH + 0x2920,
    done: FETCH + 0x29a0,
    channelFree: FETCH + 0x29c0,
  },
  /** Past the cache: the line that is at hand, -1 for none; its sectors and oldest way, see `LineStore`. */
  burst: FETCH + 0x2a00,
  burstSectors: FETCH + 0x2a04,
  burstOldest: FETCH + 0x2a08,
  /** Line of the last miss, when its word came, and when it was asked for past the cache. */
  lastLine: FETCH + 0x2a10,
  lastWord: FETCH + 0x2a18,
  lastBegun: FETCH + 0x2a20,
  misses: FETCH + 0x2a28,
} as const;

/** Pages of code that `FetchPaths` has room for. */
export const FETCH_PATHS = 512;

const FLASH = MODEL_AREA.flashData;
/** Most lines that the buffers on a data bus have, and sets. */
export const FLASH_DATA_ROOM = { lines: 256, sets: 64 } as const;
/**
 * The buffers between flash and the data bus of a Cortex-M4 as `FlashDataPort` keeps them, here so that compiled code can
 * go on from them. Byte offsets; times are cycles as doubles.
 */
export const FLASH_DATA = {
  /** What compiled code may do itself: `FLASH_READS`. */
  mode: FLASH,
  /** When the flash array is done with its present read, and until when it is erased or programmed. */
  freeAt: FLASH + 0x08,
  busyUntil: FLASH + 0x10,
  /** What a read takes, from the next multiple of `step`. */
  readCycles: FLASH + 0x18,
  step: FLASH + 0x20,
  misses: FLASH + 0x28,
  /** Of each line: its number as a word, and its sectors that are there as bits of a byte. */
  lines: FLASH + 0x100,
  sectors: FLASH + 0x100 + 4 * FLASH_DATA_ROOM.lines,
  /** Of each set: the way that goes next, 16 bits. */
  oldest: FLASH + 0x100 + 5 * FLASH_DATA_ROOM.lines,
} as const;
/**
 * RAM with wait states behind a Cortex-M4's System bus, as `M4Data` keeps it: the cycle that the clock shows while the
 * present instruction lasts, when the store on its way is done, and the accesses of the instruction before this one.
 */
export const RAM_DATA = { continues: FLASH + 0x30, storeDone: FLASH + 0x38, beat: FLASH + 0x40 } as const;
/** Bits of `FLASH_DATA.mode`; without `known`, reads are the host's. */
export const FLASH_READS = { known: 1, free: 2, cached: 4 } as const;

const PORT = MODEL_AREA.flashFetch;
/** Most lines that the buffers on an instruction bus have, sets, and hints where a line is. */
export const FLASH_FETCH_ROOM = { lines: 256, sets: 64, hints: HINTS } as const;
/**
 * The buffers between flash and an instruction bus as `FlashFetchPort` keeps them, for compiled code to go on from. Byte
 * offsets; times are cycles as doubles.
 */
export const FLASH_FETCH = {
  /** What compiled code may do itself: `FLASH_FETCHES`. */
  mode: PORT,
  /** Read of the array that was begun ahead, -1 for none, and when it is done. */
  aheadRead: PORT + 0x04,
  aheadDone: PORT + 0x08,
  /** As in `FLASH_DATA`. */
  readCycles: PORT + 0x10,
  busyUntil: PORT + 0x18,
  step: PORT + 0x20,
  misses: PORT + 0x28,
  /** Without the cache: the read in use, its sectors and oldest way, see `LineStore`. */
  current: PORT + 0x30,
  currentSectors: PORT + 0x34,
  currentOldest: PORT + 0x38,
  /** With it: the lines, as in `FLASH_DATA`, and the slots in which they were found last. */
  hints: PORT + 0x40,
  lines: PORT + 0x100,
  sectors: PORT + 0x100 + 4 * FLASH_FETCH_ROOM.lines,
  oldest: PORT + 0x100 + 5 * FLASH_FETCH_ROOM.lines,
} as const;
/** Bits of `FLASH_FETCH.mode`; without `known`, fetches are the host's. */
export const FLASH_FETCHES = { known: 1, free: 2, cached: 4, prefetch: 8 } as const;

/** Key of no line. */
const NO_LINE = -1;

/**
 * The number of the state of the instruction-side memories: it changes whenever a line that was present may have gone.
 * Beside it a table of lines that were seen to be present and have not gone since, by keys that their owner gives them,
 * each at its key modulo the table's size; a line that is not in the table may be present all the same.
 */
export class FetchEpoch {
  readonly #word: Int32Array;
  readonly #present: Int32Array;

  constructor(memory: WebAssembly.Memory) {
    this.#word = new Int32Array(memory.buffer, MODEL_AREA.fetchEpoch, 1);
    this.#present = new Int32Array(memory.buffer, MODEL_AREA.presentLines, PRESENT_ENTRIES);
    this.#word[0] = 1;
    this.#present.fill(NO_LINE);
  }

  get value(): number {
    return this.#word[0]!;
  }
  /** Anything may have gone. Never 0, which would mean that nothing is ever remembered. */
  advance(): void {
    this.#present.fill(NO_LINE);
    this.gone(0, 0);
  }
  /** The line of `key` is present until it is said to have gone. */
  seen(key: number): void {
    this.#present[key & (PRESENT_ENTRIES - 1)] = key;
  }
  /** Lines of `count` keys from `first` have gone; what has no key may have too. */
  gone(first: number, count: number): void {
    for (let key = first; key < first + count; key++) {
      const at = key & (PRESENT_ENTRIES - 1);
      if (this.#present[at] === key) this.#present[at] = NO_LINE;
    }
    this.#word[0] = this.#word[0] === 0x7fff_ffff ? 1 : this.#word[0]! + 1;
  }
}
