/** Writes docs/boards.md: the keyword spotter on every board. `npx tsx scripts/boards/main.ts [--write FILE]` */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { STALL_CAUSES } from "../../src/timing/timing.ts";
import { EXPLANATIONS } from "./explanations.ts";
import { cpi, mainCause, runOn, slowFunctions, stretch, type BoardRun } from "./runs.ts";

const ANY = "calibration/prebuilt/kws-";
/** Where code lies on each board, in the program built for any of them. */
const EVERYWHERE: readonly (readonly [program: string, boards: readonly string[]])[] = [
  [
    "m4-at-08000000",
    [
      "nucleo-f401re",
      "nucleo-f411re",
      "nucleo-f446re",
      "stm32f4discovery",
      "b-l475e-iot01a",
      "nucleo-l4r5zi",
    ],
  ],
  ["m4-at-00000000", ["frdm-k64f", "arduino-nano-33-ble", "mps2-an386"]],
  [
    "m7-at-08000000",
    ["nucleo-f746zg", "stm32f746g-disco", "nucleo-f767zi", "nucleo-h743zi2", "nucleo-h7a3zi-q"],
  ],
  ["m7-at-00000000", ["teensy-40", "teensy-41", "mps2-an500"]],
];
const NATIVE = ["nucleo-f446re", "nucleo-l4r5zi", "nucleo-f746zg", "mps2-an386", "mps2-an500"];

/** Cycles for an instruction that NN inference takes on silicon. @source calibration set: boards measured */
const RANGE = { "cortex-m4": [1.19, 1.7], "cortex-m7": [0.74, 0.92] } as const;

const count = (n: number): string => n.toString().replace(/\B(?=(\d{3})+$)/g, ",");
const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  line(titles),
  line(titles.map((_, i) => (i === 0 ? "---" : "---:"))),
  ...rows.map(line),
];

function place(core: BoardRun["core"], value: number): string {
  const [least, most] = RANGE[core];
  return value < least ? " (below)" : value > most ? " (above)" : "";
}

function totals(run: BoardRun): string[] {
  const { result, core, board, label } = run;
  return [
    board,
    core === "cortex-m7" ? "M7" : "M4",
    String(result.clockHz / 1e6),
    count(result.cycles),
    result.timeMs.toPrecision(4),
    `${cpi(result).toFixed(2)}${place(core, cpi(result))}`,
    ...["mfcc", "network"].flatMap((name) => {
      const part = stretch(run, name);
      return [count(part.cycles), `${cpi(part).toFixed(2)}${place(core, cpi(part))}`];
    }),
    label ?? "",
  ];
}
const TOTALS = [
  "board",
  "core",
  "MHz",
  "cycles",
  "ms",
  "CPI",
  "MFCC cycles",
  "CPI",
  "network cycles",
  "CPI",
  "answer",
];

const causes = ({ board, result }: BoardRun): string[] => [
  board,
  ...STALL_CAUSES.map((cause) => `${((100 * result.stalls[cause]) / result.cycles).toFixed(1)} %`),
];

/** What stands above the range of the core, by function. */
function deviations(run: BoardRun): string[] {
  const most = RANGE[run.core][1];
  return slowFunctions(run.result, most, 0.01).map((f) => {
    const [cause, cycles] = mainCause(f.stalls);
    const share = ((100 * f.cycles) / run.result.cycles).toFixed(1);
    return `- ${run.board}: \`${f.name}\`, ${share} % of the cycles at ${cpi(f).toFixed(2)} an instruction, ${((100 * cycles) / f.cycles).toFixed(0)} % of them ${cause}`;
  });
}

const { values } = parseArgs({ options: { write: { type: "string" } } });
const every: BoardRun[] = [];
for (const [program, boards] of EVERYWHERE)
  for (const board of boards) every.push(await runOn(board, `${ANY}${program}.elf`, "max"));
const native: BoardRun[] = [];
for (const board of NATIVE) native.push(await runOn(board, `kws/prebuilt/kws-${board}.elf`, "reset"));

const page = [
  "# The keyword spotter on every board",
  "",
  "Written by `npx tsx scripts/boards/main.ts --write docs/boards.md`; do not edit. One second of sound through MFCC and DS-CNN, from reset to the answer. On NN inference silicon takes 0.74 to 0.92 cycles an instruction on Cortex-M7 boards and 1.19 to 1.70 on Cortex-M4 boards with flash wait states; what lies outside is marked.",
  "",
  "## The same program on all boards",
  "",
  "Built without a board's clock and UART (`firmware/calibration/kws-any`), run with `--boot max`: top clock, the wait states that it needs, accelerator, prefetch and caches on. Code in flash (Teensy and MPS2: where their code runs, at 0), data at 0x2000_0000, which is DTCM on the M7 parts.",
  "",
  ...table(TOTALS, every.map(totals)),
  "",
  "Where the cycles go:",
  "",
  ...table(["board", ...STALL_CAUSES], every.map(causes)),
  "",
  "## The programs built for a board",
  "",
  "They set clock, flash and caches themselves and print over the board's UART.",
  "",
  ...table(TOTALS, native.map(totals)),
  "",
  ...table(["board", ...STALL_CAUSES], native.map(causes)),
  "",
  "## What lies above the range",
  "",
  "Functions of at least 1 % of the cycles:",
  "",
  ...[...every, ...native].flatMap(deviations),
  "",
  ...EXPLANATIONS,
];
const text = `${page.join("\n")}\n`;
if (values.write === undefined) process.stdout.write(text);
else writeFileSync(values.write, text);
