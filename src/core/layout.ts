/**
 * Byte offsets inside the one `WebAssembly.Memory` that every engine shares. Registers, flags and counters come first,
 * then the page tables, then the guest's memories; a snapshot is one copy of the used part.
 */
export const LAYOUT = {
  /** R0-R15, 16 words; R13 is the SP in use, R15 the address of the next instruction. */
  R: 0x000,
  N: 0x040,
  Z: 0x044,
  C: 0x048,
  V: 0x04c,
  Q: 0x050,
  /** APSR.GE, 4 bits. */
  GE: 0x054,
  /** EPSR.ITSTATE, 8 bits as the Armv7-M ARM numbers them. */
  ITSTATE: 0x058,
  IPSR: 0x05c,
  /** The banked SP that is not in R13: PSP while MSP is in use, and the other way round. */
  otherSP: 0x060,
  PRIMASK: 0x064,
  FAULTMASK: 0x068,
  BASEPRI: 0x06c,
  /** CONTROL: nPRIV bit 0, SPSEL bit 1, FPCA bit 2. */
  CONTROL: 0x070,
  FPSCR: 0x074,
  /** `FP_FAST` bits of FPSCR: what native arithmetic need not look at. */
  fpFast: 0x078,
  /** Reasons to leave the engine at the end of the current instruction; see `EXIT`. */
  exit: 0x07c,
  /** S0-S31, 32 words; D0-D15 overlay them. */
  S: 0x080,
  /** Core cycles since reset, f64: the start of the current block plus the dynamic stalls so far. */
  cycles: 0x100,
  /** Cycle of the next scheduled event, f64. */
  nextEvent: 0x108,
  /** Identity of the interned pipeline state at the last instruction boundary. */
  pipelineState: 0x110,
  /** Index in its block of the instruction being executed, for the exact time of an access. */
  instructionIndex: 0x114,
  /** Local exclusive monitor: 1 while open. */
  exclusiveOpen: 0x118,
  exclusiveAddress: 0x11c,
  /** Lowest value that the main and the process stack pointer have had, as unsigned words. */
  lowestMSP: 0x120,
  lowestPSP: 0x124,
  /** 1 while an FP instruction needs no check: access allowed, no lazy state to save, context already active. */
  fpReady: 0x128,
  /** SCB.CCR: DIV_0_TRP, UNALIGN_TRP, BFHFNMIGN, STKALIGN and, on the M7, the cache enables. */
  CCR: 0x12c,
  /** 1 when the jump of the current block was taken. */
  taken: 0x130,
  /** Address of the last load, for the bank rule of paired loads. */
  lastLoad: 0x134,
  /** Address of the last data access of code that shares its memory with data; see `SharedFetch`. */
  lastAccess: 0x138,
  /** First byte that timing models and the jit may use for their own tables. */
  modelArea: 0x1000,
  /** Host offset of each 4 KiB guest page for reads, one word a page; see memory/page-table. */
  readTable: 0x40_0000,
  writeTable: 0x80_0000,
  /** First byte of the guest's memories. */
  guest: 0xc0_0000,
} as const;

/** Bits of the word at `LAYOUT.fpFast`. */
export const FP_FAST = {
  /** Default modes, and IXC set: an inexact result that is not special tells nothing new. */
  usual: 1,
  /** With `usual`, and UFC set: nor does one that underflows. */
  underflow: 2,
} as const;

/** Bits of the word at `LAYOUT.exit`. */
export const EXIT = {
  /** A fault was raised; the current instruction has not completed. */
  fault: 1,
  /** Interrupt state may have changed: look for an exception to take before the next instruction. */
  interrupt: 2,
  /** The run is to stop: semihosting exit, breakpoint, limit, host request. */
  stop: 4,
  /** Control went to an EXC_RETURN value or otherwise by an effect: R15 holds the new address. */
  jump: 8,
  /** Something that translated code depends on changed (code written, memory map, caches, clocks). */
  retranslate: 16,
  /** The core sleeps until an event. */
  sleep: 32,
} as const;
