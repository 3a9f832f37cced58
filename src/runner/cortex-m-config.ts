import type { Board } from "../board/board.ts";
import { UnsupportedError } from "../errors.ts";
import type { CortexMConfig } from "../peripherals/cortex-m/config.ts";

/** SysTick's external reference on STM32: the core clock divided. @source RM0090, "SysTick calibration value register" */
const SYSTICK_REFERENCE_DIVIDER = 8;

/** On i.MX RT the 24 MHz crystal divided by 240. @source PJRC's start-up code, measured there */
const RT_SYSTICK_REFERENCE_HZ = 100_000;

/** The core's configuration from the board file. */
export function cortexMConfig(board: Board): CortexMConfig {
  const { core, regions } = board;
  const bytesOn = (bus: "itcm" | "dtcm"): number =>
    regions.filter((r) => r.bus === bus && r.kind === "ram").reduce((sum, r) => sum + r.size, 0);
  const { mpuRegions } = core;
  if (mpuRegions !== 0 && mpuRegions !== 8 && mpuRegions !== 16) {
    throw new UnsupportedError(`board ${board.id}: an MPU has 0, 8 or 16 regions, not ${mpuRegions}`);
  }
  return {
    core: core.type,
    fpu: core.fpu,
    irqCount: core.irqs,
    priorityBits: core.priorityBits,
    mpuRegions,
    icacheBytes: core.icache?.bytes ?? 0,
    dcacheBytes: core.dcache?.bytes ?? 0,
    itcmBytes: bytesOn("itcm"),
    dtcmBytes: bytesOn("dtcm"),
    vectorTable: board.vectorTable ?? 0,
    ...(board.mcu.startsWith("STM32") ? { sysTickReference: { divider: SYSTICK_REFERENCE_DIVIDER } } : {}),
    ...(board.mcu.startsWith("MIMXRT10") ? { sysTickReference: { hz: RT_SYSTICK_REFERENCE_HZ } } : {}),
    debuggerAttached: true,
    traceViewer: true,
  };
}
