import type { Moved, Verdict } from "./gate.ts";
import type { Report } from "./report.ts";
import { grouped, kilobytes, milliseconds, percent } from "./table.ts";

/** First line of every comment: what a CI job looks for to replace the comment of the run before. */
const MARKER = "<!-- mcusim report -->";
const TOP_FUNCTIONS = 10;
const MOST_MOVED = 10;

/** The report for a pull request's comment or a step summary. */
export function renderMarkdown(report: Report, verdict?: Verdict): string {
  const { board, cycles, instructions, timeMs, memory, classification, stop, firmware, stalls, regions } =
    report;
  const clock = `${board.clockHz / 1e6} MHz`;
  const layers = regions.filter((r) => r.kind !== "function");
  const functions = regions.filter((r) => r.kind === "function").slice(0, TOP_FUNCTIONS);
  const answer =
    classification === undefined
      ? []
      : [
          [
            "answer",
            `${classification.label} (${classification.score.toFixed(3)})${classification.ok === false ? `, expected ${classification.expected ?? ""}` : ""}`,
          ],
        ];
  return [
    MARKER,
    `### mcusim: ${code(firmware.path)} on ${board.id}`,
    "",
    ...(verdict === undefined ? [] : verdictLines(verdict)),
    ...table(
      ["", ""],
      [
        ["ended", cell(stop.message)],
        ["cycles", `${grouped(cycles)} (${milliseconds(timeMs)} ms at ${clock})`],
        ["instructions", grouped(instructions)],
        ["flash", `${kilobytes(memory.flash.used)} of ${kilobytes(memory.flash.size)}`],
        ["RAM", `${kilobytes(memory.ram.used)} of ${kilobytes(memory.ram.size)}`],
        ...answer,
      ],
    ),
    "",
    ...table(
      ["cause", "cycles", "share"],
      Object.entries(stalls)
        .filter(([, n]) => n > 0)
        .map(([cause, n]) => [cause, grouped(n), percent(n, cycles)]),
    ),
    ...(layers.length === 0
      ? []
      : [
          "",
          ...table(
            ["layer", "cycles", "instructions"],
            layers.map((r) => [code(r.name), grouped(r.cycles), grouped(r.instructions)]),
          ),
        ]),
    "",
    ...table(
      ["function", "cycles", "share"],
      functions.map((r) => [code(r.name), grouped(r.cycles), percent(r.cycles, cycles)]),
    ),
    "",
  ].join("\n");
}

function verdictLines({ ok, judgements, moved }: Verdict): readonly string[] {
  const number = (n: number | undefined): string => (n === undefined ? "-" : grouped(n));
  return [
    ok ? "**Check passed**" : "**Check failed**",
    "",
    ...table(
      ["metric", "baseline", "now", "limit", ""],
      judgements.map((j) => [
        j.metric,
        number(j.baseline),
        grouped(j.now),
        cell(j.limit),
        j.ok ? "" : "regression",
      ]),
    ),
    "",
    ...(moved.length === 0
      ? []
      : [
          ...table(
            ["moved", "baseline", "now"],
            moved.slice(0, MOST_MOVED).map((m: Moved) => [code(m.name), number(m.baseline), number(m.now)]),
          ),
          "",
        ]),
  ];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)];
}

/** Text that cannot end a cell or begin a tag. */
const cell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll(/\s+/g, " ");
const code = (text: string): string => `\`${text.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
