import { UsageError } from "../../errors.ts";
import { makeBaseline, renderBaseline } from "../../report/baseline.ts";
import type { Verdict } from "../../report/gate.ts";
import { renderJunit } from "../../report/junit.ts";
import { renderMarkdown } from "../../report/markdown.ts";
import type { Report } from "../../report/report.ts";
import { renderText } from "../../report/text.ts";
import { colored } from "../color.ts";
import { execute, type Outcome } from "../execute.ts";
import { writeText } from "../files.ts";
import { load } from "../load.ts";
import type { RunOptions } from "../run-options.ts";

export interface RunCommandOptions extends RunOptions {
  readonly board?: string;
  /** A file, or `-` for stdout. */
  readonly json?: string;
  readonly saveBaseline?: string;
  readonly junit?: string;
  readonly markdown?: string;
}

/** What `check` adds to the report of a run. */
export interface Addition {
  readonly verdict: Verdict;
  readonly text: string;
}

/** `mcusim run`: the firmware's console, then the report. @returns the exit code */
export async function run(firmware: string, options: RunCommandOptions): Promise<number> {
  return (await runAndShow(firmware, options)).exitCode;
}

/**
 * Runs, prints console and report as the options ask, and says on stderr why the run did not end well.
 * @param add what the command makes of the report of a run that ended well
 */
export async function runAndShow(
  firmware: string,
  options: RunCommandOptions,
  add?: (report: Report) => Addition,
): Promise<Outcome> {
  if (options.board === undefined) throw new UsageError("--board ID is missing; `mcusim boards` lists them");
  const loaded = await load(firmware, options.board, options);
  const onStdout = options.json === "-";
  const console = onStdout ? process.stderr : process.stdout;
  let last = 0x0a;
  const outcome = await execute(loaded, options, (bytes) => {
    last = bytes.at(-1) ?? last;
    console.write(bytes);
  });
  if (last !== 0x0a) console.write("\n");
  const { report, exitCode } = outcome;
  const addition = exitCode === 0 ? add?.(report) : undefined;
  if (options.json !== undefined) {
    const text = `${JSON.stringify({ ...report, ...(addition && { check: addition.verdict }) }, null, 2)}\n`;
    if (onStdout) process.stdout.write(text);
    else writeText(options.json, text, "report");
  }
  if (!onStdout && options.quiet !== true) {
    const text = addition === undefined ? renderText(report) : `${renderText(report)}\n${addition.text}`;
    process.stdout.write(`\n${colored(text, options.color)}`);
  }
  const { junit, markdown } = options;
  if (junit !== undefined) writeText(junit, renderJunit(report, exitCode, addition?.verdict), "JUnit report");
  if (markdown !== undefined)
    writeText(markdown, renderMarkdown(report, addition?.verdict), "Markdown report");
  if (exitCode !== 0) process.stderr.write(`mcusim: ${failureOf(outcome)}\n`);
  else if (options.saveBaseline !== undefined) {
    writeText(options.saveBaseline, renderBaseline(makeBaseline(report)), "baseline");
  }
  return outcome;
}

/** Why a run did not end well, in one line. */
export function failureOf({ report: { stop, classification } }: Outcome): string {
  if (stop.exitCode === 0 && classification?.ok === false) {
    return `wrong answer: ${classification.label}, expected ${classification.expected ?? ""}`;
  }
  return stop.message;
}
