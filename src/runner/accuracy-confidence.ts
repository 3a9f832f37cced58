import type { Block } from "../exec/block.ts";
import { M4_CLASS, M4_RULE } from "../timing/cortex-m4-costs.ts";
import { M7_ISSUE, M7_RULE } from "../timing/cortex-m7-costs.ts";
import type { Confidence, Cost } from "../timing/cost.ts";
import { CAUSES, STALL_CAUSES, type StallCause, type TimedInstruction } from "../timing/timing.ts";
import type { RunResult } from "./counters.ts";

/** Shares of a run's cycles by how sure the numbers are that they rest on; they sum to 1. */
export type ConfidenceShares = Readonly<Record<Confidence, number>>;

type CauseConfidence = (instruction: TimedInstruction) => Confidence;

const ORDER: readonly Confidence[] = ["high", "medium", "low"];
const weakest = (...costs: readonly Cost[]): Confidence =>
  ORDER[Math.max(...costs.map((c) => ORDER.indexOf(c.confidence)))]!;

/**
 * The least sure number that can be behind the cycles of each cause. Stalls of one cause come from several rules, and
 * are not told apart here: the shares of `medium` and `low` are upper bounds.
 */
const M4: Readonly<Record<StallCause, CauseConfidence>> = {
  issue: ({ timing }) => M4_CLASS[timing].confidence,
  data: ({ timing }) =>
    timing.startsWith("store")
      ? M4_CLASS[timing].confidence
      : weakest(M4_RULE.dataPhase, M4_RULE.loadAfterStore),
  fetch: () => weakest(M4_RULE.systemFetchRate),
  branch: ({ footprint: { jump, accesses } }) =>
    (jump?.kind === "direct"
      ? M4_RULE.refillDirect
      : accesses.length > 0
        ? M4_RULE.refillLoad
        : M4_RULE.refillRegister
    ).confidence,
  interlock: ({ timing }) => weakest(M4_CLASS[timing], M4_RULE.addressInterlock, M4_RULE.fpResult),
  divide: ({ timing }) => (timing === "divide" ? M4_RULE.divideBase : M4_CLASS[timing]).confidence,
  exception: () => "high",
  sleep: () => "high",
};

const M7: Readonly<Record<StallCause, CauseConfidence>> = {
  issue: ({ timing }) => M7_ISSUE[timing].confidence,
  // Latencies of loads; what caches and flash add comes on top, see `forEachMemoryWait`.
  data: () => "medium",
  fetch: () => M7_RULE.fetchRefill.confidence,
  // What a misprediction costs is measured; the predictor that decides how many there are is inferred.
  branch: () => "low",
  interlock: () => "medium",
  divide: ({ timing }) => (timing === "divide" ? M7_RULE.divideBase : M7_ISSUE[timing]).confidence,
  exception: () => "medium",
  sleep: () => "high",
};

/** How sure the cycles of a finished run are. `blocks` tells the class of the instruction at each address. */
export function confidenceOfCycles(
  blocks: readonly Block[],
  core: "cortex-m4" | "cortex-m7",
  { addresses, cycles, stalls }: RunResult,
): ConfidenceShares {
  const byCause = core === "cortex-m7" ? M7 : M4;
  const instructions = new Map<number, TimedInstruction>();
  for (const { code } of blocks) for (const i of code.instructions) instructions.set(i.pc, i);
  const sums = { high: 0, medium: 0, low: 0 };
  for (const cost of addresses) {
    const instruction = instructions.get(cost.address)!;
    for (const cause of STALL_CAUSES) sums[byCause[cause](instruction)] += cost.stalls[cause];
  }
  forEachMemoryWait(blocks, (instruction, cause, waited) => {
    sums[byCause[cause](instruction)] -= waited;
    sums.low += waited;
  });
  // Asleep, and in exception entries: outside of instructions.
  const outside = cycles - addresses.reduce((sum, a) => sum + a.cycles, 0);
  sums[stalls.exception > stalls.sleep ? "medium" : "high"] += outside;
  return { high: sums.high / cycles, medium: sums.medium / cycles, low: sums.low / cycles };
}

/** Cycles that caches, flash and buses add at run time, where they are counted: latencies that are fitted. */
function forEachMemoryWait(
  blocks: readonly Block[],
  visit: (instruction: TimedInstruction, cause: StallCause, cycles: number) => void,
): void {
  for (const { code, schedules } of blocks) {
    for (const record of schedules) {
      record?.dynamic?.forEach((cycles, i) => {
        const cause = STALL_CAUSES[i % CAUSES]!;
        if (cause === "data" || cause === "fetch")
          visit(code.instructions[Math.floor(i / CAUSES)]!, cause, cycles);
      });
    }
  }
}
