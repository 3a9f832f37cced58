import type { Fault } from "./fault.ts";

/** What the exception model needs of the machine around it. Addresses are unsigned; every access is one word. */
export interface ExceptionHost {
  /** Reads a word while unstacking, with the MPU and bus checks of that privilege. */
  read(address: number, privileged: boolean): number | Fault;
  /** Writes a word while stacking or saving lazy FP state. */
  write(address: number, value: number, privileged: boolean): Fault | undefined;
  /**
   * Byte of the linear memory behind `count` words at `address`, where the code that runs now may access them and they
   * are free of waits and of everything else that an access may bring; -1 where it has to be asked word by word.
   */
  freeWords?(address: number, count: number, write: boolean): number;
  /** Reads a word of the vector table, past the MPU; undefined is a bus error. */
  readVector(address: number): number | undefined;
  /** Cycles that the memory at `address` adds to one access of this use; 0 when absent. */
  waitCycles?(address: number, use: "stack" | "vector"): number;
  /** Whether vector fetch and stack accesses queue at one port, so that their times add up; false when absent. */
  sharesPort?(vector: number, stack: number): boolean;
  /** Lets simulated time pass outside instructions (entry, return) and runs the events that come due. */
  elapse(cycles: number): void;
  /** Cycles until the next scheduled event; Infinity for none. */
  untilNextEvent(): number;
  /** Adds cycles to the instruction being executed (lazy FP saving). */
  stall(cycles: number): void;
  /** Unprivileged code runs from now on. */
  unprivileged?(): void;
}

/** Cycles of exception entry and return with zero-wait memory. */
export interface ExceptionTiming {
  /** From recognition to the first instruction of the handler. */
  readonly entry: number;
  /** Part of `entry` in which the frame is pushed; a late arrival is accepted until its end. */
  readonly stacking: number;
  /** Part of `entry` in which vector and handler are fetched, beside the push when the ports differ. */
  readonly vectorFetch: number;
  /** From the return instruction to the first instruction of the interrupted code. */
  readonly exit: number;
  readonly tailChain: number;
  /** Added when S0-S15 and FPSCR move with the frame, and by a lazy save. */
  readonly fpFrame: number;
}

export const EXCEPTION_TIMING = {
  /** @source Arm KB "interrupt latency of Cortex-M3/M4" (12 = push 9 beside fetch 6; exit 10; FP +17); DDI0439 (tail-chain 6) */
  "cortex-m4": { entry: 12, stacking: 9, vectorFetch: 6, exit: 10, tailChain: 6, fpFrame: 17 },
  /** @source entry: Arm community table for zero-wait TCM; exit, tail-chain and FP are inferred (17 words in 64-bit beats) */
  "cortex-m7": { entry: 12, stacking: 9, vectorFetch: 6, exit: 10, tailChain: 6, fpFrame: 9 },
} as const satisfies Record<string, ExceptionTiming>;

/** The parts of a core's configuration that exceptions depend on. */
export interface ExceptionConfig {
  /** External interrupt lines, up to 240. */
  readonly irqCount: number;
  /** Implemented bits of a priority, from bit 7 down. */
  readonly priorityBits: number;
  readonly hasFPU: boolean;
  /** CCR after reset. @source DDI0439 table "System control registers"; DDI0489 likewise */
  readonly resetCCR: number;
  /** VTOR after reset. */
  readonly resetVTOR: number;
  readonly timing: ExceptionTiming;
}

/** An exception that was taken. */
export interface ExceptionEntry {
  readonly exception: number;
  readonly kind: "entry" | "late-arrival" | "tail-chain";
  /** Words written to the stack; space that is only reserved does not count. */
  readonly stackedWords: number;
  /** Cycles that passed, all of them through `ExceptionHost.elapse`. */
  readonly cycles: number;
}

/** How an exception return ended. */
export interface ExceptionReturn {
  readonly kind: "return" | "tail-chain" | "lockup";
  /** Exception now being handled; 0 in Thread mode. */
  readonly exception: number;
  /** Words read from the stack. */
  readonly unstackedWords: number;
  readonly cycles: number;
  /** SLEEPONEXIT applies: the core goes to sleep. */
  readonly sleep: boolean;
}

/** Why the core locked up. */
export interface Lockup {
  /** The fault, or an SVC, that would have needed a HardFault. */
  readonly cause: Fault | "SVC";
  /** Address at which the fault was raised. */
  readonly pc: number;
  /** Exception being handled then. */
  readonly exception: number;
}
