import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "../../src/runner/machine.ts";
import { describeCase, difference } from "./compare.ts";
import { CaseRunner } from "./harness.ts";
import { Random } from "./random.ts";
import { randomProgram } from "./random-program.ts";
import { readVectors, type Vectors } from "./vectors.ts";

/** An engine as the suite needs it: a fresh machine that runs on it. */
export interface EngineUnderTest {
  readonly name: string;
  readonly machine: () => Machine;
}

const VECTORS = fileURLToPath(new URL("../vectors/isa/integer", import.meta.url));
const FORMS = Object.keys((JSON.parse(readFileSync(`${VECTORS}.json`, "utf8")) as { forms: object }).forms);
const ROWS = [...new Set(FORMS.map((form) => form.slice(0, form.indexOf("/"))))];
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
      vectors = readVectors(VECTORS);
      runner = new CaseRunner(engine.machine());
    });

    it.each(ROWS)("%s", (row) => {
      const wrong: string[] = [];
      let cases = 0;
      vectors.groups.forEach((group, g) => {
        if (!group.form.startsWith(`${row}/`)) return;
        group.states.forEach((state, i) => {
          cases++;
          const found = difference(vectors.outcomes[g]![i]!, runner.runOne(group, state));
          if (found !== "") wrong.push(`${describeCase(group, i)}: ${found}`);
        });
      });
      expect(cases).toBeGreaterThanOrEqual(100);
      expect(wrong.slice(0, SHOWN)).toEqual([]);
    });
  });

  describe.skipIf(engine.name === reference.name)(`${engine.name} against ${reference.name}`, () => {
    it("runs random programs to the same state in the same cycles", () => {
      const ours = new CaseRunner(engine.machine());
      const theirs = new CaseRunner(reference.machine());
      const random = new Random(11);
      for (let n = 0; n < PROGRAMS; n++) {
        const program = randomProgram(random, 40, 2);
        program.states.forEach((state, i) => {
          const expected = theirs.runThrough(program, state);
          const actual = ours.runThrough(program, state);
          const place = describeCase(program, i);
          expect(difference(expected, actual), place).toBe("");
          expect(actual.cycles, place).toBe(expected.cycles);
          expect(actual.itState, place).toBe(expected.itState);
        });
      }
    });
  });
}
