import { BoardError } from "../errors.ts";
import type { Board } from "./board.ts";
import { checkBoard } from "./checks.ts";
import { readShape } from "./shape.ts";

/**
 * Checks parsed JSON or YAML and returns the board, regions and peripherals in address order.
 * Throws BoardError that names `fileName`, the path in it and what to do.
 */
export function readBoard(data: unknown, fileName: string): Board {
  try {
    const board = readShape(data);
    checkBoard(board);
    return {
      ...board,
      regions: board.regions.toSorted((a, b) => a.start - b.start),
      peripherals: board.peripherals.toSorted((a, b) => a.base - b.base),
    };
  } catch (error) {
    if (!(error instanceof BoardError)) throw error;
    throw new BoardError(`${fileName}: ${error.message}`, error.path, { cause: error });
  }
}

/** Reads a board from JSON text. */
export function parseBoard(text: string, fileName: string): Board {
  return readBoard(
    fromText(() => JSON.parse(text), "JSON", fileName),
    fileName,
  );
}

/** Reads a board from YAML text; the YAML package is loaded only here. */
export async function parseYamlBoard(text: string, fileName: string): Promise<Board> {
  const { parse } = await import("yaml");
  return readBoard(
    fromText(() => parse(text, { maxAliasCount: 0 }) as unknown, "YAML", fileName),
    fileName,
  );
}

function fromText(parse: () => unknown, format: string, fileName: string): unknown {
  try {
    return parse();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new BoardError(`${fileName}: not ${format}: ${reason}`, "", { cause: error });
  }
}
