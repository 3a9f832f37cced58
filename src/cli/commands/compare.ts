import { loadBoard } from "../../board/registry.ts";
import { McusimError, UsageError } from "../../errors.ts";
import type { Report } from "../../report/report.ts";
import { grouped, kilobytes, milliseconds, renderTable } from "../../report/table.ts";
import { execute } from "../execute.ts";
import { oneLine } from "../failure.ts";
import { printJson } from "../json.ts";
import { load } from "../load.ts";
import type { RunOptions } from "../run-options.ts";

export interface CompareOptions extends RunOptions {
  readonly boards?: string;
  readonly json?: string;
}

/** One board's part of the table: its report, or why there is none. */
type Row =
  | { readonly board: string; readonly report: Report; readonly exitCode: number }
  | { readonly board: string; readonly error: string; readonly exitCode: number };

/** `mcusim compare`: the same firmware on several boards. It fails only when no board could run it well. @returns the exit code */
export async function compare(firmware: string, options: CompareOptions): Promise<number> {
  const names = (options.boards ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new UsageError("--boards needs boards, separated by commas");
  const rows: Row[] = [];
  for (const board of names) rows.push(await row(firmware, board, options));
  if (options.json !== undefined) printJson({ schemaVersion: 1, boards: rows }, options.json);
  if (options.json !== "-") process.stdout.write(`${render(rows).join("\n")}\n`);
  return rows.some((r) => r.exitCode === 0) ? 0 : (rows[0]?.exitCode ?? 0);
}

async function row(firmware: string, board: string, options: CompareOptions): Promise<Row> {
  try {
    const { id } = await loadBoard(board);
    const loaded = await load(firmware.replaceAll("{board}", id), board, options);
    const { report, exitCode } = await execute(loaded, options, () => undefined);
    return { board: loaded.board.id, report, exitCode };
  } catch (error) {
    if (!(error instanceof McusimError) || error.exitCode === 70) throw error;
    return { board, error: oneLine(error.message), exitCode: error.exitCode };
  }
}

function render(rows: readonly Row[]): readonly string[] {
  const right = "right" as const;
  const table = renderTable(
    [
      { title: "board" },
      { title: "core" },
      { title: "MHz", align: right },
      { title: "cycles", align: right },
      { title: "ms", align: right },
      { title: "CPI", align: right },
      { title: "flash", align: right },
      { title: "RAM", align: right },
      { title: "measured", align: right },
      { title: "answer" },
      { title: "ended" },
    ],
    rows.map((r) =>
      "report" in r
        ? cells(r.report)
        : [r.board, "", "", "", "", "", "", "", "", "", `not run [${rows.indexOf(r) + 1}]`],
    ),
    "",
  );
  const errors = rows.flatMap((r, i) => ("error" in r ? [`[${i + 1}] ${r.error}`] : []));
  return [...table, ...(errors.length === 0 ? [] : ["", ...errors])];
}

function cells({
  board,
  cycles,
  instructions,
  timeMs,
  memory,
  regions,
  classification,
  stop,
}: Report): readonly string[] {
  const measured = regions.find((r) => r.kind === "measure");
  return [
    board.id,
    board.core,
    String(board.clockHz / 1e6),
    grouped(cycles),
    milliseconds(timeMs),
    instructions === 0 ? "-" : (cycles / instructions).toFixed(2),
    kilobytes(memory.flash.used),
    kilobytes(memory.ram.used),
    measured === undefined ? "" : grouped(measured.cycles),
    classification?.label ?? "",
    stop.reason,
  ];
}
