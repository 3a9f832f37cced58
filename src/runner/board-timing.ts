import type { Board } from "../board/board.ts";
import type { ExceptionConfig } from "../core/exceptions-host.ts";
import type { DataTiming } from "../memory/bus.ts";
import type { DmaTraffic } from "../memory/dma-traffic.ts";
import { MODEL_AREA } from "../memory/model-area.ts";
import type { MemoryPolicy } from "../memory/m7-memory.ts";
import type { MemoryMap } from "../memory/memory-map.ts";
import type { Region } from "../memory/region.ts";
import { exceptionConfig, type CacheOperation } from "../peripherals/cortex-m/config.ts";
import type { FlashControl } from "../peripherals/flash-control.ts";
import type { Clocks } from "../peripherals/peripheral.ts";
import { cortexM4 } from "../timing/cortex-m4.ts";
import { m7CostTables } from "../timing/cortex-m7-costs.ts";
import { cortexM7, m7Predictor } from "../timing/cortex-m7.ts";
import type { CostOverrides } from "../timing/cost.ts";
import { FLAT, FREE_DATA, FREE_FETCH } from "../timing/flat.ts";
import { predictorWords } from "../timing/branch-predictor.ts";
import type { CoreTiming, FetchTiming } from "../timing/timing.ts";
import type { EventCounters } from "./counters.ts";
import { checkOverrides, memoryCosts } from "./cost-overrides.ts";
import { cortexMConfig } from "./cortex-m-config.ts";
import { m4Memory, m7Memory, type MemoryModels } from "./memory-models.ts";

/** The timing models of a board: pipeline, both sides of the memory system, exceptions. */
export interface BoardTiming {
  readonly core: CoreTiming;
  readonly data: DataTiming;
  readonly fetch: FetchTiming;
  /** What DMA masters tell of their accesses. */
  readonly dma: DmaTraffic;
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
  /** The state of the memory models; see `MemoryModels`. */
  save(): unknown;
  restore(saved: unknown): void;
}

export interface TimingSurroundings {
  readonly map: MemoryMap;
  readonly memory: WebAssembly.Memory;
  readonly now: () => number;
  /** How the core treats memory at an address, by the default map or the MPU. */
  readonly attributes: (address: number) => MemoryPolicy;
  /** Ends the block being executed behind the present instruction: what the next ones find is no longer what it was. */
  readonly endBlock: () => void;
  /** Another bus master has begun to use a memory: accesses to it have to ask whether they wait. */
  readonly memoryHeld: (region: Region) => void;
}

/** No model of the core or its memory: one cycle an instruction. */
export const flatTiming = (timing: BoardTiming): BoardTiming => ({
  ...timing,
  core: FLAT,
  data: FREE_DATA,
  fetch: FREE_FETCH,
  exceptionAccess: () => 0,
});

/** @param overrides numbers of the models to replace, for those who fit them */
export function createTiming(
  board: Board,
  around: TimingSurroundings,
  overrides: CostOverrides = {},
): BoardTiming {
  const isM7 = board.core.type === "cortex-m7";
  checkOverrides(board.core.type, overrides);
  const costs = memoryCosts(overrides);
  const models = isM7 ? m7Memory(board, around, costs) : m4Memory(board, around, costs);
  const { data, fetch } = models;
  const changing =
    <A extends readonly unknown[]>(change: (...of: A) => void) =>
    (...of: A): void => {
      change(...of);
      around.endBlock();
    };
  return {
    core: isM7 ? m7Core(around.memory, overrides) : cortexM4(overrides),
    data,
    fetch,
    dma: models.dma,
    exceptions: exceptionConfig(cortexMConfig(board)),
    exceptionAccess: (address, use) => exceptionAccess(models, around, isM7, address, use),
    attachFlash(control) {
      models.flashChanged(control);
      control.onChange(changing(() => models.flashChanged(control)));
      control.onCacheReset(changing((which) => models.flashBuffersEmptied(which)));
    },
    cachesEnabled: changing((instruction, dataCache) => models.cachesEnabled(instruction, dataCache)),
    cacheMaintenance: changing((operation, value) => models.cacheMaintenance(operation, value)),
    attributesChanged: changing(() => models.attributesChanged()),
    clocksChanged: changing((clocks) => models.clocksChanged(clocks)),
    counters: () => models.counters(),
    save: () => models.save(),
    restore: (saved) => models.restore(saved),
  };
}

function m7Core(memory: WebAssembly.Memory, overrides: CostOverrides): CoreTiming {
  const words = predictorWords(m7Predictor(m7CostTables(overrides)));
  return cortexM7(new Int32Array(memory.buffer, MODEL_AREA.predictor, words), overrides);
}

/**
 * A Cortex-M4 reads vectors over I-Code when the table lies below 0x2000_0000, and so through the instruction buffers
 * of the flash; a Cortex-M7 reads them as data. @source Arm KB 103489845 "true interrupt latency of Cortex-M3/M4"
 */
function exceptionAccess(
  { data, fetch }: MemoryModels,
  { map, now }: TimingSurroundings,
  isM7: boolean,
  address: number,
  use: "stack" | "vector",
): number {
  const a = address >>> 0;
  const region = map.find(a);
  if (region === undefined || data.isFree(region, use === "stack")) return 0;
  if (use === "vector" && !isM7) return fetch.fetch(a, now());
  return data.read(region, a, 4);
}
