import type { CalibrationSet } from "./calibration-set.ts";
import {
  best,
  errorOf,
  matters,
  resolutionOf,
  rms,
  sensitivity,
  touched,
  type JointFit,
  type Sweep,
} from "./search.ts";

/** What the fit found for one core. */
export interface CoreFit {
  readonly set: CalibrationSet;
  readonly sweeps: readonly Sweep[];
  readonly joint: JointFit;
}

const percent = (error: number, digits = 2): string => `${(100 * error).toFixed(digits)} %`;
const signed = (error: number): string => `${error < 0 ? "-" : "+"}${percent(Math.abs(error))}`;
const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  line(titles),
  line(titles.map(() => "---")),
  ...rows.map(line),
];

const TITLE = { "cortex-m4": "Cortex-M4", "cortex-m7": "Cortex-M7" } as const;

/** What a sweep's curve says: each value with its error, and the sequences that it would contradict. */
function curve(sweep: Sweep, fewest: number): string {
  return sweep.results
    .map(({ value, errors }) => {
      const off = errors.sequencesOff - fewest;
      return `${value}: ${percent(errorOf(sweep, value))}${off > 0 ? ` (${off} sequences off)` : ""}`;
    })
    .join(", ");
}

function sweepRow(sweep: Sweep, fewest: number): string[] {
  const { parameter, present } = sweep;
  const fitted = best(sweep);
  const resolved = sensitivity(sweep) >= resolutionOf(sweep);
  const verdict = fitted !== present ? `the fit prefers ${fitted}` : resolved ? "as fitted" : "not resolved";
  return [
    `\`${parameter.name}\``,
    String(present),
    String(touched(sweep).filter(Boolean).length),
    curve(sweep, fewest),
    percent(sensitivity(sweep)),
    verdict,
    parameter.range,
  ];
}

/** The error on each row with the value fitted without it, one parameter at a time. */
function leaveOneOutOfOne(sweep: Sweep): { readonly error: number; readonly values: ReadonlySet<number> } {
  const rows = touched(sweep);
  const values = rows.map((_, left) => best(sweep, (row) => row !== left));
  const errors = rows.map(
    (_, left) => sweep.results.find((r) => r.value === values[left])!.errors.rows[left]!,
  );
  const chosen = values.filter((_, row) => rows[row]!);
  return { error: rms(errors, (row) => rows[row]!), values: new Set(chosen) };
}

const assignmentText = (values: ReadonlyMap<string, number>): string =>
  values.size === 0 ? "none" : [...values].map(([name, value]) => `\`${name}\` = ${value}`).join(", ");

function coreSection({ set, sweeps, joint }: CoreFit): string[] {
  const base = set.errors(new Map());
  const active = sweeps.filter(matters);
  const idle = sweeps.filter((s) => !matters(s));
  return [
    `## ${TITLE[set.core]}`,
    "",
    `${set.rows.length} programs; error of the model as it is: ${percent(rms(base.rows))}, with ${base.sequencesOff} sequences off.`,
    "",
    ...table(
      ["number", "in the code", "programs", "error with each value", "per step", "fit", "why this range"],
      active.map((s) => sweepRow(s, base.sequencesOff)),
    ),
    "",
    ...(idle.length === 0
      ? []
      : [
          `No program of the set depends on ${idle.map((s) => `\`${s.parameter.name}\``).join(", ")}: nothing is fitted there, the source named beside each in the code stands.`,
          "",
        ]),
    "Leave one out, one number at a time: the value is fitted without a program, and its error on that program is taken.",
    "",
    ...table(
      ["number", "error as it is", "error left out", "values chosen"],
      active.map((s) => {
        const { error, values } = leaveOneOutOfOne(s);
        return [
          `\`${s.parameter.name}\``,
          percent(errorOf(s, s.present)),
          percent(error),
          [...values].sort((a, b) => a - b).join(", "),
        ];
      }),
    ),
    "",
    `All numbers together, from the values in the code: the fit changes ${assignmentText(joint.values)}; error ${percent(joint.error)} in place of ${percent(rms(base.rows))}. Without each program in turn:`,
    "",
    ...table(
      [
        "program left out",
        "error as it is",
        "error with the numbers fitted to the others",
        "what they change",
      ],
      set.rows.map(({ name, board }, row) => [
        `${name} (${board.id})`,
        signed(base.rows[row]!),
        signed(joint.leftOut[row]!.error),
        assignmentText(joint.leftOut[row]!.fitted),
      ]),
    ),
    "",
    `Root mean square over the programs left out: ${percent(rms(joint.leftOut.map((l) => l.error)))}.`,
    "",
  ];
}

/** The page `docs/fit.md`. @param remarks what the numbers were decided on, by hand */
export function fitMarkdown(fits: readonly CoreFit[], remarks: readonly string[]): string {
  return `${[
    "# Fit of the numbers that no source gives",
    "",
    'Written by `npx tsx scripts/fit/main.ts --elfs DIR --write docs/fit.md`; do not edit. DIR holds the public programs of docs/accuracy.md with their `accuracy.json`; only rows marked `calibration` are read. Errors are root mean squares of (model - silicon) / silicon over the programs, for one number over those that it touches; a value that contradicts a measured sequence is out, whatever its error. "Per step" is the change of the error from the value in the code to its neighbour.',
    "",
    ...remarks,
    "",
    ...fits.flatMap(coreSection),
  ]
    .join("\n")
    .trimEnd()}\n`;
}
