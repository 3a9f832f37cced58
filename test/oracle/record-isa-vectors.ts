import { fileURLToPath } from "node:url";
import type { CaseGroup, Outcome } from "../exec/cases.ts";
import { type Form, integerForms } from "../exec/forms.ts";
import { hasUnicorn, randomGroup } from "../exec/generator.ts";
import { Random } from "../exec/random.ts";
import { writeVectors } from "../exec/vectors.ts";
import { doubtful, UnicornOracle } from "./lockstep.ts";
import { pythonOracle } from "./oracle.ts";

/** Records test/vectors/isa/integer: `npx tsx test/oracle/record-isa-vectors.ts [seed]`. */

/** Cases of each form; a few are left out, which further rounds make up for. */
const ENOUGH = 200;
const ROUNDS = 3;
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
  for (let round = 0; round < ROUNDS && (forms[form.name] ?? 0) < ENOUGH; round++) await recordRound(form);
}
const cases = groups.reduce((sum, g) => sum + g.states.length, 0);
const about = {
  oracle: `unicorn ${await oracle.version} (QEMU 5.0.1), CPU cortex-m7`,
  recorder: "test/oracle/record-isa-vectors.ts",
  seed,
  ccr: 0,
  cases,
  forms,
  leftOut,
};
oracle.close();
writeVectors(fileURLToPath(new URL("../vectors/isa/integer", import.meta.url)), { about, groups, outcomes });
process.stdout.write(`${cases} cases of ${Object.keys(forms).length} forms\n`);

async function recordRound(form: Form): Promise<void> {
  const made: CaseGroup[] = [];
  const wanted = Math.ceil((ENOUGH - (forms[form.name] ?? 0)) / STATES);
  for (let i = 0; i < Math.min(GROUPS, wanted); i++) {
    const group = randomGroup(random, form, STATES);
    if (group !== undefined) made.push(group);
  }
  const answers = await oracle.run(made);
  for (const [g, group] of made.entries()) {
    const doubts = group.states.map((state, i) => doubtful(form.name, state, answers[g]![i]!));
    for (const why of doubts) if (why !== "") leftOut[why] = (leftOut[why] ?? 0) + 1;
    const states = group.states.filter((_, i) => doubts[i] === "");
    if (states.length === 0) continue;
    groups.push({ ...group, states });
    outcomes.push(answers[g]!.filter((_, i) => doubts[i] === ""));
    forms[form.name] = (forms[form.name] ?? 0) + states.length;
  }
}
