import { UsageError } from "../errors.ts";
import type { Confidence } from "../timing/cost.ts";

/** What a sequence is known to take: cycles, or the least and the most where sources leave a range. */
export type Expected = number | readonly [number, number];

export interface Sequence {
  readonly name: string;
  readonly cycles: Expected;
  readonly source: string;
  readonly confidence: Confidence;
}

/** One program of firmware/calibration and what its sequences take. */
export interface SequenceProgram {
  readonly elf: string;
  readonly board: string;
  readonly core: string;
  /** Where code and data lie, in words. */
  readonly memory: string;
  readonly sequences: readonly Sequence[];
}

/** What the model may have been fitted to, and what it may not. */
export type Use = "calibration" | "held-out";

/** How the cycles of a program are found. */
export type Measure =
  /** The last match of a pattern in what the program prints, whose first group is a number of cycles. */
  | { readonly console: string }
  /** One call of a function, counted from 1; the mean of all when absent. */
  | { readonly function: string; readonly call?: number }
  /** From each arrival at `from` to the next one at `to`; the mean of all. */
  | { readonly from: string; readonly to: string };

/** A program whose cycles on silicon are published. */
export interface MeasuredProgram {
  readonly program: string;
  readonly elf: string;
  readonly board: string;
  readonly measure: Measure;
  /** Another program whose cycles are subtracted: what the difference between the two costs is published. */
  readonly minus?: string;
  /** Cycles on silicon. */
  readonly published: number;
  readonly source: string;
  readonly use: Use;
  readonly memory?: string;
  readonly boot?: "reset" | "max";
  /** A UART script for a program that waits for commands; the run ends with it. */
  readonly uart?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads `sequences.json`. Throws UsageError that names the entry. */
export function readSequencePrograms(text: string, file: string): readonly SequenceProgram[] {
  return list(text, file).map((entry, i) => {
    const at = `${file}, entry ${i + 1}`;
    const sequences = entry["sequences"];
    if (!Array.isArray(sequences)) throw new UsageError(`${at}: sequences must be a list`);
    return {
      elf: text_(entry, "elf", at),
      board: text_(entry, "board", at),
      core: text_(entry, "core", at),
      memory: text_(entry, "memory", at),
      sequences: sequences.map((s: unknown, k) => readSequence(s, `${at}, sequence ${k + 1}`)),
    };
  });
}

function readSequence(value: unknown, at: string): Sequence {
  const entry = fields(value, at);
  const { cycles, confidence } = entry;
  if (!isExpected(cycles)) throw new UsageError(`${at}: cycles must be a number or [least, most]`);
  if (confidence !== "high" && confidence !== "medium" && confidence !== "low") {
    throw new UsageError(`${at}: confidence must be high, medium or low`);
  }
  return { name: text_(entry, "name", at), cycles, source: text_(entry, "source", at), confidence };
}

function isExpected(value: unknown): value is Expected {
  if (typeof value === "number") return value > 0;
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [least, most] = value as readonly unknown[];
  return typeof least === "number" && typeof most === "number" && least <= most;
}

const KNOWN = new Set([
  "program",
  "elf",
  "board",
  "measure",
  "minus",
  "published",
  "source",
  "use",
  "memory",
  "boot",
  "uart",
]);

/** Reads a list of programs with published cycles. Throws UsageError that names the entry. */
export function readMeasuredPrograms(text: string, file: string): readonly MeasuredProgram[] {
  return list(text, file).map((entry, i) => {
    const at = `${file}, entry ${i + 1}`;
    const unknown = Object.keys(entry).find((key) => !KNOWN.has(key));
    if (unknown !== undefined) throw new UsageError(`${at}: ${unknown} is not known there`);
    const { published, use, boot } = entry;
    if (typeof published !== "number" || published <= 0)
      throw new UsageError(`${at}: published must be a number of cycles`);
    if (use !== "calibration" && use !== "held-out") {
      throw new UsageError(`${at}: use must be "calibration" or "held-out"`);
    }
    if (boot !== undefined && boot !== "reset" && boot !== "max")
      throw new UsageError(`${at}: boot must be "reset" or "max"`);
    return {
      program: text_(entry, "program", at),
      elf: text_(entry, "elf", at),
      board: text_(entry, "board", at),
      measure: readMeasure(entry["measure"], at),
      published,
      source: text_(entry, "source", at),
      use,
      ...(entry["minus"] === undefined ? {} : { minus: text_(entry, "minus", at) }),
      ...(entry["memory"] === undefined ? {} : { memory: text_(entry, "memory", at) }),
      ...(boot === undefined ? {} : { boot }),
      ...(entry["uart"] === undefined ? {} : { uart: text_(entry, "uart", at) }),
    };
  });
}

function readMeasure(value: unknown, at: string): Measure {
  const entry = fields(value, `${at}: measure`);
  const { call } = entry;
  if ("console" in entry) return { console: text_(entry, "console", at) };
  if ("from" in entry) return { from: text_(entry, "from", at), to: text_(entry, "to", at) };
  if (call !== undefined && (typeof call !== "number" || !Number.isInteger(call) || call < 1)) {
    throw new UsageError(`${at}: measure.call counts from 1`);
  }
  return { function: text_(entry, "function", at), ...(call === undefined ? {} : { call }) };
}

function list(text: string, file: string): readonly Fields[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(value)) throw new UsageError(`${file} must be a list`);
  return value.map((entry: unknown, i) => fields(entry, `${file}, entry ${i + 1}`));
}

function fields(value: unknown, at: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(`${at} must be an object`);
  }
  return value as Fields;
}

function text_(entry: Fields, key: string, at: string): string {
  const value = entry[key];
  if (typeof value !== "string" || value === "") throw new UsageError(`${at}: ${key} must be text`);
  return value;
}
