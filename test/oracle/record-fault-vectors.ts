import { fileURLToPath } from "node:url";
import { type CaseGroup, type Outcome } from "../exec/cases.ts";
import { outsideFrame } from "../exec/compare.ts";
import { type Form, integerForms } from "../exec/forms.ts";
import { randomGroup } from "../exec/generator.ts";
import { CaseRunner, machineFor } from "../exec/harness.ts";
import { Random } from "../exec/random.ts";
import { writeVectors } from "../exec/vectors.ts";
import { type QemuCases, qemuCases } from "./qemu-cases.ts";
import { DIV_0_TRP, UNALIGN_TRP, withStack } from "./qemu-lockstep.ts";

/** Records test/vectors/isa/unaligned and trapped: `npx tsx test/oracle/record-fault-vectors.ts [seed]`. */

const GROUPS = 3;
const STATES = 8;
/** Forms that fault, or that could. */
const MAY_FAULT =
  /^(LDR|STR|LDM|STM|TBB|SDIV|UDIV|BX|BLX|SVC|UDF|CDP|MCRR?|MRR?C|LDC|STC|PLD|PLI|Unallocated memory hint)/;

function record(qemu: QemuCases, forms: readonly Form[], name: string, seed: number, ccr: number): void {
  const random = new Random(seed);
  const runner = new CaseRunner(machineFor("reference"), ccr);
  const made = forms.flatMap((form) =>
    Array.from({ length: GROUPS }, () =>
      randomGroup(random, form, STATES, { landing: true, unaligned: true }),
    ).filter((group) => group !== undefined),
  );
  const groups: CaseGroup[] = withStack(runner, made).filter((group) => group.states.length > 0);
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
const seed = Number(process.argv[2] ?? 9);
const forms = integerForms().filter((form) => MAY_FAULT.test(form.insn.name));
record(qemu, forms, "unaligned", seed, 0);
record(qemu, forms, "trapped", seed + 1, UNALIGN_TRP | DIV_0_TRP);
qemu.close();
