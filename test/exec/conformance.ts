import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "../../src/runner/machine.ts";
import type { Outcome } from "./cases.ts";
import { FAMILIES, loadGroups } from "../isa/fp-vectors.ts";
import { describeCase, difference, outsideFrame } from "./compare.ts";
import { FpCaseRunner } from "./fp-cases.ts";
import { CaseRunner } from "./harness.ts";
import { Random } from "./random.ts";
import { PROGRAM, randomProgram } from "./random-program.ts";
import { readVectors, type Vectors } from "./vectors.ts";

/** An engine as the suite needs it: a fresh machine that runs on it. */
export interface EngineUnderTest {
  readonly name: string;
  readonly machine: (board: "mps2-an386" | "mps2-an500") => Machine;
}

const vectorsPath = (name: string): string =>
  fileURLToPath(new URL(`../vectors/isa/${name}`, import.meta.url));
const FORMS = Object.keys(
  (JSON.parse(readFileSync(`${vectorsPath("integer")}.json`, "utf8")) as { forms: object }).forms,
);
const ROWS = [...new Set(FORMS.map((form) => form.slice(0, form.indexOf("/"))))];
/** Recorded with faults: addresses that are not aligned, without and with the traps of CCR. */
const FAULTING = ["unaligned", "trapped"] as const;
/** Differences in one message: enough to see what is wrong. */
const SHOWN = 5;
const PROGRAMS = 150;

/**
 * What every engine must do alike: all recorded instructions as the oracle did them, and random straight-line programs
 * as `reference` does, cycles included.
 */
export function conformance(engine: EngineUnderTest, reference: EngineUnderTest): void {
  describe(`${engine.name}: recorded instructions`, () => {
    let vectors: Vectors;
    let runner: CaseRunner;
    beforeAll(() => {
      vectors = readVectors(vectorsPath("integer"));
      runner = new CaseRunner(engine.machine("mps2-an386"));
    });

    it.each(ROWS)("%s", (row) => {
      const { cases, wrong } = replay(vectors, runner, (form) => form.startsWith(`${row}/`));
      expect(cases).toBeGreaterThanOrEqual(100);
      expect(wrong.slice(0, SHOWN)).toEqual([]);
    });

    it("were compiled, where the engine compiles", () => {
      if (runner.machine.compiler !== undefined) expect(runner.compiledRuns).toBeGreaterThan(50_000);
    });
  });

  describe(`${engine.name}: recorded faults`, () => {
    it.each(FAULTING)("%s", (name) => {
      const vectors = readVectors(vectorsPath(name));
      const runner = new CaseRunner(engine.machine("mps2-an386"), vectors.about.ccr);
      const { cases, wrong } = replay(vectors, runner, () => true, outsideFrame);
      expect(cases).toBe(vectors.about.cases);
      expect(wrong.slice(0, SHOWN)).toEqual([]);
    });
  });

  describe(`${engine.name}: recorded programs`, () => {
    it("with IT blocks, run through", () => {
      const vectors = readVectors(vectorsPath("programs"));
      const runner = new CaseRunner(engine.machine("mps2-an386"));
      const { cases, wrong } = replay(vectors, runner, () => true, outsideFrame);
      expect(cases).toBe(1200);
      expect(wrong.slice(0, SHOWN)).toEqual([]);
    });
  });

  describe(`${engine.name}: recorded FP instructions`, () => {
    let runner: FpCaseRunner;
    beforeAll(() => {
      runner = new FpCaseRunner(engine.machine("mps2-an500"));
    });

    it.each(FAMILIES)("%s", (family) => {
      const rows = loadGroups(family).flatMap((group) => group.rows);
      expect(rows.length).toBeGreaterThan(1000);
      const wrong = rows.map((row) => runner.difference(row)).filter((text) => text !== "");
      expect(wrong.slice(0, SHOWN)).toEqual([]);
    });
  });

  describe.skipIf(engine.name === reference.name)(`${engine.name} against ${reference.name}`, () => {
    it("runs random programs to the same state in the same cycles", () => {
      const ours = new CaseRunner(engine.machine("mps2-an386"));
      const theirs = new CaseRunner(reference.machine("mps2-an386"));
      const random = new Random(11);
      for (let n = 0; n < PROGRAMS; n++) {
        const program = randomProgram(random, 40, 2);
        program.states.forEach((state, i) => {
          const expected = theirs.runThrough(program, state);
          const actual = ours.runThrough(program, state);
          const place = describeCase(program, i);
          expect(difference(expected, actual), place).toBe("");
          expect(actual.cycles, place).toBe(expected.cycles);
        });
      }
    });
  });
}

/** Runs the recorded cases of the forms that `wanted` accepts; `seen` is the part of an outcome that was recorded. */
function replay(
  { groups, outcomes }: Vectors,
  runner: CaseRunner,
  wanted: (form: string) => boolean,
  seen: (outcome: Outcome) => Outcome = (outcome) => outcome,
): { readonly cases: number; readonly wrong: readonly string[] } {
  const wrong: string[] = [];
  let cases = 0;
  groups.forEach((group, g) => {
    if (!wanted(group.form)) return;
    group.states.forEach((state, i) => {
      cases++;
      const outcome = group.form === PROGRAM ? runner.runThrough(group, state) : runner.runOne(group, state);
      const found = difference(outcomes[g]![i]!, seen(outcome));
      if (found !== "") wrong.push(`${describeCase(group, i)}: ${found}`);
    });
  });
  return { cases, wrong };
}
