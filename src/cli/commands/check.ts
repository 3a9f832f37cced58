import { makeBaseline, parseBaseline, type Baseline } from "../../report/baseline.ts";
import { failureText, judge, parseLimit, renderVerdict, type Verdict } from "../../report/gate.ts";
import { UsageError } from "../../errors.ts";
import { readText } from "../files.ts";
import { runAndShow, type RunCommandOptions } from "./run.ts";

export interface CheckOptions extends RunCommandOptions {
  readonly baseline?: string;
  readonly limit: readonly string[];
  readonly force?: boolean;
}

const REGRESSION = 3;

/** `mcusim check`: a run that must not be worse than a stored one. @returns the exit code */
export async function check(firmware: string, options: CheckOptions): Promise<number> {
  const { baseline: file, saveBaseline, limit } = options;
  if (file === undefined && saveBaseline === undefined && limit.length === 0) {
    throw new UsageError(
      "check needs --baseline FILE, --limit METRIC=..., or --save-baseline FILE to begin with",
    );
  }
  if (file !== undefined && file === saveBaseline) {
    throw new UsageError(
      "--save-baseline would overwrite the baseline that this run is judged by; name another file",
    );
  }
  const limits = limit.map(parseLimit);
  const baseline = file === undefined ? undefined : readBaseline(file);
  let verdict: Verdict | undefined;
  const outcome = await runAndShow(firmware, options, (report) => {
    const now = makeBaseline(report);
    if (baseline !== undefined) comparable(baseline, now, file ?? "", options.force === true);
    verdict = judge(now, baseline, limits);
    return { verdict, text: renderVerdict(verdict) };
  });
  if (outcome.exitCode !== 0 || verdict?.ok !== false) return outcome.exitCode;
  process.stderr.write(`mcusim: ${failureText(verdict)}\n`);
  return REGRESSION;
}

function readBaseline(file: string): Baseline {
  const baseline = parseBaseline(readText(file, "baseline"));
  if (typeof baseline === "string") throw new UsageError(`baseline ${file}: ${baseline}`);
  return baseline;
}

function comparable(baseline: Baseline, now: Baseline, file: string, force: boolean): void {
  for (const key of ["board", "boot"] as const) {
    if (baseline[key] !== now[key]) {
      throw new UsageError(`baseline ${file} is of ${key} ${baseline[key]}, this run of ${now[key]}`);
    }
  }
  if (baseline.cycleModel === now.cycleModel || force) return;
  throw new UsageError(
    `baseline ${file} is of cycle model ${baseline.cycleModel}, this run of ${now.cycleModel}: save a new baseline from the old build, or compare all the same with --force`,
  );
}
