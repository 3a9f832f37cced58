import type { Verdict } from "./gate.ts";
import type { Report } from "./report.ts";

interface TestCase {
  readonly name: string;
  readonly seconds?: number;
  /** Why it failed; absent when it passed. */
  readonly failure?: string;
}

/**
 * The run as a JUnit test suite: how it ended, whether the answer was the expected one, and each metric that was judged.
 * Times are simulated seconds.
 */
export function renderJunit(report: Report, exitCode: number, verdict?: Verdict): string {
  const cases = testCases(report, exitCode, verdict);
  const failures = cases.filter((c) => c.failure !== undefined).length;
  const suite = `mcusim ${report.board.id}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${cases.length}" failures="${failures}">`,
    `  <testsuite name="${escape(suite)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${seconds(report)}">`,
    ...cases.flatMap((c) => renderCase(c, report.firmware.path)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

const seconds = ({ timeMs }: Report): string => (timeMs / 1000).toFixed(6);

function testCases(report: Report, exitCode: number, verdict: Verdict | undefined): readonly TestCase[] {
  const { stop, classification, timeMs } = report;
  const endedWell = exitCode === 0 || (stop.exitCode === 0 && classification?.ok === false);
  const run: TestCase = {
    name: "run",
    seconds: timeMs / 1000,
    ...(endedWell ? {} : { failure: stop.message }),
  };
  const answer: readonly TestCase[] =
    classification?.expected === undefined
      ? []
      : [
          {
            name: `answer is ${classification.expected}`,
            ...(classification.ok === true ? {} : { failure: `answered ${classification.label}` }),
          },
        ];
  const metrics = (verdict?.judgements ?? []).map((j) => ({
    name: `${j.metric} within ${j.limit}`,
    ...(j.ok ? {} : { failure: `${j.now}${j.baseline === undefined ? "" : `, baseline ${j.baseline}`}` }),
  }));
  return [run, ...answer, ...metrics];
}

function renderCase({ name, seconds: time, failure }: TestCase, classname: string): readonly string[] {
  const open = `    <testcase classname="${escape(classname)}" name="${escape(name)}" time="${(time ?? 0).toFixed(6)}"`;
  return failure === undefined
    ? [`${open}/>`]
    : [`${open}>`, `      <failure message="${escape(failure)}"/>`, "    </testcase>"];
}

const ENTITY: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text as XML allows it in attributes; control characters, which it does not, become `?`. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (c) => ENTITY[c] ?? c)
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/gu, "?");
}
