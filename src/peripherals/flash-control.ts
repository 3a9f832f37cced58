import type { AccessSize, Peripheral } from "./peripheral.ts";

/** What the timing model follows of a flash controller. */
export interface FlashControl {
  /** Waits of one read, in clocks of the flash, as the firmware has set them. */
  readonly waitStates: number;
  readonly prefetch: boolean;
  /** Line buffers before the instruction bus (F4, L4). */
  readonly instructionCache: boolean;
  /** Line buffers before the data bus (F4, L4). */
  readonly dataCache: boolean;
  /** Accelerator of F7's ITCM port. */
  readonly art: boolean;
  /**
   * Cycle until which an erase or program keeps reads waiting; in the past when idle. On parts with two banks it counts
   * what is done to the first one, where code lies: a bank can be read while the other is written.
   * Not modelled: waits of code that runs from the second bank.
   */
  readonly busyUntil: number;
  /** Calls `listener` after a change of any setting above but `busyUntil`. */
  onChange(listener: () => void): void;
  /** Calls `listener` when the firmware empties line buffers. */
  onCacheReset(listener: (which: "instruction" | "data" | "art") => void): void;
}

/** A flash controller as the bus sees it, beside its registers. */
export interface FlashController extends Peripheral, FlashControl {
  /**
   * A store to the flash itself, at the address of the array (not of an alias). The controller programs the memory or
   * sets its error flags. False is a bus error.
   */
  programWrite(address: number, size: AccessSize, value: number): boolean;
}

/** True for a peripheral that controls the part's flash. */
export const isFlashController = (peripheral: Peripheral): peripheral is FlashController =>
  "programWrite" in peripheral;
