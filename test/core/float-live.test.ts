import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { compareSweep } from "../oracle/float-sweep.ts";
import { oracle, pythonOracle } from "../oracle/oracle.ts";

const python = pythonOracle("unicorn");
const assembler = oracle("arm-none-eabi-as");
const cases = process.env["MCUSIM_FLOAT_CASES"] ?? "60000";
const seed = process.env["MCUSIM_FLOAT_SEED"] ?? "1";

// Skipped where Python's unicorn or the Arm assembler is absent; float-vectors.test.ts has recorded answers.
it.skipIf(!python || !assembler)(
  `agrees with a live QEMU FPU in ${cases} random cases (needs unicorn)`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "float-sweep-"));
    try {
      const script = fileURLToPath(new URL("../oracle/record-float-vectors.py", import.meta.url));
      const args = ["-B", script, "sweep", folder, "--cases", cases, "--seed", seed];
      const recorder = spawnSync(python!, args, { encoding: "utf8" });
      expect(recorder.stderr).toBe("");
      expect(recorder.status).toBe(0);
      const report = compareSweep(folder);
      expect(report.cases).toBeGreaterThanOrEqual(Number(cases));
      expect(report.unexplained).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  600_000,
);
