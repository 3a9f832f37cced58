import { divideCycles } from "../../src/timing/divide.ts";
import { describe, expect, test } from "vitest";
import { cortexM4 } from "../../src/timing/cortex-m4.ts";
import { BANK_RULE, CAUSE, CAUSES } from "../../src/timing/timing.ts";
import { M4_LOOPS } from "./cortex-m4-sequences.ts";
import { CODE_BASE, halfwords, instructionsOf, loopCycles } from "./sequence.ts";

describe("Cortex-M4 micro-sequences", () => {
  test.each(M4_LOOPS)("$name ($source)", (sequence) => {
    expect(loopCycles(cortexM4(), sequence)).toBe(sequence.cycles);
  });
});

describe("Cortex-M4 division", () => {
  // @source compendium.i-0.nl: 2 for a zero operand, 3 for a smaller dividend; TRM: 2 to 12
  test.each([
    [0, 7, 2],
    [7, 0, 2],
    [7, 9, 3],
    [3, 9, 3],
    [-1, 1, 5],
    [0x7fff_ffff, 1, 12],
    // @source CMEmu, measured on CC2652
    [1, 3, 3],
    [10, 3, 5],
    [100, 3, 6],
    [1_000_000_000, 3, 12],
    [0x4000_0000, -0x8000_0000, 5],
    [0xffff, -0x1_0000, 5],
    [-0x1_0000, 0xffff, 5],
  ])("SDIV of %i by %i takes %i cycles", (dividend, divisor, cycles) => {
    const timing = cortexM4();
    const run = instructionsOf(halfwords("fb91 f0f2"));
    const least = timing.schedule(run, timing.drained).offsets[1]!;
    expect(least + divideCycles(timing.divide!, true, dividend, divisor)).toBe(cycles);
  });

  test("UDIV counts the bits of unsigned operands", () => {
    const timing = cortexM4();
    expect(2 + divideCycles(timing.divide!, false, -1, 1)).toBe(12);
  });
});

describe("Cortex-M4 branches to registers", () => {
  // @source CMEmu, measured on CC2652: those to LR as BL, unless the instruction before writes it
  test.each([
    ["nop; bx lr", "bf00 4770", 1],
    ["nop; blx lr", "bf00 47f0", 1],
    ["nop; mov pc, lr", "bf00 46f7", 1],
    ["mov lr, r5; bx lr", "46ae 4770", 3],
    ["nop; bx r8", "bf00 4740", 3],
  ])("%s", (_, code, refill) => {
    const timing = cortexM4();
    expect(timing.schedule(instructionsOf(halfwords(code)), timing.drained).takenCycles).toBe(refill);
  });
});

/** Cycles of `count` runs of a sequence whose accesses all take the turns of fetches, or none. */
function sharedCycles(code: string, count: number, contends: boolean): number {
  const timing = cortexM4();
  const run = Array.from({ length: count }, () => instructionsOf(halfwords(code))).flat();
  let [state, cycles, pc] = [timing.drained, 0, CODE_BASE];
  for (const each of run) {
    const instruction = { ...each, pc, mayContend: each.footprint.accesses.length > 0 };
    const { offsets, fallthroughState, contendedState } = timing.schedule([instruction], state);
    cycles += offsets[1]!;
    state = contends ? (contendedState ?? fallthroughState) : fallthroughState;
    pc += each.size;
  }
  return cycles;
}

describe("Cortex-M4 code in a RAM behind the code buses, by where its data lie", () => {
  // @source CMEmu, measured on CC2650, code in its GPRAM, data there or in SRAM
  test.each([
    ["six narrow loads", "6865 68a6 68e7 6925 6966 69a7", 9, 6], // ldr r5, [r4, #4]; …
    ["three wide loads", "f8d4 5004 f8d4 6008 f8d4 700c", 6, 3],
    ["a load with post-index", "f854 5b04", 2, 2],
  ])("%s", (_, code, together, apart) => {
    const each = (contends: boolean): number =>
      (sharedCycles(code, 40, contends) - sharedCycles(code, 8, contends)) / 32;
    expect([each(true), each(false)]).toEqual([together, apart]);
  });
});

describe("Cortex-M4 code in a RAM on the System bus, with its data", () => {
  // @source CMEmu, measured on CC2652, code and data in its SRAM
  test.each([
    ["six narrow loads", "6865 68a6 68e7 6925 6966 69a7", 9], // ldr r5, [r4, #4]; …
    ["three wide loads", "f8d4 5004 f8d4 6008 f8d4 700c", 6],
    ["a load with post-index", "f854 5b04", 2],
    ["a load of two words", "e9d4 5602", 4], // ldrd r5, r6, [r4, #8]
  ])("%s", (_, code, expected) => {
    const cycles = (count: number): number => {
      const timing = cortexM4();
      const words = Array.from({ length: count }, () => halfwords(code)).flat();
      const run = instructionsOf(words, 0x2000_0000);
      return timing.schedule(run, timing.drained).offsets[run.length]!;
    };
    expect((cycles(40) - cycles(8)) / 32).toBe(expected);
  });
  test("the wait for a fetch that has the bus is of data, and a skipped load has none", () => {
    const timing = cortexM4();
    const run = instructionsOf(halfwords("f8d4 5004 bf08 6865"), 0x2000_0000); // ldr.w; it eq; ldreq
    const { causes, skipped } = timing.schedule(run, timing.drained);
    expect(causes[2 * CAUSES + CAUSE.data]).toBe(2);
    expect(skipped![2]).toBe(2);
  });
});

