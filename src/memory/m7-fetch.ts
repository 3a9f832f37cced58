import { BEATS, LineFills, type BusPath } from "./bus-path.ts";
import { LINE_SHIFT, type Cache } from "./cache.ts";
import { FetchPaths } from "./fetch-paths.ts";
import type { FlashFetchPort } from "./flash-port.ts";
import { LineStore } from "./line-store.ts";
import { PAGE_SIZE, type MemoryMap } from "./memory-map.ts";
import { M7_BUFFER, type M7Buffers } from "./memory-costs.ts";
import { isCacheable, type M7Paths, type MemoryPolicy } from "./m7-memory.ts";
import { m7FetchWords } from "./m7-words.ts";
import { M7_DATA, MODEL_AREA, PATH_KIND, type FetchEpoch } from "./model-area.ts";
import { policyOfPage, type PathWords } from "./path-words.ts";
import type { Region } from "./region.ts";
import type { SlaveHolds } from "./slave-holds.ts";

/** Bytes of one fetch: 64 bits. */
const FETCH_SHIFT = 3;

interface SavedM7Fetch {
  readonly misses: number;
  readonly cache: ReturnType<Cache["save"]> | undefined;
  readonly fills: ReturnType<LineFills["save"]>;
  readonly bursts: ReturnType<LineFills["save"]>;
  readonly burst: ReturnType<LineStore["save"]>;
  readonly enabled: boolean;
  readonly lastLine: number;
  readonly lastWord: number;
  readonly lastBegun: number;
}

/** Instruction side of a Cortex-M7: ITCM, the flash on its port, and AXIM behind the I-cache. */
export class M7Fetch {
  readonly lineShift = FETCH_SHIFT;
  readonly presenceShift: number;
  readonly epochWord = MODEL_AREA.fetchEpoch;
  readonly #map: MemoryMap;
  readonly #epoch: FetchEpoch;
  readonly #cache: Cache | undefined;
  readonly #paths: M7Paths;
  readonly #policy: (address: number) => MemoryPolicy;
  readonly #art: FlashFetchPort | undefined;
  readonly #holds: SlaveHolds;
  readonly #buffers: M7Buffers;
  readonly #fills: LineFills;
  /** Without the cache: the line of the last burst, and those under way. */
  readonly #burst: LineStore;
  readonly #bursts: LineFills;
  readonly #fetchPaths: FetchPaths;
  #enabled = false;
  /** Line of the last miss, when its word came, when it was asked for past the cache, and their number: one word each. */
  readonly #lastLine: Int32Array;
  readonly #lastWord: Float64Array;
  readonly #lastBegun: Float64Array;
  readonly #misses: Float64Array;

  constructor(options: {
    map: MemoryMap;
    memory: WebAssembly.Memory;
    epoch: FetchEpoch;
    /** Its words are those of `m7FetchWords`. */
    cache: Cache | undefined;
    paths: M7Paths;
    policy: (address: number) => MemoryPolicy;
    art: FlashFetchPort | undefined;
    holds: SlaveHolds;
    /** `M7_BUFFER` when absent. */
    buffers?: M7Buffers;
  }) {
    const { buffers = M7_BUFFER } = options;
    this.#buffers = buffers;
    const words = m7FetchWords(options.memory);
    this.#fills = new LineFills(buffers.instructionFills.cycles, words.fills);
    this.#burst = new LineStore(1, 1, words.burst);
    this.#bursts = new LineFills(buffers.uncachedBursts.cycles, words.bursts);
    this.#lastLine = words.lastLine.fill(-1);
    this.#lastWord = words.lastWord;
    this.#lastBegun = words.lastBegun;
    this.#misses = words.misses;
    this.#fetchPaths = new FetchPaths(options.memory, (...args) => this.#describe(...args));
    this.#map = options.map;
    this.#epoch = options.epoch;
    this.#cache = options.cache;
    this.#paths = options.paths;
    this.#policy = options.policy;
    this.#art = options.art;
    this.presenceShift = Math.min(LINE_SHIFT, options.art?.geometry.readShift ?? LINE_SHIFT);
    this.#holds = options.holds;
  }

