import { UsageError } from "../errors.ts";

/** One step of a UART script, with the line it stands on. */
export type ScriptStep =
  | { readonly kind: "timeout"; readonly line: number; readonly seconds: number }
  | { readonly kind: "expect"; readonly line: number; readonly pattern: RegExp }
  | { readonly kind: "send"; readonly line: number; readonly bytes: Uint8Array }
  | { readonly kind: "wait"; readonly line: number; readonly seconds: number };

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "0": "\0" };

/**
 * Reads a UART script: one step a line, `#` begins a comment on a line of its own or after blanks behind a `timeout`
 * or `wait`. Throws UsageError with the line number.
 * @param file how the script is called in messages
 * @param readFile gives the bytes of a file named by `send-file`
 */
export function parseUartScript(
  text: string,
  file: string,
  readFile: (path: string) => Uint8Array,
): readonly ScriptStep[] {
  const steps: ScriptStep[] = [];
  text.split(/\r\n|\n|\r/).forEach((content, index) => {
    const trimmed = content.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return;
    const line = index + 1;
    const fail = (problem: string): never => {
      throw new UsageError(`${file}:${line}: ${problem}`);
    };
    // Blanks behind a send belong to it; only those before and after the keyword do not.
    const [, keyword = "", argument = ""] = /^\s*(\S+)[ \t]?(.*)$/.exec(content) ?? [];
    steps.push(parseStep(keyword, argument, line, fail, readFile));
  });
  return steps;
}

function parseStep(
  keyword: string,
  argument: string,
  line: number,
  fail: (problem: string) => never,
  readFile: (path: string) => Uint8Array,
): ScriptStep {
  switch (keyword) {
    case "timeout":
    case "wait":
      return { kind: keyword, line, seconds: parseSeconds(keyword, withoutComment(argument), fail) };
    case "expect":
      return { kind: "expect", line, pattern: parsePattern(argument.trim(), fail) };
    case "send":
      if (argument === "") fail("send needs text to send");
      return { kind: "send", line, bytes: parseText(argument, fail) };
    case "send-file":
      return { kind: "send", line, bytes: openFile(argument.trim(), fail, readFile) };
    default:
      return fail(`unknown step "${keyword}"; known are timeout, expect, send, wait, send-file`);
  }
}

const withoutComment = (argument: string): string => argument.replace(/\s#.*$/, "").trim();

function parseSeconds(keyword: string, text: string, fail: (problem: string) => never): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*(s|ms|us|ns)$/.exec(text) ?? [];
  const scale = UNIT_SECONDS[unit];
  if (scale === undefined) return fail(`${keyword} needs a time such as 500ms or 2s, not "${text}"`);
  return Number(number) * scale;
}

function parsePattern(text: string, fail: (problem: string) => never): RegExp {
  if (text === "") return fail("expect needs a regular expression");
  try {
    return new RegExp(text, "m");
  } catch (error) {
    return fail(`"${text}" is not a regular expression: ${error instanceof Error ? error.message : ""}`);
  }
}

function openFile(
  path: string,
  fail: (problem: string) => never,
  readFile: (path: string) => Uint8Array,
): Uint8Array {
  if (path === "") return fail("send-file needs a file name");
  try {
    return readFile(path);
  } catch {
    return fail(`send-file cannot read "${path}"`);
  }
}

/** Text with the escapes \n \r \t \0 \\ and \xNN, as UTF-8. */
function parseText(text: string, fail: (problem: string) => never): Uint8Array {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (let i = 0; i < text.length;) {
    if (text[i] !== "\\") {
      const character = String.fromCodePoint(text.codePointAt(i) ?? 0);
      bytes.push(...encoder.encode(character));
      i += character.length;
      continue;
    }
    const hex = /^\\x([0-9a-fA-F]{2})/.exec(text.slice(i, i + 4))?.[1];
    const simple = ESCAPES[text[i + 1] ?? ""];
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (simple !== undefined) bytes.push(simple.charCodeAt(0));
    else fail(`unknown escape "${text.slice(i, i + 2)}"; known are \\n \\r \\t \\0 \\\\ \\xNN`);
    i += hex !== undefined ? 4 : 2;
  }
  return Uint8Array.from(bytes);
}
