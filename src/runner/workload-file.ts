import { nearest } from "../board/nearest.ts";
import { UsageError } from "../errors.ts";
import {
  ELEMENT_BYTES,
  type Done,
  type ElementType,
  type Measure,
  type Workload,
  type WorkloadInput,
  type WorkloadLayer,
  type WorkloadOutput,
} from "./workload.ts";

/** Arrays of more elements are longer than the memory of any board. */
const MAX_LENGTH = 2 ** 24;
const TYPES = Object.keys(ELEMENT_BYTES) as readonly ElementType[];

/** A mapping of the file, with the place where it stands for messages. */
class Section {
  readonly #file: string;
  readonly #path: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(file: string, path: string, value: unknown, known: readonly string[]) {
    this.#file = file;
    this.#path = path;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.#error("", `must have entries (${known.join(", ")})`);
    }
    this.#values = value as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      const close = nearest(key, known);
      throw this.#error(
        key,
        `is not known; ${close === undefined ? `known are ${known.join(", ")}` : `did you mean ${close}?`}`,
      );
    }
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined;
  }
  value(key: string): unknown {
    return this.#values[key];
  }
  text(key: string): string {
    const value = this.#values[key];
    if (typeof value !== "string" || value === "") throw this.#error(key, "must be a name");
    return value;
  }
  oneOf<T extends string>(key: string, choices: readonly T[], otherwise?: T): T {
    const value = this.#values[key] ?? otherwise;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.#error(key, `must be one of ${choices.join(", ")}`);
    return found;
  }
  number(key: string): number {
    const value = this.#values[key];
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.#error(key, "must be a number");
    return value;
  }
  integer(key: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.number(key);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw this.#error(key, `must be a whole number from ${least} to ${most}`);
    }
    return value;
  }
  list(key: string): readonly unknown[] {
    const value = this.#values[key];
    if (!Array.isArray(value)) throw this.#error(key, "must be a list");
    return value;
  }
  section(key: string, known: readonly string[]): Section {
    return new Section(this.#file, this.#at(key), this.#values[key], known);
  }
  /** One entry of the list at `key`. */
  entry(key: string, index: number, known: readonly string[]): Section {
    return new Section(this.#file, `${this.#at(key)}[${index}]`, this.list(key)[index], known);
  }
  fail(key: string, problem: string): never {
    throw this.#error(key, problem);
  }

  #at(key: string): string {
    return [this.#path, key].filter((part) => part !== "").join(".");
  }
  #error(key: string, problem: string): UsageError {
    const place = this.#at(key);
    return new UsageError(`workload file ${this.#file}: ${place === "" ? "it" : place} ${problem}`);
  }
}

/**
 * Checks what a workload file holds, as parsed from YAML or JSON. Unknown keys are refused. Throws UsageError with the
 * file's name and the place in it.
 */
export function readWorkload(value: unknown, file: string): Workload {
  const top = new Section(file, "", value, [
    "input",
    "output",
    "labels",
    "measure",
    "ready",
    "done",
    "layers",
    "expect",
  ]);
  const labels = top.has("labels") ? readLabels(top) : undefined;
  const output = top.has("output") ? readOutput(top) : undefined;
  if (labels !== undefined && output !== undefined && labels.length !== output.length) {
    top.fail("labels", `has ${labels.length} names for ${output.length} outputs`);
  }
  const expect = top.has("expect") ? top.section("expect", ["label"]).text("label") : undefined;
  if (expect !== undefined) checkLabel(expect, labels, `workload file ${file}: expect.label`);
  return {
    ...(top.has("input") ? { input: readInput(top) } : {}),
    ...(output === undefined ? {} : { output }),
    ...(labels === undefined ? {} : { labels }),
    ...(top.has("measure") ? { measure: readMeasure(top) } : {}),
    ...(top.has("ready") ? { ready: { symbol: top.section("ready", ["symbol"]).text("symbol") } } : {}),
    ...(top.has("done") ? { done: readDone(top) } : {}),
    ...(top.has("layers") ? { layers: readLayers(top) } : {}),
    ...(expect === undefined ? {} : { expect: { label: expect } }),
  };
}

/** Throws UsageError when the workload's labels are known and `label` is not among them. */
export function checkLabel(label: string, labels: readonly string[] | undefined, where: string): void {
  if (labels === undefined || labels.includes(label)) return;
  throw new UsageError(`${where} "${label}" is none of the labels ${labels.join(", ")}`);
}

function readInput(top: Section): WorkloadInput {
  const input = top.section("input", ["symbol", "format", "type", "length"]);
  const format = input.oneOf("format", ["wav", "raw"], "raw");
  const type = input.oneOf("type", TYPES);
  if (format === "wav" && type !== "int16") input.fail("type", "must be int16 for format wav");
  return { symbol: input.text("symbol"), format, type, length: input.integer("length", 1, MAX_LENGTH) };
}

function readOutput(top: Section): WorkloadOutput {
  const output = top.section("output", ["symbol", "type", "length", "scale", "zeroPoint"]);
  return {
    symbol: output.text("symbol"),
    type: output.oneOf("type", TYPES),
    length: output.integer("length", 1, MAX_LENGTH),
    ...(output.has("scale") ? { scale: output.number("scale") } : {}),
    ...(output.has("zeroPoint") ? { zeroPoint: output.number("zeroPoint") } : {}),
  };
}

/** YAML reads a bare `on` or `7` as a text or a number by its version: labels are taken as they are written. */
function readLabels(top: Section): readonly string[] {
  return top.list("labels").map((label, i) => {
    if (typeof label === "string" && label !== "") return label;
    if (typeof label === "number" || typeof label === "boolean") return String(label);
    return top.fail(`labels[${i}]`, "must be a name");
  });
}

function readMeasure(top: Section): Measure {
  const measure = top.section("measure", ["function", "from", "to"]);
  if (measure.has("function")) {
    if (measure.has("from") || measure.has("to")) top.fail("measure", "has both function and from or to");
    return { function: measure.text("function") };
  }
  return { from: measure.text("from"), to: measure.text("to") };
}

function readDone(top: Section): Done {
  const done = top.section("done", ["symbol", "function"]);
  if (done.has("function") === done.has("symbol")) top.fail("done", "has to have either symbol or function");
  return done.has("function") ? { function: done.text("function") } : { symbol: done.text("symbol") };
}

function readLayers(top: Section): readonly WorkloadLayer[] {
  return top.list("layers").map((_, i) => {
    const layer = top.entry("layers", i, ["name", "function", "call", "macs"]);
    return {
      name: layer.text("name"),
      function: layer.text("function"),
      ...(layer.has("call") ? { call: layer.integer("call", 1) } : {}),
      ...(layer.has("macs") ? { macs: layer.integer("macs", 0) } : {}),
    };
  });
}
