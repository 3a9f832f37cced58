import { InvalidArgumentError, Option, type Command } from "commander";

import type { EvalOptions } from "./commands/eval.ts";
import type { MergeOptions } from "./commands/merge.ts";
import { ENGINES } from "./run-options.ts";
import { address, count, frequency, jobs } from "./values.ts";

/** Cycles that one input may take when the user does not say: some seconds of most cores. */
const DEFAULT_MAX_CYCLES = 2_000_000_000;

/** Adds `eval` and `merge`. @param ended receives the exit code */
export function addEvalCommands(program: Command, ended: (exitCode: number) => void): void {
  withReports(
    program
      .command("eval <firmware>")
      .description("every input of a data set through the firmware: accuracy, confusion matrix, latency")
      .option("--board <id>", "a board's id, alias or part number, or a board file (JSON, YAML)")
      .option(
        "--workload <file>",
        "what goes in and comes out, by symbol (default: NAME.workload.yaml beside the firmware)",
      )
      .option(
        "--dataset <path>",
        "a folder with a folder of WAV files for each label, or a CSV of file,label",
      )
      .option("--others <label>", "label of folders whose name is none of the labels; skip leaves them out")
      .option("--limit <n>", "at most so many inputs, evenly spread", count)
      .option("--shard <i/n>", "the i-th of n parts of the data set; see merge", shard)
      .option("--jobs <n>", "threads (default: as many as this computer has)", jobs)
      .addOption(
        new Option("--boot <how>", "start as after reset, or with the board's top clock and caches on")
          .choices(["reset", "max"])
          .default("reset"),
      )
      .option("--clock <hz>", "hold the core clock, whatever the firmware sets", frequency)
      .option("--load-address <addr>", "where a raw .bin belongs (default: the board's flash)", address)
      .addOption(new Option("--engine <name>", "what executes").choices([...ENGINES]).default("auto"))
      .option("--max-cycles <n>", "simulated cycles for one input, such as 20M", count, DEFAULT_MAX_CYCLES),
  ).action(async (firmware: string, options: EvalOptions) => {
    const { evaluate } = await import("./commands/eval.ts");
    ended(await evaluate(firmware, options));
  });
  withReports(
    program
      .command("merge <report...>")
      .description("join what `eval --shard` wrote with --json=FILE into one report"),
  ).action(async (reports: readonly string[], options: MergeOptions) => {
    const { merge } = await import("./commands/merge.ts");
    ended(merge(reports, options));
  });
}

const withReports = (command: Command): Command =>
  command
    .option("--min-accuracy <percent>", "end with exit code 3 below it", percent)
    .option("--json <file>", "the report as JSON; on stdout when no file is named")
    .option("--csv <file>", "one line for each input");

/** `2/8`: the second of eight parts. */
function shard(text: string): { readonly index: number; readonly of: number } {
  const [, index = NaN, of = NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw new InvalidArgumentError("It must be a part such as 1/4, from 1/4 to 4/4.");
}

function percent(text: string): number {
  const value = Number(text.replace(/\s*%$/, ""));
  if (text.trim() !== "" && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError("It must be a percentage from 0 to 100.");
}
