import type { Scheduler } from "./scheduler.ts";

/** Size of one bus access in bytes. */
export type AccessSize = 1 | 2 | 4;

/** What the bus sees of a peripheral: a block of registers at a base address. */
export interface Peripheral {
  readonly name: string;
  /** First address, unsigned. */
  readonly base: number;
  /** Bytes of address space. */
  readonly size: number;
  /** Reads `size` bytes at `offset` from the base (already checked to lie inside), zero extended; undefined is a bus error. */
  read(offset: number, size: AccessSize): number | undefined;
  /** Writes; false is a bus error. */
  write(offset: number, size: AccessSize, value: number): boolean;
  /** The read has no effect, and gives the same until the next event, write, or read that is not steady. */
  isSteady?(offset: number, size: AccessSize): boolean;
  /** Back to the power-on state. */
  reset(): void;
  /** Plain data that restores the peripheral's registers; counters are relative to the cycle of the snapshot. */
  save?(): unknown;
  restore?(saved: unknown): void;
}

/** Clock domains of a part in Hz, as its clock controller stands now; a change is announced to all who depend on it. */
export interface Clocks {
  /** Core clock (HCLK or its divided form): one cycle of `Scheduler`. */
  readonly coreHz: number;
  /** Frequency of a named domain: `ahb1`, `apb1`, `apb1-timer`, `usart3-kernel`, …; throws InternalError when unknown. */
  hz(domain: string): number;
  /** Calls `listener` after every change of any domain. */
  onChange(listener: () => void): void;
}

/** What a peripheral is given: never the machine. */
export interface PeripheralContext {
  readonly scheduler: Scheduler;
  readonly clocks: Clocks;
  /** Drives an interrupt line of the NVIC, by external interrupt number (0 = first after the system exceptions). */
  readonly setIrq: (irq: number, level: boolean) => void;
  /** Tells the report that a register is known but not modelled; repeated tellings are counted. */
  readonly unmodelled: (peripheral: string, register: string, access: "read" | "write") => void;
  /** Tells the report what silicon bears in silence: an access without its clock, a write to locked flash. */
  readonly notice?: (peripheral: string, text: string) => void;
  /** Bus access for DMA; undefined and false are bus errors. */
  readonly bus: {
    read(address: number, size: AccessSize): number | undefined;
    write(address: number, size: AccessSize, value: number): boolean;
  };
}
