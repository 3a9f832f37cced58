import { Option, type Command } from "commander";

import { COLORS, type ColorChoice } from "./color.ts";
import { address, count, duration, exitCode, frequency, pattern } from "./values.ts";

export const ENGINES = ["auto", "reference", "handlers", "wasm"] as const;
export type EngineChoice = (typeof ENGINES)[number];
export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug", "trace"] as const;

/** Options of every command that runs firmware. */
export interface RunOptions {
  readonly workload?: string;
  readonly input?: string;
  readonly expectLabel?: string;
  readonly args?: string;
  readonly boot: "reset" | "max";
  readonly clock?: number;
  readonly engine: EngineChoice;
  readonly compare?: Exclude<EngineChoice, "auto">;
  readonly maxCycles: number;
  readonly maxInstructions?: number;
  readonly timeout?: number;
  readonly wallTimeout?: number;
  readonly timeoutExitCode?: number;
  readonly uartInput?: string;
  readonly uartScript?: string;
  readonly uartLog?: string;
  readonly semihostingDir?: string;
  readonly loadAddress?: number;
  readonly expectText?: RegExp;
  readonly failText?: RegExp;
  readonly lenient?: boolean;
  readonly quiet?: boolean;
  readonly color: ColorChoice;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** Firmware that loops for ever ends here when no other limit was given: a minute or less of most cores. */
const DEFAULT_MAX_CYCLES = 10_000_000_000;

/** Declares them, in the groups in which the help lists them. */
export function addRunOptions(command: Command): Command {
  return command
    .optionsGroup("What runs:")
    .option(
      "--workload <file>",
      "what goes in and comes out, by symbol (default: NAME.workload.yaml beside the firmware)",
    )
    .option("--input <file>", "WAV or raw bytes for the workload's input buffer")
    .option("--expect-label <label>", "the label that the firmware has to answer")
    .option("--args <text>", "arguments of the firmware, for SYS_GET_CMDLINE")
    .addOption(
      new Option("--boot <how>", "start as after reset, or with the board's top clock and caches on")
        .choices(["reset", "max"])
        .default("reset"),
    )
    .option("--clock <hz>", "hold the core clock, whatever the firmware sets", frequency)
    .option("--load-address <addr>", "where a raw .bin belongs (default: the board's flash)", address)
    .option("--lenient", "peripherals that the board does not have read as 0; the report lists them")
    .option("--semihosting-dir <dir>", "the only directory whose files the firmware may open")
    .addOption(new Option("--engine <name>", "what executes").choices([...ENGINES]).default("auto"))
    .addOption(
      new Option(
        "--compare <engine>",
        "run on this engine in lockstep as well; stop at the first difference",
      ).choices(["reference", "handlers", "wasm"]),
    )
    .optionsGroup("When it ends:")
    .option("--max-cycles <n>", "simulated cycles, such as 20M", count, DEFAULT_MAX_CYCLES)
    .option("--max-instructions <n>", "simulated instructions", count)
    .option("--timeout <time>", "simulated time, such as 500ms", duration)
    .option("--wall-timeout <time>", "time of this computer", duration)
    .option("--timeout-exit-code <code>", "exit code when a limit is reached (default: 5)", exitCode)
    .option("--expect-text <re>", "end well when the console matches", pattern)
    .option("--fail-text <re>", "end with exit code 3 when the console matches", pattern)
    .optionsGroup("The serial line:")
    .option("--uart-input <file>", "bytes that arrive at the console UART; - is stdin")
    .option("--uart-script <file>", "a dialogue: send, expect, wait, timeout, send-file")
    .option("--uart-log <file>", "write what the firmware prints here as well")
    .optionsGroup("What is shown:")
    .option("--quiet", "print the firmware's console and nothing else")
    .addOption(
      new Option("--color <when>", "headings in bold; NO_COLOR is respected")
        .choices([...COLORS])
        .default("auto"),
    )
    .addOption(new Option("--log-level <level>", "log on stderr").choices([...LOG_LEVELS]).default("silent"));
}
