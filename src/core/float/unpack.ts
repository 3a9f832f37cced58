import { AHP, type FpEnv, FZ, IDC, raise } from "./env.ts";
import { type Format, HALF } from "./format.ts";

/** What FPUnpack finds in a bit pattern; a nonzero number has the value `mantissa` x 2^`exponent`, negated if `negative`. */
export interface Unpacked {
  readonly type: "zero" | "nonzero" | "infinity" | "quietNaN" | "signallingNaN";
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
}

/**
 * Takes a number apart. In flush-to-zero mode a denormal of 32 or 64 bits becomes a zero and raises IDC;
 * binary16 is never flushed, and with AHP its top exponent is an ordinary one.
 * @source Armv7-M ARM, "FPUnpack()"
 */
export function FPUnpack(env: FpEnv, format: Format, bits: bigint): Unpacked {
  const negative = (bits & format.sign) !== 0n;
  const fraction = bits & format.fraction;
  const exponentField = Number((bits & format.infinity) >> BigInt(format.F));
  if (exponentField === 0) return unpackDenormal(env, format, negative, fraction);
  const allOnes = (bits & format.infinity) === format.infinity;
  if (allOnes && !(format === HALF && (env.fpscr & AHP) !== 0)) {
    if (fraction === 0n) return { type: "infinity", negative, mantissa: 0n, exponent: 0 };
    const type = (fraction & format.quiet) !== 0n ? "quietNaN" : "signallingNaN";
    return { type, negative, mantissa: 0n, exponent: 0 };
  }
  const mantissa = fraction | (format.fraction + 1n);
  return { type: "nonzero", negative, mantissa, exponent: exponentField - 1 + format.minimumExp - format.F };
}

function unpackDenormal(env: FpEnv, format: Format, negative: boolean, fraction: bigint): Unpacked {
  const flushed = fraction !== 0n && format !== HALF && (env.fpscr & FZ) !== 0;
  if (flushed) raise(env, IDC);
  if (flushed || fraction === 0n) return { type: "zero", negative, mantissa: 0n, exponent: 0 };
  return { type: "nonzero", negative, mantissa: fraction, exponent: format.minimumExp - format.F };
}
