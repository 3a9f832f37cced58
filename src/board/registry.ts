import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";

import { BoardError } from "../errors.ts";
import type { Board } from "./board.ts";
import { nearest } from "./nearest.ts";
import { parseBoard, parseYamlBoard } from "./schema.ts";

/** Beside this module in src/ and, copied by the build, in dist/. */
const BOARDS = new URL("./boards/", import.meta.url);
/** A board file is some 20 KB; more than this is another file. */
const FILE_LIMIT = 4 * 1024 * 1024;

/** Ids of the boards that ship with mcusim, in alphabetical order. */
export function boardIds(): readonly string[] {
  return readdirSync(BOARDS)
    .filter((name) => name.endsWith(".json"))
    .map((name) => basename(name, ".json"))
    .toSorted();
}

/** The shipped board with this canonical id. Throws BoardError when there is none. */
export function shippedBoard(id: string): Board {
  if (!boardIds().includes(id)) throw unknownBoard(id, boardIds());
  return parseBoard(readFileSync(new URL(`${id}.json`, BOARDS), "utf8"), `${id}.json`);
}

/** Names are compared without case, `-`, `_`, `.` and spaces. */
function comparable(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, "");
}

/** The canonical id that `name` means: an id or an alias. Throws BoardError with the nearest one otherwise. */
export function resolveBoardId(name: string): string {
  const wanted = comparable(name);
  const ids = boardIds();
  const exact = ids.find((id) => comparable(id) === wanted);
  if (exact !== undefined) return exact;
  const aliases = new Map<string, string>();
  for (const id of ids) for (const alias of shippedBoard(id).aliases) aliases.set(alias, id);
  for (const [alias, id] of aliases) if (comparable(alias) === wanted) return id;
  throw unknownBoard(name, [...ids, ...aliases.keys()]);
}

function unknownBoard(name: string, known: readonly string[]): BoardError {
  const close = nearest(name.replaceAll(/[_ ]/g, "-"), known);
  const hint = close === undefined ? "" : `did you mean ${close}? `;
  return new BoardError(`unknown board "${name}"; ${hint}\`mcusim boards\` lists them`, "");
}

/** True when `--board` names a file and not an id. */
function isFileName(name: string): boolean {
  return /\.(json|ya?ml)$/i.test(name) || /[/\\]/.test(name);
}

function readBoardFile(file: string): string {
  try {
    if (statSync(file).size > FILE_LIMIT)
      throw new BoardError(`board file "${file}" has more than ${FILE_LIMIT} bytes; is it a board file?`, "");
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof BoardError) throw error;
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const reason = missing ? "there is no such file" : error instanceof Error ? error.message : String(error);
    throw new BoardError(`board file "${file}" cannot be read: ${reason}`, "", { cause: error });
  }
}

/**
 * The board that `--board` names: an id, an alias, an MCU part number, or a JSON or YAML file of the user.
 * Throws BoardError.
 */
export async function loadBoard(idOrFile: string): Promise<Board> {
  if (!isFileName(idOrFile)) return shippedBoard(resolveBoardId(idOrFile));
  const text = readBoardFile(idOrFile);
  return /\.ya?ml$/i.test(idOrFile) ? parseYamlBoard(text, idOrFile) : parseBoard(text, idOrFile);
}
