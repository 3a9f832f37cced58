import { setImmediate } from "node:timers/promises";

import type { Board } from "../board/board.ts";
import { readImage } from "../elf/image.ts";
import { UsageError } from "../errors.ts";
import type { Boot } from "./boot.ts";
import type { EngineName } from "./machine.ts";
import { Simulation, type SimulationSnapshot } from "./simulation.ts";
import { describeStop } from "./stop-info.ts";
import type { Workload } from "./workload.ts";

/** What every input of an evaluation has in common: plain data, so that it can be sent to a worker. */
export interface EvaluationSetup {
  readonly board: Board;
  readonly firmware: { readonly path: string; readonly bytes: Uint8Array; readonly loadAddress?: number };
  readonly workload: Workload;
  readonly engine: EngineName;
  readonly boot: Boot;
  readonly clockHz?: number;
  /** Cycles that one input may take. */
  readonly maxCycles: number;
}

export interface EvaluationInput {
  /** Name in the report. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly expected?: string;
}

/** What the firmware made of one input. */
export interface EvaluatedInput {
  readonly file: string;
  readonly expected?: string;
  readonly label?: string;
  readonly score?: number;
  readonly ok?: boolean;
  /** Of the stretch that the workload measures; from the ready point to the end when it measures none. */
  readonly cycles: number;
  readonly timeMs: number;
  /** From the ready point to the end. */
  readonly totalCycles: number;
  readonly instructions: number;
  /** Why there is no answer. */
  readonly failure?: { readonly message: string; readonly exitCode: number };
}

/** What the machine was like when it was ready for its first input. */
export interface ReadyState {
  readonly clockHz: number;
  readonly clockSource: "firmware" | "boot-max" | "option" | "reset";
  readonly cycleModel: string;
  /** Cycles from reset. */
  readonly cycle: number;
}

/** Exit code of an input that reached its limit, or that ended without an answer. */
const LIMIT_REACHED = 5;
const NO_ANSWER = 4;
/** Cycles at a time. */
const SLICE = 50_000_000;

/** Firmware that has run to its ready point once, and answers one input after the other from there. */
export class Evaluation {
  readonly ready: ReadyState;
  readonly #setup: EvaluationSetup;
  readonly #simulation: Simulation;
  readonly #snapshot: SimulationSnapshot;

  /** Throws UsageError when the firmware does not come to the ready point. */
  constructor(setup: EvaluationSetup) {
    this.#setup = setup;
    const { board, firmware, workload, engine, boot, clockHz } = setup;
    const { path, bytes, loadAddress } = firmware;
    this.#simulation = new Simulation({
      board,
      image: readImage(bytes, path, loadAddress === undefined ? {} : { loadAddress }),
      firmware: path,
      workload,
      engine,
      boot,
      maxCycles: setup.maxCycles,
      ...(clockHz === undefined ? {} : { clockHz }),
      console: () => undefined,
    });
    this.#simulation.stopWhenDone();
    const { machine } = this.#simulation;
    if (!this.#simulation.runToReady()) {
      const symbol = workload.ready?.symbol ?? "main";
      throw new UsageError(
        `${path} did not come to its ready point ${symbol}: ${describeStop(machine).message}`,
      );
    }
    this.#snapshot = this.#simulation.snapshot();
    this.ready = {
      clockHz: machine.parts.clocks.coreHz,
      clockSource: machine.clockSource,
      cycleModel: machine.timing.core.version,
      cycle: machine.state.cycles,
    };
  }

  /** Runs one input; the same whatever ran before. Throws UsageError when the input does not fit. */
  run({ file, bytes, expected }: EvaluationInput): EvaluatedInput {
    const simulation = this.#simulation;
    const { machine } = simulation;
    simulation.restore(this.#snapshot);
    const begun = { cycle: machine.state.cycles, instructions: machine.executor.instructions };
    const seconds = machine.time.seconds(begun.cycle);
    try {
      simulation.writeInput(bytes);
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`${file}: ${error.message}`, { cause: error });
      throw error;
    }
    const ended = this.#runToEnd(begun.cycle);
    const { cycles } = machine.state;
    const total = { cycles: cycles - begun.cycle, timeMs: (machine.time.seconds(cycles) - seconds) * 1000 };
    const measured = simulation.measured() ?? total;
    return {
      file,
      ...(expected === undefined ? {} : { expected }),
      ...this.#answer(ended, expected),
      cycles: measured.cycles,
      timeMs: measured.timeMs,
      totalCycles: total.cycles,
      instructions: machine.executor.instructions - begun.instructions,
    };
  }

  /** @returns whether the run ended by itself */
  #runToEnd(start: number): boolean {
    const { machine } = this.#simulation;
    const limit = start + this.#setup.maxCycles;
    while (machine.state.cycles < limit) {
      machine.run(Math.min(machine.state.cycles + SLICE, limit));
      if (machine.hasStopped) return true;
    }
    return false;
  }

  #answer(
    ended: boolean,
    expected: string | undefined,
  ): Pick<EvaluatedInput, "label" | "score" | "ok" | "failure"> {
    const fail = (message: string, exitCode: number): Pick<EvaluatedInput, "failure"> => ({
      failure: { message, exitCode },
    });
    if (!ended) return fail(`no answer within ${this.#setup.maxCycles} cycles (--max-cycles)`, LIMIT_REACHED);
    const { exitCode, message } = describeStop(this.#simulation.machine);
    if (exitCode !== 0) return fail(message, exitCode);
    const answer = this.#simulation.classification();
    if (answer === undefined) return fail("the firmware gave no answer", NO_ANSWER);
    const { label, score } = answer;
    return { label, score, ...(expected === undefined ? {} : { ok: label === expected }) };
  }
}

/** Evaluates inputs one after the other in this thread. @param told after each, in order */
export async function evaluateHere(
  setup: EvaluationSetup,
  inputs: Iterable<EvaluationInput>,
  told: (result: EvaluatedInput) => void,
): Promise<ReadyState> {
  const evaluation = new Evaluation(setup);
  for (const input of inputs) {
    told(evaluation.run(input));
    await setImmediate(); // lets signals and timers in
  }
  return evaluation.ready;
}
