import type { AddressCost, Stalls } from "../runner/counters.ts";
import type { Report } from "./report.ts";
import { grouped, percent, renderTable, type Column } from "./table.ts";

/** An instruction of a listing with what it cost. */
export interface CostedLine {
  readonly address: number;
  readonly text: string;
  /** Absent where it was never executed. */
  readonly cost?: AddressCost;
}

const right = (title: string): Column => ({ title, align: "right" });

/** Every function with its cycles by cause. */
export function renderFunctionProfile({ regions, cycles, stalls }: Report): string {
  const functions = regions.filter((r) => r.kind === "function");
  const causes = (Object.keys(stalls) as (keyof Stalls)[]).filter((cause) =>
    functions.some((f) => (f.stalls?.[cause] ?? 0) > 0),
  );
  const lines = renderTable(
    [
      { title: "function" },
      right("calls"),
      right("cycles"),
      right("share"),
      right("instructions"),
      right("CPI"),
      ...causes.map(right),
    ],
    functions.map((f) => [
      f.name,
      grouped(f.calls),
      grouped(f.cycles),
      percent(f.cycles, cycles),
      grouped(f.instructions),
      f.instructions === 0 ? "-" : (f.cycles / f.instructions).toFixed(2),
      ...causes.map((cause) => grouped(f.stalls?.[cause] ?? 0)),
    ]),
    "",
  );
  return `${lines.join("\n")}\n`;
}

/** A listing with executions and cycles before each instruction, and why it waited behind it. */
export function renderAnnotated(lines: readonly CostedLine[]): string {
  const total = lines.reduce((sum, l) => sum + (l.cost?.cycles ?? 0), 0);
  const rows = lines.map(({ address, text, cost }) => [
    cost === undefined ? "" : grouped(cost.executed),
    cost === undefined ? "" : grouped(cost.cycles),
    cost === undefined ? "" : percent(cost.cycles, total),
    cost === undefined || cost.executed === 0 ? "" : (cost.cycles / cost.executed).toFixed(2),
    (address >>> 0).toString(16).padStart(8, "0"),
    text.replaceAll("\t", " "),
    cost === undefined ? "" : waits(cost),
  ]);
  const columns = [
    right("executed"),
    right("cycles"),
    right("share"),
    right("each"),
    { title: "address" },
    { title: "instruction" },
    { title: "waits" },
  ];
  return `${renderTable(columns, rows, "").join("\n")}\n`;
}

function waits({ stalls }: AddressCost): string {
  return Object.entries(stalls)
    .filter(([cause, n]) => cause !== "issue" && n > 0)
    .map(([cause, n]) => `${cause} ${grouped(n)}`)
    .join(", ");
}
