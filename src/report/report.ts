import type {
  Classification,
  EventCounters,
  MemoryUse,
  RunResult,
  Stalls,
  StopInfo,
} from "../runner/counters.ts";
import { accuracyBand } from "./accuracy-band.ts";

/** Version of the shape below; a change that breaks readers raises it. */
export const SCHEMA_VERSION = 1;

/** What a run was about, beside what it measured. */
export interface RunFacts {
  readonly version: string;
  readonly firmware: { readonly path: string; readonly sha256: string; readonly compiler?: string };
  readonly board: { readonly id: string; readonly mcu: string; readonly core: string };
  readonly boot: "reset" | "max";
  readonly host: HostFacts;
}

/** The only part of a report that differs from run to run. */
export interface HostFacts {
  readonly engine: string;
  readonly seconds: number;
  /** Million guest instructions a second of the host. */
  readonly mips: number;
}

/** Cost of a function (its own instructions alone), or of a layer or the measured stretch with all that they call. */
export interface RegionReport {
  readonly name: string;
  readonly kind: "function" | "layer" | "measure";
  readonly calls: number;
  readonly cycles: number;
  readonly instructions: number;
  readonly macs?: number;
  readonly timeMs?: number;
  readonly stalls?: Stalls;
}

/** The JSON report; `schema/report.schema.json` describes it to others. */
export interface Report {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly tool: { readonly name: "mcusim"; readonly version: string; readonly cycleModel: string };
  readonly firmware: RunFacts["firmware"];
  readonly board: RunFacts["board"] & {
    readonly clockHz: number;
    readonly clockSource: RunResult["clockSource"];
    readonly boot: "reset" | "max";
  };
  readonly stop: {
    readonly reason: StopInfo["reason"];
    readonly exitCode: number;
    readonly pc: string;
    readonly symbol?: string;
    readonly message: string;
  };
  readonly cycles: number;
  readonly instructions: number;
  readonly timeMs: number;
  readonly stalls: Stalls;
  readonly counters: EventCounters;
  readonly memory: MemoryUse;
  readonly regions: readonly RegionReport[];
  readonly classification?: Classification;
  readonly accuracy: { readonly band: string };
  readonly faults: readonly FaultReport[];
  readonly notices: RunResult["notices"];
  readonly host: HostFacts;
}

interface FaultReport {
  readonly kind: string;
  readonly cycle: number;
  readonly pc: string;
  readonly symbol?: string;
  readonly address?: string;
  readonly message: string;
}

/** An address as reports show it. */
export const hexAddress = (address: number): string => `0x${(address >>> 0).toString(16).padStart(8, "0")}`;

/** Puts together what a run measured and what it was about. */
export function makeReport(facts: RunFacts, result: RunResult, classification?: Classification): Report {
  const { stop, clockHz, clockSource } = result;
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: "mcusim", version: facts.version, cycleModel: result.cycleModel },
    firmware: facts.firmware,
    board: { ...facts.board, clockHz, clockSource, boot: facts.boot },
    stop: {
      reason: stop.reason,
      exitCode: stop.exitCode,
      pc: hexAddress(stop.pc),
      ...(stop.symbol === undefined ? {} : { symbol: stop.symbol }),
      message: stop.message,
    },
    cycles: result.cycles,
    instructions: result.instructions,
    timeMs: result.timeMs,
    stalls: result.stalls,
    counters: result.counters,
    memory: result.memory,
    regions: regionsOf(result),
    ...(classification === undefined ? {} : { classification }),
    accuracy: { band: accuracyBand(facts.board.core) },
    faults: result.faults.map(({ pc, address, ...rest }) => ({
      ...rest,
      pc: hexAddress(pc),
      ...(address === undefined ? {} : { address: hexAddress(address) }),
    })),
    notices: result.notices,
    host: facts.host,
  };
}

function regionsOf({ regions, functions }: RunResult): readonly RegionReport[] {
  return [
    ...regions.map(({ macs, ...region }) => ({ ...region, ...(macs === undefined ? {} : { macs }) })),
    ...functions.map(({ name, calls, cycles, instructions, stalls }) => ({
      name,
      kind: "function" as const,
      calls,
      cycles,
      instructions,
      stalls,
    })),
  ];
}
