import { availableParallelism } from "node:os";

import { UsageError } from "../../errors.ts";
import { renderEvaluation, renderEvaluationCsv } from "../../report/evaluation-text.ts";
import { makeEvaluation, type EvaluationReport, type Shard } from "../../report/evaluation.ts";
import { evaluateOnWorkers } from "../../runner/evaluation-pool.ts";
import {
  evaluateHere,
  type EvaluatedInput,
  type EvaluationInput,
  type EvaluationSetup,
} from "../../runner/evaluation.ts";
import { ELEMENT_BYTES, type Workload } from "../../runner/workload.ts";
import { progressLine } from "../console.ts";
import { readDataset, readItem, thinned, type DatasetItem } from "../dataset.ts";
import { engineOf } from "../execute.ts";
import { readBytes, writeText } from "../files.ts";
import { printJson } from "../json.ts";
import { defaultLoadAddress, load, type Loaded } from "../load.ts";
import type { EngineChoice } from "../run-options.ts";
import { toolVersion } from "../version.ts";

export interface EvalOptions {
  readonly board?: string;
  readonly workload?: string;
  readonly dataset?: string;
  readonly others?: string;
  readonly limit?: number;
  readonly shard?: Shard;
  readonly jobs?: number;
  readonly boot: "reset" | "max";
  readonly clock?: number;
  readonly loadAddress?: number;
  readonly engine: EngineChoice;
  readonly maxCycles: number;
  /** Percent. */
  readonly minAccuracy?: number;
  /** A file, or `-` for stdout. */
  readonly json?: string;
  readonly csv?: string;
}

const CHECK_FAILED = 3;

/** `mcusim eval`: every input of a data set through the firmware. @returns the exit code */
export async function evaluate(firmware: string, options: EvalOptions): Promise<number> {
  if (options.board === undefined) throw new UsageError("--board ID is missing; `mcusim boards` lists them");
  if (options.dataset === undefined) throw new UsageError("--dataset DIR is missing: the inputs");
  const loaded = await load(firmware, options.board, options);
  const { input, labels } = loaded.workload;
  if (input === undefined) {
    throw new UsageError("eval needs a workload file with an `input` entry, to know where inputs go");
  }
  const { others } = options;
  const all = readDataset(options.dataset, { labels, others, format: input.format });
  const items = share(options.limit === undefined ? all : thinned(all, options.limit), options.shard);
  const size = input.length * ELEMENT_BYTES[input.type];
  let padded = 0;
  const inputs = readAll(items, input.format, (bytes) => {
    if (bytes.length < size) padded++;
  });
  const begun = performance.now();
  const jobs = Math.min(options.jobs ?? availableParallelism(), items.length);
  const { ready, results } = await runAll(setupOf(loaded, options), inputs, jobs, items.length);
  const { board, path, sha256 } = loaded;
  const { clockHz, clockSource, cycleModel } = ready;
  const report = makeEvaluation(
    {
      tool: { name: "mcusim", version: toolVersion(), cycleModel },
      firmware: { path, sha256 },
      board: { id: board.id, mcu: board.mcu, core: board.core.type, clockHz, clockSource },
      dataset: options.dataset,
      measures: measuresOf(loaded.workload),
      labels: labels ?? [],
      ...(options.shard === undefined ? {} : { shards: [options.shard] }),
      notices:
        padded === 0 ? [] : [`${padded} inputs are shorter than ${input.symbol}: filled up with zeros`],
      host: { engine: engineOf(options.engine), jobs, seconds: (performance.now() - begun) / 1000 },
    },
    results,
  );
  show(report, options);
  return exitCodeFor(report, options.minAccuracy);
}

/** Prints and writes a report as the options ask. */
export function show(report: EvaluationReport, { json, csv }: Pick<EvalOptions, "json" | "csv">): void {
  if (json !== undefined) printJson(report, json);
  if (csv !== undefined) writeText(csv, renderEvaluationCsv(report), "CSV");
  if (json !== "-") process.stdout.write(renderEvaluation(report));
}

/** That of the first input without an answer; else whether the accuracy is what was asked for. */
export function exitCodeFor(
  { results, accuracy }: EvaluationReport,
  minAccuracy: number | undefined,
): number {
  const failed = results.find((r) => r.failure !== undefined)?.failure;
  if (failed !== undefined) {
    process.stderr.write(`mcusim: an input got no answer: ${failed.message}\n`);
    return failed.exitCode;
  }
  if (minAccuracy === undefined) return 0;
  if (accuracy === undefined) throw new UsageError("--min-accuracy needs a data set with labels");
  const reached = 100 * accuracy.top1;
  if (reached >= minAccuracy) return 0;
  process.stderr.write(`mcusim: accuracy ${reached.toFixed(2)} % is below ${minAccuracy} %\n`);
  return CHECK_FAILED;
}

function share(items: readonly DatasetItem[], shard: Shard | undefined): readonly DatasetItem[] {
  if (shard === undefined) return items;
  const own = items.filter((_, i) => i % shard.of === shard.index - 1);
  if (own.length === 0) {
    throw new UsageError(`--shard ${shard.index}/${shard.of}: the data set has only ${items.length} inputs`);
  }
  return own;
}

/** Reads each input when it is asked for. */
function* readAll(
  items: readonly DatasetItem[],
  format: "wav" | "raw",
  seen: (bytes: Uint8Array) => void,
): Iterable<EvaluationInput> {
  for (const item of items) {
    const bytes = readItem(item, format);
    seen(bytes);
    const { file, expected } = item;
    yield { file, bytes, ...(expected === undefined ? {} : { expected }) };
  }
}

async function runAll(
  setup: EvaluationSetup,
  inputs: Iterable<EvaluationInput>,
  jobs: number,
  total: number,
): Promise<{ readonly ready: Awaited<ReturnType<typeof evaluateHere>>; readonly results: EvaluatedInput[] }> {
  const results: EvaluatedInput[] = [];
  const progress = progressLine();
  const told = (result: EvaluatedInput): void => {
    results.push(result);
    progress.show(`${results.length} of ${total} inputs`);
  };
  try {
    const ready =
      jobs === 1
        ? await evaluateHere(setup, inputs, told)
        : await evaluateOnWorkers(setup, inputs, jobs, told);
    return { ready, results };
  } finally {
    progress.clear();
  }
}

function setupOf({ board, path, workload }: Loaded, options: EvalOptions): EvaluationSetup {
  const loadAddress = options.loadAddress ?? defaultLoadAddress(board);
  const bytes = readBytes(path, "firmware");
  return {
    board,
    firmware: { path, bytes, ...(loadAddress === undefined ? {} : { loadAddress }) },
    workload,
    engine: engineOf(options.engine),
    boot: options.boot,
    maxCycles: options.maxCycles,
    ...(options.clock === undefined ? {} : { clockHz: options.clock }),
  };
}

function measuresOf({ measure, done, ready }: Workload): string {
  if (measure !== undefined)
    return "function" in measure ? measure.function : `${measure.from} to ${measure.to}`;
  const end =
    done === undefined ? "the end" : "function" in done ? `the return of ${done.function}` : done.symbol;
  return `the run from ${ready?.symbol ?? "main"} to ${end}`;
}
