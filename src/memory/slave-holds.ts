import type { MemoryMap } from "./memory-map.ts";
import type { Region } from "./region.ts";

/** A slave that is held again and again: for `width` cycles from `first` on, every `period` cycles, until `end`. */
interface Run {
  /** Who holds it, to be told when it stops. */
  readonly owner: string;
  readonly slave: number;
  readonly first: number;
  readonly period: number;
  readonly width: number;
  readonly end: number;
}

/** What another master makes of a slave over a time; cycles are the core's. */
export interface RepeatedHold {
  readonly first: number;
  readonly period: number;
  readonly width: number;
  readonly times: number;
}

interface SavedHolds {
  readonly until: Float64Array;
  readonly runs: readonly Run[];
  readonly waited: number;
}

/**
 * The cycles in which other bus masters hold the memories. A round-robin arbiter lets the core in behind the transfer
 * that has the slave when the core asks, so that an access waits for the rest of that one transfer. The other master
 * keeps its rhythm: what the core delays it by is not followed.
 * @source RM0090, RM0351, RM0385 "BusMatrix": round-robin arbitration
 */
export class SlaveHolds {
  /** Cycles that the core has waited. */
  waited = 0;
  /** The region that holds the bytes of each region: aliases are the same slave. */
  readonly #slaveOf: Int32Array;
  readonly #until: Float64Array;
  #runs: readonly Run[] = [];

  constructor({ regions }: MemoryMap) {
    const byName = new Map(regions.map(({ name, index }) => [name, index]));
    this.#slaveOf = Int32Array.from(regions, ({ config, index }) =>
      config.aliasOf === undefined ? index : (byName.get(config.aliasOf.region) ?? index),
    );
    this.#until = new Float64Array(regions.length);
  }

  /** One transfer of `cycles`, at `now` or when the transfers before it are done. */
  hold(region: Region, now: number, cycles: number): void {
    const slave = this.#slaveOf[region.index]!;
    this.#until[slave] = Math.max(this.#until[slave]!, now) + cycles;
  }
  /** Transfers in a steady rhythm, on top of those that `owner` has under way elsewhere. */
  holdRepeatedly(owner: string, region: Region, { first, period, width, times }: RepeatedHold): void {
    const present = this.#runs.filter(({ end }) => end > first);
    const slave = this.#slaveOf[region.index]!;
    this.#runs = [...present, { owner, slave, first, period, width, end: first + times * period }];
  }
  /** Whatever `owner` had under way has stopped. */
  release(owner: string): void {
    this.#runs = this.#runs.filter((run) => run.owner !== owner);
  }

  /** Whether an access at `now` or soon after may have to wait. */
  isHeld(region: Region, now: number): boolean {
    const slave = this.#slaveOf[region.index]!;
    if (this.#until[slave]! > now) return true;
    return this.#runs.some((run) => run.slave === slave && run.end > now);
  }
  /** Cycles that an access of the core at `now` waits. */
  wait(region: Region, now: number): number {
    const cycles = this.delay(region, now);
    this.waited += cycles;
    return cycles;
  }
  /** Cycles that an access at `now` takes longer, whether the core waits for it or a buffer does. */
  delay(region: Region, now: number): number {
    const slave = this.#slaveOf[region.index]!;
    let free = Math.max(now, this.#until[slave]!);
    for (const run of this.#runs) {
      if (run.slave !== slave || free < run.first || free >= run.end) continue;
      const phase = (free - run.first) % run.period;
      if (phase < run.width) free += run.width - phase;
    }
    return free - now;
  }

  save(): SavedHolds {
    return { until: this.#until.slice(), runs: this.#runs, waited: this.waited };
  }
  restore({ until, runs, waited }: SavedHolds): void {
    this.#until.set(until);
    this.#runs = runs;
    this.waited = waited;
  }
}
