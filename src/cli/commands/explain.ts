import type { Footprint } from "../../isa/footprint.ts";
import { FLAG_BITS } from "../../isa/footprint.ts";
import { UsageError } from "../../errors.ts";
import { explainEncoding, type Explanation } from "../../runner/explain.ts";
import { printStatements } from "../print-ir.ts";
import { timeline, type TimelineCommandOptions } from "./timeline.ts";

/** Half-words from here up begin a 32-bit instruction. @source Armv7-M ARM, "Thumb instruction set encoding" */
const FIRST_WIDE = 0xe800;

export type ExplainOptions = Partial<TimelineCommandOptions>;

/** `mcusim explain`: everything about one encoding, or with `--at` about a stretch of firmware. */
export async function explain(words: readonly string[], options: ExplainOptions): Promise<void> {
  const { at } = options;
  const [firmware = ""] = words;
  if (at === undefined) explainWord(words);
  else if (words.length > 1)
    throw new UsageError(`--at goes with one firmware file, not with ${words.length}`);
  else await timeline(firmware, { ...options, at });
}

function explainWord(words: readonly string[]): void {
  const digits = words.map((w) => w.replace(/^0x/i, "").replaceAll("_", "")).join("");
  if (!/^([0-9a-f]{4}|[0-9a-f]{8})$/i.test(digits)) {
    throw new UsageError(
      `"${words.join(" ")}" is no encoding; write its half-words in hex, such as 4770 or fb21 3002`,
    );
  }
  const first = Number.parseInt(digits.slice(0, 4), 16);
  const size = digits.length === 4 ? 2 : 4;
  if (size === 2 && first >= FIRST_WIDE) {
    throw new UsageError(`0x${digits} begins a 32-bit instruction; write both half-words, such as fb21 3002`);
  }
  if (size === 4 && first < FIRST_WIDE) {
    throw new UsageError(`0x${digits.slice(0, 4)} is a 16-bit instruction of its own; explain each alone`);
  }
  const explanation = explainEncoding(Number.parseInt(digits, 16), size);
  if (explanation === undefined) {
    process.stdout.write(`0x${digits.toLowerCase()} is UNDEFINED on every Cortex-M4 and Cortex-M7\n`);
    return;
  }
  process.stdout.write(`${render(explanation).join("\n")}\n`);
}

function render(e: Explanation): readonly string[] {
  const costs = Object.entries(e.costs).map(
    ([core, { cycles, source, confidence }]) =>
      `  ${core}  ${cycles} ${cycles === 1 ? "cycle" : "cycles"} (${source}; confidence ${confidence})`,
  );
  return [
    e.text.replaceAll("\t", " ").trim(),
    `  row       ${e.name}, encoding ${e.encoding}, ${e.feature}`,
    `  pattern   ${e.pattern}`,
    `  operands  ${operands(e.operands)}`,
    "Semantics",
    ...printStatements(e.statements, "  "),
    "Footprint",
    ...footprint(e.footprint),
    `Timing class ${e.timing}, before anything waits`,
    ...costs,
  ];
}

function operands(value: unknown): string {
  const entries = Object.entries(value ?? {});
  if (entries.length === 0) return "none";
  return entries
    .map(([key, v]) => `${key}=${typeof v === "object" ? JSON.stringify(v) : String(v)}`)
    .join(" ");
}

function footprint(f: Footprint): readonly string[] {
  const registers = (mask: number, letter: string): string[] =>
    Array.from({ length: 32 }, (_, n) => n)
      .filter((n) => ((mask >>> n) & 1) !== 0)
      .map((n) => `${letter}${n}`);
  const flags = (mask: number): string[] =>
    Object.entries(FLAG_BITS)
      .filter(([, bit]) => (mask & bit) !== 0)
      .map(([name]) => name);
  const line = (title: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`  ${title.padEnd(9)} ${names.join(" ")}`];
  return [
    ...line("reads", [...registers(f.reads, "R"), ...registers(f.readsS, "S"), ...flags(f.readsFlags)]),
    ...line("writes", [...registers(f.writes, "R"), ...registers(f.writesS, "S"), ...flags(f.writesFlags)]),
    ...line("address", registers(f.addressReads, "R")),
    ...line(
      "accesses",
      f.accesses.map((a) => `${a.kind}${8 * a.bytes}`),
    ),
    ...line(
      "jump",
      f.jump === undefined ? [] : [f.jump.kind, ...(f.jump.conditional ? ["conditional"] : [])],
    ),
    ...line("FPSCR", f.usesFPSCR ? ["used"] : []),
  ];
}
