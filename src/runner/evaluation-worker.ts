import { parentPort, workerData } from "node:worker_threads";

import { McusimError } from "../errors.ts";
import {
  Evaluation,
  type EvaluatedInput,
  type EvaluationInput,
  type EvaluationSetup,
  type ReadyState,
} from "./evaluation.ts";

/** What a worker tells its pool. */
export type WorkerMessage =
  | { readonly kind: "ready"; readonly ready: ReadyState }
  | { readonly kind: "results"; readonly results: readonly EvaluatedInput[] }
  | { readonly kind: "error"; readonly code: string; readonly message: string; readonly exitCode: number };

const DEFECT = 70;

/** A worker of `evaluateOnWorkers`: a machine of its own that answers batches of inputs. */
function work(port: NonNullable<typeof parentPort>, setup: EvaluationSetup): void {
  const tell = (message: WorkerMessage): void => {
    port.postMessage(message);
  };
  const guarded = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const { code, exitCode } =
        error instanceof McusimError ? error : { code: "INTERNAL", exitCode: DEFECT };
      tell({ kind: "error", code, message, exitCode });
    }
  };
  guarded(() => {
    const evaluation = new Evaluation(setup);
    port.on("message", (batch: readonly EvaluationInput[]) => {
      guarded(() => {
        tell({ kind: "results", results: batch.map((input) => evaluation.run(input)) });
      });
    });
    tell({ kind: "ready", ready: evaluation.ready });
  });
}

if (parentPort !== null) work(parentPort, workerData as EvaluationSetup);
