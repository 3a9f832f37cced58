import type { Board } from "../board/board.ts";
import type { Image } from "../elf/image.ts";
import type { TranslatedInstruction } from "../exec/translate.ts";
import { disassemble } from "../isa/disassembler.ts";
import type { NamedCost } from "../timing/cost.ts";
import { m4Costs } from "../timing/cortex-m4-costs.ts";
import { cortexM4 } from "../timing/cortex-m4.ts";
import { m7Costs } from "../timing/cortex-m7-costs.ts";
import { cortexM7 } from "../timing/cortex-m7.ts";
import type { Reason, Refusal, TracedIssue, TracedTiming } from "../timing/reason.ts";
import { CAUSES, STALL_CAUSES, type Schedule, type StallCause } from "../timing/timing.ts";
import { decoderFor } from "./machine.ts";
import { describeAddress } from "./symbols.ts";
import { CodeReader, isLoop, type Run } from "./timeline-blocks.ts";

/** A register or the flags that an instruction waits for. */
export interface Awaited {
  /** `r3`, `s14`, `flags`. */
  readonly name: string;
  /** Address and timing class of the instruction of the run that writes it; absent when that lies before. */
  readonly writer?: { readonly address: number; readonly timing: string };
}

/** Some cycles of an instruction with their reason. */
export interface TimelineReason {
  readonly cause: StallCause;
  readonly cycles: number;
  /** Before it issues, its issue, or while it keeps the next one waiting. */
  readonly phase: "wait" | "issue" | "hold";
  /** Name of the number behind it; see `Timeline.costs`. */
  readonly rule: string;
  readonly awaited: readonly Awaited[];
}

/** One instruction of a timeline. */
export interface TimelineRow {
  readonly address: number;
  readonly size: 2 | 4;
  /** The halfword, or first halfword << 16 | second; absent when it is UNDEFINED. */
  readonly word?: number;
  readonly text: string;
  readonly timing: string;
  /** Cycle of the issue, counted from the entry of the block; -1 with the instruction before the block. */
  readonly issue: number;
  /** `younger`: in the cycle of the one before; `folded`: takes no cycle at all. */
  readonly slot: "single" | "older" | "younger" | "folded";
  /** Why it did not pair although a slot was open. */
  readonly refusal?: Refusal;
  /** Sums to `stalls`. */
  readonly reasons: readonly TimelineReason[];
  /** Its cycles by cause; those without cycles are absent. */
  readonly stalls: Readonly<Partial<Record<StallCause, number>>>;
}

/** A run of instructions as the pipeline issues it on memory without wait states. */
export interface TimelineBlock {
  readonly address: number;
  readonly symbol?: string;
  readonly rows: readonly TimelineRow[];
  /** Cycles to the end, its last jump not taken. */
  readonly cycles: number;
  /** What taking the jump at the end adds; on a core with a predictor, when predicted. */
  readonly taken?: { readonly cycles: number; readonly cause: StallCause; readonly rule?: string };
  /** Name of the number for its misprediction, on a core that predicts. */
  readonly mispredict?: string;
  /** Pipeline at entry: empty, or as a loop leaves it to itself. */
  readonly entry: "drained" | "steady";
  /** Of a steady loop: iterations after which the state repeats, and cycles of one, the jump back included. */
  readonly steady?: { readonly period: number; readonly cyclesPerIteration: number };
}

export interface Timeline {
  readonly core: Board["core"]["type"];
  readonly cycleModel: string;
  readonly blocks: readonly TimelineBlock[];
  /** The numbers behind the rows, by name, in the order of their first use. */
  readonly costs: readonly NamedCost[];
}

export interface TimelineOptions {
  readonly image: Image;
  readonly board: Board;
  readonly start: number;
  /** End of the function when all of its blocks are wanted. */
  readonly end?: number;
  /** Instructions to show from `start`, whatever jumps are among them. */
  readonly count?: number;
  /** Show loops as they run once their entry state repeats. */
  readonly steady: boolean;
}

/** Iterations after which a loop's state must have repeated; it does after a few. */
const MOST_ITERATIONS = 1000;

/** How a block of firmware, or a function block by block, goes through the pipeline. Throws UsageError. */
export function timelineOf(options: TimelineOptions): Timeline {
  const { image, board, start, end, count, steady } = options;
  const reader = new CodeReader(image, decoderFor(board.core.fpu));
  const runs =
    end !== undefined ? reader.blocks(start, end) : [steady ? reader.loop(start) : reader.from(start, count)];
  const isM7 = board.core.type === "cortex-m7";
  return timelineOfRuns(runs, {
    core: board.core.type,
    timing: isM7 ? cortexM7() : cortexM4(),
    steady,
    symbol: (address) => describeAddress(image, address),
  });
}

export interface RunsOptions {
  readonly core: Board["core"]["type"];
  readonly timing: TracedTiming;
  readonly steady: boolean;
  readonly symbol: (address: number) => string | undefined;
}

/** The timeline of runs of instructions wherever they come from. */
export function timelineOfRuns(runs: readonly Run[], options: RunsOptions): Timeline {
  const { core, timing } = options;
  const blocks = runs.map((run) => blockOf(run, options));
  const prefix = core === "cortex-m7" ? "issue" : "class";
  const used = new Set<string>();
  for (const { rows, taken, mispredict } of blocks) {
    for (const row of rows) {
      used.add(`${prefix}.${row.timing}`);
      for (const { rule } of row.reasons) used.add(rule);
    }
    for (const rule of [taken?.rule, mispredict]) if (rule !== undefined) used.add(rule);
  }
  const known = new Map((core === "cortex-m7" ? m7Costs() : m4Costs()).map((cost) => [cost.name, cost]));
  const costs = [...used].map((name) => known.get(name)).filter((cost) => cost !== undefined);
  return { core, cycleModel: timing.version, blocks, costs };
}

