import { describe, expect, it } from "vitest";
import { fuzzOne } from "./fuzz/compare.ts";
import { FUZZ_BOARDS } from "./fuzz/program.ts";

const SEEDS = [1, 2, 3, 5, 8, 13, 21, 34];

describe("random programs with loops, calls, interrupts and code that changes run alike on every engine", () => {
  it.each(FUZZ_BOARDS)("$id", (board) => {
    let [instructions, compiled] = [0, 0];
    for (const seed of SEEDS) {
      const outcome = fuzzOne(seed, board);
      expect(outcome.differences).toEqual([]);
      instructions += outcome.instructions;
      compiled += outcome.compiled;
    }
    expect(instructions).toBeGreaterThan(50_000);
    expect(compiled).toBeGreaterThan(25);
  });
});
