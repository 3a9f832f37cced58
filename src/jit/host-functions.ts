import type { ImportedFunction, Signature } from "./wasm-module.ts";

/**
 * Host functions that compiled code calls where it is not the plain case. `place` is the node's number << 8 | the
 * instruction's index in it; `left` the cycles left to the deadline, which the function writes back to memory.
 */
export const HOST_FUNCTIONS = [
  /** address, size | flags, place, left → value */
  { name: "load", signature: { params: ["i32", "i32", "i32", "i32"], results: ["i32"] } },
  /** address, size | flags, value, place, left */
  { name: "store", signature: { params: ["i32", "i32", "i32", "i32", "i32"], results: [] } },
  /** fault number, place, left */
  { name: "fault", signature: { params: ["i32", "i32", "i32"], results: [] } },
  /** place, left → whether all lines of the node's block are there */
  { name: "present", signature: { params: ["i32", "i32"], results: ["i32"] } },
  /** address of an instruction in a line that may be absent, place, left */
  { name: "fetch", signature: { params: ["i32", "i32", "i32"], results: [] } },
  /** number of the operation | `FP_KIND` << `FP_KIND_SHIFT`, bits of up to three operands → bits */
  { name: "fp32", signature: { params: ["i32", "i32", "i32", "i32"], results: ["i32"] } },
  { name: "fp64", signature: { params: ["i32", "i64", "i64", "i64"], results: ["i64"] } },
  /** FPSCR := operand */
  { name: "vmsr", signature: { params: ["i32"], results: [] } },
  /** x → bit reversal */
  { name: "rbit", signature: { params: ["i32"], results: ["i32"] } },
] as const satisfies readonly ImportedFunction[];

/** Operations of `fp32` that its bridge performs itself where the host has no flags to set, above the number's bits. */
export const FP_KIND = { other: 0, add: 1, sub: 2, mul: 3, div: 4 } as const;
export const FP_KIND_SHIFT = 24;

/** Flags beside the size of an access. */
export const ACCESS = { aligned: 8, unprivileged: 16 } as const;
/** Faults that an instruction raises itself, by number. */
export const RAISED = ["UNDEFINSTR", "NOCP", "UNALIGNED", "DIVBYZERO"] as const;

/** What a compiled function returns. */
export const RESULT = {
  /** An instruction asked for attention: `place` in memory. Zero, which is what the local for the result holds from the start. */
  attention: 0,
  /** Control left the region: R15, ITSTATE and the pipeline's state say where to. */
  left: 1,
  /** The instruction at `place` is to be executed by another engine. */
  bail: 2,
  /** Control is at the beginning of the node of `place`: an event is near, or lines of its block may have gone. */
  paused: 4,
  /** The last instruction of `place` jumps where the jump's details matter: target in memory. */
  jump: 3,
  /** As `paused`, at a block that another engine is to execute: the FPU is not ready. */
  refused: 5,
} as const;

/** Of the function that a region becomes: it returns a `RESULT`. */
export const REGION_SIGNATURE: Signature = { params: [], results: ["i32"] };
