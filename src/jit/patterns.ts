import type { BinaryOp, I32, I64 } from "../isa/ir.ts";

// What the emitter recognizes in values of the IR.

/** x of `x >>> 31`. */
export function signOf(e: I32): I32 | undefined {
  return e.k === "bin" && e.op === "shr" && e.b.k === "const" && e.b.v === 31 ? e.a : undefined;
}
/** The 64-bit sum that does not fit 32 bits when the boolean is 1; see `Builder.overflows32`. */
export function overflowing(e: I32 | undefined): I64 | undefined {
  if (e?.k !== "bin" || e.op !== "ne" || e.a.k !== "high64" || e.a.a.k !== "tmp64") return undefined;
  const sign =
    e.b.k === "bin" && e.b.op === "sar" && e.b.b.k === "const" && e.b.b.v === 31 ? e.b.a : undefined;
  return sign?.k === "low64" && sign.a.k === "tmp64" && sign.a.id === e.a.a.id ? sign.a : undefined;
}
/** A signed halfword of a word. */
export function isHalfword(e: I32): boolean {
  if (e.k === "un") return e.op === "sext16";
  return e.k === "bin" && e.op === "sar" && e.b.k === "const" && e.b.v === 16;
}
/** x of `x == 0`. */
export function equalToZero(e: I32): I32 | undefined {
  return e.k === "bin" && e.op === "eq" && e.b.k === "const" && e.b.v === 0 ? e.a : undefined;
}
/** a, b and result of `(a ^ b) & (a ^ result)`, the overflow of `result = a - b` in its sign; see `Subtract`. */
export function differenceOf(
  e: I32 | undefined,
): { readonly a: I32; readonly b: I32; readonly result: I32 } | undefined {
  if (e?.k !== "bin" || e.op !== "and") return undefined;
  const [operands, results] = [e.a, e.b];
  if (operands.k !== "bin" || operands.op !== "xor" || results.k !== "bin" || results.op !== "xor")
    return undefined;
  // Adding a number to itself has the same shape with the result on both sides.
  if (!isSame(operands.a, results.a) || isSame(operands.b, results.b)) return undefined;
  return { a: operands.a, b: operands.b, result: results.b };
}
/** Both are the same register, temporary or constant. */
export function isSame(x: I32, y: I32 | undefined): boolean {
  if (x.k === "tmp") return y?.k === "tmp" && x.id === y.id;
  if (x.k === "const") return y?.k === "const" && x.v === y.v;
  return x.k === "R" && y?.k === "R" && x.n === y.n;
}
const DEAR: ReadonlySet<BinaryOp> = new Set(["mulHighS", "mulHighU", "divS", "divU"]);

/** Takes less than a branch that goes wrong now and then. */
export function isCheap(e: I32): boolean {
  if (e.k === "bin") return !DEAR.has(e.op) && isLeaf(e.a) && isLeaf(e.b);
  return isLeaf(e);
}
const isLeaf = ({ k }: I32): boolean => k === "const" || k === "R" || k === "tmp";

const COMPARISONS: ReadonlySet<BinaryOp> = new Set(["eq", "ne", "ltU", "ltS", "leU", "leS"]);
/** The value is known to be 0 or 1. */
export function isBoolean(e: I32): boolean {
  if (e.k === "flag") return e.f !== "GE";
  if (e.k === "const") return e.v === 0 || e.v === 1;
  if (e.k !== "bin") return false;
  return (
    COMPARISONS.has(e.op) ||
    (e.op === "and" && isBoolean(e.a) && isBoolean(e.b)) ||
    (e.op === "xor" && isBoolean(e.a) && isBoolean(e.b))
  );
}
