import type { CaseGroup } from "../exec/cases.ts";
import { describeCase, difference } from "../exec/compare.ts";
import { type Form, integerForms } from "../exec/forms.ts";
import { hasUnicorn, randomGroup } from "../exec/generator.ts";
import { CaseRunner, machineFor } from "../exec/harness.ts";
import { Random } from "../exec/random.ts";
import { PROGRAM, randomProgram } from "../exec/random-program.ts";
import { explanation, UnicornOracle } from "./lockstep.ts";
import { pythonOracle } from "./oracle.ts";

/**
 * The long run of lockstep.test.ts: `npx tsx test/oracle/sweep-lockstep.ts [cases] [seed] [engine]` compares that many
 * random cases, over all forms alike and every tenth round in random programs, and ends with 1 on a difference that
 * `explanation` does not know.
 */

const [wanted = "1000000", seed = "1", engineName = "handlers"] = process.argv.slice(2);
if (engineName !== "handlers" && engineName !== "reference") throw new Error(`no engine "${engineName}"`);
const STATES = 10;
const PROGRAMS = 40;
const SHOWN = 20;

const random = new Random(Number(seed));
const forms: readonly Form[] = integerForms().filter(hasUnicorn);
const runner = new CaseRunner(machineFor(engineName));
const total = { cases: 0, programs: 0, explained: new Map<string, number>(), unexplained: [] as string[] };
const covered = new Map<string, number>();

function roundOfForms(): CaseGroup[] {
  return forms.flatMap((form) => randomGroup(random, form, STATES) ?? []);
}

function judge(group: CaseGroup, answers: Awaited<ReturnType<UnicornOracle["run"]>>[number]): void {
  const isProgram = group.form === PROGRAM;
  group.states.forEach((state, i) => {
    const outcome = isProgram ? runner.runThrough(group, state) : runner.runOne(group, state);
    if (isProgram) total.programs++;
    else total.cases++;
    const found = difference(answers[i]!, outcome);
    if (found === "") return;
    const why = explanation(group.form, state, answers[i]!, outcome);
    if (why === "") total.unexplained.push(`${describeCase(group, i)}: ${found}`);
    else total.explained.set(why, (total.explained.get(why) ?? 0) + 1);
  });
  covered.set(group.form, (covered.get(group.form) ?? 0) + group.states.length);
}

function report(): void {
  const explained = [...total.explained].map(([why, n]) => `, ${n} explained (${why})`).join("");
  const least = Math.min(...covered.values());
  process.stdout.write(
    `${total.cases} cases of ${covered.size} forms, ${least} or more of each, and ${total.programs} runs of random programs on ${engineName}: ` +
      `${total.unexplained.length} unexplained differences${explained}\n`,
  );
}

const python = pythonOracle("unicorn");
if (python === undefined) process.exit(1);
const oracle = new UnicornOracle(python);
for (let round = 0; total.cases < Number(wanted); round++) {
  const programs =
    round % 10 === 9 ? Array.from({ length: PROGRAMS }, () => randomProgram(random, 40, STATES)) : [];
  const groups = [...roundOfForms(), ...programs];
  const answers = await oracle.run(groups);
  groups.forEach((group, g) => judge(group, answers[g]!));
  if (round % 20 === 19) report();
}
oracle.close();
report();
for (const line of total.unexplained.slice(0, SHOWN)) process.stdout.write(`${line}\n`);
process.exitCode = total.unexplained.length === 0 ? 0 : 1;
