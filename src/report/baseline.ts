import type { Report } from "./report.ts";

/** What a later run is compared with. Written with sorted keys, so that two baselines can be compared as text. */
export interface Baseline {
  readonly baselineVersion: 1;
  readonly tool: string;
  /** Cycles of different models are not comparable. */
  readonly cycleModel: string;
  readonly firmware: { readonly sha256: string; readonly compiler?: string };
  readonly board: string;
  readonly boot: string;
  /** `cycles`, `instructions`, `flash`, `ram`, `stack`, `heap`. */
  readonly totals: Readonly<Record<string, number>>;
  /** Own cycles of every function that was executed. */
  readonly functions: Readonly<Record<string, number>>;
  /** Cycles of layers and of the measured stretch, all that they call included. */
  readonly layers: Readonly<Record<string, number>>;
}

/** The figures of a run that a baseline keeps. */
export function makeBaseline(report: Report): Baseline {
  const { cycles, instructions, memory, regions, tool, firmware, board } = report;
  const { stackPeak, heapPeak, used } = memory.ram;
  const { sha256, compiler } = firmware;
  return {
    baselineVersion: 1,
    tool: `${tool.name} ${tool.version}`,
    cycleModel: tool.cycleModel,
    firmware: { sha256, ...(compiler === undefined ? {} : { compiler }) },
    board: board.id,
    boot: board.boot,
    totals: {
      cycles,
      instructions,
      flash: memory.flash.used,
      ram: used,
      ...(stackPeak === undefined ? {} : { stack: stackPeak }),
      ...(heapPeak === undefined ? {} : { heap: heapPeak }),
    },
    functions: cyclesByName(regions.filter((r) => r.kind === "function")),
    layers: cyclesByName(regions.filter((r) => r.kind !== "function")),
  };
}

/** Functions of one name, as static ones may be, count together. */
function cyclesByName(regions: Report["regions"]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const { name, cycles } of regions) sums.set(name, (sums.get(name) ?? 0) + cycles);
  return Object.fromEntries(sums);
}

export const renderBaseline = (baseline: Baseline): string =>
  `${JSON.stringify(sorted(baseline), null, 2)}\n`;

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** Reads a baseline. @returns what is wrong with it as a text when it is none */
export function parseBaseline(text: string): Baseline | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  const baseline = value as Partial<Baseline> | null;
  if (typeof baseline !== "object" || baseline?.baselineVersion !== 1) {
    return "it is no baseline of this version of mcusim (baselineVersion 1)";
  }
  for (const key of ["cycleModel", "board", "boot", "tool"] as const) {
    if (typeof baseline[key] !== "string") return `its "${key}" is missing`;
  }
  if (typeof baseline.firmware?.sha256 !== "string") return `its "firmware.sha256" is missing`;
  for (const key of ["totals", "functions", "layers"] as const) {
    const numbers: unknown = baseline[key];
    if (
      typeof numbers !== "object" ||
      numbers === null ||
      !Object.values(numbers).every((n) => typeof n === "number")
    ) {
      return `its "${key}" must be numbers by name`;
    }
  }
  return baseline as Baseline;
}
