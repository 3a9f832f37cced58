import type { F32, F64, I32 } from "./ir.ts";

/** The value is a double. */
export function isDouble(a: I32 | F32 | F64): a is F64 {
  return a.k === "D" || a.k === "fromBits64" || a.k === "neg64" || a.k === "abs64" || a.k === "tmpF64";
}
/** The value is a single. */
export function isSingle(a: I32 | F32 | F64): a is F32 {
  return a.k === "S" || a.k === "fromBits32" || a.k === "neg32" || a.k === "abs32" || a.k === "tmpF32";
}
