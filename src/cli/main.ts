#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";

// A reader that has seen enough (head, less) closes the pipe: that is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

// No await here: the package holds this module in a script, not a module. An explicit end does not wait for V8 to finish
// compiling in the background.
void runCommandLine(process.argv).then((exitCode) => {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
});
