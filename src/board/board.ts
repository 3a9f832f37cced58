/**
 * What a board is, as the simulator reads it. One JSON file a board in `boards/`, checked by `schema.ts`.
 * Addresses are unsigned, sizes are bytes, frequencies are Hz, waits are cycles of the clock named.
 */
import type { Peripheral } from "./peripheral-type.ts";

/** How far a figure is to be trusted: `high` read in a primary source, `medium` recalled or by proxy, `low` estimated. */
export type Confidence = "high" | "medium" | "low";

/** One board: the MCU, the memory map, clocks and peripherals that firmware sees. */
export interface Board {
  /** Canonical id, `nucleo-f746zg`. */
  readonly id: string;
  readonly name: string;
  /** Other names that `--board` accepts: part numbers, Zephyr and PlatformIO ids. Unique over all boards. */
  readonly aliases: readonly string[];
  /** MCU part number, `STM32F746ZGT6`. */
  readonly mcu: string;
  /** Documents from which the figures come. */
  readonly sources: readonly string[];
  readonly core: Core;
  /**
   * Where SP and PC are loaded from at reset, VTOR's first value: what the boot pins and option bytes of a new
   * board select. Absent when a boot ROM looks for the image (i.MX RT); then the image's own entry counts.
   */
  readonly vectorTable?: number;
  /** Ordered by start address; none overlap. */
  readonly regions: readonly Region[];
  /** Absent on a board that runs from RAM alone (mps2). */
  readonly flash?: Flash;
  readonly clocks: Clocks;
  /** Ordered by base address. */
  readonly peripherals: readonly Peripheral[];
  /** Buses in front of registers that do not follow from each peripheral's clock: those of `apb…` and `ahb…` do. */
  readonly peripheralBuses?: readonly PeripheralBus[];
  /** Name of the UART that is the board's virtual COM port, when there is one. */
  readonly console?: string;
  readonly power?: Power;
}

export type CoreType = "cortex-m4" | "cortex-m7";
export type FpuType = "none" | "fpv4-sp-d16" | "fpv5-sp-d16" | "fpv5-d16";

/** The processor as its implementer configured it. */
export interface Core {
  readonly type: CoreType;
  readonly fpu: FpuType;
  /** 0, 8 or 16. */
  readonly mpuRegions: number;
  /** External interrupt lines of the part; IRQ numbers are below it. */
  readonly irqs: number;
  /** Implemented bits of a priority field, 2 to 8. */
  readonly priorityBits: number;
  /** Bit-band regions at 0x2000_0000 and 0x4000_0000; a Cortex-M4 option. */
  readonly bitBand: boolean;
  /** L1 caches, off after reset; Cortex-M7 only. */
  readonly icache?: CacheGeometry;
  readonly dcache?: CacheGeometry;
}

export interface CacheGeometry {
  readonly bytes: number;
  readonly ways: number;
  readonly lineBytes: number;
}

/** What a region keeps: `ram` is written by stores, `flash` by its controller only, `rom` never. */
export type RegionKind = "ram" | "flash" | "rom";

/**
 * The path from the core to a region.
 *
 * - `itcm`: M7 instruction TCM port, 64 bits wide, not cached (on F7 the ART flash alias hangs here as well)
 * - `dtcm`: M7 data TCM ports, two of 32 bits, not cached
 * - `axi`: M7 AXIM to a 64-bit memory on the AXI matrix; L1-cacheable
 * - `ahb`: M7 AXIM through a bridge to a 32-bit AHB memory; L1-cacheable
 * - `ahbp`: M7 AHB peripheral port; not cached, not speculated
 * - `icode-dcode`: M4 code buses, fetched through I-Code, read through D-Code
 * - `dcode`: M4 D-Code alone: data, no fetch (core-coupled memory of F4)
 * - `system`: M4 System bus, for fetches too
 * - `external`: a memory controller off the chip (FMC, QUADSPI, FlexSPI), on AXI for M7, on the system bus for M4
 */
export type Bus = "itcm" | "dtcm" | "axi" | "ahb" | "ahbp" | "icode-dcode" | "dcode" | "system" | "external";

