import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Board } from "../../src/board/board.ts";
import { loadBoard } from "../../src/board/registry.ts";
import { readImage, type Image } from "../../src/elf/image.ts";
import {
  readMeasuredPrograms,
  readSequencePrograms,
  type MeasuredProgram,
  type SequenceProgram,
} from "../../src/runner/accuracy-files.ts";
import { agrees } from "../../src/report/accuracy.ts";
import { measureProgram, measureSequences, type AccuracyRun } from "../../src/runner/accuracy.ts";
import { boardWith, costsOf, type Assignment, type CoreName } from "./parameters.ts";

const FIRMWARE = fileURLToPath(new URL("../../firmware/", import.meta.url));

/** A calibration program with its files read. */
export interface Row {
  readonly program: MeasuredProgram;
  readonly name: string;
  readonly core: CoreName;
  readonly board: Board;
  readonly image: Image;
  readonly less: Image | undefined;
}

/** Errors of one assignment: of each program by its place in the set, and how many sequences are off. */
export interface Errors {
  readonly rows: readonly number[];
  readonly sequencesOff: number;
}

/** The calibration programs of a core and its measured sequences, to be run with any assignment. */
export class CalibrationSet {
  readonly core: CoreName;
  readonly rows: readonly Row[];
  readonly boards: ReadonlyMap<string, Board>;
  readonly #sequences: SequenceProgram;
  readonly #sequenceImage: Image;
  readonly #known = new Map<string, Errors>();

  private constructor(core: CoreName, rows: readonly Row[], boards: Map<string, Board>) {
    this.core = core;
    this.rows = rows;
    this.boards = boards;
    const list = join(FIRMWARE, "calibration/sequences.json");
    this.#sequences = readSequencePrograms(readFileSync(list, "utf8"), list).find((s) => s.core === core)!;
    this.#sequenceImage = imageOf(join(FIRMWARE, "calibration/prebuilt", this.#sequences.elf));
  }

  /** Reads our own list and that of `elfs`. Rows that are held out are left where they are. */
  static async read(core: CoreName, elfs: string | undefined): Promise<CalibrationSet> {
    const lists: (readonly [string, string])[] = [[FIRMWARE, join(FIRMWARE, "calibration/programs.json")]];
    if (elfs !== undefined) lists.push([elfs, join(elfs, "accuracy.json")]);
    const rows: Row[] = [];
    const boards = new Map<string, Board>();
    for (const [directory, list] of lists) {
      if (!existsSync(list)) throw new Error(`${list} is missing`);
      for (const program of readMeasuredPrograms(readFileSync(list, "utf8"), list)) {
        if (program.use !== "calibration") continue;
        const board = await loadBoard(program.board);
        boards.set(board.id, board);
        if (board.core.type !== core) continue;
        const { elf, minus } = program;
        const less = minus === undefined ? undefined : imageOf(join(directory, minus));
        rows.push({
          program,
          name: program.program,
          core,
          board,
          image: imageOf(join(directory, elf)),
          less,
        });
      }
    }
    const sequenceBoards = ["mps2-an386", "nucleo-h743zi2"];
    for (const id of sequenceBoards) boards.set(id, await loadBoard(id));
    return new CalibrationSet(core, rows, boards);
  }

  /** Relative errors of every row with the numbers of `assignment`; the same assignment is run once. */
  errors(assignment: Assignment): Errors {
    const key = JSON.stringify([...assignment].sort());
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const errors = {
      rows: this.rows.map((row) => cyclesOf(row, assignment) / row.program.published - 1),
      sequencesOff: this.#sequencesOff(assignment),
    };
    this.#known.set(key, errors);
    return errors;
  }

  #sequencesOff(assignment: Assignment): number {
    const { board: id, elf, sequences, core, memory } = this.#sequences;
    const board = this.boards.get(id)!;
    const cycles = measureSequences(run(board, this.#sequenceImage, elf, assignment));
    const isOff = ({ name, cycles: expected, source }: (typeof sequences)[number]): boolean => {
      const silicon = typeof expected === "number" ? ([expected, expected] as const) : expected;
      return !agrees({ core, board: id, name, memory, model: cycles.get(name)!, silicon, source });
    };
    return sequences.filter(isOff).length;
  }
}

function imageOf(path: string): Image {
  return readImage(readFileSync(path), path, {});
}

const run = (board: Board, image: Image, firmware: string, assignment: Assignment): AccuracyRun => ({
  board: boardWith(board, assignment),
  image,
  firmware,
  engine: "wasm",
  costs: costsOf(assignment),
});

function cyclesOf({ program, board, image, less }: Row, assignment: Assignment): number {
  const { elf, minus, measure, boot, uart } = program;
  const options = { ...(boot === undefined ? {} : { boot }), ...(uart === undefined ? {} : { uart }) };
  const whole = measureProgram({ ...run(board, image, elf, assignment), ...options }, measure).cycles;
  if (less === undefined) return whole;
  return whole - measureProgram({ ...run(board, less, minus!, assignment), ...options }, measure).cycles;
}
