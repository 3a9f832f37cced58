import { PERIPHERAL } from "./memory-costs.ts";

/** How a bus in front of registers behaves. */
export interface PortBus {
  /** Those of the same name wait for each other. */
  readonly name: string;
  /** Clock domain of one transfer, or its frequency where nothing divides it; absent: the core's clock. */
  readonly clock?: string | number;
  /** Clocks that a transfer keeps the bus busy. */
  readonly transferClocks: number;
  /** Clocks of them that a read waits: those that the core's own table does not have. */
  readonly readClocks: number;
  /** Clocks of the processor's bus that a read takes on its way; absent: what the core's port takes. */
  readonly latencyClocks?: number;
}

/** Registers from `base` on, `size` bytes. Those of the core itself are in none, and cost nothing. */
export interface PortRange {
  readonly base: number;
  readonly size: number;
  readonly bus: PortBus;
}

/** The core's way to its peripheral buses: `core` cycles, and `bus` clocks of the bus matrix. */
export interface PortLatency {
  readonly core: number;
  readonly bus: number;
}

/** An APB behind its bridge, in the clock domain of that name. */
export const apbBus = (clock: string): PortBus => ({
  name: clock,
  clock,
  transferClocks: PERIPHERAL.apbTransfer.cycles,
  readClocks: PERIPHERAL.apbTransfer.cycles,
});
/** Registers on the AHB itself: a Cortex-M4 has its one wait state in its own table. */
export const ahbBus = (clock: string): PortBus => ({
  name: clock,
  clock,
  transferClocks: PERIPHERAL.ahbTransfer.cycles,
  readClocks: 0,
});

/** Frequencies that transfers depend on. */
export interface PortClocks {
  /** Core clocks to one of a domain. */
  domain(name: string): number;
  /** Core clocks to one of a clock of so many Hz. */
  fixed(hz: number): number;
  /** Core clocks to one of the bus matrix. */
  readonly matrix: number;
}

interface SavedPorts {
  readonly clocks: PortClocks;
  readonly coreDone: readonly (readonly [string, number])[];
  readonly othersDone: readonly (readonly [string, number])[];
  readonly waited: number;
}

/** Cycles of a read by the core, and for which one transfer keeps the bus. */
interface BusCosts {
  readonly read: number;
  readonly transfer: number;
}

/**
 * What registers on a peripheral bus cost: a read waits for its transfer, a write only for the one before it. The bridge
 * gives another bus master its turn after each transfer.
 * @source AN5593 "AHB-to-APB bridges": round robin, one transfer each
 */
export class PeripheralPorts {
  /** Cycles that the core has waited for other bus masters. */
  waited = 0;
  readonly #ranges: readonly PortRange[];
  readonly #latency: PortLatency;
  /** What accesses cost at the clocks of now. */
  readonly #costs = new Map<PortBus, BusCosts>();
  #clocks: PortClocks = { domain: () => 1, fixed: () => 1, matrix: 1 };
  /** When the last write of the core on each bus is done, and the last transfer of other masters. */
  readonly #coreDone = new Map<string, number>();
  readonly #othersDone = new Map<string, number>();
  #lastRange: PortRange | undefined;

  constructor(ranges: readonly PortRange[], latency: PortLatency) {
    this.#ranges = ranges;
    this.#latency = latency;
  }

  setClocks(clocks: PortClocks): void {
    this.#clocks = clocks;
    this.#costs.clear();
  }

  save(): SavedPorts {
    const { waited } = this;
    return {
      clocks: this.#clocks,
      coreDone: [...this.#coreDone],
      othersDone: [...this.#othersDone],
      waited,
    };
  }
  restore(saved: SavedPorts): void {
    this.setClocks(saved.clocks);
    this.waited = saved.waited;
    this.#coreDone.clear();
    this.#othersDone.clear();
    for (const [bus, cycle] of saved.coreDone) this.#coreDone.set(bus, cycle);
    for (const [bus, cycle] of saved.othersDone) this.#othersDone.set(bus, cycle);
  }

  /** Stall of an access of the core at `now`; `transfers` 2 for one that reads and writes back, as a bit-band store does. */
  access(address: number, write: boolean, now: number, transfers = 1): number {
    const bus = this.#busAt(address);
    if (bus === undefined) return 0;
    const done = Math.max(now, this.#coreDone.get(bus.name) ?? 0);
    const free = Math.max(done, this.#othersDone.get(bus.name) ?? 0);
    this.waited += free - done;
    const { read, transfer } = this.#costsOf(bus);
    if (!write) return free - now + read;
    this.#coreDone.set(bus.name, free + transfers * transfer);
    return free - now;
  }
  /** Stall of every read of the core from `now` on, unless an access before it still keeps the bus. */
  quietRead(address: number, now: number): number | undefined {
    const bus = this.#busAt(address);
    if (bus === undefined) return 0;
    const done = Math.max(this.#coreDone.get(bus.name) ?? 0, this.#othersDone.get(bus.name) ?? 0);
    return done > now ? undefined : this.#costsOf(bus).read;
  }
  /** Another bus master makes a transfer at `now`, or when those before it are done. */
  hold(address: number, now: number): void {
    const bus = this.#busAt(address);
    if (bus === undefined) return;
    const start = Math.max(now, this.#othersDone.get(bus.name) ?? 0);
    this.#othersDone.set(bus.name, start + this.#costsOf(bus).transfer);
  }

  #costsOf(bus: PortBus): BusCosts {
    let costs = this.#costs.get(bus);
    if (costs === undefined) {
      const read = this.#latencyOf(bus) + this.#cycles(bus, bus.readClocks);
      costs = { read, transfer: this.#cycles(bus, bus.transferClocks) };
      this.#costs.set(bus, costs);
    }
    return costs;
  }
  #busAt(address: number): PortBus | undefined {
    // Firmware that polls comes back to the same bus.
    const last = this.#lastRange;
    if (last !== undefined && isIn(last, address)) return last.bus;
    const range = this.#ranges.find((r) => isIn(r, address));
    if (range !== undefined) this.#lastRange = range;
    return range?.bus;
  }
  #cycles({ clock }: PortBus, clocks: number): number {
    if (clock === undefined) return clocks;
    const ratio = typeof clock === "number" ? this.#clocks.fixed(clock) : this.#clocks.domain(clock);
    return Math.ceil(clocks * ratio);
  }
  #latencyOf({ latencyClocks }: PortBus): number {
    const { matrix } = this.#clocks;
    if (latencyClocks !== undefined) return Math.ceil(latencyClocks * matrix);
    return this.#latency.core + Math.ceil(this.#latency.bus * matrix);
  }
}

const isIn = ({ base, size }: PortRange, address: number): boolean =>
  address >= base && address - base < size;
