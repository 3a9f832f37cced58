import { AHP, type FpEnv, FZ, IOC, IXC, OFC, raise, rmodeRounding, type RModeRounding, UFC } from "./env.ts";
import { type Format, HALF, signed } from "./format.ts";

/** Number of significant bits of a positive integer. */
export function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return 4 * hex.length - Math.clz32(parseInt(hex.charAt(0), 16)) + 28;
}

/** Where the part cut off lies between two neighbours: exactly on the lower, below, at or above the middle. */
type Remainder = "none" | "below" | "middle" | "above";

function classify(rest: bigint, middle: bigint): Remainder {
  if (rest === 0n) return "none";
  if (rest === middle) return "middle";
  return rest < middle ? "below" : "above";
}

function roundsUp(rounding: RModeRounding, negative: boolean, odd: boolean, rest: Remainder): boolean {
  if (rest === "none") return false;
  switch (rounding) {
    case "nearest":
      return rest === "above" || (rest === "middle" && odd);
    case "plusInf":
      return !negative;
    case "minusInf":
      return negative;
    case "zero":
      return false;
  }
}

/**
 * Rounds the real number `mantissa` x 2^`exponent` (mantissa > 0), negated if `negative`, to `format` by
 * RMode. Tininess is detected before rounding; flush-to-zero never applies to binary16.
 * A quotient or a root comes with two bits more than the format has, the lowest of them sticky.
 * @source Armv7-M ARM, "FPRound()"
 */
export function FPRound(
  env: FpEnv,
  format: Format,
  negative: boolean,
  mantissa: bigint,
  exponent: number,
): bigint {
  const { F, minimumExp } = format;
  const topExponent = exponent + bitLength(mantissa) - 1;
  const tiny = topExponent < minimumExp;
  if (tiny && format !== HALF && (env.fpscr & FZ) !== 0) {
    raise(env, UFC);
    return signed(format, negative);
  }
  const cut = BigInt(Math.max(topExponent, minimumExp) - F - exponent);
  const kept = cut > 0n ? mantissa >> cut : mantissa << -cut;
  const rest = cut > 0n ? classify(mantissa - (kept << cut), 1n << (cut - 1n)) : "none";
  if (tiny && rest !== "none") raise(env, UFC);

  const rounding = rmodeRounding(env);
  const roundUp = roundsUp(rounding, negative, (kept & 1n) !== 0n, rest);
  const biasedExp = BigInt(Math.max(topExponent, minimumExp) - minimumExp);
  // The hidden bit of a normal number, and a carry out of the fraction, both add one to the exponent field.
  const magnitude = (biasedExp << BigInt(F)) + kept + (roundUp ? 1n : 0n);

  if (format === HALF && (env.fpscr & AHP) !== 0) {
    if (magnitude >= format.sign) {
      raise(env, IOC);
      return signed(format, negative) | (format.sign - 1n);
    }
  } else if (magnitude >= format.infinity) {
    raise(env, OFC | IXC);
    const toInfinity = rounding === "nearest" || rounding === (negative ? "minusInf" : "plusInf");
    return signed(format, negative) | (toInfinity ? format.infinity : format.maxNormal);
  }
  if (rest !== "none") raise(env, IXC);
  return signed(format, negative) | magnitude;
}
