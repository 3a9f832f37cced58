import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Measurement } from "./measure.ts";

/**
 * Speed of our engines and of qemu-system-arm on the benchmark programs, measured in turn in one run, as a table in
 * Markdown: `npm run bench`, `npm run bench -- --quick`, `--runs 5`, `--program conv-q7`. Rates are by processor time,
 * so that other work on the machine disturbs them less. `--timing-cost`: the handlers with and without the timing models
 * instead.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runs: { type: "string" },
    program: { type: "string", multiple: true },
    "timing-cost": { type: "boolean", default: false },
  },
});
const RUNS = Number(values.runs ?? (values.quick ? 1 : 5));
const PROGRAMS = values.program ?? [
  "ds-cnn",
  "conv-q7",
  "fully-connected",
  "mfcc",
  "float-network",
  "integer",
  "ram-code",
  "interrupts",
  "copy",
  "dot-product",
];
/** Longest run of one of our engines, in seconds; the handlers need not come to the end. */
const LIMIT = values.quick ? 5 : 20;
const HANDLERS_LIMIT = 1;
/** Instructions of each run that shows what the timing costs: the same with the models as without. */
const COMPARED = values.quick ? 30_000_000 : 120_000_000;

const elf = (program: string, board: string, folder = "bench"): string =>
  `${root}firmware/${folder}/prebuilt/${program}-${board}.elf`;

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Runs a command to its end. @returns wall-clock seconds and what it printed */
function timed(command: string, args: readonly string[]): { seconds: number; text: string } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return { seconds, text: stdout.trim() };
}

interface QemuRun {
  readonly seconds: number;
  /** Of processor time. */
  readonly spent: number;
  readonly text: string;
}

function qemu(file: string): QemuRun {
  const command = `qemu-system-arm -M mps2-an386 -nographic -monitor none -semihosting -kernel '${file}'; times`;
  const { seconds, text } = timed("sh", ["-c", command]);
  const lines = text.split("\n");
  // The last line: user and system time of the shell's children, as 0m1.5s 0m0.1s.
  const spent = [...lines.at(-1)!.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + 60 * Number(m) + Number(s),
    0,
  );
  return { seconds, spent, text: lines.slice(0, -2).join("\n").trim() };
}

function measured(program: string, board: string, engine: string, ...limits: string[]): Measurement {
  const args = ["--import", "tsx", `${root}bench/measure.ts`, elf(program, board), board, engine, ...limits];
  return JSON.parse(timed(process.execPath, args).text) as Measurement;
}

const ours = (program: string, board: string, engine: string, limit: number): Measurement =>
  measured(program, board, engine, "--limit", `${limit}`);

interface Row {
  readonly qemuSeconds: number[];
  readonly nullSeconds: number[];
  readonly handlers: Measurement[];
  readonly m4: Measurement[];
  readonly m7: Measurement[];
}

/** One round of everything on a program, the contestants in turn. */
function round(program: string, row: Row): void {
  row.nullSeconds.push(qemu(elf("null", "mps2-an386")).spent);
  const theirs = qemu(elf(program, "mps2-an386"));
  row.qemuSeconds.push(theirs.spent);
  row.handlers.push(ours(program, "mps2-an386", "handlers", HANDLERS_LIMIT));
  row.m4.push(ours(program, "mps2-an386", "wasm", LIMIT));
  row.m7.push(ours(program, "nucleo-f746zg", "wasm", LIMIT));
  const answer = row.m4.at(-1)!.text;
  if (answer !== "" && answer !== theirs.text) {
    throw new Error(`${program}: mcusim printed ${answer}, qemu ${theirs.text}`);
  }
}

const whole = (x: number): string => x.toFixed(0);
const times = (x: number): string => x.toFixed(2);

