import { LAYOUT } from "../core/layout.ts";
import { W } from "../core/state.ts";
import { McusimError } from "../errors.ts";
import type { EngineName, Machine } from "./machine.ts";
import type { Simulation } from "./simulation.ts";

/** Two engines that disagree: a defect of one of them. */
export class EnginesDiffer extends McusimError {
  /** What differs, one item a line. */
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[]) {
    super("ENGINES_DIFFER", `${message} (this is a defect of mcusim, please report it)`, 70);
    this.details = details;
  }
}

/** Words of the state that every engine must leave alike; the others are an engine's own notes. */
const COMPARED = [
  "N",
  "Z",
  "C",
  "V",
  "Q",
  "GE",
  "ITSTATE",
  "IPSR",
  "otherSP",
  "PRIMASK",
  "FAULTMASK",
  "BASEPRI",
  "CONTROL",
  "FPSCR",
  "CCR",
  "lowestMSP",
  "lowestPSP",
] as const satisfies readonly (keyof typeof W)[];
/** A stretch that differs is run again in this many parts, down to the least. */
const REFINEMENT = 16;
const LEAST_SLICE = 64;
/** Differing items that are printed. */
const MOST_ITEMS = 40;

/** Runs the same firmware on two engines and compares state, memory and cycles whenever both have come as far. */
export class Lockstep {
  /** The simulation whose result counts. */
  readonly first: Simulation;
  readonly #second: Simulation;
  readonly #make: (engine: EngineName, console: boolean) => Simulation;
  readonly #engines: readonly [EngineName, EngineName];
  /** Slices that have been run so far, each without a difference. */
  readonly #slices: number[] = [];

  /** @param make builds one simulation; only the first of them may print */
  constructor(
    make: (engine: EngineName, console: boolean) => Simulation,
    engines: readonly [EngineName, EngineName],
  ) {
    this.#make = make;
    this.#engines = engines;
    this.first = make(engines[0], true);
    this.#second = make(engines[1], false);
  }

  /** Runs both for `cycles`. Throws EnginesDiffer at the first difference. @returns true when the run has ended */
  advance(cycles: number): boolean {
    const from = this.first.machine.state.cycles;
    const ended = this.first.advance(cycles);
    this.#second.advance(cycles);
    const items = differences(this.first.machine, this.#second.machine);
    if (items.length > 0) this.#locate(from, cycles, items);
    this.#slices.push(cycles);
    return ended;
  }
  stop(reason: "interrupted" | "wall-timeout"): void {
    this.first.stop(reason);
    this.#second.stop(reason);
  }
  get machine(): Machine {
    return this.first.machine;
  }

  /** Runs both again to the last point where they agreed, then in smaller steps. */
  #locate(from: number, cycles: number, items: readonly string[]): never {
    const [a, b] = this.#engines;
    let slice = cycles;
    let found = { from, to: this.first.machine.state.cycles, items };
    const path = [...this.#slices];
    while (slice > LEAST_SLICE) {
      slice = Math.max(LEAST_SLICE, Math.ceil(slice / REFINEMENT));
      const narrower = this.#search(path, slice, cycles);
      if (narrower === undefined) break; // smaller steps take another way through the engine
      found = narrower;
    }
    throw new EnginesDiffer(`engines ${a} and ${b} differ between cycle ${found.from} and ${found.to}`, [
      `${"".padEnd(24)} ${a.padEnd(24)} ${b}`,
      ...found.items.slice(0, MOST_ITEMS),
    ]);
  }

  /** The first step of `slice` cycles behind `path` that differs; `path` grows by the steps that do not. */
  #search(
    path: number[],
    slice: number,
    cycles: number,
  ): { from: number; to: number; items: readonly string[] } | undefined {
    const [a, b] = this.#engines.map((engine) => this.#make(engine, false)) as [Simulation, Simulation];
    for (const step of path) {
      a.advance(step);
      b.advance(step);
    }
    const end = a.machine.state.cycles + 2 * cycles;
    while (a.machine.state.cycles < end && !a.machine.hasStopped) {
      const from = a.machine.state.cycles;
      a.advance(slice);
      b.advance(slice);
      const items = differences(a.machine, b.machine);
      if (items.length > 0) return { from, to: a.machine.state.cycles, items };
      path.push(slice);
    }
    return undefined;
  }
}

/** What is not alike in two machines, as lines of a table. */
function differences(a: Machine, b: Machine): readonly string[] {
  const lines: string[] = [];
  const compare = (what: string, x: string, y: string): void => {
    if (x !== y) lines.push(`${what.padEnd(24)} ${x.padEnd(24)} ${y}`);
  };
  const word = (machine: Machine, index: number): string =>
    `0x${(machine.state.words[index]! >>> 0).toString(16).padStart(8, "0")}`;
  compare("cycles", String(a.state.cycles), String(b.state.cycles));
  compare("instructions", String(a.executor.instructions), String(b.executor.instructions));
  compare("stop", stopText(a), stopText(b));
  for (let n = 0; n < 16; n++) compare(`R${n}`, word(a, n), word(b, n));
  for (const name of COMPARED) compare(name, word(a, W[name]), word(b, W[name]));
  for (let n = 0; n < 32; n++) compare(`S${n}`, word(a, W.S + n), word(b, W.S + n));
  for (const line of memoryDifferences(a, b)) lines.push(line);
  return lines;
}

const stopText = ({ stop }: Machine): string => (stop === undefined ? "none" : JSON.stringify(stop));

function memoryDifferences(a: Machine, b: Machine): readonly string[] {
  const [x, y] = [a, b].map(({ state: { memory } }) => Buffer.from(memory.buffer, LAYOUT.guest)) as [
    Buffer,
    Buffer,
  ];
  if (x.equals(y)) return [];
  const lines: string[] = [];
  for (const region of a.map.regions) {
    if (region.config.aliasOf !== undefined) continue;
    for (let at = 0; at < region.size && lines.length < MOST_ITEMS; at += 4) {
      const host = region.host + at;
      const [m, n] = [a.state.words[host >> 2]! >>> 0, b.state.words[host >> 2]! >>> 0];
      if (m === n) continue;
      const address = `[0x${(region.start + at).toString(16).padStart(8, "0")}]`;
      lines.push(`${address.padEnd(24)} ${hex(m).padEnd(24)} ${hex(n)}`);
    }
  }
  return lines;
}

const hex = (n: number): string => `0x${n.toString(16).padStart(8, "0")}`;
