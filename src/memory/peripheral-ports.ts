import { PERIPHERAL } from "./memory-costs.ts";

/** Registers that share a bus: from `base` on, `size` bytes, in the clock domain `clock`. */
export interface PortRange {
  readonly base: number;
  readonly size: number;
  readonly clock: string | undefined;
}

const isApb = (clock: string | undefined): boolean => clock?.startsWith("apb") === true;

/** What registers on a peripheral bus cost: a read waits for its transfer, a write only for the one before it. */
export class PeripheralPorts {
  readonly #ranges: readonly PortRange[];
  readonly #latency: number;
  /** Core clocks to one of the domain. */
  #ratio: (domain: string) => number = () => 1;
  /** When the last write on each bus is done. */
  readonly #writeDone = new Map<string, number>();

  /** @param latency core cycles of a read before and behind the bus itself */
  constructor(ranges: readonly PortRange[], latency: number) {
    this.#ranges = ranges;
    this.#latency = latency;
  }

  setRatios(ratio: (domain: string) => number): void {
    this.#ratio = ratio;
  }

  save(): { ratio: (domain: string) => number; writeDone: readonly (readonly [string, number])[] } {
    return { ratio: this.#ratio, writeDone: [...this.#writeDone] };
  }
  restore(saved: ReturnType<PeripheralPorts["save"]>): void {
    this.#ratio = saved.ratio;
    this.#writeDone.clear();
    for (const [clock, cycle] of saved.writeDone) this.#writeDone.set(clock, cycle);
  }

  /** Stall of an access at `now`. The core's own registers and those on the AHB of a Cortex-M4 cost nothing. */
  access(address: number, write: boolean, now: number): number {
    const range = this.#ranges.find((r) => address >= r.base && address - r.base < r.size);
    if (range === undefined) return 0;
    const latency = write ? 0 : this.#latency;
    if (range.clock === undefined || !isApb(range.clock)) return latency;
    const transfer = Math.ceil(PERIPHERAL.apbTransfer.cycles * this.#ratio(range.clock));
    const waiting = Math.max(0, (this.#writeDone.get(range.clock) ?? 0) - now);
    if (!write) return waiting + latency + transfer;
    this.#writeDone.set(range.clock, now + waiting + transfer);
    return waiting;
  }
}
