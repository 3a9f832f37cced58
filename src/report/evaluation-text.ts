import type { EvaluatedInput, EvaluationReport } from "./evaluation.ts";
import { grouped, milliseconds, percent, renderTable } from "./table.ts";

/** Wrong answers that the text lists; the JSON has all. */
const MOST_WRONG = 40;

const right = "right" as const;

/** The report of an evaluation for a terminal. */
export function renderEvaluation(report: EvaluationReport): string {
  const { board, firmware, inputs, dataset, host, shards } = report;
  const part = shards === undefined ? "" : `, part ${shards.map((s) => `${s.index}/${s.of}`).join(" and ")}`;
  const lines = [
    `${firmware.path} on ${board.id} (${board.mcu}, ${board.core}, ${board.clockHz / 1e6} MHz)`,
    `${grouped(inputs)} inputs of ${dataset}${part}`,
    "",
    ...accuracy(report),
    ...latency(report),
    ...wrong(report),
    ...failures(report),
    ...report.notices.map((notice) => `Note: ${notice}`),
    `Host: ${host.seconds.toFixed(1)} s on ${host.jobs} ${host.jobs === 1 ? "thread" : "threads"}, ` +
      `${(host.seconds / Math.max(1, inputs)).toFixed(3)} s an input, engine ${host.engine}`,
  ];
  return `${lines.join("\n")}\n`;
}

function accuracy({ accuracy: overall, classes, confusion }: EvaluationReport): readonly string[] {
  if (overall === undefined) return [];
  const { labels, counts } = confusion;
  const shown = labels.map((_, i) => i).filter((i) => isMet(counts, i));
  return [
    `Accuracy ${percent(overall.correct, overall.total)}: ${overall.correct} of ${overall.total}`,
    "",
    ...renderTable(
      [
        { title: "class" },
        { title: "right", align: right },
        { title: "of", align: right },
        { title: "", align: right },
      ],
      classes.map((c) => [c.label, String(c.correct), String(c.total), percent(c.correct, c.total)]),
    ),
    "",
    "Confusion (rows: expected, columns: answered)",
    ...renderTable(
      [{ title: "" }, ...shown.map((i) => ({ title: labels[i]!, align: right }))],
      shown.map((row) => [labels[row]!, ...shown.map((column) => String(counts[row]![column]!))]),
    ),
    "",
  ];
}

/** Whether a label was expected or answered at all. */
const isMet = (counts: readonly (readonly number[])[], label: number): boolean =>
  counts[label]!.some((n) => n > 0) || counts.some((row) => row[label]! > 0);

function latency({ latency: spread, measures }: EvaluationReport): readonly string[] {
  if (spread === undefined) return [];
  const row = (name: "min" | "median" | "max"): readonly string[] => [
    name,
    grouped(spread.cycles[name]),
    milliseconds(spread.timeMs[name]),
  ];
  return [
    `Latency of ${measures}`,
    ...renderTable(
      [{ title: "" }, { title: "cycles", align: right }, { title: "ms", align: right }],
      [row("min"), row("median"), row("max")],
    ),
    "",
  ];
}

function wrong({ results }: EvaluationReport): readonly string[] {
  const all = results.filter((r) => r.ok === false);
  return listed("Wrong", all, (r) => [
    r.file,
    `expected ${r.expected ?? ""}`,
    `answered ${r.label ?? ""} (${score(r)})`,
  ]);
}

function failures({ results }: EvaluationReport): readonly string[] {
  const all = results.filter((r) => r.failure !== undefined);
  return listed("No answer", all, (r) => [r.file, r.failure?.message ?? ""]);
}

function listed(
  title: string,
  all: readonly EvaluatedInput[],
  cells: (result: EvaluatedInput) => readonly string[],
): readonly string[] {
  if (all.length === 0) return [];
  const columns = cells(all[0]!).map((_, i) => ({ title: i === 0 ? `${title}: ${all.length}` : "" }));
  const more = all.length - MOST_WRONG;
  return [
    ...renderTable(columns, all.slice(0, MOST_WRONG).map(cells), ""),
    ...(more > 0 ? [`and ${more} more, see --json or --csv`] : []),
    "",
  ];
}

const score = ({ score: value = 0 }: EvaluatedInput): string => `${(100 * value).toFixed(0)} %`;

/** One line for each input. */
export function renderEvaluationCsv({ results }: EvaluationReport): string {
  const rows = results.map((r) => [
    r.file,
    r.expected ?? "",
    r.label ?? "",
    r.ok === undefined ? "" : String(r.ok),
    r.score === undefined ? "" : String(r.score),
    String(r.cycles),
    String(r.timeMs),
    String(r.totalCycles),
    r.failure?.message ?? "",
  ]);
  const header = [
    "file",
    "expected",
    "answered",
    "ok",
    "score",
    "cycles",
    "timeMs",
    "totalCycles",
    "failure",
  ];
  return [header, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** @source RFC 4180 */
const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
