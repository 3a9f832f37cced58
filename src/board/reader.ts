import { BoardError } from "../errors.ts";
import { nearest } from "./nearest.ts";

/** Turns one value of a parsed board file into a checked one, and says as JSON Schema what it takes. */
export interface Reader<T> {
  /** Throws BoardError with `path`, the place in the file, when `value` is not of this form. */
  readonly read: (value: unknown, path: string) => T;
  readonly schema: JsonSchema;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The type that a reader yields. */
export type Read<R> = R extends Reader<infer T> ? T : never;

type Readers = Readonly<Record<string, Reader<unknown>>>;
type Fields<Required extends Readers, Optional extends Readers> = {
  readonly [K in keyof Required]: Read<Required[K]>;
} & { readonly [K in keyof Optional]?: Read<Optional[K]> };

/** Throws the error of every check: the path comes first, so that a user finds the place. */
export function refuse(path: string, problem: string): never {
  throw new BoardError(path === "" ? problem : `${path}: ${problem}`, path);
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return JSON.stringify(value);
}

export const text: Reader<string> = {
  read: (value, path) =>
    typeof value === "string" && value.trim() !== ""
      ? value
      : refuse(path, `a text is needed, not ${describe(value)}`),
  schema: { type: "string", minLength: 1 },
};

export const flag: Reader<boolean> = {
  read: (value, path) =>
    typeof value === "boolean" ? value : refuse(path, `true or false is needed, not ${describe(value)}`),
  schema: { type: "boolean" },
};

const NUMBER_TEXT = /^(0x[0-9a-f]+(_[0-9a-f]+)*|[0-9]+(_[0-9]+)*)$/i;

/** A whole number from `min` to `max`: a JSON integer, or text such as `"0x0800_0000"`. */
export function integer(min: number, max: number): Reader<number> {
  return {
    read: (value, path) => {
      const isNumberText = typeof value === "string" && NUMBER_TEXT.test(value);
      const number = isNumberText ? Number(value.replaceAll("_", "")) : value;
      if (typeof number !== "number" || !Number.isInteger(number))
        refuse(path, `an integer or hex text such as "0x0800_0000" is needed, not ${describe(value)}`);
      if (number < min || number > max)
        refuse(path, `${describe(value)} is out of range, ${min} to ${max} is allowed`);
      return number;
    },
    schema: { anyOf: [{ type: "integer", minimum: min, maximum: max }, { $ref: "#/$defs/numberText" }] },
  };
}

/** One of a closed list of words. */
export function oneOf<const T extends readonly string[]>(words: T): Reader<T[number]> {
  return {
    read: (value, path) => {
      if (typeof value === "string" && words.includes(value)) return value;
      const close = typeof value === "string" ? nearest(value, words) : undefined;
      const hint = close === undefined ? `allowed are ${words.join(", ")}` : `did you mean "${close}"?`;
      return refuse(path, `${describe(value)} is not known; ${hint}`);
    },
    schema: { enum: words },
  };
}

/** A list of `item`. */
export function list<T>(item: Reader<T>): Reader<readonly T[]> {
  return {
    read: (value, path) =>
      Array.isArray(value)
        ? value.map((element, index) => item.read(element, `${path}[${index}]`))
        : refuse(path, `a list is needed, not ${describe(value)}`),
    schema: { type: "array", items: item.schema },
  };
}

/** A list of exactly two values. */
export function pair<A, B>(first: Reader<A>, second: Reader<B>): Reader<readonly [A, B]> {
  return {
    read: (value, path) => {
      if (!Array.isArray(value) || value.length !== 2)
        refuse(path, `a list of two is needed, not ${describe(value)}`);
      return [first.read(value[0], `${path}[0]`), second.read(value[1], `${path}[1]`)];
    },
    schema: { type: "array", prefixItems: [first.schema, second.schema], minItems: 2, maxItems: 2 },
  };
}

/** A word of `words`, or else what `other` reads. */
export function wordOr<const W extends readonly string[], T>(
  words: W,
  other: Reader<T>,
): Reader<W[number] | T> {
  return {
    read: (value, path) =>
      typeof value === "string" && words.includes(value) ? value : other.read(value, path),
    schema: { anyOf: [{ enum: words }, other.schema] },
  };
}

function plainObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    refuse(path, `an object is needed, not ${describe(value)}`);
  return value as Readonly<Record<string, unknown>>;
}

function at(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** An object whose keys are free names. */
export function table<T>(item: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return {
    read: (value, path) =>
      Object.fromEntries(
        Object.entries(plainObject(value, path)).map(([key, element]) => [
          key,
          item.read(element, at(path, key)),
        ]),
      ),
    schema: { type: "object", additionalProperties: item.schema },
  };
}

/** An object that may have any of `keys`. */
export function tableOf<T, const K extends readonly string[]>(
  keys: K,
  item: Reader<T>,
): Reader<Readonly<Partial<Record<K[number], T>>>> {
  const readers: Readers = Object.fromEntries(keys.map((key) => [key, item]));
  const { read, schema } = object({}, readers);
  return {
    read: (value, path) => read(value, path) as Partial<Record<K[number], T>>, // `object` refuses other keys
    schema,
  };
}

/** An object with these keys and no other. */
export function object<R extends Readers, O extends Readers>(required: R, optional: O): Reader<Fields<R, O>> {
  const all: Readers = { ...required, ...optional };
  return {
    read: (value, path) => {
      const given = plainObject(value, path);
      for (const key of Object.keys(given)) {
        if (Object.hasOwn(all, key)) continue;
        const close = nearest(key, Object.keys(all));
        const hint = close ?? `one of ${Object.keys(all).join(", ")}`;
        refuse(at(path, key), `unknown key; did you mean ${hint}?`);
      }
      const result: Record<string, unknown> = {};
      for (const [key, reader] of Object.entries(all)) {
        if (given[key] !== undefined) result[key] = reader.read(given[key], at(path, key));
        else if (Object.hasOwn(required, key)) refuse(at(path, key), "this key is needed and missing");
      }
      return result as Fields<R, O>; // built key by key from the readers that define the type
    },
    schema: {
      type: "object",
      required: Object.keys(required),
      properties: Object.fromEntries(Object.entries(all).map(([key, reader]) => [key, reader.schema])),
      additionalProperties: false,
    },
  };
}

/** An object whose `kind` says which of `kinds` it is. */
export function union<M extends Readonly<Record<string, Reader<object>>>>(
  kinds: M,
): Reader<Read<M[keyof M]>> {
  const word = oneOf(Object.keys(kinds));
  return {
    read: (value, path) => {
      const kind = word.read(plainObject(value, path)["kind"], at(path, "kind"));
      return kinds[kind]!.read(value, path) as Read<M[keyof M]>; // `kind` selected this member
    },
    schema: { oneOf: Object.values(kinds).map((reader) => reader.schema) },
  };
}

/** This word and no other. */
export function constant<const T extends string>(word: T): Reader<T> {
  return {
    read: (value, path) =>
      value === word ? word : refuse(path, `"${word}" is needed, not ${describe(value)}`),
    schema: { const: word },
  };
}
