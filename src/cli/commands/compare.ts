import { availableParallelism } from "node:os";

import { UsageError } from "../../errors.ts";
import type { Report } from "../../report/report.ts";
import { grouped, kilobytes, milliseconds, renderTable } from "../../report/table.ts";
import { runOn, type Row } from "../comparison.ts";
import { runOnThreads } from "../comparison-pool.ts";
import { printJson } from "../json.ts";
import type { RunOptions } from "../run-options.ts";

export interface CompareOptions extends RunOptions {
  readonly boards?: string;
  readonly jobs?: number;
  readonly json?: string;
}

/** `mcusim compare`: the same firmware on several boards. It fails only when no board could run it well. @returns the exit code */
export async function compare(firmware: string, options: CompareOptions): Promise<number> {
  const names = (options.boards ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new UsageError("--boards needs boards, separated by commas");
  if (options.uartInput === "-" && names.length > 1)
    throw new UsageError("compare needs a file as --uart-input: stdin can be read only once");
  const rows = await runAll(firmware, names, options);
  if (options.json !== undefined) printJson({ schemaVersion: 1, boards: rows }, options.json);
  if (options.json !== "-") process.stdout.write(`${render(rows).join("\n")}\n`);
  return rows.some((r) => r.exitCode === 0) ? 0 : (rows[0]?.exitCode ?? 0);
}

async function runAll(
  firmware: string,
  boards: readonly string[],
  options: CompareOptions,
): Promise<readonly Row[]> {
  // What the runs write to the same files is the last board's, whatever the number of threads.
  const sharesFiles = options.semihostingDir !== undefined || options.uartLog !== undefined;
  const jobs = sharesFiles ? 1 : Math.min(options.jobs ?? availableParallelism(), boards.length);
  if (jobs > 1) return runOnThreads(boards, { firmware, options }, jobs);
  const rows: Row[] = [];
  for (const board of boards) rows.push(await runOn(board, firmware, options));
  return rows;
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
