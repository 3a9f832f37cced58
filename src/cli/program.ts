import { Command } from "commander";

import { oneLine } from "./failure.ts";
import { toolVersion } from "./version.ts";
import { addRunOptions } from "./run-options.ts";
import type { RunCommandOptions } from "./commands/run.ts";

/** The command line. Each command loads what it needs when it is called, so that the others start quickly. */
export function createProgram(): Command {
  const program = new Command("mcusim")
    .description("runs Cortex-M4 and Cortex-M7 firmware and says what it costs and what it answers")
    .version(toolVersion(), "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`mcusim: ${oneLine(text)}\n`) });
  addRunOptions(firmwareCommand(program, "run <firmware>", "run firmware: its console, then the report"))
    .option("--json [file]", "the report as JSON, on stdout when no file is named")
    .action(async (firmware: string, options: RunCommandOptions) => {
      const { run } = await import("./commands/run.ts");
      await run(firmware, options);
    });
  return program;
}

function firmwareCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .requiredOption("--board <id>", "a board's id, alias or part number, or a board file (JSON, YAML)");
}
