import { readFileSync, statSync, writeFileSync } from "node:fs";

import { UsageError } from "../errors.ts";

/** Larger files are not read. */
const LIMIT = 512 * 1024 * 1024;

/** The bytes of a file that the user named. Throws UsageError saying what it was for. */
export function readBytes(path: string, what: string): Uint8Array {
  try {
    const status = statSync(path);
    if (status.isDirectory()) throw new UsageError(`${what} ${path} is a directory`);
    if (status.size > LIMIT) throw new UsageError(`${what} ${path} has more than ${LIMIT} bytes`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${what} ${path} cannot be read: ${reason(error)}`, { cause: error });
  }
}

export const readText = (path: string, what: string): string =>
  new TextDecoder().decode(readBytes(path, what));

/** Throws UsageError when the file cannot be written. */
export function writeText(path: string, text: string | Uint8Array, what: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`${what} ${path} cannot be written: ${reason(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "permission denied",
    ENOTDIR: "a part of the path is no directory",
    EISDIR: "it is a directory",
  };
  return known[code] ?? (error instanceof Error ? error.message : String(error));
}
