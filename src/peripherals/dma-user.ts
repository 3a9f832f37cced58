import type { Peripheral } from "./peripheral.ts";

/**
 * Asks a DMA controller to move one datum, from or to the register at `offset`; the peripheral's only one when absent.
 */
export type DmaRequest = (direction: "transmit" | "receive", offset?: number) => void;

/** A peripheral whose data DMA controllers move. */
export interface DmaUser extends Peripheral {
  /** Set by whoever models DMA. */
  onDmaRequest: DmaRequest | undefined;
  /** Asks again for what still waits: a channel has been switched on. */
  repeatDmaRequests(): void;
}

export const isDmaUser = (peripheral: Peripheral): peripheral is DmaUser => "repeatDmaRequests" in peripheral;
