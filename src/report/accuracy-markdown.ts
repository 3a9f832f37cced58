import {
  agrees,
  cyclesText,
  errorOf,
  signedPercent,
  siliconText,
  summarise,
  type AccuracyReport,
  type AccuracyRow,
  type ProgramRow,
} from "./accuracy.ts";

const CORES = ["cortex-m4", "cortex-m7"] as const;
const CORE_NAMES = { "cortex-m4": "Cortex-M4", "cortex-m7": "Cortex-M7" } as const;

export interface AccuracyNotes {
  /** What a reader has to know of how the held-out programs were used. */
  readonly heldOut: readonly string[];
  /** One line for each gap that is known. */
  readonly notModelled: readonly string[];
}

/** docs/accuracy.md. */
export function accuracyMarkdown(
  report: AccuracyReport,
  { heldOut: remarks, notModelled }: AccuracyNotes,
): string {
  const calibration = report.programs.filter((p) => p.use === "calibration");
  const heldOut = report.programs.filter((p) => p.use === "held-out");
  return [
    "# Accuracy",
    "",
    "Written by `mcusim accuracy --write docs/accuracy.md`; do not edit. Cycle models: " +
      `${report.cycleModels.join(", ")}. An error is (model - silicon) / silicon.`,
    "",
    ...summary(report, calibration, heldOut),
    ...programs(
      "Programs that the model was fitted on",
      "Our own programs come with mcusim; the others are public, and built by whoever runs the command from sources that are not in this repository.",
      calibration,
    ),
    ...programs("Programs held out", list(remarks).join("\n"), heldOut),
    ...sequences(report.sequences),
    ...confidence(report.programs),
    "## Not modelled",
    "",
    ...list(notModelled),
    "",
  ].join("\n");
}

const list = (lines: readonly string[]): readonly string[] => lines.map((line) => `- ${line}`);

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((c) => c.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}

function summary(
  { sequences: all }: AccuracyReport,
  calibration: readonly ProgramRow[],
  heldOut: readonly ProgramRow[],
): readonly string[] {
  const groups: readonly (readonly [string, readonly AccuracyRow[]])[] = [
    ["programs fitted on", calibration],
    ["programs held out", heldOut],
    ["sequences", all],
  ];
  const rows = CORES.flatMap((core) =>
    groups.flatMap(([name, of]) => {
      const s = summarise(of.filter((r) => r.core === core));
      if (s === undefined) return [];
      const sizes = [s.median, s.worst].map((e) => `${(100 * e).toFixed(1)} %`);
      return [[CORE_NAMES[core], name, String(s.rows), ...sizes, signedPercent(s.bias)]];
    }),
  );
  return table(["core", "", "rows", "median error", "worst error", "bias (median with sign)"], rows);
}

function programs(title: string, remark: string, rows: readonly ProgramRow[]): readonly string[] {
  if (rows.length === 0) return [];
  return [
    `## ${title}`,
    "",
    remark,
    "",
    ...table(
      ["program", "board", "memory", "model", "silicon", "error", "source"],
      rows.map((r) => [
        r.name,
        r.board,
        r.memory,
        cyclesText(Math.round(r.model)),
        siliconText(r),
        signedPercent(errorOf(r)),
        r.source,
      ]),
    ),
  ];
}

function sequences(all: readonly AccuracyRow[]): readonly string[] {
  const lines = [
    "## Sequences",
    "",
    "Cycles of one copy (or one iteration) of the sequences in `firmware/calibration`.",
    "",
  ];
  for (const core of CORES) {
    const rows = all.filter((r) => r.core === core);
    if (rows.length === 0) continue;
    const exact = rows.filter(agrees).length;
    lines.push(
      `### ${CORE_NAMES[core]}`,
      "",
      `${rows[0]!.memory}: ${exact} of ${rows.length} as the source says.`,
      "",
      ...table(
        ["sequence", "model", "silicon", "error", "confidence", "source"],
        rows.map((r) => [
          r.name,
          cyclesText(r.model),
          siliconText(r),
          agrees(r) ? "" : signedPercent(errorOf(r)),
          r.confidence ?? "",
          r.source,
        ]),
      ),
    );
  }
  return lines;
}

function confidence(rows: readonly ProgramRow[]): readonly string[] {
  if (rows.length === 0) return [];
  const share = (n: number): string => `${(100 * n).toFixed(1)} %`;
  return [
    "## What the cycles rest on",
    "",
    "Each number of the cost tables says how sure it is: high (vendor document, or two sources agree), medium (one measurement), low (inferred). A cycle counts for the least sure number that can be behind its cause; what caches, flash and buses add counts as low. Of the whole run, start-up included.",
    "",
    ...table(
      ["program", "board", "high", "medium", "low (inferred)"],
      rows.map((r) => [r.name, r.board, share(r.shares.high), share(r.shares.medium), share(r.shares.low)]),
    ),
  ];
}
