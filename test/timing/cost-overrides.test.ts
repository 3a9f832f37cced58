import { describe, expect, test } from "vitest";

import { UsageError } from "../../src/errors.ts";
import { checkOverrides, memoryCosts, replaceableCosts } from "../../src/runner/cost-overrides.ts";
import { cortexM4 } from "../../src/timing/cortex-m4.ts";
import { cortexM7 } from "../../src/timing/cortex-m7.ts";
import { loopCycles } from "./sequence.ts";

const LOOP = { name: "", asm: "nop; ldr r1, [r5]; subs r0, #1; bne a", cycles: 0, source: "" };
const M4_LOOP = { ...LOOP, code: "bf00 6829 3801 d1fb" };
/** LDR of its own base: a chain of addresses. */
const M7_CHAIN = { ...LOOP, code: "682d 3801 d1fc" };

describe("numbers that are replaced", () => {
  test("change the pipeline that is made with them, and no other", () => {
    expect(loopCycles(cortexM4({ "rule.refillDirect": 2 }), M4_LOOP)).toBe(
      loopCycles(cortexM4(), M4_LOOP) + 1,
    );
    expect(loopCycles(cortexM7(undefined, { "latency.load.address": 3 }), M7_CHAIN)).toBe(
      loopCycles(cortexM7(), M7_CHAIN) + 1,
    );
  });
  test("reach the predictor's tables", () => {
    const { branch } = cortexM7(undefined, { "rule.mispredict": 5, "predictor.entries": 64 });
    expect(branch?.tables).toMatchObject({ mispredict: 5, entries: 64 });
  });
  test("reach the memory models", () => {
    expect(memoryCosts({ "axi.ahb.first": 9 }).axi.ahb.first.cycles).toBe(9);
    expect(memoryCosts({ "buffer.dataFills": 1 }).buffer.dataFills.cycles).toBe(1);
  });
  test("must have a name that the core's model knows", () => {
    expect(() => checkOverrides("cortex-m4", { "rule.mispredict": 1 })).toThrow(UsageError);
    for (const core of ["cortex-m4", "cortex-m7"] as const)
      expect(() =>
        checkOverrides(core, Object.fromEntries([...replaceableCosts(core).keys()].map((k) => [k, 1]))),
      ).not.toThrow();
  });
});
