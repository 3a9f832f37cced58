import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { readSequencePrograms, type Expected } from "../../src/runner/accuracy-files.ts";
import { measureSequences } from "../../src/runner/accuracy.ts";

const directory = new URL("../../firmware/calibration/", import.meta.url);
const programs = readSequencePrograms(
  readFileSync(new URL("sequences.json", directory), "utf8"),
  "sequences.json",
);

/**
 * Sequences that the model is known to miss, with what it says instead; docs/accuracy.md shows them. A row that is
 * mended has to go from here.
 */
const KNOWN_MISSES: Readonly<Record<string, number>> = {
  "cortex-m7 store_multiple_4_unaligned": 3,
  "cortex-m7 double_add": 4,
};

function allows(expected: Expected, cycles: number): boolean {
  // A mean over a pattern that the copies need not end with.
  if (typeof expected === "number")
    return Number.isInteger(expected) ? cycles === expected : Math.abs(cycles / expected - 1) < 0.005;
  return cycles >= expected[0] && cycles <= expected[1];
}

describe.each(programs)("$elf on $board", ({ elf, board, core, sequences }) => {
  const file = new URL(`prebuilt/${elf}`, directory);
  const measured = measureSequences({
    board: shippedBoard(board),
    image: readImage(readFileSync(file), elf, {}),
    firmware: elf,
    engine: "handlers",
  });

  test.each(sequences)("$name", ({ name, cycles, source }) => {
    const model = measured.get(name);
    expect(model, `${elf} prints no line for ${name}`).toBeDefined();
    const miss = KNOWN_MISSES[`${core} ${name}`];
    if (miss === undefined)
      expect(allows(cycles, model!), `${model} cycles instead of ${String(cycles)}; ${source}`).toBe(true);
    else {
      expect(model, "the miss has changed").toBe(miss);
      expect(allows(cycles, model!), "is right now: remove it from KNOWN_MISSES").toBe(false);
    }
  });

  test("the list names every sequence of the program", () => {
    expect([...measured.keys()].sort()).toEqual(sequences.map((s) => s.name).sort());
  });
});
