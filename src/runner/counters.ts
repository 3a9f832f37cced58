import type { StallCause } from "../timing/timing.ts";

/** Cycles by cause; the values sum to the cycles that they explain. */
export type Stalls = Readonly<Record<StallCause, number>>;

/** Exact self cost of one function: every instruction executed at an address that belongs to it. */
export interface FunctionCost {
  readonly name: string;
  /** Unsigned; that of the first byte. */
  readonly address: number;
  readonly cycles: number;
  readonly instructions: number;
  /** Times that control arrived at its first instruction from elsewhere. */
  readonly calls: number;
  readonly stalls: Stalls;
}

/** Cost of a function or layer from its call to its return, all that it calls and every interrupt included. */
export interface RegionCost {
  readonly name: string;
  readonly kind: "function" | "layer" | "measure";
  readonly calls: number;
  readonly cycles: number;
  readonly instructions: number;
  readonly timeMs: number;
  /** Multiply-accumulates of one call, when the workload file tells. */
  readonly macs?: number;
}

/** Exact cost of one instruction address, for listings and for tools that read per-line profiles. */
export interface AddressCost {
  readonly address: number;
  readonly size: 2 | 4;
  readonly executed: number;
  readonly cycles: number;
  readonly stalls: Stalls;
}

/** Events of the memory system and the pipeline; absent where the core has no such part. */
export interface EventCounters {
  readonly icacheMisses?: number;
  readonly dcacheMisses?: number;
  readonly artMisses?: number;
  readonly mispredicts?: number;
  readonly dualIssued?: number;
  /** Items that DMA has moved, and their bytes; absent until it moves one. */
  readonly dmaTransfers?: number;
  readonly dmaBytes?: number;
  /** Cycles that the core has waited because DMA held a memory or a peripheral bus. */
  readonly dmaWaits?: number;
}

/** How a run ended, in the words of the JSON report. */
export interface StopInfo {
  readonly reason: "exit" | "breakpoint" | "condition" | "fault" | "lockup" | "limit" | "interrupted";
  /** Of the process, see docs/cli.md. */
  readonly exitCode: number;
  /** One line for people: what happened and where. */
  readonly message: string;
  readonly pc: number;
  readonly symbol?: string;
}

/** Use of one region of the board's memory, in bytes. */
export interface RegionUse {
  readonly name: string;
  readonly used: number;
  readonly size: number;
}

export interface MemoryUse {
  readonly flash: {
    readonly code: number;
    readonly constants: number;
    readonly initialisedData: number;
    readonly used: number;
    readonly size: number;
  };
  readonly ram: {
    readonly data: number;
    readonly bss: number;
    /** Deepest main stack, exceptions included; process stacks of an RTOS are not counted. */
    readonly stackPeak?: number;
    /** Only where newlib's `_sbrk` leaves its symbols. */
    readonly heapPeak?: number;
    readonly used: number;
    readonly size: number;
  };
  readonly regions: readonly RegionUse[];
}

/** A fault that the firmware ran into; the first ones of a run are kept. */
export interface FaultInfo {
  /** The Arm ARM's name of its status bit, `PRECISERR`. */
  readonly kind: string;
  readonly cycle: number;
  readonly pc: number;
  readonly symbol?: string;
  /** What was accessed, where that is known. */
  readonly address?: number;
  /** One line for people. */
  readonly message: string;
}

/** What the firmware answered. */
export interface Classification {
  readonly label: string;
  readonly index: number;
  readonly score: number;
  /** By label, in order; absent when the answer was read from the console. */
  readonly scores?: Readonly<Record<string, number>>;
  readonly expected?: string;
  readonly ok?: boolean;
}

/** Everything that one run measured: what reports are made of. */
export interface RunResult {
  readonly stop: StopInfo;
  readonly cycles: number;
  readonly instructions: number;
  readonly timeMs: number;
  readonly stalls: Stalls;
  readonly counters: EventCounters;
  /** By cycles, highest first. */
  readonly functions: readonly FunctionCost[];
  readonly addresses: readonly AddressCost[];
  readonly regions: readonly RegionCost[];
  readonly memory: MemoryUse;
  /** Core clock at the end, and who set it. */
  readonly clockHz: number;
  readonly clockSource: "firmware" | "boot-max" | "option" | "reset";
  /** `cortex-m7/1`, … */
  readonly cycleModel: string;
  readonly faults: readonly FaultInfo[];
  /** Registers known but not modelled that were accessed, and other remarks, with how often. */
  readonly notices: readonly { readonly what: string; readonly times: number }[];
}
