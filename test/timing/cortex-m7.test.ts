import { describe, expect, test } from "vitest";
import { cortexM7 } from "../../src/timing/cortex-m7.ts";
import { M7_ISSUE } from "../../src/timing/cortex-m7-costs.ts";
import { doubleCycles } from "../../src/timing/double.ts";
import { M7_COPIES, M7_LOOPS } from "./cortex-m7-sequences.ts";
import { copyCycles, halfwords, instructionsOf, loopCycles } from "./sequence.ts";

describe("Cortex-M7 micro-sequences", () => {
  test.each(M7_LOOPS)("$name ($source)", (sequence) => {
    expect(loopCycles(cortexM7(), sequence)).toBe(sequence.cycles);
  });
  test.each(M7_COPIES)("$name ($source)", (sequence) => {
    expect(copyCycles(cortexM7(), sequence)).toBe(sequence.cycles);
  });
});

describe("Cortex-M7 loads of banks that only run time knows", () => {
  test("pair, and say that the bank decides", () => {
    const timing = cortexM7();
    // ldr.w r1, [r5]; ldr.w r2, [r6]
    const schedule = timing.schedule(instructionsOf(halfwords("f8d5 1000 f8d6 2000")), timing.drained);
    expect(schedule.offsets[2]).toBe(1);
    expect([...schedule.bankRule!]).toEqual([0, 1]);
    expect(timing.bankConflict).toBe(1);
  });
  test("do not say so when base and offsets decide", () => {
    const timing = cortexM7();
    // ldr.w r1, [r5]; ldr.w r2, [r5, #4]
    const schedule = timing.schedule(instructionsOf(halfwords("f8d5 1000 f8d5 2004")), timing.drained);
    expect(schedule.offsets[2]).toBe(1);
    expect(schedule.bankRule).toBeUndefined();
  });
});

describe("Cortex-M7 operations on doubles", () => {
  const bits = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0]!;
  const SUBNORMAL = 2 ** -1060;
  // @source J: cycles of one after the other
  test.each([
    ["add64", [1, 1.5], 1],
    ["sub64", [1, -2], 2],
    ["add64", [1, SUBNORMAL], 3],
    ["add64", [1, -0], 3],
    ["mul64", [1, 2], 5],
    ["mul64", [1, SUBNORMAL], 5],
    ["mul64", [1, 0], 4],
    ["div64", [1, 3], 30],
    ["div64", [1, SUBNORMAL], 30],
    ["div64", [0, 3], 2],
    ["div64", [1, 0], 2],
    ["fma64", [6, 2, 2], 6],
    ["fma64", [1, 2, 2], 7],
    ["fma64", [1, 2, SUBNORMAL], 9],
    ["fma64", [0, 2, 2], 5],
  ] as const)("%s of %j takes %i", (op, operands, cycles) => {
    const add = M7_ISSUE["fp64.add"];
    const issue = {
      add64: add,
      sub64: add,
      mul64: M7_ISSUE["fp64.multiply"],
      div64: M7_ISSUE["fp64.divide"],
      fma64: M7_ISSUE["fp64.fma"],
    };
    expect(issue[op].cycles + doubleCycles(cortexM7().double!, op, operands.map(bits))).toBe(cycles);
  });
});

describe("Cortex-M7 store multiple", () => {
  const rule = (code: string): number[] => {
    const timing = cortexM7();
    return [...(timing.schedule(instructionsOf(halfwords(code)), timing.drained).bankRule ?? [])];
  };
  // @source J, calibration sequence 9
  test("of an even number of words depends on its base", () => expect(rule("e885 000f")).toEqual([2])); // stm.w r5, {r0-r3}
  test("of an odd number does not", () => expect(rule("e885 0007")).toEqual([])); // stm.w r5, {r0-r2}
  test("on the stack does not", () => expect(rule("b40f")).toEqual([])); // push {r0-r3}
});

describe("Cortex-M7 branches", () => {
  const mispredict = (code: string): number | undefined => {
    const timing = cortexM7();
    return timing.schedule(instructionsOf(halfwords(code)), timing.drained).mispredict;
  };
  // @source J: 8 cycles, 6 when the flags are set at least 3 cycles before
  test("flags are early three cycles before the branch", () => {
    // subs.w r9, r9, #1; nop.w ...; bne.w
    const behindNops = (nops: number) => mispredict(`f1b9 0901 f3af 8000 x${nops} f47f affe`);
    expect(behindNops(4)).toBe(8);
    expect(behindNops(5)).toBe(6);
  });
  test("a branch that waits for its turn is resolved meanwhile", () => {
    // subs.w r9, r9, #1; 6 x eor.w r1, r1, r2; bne.w: three cycles that issue one instruction each let fetch get ahead
    expect(mispredict("f1b9 0901 ea81 0102 x6 f47f affe")).toBe(3);
    // cmp r1, r2 in its place: late whatever fetch does
    expect(mispredict("ea81 0102 x6 4291 f47f affe")).toBe(8);
  });
  test("GE is no flag that a branch waits for", () => {
    const timing = cortexM7();
    // cmp r1, r2; uadd8 r2, r2, r2; nop.w ...; bne.w
    const run = instructionsOf(halfwords("4291 fa82 f242 f3af 8000 x5 f47f affe"));
    expect(timing.schedule(run, timing.drained).mispredict).toBeLessThan(8);
  });
});
