import { describe, expect, test } from "vitest";

import { UsageError } from "../../src/errors.ts";
import { readMeasuredPrograms, readSequencePrograms } from "../../src/runner/accuracy-files.ts";

const program = {
  program: "a",
  elf: "a.elf",
  board: "mps2-an386",
  measure: { function: "work", call: 2 },
  published: 100,
  source: "somewhere",
  use: "held-out",
};
const read = (entry: object) => readMeasuredPrograms(JSON.stringify([entry]), "accuracy.json");

describe("a list of programs", () => {
  test("is read as it is", () => {
    expect(read(program)).toEqual([program]);
    const other = {
      ...program,
      measure: { console: "cycles (\\d+)" },
      minus: "b.elf",
      boot: "max",
      uart: "send go",
    };
    expect(read(other)).toEqual([other]);
    expect(read({ ...program, measure: { from: "a", to: "b" } })[0]!.measure).toEqual({ from: "a", to: "b" });
  });
  test.each([
    [{ ...program, publishd: 1 }, "publishd is not known"],
    [{ ...program, published: 0 }, "published must be"],
    [{ ...program, use: "fitted" }, "use must be"],
    [{ ...program, boot: "fast" }, "boot must be"],
    [{ ...program, elf: "" }, "elf must be text"],
    [{ ...program, uart: 5 }, "uart must be text"],
    [{ ...program, measure: { function: "f", call: 0 } }, "counts from 1"],
    [{ ...program, measure: "f" }, "measure must be an object"],
  ])("says what is wrong with %j", (entry, message) => {
    expect(() => read(entry)).toThrow(UsageError);
    expect(() => read(entry)).toThrow(`accuracy.json, entry 1`);
    expect(() => read(entry)).toThrow(message);
  });
  test("has to be JSON and a list", () => {
    expect(() => readMeasuredPrograms("{", "x.json")).toThrow("x.json is not JSON");
    expect(() => readMeasuredPrograms("{}", "x.json")).toThrow("x.json must be a list");
  });
});

test("a sequence needs its cycles and how sure they are", () => {
  const list = (sequence: object) =>
    JSON.stringify([{ elf: "a", board: "b", core: "c", memory: "d", sequences: [sequence] }]);
  const good = { name: "n", cycles: [1, 2], source: "s", confidence: "high" };
  expect(readSequencePrograms(list(good), "f")[0]!.sequences).toEqual([good]);
  expect(() => readSequencePrograms(list({ ...good, cycles: [2, 1] }), "f")).toThrow("cycles must be");
  expect(() => readSequencePrograms(list({ ...good, confidence: "sure" }), "f")).toThrow("confidence must");
});