  get epoch(): number {
    return this.#epoch.value;
  }
  get misses(): number {
    return this.#misses[0]!;
  }
  /** See `FetchTiming.assist`. */
  get assist() {
    const { instructionFills, uncachedBursts, fetchAhead } = this.#buffers;
    const cache = this.#cache && {
      sets: this.#cache.sets,
      ways: this.#cache.ways,
      fills: instructionFills.cycles,
      bursts: uncachedBursts.cycles,
      ahead: fetchAhead.cycles,
    };
    return { cache, port: this.#art?.assist(M7_DATA.arrayFree) };
  }
  fetchPath(address: number): number {
    const region = this.#map.find(address);
    if (region?.config.bus === "itcm" && region.config.waitStates === "flash")
      return this.#art?.fetchPath(region.host + (address - region.start)) ?? 0;
    return this.#fetchPaths.number(address);
  }
  enable(on: boolean): void {
    if (on === this.#enabled) return;
    this.#enabled = on;
    this.forget();
  }
  /** Blocks have to ask for their lines again. */
  forget(): void {
    this.#burst.clear();
    this.forgetPaths();
    this.#epoch.advance();
  }
  /** Lines can't be fetched as before: another master is about to use a memory. */
  forgetPaths(): void {
    this.#fetchPaths.forget();
  }
  invalidateAll(): void {
    this.#cache?.invalidateAll();
    this.forget();
  }
  invalidate(address: number): void {
    const at = this.#cache?.find(address >>> LINE_SHIFT) ?? -1;
    if (at >= 0) this.#cache?.invalidate(at);
    this.forget();
  }

  isPresent(address: number, now: number): boolean {
    const region = this.#map.find(address);
    if (region === undefined) return true;
    const { bus, waitStates } = region.config;
    if (bus === "itcm" && waitStates === "flash")
      return this.#art?.has(region.host + (address - region.start)) ?? true;
    if (this.#paths.of(region) === undefined) return true;
    const line = address >>> LINE_SHIFT;
    const isWhole =
      this.#isPresent(line) && !this.#fills.isFilling(line, now) && !this.#bursts.isFilling(line, now);
    if (isWhole && this.#isCached(line)) this.#epoch.seen(line);
    return isWhole;
  }
  presentKey(address: number): number | undefined {
    const region = this.#map.find(address);
    if (region === undefined) return undefined;
    const { bus, waitStates } = region.config;
    if (bus === "itcm")
      return waitStates === "flash"
        ? this.#art?.presentKey(region.host + (address - region.start))
        : undefined;
    return address >>> LINE_SHIFT;
  }
  fetch(address: number, now: number): number {
    const region = this.#map.find(address);
    if (region === undefined) return 0;
    const { bus, waitStates } = region.config;
    if (bus === "itcm" && waitStates === "flash")
      return this.#art?.fetch(region.host + (address - region.start), now) ?? 0;
    const path = this.#paths.of(region);
    if (path === undefined) return 0;
    this.#fetchPaths.asked(address, now);
    const line = address >>> LINE_SHIFT;
    const word = (address >>> FETCH_SHIFT) & (BEATS - 1);
    if (!this.#isPresent(line)) return this.#miss(region, address, now, path);
    return Math.max(this.#fills.wait(line, word, now), this.#bursts.wait(line, word, now));
  }

  save(): SavedM7Fetch {
    return {
      misses: this.misses,
      cache: this.#cache?.save(),
      fills: this.#fills.save(),
      bursts: this.#bursts.save(),
      burst: this.#burst.save(),
      enabled: this.#enabled,
      lastLine: this.#lastLine[0]!,
      lastWord: this.#lastWord[0]!,
      lastBegun: this.#lastBegun[0]!,
    };
  }
  /** The epoch is the caller's to advance. */
  restore(saved: SavedM7Fetch): void {
    this.#misses[0] = saved.misses;
    if (saved.cache !== undefined) this.#cache?.restore(saved.cache);
    this.#fills.restore(saved.fills);
    this.#bursts.restore(saved.bursts);
    this.#burst.restore(saved.burst);
    this.#enabled = saved.enabled;
    this.forgetPaths();
    this.#lastLine[0] = saved.lastLine;
    this.#lastWord[0] = saved.lastWord;
    this.#lastBegun[0] = saved.lastBegun;
  }

  /** See `FetchPaths`. */
  #describe(address: number, now: number, words: PathWords, number: number): boolean {
    const region = this.#map.find(address);
    const path = region && this.#paths.of(region);
    if (path === undefined) return true;
    const busy = path.array !== undefined && path.array.settings.busyUntil > now;
    if (busy || this.#holds.isHeld(region!, now)) return false;
    const policy = policyOfPage(this.#policy, address - (address % PAGE_SIZE));
    if (policy === undefined) return true;
    const looksUp = this.#enabled && this.#cache !== undefined;
    const isCached = looksUp && isCacheable(policy);
    words.set(number, path, (looksUp ? PATH_KIND.lookUp : 0) | (isCached ? PATH_KIND.cached : 0));
    return true;
  }
  #isPresent(line: number): boolean {
    return this.#isCached(line) || this.#burst.has(line, 0);
  }
  #isCached(line: number): boolean {
    return this.#enabled && (this.#cache?.find(line) ?? -1) >= 0;
  }
  #miss(region: Region, address: number, now: number, path: BusPath): number {
    const cached = this.#enabled && this.#cache !== undefined && isCacheable(this.#policy(address));
    const line = address >>> LINE_SHIFT;
    const word = (address >>> FETCH_SHIFT) & (BEATS - 1);
    const sequential = line === this.#lastLine[0]! + 1 && word === 0;
    const first = cached
      ? this.#fill(region, line, word, sequential, now, path)
      : this.#stream(region, line, word, sequential, now, path);
    this.#lastLine[0] = line;
    this.#lastWord[0] = first;
    return Math.max(0, first - now);
  }
  /** A line for the cache. In straight code the queue asked for it when the words before it had come. */
  #fill(region: Region, line: number, word: number, sequential: boolean, now: number, path: BusPath): number {
    const ahead = Math.max(this.#lastWord[0]!, now - this.#buffers.fetchAhead.cycles);
    const asked = sequential ? Math.min(now, ahead) : now;
    this.#misses[0]!++;
    const evicted = this.#cache!.allocate(line, false);
    if (evicted !== undefined) this.#epoch.gone(evicted.line, 1);
    return this.#fills.begin(line, word, asked + this.#holds.wait(region, asked), path);
  }
  /** A line past the cache. In straight code bursts follow each other as fast as memory and bus deliver them. */
  #stream(
    region: Region,
    line: number,
    word: number,
    sequential: boolean,
    now: number,
    path: BusPath,
  ): number {
    const beat = path.ahead?.beat ?? path.beat;
    const delivered = this.#lastBegun[0]! + (path.array?.readCycles() ?? 0) + BEATS * beat;
    const asked = sequential ? Math.min(now, delivered) : now;
    if (this.#burst.add(line, 0) >= 0) this.#epoch.gone(0, 0); // only cached lines are in its table
    const begun = asked + this.#holds.wait(region, asked);
    this.#lastBegun[0] = begun;
    return this.#bursts.begin(line, word, begun, path);
  }
}
