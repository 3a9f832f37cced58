import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explanation, UnicornOracle } from "../oracle/lockstep.ts";
import { pythonOracle } from "../oracle/oracle.ts";
import type { CaseGroup } from "./cases.ts";
import { describeCase, difference } from "./compare.ts";
import { integerForms } from "./forms.ts";
import { hasUnicorn, randomGroup } from "./generator.ts";
import { CaseRunner, machineFor } from "./harness.ts";
import { Random } from "./random.ts";

const python = pythonOracle("unicorn");

/** A live sample; sweep-lockstep.ts is the long run. */
describe("every form against unicorn", () => {
  let oracle: UnicornOracle;
  beforeAll(() => {
    if (python !== undefined) oracle = new UnicornOracle(python);
  });
  afterAll(() => {
    if (python !== undefined) oracle.close();
  });

  it.skipIf(python === undefined).each(["reference", "handlers"] as const)("on %s", async (engine) => {
    const random = new Random(engine === "reference" ? 21 : 22);
    const groups: CaseGroup[] = [];
    for (const form of integerForms().filter(hasUnicorn)) {
      const group = randomGroup(random, form, 4);
      if (group !== undefined) groups.push(group);
    }
    expect(groups.length).toBeGreaterThan(450);
    const runner = new CaseRunner(machineFor(engine));
    const answers = await oracle.run(groups);
    const wrong: string[] = [];
    groups.forEach((group, g) => {
      runner.run(group).forEach((outcome, i) => {
        const expected = answers[g]![i]!;
        const found = difference(expected, outcome);
        if (found !== "" && explanation(group.form, group.states[i]!, expected, outcome) === "")
          wrong.push(`${describeCase(group, i)}: ${found}`);
      });
    });
    expect(wrong).toEqual([]);
  });
});
