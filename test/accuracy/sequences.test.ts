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

function allows(expected: Expected, cycles: number): boolean {
  // A mean over a pattern that the copies need not end with.
  if (typeof expected === "number")
    return Number.isInteger(expected) ? cycles === expected : Math.abs(cycles / expected - 1) < 0.005;
  return cycles >= expected[0] && cycles <= expected[1];
}

describe.each(programs)("$elf on $board", ({ elf, board, sequences }) => {
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
    expect(allows(cycles, model!), `${model} cycles instead of ${String(cycles)}; ${source}`).toBe(true);
  });

  test("the list names every sequence of the program", () => {
    expect([...measured.keys()].sort()).toEqual(sequences.map((s) => s.name).sort());
  });
});
