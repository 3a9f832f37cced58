import type { Timeline, TimelineBlock, TimelineRow } from "../runner/timeline.ts";
import { renderTable, type Column } from "./table.ts";
import { reasonText, words } from "./timeline-words.ts";

/** Cycles for which the chart has room. */
const WIDEST_CHART = 120;

const right = (title: string): Column => ({ title, align: "right" });
const address = (n: number): string => (n >>> 0).toString(16).padStart(8, "0");

/** A timeline for a terminal. */
export function renderTimeline(timeline: Timeline): string {
  const { core, cycleModel, blocks } = timeline;
  const sections = [
    [
      `${core}, cycle model ${cycleModel}; memory without wait states`,
      "chart: . waits, = issues, - keeps the next one waiting, | end of the block",
    ],
    ...blocks.map((block) => blockLines(block, timeline)),
    costLines(timeline),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function blockLines(block: TimelineBlock, { costs }: Timeline): readonly string[] {
  const first = Math.min(0, ...block.rows.map((row) => row.issue));
  const last = Math.max(block.cycles, ...block.rows.map(endOf));
  const drawn = last - first <= WIDEST_CHART;
  const columns = [
    { title: "address" },
    { title: "encoding" },
    { title: "instruction" },
    right("issue"),
    { title: "slot" },
    { title: "class" },
    ...(drawn ? [{ title: ruler(first, last) }] : []),
    { title: "cycles beyond the issue, and why" },
  ];
  const rows = block.rows.map((row) => [
    address(row.address),
    encoding(row),
    row.text.replaceAll("\t", " "),
    `${row.issue}`,
    row.slot === "single" ? "" : row.slot,
    row.timing,
    ...(drawn ? [chart(row, block.cycles, first, last)] : []),
    words(row),
  ]);
  const undrawn = drawn ? [] : [`  no chart: it has room for ${WIDEST_CHART} cycles`];
  return [title(block), ...renderTable(columns, rows), ...undrawn, ...footer(block, costs)];
}

function title({ address: start, symbol, entry }: TimelineBlock): string {
  const how = entry === "drained" ? "from an empty pipeline" : "in the steady state of the loop";
  return `${address(start)}${symbol === undefined ? "" : ` <${symbol}>`}, ${how}`;
}

function footer(
  { rows, cycles, taken, mispredict, steady }: TimelineBlock,
  costs: Timeline["costs"],
): readonly string[] {
  const lines = [`  ${cycles} ${cycles === 1 ? "cycle" : "cycles"} for ${rows.length} instructions`];
  if (taken !== undefined && taken.cycles > 0) {
    const why = takenText(taken);
    lines.push(
      `  ${taken.cycles} more when the jump is taken (${taken.cause}${why}), ${cycles + taken.cycles}`,
    );
  }
  const penalty = costs.find(({ name }) => name === mispredict);
  if (penalty !== undefined) lines.push(`  ${penalty.cycles} more when the jump is mispredicted`);
  if (steady !== undefined) {
    const { period, cyclesPerIteration } = steady;
    const each = Number.isInteger(cyclesPerIteration)
      ? `${cyclesPerIteration}`
      : cyclesPerIteration.toFixed(3);
    const repeats = period === 1 ? "" : `; the state repeats every ${period} iterations, the first is shown`;
    lines.push(`  ${each} cycles per iteration${repeats}`);
  }
  return lines;
}

function takenText({ cycles, cause, rule }: NonNullable<TimelineBlock["taken"]>): string {
  if (rule === undefined) return "";
  const reason = { cycles, cause, rule, phase: "wait", awaited: [] } as const;
  return `: ${reasonText(reason, NO_ROW) ?? ""}`;
}
const NO_ROW: TimelineRow = {
  address: 0,
  size: 2,
  text: "",
  timing: "",
  issue: 0,
  slot: "single",
  reasons: [],
  stalls: {},
};

/** Numbers of the cycles: tens above would need a line of their own, so every fifth is named. */
function ruler(first: number, last: number): string {
  let line = "";
  for (let cycle = first; cycle <= last; cycle++) {
    if (line.length > cycle - first) continue;
    line += cycle >= 0 && cycle % 5 === 0 ? `${cycle}` : " ";
  }
  return line;
}

/** The cycles of one instruction from its first wait to its last, in the columns of the block's cycles. */
function chart(row: TimelineRow, cycles: number, first: number, last: number): string {
  const waits = sum(row, "wait");
  const cells = Array.from({ length: last - first + 1 }, () => " ");
  const put = (from: number, count: number, sign: string): void => {
    for (let cycle = from; cycle < from + count; cycle++) cells[cycle - first] = sign;
  };
  put(cycles, 1, "|");
  put(row.issue - waits, waits, ".");
  put(row.issue, 1, "=");
  put(row.issue + 1, sum(row, "hold"), "-");
  return cells.join("");
}

const sum = ({ reasons }: TimelineRow, phase: "wait" | "hold"): number =>
  reasons.reduce((total, reason) => total + (reason.phase === phase ? reason.cycles : 0), 0);
const endOf = (row: TimelineRow): number => row.issue + 1 + sum(row, "hold");

function encoding({ word, size }: TimelineRow): string {
  if (word === undefined) return "";
  const digits = word.toString(16).padStart(2 * size, "0");
  return size === 4 ? `${digits.slice(0, 4)} ${digits.slice(4)}` : digits;
}

function costLines({ costs }: Timeline): readonly string[] {
  return [
    "Numbers behind it",
    ...renderTable(
      [{ title: "number" }, right("cycles"), { title: "confidence" }, { title: "source" }],
      costs.map(({ name, cycles, confidence, source }) => [name, `${cycles}`, confidence, source]),
    ),
  ];
}
