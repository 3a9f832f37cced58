import type { Footprint } from "../isa/footprint.ts";
import type { PortFetch } from "../memory/flash-port.ts";
import type { AddressRange } from "../memory/shared-fetch.ts";
import type { DivideCosts } from "./divide.ts";
import type { DoubleCosts } from "./double.ts";
import type { OperandRoles, TimingClass } from "../isa/insn.ts";

/** Causes that every cycle is attributed to, exactly one each, in the order of the report. */
export const STALL_CAUSES = [
  /** An instruction issues: what the program would cost if nothing ever waited. */
  "issue",
  /** Waiting for data memory: load latency, wait states, cache misses, bus conflicts, write buffer. */
  "data",
  /** Waiting for instructions: flash, instruction cache, fetch bandwidth, alignment. */
  "fetch",
  /** Refilling the pipeline after a taken or mispredicted branch. */
  "branch",
  /** Waiting for a result of an earlier instruction, or for a busy unit. */
  "interlock",
  /** Division and square root. */
  "divide",
  /** Exception entry and return. */
  "exception",
  /** Asleep in WFI or WFE. */
  "sleep",
] as const;
export type StallCause = (typeof STALL_CAUSES)[number];
export const CAUSES = STALL_CAUSES.length;
/** Index of each cause in arrays of counts. */
export const CAUSE = {
  issue: 0,
  data: 1,
  fetch: 2,
  branch: 3,
  interlock: 4,
  divide: 5,
  exception: 6,
  sleep: 7,
} as const satisfies Record<StallCause, number>;

/** What a timing model knows of an instruction. */
export interface TimedInstruction {
  /** Address, unsigned. */
  readonly pc: number;
  readonly size: 2 | 4;
  readonly timing: TimingClass;
  readonly footprint: Footprint;
  readonly roles: OperandRoles;
  /** Executes only if its IT condition holds. */
  readonly predicated: boolean;
  /** Its data access may take the turn of a fetch: see `Schedule.contendedState`. */
  readonly mayContend?: boolean;
  /** What the timing model that was asked last keeps with the instruction, and with the same one at other addresses. */
  readonly common: { notes: object | undefined };
}

/** Values of `Schedule.bankRule`. */
export const BANK_RULE = { none: 0, pairedLoad: 1, multiple: 2, otherMemory: 3 } as const;

/** Log2 of the parts of the address space that `BANK_RULE.otherMemory` tells apart. */
export const MEMORY_SHIFT = 28;

/**
 * The static schedule of a run of instructions from one entry state of the pipeline. Composable: scheduling a run in
 * two parts, the second from the state that the first leaves, gives the same cycles.
 */
export interface Schedule {
  /** `offsets[i]`: cycles from entry to the issue of instruction i; `offsets[n]`: to the end without a taken jump. */
  readonly offsets: Int32Array;
  /** Cycles of instruction i by cause at `i * CAUSES + cause`; they sum to `offsets[i + 1] - offsets[i]`. */
  readonly causes: Int32Array;
  /** State of the pipeline after the last instruction, no jump taken. */
  readonly fallthroughState: number;
  /** Cycles to add to `offsets[n]` when the final jump is taken, and why; the predictor's part is dynamic. */
  readonly takenCycles: number;
  readonly takenCause: number;
  readonly takenState: number;
  /** In place of `fallthroughState` when the last instruction, which `mayContend`, accessed what code is fetched from; undefined when it is the same. */
  readonly contendedState: number | undefined;
  /** Cycles that a predicated instruction takes less when it is skipped; undefined when none does. */
  readonly skipped: Int32Array | undefined;
  /**
   * `bankRule[i]` is `BANK_RULE.pairedLoad` when instruction i is a load issued together with the load just before it,
   * `BANK_RULE.multiple` when it breaks the rule if its base register is 4 mod 8, `BANK_RULE.otherMemory` when it is a
   * load that begins while the load just before it ends, and breaks the rule if their addresses differ above the lowest
   * `MEMORY_SHIFT` bits.
   */
  readonly bankRule: Uint8Array | undefined;
  /** 1 for an instruction issued in the same cycle as the one before it. */
  readonly paired: Uint8Array | undefined;
  /** Cycles when the direction of the final jump is mispredicted, by where it is resolved; undefined: no predictor. */
  readonly mispredict: number | undefined;
}

