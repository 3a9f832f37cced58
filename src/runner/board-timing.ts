import type { Board } from "../board/board.ts";
import type { ExceptionConfig } from "../core/exceptions-host.ts";
import type { DataTiming } from "../memory/bus.ts";
import type { MemoryMap } from "../memory/memory-map.ts";
import { exceptionConfig, type CacheOperation } from "../peripherals/cortex-m/config.ts";
import type { FlashControl } from "../peripherals/flash-control.ts";
import type { Clocks } from "../peripherals/peripheral.ts";
import { FLAT, FREE_DATA, FREE_FETCH } from "../timing/flat.ts";
import type { CoreTiming, FetchTiming } from "../timing/timing.ts";
import type { EventCounters } from "./counters.ts";
import { cortexMConfig } from "./cortex-m-config.ts";

/** The timing models of a board: pipeline, both sides of the memory system, exceptions. */
export interface BoardTiming {
  readonly core: CoreTiming;
  readonly data: DataTiming;
  readonly fetch: FetchTiming;
  readonly exceptions: ExceptionConfig;
  /** Cycles that the memory at `address` adds to one access of exception entry or return. */
  exceptionAccess(address: number, use: "stack" | "vector"): number;
  /** The flash controller whose settings decide about flash waits. */
  attachFlash(control: FlashControl): void;
  /** CCR.IC and CCR.DC as they are now. */
  cachesEnabled(instruction: boolean, data: boolean): void;
  cacheMaintenance(operation: CacheOperation, value: number): void;
  /** The MPU's regions or enables changed. */
  attributesChanged(): void;
  clocksChanged(clocks: Clocks): void;
  counters(): EventCounters;
}

export interface TimingSurroundings {
  readonly map: MemoryMap;
  readonly memory: WebAssembly.Memory;
  readonly now: () => number;
}

export function createTiming(board: Board, _around: TimingSurroundings): BoardTiming {
  return {
    core: FLAT,
    data: FREE_DATA,
    fetch: FREE_FETCH,
    exceptions: exceptionConfig(cortexMConfig(board)),
    exceptionAccess: () => 0,
    attachFlash: () => undefined,
    cachesEnabled: () => undefined,
    cacheMaintenance: () => undefined,
    attributesChanged: () => undefined,
    clocksChanged: () => undefined,
    counters: () => ({}),
  };
}
