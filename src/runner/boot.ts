import type { Accelerator } from "../board/board.ts";
import { UsageError } from "../errors.ts";
import type { Machine } from "./machine.ts";

/** How a run begins: `reset` as the silicon does, `max` as after a boot loader that has set everything for speed. */
export type Boot = "reset" | "max";

const CCR = 0xe000_ed14;
const CCR_CACHES = (1 << 16) | (1 << 17); // DC, IC
const PREFETCH = 1 << 8;
const CACHES = (1 << 9) | (1 << 10);
/** @source nRF52840 Product Specification, "NVMC": ICACHECNF.CACHEEN */
const NVMC_ICACHECNF = 0x540;

/**
 * The clocks, wait states and caches of the board at its top speed, as `--boot max` promises. The registers of the
 * clock controller keep their reset values: firmware that sets clocks itself starts from there.
 */
export function bootAtTopSpeed(machine: Machine): void {
  const { board, parts, bus } = machine;
  const { coreHz, waitStates, dividers } = board.clocks.max;
  const buses = new Set(board.peripherals.map((p) => p.clock ?? "core").filter((name) => name !== "fixed"));
  buses.add("core");
  const control = parts.flashController;
  if (control !== undefined && board.flash !== undefined) {
    const [offset, value] = flashSetting(board.flash.accelerator, waitStates);
    bus.poke(control.base + offset, 4, value);
  }
  parts.clocks.preset(
    Object.fromEntries(
      [...buses].map((name) => [name, coreHz / (dividers[name as keyof typeof dividers] ?? 1)]),
    ),
  );
  if (board.core.icache !== undefined) bus.poke(CCR, 4, ((bus.peek(CCR, 4) ?? 0) | CCR_CACHES) >>> 0);
  machine.clockSource = "boot-max";
}

/** Register offset and value that give these wait states with everything on. */
function flashSetting(accelerator: Accelerator, waitStates: number): readonly [number, number] {
  switch (accelerator.kind) {
    case "st-art-f7": // ARTEN stands where F4 has ICEN; what F4 has at DCEN is reserved
      return [0, waitStates | PREFETCH | (1 << 9)];
    case "st-art-f4":
    case "st-l4":
      return [0, waitStates | PREFETCH | CACHES];
    case "nrf-icache":
      return [NVMC_ICACHECNF, 1];
    default: // STM32H7: LATENCY and WRHIGHFREQ, both of which the reference manual ties to the clock
      return [0, waitStates | (Math.min(waitStates, 3) << 4)];
  }
}

/** Holds the core clock at `hz`, whatever the firmware sets. Throws UsageError for a clock that no core has. */
export function pinClock(machine: Machine, hz: number): void {
  if (!(hz > 0)) throw new UsageError(`--clock ${hz}: a clock is more than 0 Hz`);
  machine.clockSource = "option";
  machine.parts.clocks.pin(hz);
}
