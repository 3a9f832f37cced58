import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { UsageError } from "../errors.ts";
import { makeReport, type Report } from "../report/report.ts";
import type { RunResult } from "../runner/counters.ts";
import { Lockstep } from "../runner/lockstep.ts";
import type { EngineName } from "../runner/machine.ts";
import { Simulation, type SimulationOptions } from "../runner/simulation.ts";
import { parseUartScript } from "../runner/uart-script.ts";
import { ConsoleBuffer, progressLine } from "./console.ts";
import { drive, sliceOf, type Drivable } from "./drive.ts";
import { readBytes, readText, writeText } from "./files.ts";
import type { Loaded } from "./load.ts";
import { createLogger } from "./logger.ts";
import type { EngineChoice, RunOptions } from "./run-options.ts";
import { toolVersion } from "./version.ts";

/** A finished run. */
export interface Outcome {
  readonly loaded: Loaded;
  readonly result: RunResult;
  readonly report: Report;
  readonly exitCode: number;
}

const WRONG_ANSWER = 3;
const LIMIT_REACHED = 5;

export const engineOf = (choice: EngineChoice): EngineName => (choice === "auto" ? "wasm" : choice);

/** Everything about a simulation that follows from the options, but for the console and the engine. */
export function simulationOptions(
  loaded: Loaded,
  options: RunOptions,
): Omit<SimulationOptions, "console" | "engine"> {
  const { path, board, image, workload, input } = loaded;
  const commandLine = options.args === undefined ? path : `${path} ${options.args}`;
  const optional = {
    input,
    maxInstructions: options.maxInstructions,
    timeoutSeconds: options.timeout,
    clockHz: options.clock,
    lenient: options.lenient,
    semihostingDirectory: options.semihostingDir,
    expectText: options.expectText,
    failText: options.failText,
    uartInput: options.uartInput === undefined ? undefined : readUartInput(options.uartInput),
    uartScript: options.uartScript === undefined ? undefined : readUartScript(options.uartScript),
  };
  return {
    board,
    image,
    firmware: path,
    workload,
    commandLine,
    boot: options.boot,
    maxCycles: options.maxCycles,
    ...withoutUndefined(optional),
  };
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** The entries that have a value: absent and undefined are not the same to the options of a simulation. */
function withoutUndefined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

const readUartInput = (file: string): Uint8Array =>
  file === "-" ? readFileSync(0) : readBytes(file, "UART input");

function readUartScript(file: string): ReturnType<typeof parseUartScript> {
  return parseUartScript(readText(file, "UART script"), file, (path) =>
    readFileSync(join(dirname(file), path)),
  );
}

/** Runs firmware to its end and reports. @param console receives what the firmware prints, a chunk at a time */
export async function execute(
  loaded: Loaded,
  options: RunOptions,
  console: (bytes: Uint8Array) => void,
): Promise<Outcome> {
  const log = await createLogger(options.logLevel);
  const engine = engineOf(options.engine);
  const chunks = new ConsoleBuffer(console);
  const kept: number[] = [];
  const make = (engineName: EngineName, prints: boolean): Simulation =>
    new Simulation({
      ...simulationOptions(loaded, options),
      engine: engineName,
      console: (byte) => {
        if (!prints) return;
        chunks.add(byte);
        if (options.uartLog !== undefined) kept.push(byte);
      },
    });
  const { simulation, drivable } = prepare(make, engine, options);
  log.info({ firmware: loaded.path, board: loaded.board.id, engine }, "run begins");
  const progress = progressLine();
  const seconds = await drive(drivable, {
    slice: sliceOf(engine, options.compare),
    ...(options.wallTimeout === undefined ? {} : { wallTimeout: options.wallTimeout }),
    progress: (cycles, elapsed) => {
      chunks.flush();
      progress.show(`${(cycles / 1e6).toFixed(0)} million cycles in ${elapsed.toFixed(1)} s`);
    },
  });
  progress.clear();
  chunks.flush();
  if (options.uartLog !== undefined) writeText(options.uartLog, Uint8Array.from(kept), "UART log");
  const classification = simulation.classification();
  const result = simulation.result();
  log.info({ stop: result.stop, cycles: result.cycles, seconds }, "run ended");
  const { board, image, path, sha256 } = loaded;
  const { compiler } = image;
  const report = makeReport(
    {
      version: toolVersion(),
      firmware: { path, sha256, ...(compiler === undefined ? {} : { compiler }) },
      board: { id: board.id, mcu: board.mcu, core: board.core.type },
      boot: options.boot,
      host: { engine, seconds, mips: result.instructions / seconds / 1e6 },
    },
    result,
    classification,
  );
  return { loaded, result, report, exitCode: exitCodeFor(report, options) };
}

/** One simulation, or two in lockstep, of which the first one's result counts. */
function prepare(
  make: (engine: EngineName, prints: boolean) => Simulation,
  engine: EngineName,
  { compare, semihostingDir, uartInput }: RunOptions,
): { readonly simulation: Simulation; readonly drivable: Drivable } {
  if (compare === undefined) {
    const simulation = make(engine, true);
    return { simulation, drivable: simulation };
  }
  if (compare === engine) throw new UsageError(`--compare ${compare}: the run itself is on this engine`);
  if (semihostingDir !== undefined) {
    throw new UsageError(
      "--compare does not go with --semihosting-dir: both engines would write the same files",
    );
  }
  if (uartInput === "-")
    throw new UsageError("--compare needs a file as --uart-input: stdin can be read only once");
  const lockstep = new Lockstep(make, [engine, compare]);
  return { simulation: lockstep.first, drivable: lockstep };
}

function exitCodeFor(
  { stop, classification }: Report,
  { timeoutExitCode = LIMIT_REACHED }: RunOptions,
): number {
  if (stop.reason === "limit") return timeoutExitCode;
  if (stop.exitCode === 0 && classification?.ok === false) return WRONG_ANSWER;
  return stop.exitCode;
}
