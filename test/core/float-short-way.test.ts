import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as float from "../../src/core/float.ts";
import { FPAdd, FPDiv, FPMul, FPMulAdd, FPSqrt, FPSub } from "../../src/core/float/arithmetic.ts";
import type { FpEnv } from "../../src/core/float/env.ts";
import { DOUBLE, type Format, SINGLE } from "../../src/core/float/format.ts";

type General = (env: FpEnv, format: Format, ...operands: bigint[]) => bigint;

const OPERATIONS: readonly (readonly [string, General, number])[] = [
  ["add", FPAdd, 2],
  ["sub", FPSub, 2],
  ["mul", FPMul, 2],
  ["div", FPDiv, 2],
  ["sqrt", FPSqrt, 1],
  ["fma", FPMulAdd, 3],
];

/** Numbers of `format` mostly within a factor 2^30 of one, with long and with nearly empty fractions. */
function operand(format: Format): fc.Arbitrary<bigint> {
  const exponentBits = format.N - format.F - 1;
  const middle = 2 ** (exponentBits - 1) - 1;
  const exponent = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: middle - 30, max: middle + 30 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** exponentBits - 1 }) },
  );
  const fraction = fc.oneof(
    fc.bigInt({ min: 0n, max: format.fraction }),
    fc.integer({ min: 0, max: format.F - 1 }).map((bit) => 1n << BigInt(bit)),
    fc.integer({ min: 0, max: format.F - 1 }).map((bit) => format.fraction - ((1n << BigInt(bit)) - 1n)),
  );
  return fc
    .tuple(fc.boolean(), exponent, fraction)
    .map(([negative, e, f]) => (negative ? format.sign : 0n) | (BigInt(e) << BigInt(format.F)) | f);
}

/** All combinations of RMode, FZ and DN, with and without IXC. */
const modes = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.constantFrom(0, 0x10))
  .map(([m, ixc]) => (m << 22) | ixc);

function shortWay(name: string, format: Format, env: FpEnv, operands: readonly bigint[]): bigint {
  const function_ = float[`${name}${format.N}` as keyof typeof float] as unknown as (
    env: FpEnv,
    ...operands: (number | bigint)[]
  ) => number | bigint;
  const bits = operands.map((value) => (format === SINGLE ? Number(value) | 0 : value));
  return BigInt.asUintN(format.N, BigInt(function_(env, ...bits)));
}

describe.each([
  ["single", SINGLE],
  ["double", DOUBLE],
])("the short way in %s precision gives what the general operation gives", (_, format) => {
  it.each(OPERATIONS)("%s", (name, general, arity) => {
    const operands = fc.array(operand(format), { minLength: arity, maxLength: arity });
    const property = fc.property(modes, operands, (fpscr, values) => {
      const expected = { fpscr };
      const actual = { fpscr };
      const result = general(expected, format, ...values);
      expect(shortWay(name, format, actual, values)).toBe(result);
      expect(actual.fpscr).toBe(expected.fpscr);
    });
    fc.assert(property, { numRuns: 5000, seed: 1 });
  });
});