describe("Cortex-M4 loads that only run time knows to be of one memory", () => {
  const rule = (code: string): number[] => {
    const timing = cortexM4();
    return [...(timing.schedule(instructionsOf(halfwords(code)), timing.drained).bankRule ?? [])];
  };
  test("overlap, and say that the memory decides", () => {
    const timing = cortexM4();
    const run = instructionsOf(halfwords("6829 6872")); // ldr r1, [r5]; ldr r2, [r6, #4]
    const schedule = timing.schedule(run, timing.drained);
    expect(schedule.offsets[2]).toBe(2);
    expect([...schedule.bankRule!]).toEqual([0, BANK_RULE.otherMemory]);
    expect(timing.bankConflict).toBe(1);
  });
  test.each([
    ["one base", "6829 686a", []], // ldr r1, [r5]; ldr r2, [r5, #4]
    ["two words of the code", "4900 4a00", []], // ldr r1, [pc]; ldr r2, [pc]
    ["a word of the code, then another base", "4900 682a", [0, 3]], // ldr r1, [pc]; ldr r2, [r5]
    ["one base that the first has moved", "f855 1f04 59aa", []], // ldr r1, [r5, #4]!; ldr r2, [r5, r6]: waits anyway
    ["an index", "6829 59aa", [0, 3]], // ldr r1, [r5]; ldr r2, [r5, r6]
    ["an address that the first loads", "6829 680a", []], // ldr r1, [r5]; ldr r2, [r1]
    ["an instruction between", "6829 1892 6872", []], // adds r2, r2, r2
    ["a folded IT between", "6829 bf08 6872", [0, 0, 3]], // ldr r1, [r5]; it eq; ldreq r2, [r6, #4]
    ["a store behind a load", "6829 6072", []], // str r2, [r6, #4]
    ["a load behind a multiple", "c907 6872", []], // ldm r1!, {r0-r2}; ldr r2, [r6, #4]
  ])("%s", (_, code, expected) => expect(rule(code)).toEqual(expected));
  test("the engine that goes by single instructions says the same", () => {
    const timing = cortexM4();
    const [first, second] = instructionsOf(halfwords("6829 6872"));
    const state = timing.schedule([first!], timing.drained).fallthroughState;
    expect([...timing.schedule([second!], state).bankRule!]).toEqual([BANK_RULE.otherMemory]);
  });
  test("no rule without a cost", () => {
    const timing = cortexM4({ "rule.otherMemory": 0 });
    expect(timing.schedule(instructionsOf(halfwords("6829 6872")), timing.drained).bankRule).toBeUndefined();
  });
});

describe("Cortex-M4 fetch", () => {
  /** ADD.W r2, r2, r2 */
  const WIDE = "eb02 0202";
  const cycles = (code: string, base: number): number => {
    const timing = cortexM4();
    const run = instructionsOf(halfwords(code), base);
    return timing.schedule(run, timing.drained).offsets[run.length]!;
  };

  test("wide instructions on word boundaries run one a cycle", () => {
    expect(cycles(`${WIDE} x12`, CODE_BASE)).toBe(12);
  });
  test("wide instructions that straddle words run one a cycle behind a branch's extra cycle", () => {
    expect(cycles(`${WIDE} x12`, CODE_BASE + 2)).toBe(13);
  });
  // @source jnk0le/random, template: not taken, BNE.W takes 2 cycles behind less than two narrow instructions
  test("a branch that is not taken loses the fetch that its target took", () => {
    const BNE = "f47f affe";
    const SUBS = "f1b0 0001";
    expect(cycles(`${WIDE} x4 ${SUBS} ${BNE} ${WIDE} x4`, CODE_BASE)).toBe(4 + 2 + 4 + 1);
    expect(cycles(`1892 1892 ${WIDE} x3 ${SUBS} ${BNE} ${WIDE} x4`, CODE_BASE)).toBe(5 + 2 + 4);
  });
  // @source Cortex-M3 TRM: fetches over the System bus are registered and take two cycles
  test("on the System bus wide code runs at half the speed, narrow code at full", () => {
    expect(cycles(`${WIDE} x12`, 0x2000_0000)).toBe(2 * 12);
    expect(cycles("1892 ".repeat(12).trim(), 0x2000_0000)).toBe(12 + 1);
  });
});
