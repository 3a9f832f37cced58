import type { Board } from "../../src/board/board.ts";
import { replaceableCosts } from "../../src/runner/cost-overrides.ts";

export type CoreName = "cortex-m4" | "cortex-m7";

/** A number of the models that no source gives, or that sources disagree on. */
export interface Parameter {
  /** Name as `CostOverrides` has it, or `BOARD/REGION` for the latency of a board's memory. */
  readonly name: string;
  readonly core: CoreName;
  /** Every value that is physically plausible, the smallest first. */
  readonly values: readonly number[];
  /** Why no value outside of these can be. */
  readonly range: string;
}

const m4 = (name: string, values: readonly number[], range: string): Parameter => ({
  name,
  core: "cortex-m4",
  values,
  range,
});
const m7 = (name: string, values: readonly number[], range: string): Parameter => ({
  name,
  core: "cortex-m7",
  values,
  range,
});

/**
 * What the fit varies. Numbers with a vendor's table or two measurements behind them are not among these, nor are those
 * that no program of the calibration set can tell apart (external memories, barriers, doubles).
 */
export const PARAMETERS: readonly Parameter[] = [
  m4("rule.loadAfterJump", [0, 1], "an address phase before the branch is resolved, or after"),
  m4("rule.refillRegister", [1, 2, 3], "TRM: P is 1 to 3"),
  m4("rule.refillLoad", [1, 2, 3], "TRM: P is 1 to 3; its prose has three"),
  m4("rule.storeRun", [0, 1], "TRM: a store that finds the write buffer full delays the next instruction"),
  m4(
    "rule.loadToAddress",
    [0, 1],
    "TRM: the pipelining is lost, and perhaps the interlock of other producers",
  ),
  m4("class.fp.transfer", [1, 2], "TRM-FPU table 2, measured 1"),
  m4("flash.fetchAhead", [1, 2, 3, 4], "a buffer of three words (Arm KB 103488664), and the word in decode"),
  m4(
    "flash.l4DataHidden",
    [0, 1, 2],
    "less than the wait states; one or two registers may lie outside the core's wait",
  ),
  m7("rule.fetchRefill", [2, 3, 4, 5], "two fetch stages (TRM) and up to two more before issue"),
  m7("rule.mispredict", [5, 6, 7, 8], "LLVM 4 to 6; J measured 8 at the end of a long loop"),
  m7("rule.mispredictDecode", [2, 3, 4, 5, 6], "LLVM 4; no more than in the first execution stage"),
  m7("rule.decodeRedirect", [1, 2, 3, 4], "two fetch stages and decode"),
  m7("rule.earlyFlags", [2, 3, 4], "J: at least 3 cycles before the branch"),
  m7("predictor.entries", [64, 128, 256, 512, 1024], "powers of two; the linear memory has room for 1,024"),
  m7("predictor.returns", [0, 2, 4, 8], "powers of two; the TRM's text names no return stack"),
  m7("latency.load.address", [2, 3], "LLVM 2, Q 3"),
  m7("issue.branch.table", [1, 2, 3, 4], "LLVM 2; a load and an addition at most"),
  m7("issue.divide", [2, 3, 4, 7], "the Cortex-M4's 2, GCC 4, LLVM 7"),
  m7("buffer.dataFills", [1, 2, 3], "TRM (recalled): two line fill buffers"),
  m7("buffer.fetchAhead", [2, 4, 8, 12], "a queue of 4 x 64 bits; 4 to 16 instructions"),
  m7("nucleo-f746zg/FLASH_AXI", [3, 4, 5, 6, 7], "AXIM, bus matrix and flash interface: a clock or two each"),
  m7(
    "nucleo-h7a3zi-q/FLASH_B1",
    [5, 6, 7, 8, 9],
    "AXIM, bus matrix and flash interface with ECC: two clocks or more each",
  ),
];

const isLatency = (name: string): boolean => name.includes("/");

/** The value that the code or the board file has. @param boards by id */
export function presentValue({ name, core }: Parameter, boards: ReadonlyMap<string, Board>): number {
  const [board, region] = name.split("/");
  const value = isLatency(name)
    ? boards.get(board!)?.regions.find((r) => r.name === region)?.latency?.busCycles
    : replaceableCosts(core).get(name)?.cycles;
  if (value === undefined) throw new RangeError(`nothing is called ${name}`);
  return value;
}

/** Values of some parameters. */
export type Assignment = ReadonlyMap<string, number>;

/** The part of an assignment that is a number of the core's or memory's model. */
export const costsOf = (assignment: Assignment): Readonly<Record<string, number>> =>
  Object.fromEntries([...assignment].filter(([name]) => !isLatency(name)));

/** `board` with the latencies that an assignment has for it. */
export function boardWith(board: Board, assignment: Assignment): Board {
  const regions = board.regions.map((region) => {
    const busCycles = assignment.get(`${board.id}/${region.name}`);
    if (busCycles === undefined || region.latency === undefined) return region;
    return { ...region, latency: { ...region.latency, busCycles } };
  });
  return { ...board, regions };
}
