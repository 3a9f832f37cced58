/** What the firmware made of one input of a data set. */
export interface EvaluatedInput {
  readonly file: string;
  readonly expected?: string;
  readonly label?: string;
  readonly score?: number;
  readonly ok?: boolean;
  readonly cycles: number;
  readonly timeMs: number;
  readonly totalCycles: number;
  readonly instructions: number;
  readonly failure?: { readonly message: string; readonly exitCode: number };
}

/** Part `index` (from 1) of `of`: every `of`-th input. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** What all inputs have in common. */
export interface EvaluationHeader {
  readonly tool: { readonly name: string; readonly version: string; readonly cycleModel: string };
  readonly firmware: { readonly path: string; readonly sha256: string };
  readonly board: {
    readonly id: string;
    readonly mcu: string;
    readonly core: string;
    readonly clockHz: number;
    readonly clockSource: string;
  };
  readonly dataset: string;
  /** What the latency is that of: a function, two symbols, or the whole run from the ready point. */
  readonly measures: string;
  /** The workload's labels, in order. */
  readonly labels: readonly string[];
  /** Of a data set evaluated in parts: those that are in here. */
  readonly shards?: readonly Shard[];
  readonly notices: readonly string[];
  readonly host: {
    readonly engine: string;
    readonly jobs: number;
    readonly seconds: number;
  };
}

export interface ClassAccuracy {
  readonly label: string;
  readonly total: number;
  readonly correct: number;
  readonly accuracy: number;
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The report of `mcusim eval`; everything but `host` is the same whatever the number of workers. */
export interface EvaluationReport extends EvaluationHeader {
  readonly schemaVersion: 1;
  readonly kind: "evaluation";
  readonly inputs: number;
  /** Inputs without an answer. */
  readonly failed: number;
  /** Absent when no input has a label. */
  readonly accuracy?: { readonly total: number; readonly correct: number; readonly top1: number };
  readonly classes: readonly ClassAccuracy[];
  /** `counts[expected][answered]`, by position in `labels`. */
  readonly confusion: { readonly labels: readonly string[]; readonly counts: readonly (readonly number[])[] };
  /** Of the inputs that were answered; absent without any. */
  readonly latency?: { readonly cycles: Spread; readonly timeMs: Spread };
  /** By file name. */
  readonly results: readonly EvaluatedInput[];
}

const byFile = (a: EvaluatedInput, b: EvaluatedInput): number =>
  a.file < b.file ? -1 : a.file > b.file ? 1 : 0;

export function makeEvaluation(
  header: EvaluationHeader,
  unsorted: readonly EvaluatedInput[],
): EvaluationReport {
  const results = [...unsorted].sort(byFile);
  const answered = results.filter((r) => r.failure === undefined);
  const labelled = results.filter((r) => r.expected !== undefined);
  const correct = labelled.filter((r) => r.ok === true).length;
  const total = labelled.length;
  return {
    schemaVersion: 1,
    kind: "evaluation",
    ...header,
    inputs: results.length,
    failed: results.length - answered.length,
    ...(total === 0 ? {} : { accuracy: { total, correct, top1: correct / total } }),
    classes: classes(header.labels, labelled),
    confusion: confusion(header.labels, labelled),
    ...(answered.length === 0
      ? {}
      : {
          latency: {
            cycles: spread(answered.map((r) => r.cycles)),
            timeMs: spread(answered.map((r) => r.timeMs)),
          },
        }),
    results,
  };
}

/** The workload's labels, then others that were met, in alphabetical order. */
function allLabels(labels: readonly string[], results: readonly EvaluatedInput[]): readonly string[] {
  const met = new Set(results.flatMap(({ expected, label }) => [expected, label]));
  const others = [...met].filter((l): l is string => l !== undefined && !labels.includes(l));
  return [...labels, ...others.sort()];
}

function classes(labels: readonly string[], results: readonly EvaluatedInput[]): readonly ClassAccuracy[] {
  return allLabels(labels, results).flatMap((label) => {
    const own = results.filter((r) => r.expected === label);
    const correct = own.filter((r) => r.ok === true).length;
    return own.length === 0 ? [] : [{ label, total: own.length, correct, accuracy: correct / own.length }];
  });
}

function confusion(
  known: readonly string[],
  results: readonly EvaluatedInput[],
): EvaluationReport["confusion"] {
  const labels = allLabels(known, results);
  const counts = labels.map(() => labels.map(() => 0));
  for (const { expected, label } of results) {
    if (expected === undefined || label === undefined) continue;
    counts[labels.indexOf(expected)]![labels.indexOf(label)]!++;
  }
  return { labels, counts };
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  const median = sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
  return { min: sorted[0]!, median, max: sorted.at(-1)! };
}

/** Why two reports cannot be joined; undefined when they can. */
export function mergeObstacle(a: EvaluationReport, b: EvaluationReport): string | undefined {
  if (a.firmware.sha256 !== b.firmware.sha256) return "they are of different firmware";
  if (a.board.id !== b.board.id) return `they are of different boards, ${a.board.id} and ${b.board.id}`;
  if (a.board.clockHz !== b.board.clockHz) return "they are of different clocks";
  if (a.tool.cycleModel !== b.tool.cycleModel) return "they are of different cycle models";
  if (a.tool.version !== b.tool.version) return "they are of different versions of mcusim";
  if (a.measures !== b.measures || a.labels.join() !== b.labels.join())
    return "they are of different workload files";
  const files = new Set(a.results.map((r) => r.file));
  const twice = b.results.find((r) => files.has(r.file));
  return twice === undefined ? undefined : `both have the input ${twice.file}`;
}

/** Reports of parts of one data set as one. They must go together, see `mergeObstacle`. */
export function mergeEvaluations(reports: readonly EvaluationReport[]): EvaluationReport {
  const [first] = reports as readonly [EvaluationReport, ...EvaluationReport[]];
  const { tool, firmware, board, dataset, measures, labels } = first;
  const shards = reports.flatMap((r) => r.shards ?? []).sort((a, b) => a.of - b.of || a.index - b.index);
  const of = shards[0]?.of ?? 0;
  const isWhole = shards.length === of && shards.every((s, i) => s.of === of && s.index === i + 1);
  const header: EvaluationHeader = {
    tool,
    firmware,
    board,
    dataset,
    measures,
    labels,
    ...(shards.length === 0 || isWhole ? {} : { shards }),
    notices: [...new Set(reports.flatMap((r) => r.notices))],
    host: {
      engine: first.host.engine,
      jobs: reports.reduce((sum, r) => sum + r.host.jobs, 0),
      seconds: reports.reduce((sum, r) => sum + r.host.seconds, 0),
    },
  };
  return makeEvaluation(
    header,
    reports.flatMap((r) => r.results),
  );
}
