import { UsageError } from "../errors.ts";
import {
  AXI_PATH,
  FLASH_PORT,
  M7_BUFFER,
  type AxiPaths,
  type FlashPortCosts,
  type M7Buffers,
} from "../memory/memory-costs.ts";
import { m4CostTables } from "../timing/cortex-m4-costs.ts";
import { m7CostTables } from "../timing/cortex-m7-costs.ts";
import { overridden, type Cost, type CostOverrides } from "../timing/cost.ts";

/** The numbers of the memory models that can be replaced. */
export interface MemoryCosts {
  readonly axi: AxiPaths;
  readonly buffer: M7Buffers;
  readonly flash: FlashPortCosts;
}

export const memoryCosts = (overrides: CostOverrides = {}): MemoryCosts => ({
  axi: {
    axi: overridden(AXI_PATH.axi, "axi.axi", overrides),
    ahb: overridden(AXI_PATH.ahb, "axi.ahb", overrides),
    external: overridden(AXI_PATH.external, "axi.external", overrides),
  },
  buffer: overridden(M7_BUFFER, "buffer", overrides),
  flash: overridden(FLASH_PORT, "flash", overrides),
});

interface Tables {
  readonly [key: string]: Cost | Tables;
}

const isCost = (value: Cost | Tables): value is Cost => typeof value["cycles"] === "number";

/** All numbers of `tables` by the names that overrides use. */
function named(tables: Tables, prefix: string): (readonly [string, Cost])[] {
  return Object.entries(tables).flatMap(([key, value]) => {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    return isCost(value) ? [[name, value] as const] : named(value, name);
  });
}

/** Every number that `CostOverrides` can replace on a core. */
export function replaceableCosts(core: "cortex-m4" | "cortex-m7"): ReadonlyMap<string, Cost> {
  const { axi, buffer, flash } = memoryCosts();
  if (core === "cortex-m4") return new Map(named({ ...m4CostTables(), flash }, ""));
  const { fpLatency, ...m7 } = m7CostTables();
  return new Map(named({ ...m7, "fp-latency": fpLatency, axi, buffer }, ""));
}

/** Throws UsageError for a name that no model has. */
export function checkOverrides(core: "cortex-m4" | "cortex-m7", overrides: CostOverrides): void {
  const known = replaceableCosts(core);
  const unknown = Object.keys(overrides).find((name) => !known.has(name));
  if (unknown !== undefined) throw new UsageError(`the ${core} model has no number called ${unknown}`);
}
