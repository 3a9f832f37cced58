import type { FunctionCost, RunResult, Stalls } from "../runner/counters.ts";
import { grouped, percent, renderTable, type Column } from "./table.ts";

const right = (title: string): Column => ({ title, align: "right" });

/** Cycles of a run by function, and those that belong to none. */
export interface FunctionProfile {
  readonly cycles: number;
  readonly instructions: number;
  readonly stalls: Stalls;
  /** By cycles, highest first. */
  readonly functions: readonly FunctionCost[];
  /** Exception entry and return, and sleep: what the functions do not account for. */
  readonly outside: { readonly cycles: number; readonly stalls: Stalls };
}

export function functionProfile({ cycles, instructions, stalls, functions }: RunResult): FunctionProfile {
  const inside = (cause: keyof Stalls): number => functions.reduce((sum, f) => sum + f.stalls[cause], 0);
  const rest = (Object.keys(stalls) as (keyof Stalls)[]).map(
    (cause) => [cause, stalls[cause] - inside(cause)] as const,
  );
  const outside = {
    cycles: rest.reduce((sum, [, n]) => sum + n, 0),
    stalls: Object.fromEntries(rest) as Record<keyof Stalls, number>,
  };
  return { cycles, instructions, stalls, functions, outside };
}

/** Every function with its cycles by cause; the rows sum to the last one. */
export function renderFunctionProfile({
  functions,
  cycles,
  instructions,
  stalls,
  outside,
}: FunctionProfile): string {
  const causes = (Object.keys(stalls) as (keyof Stalls)[]).filter((cause) => stalls[cause] > 0);
  const row = (name: string, calls: string, of: Omit<FunctionCost, "name" | "address" | "calls">) => [
    name,
    calls,
    grouped(of.cycles),
    percent(of.cycles, cycles),
    grouped(of.instructions),
    of.instructions === 0 ? "-" : (of.cycles / of.instructions).toFixed(2),
    ...causes.map((cause) => grouped(of.stalls[cause])),
  ];
  const columns = [
    { title: "function" },
    right("calls"),
    right("cycles"),
    right("share"),
    right("instructions"),
    right("CPI"),
    ...causes.map(right),
  ];
  const rows = [
    ...functions.map((f) => row(f.name, grouped(f.calls), f)),
    ...(outside.cycles > 0 ? [row("(between instructions)", "", { instructions: 0, ...outside })] : []),
    row("(all)", "", { cycles, instructions, stalls }),
  ];
  return `${renderTable(columns, rows, "").join("\n")}\n`;
}
