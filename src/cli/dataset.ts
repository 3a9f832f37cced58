import { readdirSync, statSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";

import { UsageError } from "../errors.ts";
import { readWav } from "../runner/wav.ts";
import { checkLabel } from "../runner/workload-file.ts";
import type { WorkloadInput } from "../runner/workload.ts";
import { readBytes, readText } from "./files.ts";

/** One input of a data set, not yet read. */
export interface DatasetItem {
  /** Name in the report: path inside the data set, with `/`. */
  readonly file: string;
  readonly path: string;
  readonly expected?: string;
}

/** What to do with a folder whose name is none of the labels: give it a label, or `skip` it. */
export interface DatasetOptions {
  readonly labels: readonly string[] | undefined;
  readonly others: string | undefined;
  readonly format: WorkloadInput["format"];
}

const FLAC = "fLaC";
const CONVERT = "convert it with `ffmpeg -i IN.flac -ar 16000 -ac 1 -c:a pcm_s16le OUT.wav`";

/**
 * The inputs of a data set, by name: a folder with a folder for each label, or files without labels; or a CSV file of
 * `file,label` lines, relative to its own place. Throws UsageError.
 */
export function readDataset(path: string, options: DatasetOptions): readonly DatasetItem[] {
  const items = isDirectory(path) ? fromFolder(path, options) : fromCsv(path, options);
  if (items.length === 0) {
    throw new UsageError(`data set ${path} has no ${options.format === "wav" ? "WAV files" : "files"}`);
  }
  return [...items].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new UsageError(`data set ${path} cannot be read: there is no such file or folder`, {
      cause: error,
    });
  }
}

function fromFolder(root: string, options: DatasetOptions): readonly DatasetItem[] {
  const items: DatasetItem[] = [];
  for (const entry of entries(root)) {
    if (!isDirectory(join(root, entry))) {
      if (isInput(entry, options)) items.push({ file: entry, path: join(root, entry) });
      continue;
    }
    const expected = labelOf(entry, options, `folder ${join(root, entry)}`);
    if (expected === undefined) continue;
    for (const name of entries(join(root, entry))) {
      if (!isInput(name, options)) continue;
      items.push({ file: `${entry}/${name}`, path: join(root, entry, name), expected });
    }
  }
  if (items.length > 0 || options.format !== "wav") return items;
  const flac = readdirSync(root, { recursive: true, encoding: "utf8" }).find((name) =>
    name.endsWith(".flac"),
  );
  if (flac !== undefined) throw new UsageError(`${join(root, flac)} is FLAC, WAV is needed: ${CONVERT}`);
  return items;
}

const entries = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => !name.startsWith("."));

const isInput = (name: string, { format }: DatasetOptions): boolean =>
  format === "raw" || extname(name).toLowerCase() === ".wav";

function fromCsv(path: string, options: DatasetOptions): readonly DatasetItem[] {
  const lines = readText(path, "data set").split(/\r?\n/);
  return lines.flatMap((line, i): readonly DatasetItem[] => {
    if (line.trim() === "" || (i === 0 && /^"?file"?,"?label"?$/i.test(line.trim()))) return [];
    const [, file, label] = /^\s*"?(.+?)"?\s*,\s*"?([^",]*?)"?\s*$/.exec(line) ?? [];
    if (file === undefined || label === undefined) {
      throw new UsageError(`data set ${path}, line ${i + 1}: file,label is wanted`);
    }
    const item = { file, path: resolve(dirname(path), file) };
    if (label === "") return [item];
    const expected = labelOf(label, options, `data set ${path}, line ${i + 1}: label`);
    return expected === undefined ? [] : [{ ...item, expected }];
  });
}

/** The workload's name of a label: `_silence_` is silence. Undefined leaves the input out. */
function labelOf(name: string, { labels, others }: DatasetOptions, where: string): string | undefined {
  const plain = /^_(.+)_$/.exec(name)?.[1] ?? name;
  if (labels === undefined || labels.includes(plain)) return plain;
  if (others === "skip") return undefined;
  if (others !== undefined) {
    checkLabel(others, labels, "--others");
    return others;
  }
  throw new UsageError(
    `${where} "${name}" is none of the labels ${labels.join(", ")}; --others unknown counts it as unknown, --others skip leaves it out`,
  );
}

/** Bytes for the input buffer. Throws UsageError. */
export function readItem({ path }: DatasetItem, format: WorkloadInput["format"]): Uint8Array {
  const bytes = readBytes(path, "input");
  if (format === "raw") return bytes;
  if (new TextDecoder("latin1").decode(bytes.subarray(0, FLAC.length)) === FLAC) {
    throw new UsageError(`${path} is FLAC, WAV is needed: ${CONVERT}`);
  }
  return readWav(bytes, path);
}

/** `count` of the items, evenly spread. */
export function thinned<T>(items: readonly T[], count: number): readonly T[] {
  if (count >= items.length) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