function blockOf(run: Run, { timing, steady, symbol }: RunsOptions): TimelineBlock {
  const loops = steady && isLoop(run);
  const settled = loops ? settle(run, timing) : undefined;
  const { schedule, issues, takenRule, mispredictRule } = timing.trace(run, settled?.entry ?? timing.drained);
  const name = symbol(run[0]!.pc);
  const { takenCycles, takenCause } = schedule;
  const jumps = run.at(-1)!.footprint.jump !== undefined;
  const taken = {
    cycles: takenCycles,
    cause: STALL_CAUSES[takenCause]!,
    ...(takenRule === undefined ? {} : { rule: takenRule }),
  };
  return {
    address: run[0]!.pc,
    ...(name === undefined ? {} : { symbol: name }),
    rows: run.map((_, i) => rowOf(run, i, schedule, issues, symbol)),
    cycles: schedule.offsets[run.length]!,
    ...(jumps ? { taken } : {}),
    ...(mispredictRule !== undefined && isPredicted(run) ? { mispredict: mispredictRule } : {}),
    entry: loops ? "steady" : "drained",
    ...(settled === undefined ? {} : { steady: settled.steady }),
  };
}

/** Whether the jump at the end depends on what only run time knows. */
function isPredicted(run: Run): boolean {
  const { footprint, predicated } = run.at(-1)!;
  return footprint.jump !== undefined && (footprint.jump.conditional || predicated);
}

/** Iterates until a state of the pipeline at entry comes back. */
function settle(
  run: Run,
  timing: TracedTiming,
): { readonly entry: number; readonly steady: NonNullable<TimelineBlock["steady"]> } {
  /** Iteration and cycle at which each state was met. */
  const met = new Map<number, { readonly iteration: number; readonly cycle: number }>();
  let entry = timing.drained;
  let cycle = 0;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const before = met.get(entry);
    if (before !== undefined) {
      const period = iteration - before.iteration;
      return { entry, steady: { period, cyclesPerIteration: (cycle - before.cycle) / period } };
    }
    met.set(entry, { iteration, cycle });
    const { offsets, takenCycles, takenState } = timing.schedule(run, entry);
    cycle += offsets[run.length]! + takenCycles;
    entry = takenState;
  }
  throw new RangeError(`the loop at ${run[0]!.pc} does not settle in ${MOST_ITERATIONS} iterations`);
}

function rowOf(
  run: Run,
  i: number,
  { offsets, causes, paired }: Schedule,
  issues: readonly TracedIssue[],
  symbol: RunsOptions["symbol"],
): TimelineRow {
  const instruction = run[i]!;
  const { pc, size, decoded, itBefore, timing } = instruction;
  const { reasons, refusal } = issues[i]!;
  const issuedAt = reasons.findIndex((reason) => reason.cause === "issue");
  const waited = reasons.slice(0, Math.max(0, issuedAt)).reduce((sum, { cycles }) => sum + cycles, 0);
  const younger = paired?.[i] === 1;
  const folded = !younger && reasons.length === 0;
  const itCondition = (itBefore & 0xf) !== 0 ? itBefore >> 4 : undefined;
  return {
    address: pc,
    size,
    ...(decoded === undefined ? {} : { word: decoded.word }),
    text: decoded === undefined ? "<UNDEFINED>" : disassemble(decoded, pc, { itCondition, symbol }),
    timing,
    issue: younger || folded ? offsets[i]! - 1 : offsets[i]! + waited,
    slot: younger ? "younger" : folded ? "folded" : paired?.[i + 1] === 1 ? "older" : "single",
    ...(refusal === undefined ? {} : { refusal }),
    reasons: reasons.map((reason, at) => ({
      cause: reason.cause,
      cycles: reason.cycles,
      phase: at < issuedAt ? "wait" : at === issuedAt ? "issue" : "hold",
      rule: reason.rule,
      awaited: awaitedBy(run, i, reason),
    })),
    stalls: Object.fromEntries(
      STALL_CAUSES.map((cause, k) => [cause, causes[i * CAUSES + k]!] as const).filter(([, n]) => n > 0),
    ),
  };
}

/** The registers of a reason, each with the last instruction before `i` that writes it. */
function awaitedBy(run: Run, i: number, { registers, fp, rule }: Reason): readonly Awaited[] {
  const writer = (writes: (footprint: TranslatedInstruction["footprint"]) => number) => {
    const found = run.slice(0, i).findLast(({ footprint }) => writes(footprint) !== 0);
    return found === undefined ? {} : { writer: { address: found.pc, timing: found.timing } };
  };
  if (rule === FLAGS_RULE) return [{ name: "flags", ...writer((f) => f.writesFlags) }];
  const names = Array.from({ length: 32 }, (_, n) => n).filter((n) => ((registers >>> n) & 1) !== 0);
  return names.map((n) => ({
    name: `${fp ? "s" : "r"}${n}`,
    ...writer((f) => (fp ? f.writesS : f.writes) & (1 << n)),
  }));
}

/** The wait for the flags names no register. */
const FLAGS_RULE = "rule.flags";
