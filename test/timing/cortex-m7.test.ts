import { describe, expect, test } from "vitest";
import { cortexM7 } from "../../src/timing/cortex-m7.ts";
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

describe("Cortex-M7 branches", () => {
  // @source J: 8 cycles, 6 when the flags are set at least 3 cycles before
  test("flags are early three cycles before the branch", () => {
    const timing = cortexM7();
    const early = (nops: number): boolean => {
      // subs.w r9, r9, #1; nop.w ...; bne.w
      const code = `f1b9 0901 f3af 8000 x${nops} f47f affe`;
      return timing.schedule(instructionsOf(halfwords(code)), timing.drained).flagsEarly === true;
    };
    expect(early(4)).toBe(false);
    expect(early(5)).toBe(true);
  });
});
