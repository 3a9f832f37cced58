import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UnicornOracle } from "../oracle/lockstep.ts";
import { pythonOracle } from "../oracle/oracle.ts";
import { describeCase, difference } from "./compare.ts";
import { CaseRunner, machineFor } from "./harness.ts";
import { Random } from "./random.ts";
import { randomProgram } from "./random-program.ts";

const python = pythonOracle("unicorn");
const PROGRAMS = 60;

describe("random programs against unicorn", () => {
  let oracle: UnicornOracle;
  beforeAll(() => {
    if (python !== undefined) oracle = new UnicornOracle(python);
  });
  afterAll(() => {
    if (python !== undefined) oracle.close();
  });

  it.skipIf(python === undefined).each(["reference", "handlers"] as const)("on %s", async (engine) => {
    const random = new Random(engine === "reference" ? 5 : 6);
    const runner = new CaseRunner(machineFor(engine));
    const programs = Array.from({ length: PROGRAMS }, () => randomProgram(random, 40, 4));
    const answers = await oracle.run(programs);
    for (const [n, program] of programs.entries()) {
      program.states.forEach((state, i) => {
        const outcome = runner.runThrough(program, state);
        expect(difference(answers[n]![i]!, outcome), describeCase(program, i)).toBe("");
      });
    }
  });
});
