import { UsageError } from "../errors.ts";
import type { Baseline } from "./baseline.ts";
import { grouped, renderTable } from "./table.ts";

/** How much a metric may be: above its baseline in percent (`soft`), and at all (`hard`). */
export interface Limit {
  readonly metric: string;
  readonly soft?: number;
  readonly hard?: number;
}

/** One metric that was judged. */
export interface Judgement {
  readonly metric: string;
  readonly now: number;
  readonly baseline?: number;
  /** The limit as the user would write it. */
  readonly limit: string;
  readonly ok: boolean;
}

/** A function or layer whose cycles are not those of the baseline. */
export interface Moved {
  readonly name: string;
  readonly kind: "function" | "layer";
  /** Absent for what the baseline does not know. */
  readonly baseline?: number;
  /** Absent for what was not executed this time. */
  readonly now?: number;
}

export interface Verdict {
  readonly ok: boolean;
  readonly judgements: readonly Judgement[];
  /** By size of the change, largest first. */
  readonly moved: readonly Moved[];
  readonly sameBuild?: boolean;
}

/** Metrics that are judged without being asked for: more of any of them is a regression. */
const GATED = ["cycles", "flash", "ram", "stack", "heap"] as const;

/** Reads `METRIC=2%`, `METRIC=5000000` or `METRIC=2%|5000000`. Throws UsageError. */
export function parseLimit(text: string): Limit {
  const fail = (problem: string): never => {
    throw new UsageError(`--limit ${text}: ${problem}; write METRIC=2%, METRIC=5000000 or METRIC=2%|5000000`);
  };
  const at = text.lastIndexOf("=");
  const metric = text.slice(0, Math.max(0, at));
  if (metric === "") fail("there is no metric");
  let limit: Limit = { metric };
  for (const part of text.slice(at + 1).split("|")) {
    const [, number = "", sign = ""] = /^(\d[\d_]*(?:\.\d+)?)(%?)$/.exec(part.trim()) ?? [];
    const value = Number(number.replaceAll("_", ""));
    if (number === "") fail(`"${part}" is no limit`);
    else if (sign === "%") limit = { ...limit, soft: value };
    else limit = { ...limit, hard: value };
  }
  return limit;
}

/** Judges a run against a baseline and limits. Without a baseline, only hard limits can be judged. */
export function judge(now: Baseline, baseline: Baseline | undefined, limits: readonly Limit[]): Verdict {
  const byDefault =
    baseline === undefined ? [] : GATED.filter((m) => m in now.totals && m in baseline.totals);
  const all = [
    ...byDefault
      .filter((metric) => !limits.some((l) => l.metric === metric))
      .map((metric) => ({ metric, soft: 0 })),
    ...limits,
  ];
  const judgements = all.map((limit) => judgeOne(limit, now, baseline));
  return {
    ok: judgements.every((j) => j.ok),
    judgements,
    moved: baseline === undefined ? [] : movedBetween(baseline, now),
    ...(baseline === undefined ? {} : { sameBuild: baseline.firmware.sha256 === now.firmware.sha256 }),
  };
}

function judgeOne({ metric, soft, hard }: Limit, now: Baseline, baseline: Baseline | undefined): Judgement {
  const value = metricOf(now, metric);
  if (value === undefined)
    throw new UsageError(`--limit ${metric}: this run has no such metric; ${known(now)}`);
  const before = baseline === undefined ? undefined : metricOf(baseline, metric);
  if (soft !== undefined && before === undefined) {
    throw new UsageError(`--limit ${metric}: a limit in percent needs a baseline that has this metric`);
  }
  const withinSoft = soft === undefined || before === undefined || value <= before * (1 + soft / 100);
  const withinHard = hard === undefined || value <= hard;
  const limit = [soft === undefined ? [] : [`+${soft}%`], hard === undefined ? [] : [grouped(hard)]]
    .flat()
    .join(" | ");
  return {
    metric,
    now: value,
    ...(before === undefined ? {} : { baseline: before }),
    limit,
    ok: withinSoft && withinHard,
  };
}

