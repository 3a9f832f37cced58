import type { Worker } from "node:worker_threads";

import { InternalError, McusimError } from "../errors.ts";
import type { WorkerMessage } from "./evaluation-worker.ts";
import { startWorker, workerFile } from "./worker.ts";
import type { EvaluatedInput, EvaluationInput, EvaluationSetup, ReadyState } from "./evaluation.ts";

/** Inputs that a worker is given at a time. */
const BATCH = 4;

/**
 * Evaluates inputs on several threads. Inputs are taken from the iterable as workers get to them; the results come in
 * any order.
 */
export async function evaluateOnWorkers(
  setup: EvaluationSetup,
  inputs: Iterable<EvaluationInput>,
  jobs: number,
  told: (result: EvaluatedInput) => void,
): Promise<ReadyState> {
  const source = inputs[Symbol.iterator]();
  const file = workerFile("evaluation-worker", import.meta.url);
  const workers = Array.from({ length: jobs }, () => startWorker(file, setup));
  try {
    const states = await Promise.all(workers.map((worker) => serve(worker, source, told)));
    return states[0]!;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Gives a worker batches until there are no more. */
function serve(
  worker: Worker,
  source: Iterator<EvaluationInput>,
  told: (result: EvaluatedInput) => void,
): Promise<ReadyState> {
  return new Promise((resolve, reject) => {
    let state: ReadyState | undefined;
    const next = (): void => {
      const batch = take(source);
      if (batch.length > 0) worker.postMessage(batch);
      else if (state !== undefined) resolve(state);
    };
    const receive = (message: WorkerMessage): void => {
      if (message.kind === "error") {
        reject(new McusimError(message.code, message.message, message.exitCode));
        return;
      }
      if (message.kind === "ready") state = message.ready;
      else message.results.forEach(told);
      next();
    };
    worker.on("message", (message: WorkerMessage) => {
      try {
        receive(message);
      } catch (error) {
        reject(error instanceof Error ? error : new InternalError(String(error))); // an input that cannot be read
      }
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      reject(new InternalError("a worker ended by itself")); // without effect once its work is done
    });
  });
}

function take(source: Iterator<EvaluationInput>): readonly EvaluationInput[] {
  const batch: EvaluationInput[] = [];
  while (batch.length < BATCH) {
    const next = source.next();
    if (next.done === true) break;
    batch.push(next.value);
  }
  return batch;
}
