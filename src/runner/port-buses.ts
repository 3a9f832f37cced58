import type { Board, PeripheralBus } from "../board/board.ts";
import { PERIPHERAL } from "../memory/memory-costs.ts";
import {
  ahbBus,
  apbBus,
  PeripheralPorts,
  type PortBus,
  type PortLatency,
  type PortRange,
} from "../memory/peripheral-ports.ts";

/** A Cortex-M4 reaches its bus matrix without a register stage: the pipeline's own cycles are all. */
const M4_LATENCY: PortLatency = { core: 0, bus: 0 };
const M7_LATENCY: PortLatency = { core: PERIPHERAL.ahbpCore.cycles, bus: PERIPHERAL.ahbpBus.cycles };

export const m4Ports = (board: Board): PeripheralPorts => new PeripheralPorts(portRanges(board), M4_LATENCY);
export const m7Ports = (board: Board): PeripheralPorts => new PeripheralPorts(portRanges(board), M7_LATENCY);

/** Registers whose clock says nothing of a bus: as on the AHB at the core's clock. */
const AT_CORE_CLOCK: PortBus = { name: "core", transferClocks: 1, readClocks: 0 };

function portRanges({ peripherals, peripheralBuses = [] }: Board): readonly PortRange[] {
  return peripherals.map(({ base, size, clock }) => {
    const listed = peripheralBuses.find(({ start, size: bytes }) => base >= start && base - start < bytes);
    return { base, size, bus: listed === undefined ? ownBus(clock) : listedBus(listed, clock) };
  });
}

/** The bus that a peripheral's clock names. */
function ownBus(clock: string | undefined): PortBus {
  if (clock?.startsWith("apb") === true) return apbBus(clock);
  return clock?.startsWith("ahb") === true ? ahbBus(clock) : AT_CORE_CLOCK;
}

function listedBus(listed: PeripheralBus, clock: string | undefined): PortBus {
  const latency = listed.latency === undefined ? {} : { latencyClocks: listed.latency.busCycles };
  const { transferClocks } = listed;
  if (transferClocks !== undefined) {
    const own = listed.hz ?? listed.clock;
    const clocks = { transferClocks, readClocks: transferClocks, ...latency };
    return { name: listed.name, ...(own === undefined ? {} : { clock: own }), ...clocks };
  }
  return { ...ownBus(clock ?? listed.clock), ...latency };
}