/** A total by its name; `NAME.cycles` of a layer, or else of a function. */
function metricOf({ totals, layers, functions }: Baseline, metric: string): number | undefined {
  if (metric in totals) return totals[metric];
  const name = /^(.+)\.cycles$/.exec(metric)?.[1];
  return name === undefined ? undefined : (layers[name] ?? functions[name]);
}

const known = ({ totals }: Baseline): string =>
  `there are ${Object.keys(totals).join(", ")}, and NAME.cycles of a function or layer that was executed`;

function movedBetween(baseline: Baseline, now: Baseline): readonly Moved[] {
  const compare = (
    kind: Moved["kind"],
    before: Readonly<Record<string, number>>,
    after: Readonly<Record<string, number>>,
  ): Moved[] =>
    [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((name) => before[name] !== after[name])
      .map((name) => ({
        name,
        kind,
        ...(before[name] === undefined ? {} : { baseline: before[name] }),
        ...(after[name] === undefined ? {} : { now: after[name] }),
      }));
  return [
    ...compare("layer", baseline.layers, now.layers),
    ...compare("function", baseline.functions, now.functions),
  ].sort((a, b) => Math.abs(change(b)) - Math.abs(change(a)) || (a.name < b.name ? -1 : 1));
}

const change = ({ baseline = 0, now = 0 }: Moved): number => now - baseline;

const MOST_MOVED = 20;

/** The verdict for a terminal. */
export function renderVerdict({ ok, judgements, moved, sameBuild }: Verdict): string {
  const build =
    sameBuild === undefined
      ? ""
      : sameBuild
        ? " (same build as the baseline)"
        : " (another build than the baseline)";
  const lines = [
    `Check ${ok ? "passed" : "failed"}${build}`,
    ...renderTable(
      [
        { title: "metric" },
        { title: "baseline", align: "right" },
        { title: "now", align: "right" },
        { title: "change", align: "right" },
        { title: "limit", align: "right" },
        { title: "" },
      ],
      judgements.map((j) => [
        j.metric,
        j.baseline === undefined ? "-" : grouped(j.baseline),
        grouped(j.now),
        signed(j.now, j.baseline),
        j.limit,
        j.ok ? "" : "REGRESSION",
      ]),
    ),
  ];
  if (moved.length > 0) {
    lines.push(
      "",
      "What moved",
      ...renderTable(
        [
          { title: "name" },
          { title: "kind" },
          { title: "baseline", align: "right" },
          { title: "now", align: "right" },
          { title: "change", align: "right" },
        ],
        moved
          .slice(0, MOST_MOVED)
          .map((m) => [m.name, m.kind, cell(m.baseline), cell(m.now), signed(m.now ?? 0, m.baseline)]),
      ),
      ...(moved.length > MOST_MOVED ? [`  and ${moved.length - MOST_MOVED} more`] : []),
    );
  }
  return `${lines.join("\n")}\n`;
}

const cell = (n: number | undefined): string => (n === undefined ? "-" : grouped(n));

/** The change in percent, or what it is where there is nothing to compare with. */
function signed(now: number, before: number | undefined): string {
  if (before === undefined) return "new";
  if (before === now) return "0";
  if (before === 0) return `+${grouped(now)}`;
  const percentage = (100 * (now - before)) / before;
  return `${percentage > 0 ? "+" : ""}${percentage.toFixed(2)} %`;
}

/** What failed, in one line. */
export function failureText({ judgements, moved }: Verdict): string {
  const failed = judgements
    .filter((j) => !j.ok)
    .map(
      (j) =>
        `${j.metric} ${j.baseline === undefined ? grouped(j.now) : signed(j.now, j.baseline)} (limit ${j.limit})`,
    );
  const grown = moved.filter((m) => (m.now ?? 0) > (m.baseline ?? 0));
  const name = (kind: Moved["kind"]): string[] => {
    const first = grown.find((m) => m.kind === kind);
    return first === undefined ? [] : [`${kind} ${first.name} ${signed(first.now ?? 0, first.baseline)}`];
  };
  const most = [...name("function"), ...name("layer")];
  return `check failed: ${failed.join(", ")}${most.length === 0 ? "" : `; most in ${most.join(", ")}`}`;
}
