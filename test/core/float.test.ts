import { describe, expect, it } from "vitest";
import {
  add32,
  add64,
  compare32,
  div32,
  f16To32,
  f32To16,
  f32To64,
  f64To32,
  fma32,
  fma64,
  fromFixed32,
  maxNum32,
  mul32,
  mul64,
  neg32,
  roundInt32,
  sqrt32,
  sub32,
  toFixed32,
} from "../../src/core/float.ts";
import { AHP, DN, DZC, FZ, IDC, IOC, IXC, OFC, UFC } from "../../src/core/float/env.ts";
import { HALF } from "../../src/core/float/format.ts";
import { FPUnpack } from "../../src/core/float/unpack.ts";

const RP = 0b01 << 22;
const RM = 0b10 << 22;
const RZ = 0b11 << 22;

const ONE = 0x3f80_0000;
const MINUS_ZERO = 0x8000_0000 | 0;
const MIN_NORMAL = 0x0080_0000;
const MAX = 0x7f7f_ffff;
const INFINITY = 0x7f80_0000;
const QUIET = 0x7fc0_0123;
const SIGNALLING = 0x7f80_0456;
const DEFAULT_NAN = 0x7fc0_0000;

function f32(value: number): number {
  return new Int32Array(new Float32Array([value]).buffer)[0]!;
}

function f64(value: number): bigint {
  return new BigUint64Array(new Float64Array([value]).buffer)[0]!;
}

/** Runs `operation` under `modes` and gives its result with the cumulative flags it raised. */
function under<T>(modes: number, operation: (env: { fpscr: number }) => T): { value: T; raised: number } {
  const env = { fpscr: modes };
  const value = operation(env);
  return { value, raised: env.fpscr & ~modes };
}

describe("NaN rules", () => {
  it("takes the first signalling NaN before the first quiet one, quiets it and raises IOC", () => {
    expect(under(0, (env) => add32(env, QUIET, SIGNALLING))).toEqual({ value: 0x7fc0_0456, raised: IOC });
    expect(under(0, (env) => add32(env, QUIET, 0x7fc0_0999))).toEqual({ value: QUIET, raised: 0 });
    expect(under(0, (env) => fma32(env, QUIET, ONE, SIGNALLING))).toEqual({
      value: 0x7fc0_0456,
      raised: IOC,
    });
  });

  it("returns the default NaN in DN mode, with IOC for a signalling one only", () => {
    expect(under(DN, (env) => mul32(env, QUIET, ONE))).toEqual({ value: DEFAULT_NAN, raised: 0 });
    expect(under(DN, (env) => mul32(env, SIGNALLING, ONE))).toEqual({ value: DEFAULT_NAN, raised: IOC });
  });

  it("calls infinity times zero invalid in FMA although the addend is a quiet NaN, not a signalling one", () => {
    expect(under(0, (env) => fma32(env, QUIET, INFINITY, 0))).toEqual({ value: DEFAULT_NAN, raised: IOC });
    expect(under(0, (env) => fma32(env, SIGNALLING, INFINITY, 0))).toEqual({
      value: 0x7fc0_0456,
      raised: IOC,
    });
  });

  it("subtracts without touching the sign of a NaN", () => {
    expect(sub32({ fpscr: 0 }, ONE, QUIET)).toBe(QUIET);
  });

  it("prefers a number to one quiet NaN in VMAXNM, not to a signalling one", () => {
    expect(under(0, (env) => maxNum32(env, QUIET, f32(-7)))).toEqual({ value: f32(-7), raised: 0 });
    expect(under(0, (env) => maxNum32(env, SIGNALLING, f32(-7)))).toEqual({
      value: 0x7fc0_0456,
      raised: IOC,
    });
  });

  it("raises IOC in VCMP for a signalling NaN, in VCMPE for any", () => {
    expect(under(0, (env) => compare32(env, QUIET, ONE, false))).toEqual({ value: 0b0011, raised: 0 });
    expect(under(0, (env) => compare32(env, QUIET, ONE, true))).toEqual({ value: 0b0011, raised: IOC });
    expect(under(0, (env) => compare32(env, ONE, SIGNALLING, false))).toEqual({ value: 0b0011, raised: IOC });
  });
});

