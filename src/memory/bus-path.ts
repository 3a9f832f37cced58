import type { FlashArray } from "./flash-array.ts";
import { AXI_PATH, type AxiPaths } from "./memory-costs.ts";
import type { Region, RegionConfig } from "./region.ts";

/** Words of 64 bits in a cache line. */
export const BEATS = 4;

/** The way from the M7 to one memory behind AXIM, in core cycles at the present clocks. */
export interface BusPath {
  /** From a read that misses to its first 64-bit word, beyond what a hit takes. */
  readonly first: number;
  /** Between two 64-bit words of a burst. */
  readonly beat: number;
  /** From the first word to the other half of a line that the flash delivers in two reads; 0 elsewhere. */
  readonly half: number;
  /** One write of up to 64 bits, from the store buffer to the memory. */
  readonly write: number;
  /** The flash array that is busy meanwhile, and for how long a whole line takes it. */
  readonly array: FlashArray | undefined;
  /**
   * The memory's controller reads on behind a line, a word each `beat`: the next line comes from its buffer, the first
   * word after `first` cycles at the soonest and the others `beat` apart.
   */
  readonly ahead?: { readonly first: number; readonly beat: number };
}

/** Clocks and settings that a path depends on. */
export interface PathConditions {
  /** Core clocks to one clock of the region's bus. */
  ratio(region: Region): number;
  readonly array: FlashArray | undefined;
  /** Bits of one flash read. */
  readonly flashBits: number;
  /** `AXI_PATH` when absent. */
  readonly costs?: AxiPaths;
  /** What the controller of a serial flash that is programmed in place does, at the region's ratio. */
  readonly serialFlash?: { readonly missCycles: number; readonly readsAhead: boolean };
}

const LINE_BITS = 256;

export function busPath({ config }: Region, ratio: number, conditions: PathConditions): BusPath {
  const { bus, waitStates, latency } = config;
  const paths = conditions.costs ?? AXI_PATH;
  if (waitStates === "external" || bus === "external") return externalPath(config, ratio, conditions);
  const array = waitStates === "flash" ? conditions.array : undefined;
  const waits = waitStates === "flash" ? (array?.settings.waitStates ?? 0) : waitStates;
  const onAhb = bus === "ahb" || bus === "ahbp";
  const cost = onAhb ? paths.ahb : paths.axi;
  const busCycles = latency?.busCycles ?? cost.first.cycles;
  const twoReads = array !== undefined && conditions.flashBits < LINE_BITS;
  return {
    first: ratio * (waits + busCycles),
    beat: ratio * cost.beat.cycles,
    half: twoReads ? ratio * (waits + 1) : 0,
    write: ratio * (waits + cost.write.cycles),
    array,
  };
}

/** To a memory off the chip: `ratio` is between the core's clock now and the one that its figures are for. */
function externalPath(config: RegionConfig, ratio: number, conditions: PathConditions): BusPath {
  const { latency, burst, waitStates, clockRatio = 1 } = config;
  const { axi, external } = conditions.costs ?? AXI_PATH;
  const serial = waitStates === "flash" ? conditions.serialFlash : undefined;
  const at = (cycles: number): number => Math.max(1, Math.round(ratio * cycles));
  const path = {
    first: at(latency?.busCycles ?? serial?.missCycles ?? external.first.cycles),
    beat: at(burst?.beatClocks ?? external.beat.cycles),
    half: 0,
    write: at(burst?.beatClocks ?? external.write.cycles),
    array: undefined,
  };
  const ahead = { first: clockRatio * axi.first.cycles, beat: clockRatio * axi.beat.cycles };
  return (burst?.readAhead ?? serial?.readsAhead) === true ? { ...path, ahead } : path;
}

interface SavedFills {
  readonly lines: Int32Array;
  readonly arrivals: Float64Array;
  readonly done: Float64Array;
  readonly channelFree: number;
  readonly stream: readonly [nextLine: number, streamedAt: number];
}

/** Where the state of line fills is kept: `lines` and `done` a word a buffer, `arrivals` `BEATS`, `channelFree` one. */
export interface FillWords {
  readonly lines: Int32Array;
  readonly arrivals: Float64Array;
  readonly done: Float64Array;
  readonly channelFree: Float64Array;
}

