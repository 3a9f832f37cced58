import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { loadBoard } from "../../board/registry.ts";
import { readImage } from "../../elf/image.ts";
import { UsageError } from "../../errors.ts";
import { measureProgram, measureSequences, type AccuracyRun } from "../../runner/accuracy.ts";
import {
  readMeasuredPrograms,
  readSequencePrograms,
  type MeasuredProgram,
  type SequenceProgram,
} from "../../runner/accuracy-files.ts";
import { HELD_OUT_REMARKS, NOT_MODELLED } from "../../runner/accuracy-gaps.ts";
import { accuracyMarkdown } from "../../report/accuracy-markdown.ts";
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
} from "../../report/accuracy.ts";
import { renderTable } from "../../report/table.ts";
import { readBytes, readText, writeText } from "../files.ts";
import { printJson } from "../json.ts";

export interface AccuracyOptions {
  readonly elfs?: string;
  readonly json?: string;
  readonly write?: string;
}

/** Programs of our own with what they are to be compared with; beside src/ and dist/ alike. */
const FIRMWARE = fileURLToPath(new URL("../../../firmware/", import.meta.url));
const MANIFEST = "accuracy.json";

/** `mcusim accuracy`: the model against silicon. */
export async function accuracy({ elfs, json, write }: AccuracyOptions): Promise<void> {
  const own = join(FIRMWARE, "calibration");
  const sequencesFile = join(own, "sequences.json");
  if (!existsSync(sequencesFile))
    throw new UsageError(
      `${sequencesFile} is missing: this installation of mcusim has no calibration programs`,
    );
  const models = new Set<string>();
  const sequences: AccuracyRow[] = [];
  for (const program of readSequencePrograms(readText(sequencesFile, "list"), "sequences.json"))
    sequences.push(...(await sequenceRows(program, own)));
  const programs: ProgramRow[] = [];
  for (const [directory, file] of programLists(own, elfs)) {
    for (const program of readMeasuredPrograms(readText(file, "list of programs"), file))
      programs.push(await programRow(program, directory, models));
  }
  const report: AccuracyReport = { cycleModels: [...models].sort(), sequences, programs };
  if (write !== undefined)
    writeText(
      write,
      accuracyMarkdown(report, { heldOut: HELD_OUT_REMARKS, notModelled: NOT_MODELLED }),
      "accuracy page",
    );
  if (json !== undefined) printJson(jsonOf(report), json);
  else process.stdout.write(`${textOf(report).join("\n")}\n`);
}

/** Directories of programs with their lists: ours, then the user's. */
function programLists(own: string, elfs: string | undefined): readonly (readonly [string, string])[] {
  const ours = [FIRMWARE, join(own, "programs.json")] as const;
  if (elfs === undefined) return [ours];
  const manifest = join(elfs, MANIFEST);
  if (!existsSync(elfs) || !readdirSync(elfs).includes(MANIFEST)) {
    throw new UsageError(`--elfs ${elfs}: there is no ${MANIFEST}; docs/cli.md says what belongs in it`);
  }
  return [ours, [elfs, manifest]];
}

async function prepare(
  path: string,
  board: string,
  { boot, uart }: Pick<MeasuredProgram, "boot" | "uart"> = {},
): Promise<AccuracyRun> {
  return {
    board: await loadBoard(board),
    image: readImage(readBytes(path, "program"), path, {}),
    firmware: path,
    engine: "wasm",
    ...(boot === undefined ? {} : { boot }),
    ...(uart === undefined ? {} : { uart }),
  };
}

async function sequenceRows(program: SequenceProgram, directory: string): Promise<AccuracyRow[]> {
  const run = await prepare(join(directory, "prebuilt", program.elf), program.board);
  const cycles = measureSequences(run);
  return program.sequences.map(({ name, cycles: expected, source, confidence }) => {
    const model = cycles.get(name);
    if (model === undefined) throw new UsageError(`${program.elf} has no sequence ${name}`);
    return {
      core: run.board.core.type,
      board: run.board.id,
      name,
      memory: program.memory,
      model,
      silicon: typeof expected === "number" ? [expected, expected] : expected,
      source,
      confidence,
    };
  });
}

async function programRow(
  measured: MeasuredProgram,
  directory: string,
  models: Set<string>,
): Promise<ProgramRow> {
  const { program, elf, board, measure, minus, published, source, use, memory } = measured;
  const run = await prepare(join(directory, elf), board, measured);
  const { cycles, result, shares } = measureProgram(run, measure);
  models.add(result.cycleModel);
  const less =
    minus === undefined
      ? 0
      : measureProgram(await prepare(join(directory, minus), board, measured), measure).cycles;
  return {
    core: run.board.core.type,
    board: run.board.id,
    name: program,
    memory: memory ?? "",
    model: cycles - less,
    silicon: [published, published],
    source,
    use,
    shares,
  };
}

function jsonOf({ cycleModels, sequences, programs }: AccuracyReport): object {
  const withError = (row: AccuracyRow): object => ({ ...row, error: errorOf(row) });
  return { cycleModels, sequences: sequences.map(withError), programs: programs.map(withError) };
}

function textOf({ sequences, programs }: AccuracyReport): readonly string[] {
  const off = sequences.filter((r) => !agrees(r));
  const right = { align: "right" } as const;
  const columns = [
    { title: "core" },
    { title: "what" },
    { title: "use" },
    { title: "model", ...right },
    { title: "silicon", ...right },
    { title: "error", ...right },
  ];
  const row = (r: AccuracyRow, use: string): string[] => [
    r.core,
    `${r.name} (${r.board})`,
    use,
    cyclesText(Math.round(r.model * 10) / 10),
    siliconText(r),
    signedPercent(errorOf(r)),
  ];
  return [
    "Programs",
    ...renderTable(
      columns,
      programs.map((p) => row(p, p.use)),
    ),
    "",
    `Sequences: ${sequences.length - off.length} of ${sequences.length} as their source says${off.length === 0 ? "" : ", but"}`,
    ...(off.length === 0
      ? []
      : renderTable(
          columns,
          off.map((r) => row(r, "sequence")),
        )),
    "",
    ...["cortex-m4", "cortex-m7"].flatMap((core) =>
      summaryLine(
        core,
        programs.filter((p) => p.core === core),
      ),
    ),
  ];
}

function summaryLine(core: string, rows: readonly ProgramRow[]): readonly string[] {
  return (["calibration", "held-out"] as const).flatMap((use) => {
    const s = summarise(rows.filter((r) => r.use === use));
    if (s === undefined) return [];
    const [median, worst] = [s.median, s.worst].map((e) => `${(100 * e).toFixed(1)} %`);
    return [
      `${core}, ${use}: ${s.rows} programs, median error ${median}, worst ${worst}, bias ${signedPercent(s.bias)}`,
    ];
  });
}
