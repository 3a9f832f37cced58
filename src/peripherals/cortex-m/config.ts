import { EXCEPTION_TIMING, type ExceptionConfig } from "../../core/exceptions-host.ts";
import { CCR } from "../../core/exceptions-registers.ts";
import type { Area } from "./mpu.ts";

/** What a part's designer chose for its core. */
export interface CortexMConfig {
  readonly core: "cortex-m4" | "cortex-m7";
  /** CPUID; by default that of r0p1. */
  readonly cpuid?: number;
  readonly fpu: "none" | "fpv4-sp-d16" | "fpv5-sp-d16" | "fpv5-d16";
  /** External interrupt lines, up to 240. */
  readonly irqCount: number;
  /** Implemented priority bits, 3 to 8. */
  readonly priorityBits: number;
  readonly mpuRegions: 0 | 8 | 16;
  /** Bytes; 0 without. */
  readonly icacheBytes: number;
  readonly dcacheBytes: number;
  readonly itcmBytes: number;
  readonly dtcmBytes: number;
  /** VTOR after reset. */
  readonly vectorTable: number;
  /** SysTick's reference clock: the core clock divided (STM32: by 8) or a fixed frequency; none when absent. */
  readonly sysTickReference?: { readonly divider: number } | { readonly hz: number };
  /** SYST_CALIB; by default only its NOREF bit is given. */
  readonly sysTickCalibration?: number;
  /** DHCSR.C_DEBUGEN, which only a debugger sets. */
  readonly debuggerAttached?: boolean;
  /** Starts with trace and ITM port 0 enabled, as a debugger that shows SWO output leaves them. */
  readonly traceViewer?: boolean;
}

/** Totals since reset behind DWT's 8-bit counters, in cycles; FOLDCNT in instructions. */
export interface ProfileCounts {
  readonly cpi: number;
  readonly exception: number;
  readonly sleep: number;
  readonly lsu: number;
  readonly fold: number;
}

/** Cache maintenance operations, by register name. */
export type CacheOperation =
  | "ICIALLU"
  | "ICIMVAU"
  | "DCIMVAC"
  | "DCISW"
  | "DCCMVAU"
  | "DCCMVAC"
  | "DCCSW"
  | "DCCIMVAC"
  | "DCCISW"
  | "BPIALL";

/** What the system registers tell the machine. */
export interface CortexMHooks {
  /** AIRCR.SYSRESETREQ or VECTRESET was written. */
  resetRequested(): void;
  /** `value` is the address, or set and way, that was written. */
  cacheMaintenance(operation: CacheOperation, value: number): void;
  /** CCR.IC or CCR.DC changed. */
  cachesEnabled(instruction: boolean, data: boolean): void;
  /** Permissions or attributes of memory may have changed. */
  mpuChanged(areas: readonly Area[]): void;
  /** A byte, halfword or word was written to ITM stimulus port 0; one call a byte. */
  consoleByte(byte: number): void;
  profileCounts(): ProfileCounts;
}

/** The part of the configuration that the exception model needs. */
export function exceptionConfig(config: CortexMConfig): ExceptionConfig {
  const isM7 = config.core === "cortex-m7";
  return {
    irqCount: config.irqCount,
    priorityBits: config.priorityBits,
    hasFPU: config.fpu !== "none",
    resetCCR: CCR.STKALIGN | (isM7 ? CCR.BP : 0),
    resetVTOR: config.vectorTable,
    timing: EXCEPTION_TIMING[config.core],
  };
}
