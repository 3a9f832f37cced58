#!/usr/bin/env node
import { exitCodeOf, reportFailure } from "./failure.ts";
import { createProgram, normalised } from "./program.ts";

// A reader that has seen enough (head, less) closes the pipe: that is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await createProgram().parseAsync(normalised(process.argv));
} catch (error) {
  reportFailure(error);
  process.exitCode = exitCodeOf(error);
}
