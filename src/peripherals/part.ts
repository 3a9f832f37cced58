import type { ClockTree } from "./clock-tree.ts";
import type { PeripheralContext } from "./peripheral.ts";

/** A peripheral of a part, as a board file describes it. */
export interface PeripheralConfig {
  /** The reference manual's name, `USART3`. */
  readonly name: string;
  /** Which register layout stands there, `stm32-usart`. */
  readonly type: string;
  readonly base: number;
  readonly size: number;
  /** Interrupt lines by role: `global`, or `up`, `cc`, `rx`, `tx`, … */
  readonly irqs: Readonly<Record<string, number>>;
  /** Domain of the bus clock it runs from. */
  readonly clock?: string;
  readonly params: Readonly<Record<string, number>>;
}

/** Oscillators of the part and its board, Hz. */
export interface Oscillators {
  readonly hse?: number;
  /** The external clock is a signal, not a crystal: ready at once. */
  readonly hseBypass?: boolean;
  readonly lse?: number;
  readonly lsi?: number;
  /** Internal ones by name (`hsi`, `msi`, `csi`, `hsi48`) where they differ from the family's. */
  readonly internal?: Readonly<Record<string, number>>;
}

/** Erase units of the flash from the lowest address up. */
export interface FlashSectors {
  readonly count: number;
  readonly size: number;
}

/** The array behind a flash controller. Offsets are from `base`. */
export interface FlashMemory {
  /** First address, unsigned. */
  readonly base: number;
  readonly size: number;
  readonly sectors: readonly FlashSectors[];
  read(offset: number, size: 1 | 2 | 4): number;
  /** Puts `value` there: the controller has already worked out what the cells then hold. */
  program(offset: number, size: 1 | 2 | 4, value: number): void;
  /** Sets `length` bytes to 0xFF. */
  erase(offset: number, length: number): void;
}

/** What a peripheral of a part is given beside the bus, the clock and the interrupt lines. */
export interface PartContext extends PeripheralContext {
  readonly clocks: ClockTree;
  /** Part number, `STM32F746ZGT6`: what the layouts of one family differ by. */
  readonly mcu: string;
  readonly oscillators: Oscillators;
  /** Absent on parts that run from RAM. */
  readonly flash?: FlashMemory;
  /** Asks for a system reset before the next instruction: a watchdog has run out. */
  readonly requestReset?: () => void;
  /** Follows the traffic of bus masters; absent where nobody does. */
  readonly dma?: DmaListener;
}

/** Who counts what DMA moves, and lets the core wait for it. Cycles are the core's. */
export interface DmaListener {
  /** An item of so many bytes has been moved. */
  moved(bytes: number): void;
  /** A controller that takes turns with the core makes one access to the memory or register at `address`, now. */
  access(address: number): void;
  /** Accesses that go on by themselves: `times`, one each `period` cycles, the first at cycle `first`. */
  accessRepeatedly(
    owner: string,
    address: number,
    rhythm: { readonly first: number; readonly period: number; readonly times: number },
  ): void;
  /** What `owner` told of goes on no longer. */
  stopped(owner: string): void;
}

/** Puts an oscillator's frequency: the board's own figure, or the family's nominal one. */
export const internalHz = (oscillators: Oscillators, name: string, nominal: number): number =>
  oscillators.internal?.[name] ?? nominal;
