import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";

import type { Board } from "../board/board.ts";
import { loadBoard } from "../board/registry.ts";
import { readImage, type Image } from "../elf/image.ts";
import { UsageError } from "../errors.ts";
import { checkLabel, readWorkload } from "../runner/workload-file.ts";
import { readWav } from "../runner/wav.ts";
import type { Workload } from "../runner/workload.ts";
import { readBytes, readText } from "./files.ts";
import type { RunOptions } from "./run-options.ts";

/** Firmware, board and workload, read and checked. */
export interface Loaded {
  readonly path: string;
  readonly sha256: string;
  readonly image: Image;
  readonly board: Board;
  readonly workload: Workload;
  readonly input?: Uint8Array;
}

/** What says which workload and input belong to the firmware. */
export type LoadOptions = Pick<RunOptions, "workload" | "input" | "expectLabel" | "loadAddress">;

export interface Firmware {
  readonly image: Image;
  readonly sha256: string;
}

/** Throws ElfError or UsageError. @param loadAddress of a raw `.bin` */
export function loadFirmware(path: string, loadAddress: number | undefined): Firmware {
  const bytes = readBytes(path, "firmware");
  const image = readImage(bytes, path, loadAddress === undefined ? {} : { loadAddress });
  return { image, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Where a raw `.bin` goes when the user does not say: the start of the board's flash, or of its first memory. */
export function defaultLoadAddress(board: Board): number | undefined {
  const name = board.flash?.regions[0];
  return (name === undefined ? board.regions[0] : board.regions.find((r) => r.name === name))?.start;
}

export async function load(path: string, boardName: string, options: LoadOptions): Promise<Loaded> {
  const board = await loadBoard(boardName);
  const firmware = loadFirmware(path, options.loadAddress ?? defaultLoadAddress(board));
  const found = await loadWorkload(path, options.workload);
  const input = options.input === undefined ? undefined : readInput(options.input, found);
  return {
    path,
    board,
    ...firmware,
    workload: withExpectation(found, options),
    ...(input === undefined ? {} : { input }),
  };
}

/** What the workload file expects holds for the input built in: with another one, only the user knows. */
function withExpectation(workload: Workload, { input, expectLabel }: LoadOptions): Workload {
  if (expectLabel !== undefined) {
    checkLabel(expectLabel, workload.labels, "--expect-label");
    return { ...workload, expect: { label: expectLabel } };
  }
  if (input === undefined) return workload;
  const { expect, ...rest } = workload;
  return expect === undefined ? workload : rest;
}

async function loadWorkload(firmware: string, named: string | undefined): Promise<Workload> {
  const file = named ?? findWorkload(firmware);
  if (file === undefined) return {};
  const text = readText(file, "workload file");
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new UsageError(`workload file ${file}: ${firstLine(error)}`, { cause: error });
  }
  return readWorkload(value, file);
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]!.replace(/:$/, "");

/** The workload file that belongs to a firmware file: `kws-some-board.elf` has that name, or `kws-some`, or `kws`. */
export function findWorkload(firmware: string): string | undefined {
  const stem = basename(firmware, extname(firmware));
  for (let name = stem; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf("-")))) {
    const candidate = join(dirname(firmware), `${name}.workload.yaml`);
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

function readInput(file: string, { input }: Workload): Uint8Array {
  if (input === undefined) {
    throw new UsageError("--input needs a workload file with an `input` entry, to know where it goes");
  }
  const bytes = readBytes(file, "input");
  return input.format === "wav" ? readWav(bytes, file) : bytes;
}