describe("flush-to-zero", () => {
  it("takes a denormal operand for a zero with its sign and raises IDC alone", () => {
    expect(under(FZ, (env) => add32(env, 0x8000_0001 | 0, MINUS_ZERO))).toEqual({
      value: MINUS_ZERO,
      raised: IDC,
    });
    expect(under(FZ, (env) => add64(env, 1n, 0x3ff0_0000_0000_0000n))).toEqual({
      value: 0x3ff0_0000_0000_0000n,
      raised: IDC,
    });
  });

  it("flushes a result that is tiny before rounding, with UFC and without IXC", () => {
    const almostOne = 0x3f7f_ffff;
    // (1 - 2^-24) x 2^-126 rounds to the smallest normal number, but is below it.
    expect(under(0, (env) => mul32(env, MIN_NORMAL, almostOne))).toEqual({
      value: MIN_NORMAL,
      raised: UFC | IXC,
    });
    expect(under(FZ, (env) => mul32(env, MIN_NORMAL, almostOne))).toEqual({ value: 0, raised: UFC });
  });

  it("flushes a fused result that a double's sum would round up to normal", () => {
    const below = (modes: number): { value: number; raised: number } =>
      under(modes, (env) => fma32(env, MIN_NORMAL, f32(2 ** -100), f32(-(2 ** -100))));
    expect(below(0)).toEqual({ value: MIN_NORMAL, raised: UFC | IXC });
    expect(below(RZ)).toEqual({ value: MIN_NORMAL - 1, raised: UFC | IXC });
    expect(below(FZ)).toEqual({ value: 0, raised: UFC });
  });

  it("leaves halves alone", () => {
    expect(FPUnpack({ fpscr: FZ }, HALF, 1n)).toMatchObject({ type: "nonzero", mantissa: 1n, exponent: -24 });
    expect(under(FZ, (env) => f16To32(env, 1))).toEqual({ value: f32(2 ** -24), raised: 0 });
    expect(under(FZ, (env) => f32To16(env, f32(2 ** -24)))).toEqual({ value: 1, raised: 0 });
  });
});

describe("underflow without flush-to-zero", () => {
  it("needs a tiny and inexact result", () => {
    expect(under(0, (env) => mul32(env, MIN_NORMAL, f32(0.5)))).toEqual({ value: 0x0040_0000, raised: 0 });
    expect(under(0, (env) => mul32(env, MIN_NORMAL | 1, f32(0.5)))).toEqual({
      value: 0x0040_0000,
      raised: UFC | IXC,
    });
  });
});

describe("rounding modes", () => {
  const third = (modes: number): number => div32({ fpscr: modes }, ONE, f32(3));

  it("round to the neighbour that RMode says", () => {
    expect([0, RP, RM, RZ].map(third)).toEqual([0x3eaa_aaab, 0x3eaa_aaab, 0x3eaa_aaaa, 0x3eaa_aaaa]);
  });

  it("overflow to infinity or to the largest number", () => {
    const over = (modes: number): number => add32({ fpscr: modes }, MAX, MAX);
    expect([0, RP, RM, RZ].map(over)).toEqual([INFINITY, INFINITY, MAX, MAX]);
    expect(under(RZ, (env) => add32(env, MAX, MAX)).raised).toBe(OFC | IXC);
    // Only the upward step of a sum just above the largest number overflows.
    expect(under(RP, (env) => add32(env, MAX, ONE))).toEqual({ value: INFINITY, raised: OFC | IXC });
  });

  it("give an exact cancellation a negative zero only towards minus infinity", () => {
    expect(add32({ fpscr: 0 }, ONE, neg32(ONE))).toBe(0);
    expect(add32({ fpscr: RM }, ONE, neg32(ONE))).toBe(MINUS_ZERO);
    expect(sub32({ fpscr: RM }, ONE, ONE)).toBe(MINUS_ZERO);
    expect(fma32({ fpscr: RM }, neg32(ONE), ONE, ONE)).toBe(MINUS_ZERO);
  });

  it("do not reach VCVT from fixed point, which rounds to nearest", () => {
    for (const modes of [0, RP, RM, RZ]) {
      expect(under(modes, (env) => fromFixed32(env, 0x7fff_ffff, 1, false, "nearest"))).toEqual({
        value: f32(2 ** 30),
        raised: IXC,
      });
    }
    expect(fromFixed32({ fpscr: RZ }, 0x7fff_ffff, 0, false, "fpscr")).toBe(0x4eff_ffff);
  });
});

describe("fused multiply-add", () => {
  it("rounds once where two roundings differ", () => {
    // 1 + 2^-23 squared is 1 + 2^-22 + 2^-46: the last term decides only in a fused operation.
    const x = ONE + 1;
    expect(fma32({ fpscr: 0 }, neg32(ONE + 2), x, x)).toBe(f32(2 ** -46));
    expect(add32({ fpscr: 0 }, neg32(ONE + 2), mul32({ fpscr: 0 }, x, x))).toBe(0);
  });

  it("does not round through a double", () => {
    // 2^46 + 1 = 8392705 * 8384513. 1 + 2^-24 is a tie, broken by 2^-70, which a double's sum has lost.
    expect(8392705 * 8384513).toBe(2 ** 46 + 1);
    const product = [f32(8392705), f32(8384513 * 2 ** -70)] as const;
    expect(fma32({ fpscr: 0 }, ONE, ...product)).toBe(ONE + 1);
    expect(f32(1 + 8392705 * 8384513 * 2 ** -70)).toBe(ONE);
  });

  it("is exact to the last bit in double precision", () => {
    const x = 0x3ff0_0000_0000_0001n;
    expect(fma64({ fpscr: 0 }, 0xbff0_0000_0000_0002n, x, x)).toBe(BigInt(1023 - 104) << 52n);
    // 2^100 + 1 as two factors; scaled, they make of 1 a tie that only a bit 153 places below it breaks.
    const [p, q] = [3173389601n * 2787601n, 17n * 401n * 61681n * 340801n];
    expect(p * q).toBe(2n ** 100n + 1n);
    const operands = [f64(1), f64(Number(p)), f64(Number(q) * 2 ** -153)] as const;
    expect(fma64({ fpscr: 0 }, ...operands)).toBe(f64(1) + 1n);
    expect(under(RM, (env) => fma64(env, ...operands))).toEqual({ value: f64(1), raised: IXC });
  });
});

