/**
 * Fits the numbers of the timing models that no source gives to the calibration set, and says how well each is
 * determined: `npx tsx scripts/fit/main.ts [--elfs DIR] [--core cortex-m4|cortex-m7] [--write FILE]`.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { CalibrationSet } from "./calibration-set.ts";
import { fitMarkdown, type CoreFit } from "./markdown.ts";
import { PARAMETERS, type CoreName } from "./parameters.ts";
import { REMARKS } from "./remarks.ts";
import { jointFit, matters, sweep } from "./search.ts";

const { values } = parseArgs({
  options: { elfs: { type: "string" }, core: { type: "string" }, write: { type: "string" } },
});

async function fit(core: CoreName): Promise<CoreFit> {
  const set = await CalibrationSet.read(core, values.elfs);
  const sweeps = PARAMETERS.filter((p) => p.core === core).map((parameter) => {
    process.stderr.write(`${core}: ${parameter.name}\n`);
    return sweep(set, parameter);
  });
  return { set, sweeps, joint: jointFit(set, sweeps.filter(matters)) };
}

const CORES: readonly CoreName[] = ["cortex-m4", "cortex-m7"];
if (values.core !== undefined && !CORES.some((core) => core === values.core)) {
  throw new Error(`--core is ${CORES.join(" or ")}`);
}
const fits: CoreFit[] = [];
for (const core of CORES.filter((c) => values.core === undefined || c === values.core))
  fits.push(await fit(core));
const page = fitMarkdown(fits, REMARKS);
if (values.write === undefined) process.stdout.write(page);
else writeFileSync(values.write, page);