/** What compiled code can ask for lines from itself. */
export interface FetchAssist {
  /** The I-cache whose state is at `M7_FETCH`, and what lies behind it. */
  readonly cache?: CacheFetch | undefined;
  /** The port to flash whose state is at `FLASH_FETCH`. */
  readonly port?: PortFetch | undefined;
}
/** Shape of an I-cache, lines that can be on their way to it and past it. */
export interface CacheFetch {
  readonly sets: number;
  readonly ways: number;
  readonly fills: number;
  readonly bursts: number;
  /** Cycles by which straight code asks for lines before they issue. */
  readonly ahead: number;
}

/** Instruction-side memory: what fetching costs beyond the pipeline's own rate. */
export interface FetchTiming {
  /** log2 of the bytes that one look-up covers; a change of line asks again. */
  readonly lineShift: number;
  /** log2 of the bytes of which `isPresent` says the same; `lineShift` at least. */
  readonly presenceShift: number;
  /**
   * Number that changes whenever a line that was present may have gone. While it stays, a block whose lines were all
   * present still has them. 0 means that nothing is ever remembered.
   */
  readonly epoch: number;
  /** Byte offset of a word of the linear memory that holds `epoch`; absent when it never changes. */
  readonly epochWord?: number;
  /** Fetching at `address` never waits and forgets nothing, whatever else happens; absent: nowhere for sure. */
  isFree?(address: number): boolean;
  /**
   * Key of the line that holds `address` in the table of lines seen to be present (`FetchEpoch`), the same for all
   * addresses of the line; undefined where lines have none.
   */
  presentKey?(address: number): number | undefined;
  /** What compiled code has to know to ask for lines itself; absent where it can't. */
  readonly assist?: FetchAssist | undefined;
  /**
   * With `assist`: how the line of `address` is fetched. Negative: through the port, `~` of the number of the read of the
   * array; else the number of a path, see `FetchPaths`, 0 when it is the host's to do.
   */
  fetchPath?(address: number): number;
  /**
   * Data addresses whose accesses take the turn of a fetch of the code at `address`; undefined where there are none, or
   * where the pipeline knows without them.
   */
  sharedWith?(address: number): readonly AddressRange[] | undefined;
  /** Whether `fetch` would find the line that holds `address` there, and so cost and change nothing. */
  isPresent(address: number, now: number): boolean;
  /** Stall cycles to get the line that holds `address`, asked for at cycle `now`. */
  fetch(address: number, now: number): number;
}

/** Kinds of jumps that a predictor treats differently; see `branchKind`. */
export type BranchKind = "conditional" | "direct" | "call" | "indirect" | "indirect-call" | "return";

/** Branch prediction: what is not static about a jump. */
export interface BranchTiming {
  /** Extra cycles of the jump at `pc`; `target` is where control went, `mispredict` as in the schedule. */
  resolve(pc: number, taken: boolean, target: number, kind: BranchKind, mispredict: number): number;
  /** Where the tables lie, for code that looks at them itself. */
  readonly tables: PredictorTables;
}

/** A predictor's tables in the linear memory: entries as `entryOf` makes them, targets, the return stack and its top. */
export interface PredictorTables {
  /** Byte offset of the first word. */
  readonly base: number;
  /** Entries of each of the first two tables; a power of two. */
  readonly entries: number;
  /** Entries of the return stack; a power of two, or 0. */
  readonly returns: number;
  /** Cycles when an indirect target was wrong. */
  readonly mispredict: number;
  /** Cycles of a direct jump that only decode recognises. */
  readonly decodeRedirect: number;
}

/** A core's pipeline as a timing model. The memory side is composed beside it. */
export interface CoreTiming {
  /** Version of the cycle model, e.g. `cortex-m4/1`; baselines of another version are refused. */
  readonly version: string;
  /** The drained pipeline: after reset, exception entry and return. */
  readonly drained: number;
  schedule(instructions: readonly TimedInstruction[], entry: number): Schedule;
  /** What division takes by its operands; undefined where they do not matter. */
  readonly divide: DivideCosts | undefined;
  /** What operations on doubles take by their operands; absent where they do not matter. */
  readonly double?: DoubleCosts;
  /** Cycles beyond the schedule of an instruction that breaks the bank rule (see `Schedule.bankRule`). */
  readonly bankConflict: number;
  /** Most instructions from a load to one whose rule looks at it; absent: any number. */
  readonly bankRuleReach?: number;
  readonly branch: BranchTiming | undefined;
}
