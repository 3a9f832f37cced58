import { parentPort, workerData } from "node:worker_threads";

import { runOn, type Row } from "./comparison.ts";
import type { RunOptions } from "./run-options.ts";

/** What a worker is started with. */
export interface ComparisonSetup {
  readonly firmware: string;
  readonly options: RunOptions;
}

/** What a worker is told: to run on the board with this number in the list, or to end the run at hand. */
export type ComparisonOrder = { readonly index: number; readonly board: string } | "interrupt";

/** What a worker answers. */
export type ComparisonAnswer =
  { readonly index: number; readonly row: Row } | { readonly index: number; readonly defect: string };

/** A worker of `compare`: one board after the other. */
function work(port: NonNullable<typeof parentPort>, { firmware, options }: ComparisonSetup): void {
  const answer = (message: ComparisonAnswer): void => {
    port.postMessage(message);
  };
  port.on("message", (order: ComparisonOrder) => {
    if (order === "interrupt") {
      process.emit("SIGINT"); // signals reach the main thread only
      return;
    }
    const { index, board } = order;
    runOn(board, firmware, options).then(
      (row) => answer({ index, row }),
      (error: unknown) => answer({ index, defect: error instanceof Error ? error.message : String(error) }),
    );
  });
}

if (parentPort !== null) work(parentPort, workerData as ComparisonSetup);
