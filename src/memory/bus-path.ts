import type { FlashArray } from "./flash-array.ts";
import { AXI_PATH, type AxiPaths } from "./memory-costs.ts";
import type { Region } from "./region.ts";

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
}

const LINE_BITS = 256;

export function busPath({ config }: Region, ratio: number, conditions: PathConditions): BusPath {
  const { bus, waitStates, latency } = config;
  const paths = conditions.costs ?? AXI_PATH;
  if (waitStates === "external") {
    const { first, beat, write } = paths.external;
    return { first: first.cycles, beat: beat.cycles, half: 0, write: write.cycles, array: undefined };
  }
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

/** Line fills over AXIM: one burst after the other, each line kept in a buffer until its last word has come. */
export class LineFills {
  readonly #lines: Int32Array;
  /** When each 64-bit word of each buffer's line arrives. */
  readonly #arrivals: Float64Array;
  readonly #done: Float64Array;
  /** When the data channel has carried the last word asked for so far. */
  #channelFree = 0;

  /** @param buffers lines that can be on their way at the same time */
  constructor(buffers: number) {
    this.#lines = new Int32Array(buffers).fill(-1);
    this.#arrivals = new Float64Array(buffers * BEATS);
    this.#done = new Float64Array(buffers);
  }

  /** Cycle from which a buffer is free. */
  freeAt(): number {
    return Math.min(...this.#done);
  }
  /** Begins to fill `line`, critical word first, at `start` or later. @returns the cycle at which that word comes */
  begin(line: number, critical: number, start: number, path: BusPath): number {
    const buffer = this.#done.indexOf(this.freeAt());
    const asked = Math.max(start, this.#done[buffer]!);
    const begun = path.array === undefined ? asked : path.array.start(asked);
    path.array?.read(begun);
    if (path.half > 0) path.array?.read(begun);
    let at = Math.max(begun + path.first, this.#channelFree + path.beat);
    const first = at;
    for (let i = 0; i < BEATS; i++) {
      const word = (critical + i) & (BEATS - 1);
      if (i > 0) at += path.beat;
      if (word >> 1 !== critical >> 1) at = Math.max(at, first + path.half);
      this.#arrivals[buffer * BEATS + word] = at;
    }
    this.#lines[buffer] = line;
    this.#done[buffer] = at;
    this.#channelFree = at;
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
    const buffer = this.#lines.indexOf(line);
    return buffer >= 0 && this.#done[buffer]! > now;
  }
  save(): { lines: Int32Array; arrivals: Float64Array; done: Float64Array; channelFree: number } {
    return {
      lines: this.#lines.slice(),
      arrivals: this.#arrivals.slice(),
      done: this.#done.slice(),
      channelFree: this.#channelFree,
    };
  }
  restore(saved: ReturnType<LineFills["save"]>): void {
    this.#lines.set(saved.lines);
    this.#arrivals.set(saved.arrivals);
    this.#done.set(saved.done);
    this.#channelFree = saved.channelFree;
  }
  /** Keeps the data channel busy until `cycle`. */
  occupy(cycle: number): void {
    this.#channelFree = Math.max(this.#channelFree, cycle);
  }
}
