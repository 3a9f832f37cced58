import type { Core } from "../core/core.ts";
import type { MemoryMap } from "../memory/memory-map.ts";
import type { CoreTiming, FetchTiming } from "../timing/timing.ts";
import { Block } from "./block.ts";
import type { OperationMaker } from "./operations.ts";
import type { RecordCounts, ScheduleRecord } from "./progress.ts";
import { codeKey, MAX_BLOCK, type Translator } from "./translate.ts";

/** Bytes of memory that may be executed or not as a whole: a region of the MPU has as many at least. */
const GRANULE = 32;
/** Places for blocks that were used lately; a power of two. */
const RECENT = 1024;
export type BlockCounts = ReadonlyMap<ScheduleRecord, RecordCounts>;

/** Blocks by address and ITSTATE; drops those whose bytes change, but keeps their counts. */
export class BlockCache {
  readonly #translator: Translator;
  readonly #maker: OperationMaker;
  readonly #timing: CoreTiming;
  readonly #fetch: FetchTiming;
  readonly #map: MemoryMap;
  readonly #markCode: (host: number, size: number) => void;
  readonly #words: Int32Array;
  readonly #blocks = new Map<number, Block>();
  readonly #singles = new Map<number, Block>();
  /** Numbers of the granules that code was translated from. */
  readonly #granules = new Set<number>();
  /** Blocks by some bits of their address, for what is asked for again and again. */
  readonly #recent = new Array<Block | undefined>(RECENT).fill(undefined);
  /** Every block that ever ran, for the profile. */
  readonly all: Block[] = [];
  /** Addresses at which a block must begin, since someone watches them. */
  readonly watched = new Set<number>();

  constructor(options: {
    core: Core;
    translator: Translator;
    maker: OperationMaker;
    timing: CoreTiming;
    fetch: FetchTiming;
    map: MemoryMap;
    markCode: (host: number, size: number) => void;
  }) {
    this.#translator = options.translator;
    this.#maker = options.maker;
    this.#timing = options.timing;
    this.#fetch = options.fetch;
    this.#map = options.map;
    this.#markCode = options.markCode;
    this.#words = options.core.state.words;
  }

  /** The block that begins at `pc` (unsigned) with `itState`. */
  get(pc: number, itState: number): Block {
    const slot = (pc >>> 1) & (RECENT - 1);
    const recent = this.#recent[slot];
    if (recent?.code.pc === pc && recent.code.itState === itState) return recent;
    const block = this.#blocks.get(codeKey(pc, itState)) ?? this.#make(this.#blocks, pc, itState, MAX_BLOCK);
    if (block.code.fetchFault === undefined) this.#recent[slot] = block;
    return block;
  }
  /** The block there, if it has been translated. */
  peek(pc: number, itState: number): Block | undefined {
    return this.#blocks.get(codeKey(pc, itState));
  }
  /** The block of the one instruction at `pc`. */
  single(pc: number, itState: number): Block {
    return this.#singles.get(codeKey(pc, itState)) ?? this.#make(this.#singles, pc, itState, 1);
  }

  /** Told of each block that is forgotten because its bytes changed. */
  onDrop: (block: Block) => void = () => undefined;
  /** Told when all blocks are forgotten. */
  onClear: () => void = () => undefined;
  /** Told when somebody begins to watch an address at which a block may begin already. */
  onWatch: (pc: number) => void = () => undefined;

  /** Forgets the blocks that have bytes in the given range of the linear memory. @returns whether there were any */
  invalidate(host: number, size: number): boolean {
    let found = false;
    for (const blocks of [this.#blocks, this.#singles]) {
      for (const [key, block] of blocks) {
        const start = this.#map.hostAddress(block.code.pc, 2);
        if (start === undefined) continue;
        const end = start + (block.code.end - block.code.pc);
        if (start >= host + size || host >= end) continue;
        blocks.delete(key);
        this.#recent.fill(undefined);
        this.onDrop(block);
        found = true;
      }
    }
    return found;
  }

  /** Watches an address that no block runs across, such as one behind a call. */
  watch(pc: number): void {
    this.watched.add(pc);
    this.onWatch(pc);
  }

  /** Forgets all translations: something that they were built on changed. */
  clear(): void {
    this.onClear();
    this.#blocks.clear();
    this.#singles.clear();
    this.#granules.clear();
    this.#recent.fill(undefined);
  }
  /** Whether all blocks there may still be executed with these permissions. */
  standsUnder(
    executable: (address: number) => boolean,
    areas: Iterable<{ readonly start: number; readonly size: number }>,
  ): boolean {
    const stands = (granule: number): boolean =>
      !this.#granules.has(granule) || executable(granule * GRANULE);
    for (const { start, size } of areas) {
      const first = start / GRANULE;
      const last = (start + size) / GRANULE;
      if (last - first <= this.#granules.size) {
        for (let granule = first; granule < last; granule++) if (!stands(granule)) return false;
      } else {
        for (const granule of this.#granules)
          if (granule >= first && granule < last && !stands(granule)) return false;
      }
    }
    return true;
  }

  /** Counts of all blocks that ran, for snapshots. */
  saveCounts(): BlockCounts {
    const saved = new Map<ScheduleRecord, RecordCounts>();
    for (const { records } of this.all) {
      for (const record of records) {
        const counts = record.counts();
        if (counts !== undefined) saved.set(record, counts);
      }
    }
    return saved;
  }
  restoreCounts(saved: BlockCounts): void {
    for (const { records } of this.all) for (const record of records) record.setCounts(saved.get(record));
  }

  /** Where in the linear memory the bytes of the blocks in use lie. */
  *spans(): Iterable<{ readonly host: number; readonly size: number }> {
    for (const blocks of [this.#blocks, this.#singles]) {
      for (const { code } of blocks.values()) {
        const host = this.#map.hostAddress(code.pc, 2);
        if (host !== undefined) yield { host, size: code.end - code.pc };
      }
    }
  }

  #make(into: Map<number, Block>, pc: number, itState: number, limit: number): Block {
    const code = this.#translator.translate(pc, itState, this.watched, limit);
    const operations = code.instructions.map((each) => (each.common.operation ??= this.#maker.make(each)));
    const block = new Block(code, operations, this.#timing, this.#fetch, this.#words);
    // Who may execute what changes with privilege, so that a refusal is not remembered.
    if (code.fetchFault !== undefined) return block;
    into.set(codeKey(pc, itState), block);
    this.all.push(block);
    const last = (code.end - 1) / GRANULE;
    for (let granule = Math.floor(pc / GRANULE); granule <= last; granule++) this.#granules.add(granule);
    this.#noteCode(pc, code.end);
    return block;
  }

  /** Remembers where the bytes of code lie, from `pc` up to `end`. */
  #noteCode(pc: number, end: number): void {
    const size = end - pc;
    const host = size === 0 ? undefined : this.#map.hostAddress(pc, size);
    if (host !== undefined) this.#markCode(host, size);
    else if (size > 2) {
      // From one region into the next.
      const middle = pc + 2 * (size >> 2);
      this.#noteCode(pc, middle);
      this.#noteCode(middle, end);
    }
  }
}