/** Line fills over AXIM: one burst after the other, each line kept in a buffer until its last word has come. */
export class LineFills {
  readonly #lines: Int32Array;
  /** When each 64-bit word of each buffer's line arrives. */
  readonly #arrivals: Float64Array;
  readonly #done: Float64Array;
  /** When the data channel has carried the last word asked for so far. */
  readonly #channelFree: Float64Array;
  /** Line that a controller which reads on delivers next, and when it had all before it. */
  #nextLine = -1;
  #streamedAt = 0;

  /**
   * @param buffers lines that can be on their way at the same time
   * @param words with room for at least so many; its own when absent
   */
  constructor(buffers: number, words?: FillWords) {
    this.#lines = (words?.lines.subarray(0, buffers) ?? new Int32Array(buffers)).fill(-1);
    this.#arrivals = words?.arrivals.subarray(0, buffers * BEATS) ?? new Float64Array(buffers * BEATS);
    this.#done = words?.done.subarray(0, buffers) ?? new Float64Array(buffers);
    this.#channelFree = words?.channelFree ?? new Float64Array(1);
  }

  /** The buffer that is free first. */
  #next(): number {
    let first = 0;
    for (let buffer = 1; buffer < this.#done.length; buffer++) {
      if (this.#done[buffer]! < this.#done[first]!) first = buffer;
    }
    return first;
  }
  /** Cycle from which a buffer is free. */
  freeAt(): number {
    return this.#done[this.#next()]!;
  }
  /** Begins to fill `line`, critical word first, at `start` or later. @returns the cycle at which that word comes */
  begin(line: number, critical: number, start: number, path: BusPath): number {
    const buffer = this.#next();
    const asked = Math.max(start, this.#done[buffer]!);
    const begun = path.array === undefined ? asked : path.array.start(asked);
    path.array?.read(begun);
    if (path.half > 0) path.array?.read(begun);
    const { beat, half, ahead } = path;
    const isNext = ahead !== undefined && line === this.#nextLine;
    /** When the memory has delivered what lies before this line. */
    const streamed = isNext ? this.#streamedAt : begun + path.first - beat;
    const step = ahead?.beat ?? beat;
    let at = Math.max(begun + (isNext ? ahead.first : path.first), this.#channelFree[0]! + step) - step;
    let first = Infinity;
    for (let i = 0; i < BEATS; i++) {
      const word = (critical + i) & (BEATS - 1);
      at += step;
      if (ahead !== undefined) at = Math.max(at, streamed + (i + 1) * beat);
      if (word >> 1 !== critical >> 1) at = Math.max(at, first + half);
      first = Math.min(first, at);
      this.#arrivals[buffer * BEATS + word] = at;
    }
    if (ahead !== undefined) {
      this.#nextLine = line + 1;
      this.#streamedAt = streamed + BEATS * beat;
    }
    this.#lines[buffer] = line;
    this.#done[buffer] = at;
    this.#channelFree[0] = at;
    return first;
  }
  /** Cycles until word `word` of `line` is there; 0 when the line is not on its way. */
  wait(line: number, word: number, now: number): number {
    for (let buffer = 0; buffer < this.#lines.length; buffer++) {
      if (this.#lines[buffer] === line) return Math.max(0, this.#arrivals[buffer * BEATS + word]! - now);
    }
    return 0;
  }
  /** Whether words of `line` are still to come. */
  isFilling(line: number, now: number): boolean {
    for (let buffer = 0; buffer < this.#lines.length; buffer++) {
      if (this.#lines[buffer] === line) return this.#done[buffer]! > now;
    }
    return false;
  }
  save(): SavedFills {
    return {
      lines: this.#lines.slice(),
      arrivals: this.#arrivals.slice(),
      done: this.#done.slice(),
      channelFree: this.#channelFree[0]!,
      stream: [this.#nextLine, this.#streamedAt],
    };
  }
  restore(saved: SavedFills): void {
    this.#lines.set(saved.lines);
    this.#arrivals.set(saved.arrivals);
    this.#done.set(saved.done);
    this.#channelFree[0] = saved.channelFree;
    [this.#nextLine, this.#streamedAt] = saved.stream;
  }
  /** Keeps the data channel busy until `cycle`. */
  occupy(cycle: number): void {
    this.#channelFree[0] = Math.max(this.#channelFree[0]!, cycle);
  }
}
