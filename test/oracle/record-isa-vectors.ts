import { fileURLToPath } from "node:url";
import type { CaseGroup, Outcome } from "../exec/cases.ts";
import { integerForms } from "../exec/forms.ts";
import { hasUnicorn, randomGroup } from "../exec/generator.ts";
import { Random } from "../exec/random.ts";
import { writeVectors } from "../exec/vectors.ts";
import { UnicornOracle } from "./lockstep.ts";
import { pythonOracle } from "./oracle.ts";

/** Records test/vectors/isa/integer: `npx tsx test/oracle/record-isa-vectors.ts [seed]`. */

const GROUPS = 20;
const STATES = 10;

const seed = Number(process.argv[2] ?? 7);
const python = pythonOracle("unicorn");
if (python === undefined) process.exit(1);
const oracle = new UnicornOracle(python);
const random = new Random(seed);
const groups: CaseGroup[] = [];
const outcomes: Outcome[][] = [];
const forms: Record<string, number> = {};
const leftOut: Record<string, number> = {};
for (const form of integerForms().filter(hasUnicorn)) {
  const made: CaseGroup[] = [];
  for (let i = 0; i < GROUPS; i++) {
    const group = randomGroup(random, form, STATES);
    if (group !== undefined) made.push(group);
  }
  const answers = await oracle.run(made);
  for (const [g, group] of made.entries()) {
    // QEMU 5.0 keeps bits 1:0 of an address that writeback puts into R13; see lockstep.ts.
    const kept = group.states.map((_, i) => (answers[g]![i]!.r[13]! & 3) === 0);
    const lost = kept.filter((k) => !k).length;
    if (lost > 0) leftOut["bits 1:0 of R13"] = (leftOut["bits 1:0 of R13"] ?? 0) + lost;
    groups.push({ ...group, states: group.states.filter((_, i) => kept[i]) });
    outcomes.push(answers[g]!.filter((_, i) => kept[i]));
    forms[group.form] = (forms[group.form] ?? 0) + groups.at(-1)!.states.length;
  }
}
const cases = groups.reduce((sum, g) => sum + g.states.length, 0);
const about = {
  oracle: `unicorn ${await oracle.version} (QEMU 5.0.1), CPU cortex-m7`,
  recorder: "test/oracle/record-isa-vectors.ts",
  seed,
  cases,
  forms,
  leftOut,
};
oracle.close();
writeVectors(fileURLToPath(new URL("../vectors/isa/integer", import.meta.url)), { about, groups, outcomes });
process.stdout.write(`${cases} cases of ${Object.keys(forms).length} forms\n`);
