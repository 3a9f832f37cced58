import { describe, expect, it } from "vitest";
import { fuzzOne } from "./fuzz/compare.ts";
import { FUZZ_BOARDS } from "./fuzz/program.ts";

/** The last six showed differences once. */
const SEEDS = [
  1, 2, 3, 5, 8, 13, 21, 34, 50_149, 2_000_054, 8_600_252, 9_900_171, 9_700_078, 9_700_157, 12_000_203,
];

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
  it.each(FUZZ_BOARDS)(
    "$id, with so few counters that compiled code is given up again and again",
    (board) => {
      let compiled = 0;
      for (const seed of SEEDS.slice(0, 4)) {
        const outcome = fuzzOne(seed, board, { engines: ["wasm"], counters: 150 });
        expect(outcome.differences).toEqual([]);
        compiled += outcome.compiled;
      }
      expect(compiled).toBeGreaterThan(0);
    },
  );
});
