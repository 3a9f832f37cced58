import { Command } from "commander";

import type { AccuracyOptions } from "./commands/accuracy.ts";
import type { CheckOptions } from "./commands/check.ts";
import type { CompareOptions } from "./commands/compare.ts";
import type { ExplainOptions } from "./commands/explain.ts";
import type { ProfileOptions } from "./commands/profile.ts";
import type { RunCommandOptions } from "./commands/run.ts";
import { addEvalCommands } from "./eval-options.ts";
import { oneLine } from "./failure.ts";
import { addRunOptions } from "./run-options.ts";
import { address, count, jobs } from "./values.ts";
import { toolVersion } from "./version.ts";

/** Receives the exit code of a command that ran to its end. */
type Ended = (exitCode: number) => void;

/**
 * The command line. Each command loads what it needs when it is called, so that the others start quickly.
 * @param argv what it will parse, for hints
 */
export function createProgram(argv: readonly string[], ended: Ended): Command {
  const program = new Command("mcusim")
    .description("runs Cortex-M4 and Cortex-M7 firmware and says what it costs and what it answers")
    .version(toolVersion(), "-V, --version", "print the version")
    .exitOverride()
    .configureHelp({ optionTerm: ({ flags }) => flags.replace("--json <file>", "--json[=file]") })
    .configureOutput({
      outputError: (text, write) => {
        const hint = text.includes("too many arguments") && argv.includes("--json");
        write(`mcusim: ${oneLine(text)}${hint ? " A file for --json is named so: --json=FILE." : ""}\n`);
      },
    });
  addFirmwareCommands(program, ended);
  addProfile(program, ended);
  addEvalCommands(program, ended);
  addFileCommands(program);
  addBoardCommands(program);
  addAccuracyCommand(program);
  return program;
}

function addFirmwareCommands(program: Command, ended: Ended): void {
  withReport(
    program.command("run <firmware>").description("run firmware: its console, then the report"),
  ).action(async (firmware: string, options: RunCommandOptions) => {
    const { run } = await import("./commands/run.ts");
    ended(await run(firmware, options));
  });
  withReport(
    program
      .command("check <firmware>")
      .description("run and compare with a stored baseline; exit 3 on a regression"),
  )
    .optionsGroup("The gate:")
    .option("--baseline <file>", "what --save-baseline wrote")
    .option(
      "--limit <metric=limit>",
      "cycles=2% over the baseline, cycles=5000000 at all, or both cycles=2%|5000000; also instructions, flash, ram, stack, heap, NAME.cycles",
      (text: string, all: readonly string[]) => [...all, text],
      [],
    )
    .option("--force", "compare with a baseline of another cycle model all the same")
    .action(async (firmware: string, options: CheckOptions) => {
      const { check } = await import("./commands/check.ts");
      ended(await check(firmware, options));
    });
  addRunOptions(
    program
      .command("compare <firmware>")
      .description(
        "one table: the same firmware on several boards; {board} in its name stands for the board's id",
      )
      .option("--boards <ids>", "boards, separated by commas")
      .option("--jobs <n>", "threads (default: as many as this computer has)", jobs),
  )
    .option("--json <file>", "the table as JSON; on stdout when no file is named")
    .action(async (firmware: string, options: CompareOptions) => {
      const { compare } = await import("./commands/compare.ts");
      ended(await compare(firmware, options));
    });
}

function addProfile(program: Command, ended: Ended): void {
  addRunOptions(
    program
      .command("profile <firmware>")
      .description("run and list every function by stall cause, or one function by instruction")
      .option("--board <id>", "a board's id, alias or part number, or a board file (JSON, YAML)")
      .option("--annotate <function>", "executions, cycles and stalls beside each instruction of a function")
      .option("--json <file>", "the profile as JSON; on stdout when no file is named"),
  ).action(async (firmware: string, options: ProfileOptions) => {
    const { profile } = await import("./commands/profile.ts");
    ended(await profile(firmware, options));
  });
}

/** The options of a command that runs one firmware on one board and reports. */
function withReport(command: Command): Command {
  command.option("--board <id>", "a board's id, alias or part number, or a board file (JSON, YAML)");
  return addRunOptions(command)
    .option("--json <file>", "the report as JSON; on stdout when no file is named")
    .option("--junit <file>", "the verdict as JUnit XML")
    .option("--markdown <file>", "the report as Markdown, for a comment or a step summary")
    .option("--save-baseline <file>", "write what `check` compares later runs with");
}

function addFileCommands(program: Command): void {
  program
    .command("disasm <firmware>")
    .description("listing of the code, with symbols")
    .option("--board <id>", "decode for this board's core (default: a Cortex-M7 with double-precision FPU)")
    .option("--function <name>", "this function alone")
    .option("--load-address <addr>", "where a raw .bin belongs", address)
    .action(async (firmware: string, options: object) => {
      const { disasm } = await import("./commands/disasm.ts");
      await disasm(firmware, options);
    });
  program
    .command("explain <word...>")
    .description(
      "one encoding explained: fb213002, or its two half-words; with --at, a firmware file's code cycle by cycle",
    )
    .option("--at <place>", "a function, an address or symbol+offset of the firmware file")
    .option("--board <id>", "whose core")
    .option("--count <n>", "instructions from there, jumps among them not taken", count)
    .option("--steady", "loops as they run once they have settled")
    .option("--load-address <addr>", "where a raw .bin belongs", address)
    .option("--json <file>", "the timeline as JSON; on stdout when no file is named")
    .action(async (words: readonly string[], options: ExplainOptions) => {
      const { explain } = await import("./commands/explain.ts");
      await explain(words, options);
    });
  program
    .command("size <firmware>")
    .description("memory that a firmware file takes: by region, section and symbol")
    .option("--board <id>", "show what it takes of this board's memories")
    .option("--symbols <n>", "how many of the largest symbols", Number, 15)
    .option("--load-address <addr>", "where a raw .bin belongs", address)
    .option("--json <file>", "as JSON; on stdout when no file is named")
    .action(async (firmware: string, options: { readonly symbols: number }) => {
      const { size } = await import("./commands/size.ts");
      await size(firmware, options);
    });
}

function addBoardCommands(program: Command): void {
  program
    .command("boards")
    .description("the boards that ship with mcusim")
    .option("--json <file>", "as JSON; on stdout when no file is named")
    .action(async (options: { readonly json?: string }) => {
      const { boards } = await import("./commands/boards.ts");
      boards(options);
    });
  program
    .command("board")
    .description("one board")
    .command("show <id>")
    .description("what a board is made of, from its file")
    .option("--json <file>", "as JSON; on stdout when no file is named")
    .action(async (id: string, options: { readonly json?: string }) => {
      const { showBoard } = await import("./commands/boards.ts");
      await showBoard(id, options);
    });
}

function addAccuracyCommand(program: Command): void {
  program
    .command("accuracy")
    .description("the cycle models against silicon: our sequences and programs, and those of a directory")
    .option("--elfs <dir>", "a directory of programs with accuracy.json, their published cycles")
    .option("--write <file>", "write the page docs/accuracy.md")
    .option("--json <file>", "as JSON; on stdout when no file is named")
    .action(async (options: AccuracyOptions) => {
      const { accuracy } = await import("./commands/accuracy.ts");
      await accuracy(options);
    });
}
