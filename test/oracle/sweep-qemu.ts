import { integerForms } from "../exec/forms.ts";
import { randomGroup } from "../exec/generator.ts";
import { CaseRunner, machineFor } from "../exec/harness.ts";
import { Random } from "../exec/random.ts";
import { qemuCases } from "./qemu-cases.ts";
import { judge, SETTINGS, withStack } from "./qemu-lockstep.ts";

/**
 * The long run of qemu-cases.test.ts: `npx tsx test/oracle/sweep-qemu.ts [cases] [seed] [engine]` compares that many cases
 * that end in exceptions, and ends with 1 on a difference.
 */

const [wanted = "200000", seed = "1", engineName = "handlers"] = process.argv.slice(2);
if (engineName !== "handlers" && engineName !== "reference") throw new Error(`no engine "${engineName}"`);
const GROUPS = 4;
const STATES = 5;
const SHOWN = 20;

const qemu = qemuCases();
if (qemu === undefined) process.exit(1);
const random = new Random(Number(seed));
const forms = integerForms();
const runners = new Map(SETTINGS.map(({ ccr }) => [ccr, new CaseRunner(machineFor(engineName), ccr)]));
const faults = new Map<string, number>();
const wrong: string[] = [];
let cases = 0;
for (let round = 0; cases < Number(wanted); round++) {
  const { ccr, unaligned } = SETTINGS[round % SETTINGS.length]!;
  const runner = runners.get(ccr)!;
  const groups = forms.flatMap((form) =>
    Array.from({ length: GROUPS }, () =>
      randomGroup(random, form, STATES, { landing: true, unaligned }),
    ).filter((group) => group !== undefined),
  );
  const judgement = judge(qemu, runner, withStack(runner, groups), ccr);
  cases += judgement.cases;
  for (const [fault, n] of judgement.faults) faults.set(fault, (faults.get(fault) ?? 0) + n);
  wrong.push(...judgement.wrong);
}
qemu.close();
const faulted = [...faults].map(([fault, n]) => `${n} ${fault}`).join(", ");
process.stdout.write(
  `${cases} cases on ${engineName} against qemu-system-arm ${qemu.version}: ${wrong.length} differences; faults: ${faulted}\n`,
);
for (const line of wrong.slice(0, SHOWN)) process.stdout.write(`${line}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
