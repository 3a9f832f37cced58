import { describe, expect, test } from "vitest";

import type { Errors } from "../../scripts/fit/calibration-set.ts";
import { PARAMETERS, presentValue, type Assignment, type Parameter } from "../../scripts/fit/parameters.ts";
import {
  best,
  errorOf,
  jointFit,
  matters,
  sensitivity,
  sweep,
  type Measured,
} from "../../scripts/fit/search.ts";
import { loadBoard } from "../../src/board/registry.ts";

/** In the code 1. */
const A: Parameter = { name: "rule.loadAfterJump", core: "cortex-m4", values: [0, 1], range: "" };
/** In the code 3. */
const B: Parameter = { name: "rule.refillLoad", core: "cortex-m4", values: [1, 2, 3], range: "" };

/** Programs whose errors are a sum of what each number does to them. */
function set(
  effect: (a: number, b: number) => readonly number[],
  off: (a: number) => number = () => 0,
): Measured {
  return {
    rows: effect(1, 3),
    boards: new Map(),
    errors(assignment: Assignment): Errors {
      const a = assignment.get(A.name) ?? 1;
      return { rows: effect(a, assignment.get(B.name) ?? 3), sequencesOff: off(a) };
    },
  };
}

describe("fit of the timing models' numbers", () => {
  test("takes the value with the least error on the programs that it touches", () => {
    const result = sweep(
      set((a) => [0.02 * a, -0.01 * a, 0.5]),
      A,
    );
    expect(best(result)).toBe(0);
    expect(errorOf(result, 0)).toBe(0);
    expect(sensitivity(result)).toBeCloseTo(Math.sqrt(0.00025));
  });
  test("keeps the value in the code where the difference is not resolved", () => {
    expect(
      best(
        sweep(
          set((a) => [0.02 + 0.0005 * a, 0.02 + 0.0005 * a]),
          A,
        ),
      ),
    ).toBe(1);
    expect(
      best(
        sweep(
          set((a) => [0.009 * a, 0.5]),
          A,
        ),
      ),
    ).toBe(1); // one program alone
    expect(
      best(
        sweep(
          set((a) => [0.011 * a, 0.5]),
          A,
        ),
      ),
    ).toBe(0);
  });
  test("takes no value that contradicts a measured sequence", () => {
    const result = sweep(
      set(
        (a) => [0.02 * a, 0.02 * a],
        (a) => (a === 0 ? 2 : 0),
      ),
      A,
    );
    expect(best(result)).toBe(1);
  });
  test("says when nothing depends on a number", () => {
    expect(
      matters(
        sweep(
          set(() => [0.1, 0.2]),
          A,
        ),
      ),
    ).toBe(false);
  });
  test("fits together, and without each program in turn", () => {
    // The first program alone would have B at 1; the others have it at 2.
    const programs = set((a, b) => [0.01 * (b - 1) + 0.02 * a, 0.04 * (b - 2), 0.04 * (b - 2)]);
    const fit = jointFit(
      programs,
      [A, B].map((p) => sweep(programs, p)),
    );
    expect(Object.fromEntries(fit.values)).toEqual({ [A.name]: 0, [B.name]: 2 });
    expect(Object.fromEntries(fit.leftOut[0]!.fitted)).toEqual({ [B.name]: 2 });
    expect(fit.leftOut[0]!.error).toBeCloseTo(0.03);
  });
});

test("every parameter of the fit is a number of the models, and its range has the present value", async () => {
  const boards = new Map(
    await Promise.all(
      ["nucleo-f746zg", "nucleo-h7a3zi-q"].map(async (id) => [id, await loadBoard(id)] as const),
    ),
  );
  for (const parameter of PARAMETERS)
    expect(parameter.values, parameter.name).toContain(presentValue(parameter, boards));
});
