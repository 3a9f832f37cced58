// Prints "N passed, N failed" for what .ci/run left in a directory: vitest's tests.json and exit, and steps, one verdict
// a line. Skipped tests are named. Exits 1 if anything failed, or if nothing ran.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const directory = process.argv[2];
if (!directory) throw new Error("usage: count-tests.mjs DIRECTORY");

/** Contents of a file of the directory, or "" where the step did not get that far. */
function read(name) {
  try {
    return readFileSync(join(directory, name), "utf8");
  } catch {
    return "";
  }
}

const steps = read("steps").split("\n");
let passed = steps.filter((line) => line === "passed").length;
let failed = steps.filter((line) => line === "failed").length;
const report = JSON.parse(read("tests.json") || '{"testResults":[]}');
for (const file of report.testResults) {
  for (const { status, fullName } of file.assertionResults) {
    if (status === "passed") passed++;
    else if (status === "failed") failed++;
    else console.log(`${status}: ${fullName}`);
  }
  // A file that cannot be loaded has no tests to fail.
  const hasFailure = file.assertionResults.some(({ status }) => status === "failed");
  if (file.status === "failed" && !hasFailure) failed++;
}
// Whatever else ended the run with an error (a crash, a time limit, no tests) is a failure of its own.
const ranClean = read("exit").trim() === "test run ended with 0" && report.testResults.length > 0;
if (!ranClean && failed === 0) failed++;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
