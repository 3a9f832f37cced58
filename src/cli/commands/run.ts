import { renderJson } from "../../report/report.ts";
import { renderText } from "../../report/text.ts";
import { execute, type Outcome } from "../execute.ts";
import { writeText } from "../files.ts";
import { load } from "../load.ts";
import type { RunOptions } from "../run-options.ts";

export interface RunCommandOptions extends RunOptions {
  readonly board: string;
  /** A file, or true for stdout. */
  readonly json?: string | true;
  readonly saveBaseline?: string;
}

/** `mcusim run`: the firmware's console, then the report. */
export async function run(firmware: string, options: RunCommandOptions): Promise<void> {
  const outcome = await runAndShow(firmware, options);
  process.exitCode = outcome.exitCode;
}

/** Runs, prints console and report as the options ask, and says on stderr why the run did not end well. */
export async function runAndShow(firmware: string, options: RunCommandOptions): Promise<Outcome> {
  const loaded = await load(firmware, options.board, options);
  const console = options.json === true ? process.stderr : process.stdout;
  let last = 0x0a;
  const outcome = await execute(loaded, options, (bytes) => {
    last = bytes.at(-1) ?? last;
    console.write(bytes);
  });
  const { report, exitCode } = outcome;
  if (last !== 0x0a) console.write("\n");
  if (options.json === true) process.stdout.write(renderJson(report));
  else {
    if (options.json !== undefined) writeText(options.json, renderJson(report), "report");
    if (options.quiet !== true) process.stdout.write(`\n${renderText(report)}`);
  }
  if (exitCode !== 0) process.stderr.write(`mcusim: ${failureOf(outcome)}\n`);
  return outcome;
}

function failureOf({ report: { stop, classification } }: Outcome): string {
  if (stop.exitCode === 0 && classification?.ok === false) {
    return `wrong answer: ${classification.label}, expected ${classification.expected ?? ""}`;
  }
  return stop.message;
}
