import { describe, expect, test } from "vitest";
import { branchKind } from "../../src/timing/branch-kind.ts";
import { BranchPredictor, predictorWords } from "../../src/timing/branch-predictor.ts";
import { m7Predictor } from "../../src/timing/cortex-m7.ts";
import { halfwords, instructionsOf } from "./sequence.ts";

const PC = 0x0800_0100;
const BACK = 0x0800_0080;

function make() {
  const words = new Int32Array(predictorWords(m7Predictor()));
  return { words, predictor: new BranchPredictor(m7Predictor(), words) };
}

describe("branch predictor", () => {
  test("a loop pays for its first and its last iteration", () => {
    const { predictor } = make();
    const costs = [true, true, true, true, false].map((taken) =>
      predictor.resolve(PC, taken, taken ? BACK : PC + 2, "conditional", 8),
    );
    expect(costs).toEqual([8, 0, 0, 0, 8]);
  });
  test("a misprediction costs what the branch says", () => {
    const { predictor } = make();
    expect(predictor.resolve(PC, true, BACK, "conditional", 3)).toBe(3);
  });
  test("one exit of a loop does not forget that it is taken", () => {
    const { predictor } = make();
    for (let i = 0; i < 4; i++) predictor.resolve(PC, true, BACK, "conditional", 8);
    predictor.resolve(PC, false, PC + 2, "conditional", 8);
    expect(predictor.resolve(PC, true, BACK, "conditional", 8)).toBe(0);
  });
  test("a branch predicted correctly in a saturated state changes nothing", () => {
    const { words, predictor } = make();
    for (let i = 0; i < 4; i++) predictor.resolve(PC, true, BACK, "conditional", 8);
    const before = [...words];
    expect(predictor.resolve(PC, true, BACK, "conditional", 8)).toBe(0);
    expect(predictor.resolve(PC + 0x40, false, PC + 0x42, "conditional", 8)).toBe(0);
    expect([...words]).toEqual(before);
  });
  test("a call costs once, its return nothing, from whatever place it is called", () => {
    const { predictor } = make();
    const callAndReturn = (from: number): number[] => [
      predictor.resolve(from, true, 0x0800_1000, "call", 0),
      predictor.resolve(0x0800_1010, true, from + 4, "return", 0),
    ];
    callAndReturn(PC);
    expect(callAndReturn(PC)).toEqual([0, 0]);
    expect(callAndReturn(PC + 0x20)[1]).toBe(0);
  });
  test("an indirect jump is predicted to go where it went last", () => {
    const { predictor } = make();
    const targets = [0x0800_1000, 0x0800_1000, 0x0800_2000, 0x0800_1000];
    const costs = targets.map((target) => predictor.resolve(PC, true, target, "indirect", 0));
    expect(costs).toEqual([8, 0, 8, 8]);
  });
});

describe("kinds of jumps", () => {
  test.each([
    ["beq", "d0fe", "conditional"],
    ["cbz r0", "b100", "conditional"],
    ["b", "e7fe", "direct"],
    ["bl", "f7ff fffe", "call"],
    ["blx r3", "4798", "indirect-call"],
    ["bx r3", "4718", "indirect"],
    ["bx lr", "4770", "return"],
    ["pop {r4, pc}", "bd10", "return"],
    ["ldr pc, [sp], #4", "f85d fb04", "return"],
    ["tbb [pc, r0]", "e8df f000", "indirect"],
    ["adds r0, #1", "3001", undefined],
  ])("%s", (_, code, kind) => {
    expect(branchKind(instructionsOf(halfwords(code))[0]!)).toBe(kind);
  });
});
