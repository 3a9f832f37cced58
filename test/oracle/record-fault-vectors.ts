import { fileURLToPath } from "node:url";
import { type CaseGroup, type Outcome } from "../exec/cases.ts";
import { outsideFrame } from "../exec/compare.ts";
import { integerForms } from "../exec/forms.ts";
import { randomGroup } from "../exec/generator.ts";
import { CaseRunner, machineFor } from "../exec/harness.ts";
import { randomProgram } from "../exec/random-program.ts";
import { Random } from "../exec/random.ts";
import { writeVectors } from "../exec/vectors.ts";
import { type QemuCases, qemuCases } from "./qemu-cases.ts";
import { DIV_0_TRP, UNALIGN_TRP, withStack } from "./qemu-lockstep.ts";

/** Records test/vectors/isa/unaligned, trapped and programs: `npx tsx test/oracle/record-fault-vectors.ts [seed]`. */

const GROUPS = 3;
const STATES = 8;
const PROGRAMS = 300;
/** Forms that fault, or that could. */
const MAY_FAULT =
  /^(LDR|STR|LDM|STM|TBB|SDIV|UDIV|BX|BLX|SVC|UDF|CDP|MCRR?|MRR?C|LDC|STC|PLD|PLI|Unallocated memory hint)/;

interface Recording {
  readonly name: string;
  readonly seed: number;
  readonly ccr: number;
}

/** Groups of every form that may fault, with any alignment. */
function faultingGroups(random: Random, ccr: number): CaseGroup[] {
  const made = integerForms()
    .filter((form) => MAY_FAULT.test(form.insn.name))
    .flatMap((form) =>
      Array.from({ length: GROUPS }, () =>
        randomGroup(random, form, STATES, { landing: true, unaligned: true }),
      ),
    )
    .filter((group) => group !== undefined);
  const runner = new CaseRunner(machineFor("reference"), ccr);
  return withStack(runner, made).filter((group) => group.states.length > 0);
}

function record(qemu: QemuCases, { name, seed, ccr }: Recording, groups: readonly CaseGroup[]): void {
  const outcomes: Outcome[][] = qemu.run(groups, ccr).map((answers) => answers.map(outsideFrame));
  const counts: Record<string, number> = {};
  for (const { form, states } of groups) counts[form] = (counts[form] ?? 0) + states.length;
  const cases = groups.reduce((sum, g) => sum + g.states.length, 0);
  const about = {
    oracle: `qemu-system-arm ${qemu.version}, machine mps2-an386`,
    recorder: "test/oracle/record-fault-vectors.ts",
    seed,
    ccr,
    cases,
    forms: counts,
    leftOut: {},
  };
  writeVectors(fileURLToPath(new URL(`../vectors/isa/${name}`, import.meta.url)), {
    about,
    groups,
    outcomes,
  });
  process.stdout.write(`${name}: ${cases} cases of ${Object.keys(counts).length} forms\n`);
}

const qemu = qemuCases();
if (qemu === undefined) process.exit(1);
const first = Number(process.argv[2] ?? 9);
for (const { name, seed, ccr } of [
  { name: "unaligned", seed: first, ccr: 0 },
  { name: "trapped", seed: first + 1, ccr: UNALIGN_TRP | DIV_0_TRP },
]) {
  record(qemu, { name, seed, ccr }, faultingGroups(new Random(seed), ccr));
}
const random = new Random(first + 2);
const programs = Array.from({ length: PROGRAMS }, () => randomProgram(random, 40, 4, { landing: true }));
record(qemu, { name: "programs", seed: first + 2, ccr: 0 }, programs);
qemu.close();
