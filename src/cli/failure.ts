import { CommanderError } from "commander";

import { InternalError, McusimError } from "../errors.ts";

const USAGE = 2;

/** Exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof McusimError) return error.exitCode;
  return 70;
}

/** Tells the user in one line what went wrong; commander has told already what it found itself. */
export function reportFailure(error: unknown): void {
  if (error instanceof CommanderError) return;
  process.stderr.write(`mcusim: error: ${oneLine(messageOf(error))}\n`);
  if (error instanceof McusimError && "details" in error) {
    for (const line of error.details as readonly string[]) process.stderr.write(`  ${line}\n`);
  }
  if (process.env["MCUSIM_DEBUG"] !== undefined && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
}

function messageOf(error: unknown): string {
  if (error instanceof McusimError) return error.message;
  return new InternalError(error instanceof Error ? error.message : String(error)).message;
}

/** Text on one line. */
export const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, " ");
