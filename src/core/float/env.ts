/**
 * The part of the processor that floating-point functions read and write: FPSCR, as an int32.
 * Modes are read from it and cumulative exception flags are ORed into it; nothing traps on Armv7-M.
 * @source Armv7-M ARM, "Floating-point Status and Control Register, FPSCR"
 */
export interface FpEnv {
  fpscr: number;
}

/** Invalid Operation, cumulative. */
export const IOC = 1 << 0;
/** Division by Zero, cumulative. */
export const DZC = 1 << 1;
/** Overflow, cumulative. */
export const OFC = 1 << 2;
/** Underflow, cumulative. */
export const UFC = 1 << 3;
/** Inexact, cumulative. */
export const IXC = 1 << 4;
/** Input Denormal, cumulative. */
export const IDC = 1 << 7;

/** Flush-to-zero mode. */
export const FZ = 1 << 24;
/** Default NaN mode. */
export const DN = 1 << 25;
/** Alternative half-precision: no infinities and no NaNs in binary16. */
export const AHP = 1 << 26;
/** The RMode field: 0 nearest even, 1 plus infinity, 2 minus infinity, 3 zero. */
export const RMODE = 0b11 << 22;

/** The four roundings that RMode can say. */
export type RModeRounding = "nearest" | "plusInf" | "minusInf" | "zero";

/** How a real number becomes an integer: `ties-away` is for VCVTA and VRINTA, `fpscr` is what RMode says. */
export type RoundingOperand = RModeRounding | "ties-away" | "fpscr";

const BY_RMODE = ["nearest", "plusInf", "minusInf", "zero"] as const satisfies readonly RModeRounding[];

/** The rounding that RMode says. */
export function rmodeRounding(env: FpEnv): RModeRounding {
  return BY_RMODE[(env.fpscr >>> 22) & 0b11]!;
}

/** The RMode field, in place, that says `rounding`. */
export function rmodeBits(rounding: RModeRounding): number {
  return BY_RMODE.indexOf(rounding) << 22;
}

/** Sets cumulative flags. @source Armv7-M ARM, "FPProcessException()" */
export function raise(env: FpEnv, flags: number): void {
  env.fpscr |= flags;
}