/** A range of memory. Peripheral registers are not regions. */
export interface Region {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly kind: RegionKind;
  readonly bus: Bus;
  readonly executable: boolean;
  /**
   * Bus clocks that one access waits; `flash`: as the flash controller is set (`Board.flash`);
   * `external`: as the memory controller and the chip behind it need (`latency`, when known).
   */
  readonly waitStates: number | "flash" | "external";
  /** Core clocks to one clock of this region's bus at `clocks.max`; 1 when absent. */
  readonly clockRatio?: number;
  /** Way from the core to the memory and back, beside the wait states; a TCM has none. */
  readonly latency?: Latency;
  /** How an external memory goes on behind the first word. */
  readonly burst?: Burst;
  /** This range shows the bytes of another one. */
  readonly aliasOf?: Alias;
  /** False: the part decodes the range, but this board has no memory behind it, so that an access faults. */
  readonly fitted?: boolean;
  /** False: no way leads from the part's DMA controllers to this range, so that their accesses are bus errors. */
  readonly dma?: boolean;
  /** Bytes of each slave of the bus matrix that the memory is made of, from its start; what is left is one more. */
  readonly slaves?: readonly number[];
  /** The memory serves an instruction fetch and a data access in the same cycle. */
  readonly dualPort?: boolean;
  /** 32-bit words set from the factory (unique id, flash size), all else reads as erased. */
  readonly words?: readonly Word[];
}

export interface Alias {
  /** Name of the region that holds the bytes. */
  readonly region: string;
  /** Where in that region this range begins. */
  readonly offset: number;
}

export interface Word {
  readonly offset: number;
  readonly value: number;
}

/** What an external memory and its controller make of a burst. */
export interface Burst {
  /** Core clocks at `clocks.max` from one 64-bit word to the next. */
  readonly beatClocks: number;
  /** The controller reads on by itself, so that the line behind the last one goes on at that rate. */
  readonly readAhead: boolean;
  readonly confidence: Confidence;
  readonly source: string;
}

/**
 * Bus clocks (see `Region.clockRatio`) from an uncached read to its first word, wait states not counted; for external
 * memories core clocks at `clocks.max`, all counted.
 */
export interface Latency {
  readonly busCycles: number;
  readonly confidence: Confidence;
  readonly source: string;
}

/** The bus between the core and all registers of a range. What it does not say follows from each peripheral's clock. */
export interface PeripheralBus {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  /** The clock of its transfers, or their frequency where it never changes; the core's when neither is there. */
  readonly clock?: ClockName;
  readonly hz?: number;
  /** Clocks that one transfer takes. */
  readonly transferClocks?: number;
  /** The way to the bus and back of a read, in clocks of the processor's bus matrix, in place of the core's own port. */
  readonly latency?: Latency;
  readonly confidence: Confidence;
  readonly source: string;
}

/** The memory that holds the firmware and the controller before it. */
export interface Flash {
  /** Regions of the array in address order, aliases left out. */
  readonly regions: readonly string[];
  /** Bits that one read of the array delivers; absent where that is not published. */
  readonly widthBits?: number;
  /** Which setting is enough for which clock; empty where the part has no wait-state register. */
  readonly waitStateTables: readonly WaitStateTable[];
  /** Largest value of the controller's wait-state field. */
  readonly maxWaitStates: number;
  /** Value of that field after reset. */
  readonly resetWaitStates: number;
  readonly accelerator: Accelerator;
  /** Erase units from the lowest address up, over all regions. */
  readonly sectors: readonly SectorRun[];
  /** Bytes that are programmed at once (the smallest unit where the controller has several). */
  readonly programBytes: number;
}

/** Wait states by clock at one supply or core voltage. */
export interface WaitStateTable {
  /** Lowest voltage, in mV, of the range for which the rows hold. */
  readonly minMv: number;
  /** `vdd`: the supply pin; `vcore`: the regulator's output scale. */
  readonly supply: "vdd" | "vcore";
  /** The reference manual's name of the range, `VOS1`, `2.7 to 3.6 V`. */
  readonly label: string;
  /** `[wait states, highest flash clock in Hz]`, both rising. */
  readonly rows: readonly (readonly [number, number])[];
  /** Why a row differs from the source named on the board. */
  readonly note?: string;
}

export interface SectorRun {
  readonly count: number;
  readonly size: number;
}

