import { exitCodeOf, reportFailure } from "./failure.ts";
import { createProgram } from "./program.ts";

/** Runs one command line. @param argv as Node gives it @returns the exit code of the process */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let code = 0;
  try {
    const program = createProgram(argv, (result) => (code = result));
    await program.parseAsync(normalised(argv));
  } catch (error) {
    reportFailure(error);
    return exitCodeOf(error);
  }
  return code;
}

/** `--json` may stand alone or be followed by `=FILE`, so that it never takes the next argument for a file. */
const normalised = (argv: readonly string[]): string[] =>
  argv.map((argument) => (argument === "--json" ? "--json=-" : argument));
