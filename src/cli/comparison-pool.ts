import type { Worker } from "node:worker_threads";

import { InternalError } from "../errors.ts";
import { startWorker, workerFile } from "../runner/worker.ts";
import type { Row } from "./comparison.ts";
import type { ComparisonAnswer, ComparisonOrder, ComparisonSetup } from "./comparison-worker.ts";

/** Runs the firmware on several boards at a time. @returns the rows in the order of `boards` */
export async function runOnThreads(
  boards: readonly string[],
  setup: ComparisonSetup,
  jobs: number,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const waiting = boards.map((board, index) => ({ index, board })).values();
  const file = workerFile("comparison-worker", import.meta.url);
  const workers = Array.from({ length: jobs }, () => startWorker(file, setup));
  const interrupt = (): void => {
    for (const worker of workers) worker.postMessage("interrupt" satisfies ComparisonOrder);
  };
  process.once("SIGINT", interrupt);
  try {
    await Promise.all(workers.map((worker) => serve(worker, waiting, (index, row) => (rows[index] = row))));
    return rows;
  } finally {
    process.removeListener("SIGINT", interrupt);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Gives a worker one board after the other until there are no more. */
function serve(
  worker: Worker,
  waiting: Iterator<{ readonly index: number; readonly board: string }>,
  told: (index: number, row: Row) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const taken = waiting.next();
      if (taken.done === true) resolve();
      else worker.postMessage(taken.value satisfies ComparisonOrder);
    };
    worker.on("message", (answer: ComparisonAnswer) => {
      if ("defect" in answer) {
        reject(new InternalError(answer.defect));
        return;
      }
      told(answer.index, answer.row);
      next();
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      reject(new InternalError("a worker ended by itself")); // without effect once its work is done
    });
    next();
  });
}
