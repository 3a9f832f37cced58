import { busPath, type BusPath, type PathConditions } from "./bus-path.ts";
import type { Region } from "./region.ts";

/** How the core treats memory at an address: the default map's or the MPU's attributes. */
export interface MemoryPolicy {
  readonly cache: "non-cacheable" | "write-through" | "write-back";
  readonly writeAllocate: boolean;
  readonly shareable: boolean;
}

export const isCacheable = ({ cache, shareable }: MemoryPolicy): boolean =>
  cache !== "non-cacheable" && !shareable;

/** The paths to all regions behind AXIM, made anew when clocks or flash settings change. */
export class M7Paths {
  readonly #conditions: PathConditions;
  readonly #ideal: boolean;
  #paths: (BusPath | undefined)[] = [];

  /** @param ideal every memory without wait states is free, as on a board that models none */
  constructor(conditions: PathConditions, ideal: boolean) {
    this.#conditions = conditions;
    this.#ideal = ideal;
  }

  /** The path to `region`; undefined when it is free. */
  of(region: Region): BusPath | undefined {
    const { bus, waitStates } = region.config;
    if (bus === "itcm" || bus === "dtcm") return undefined;
    if (this.#ideal && waitStates === 0) return undefined;
    return (this.#paths[region.index] ??= busPath(region, this.#conditions.ratio(region), this.#conditions));
  }
  changed(): void {
    this.#paths = [];
  }
}
