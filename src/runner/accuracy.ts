import type { Board } from "../board/board.ts";
import type { Image } from "../elf/image.ts";
import { UsageError } from "../errors.ts";
import type { Measure } from "./accuracy-files.ts";
import type { CostOverrides } from "../timing/cost.ts";
import { confidenceOfCycles, type ConfidenceShares } from "./accuracy-confidence.ts";
import type { RunResult, StopInfo } from "./counters.ts";
import type { EngineName } from "./machine.ts";
import { Simulation } from "./simulation.ts";
import { parseUartScript } from "./uart-script.ts";

export interface AccuracyRun {
  readonly board: Board;
  readonly image: Image;
  readonly firmware: string;
  readonly engine: EngineName;
  readonly boot?: "reset" | "max";
  /** What is said to the program over its UART; the run ends with it. */
  readonly uart?: string;
  /** Numbers of the timing models to replace, for those who fit them. */
  readonly costs?: CostOverrides;
}

/** A program that runs longer than this has gone astray. */
const MAX_CYCLES = 20_000_000_000;

interface Finished {
  readonly simulation: Simulation;
  readonly result: RunResult;
  readonly text: string;
}

function runToEnd(run: AccuracyRun, watch?: Measure): Finished {
  let text = "";
  const measure = watch === undefined || "console" in watch ? undefined : watch;
  const layer =
    measure !== undefined && "function" in measure && measure.call !== undefined
      ? [{ name: "measured", function: measure.function, call: measure.call }]
      : [];
  const simulation = new Simulation({
    ...run,
    maxCycles: MAX_CYCLES,
    ...(run.uart === undefined ? {} : { uartScript: parseUartScript(run.uart, "uart", noFile) }),
    console: (byte) => (text += String.fromCharCode(byte)),
    ...(measure === undefined ? {} : { workload: { measure, layers: layer } }),
  });
  while (!simulation.advance());
  const result = simulation.result();
  const { stop } = result;
  if (!endedWell(stop)) {
    throw new UsageError(`${run.firmware} on ${run.board.id} did not end well: ${stop.message}`);
  }
  return { simulation, result, text };
}

function endedWell({ reason, exitCode }: StopInfo): boolean {
  return reason === "breakpoint" || ((reason === "exit" || reason === "condition") && exitCode === 0);
}

/** A list of programs has no directory of its own that files could be sent from. */
const noFile = (): never => {
  throw new UsageError("uart: files can't be sent from there");
};

/** Cycles of one copy of each sequence, by name, from what a program of firmware/calibration prints. */
export function measureSequences(run: AccuracyRun): ReadonlyMap<string, number> {
  const cycles = new Map<string, number>();
  for (const line of runToEnd(run).text.split("\n")) {
    const [, name, copies, shorter, longer] = /^(\S+) (\d+) (\d+) (\d+)$/.exec(line) ?? [];
    if (name !== undefined) cycles.set(name, (Number(longer) - Number(shorter)) / Number(copies));
  }
  return cycles;
}

export interface ProgramCost {
  readonly cycles: number;
  /** Of the whole run. */
  readonly result: RunResult;
  /** Of the whole run: how sure the numbers are that its cycles rest on. */
  readonly shares: ConfidenceShares;
}

/** Runs a program and finds the cycles that `measure` names. Throws UsageError when they are not there. */
export function measureProgram(run: AccuracyRun, measure: Measure): ProgramCost {
  const finished = runToEnd(run, measure);
  const { simulation, result } = finished;
  return {
    cycles:
      "console" in measure ? printedCycles(finished, measure.console, run) : watched(result, measure, run),
    result,
    shares: confidenceOfCycles(simulation.machine.blocks.all, run.board.core.type, result),
  };
}

function printedCycles({ text }: Finished, pattern: string, run: AccuracyRun): number {
  const found = [...text.matchAll(new RegExp(pattern, "g"))].at(-1)?.[1];
  if (found === undefined || !/^\d+$/.test(found)) {
    throw new UsageError(`${run.firmware} printed no cycles: nothing matches ${pattern}`);
  }
  return Number(found);
}

function watched({ regions }: RunResult, measure: Measure, run: AccuracyRun): number {
  const kind = "function" in measure && measure.call !== undefined ? "layer" : "measure";
  const region = regions.find((r) => r.kind === kind);
  if (region === undefined || region.calls === 0) {
    throw new UsageError(`${run.firmware}: what is to be measured was never executed`);
  }
  return region.cycles / region.calls;
}
