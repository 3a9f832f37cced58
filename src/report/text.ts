import { advice } from "./advice.ts";
import type { RegionReport, Report } from "./report.ts";
import { bar, grouped, kilobytes, milliseconds, percent, renderTable, type Column } from "./table.ts";

export interface TextOptions {
  /** Rows of the function table. */
  readonly functions?: number;
}

const TOP_FUNCTIONS = 15;
const BAR = 20;
/** Scores below this share are not listed. */
const LEAST_SCORE = 0.005;
const CLOCK_SOURCE = {
  firmware: "set by the firmware",
  "boot-max": "--boot max",
  option: "--clock",
  reset: "as after reset",
} as const satisfies Record<Report["board"]["clockSource"], string>;

const right = (title: string): Column => ({ title, align: "right" });

/** The report for a terminal. */
export function renderText(report: Report, options: TextOptions = {}): string {
  const sections = [
    summary(report),
    stalls(report),
    layers(report),
    functions(report, options.functions ?? TOP_FUNCTIONS),
    memory(report),
    answer(report),
    remarks(report),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function summary(report: Report): readonly string[] {
  const { board, stop, cycles, instructions, timeMs, tool, firmware } = report;
  const clock = `${board.clockHz / 1e6} MHz (${CLOCK_SOURCE[board.clockSource]})`;
  return [
    `${firmware.path} on ${board.id} (${board.mcu}, ${board.core} at ${clock})`,
    `  ended         ${stop.message}`,
    `  cycles        ${grouped(cycles)}  (${milliseconds(timeMs)} ms)`,
    `  instructions  ${grouped(instructions)}  (${instructions === 0 ? "-" : (cycles / instructions).toFixed(3)} cycles each)`,
    `  cycle model   ${tool.cycleModel}, accuracy ${report.accuracy.band}`,
  ];
}

function stalls({ stalls: causes, cycles, counters }: Report): readonly string[] {
  const rows = Object.entries(causes)
    .filter(([, n]) => n > 0)
    .map(([cause, n]) => [cause, grouped(n), percent(n, cycles), bar(n / cycles, BAR)]);
  if (rows.length === 0) return [];
  const events = Object.entries(counters).map(
    ([name, n]) => `${EVENT[name as keyof typeof EVENT]} ${grouped(n as number)}`,
  );
  return [
    "Where the cycles go",
    ...renderTable([{ title: "cause" }, right("cycles"), right("share"), { title: "" }], rows),
    ...(events.length === 0 ? [] : [`  ${events.join(", ")}`]),
  ];
}

const EVENT = {
  icacheMisses: "I-cache misses",
  dcacheMisses: "D-cache misses",
  artMisses: "flash accelerator misses",
  mispredicts: "mispredicted branches",
  dualIssued: "dual-issued",
  dmaTransfers: "DMA transfers",
  dmaBytes: "bytes moved by DMA",
  dmaWaits: "cycles waited for DMA",
} as const satisfies Record<keyof Required<Report["counters"]>, string>;

function layers({ regions }: Report): readonly string[] {
  const rows = regions.filter((r) => r.kind !== "function");
  if (rows.length === 0) return [];
  const anyMacs = rows.some((r) => r.macs !== undefined);
  const columns = [{ title: "layer" }, right("calls"), right("cycles"), right("ms"), right("instructions")];
  return [
    "Layers, with all that they call",
    ...renderTable(
      [...columns, ...(anyMacs ? [right("MACs"), right("cycles/MAC")] : [])],
      rows.map((r) => [
        r.kind === "measure" ? `${r.name} (measured)` : r.name,
        grouped(r.calls),
        grouped(r.cycles),
        r.timeMs === undefined ? "" : milliseconds(r.timeMs),
        grouped(r.instructions),
        ...macCells(r),
      ]),
    ),
  ];
}

function macCells({ macs, calls, cycles }: RegionReport): readonly string[] {
  if (macs === undefined || macs === 0 || calls === 0) return [];
  return [grouped(macs * calls), (cycles / (macs * calls)).toFixed(2)];
}

function functions({ regions, cycles }: Report, most: number): readonly string[] {
  const all = regions.filter((r) => r.kind === "function");
  if (all.length === 0) return [];
  const shown = all.slice(0, most);
  const rest = all.length - shown.length;
  return [
    "Functions, by their own cycles",
    ...renderTable(
      [
        { title: "function" },
        right("calls"),
        right("cycles"),
        right("share"),
        right("instructions"),
        right("CPI"),
        { title: "mostly" },
      ],
      shown.map((r) => [
        clipped(r.name),
        grouped(r.calls),
        grouped(r.cycles),
        percent(r.cycles, cycles),
        grouped(r.instructions),
        r.instructions === 0 ? "-" : (r.cycles / r.instructions).toFixed(2),
        mainStall(r),
      ]),
    ),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

const LONGEST_NAME = 40;
const clipped = (name: string): string =>
  name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 3)}...`;

/** The cause that takes most of a function's cycles beside issue, with its share. */
function mainStall({ stalls: causes, cycles }: RegionReport): string {
  const [cause, n] = Object.entries(causes ?? {})
    .filter(([name]) => name !== "issue")
    .reduce<readonly [string, number]>((best, entry) => (entry[1] > best[1] ? entry : best), ["", 0]);
  return n === 0 ? "" : `${cause} ${percent(n, cycles)}`;
}

function memory({ memory: { flash, ram, regions } }: Report): readonly string[] {
  const stack = ram.stackPeak === undefined ? "" : `, stack ${kilobytes(ram.stackPeak)}`;
  const heap = ram.heapPeak === undefined ? "" : `, heap ${kilobytes(ram.heapPeak)}`;
  return [
    "Memory",
    `  flash  ${kilobytes(flash.used)} of ${kilobytes(flash.size)}: code ${kilobytes(flash.code)}, constants ${kilobytes(flash.constants)}, initial data ${kilobytes(flash.initialisedData)}`,
    `  RAM    ${kilobytes(ram.used)} of ${kilobytes(ram.size)}: data ${kilobytes(ram.data)}, bss ${kilobytes(ram.bss)}${stack}${heap}`,
    ...renderTable(
      [{ title: "region" }, right("used"), right("size"), right("share"), { title: "" }],
      regions.map((r) => [
        r.name,
        kilobytes(r.used),
        kilobytes(r.size),
        percent(r.used, r.size),
        bar(r.used / r.size, BAR),
      ]),
    ),
  ];
}

function answer({ classification }: Report): readonly string[] {
  if (classification === undefined) return [];
  const { label, score, scores, expected, ok } = classification;
  const verdict =
    expected === undefined ? "" : ok === true ? ", as expected" : `, but "${expected}" was expected`;
  const others = Object.entries(scores ?? {})
    .filter(([name, value]) => name !== label && value >= LEAST_SCORE)
    .sort(([, a], [, b]) => b - a)
    .map(([name, value]) => `${name} ${value.toFixed(3)}`);
  return [
    `Answer: ${label} (${score.toFixed(3)})${verdict}`,
    ...(others.length === 0 ? [] : [`  then ${others.join(", ")}`]),
  ];
}

const MOST_NOTICES = 20;

function remarks(report: Report): readonly string[] {
  const { faults, notices } = report;
  const lines = [
    ...advice(report).map((line) => `  ${line}`),
    ...faults.map((f) => `  fault at cycle ${grouped(f.cycle)}: ${f.message}`),
    ...notices
      .slice(0, MOST_NOTICES)
      .map(({ what, times }) => `  ${what}${times > 1 ? `, ${grouped(times)} times` : ""}`),
    ...(notices.length > MOST_NOTICES
      ? [`  and ${notices.length - MOST_NOTICES} more remarks (see --json)`]
      : []),
  ];
  return lines.length === 0 ? [] : ["Remarks", ...lines];
}
