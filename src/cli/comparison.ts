import { loadBoard } from "../board/registry.ts";
import { McusimError } from "../errors.ts";
import type { Report } from "../report/report.ts";
import { execute } from "./execute.ts";
import { oneLine } from "./failure.ts";
import { load } from "./load.ts";
import type { RunOptions } from "./run-options.ts";

/** One board's part of a comparison: its report, or why there is none. */
export type Row =
  | { readonly board: string; readonly report: Report; readonly exitCode: number }
  | { readonly board: string; readonly error: string; readonly exitCode: number };

const DEFECT = 70;

/** Runs the firmware on one board. @param firmware its file; `{board}` in it stands for the board's id */
export async function runOn(board: string, firmware: string, options: RunOptions): Promise<Row> {
  try {
    const { id } = await loadBoard(board);
    const loaded = await load(firmware.replaceAll("{board}", id), board, options);
    const { report, exitCode } = await execute(loaded, options, () => undefined);
    return { board: loaded.board.id, report, exitCode };
  } catch (error) {
    if (!(error instanceof McusimError) || error.exitCode === DEFECT) throw error;
    return { board, error: oneLine(error.message), exitCode: error.exitCode };
  }
}
