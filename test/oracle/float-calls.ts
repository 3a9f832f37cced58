/** How recorded cases are played on src/core/float.ts. */
import * as float from "../../src/core/float.ts";

/** One operation of a recording: the function, what follows its operands, and their kinds. */
export interface FloatCall {
  readonly call: string;
  readonly arguments: readonly (number | boolean | string)[];
  readonly operands: readonly string[];
  readonly result: "f16" | "f32" | "f64" | "i32" | "nzcv";
}

const PURE = new Set(["neg32", "abs32", "neg64", "abs64"]);

/** Runs one case; operands and result are the bit patterns, zero-extended. */
export function runCase(
  call: FloatCall,
  operands: readonly bigint[],
  fpscr: number,
): { result: bigint; fpscr: number } {
  const env = { fpscr: fpscr | 0 };
  const bits = operands.map((value, n) => (call.operands[n] === "f64" ? value : Number(value) | 0));
  const operation = float[call.call as keyof typeof float] as (...all: unknown[]) => number | bigint;
  const value = PURE.has(call.call) ? operation(...bits) : operation(env, ...bits, ...call.arguments);
  if ((typeof value === "bigint") !== (call.result === "f64"))
    throw new TypeError(`${call.call}: wrong type of result`);
  // The fast engines rely on int32: neither a fraction nor an unsigned number.
  if (typeof value === "number" && !Object.is(value, value | 0))
    throw new TypeError(`${call.call}: not an int32`);
  const result = typeof value === "bigint" ? value : BigInt(value >>> 0);
  return { result, fpscr: env.fpscr >>> 0 };
}

/**
 * Whether `answer` is one of the oracle's known departures from the Arm ARM. There is one: QEMU 5.0, on
 * which unicorn 2 is built, rounds VCVT from fixed point by RMode, where FixedToFP() is called with
 * round_to_nearest = TRUE; qemu-system-arm 7.2 rounds to nearest too.
 */
export function isKnownDifference(
  call: FloatCall,
  operands: readonly bigint[],
  fpscr: number,
  answer: { result: bigint; fpscr: number },
): boolean {
  if (call.call !== "fromFixed32" || call.arguments[2] !== "nearest") return false;
  const byRMode = runCase({ ...call, arguments: [...call.arguments.slice(0, 2), "fpscr"] }, operands, fpscr);
  return byRMode.result === answer.result && byRMode.fpscr === answer.fpscr;
}
