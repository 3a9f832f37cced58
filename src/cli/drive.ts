import { setImmediate } from "node:timers/promises";
import { preferThisThread } from "./priority.ts";

/** What can be driven: a simulation, or two in lockstep. */
export interface Drivable {
  advance(cycles: number): boolean;
  stop(reason: "interrupted" | "wall-timeout"): void;
  readonly machine: { readonly hasStopped: boolean; readonly state: { readonly cycles: number } };
}

/** Cycles between two looks at the clock and at signals: some tens of milliseconds on each engine. */
const SLICE = { reference: 200_000, handlers: 2_000_000, wasm: 10_000_000 } as const;
/** Cycles between two comparisons of engines in lockstep. */
const LOCKSTEP_SLICE = 200_000;
const PROGRESS_MS = 500;

type Engine = keyof typeof SLICE;

export const sliceOf = (engine: Engine, compare: Engine | undefined): number =>
  compare === undefined ? SLICE[engine] : LOCKSTEP_SLICE;

export interface DriveOptions {
  /** Cycles at a time. */
  readonly slice: number;
  readonly wallTimeout?: number;
  /** Told now and then how far the run is. */
  readonly progress?: (cycles: number, seconds: number) => void;
}

/**
 * Runs to the end, or until Ctrl-C or the wall-clock limit; a second Ctrl-C ends the process at once.
 * @returns seconds of this computer
 */
export async function drive(simulation: Drivable, options: DriveOptions): Promise<number> {
  preferThisThread();
  const begun = performance.now();
  const elapsed = (): number => (performance.now() - begun) / 1000;
  const interrupt = (): void => {
    simulation.stop("interrupted");
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  let shown = begun;
  try {
    while (!simulation.advance(options.slice)) {
      await setImmediate();
      if (options.wallTimeout !== undefined && elapsed() >= options.wallTimeout)
        simulation.stop("wall-timeout");
      if (simulation.machine.hasStopped) break;
      if (performance.now() - shown < PROGRESS_MS) continue;
      shown = performance.now();
      options.progress?.(simulation.machine.state.cycles, elapsed());
    }
  } finally {
    process.removeListener("SIGINT", interrupt);
    process.removeListener("SIGTERM", interrupt);
  }
  return elapsed();
}
