import type { FlashArray } from "./flash-array.ts";
import type { MemoryMap } from "./memory-map.ts";
import type { PeripheralPorts } from "./peripheral-ports.ts";
import type { Region } from "./region.ts";
import type { RepeatedHold, SlaveHolds } from "./slave-holds.ts";

/** Accesses of one DMA channel in a steady rhythm, in core cycles. */
export type AccessRhythm = Pick<RepeatedHold, "first" | "period" | "times">;

interface SavedTraffic {
  readonly transfers: number;
  readonly bytes: number;
}

/** What DMA masters move, for the report, and the slaves that they keep from the core meanwhile. */
export class DmaTraffic {
  #transfers = 0;
  #bytes = 0;
  readonly #map: MemoryMap;
  readonly #holds: SlaveHolds;
  readonly #ports: PeripheralPorts;
  readonly #array: FlashArray | undefined;
  readonly #cycles: (region: Region) => number;
  readonly #now: () => number;
  readonly #onHold: (region: Region) => void;

  constructor(options: {
    map: MemoryMap;
    holds: SlaveHolds;
    ports: PeripheralPorts;
    array: FlashArray | undefined;
    /** Core cycles that one access keeps the memory busy; 0 where the core never waits for it. */
    cycles: (region: Region) => number;
    now: () => number;
    /** Told that accesses of the core to a memory may have to wait from now on. */
    onHold: (region: Region) => void;
  }) {
    this.#map = options.map;
    this.#holds = options.holds;
    this.#ports = options.ports;
    this.#array = options.array;
    this.#cycles = options.cycles;
    this.#now = options.now;
    this.#onHold = options.onHold;
  }

  /** An item of so many bytes has been moved. */
  moved(bytes: number): void {
    this.#transfers++;
    this.#bytes += bytes;
  }
  /** One access to the memory or the register at `address`, now. */
  access(address: number): void {
    const region = this.#map.find(address);
    const now = this.#now();
    if (region === undefined) this.#ports.hold(address, now);
    else if (region.config.waitStates === "flash") this.#readFlash(now);
    else {
      const cycles = this.#cycles(region);
      if (cycles === 0) return;
      this.#holds.hold(region, now, cycles);
      this.#onHold(region);
    }
  }
  /** Accesses of `owner` to the memory at `address` that go on by themselves; flash is taken for the first alone. */
  accessRepeatedly(owner: string, address: number, rhythm: AccessRhythm): void {
    const region = this.#map.find(address);
    if (region === undefined || region.config.waitStates === "flash") {
      this.access(address);
      return;
    }
    const width = Math.min(this.#cycles(region), rhythm.period - 1);
    if (width <= 0) return;
    this.#holds.holdRepeatedly(owner, region, { ...rhythm, width });
    this.#onHold(region);
  }
  /** `owner` makes no more of the accesses that it has told of. */
  stopped(owner: string): void {
    this.#holds.release(owner);
  }

  /** Counts for the report; empty until something has been moved. */
  counters(): { dmaTransfers?: number; dmaBytes?: number; dmaWaits?: number } {
    if (this.#transfers === 0) return {};
    const dmaWaits = this.#holds.waited + this.#ports.waited;
    return { dmaTransfers: this.#transfers, dmaBytes: this.#bytes, dmaWaits };
  }

  save(): SavedTraffic {
    return { transfers: this.#transfers, bytes: this.#bytes };
  }
  restore({ transfers, bytes }: SavedTraffic): void {
    this.#transfers = transfers;
    this.#bytes = bytes;
  }

  #readFlash(now: number): void {
    if (this.#array?.isFree === false) this.#array.read(now);
  }
}
