import type { FpOp } from "../isa/ir.ts";
import type { FpEnv } from "./float.ts";
import * as float from "./float.ts";

/** int32 for I32 and F32 bits, bigint for F64 bits. */
export type FpValue = number | bigint;

/** Performs an FP operation of the IR on evaluated operands, with the modes and flags of `env`. */
export function fpOperation(env: FpEnv, fp: FpOp, args: readonly FpValue[]): FpValue {
  const [a, b, c] = args as [never, never, never];
  switch (fp.op) {
    case "roundInt32":
    case "roundInt64":
      return float[fp.op](env, a, fp.rmode, fp.exact);
    case "compare32":
    case "compare64":
      return float[fp.op](env, a, b, fp.quietNaNExc);
    case "toFixed32":
    case "toFixed64":
      return float[fp.op](env, a, fp.fracBits, fp.unsigned, fp.size, fp.rmode);
    case "fromFixed32":
    case "fromFixed64":
      return float[fp.op](env, a, fp.fracBits, fp.unsigned, fp.rmode);
    case "fma32":
    case "fma64":
      return float[fp.op](env, a, b, c);
    case "sqrt32":
    case "sqrt64":
    case "f32To64":
    case "f64To32":
    case "f16To32":
    case "f32To16":
    case "f16To64":
    case "f64To16":
      return float[fp.op](env, a);
    default:
      return float[fp.op](env, a, b);
  }
}
