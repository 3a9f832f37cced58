import { UsageError } from "../../errors.ts";
import { mergeEvaluations, mergeObstacle, type EvaluationReport } from "../../report/evaluation.ts";
import { readText } from "../files.ts";
import { exitCodeFor, show, type EvalOptions } from "./eval.ts";

export type MergeOptions = Pick<EvalOptions, "json" | "csv" | "minAccuracy">;

/** `mcusim merge`: reports of `eval --shard` as one. @returns the exit code */
export function merge(files: readonly string[], options: MergeOptions): number {
  const reports = files.map(readReport);
  reports.forEach((report, i) => {
    for (const [k, other] of reports.slice(0, i).entries()) {
      const obstacle = mergeObstacle(other, report);
      if (obstacle !== undefined) {
        throw new UsageError(`${files[k]!} and ${files[i]!} cannot be merged: ${obstacle}`);
      }
    }
  });
  const merged = mergeEvaluations(reports);
  show(merged, options);
  return exitCodeFor(merged, options.minAccuracy);
}

function readReport(file: string): EvaluationReport {
  let value: unknown;
  try {
    value = JSON.parse(readText(file, "report"));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`report ${file} is no JSON`, { cause: error });
  }
  const { schemaVersion, kind, results } = (value ?? {}) as Partial<Record<keyof EvaluationReport, unknown>>;
  if (schemaVersion !== 1 || kind !== "evaluation" || !Array.isArray(results)) {
    throw new UsageError(`report ${file} is not what \`mcusim eval --json=FILE\` writes`);
  }
  return value as EvaluationReport; // our own format, recognised above
}