/** What stands between the flash array and the core, by its kind. `reset` flags say what is on after reset. */
export type Accelerator =
  | { readonly kind: "none" }
  | StArtF4Accelerator
  | StArtF7Accelerator
  | StL4Accelerator
  | KinetisFmcAccelerator
  | NrfIcacheAccelerator
  | FlexspiAccelerator;

/** STM32F4 "adaptive real-time": fully associative line buffers on I-Code and D-Code, prefetch on I-Code. */
export interface StArtF4Accelerator {
  readonly kind: "st-art-f4";
  readonly instructionLines: number;
  readonly dataLines: number;
  readonly lineBits: number;
  readonly reset: AcceleratorSwitches;
}

/** STM32F7 ART: one set of lines on the ITCM flash port; the AXI port relies on L1. */
export interface StArtF7Accelerator {
  readonly kind: "st-art-f7";
  readonly lines: number;
  readonly lineBits: number;
  readonly reset: AcceleratorSwitches;
}

/** STM32L4: instruction and data caches of `lineBits` lines, filled by reads of the flash width, and prefetch. */
export interface StL4Accelerator {
  readonly kind: "st-l4";
  readonly instructionLines: number;
  readonly dataLines: number;
  readonly lineBits: number;
  readonly reset: AcceleratorSwitches;
}

export interface AcceleratorSwitches {
  readonly instructionCache: boolean;
  readonly dataCache: boolean;
  readonly prefetch: boolean;
}

/** Kinetis flash memory controller: set-associative cache, one line buffer, one speculative line. */
export interface KinetisFmcAccelerator {
  readonly kind: "kinetis-fmc";
  readonly ways: number;
  readonly sets: number;
  readonly lineBits: number;
  readonly bufferBits: number;
  /** Core clocks to one flash clock at `clocks.max`; a miss takes this many to twice this less one. */
  readonly clockRatio: number;
}

/**
 * nRF52 NVMC instruction cache: I-Code only, off after reset. Data reads go past it and always wait, as without it.
 * Geometry is not published.
 */
export interface NrfIcacheAccelerator {
  readonly kind: "nrf-icache";
  readonly waitStatesOff: number;
  readonly waitStatesMiss: number;
}

/** i.MX RT FlexSPI: serial flash behind AHB prefetch buffers. */
export interface FlexspiAccelerator {
  readonly kind: "flexspi";
  readonly prefetchBytes: number;
  /** Core clocks of a random uncached read at `clocks.max`. */
  readonly missCycles: number;
  readonly confidence: Confidence;
}

/** A clock that feeds a peripheral. `core` is the processor's; `fixed` does not follow the clock tree. */
export type ClockName =
  | "core"
  | "ahb1"
  | "ahb2"
  | "ahb3"
  | "ahb4"
  | "apb1"
  | "apb2"
  | "apb3"
  | "apb4"
  | "bus"
  | "flash"
  | "ipg"
  | "perclk"
  | "fixed";

/** Oscillators of the board, the clock after reset and the fastest one. */
export interface Clocks {
  readonly reset: { readonly source: string; readonly hz: number };
  /** External high-speed clock; `bypass` when it is a clock signal and not a crystal. */
  readonly hse?: { readonly hz: number; readonly bypass: boolean };
  readonly lse?: { readonly hz: number };
  /** Internal low-speed oscillator. */
  readonly lsi?: { readonly hz: number };
  /** Internal oscillators by the reference manual's name (`hsi`, `msi`, `csi`, `hsi48`), Hz. */
  readonly internal: Readonly<Record<string, number>>;
  readonly maxHz: number;
  readonly max: MaxClock;
}

/** The state that `--boot max` starts from. */
export interface MaxClock {
  readonly coreHz: number;
  /** Flash wait states at `coreHz`; of the flash clock where that differs. */
  readonly waitStates: number;
  /** Core clock divided by this is the bus's clock; a bus that is not named runs at the core's. */
  readonly dividers: Readonly<Partial<Record<ClockName, number>>>;
}

/** Supply currents as printed, for the energy estimate. */
export interface Power {
  readonly supplyMv: number;
  readonly figures: readonly PowerFigure[];
}

export interface PowerFigure {
  /** What the core does in it. */
  readonly mode: "active" | "sleep";
  readonly hz: number;
  readonly microamps: number;
  /** Where the code ran, what was on, at which temperature. */
  readonly condition: string;
  readonly confidence: Confidence;
  readonly source: string;
}
