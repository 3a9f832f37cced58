import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { parse } from "yaml";

import { loadBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import type { FunctionCost, RegionCost, RunResult, Stalls } from "../../src/runner/counters.ts";
import { Simulation } from "../../src/runner/simulation.ts";
import { readWorkload } from "../../src/runner/workload-file.ts";

const FIRMWARE = fileURLToPath(new URL("../../firmware/", import.meta.url));
const WORKLOAD = "kws/prebuilt/kws.workload.yaml";

export interface BoardRun {
  readonly board: string;
  readonly mcu: string;
  readonly core: "cortex-m4" | "cortex-m7";
  readonly result: RunResult;
  readonly label: string | undefined;
}

/** The keyword spotter from reset to its answer. @param program below firmware/ */
export async function runOn(id: string, program: string, boot: "reset" | "max"): Promise<BoardRun> {
  const board = await loadBoard(id);
  const path = `${FIRMWARE}${program}`;
  const simulation = new Simulation({
    board,
    image: readImage(readFileSync(path), path, {}),
    firmware: path,
    engine: "wasm",
    boot,
    workload: readWorkload(parse(readFileSync(`${FIRMWARE}${WORKLOAD}`, "utf8")), WORKLOAD),
    console: () => undefined,
  });
  while (!simulation.advance());
  const result = simulation.result();
  if (result.stop.reason !== "exit") throw new Error(`${program} on ${id}: ${result.stop.message}`);
  const label = simulation.classification()?.label;
  return { board: id, mcu: board.mcu, core: board.core.type, result, label };
}

/** Cycles for each instruction. */
export const cpi = ({
  cycles,
  instructions,
}: {
  readonly cycles: number;
  readonly instructions: number;
}): number => cycles / instructions;

/** A layer or the measured stretch of a run. */
export function stretch({ result, board }: BoardRun, name: string): RegionCost {
  const found = result.regions.find((r) => r.name === name || (name === "network" && r.kind === "measure"));
  if (found === undefined) throw new Error(`${board}: nothing measured ${name}`);
  return found;
}

/** Functions whose cycles for an instruction are above `limit`, the most cycles first. */
export function slowFunctions(
  { functions }: RunResult,
  limit: number,
  share: number,
): readonly FunctionCost[] {
  const all = functions.reduce((sum, f) => sum + f.cycles, 0);
  return functions
    .filter((f) => cpi(f) > limit && f.cycles > share * all)
    .toSorted((a, b) => b.cycles - a.cycles);
}

/** The cause that takes most cycles beside issue. */
export function mainCause(stalls: Stalls): readonly [string, number] {
  return Object.entries(stalls)
    .filter(([cause]) => cause !== "issue")
    .reduce((a, b) => (b[1] > a[1] ? b : a));
}
