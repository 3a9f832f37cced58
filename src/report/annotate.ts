import type { AddressCost, FunctionCost, Stalls } from "../runner/counters.ts";
import { grouped, percent, renderTable, type Column } from "./table.ts";

/** An instruction of a listing. */
export interface ListedInstruction {
  readonly address: number;
  /** In hex, as listings show it. */
  readonly encoding: string;
  readonly text: string;
}

/** An instruction with what it cost; no cost where it was never executed. */
export interface AnnotatedLine extends ListedInstruction {
  readonly cost?: AddressCost;
}

/** A function instruction by instruction; the lines sum to the function's cost. */
export interface Annotation {
  readonly function: FunctionCost;
  readonly lines: readonly AnnotatedLine[];
  /** Address of the instruction that takes most cycles; absent when none was executed. */
  readonly hottest?: number;
}

/** Share of the function's cycles from which an instruction is marked. */
const HOT = 0.05;

const right = (title: string): Column => ({ title, align: "right" });

/** Puts the costs of a function beside its instructions. @param costs those of the function alone */
export function annotate(
  cost: FunctionCost,
  listing: readonly ListedInstruction[],
  costs: readonly AddressCost[],
): Annotation {
  const byAddress = new Map(costs.map((c) => [c.address, c]));
  const lines = listing.map((line) => {
    const found = byAddress.get(line.address);
    return found === undefined ? line : { ...line, cost: found };
  });
  const hottest = costs.reduce<AddressCost | undefined>(
    (most, c) => (c.cycles > (most?.cycles ?? 0) ? c : most),
    undefined,
  );
  return { function: cost, lines, ...(hottest === undefined ? {} : { hottest: hottest.address }) };
}

/** The annotated listing for a terminal. */
export function renderAnnotation({ function: f, lines, hottest }: Annotation): string {
  const rows = lines.map(({ address, encoding, text, cost }) => [
    cost === undefined ? "" : grouped(cost.executed),
    cost === undefined ? "" : grouped(cost.cycles),
    cost === undefined ? "" : percent(cost.cycles, f.cycles),
    cost === undefined || cost.executed === 0 ? "" : (cost.cycles / cost.executed).toFixed(2),
    address === hottest ? ">>" : cost !== undefined && cost.cycles >= HOT * f.cycles ? ">" : "",
    (address >>> 0).toString(16).padStart(8, "0"),
    encoding,
    text.replaceAll("\t", " "),
    cost === undefined ? "" : stallsText(cost.stalls),
  ]);
  const columns = [
    right("executed"),
    right("cycles"),
    right("share"),
    right("CPI"),
    { title: "" },
    { title: "address" },
    { title: "encoding" },
    { title: "instruction" },
    { title: "stalls, most first" },
  ];
  const cpi = f.instructions === 0 ? "-" : (f.cycles / f.instructions).toFixed(2);
  return [
    `${f.name}: ${grouped(f.cycles)} cycles in ${grouped(f.instructions)} instructions, CPI ${cpi}, ${grouped(f.calls)} calls`,
    ...renderTable(columns, rows, ""),
    `>> most cycles, > ${percent(HOT, 1)} of the function or more; stalls of the function: ${stallsText(f.stalls) || "none"}`,
    "",
  ].join("\n");
}

/** Causes beside the issue with their cycles. */
function stallsText(stalls: Stalls): string {
  return Object.entries(stalls)
    .filter(([cause, cycles]) => cause !== "issue" && cycles > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([cause, cycles]) => `${cause} ${grouped(cycles)}`)
    .join(", ");
}