function report(program: string, row: Row): string {
  const seconds = median(row.qemuSeconds) - median(row.nullSeconds);
  const instructions = Math.max(...row.m4.map((m) => m.instructions));
  const finished = row.m4.some((m) => m.text !== "");
  const theirs = finished ? instructions / seconds / 1e6 : Number.NaN;
  const of = (list: readonly Measurement[], key: "rate" | "steadyRate"): number =>
    median(list.map((m) => m[key]));
  const [m4, m7] = [of(row.m4, "steadyRate"), of(row.m7, "steadyRate")];
  const cells = [
    program,
    whole(instructions / 1e6),
    whole(theirs),
    whole(of(row.handlers, "steadyRate")),
    whole(of(row.m4, "rate")),
    whole(m4),
    times(m4 / theirs),
    whole(of(row.m7, "rate")),
    whole(m7),
    times(m7 / theirs),
    whole(Math.max(...[...row.m4, ...row.m7].map((m) => m.peakMB))),
  ];
  return `| ${cells.join(" | ")} |`;
}

function programs(): void {
  const head = [
    "program",
    "M instr.",
    "qemu",
    "handlers M4",
    "wasm M4 all",
    "wasm M4",
    "M4/qemu",
    "wasm M7 all",
    "wasm M7",
    "M7/qemu",
    "peak MB",
  ];
  console.log(
    `\nMillion guest instructions a second of processor time, medians of ${RUNS}; "all" includes compiling, on other threads too.\n`,
  );
  console.log(`| ${head.join(" | ")} |\n|---|${"---:|".repeat(head.length - 1)}`);
  for (const program of PROGRAMS) {
    const row: Row = { qemuSeconds: [], nullSeconds: [], handlers: [], m4: [], m7: [] };
    for (let n = 0; n < RUNS; n++) round(program, row);
    console.log(report(program, row));
  }
}

/** From process start to report, beside qemu. */
function wholeProcess(): void {
  const main = `${root}dist/cli/main.js`;
  if (!existsSync(main)) {
    console.log("\nWhole process: not measured, since dist/ is not there; `npm run build` makes it.");
    return;
  }
  const file = elf("kws", "nucleo-f746zg", "kws");
  const [mine, theirs, empty]: number[][] = [[], [], []];
  for (let n = 0; n < RUNS; n++) {
    theirs!.push(qemu(elf("kws", "mps2-an386", "kws")).seconds);
    mine!.push(timed(process.execPath, [main, "run", file, "--board", "nucleo-f746zg"]).seconds);
    empty!.push(timed(process.execPath, ["-e", "0"]).seconds);
  }
  console.log(
    `\nWhole process, kws: mcusim ${times(median(mine!))} s (nucleo-f746zg), node alone ${times(median(empty!))} s, qemu ${times(median(theirs!))} s (mps2-an386)`,
  );
}

/** Rates of the handlers on `board` without and with the timing models, in turn. */
function timingCost(program: string, board: string): readonly [flat: number, timed: number] {
  const flat: number[] = [];
  const timed: number[] = [];
  for (let n = 0; n < RUNS; n++) {
    const limit = ["--instructions", `${COMPARED}`];
    flat.push(measured(program, board, "handlers", ...limit, "--flat").steadyRate);
    timed.push(measured(program, board, "handlers", ...limit).steadyRate);
  }
  return [median(flat), median(timed)];
}

function timingCosts(): void {
  const head = [
    "program",
    ...["M4", "M7"].flatMap((core) => [`${core} flat`, `${core} timed`, "ratio", "cost"]),
  ];
  console.log(
    `\nMillion guest instructions a second of the handlers' thread without and with the timing models, medians of ${RUNS}.\n`,
  );
  console.log(`| ${head.join(" | ")} |\n|---|${"---:|".repeat(head.length - 1)}`);
  for (const program of PROGRAMS) {
    const cells = ["mps2-an386", "nucleo-f746zg"].flatMap((board) => {
      const [flat, timed] = timingCost(program, board);
      const ratio = timed / flat;
      return [whole(flat), whole(timed), times(ratio), `${whole(100 * (1 - ratio))} %`];
    });
    console.log(`| ${[program, ...cells].join(" | ")} |`);
  }
}

if (values["timing-cost"]) timingCosts();
else {
  programs();
  wholeProcess();
}
