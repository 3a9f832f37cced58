/**
 * The Arm ARM's floating-point pseudocode: bits in, bits out, modes and cumulative flags in `FpEnv`.
 * Singles and halves are int32 numbers, doubles bigints from 0 to 2^64-1. VMLA and its kin are two calls.
 */
export type { FpEnv, RModeRounding, RoundingOperand } from "./float/env.ts";
export { abs32, add32, div32, fma32, mul32, neg32, sqrt32, sub32 } from "./float/single.ts";
export { abs64, add64, div64, fma64, mul64, neg64, sqrt64, sub64 } from "./float/double.ts";
export { compare32, compare64, maxNum32, maxNum64, minNum32, minNum64 } from "./float/compare.ts";
export { fromFixed32, fromFixed64, roundInt32, roundInt64, toFixed32, toFixed64 } from "./float/integer.ts";
export { f16To32, f16To64, f32To16, f32To64, f64To16, f64To32 } from "./float/convert.ts";
