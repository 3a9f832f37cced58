/** A number of the memory models with where it comes from. */
export interface MemoryCost {
  readonly cycles: number;
  readonly source: string;
  readonly confidence: "high" | "medium" | "low";
}

const cost = (cycles: number, source: string, confidence: MemoryCost["confidence"]): MemoryCost => ({
  cycles,
  source,
  confidence,
});

/**
 * AXIM of the Cortex-M7, in clocks of the bus behind it. `first`: from a miss to the critical word, for regions whose
 * board file gives no latency; `beat`: between 64-bit words; `write`: one write beyond the memory's own waits.
 */
export const AXI_PATH = {
  axi: {
    first: cost(4, "inferred: CoreMark by location on STM32H730", "low"),
    beat: cost(1, "DDI0489: AXIM is 64 bits wide", "high"),
    write: cost(2, "inferred: address and response phases", "low"),
  },
  ahb: {
    first: cost(
      6,
      "inferred: bridge 5 as to F7's flash, and a second 32-bit transfer for the 64-bit word",
      "low",
    ),
    beat: cost(2, "an AHB memory is 32 bits wide", "high"),
    write: cost(2, "inferred: address and data phases behind the bridge", "low"),
  },
  external: {
    first: cost(240, "Teensy 4.1 forum: random byte from QSPI flash 400 ns at 600 MHz", "low"),
    beat: cost(
      72,
      "PJRC forum 77078: 8 FlexSPI clocks are 36 core clocks at 600 MHz; 16 for 8 bytes over 4 lines",
      "medium",
    ),
    write: cost(72, "inferred as beat", "low"),
  },
} as const;

export type AxiPaths = Readonly<
  Record<keyof typeof AXI_PATH, Readonly<Record<"first" | "beat" | "write", MemoryCost>>>
>;

/** Buffers and queues of the Cortex-M7. */
export const M7_BUFFER = {
  dataFills: cost(2, "DDI0489: two line fill buffers (recalled)", "medium"),
  instructionFills: cost(1, "inferred", "low"),
  stores: cost(4, "measured on STM32H743 (jnk0le/random): behaves like 4 to 5", "medium"),
  /** How far fetch runs ahead of issue: a queue of 4 x 64 bits, here in cycles at 2 for each 64 bits. */
  fetchAhead: cost(8, "DDI0489: queue of 4 x 64 bits; cycles inferred", "low"),
  /** Bursts past the I-cache that can be under way at the same time. */
  uncachedBursts: cost(2, "inferred: the next is asked for while one comes (docs/fit.md)", "low"),
  unalignedStore: cost(4, "measured on STM32H743 (jnk0le/random): once about 5 wait", "medium"),
  unalignedLoad: cost(3, "measured on STM32H743 (jnk0le/random): +3 in slot 0", "medium"),
} as const;

export type M7Buffers = Readonly<Record<keyof typeof M7_BUFFER, MemoryCost>>;

/** Unaligned loads of the Cortex-M4: extra bus accesses. Those of stores hide in the write buffer. */
export const M4_UNALIGNED = {
  halfword: cost(1, "TRM load/store timings: two bytes", "high"),
  wordAtHalfword: cost(1, "TRM load/store timings: two halfwords", "high"),
  wordAtByte: cost(2, "TRM load/store timings: byte, halfword, byte", "high"),
} as const;

/** Stores that a Cortex-M4 keeps on their way while it goes on. */
export const M4_WRITE_BUFFER = cost(
  1,
  "TRM load/store timings: the write buffer; one entry (recalled)",
  "medium",
);

/** Flash interfaces of the Cortex-M4 parts. */
export const FLASH_PORT = {
  /** How far the core asks for words before they issue. */
  fetchAhead: cost(
    3,
    "Arm KB 103488664: a buffer of three words; a cycle each for wide instructions",
    "medium",
  ),
  /** Cycles of a data miss that do not stall the core. */
  l4DataHidden: cost(
    0,
    "as f4DataHidden; STM32L4R5 weights in flash less weights in RAM (docs/fit.md)",
    "medium",
  ),
  f4DataHidden: cost(0, "RM0090: a miss waits as long as flash does", "medium"),
  /** Lines of 16 bytes in the nRF52840's instruction cache: 2 KB. */
  nrfLines: cost(128, "inferred: the geometry is not published", "low"),
} as const;

export type FlashPortCosts = Readonly<Record<keyof typeof FLASH_PORT, MemoryCost>>;

/** Memory that hangs on an external controller of a Cortex-M4 part. */
export const M4_EXTERNAL = cost(40, "inferred: a word over a quad SPI at half the core clock", "low");

/** Peripheral registers. */
export const PERIPHERAL = {
  /** Clocks of APB that one transfer takes. */
  apbTransfer: cost(2, "AMBA APB: setup and access phases", "medium"),
  /** Clocks of AHB that one transfer keeps it busy. */
  ahbTransfer: cost(
    1,
    "AMBA AHB: the data phase; DS10314, DS10916: I/O toggling up to half of HCLK",
    "medium",
  ),
  /** A read from the M7 through AHBP and back: core cycles, and clocks of the bus matrix. */
  ahbpCore: cost(1, "inferred: one register stage", "low"),
  ahbpBus: cost(2, "inferred: address and data phases", "low"),
} as const;

/** Other bus masters. */
export const DMA = {
  /** Clocks of a memory that one access of a DMA controller keeps from the core. */
  access: cost(1, "AMBA AHB: the data phase; round-robin arbitration (RM0090 BusMatrix)", "medium"),
} as const;