describe("conversions", () => {
  it("saturate with IOC and without IXC; a NaN gives 0", () => {
    expect(under(0, (env) => toFixed32(env, f32(1.5), 15, false, 16, "zero"))).toEqual({
      value: 0x7fff,
      raised: IOC,
    });
    expect(under(0, (env) => toFixed32(env, f32(-1), 0, true, 32, "zero"))).toEqual({
      value: 0,
      raised: IOC,
    });
    expect(under(0, (env) => toFixed32(env, f32(4e9), 0, true, 32, "zero"))).toEqual({
      value: -294967296,
      raised: 0,
    });
    expect(under(0, (env) => toFixed32(env, QUIET, 0, false, 32, "zero"))).toEqual({ value: 0, raised: IOC });
  });

  it("round to an integer and say so only when asked", () => {
    expect(under(0, (env) => roundInt32(env, f32(2.5), "nearest", true))).toEqual({
      value: f32(2),
      raised: IXC,
    });
    expect(under(0, (env) => roundInt32(env, f32(2.5), "ties-away", false))).toEqual({
      value: f32(3),
      raised: 0,
    });
    expect(under(0, (env) => roundInt32(env, f32(-0.25), "zero", false))).toEqual({
      value: MINUS_ZERO,
      raised: 0,
    });
  });

  it("have no infinity and no NaN in alternative half precision", () => {
    expect(under(AHP, (env) => f32To16(env, f32(131008)))).toEqual({ value: 0x7fff, raised: 0 });
    expect(under(AHP, (env) => f32To16(env, f32(-131072)))).toEqual({ value: 0xffff, raised: IOC });
    expect(under(AHP, (env) => f32To16(env, QUIET))).toEqual({ value: 0, raised: IOC });
    expect(under(AHP, (env) => f16To32(env, 0x7c00))).toEqual({ value: f32(65536), raised: 0 });
  });

  it("keep the top of a NaN's payload", () => {
    expect(f32To64({ fpscr: 0 }, SIGNALLING)).toBe(0x7ff8_008a_c000_0000n);
    expect(f64To32({ fpscr: 0 }, 0xfff8_008a_c000_0000n)).toBe(0xffc0_0456 | 0);
    expect(f32To16({ fpscr: 0 }, QUIET | 0x2000)).toBe(0x7e01);
  });
});

describe("cumulative flags", () => {
  it("stay set, and leave modes and condition flags alone", () => {
    const env = { fpscr: 0x9000_0000 | RZ | DZC | 0 };
    add32(env, ONE, ONE);
    expect(env.fpscr).toBe(0x9000_0000 | RZ | DZC | 0);
    add32(env, ONE, 1);
    expect(env.fpscr).toBe(0x9000_0000 | RZ | DZC | IXC | 0);
  });

  it("raise DZC for a finite number over zero only", () => {
    expect(under(0, (env) => div32(env, ONE, MINUS_ZERO))).toEqual({ value: neg32(INFINITY), raised: DZC });
    expect(under(0, (env) => div32(env, INFINITY, 0))).toEqual({ value: INFINITY, raised: 0 });
    expect(under(0, (env) => div32(env, 0, 0))).toEqual({ value: DEFAULT_NAN, raised: IOC });
  });

  it("call the root of a negative number invalid, not of a negative zero", () => {
    expect(under(0, (env) => sqrt32(env, f32(-4)))).toEqual({ value: DEFAULT_NAN, raised: IOC });
    expect(under(0, (env) => sqrt32(env, MINUS_ZERO))).toEqual({ value: MINUS_ZERO, raised: 0 });
  });

  it("know an exact product from an inexact one in double precision", () => {
    const x = 0x3ff0_0000_0400_0000n;
    expect(under(0, (env) => mul64(env, x, x)).raised).toBe(0);
    expect(under(0, (env) => mul64(env, x | 1n, x)).raised).toBe(IXC);
  });
});
