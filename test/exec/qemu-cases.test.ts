import { afterAll, describe, expect, it } from "vitest";
import { qemuCases } from "../oracle/qemu-cases.ts";
import { judge, SETTINGS, withStack } from "../oracle/qemu-lockstep.ts";
import { integerForms } from "./forms.ts";
import { randomGroup } from "./generator.ts";
import { CaseRunner, machineFor } from "./harness.ts";
import { Random } from "./random.ts";

const qemu = qemuCases();

/** A live sample with faults; sweep-qemu.ts is the long run. */
describe.skipIf(qemu === undefined)("every form against qemu-system-arm", () => {
  afterAll(() => qemu?.close());

  const engines = ["reference", "handlers"] as const;
  it.each(SETTINGS.flatMap((setting, n) => engines.map((engine) => ({ setting, engine, seed: 31 + n }))))(
    "$setting.name on $engine",
    ({ setting, engine, seed }) => {
      const random = new Random(seed);
      const options = { landing: true, unaligned: setting.unaligned };
      const groups = integerForms().flatMap((form) => randomGroup(random, form, 4, options) ?? []);
      expect(groups.length).toBeGreaterThan(500);
      const runner = new CaseRunner(machineFor(engine), setting.ccr);
      const { cases, faults, wrong } = judge(qemu!, runner, withStack(runner, groups), setting.ccr);
      expect(cases).toBeGreaterThan(1900);
      expect(faults.get("NOCP")).toBeGreaterThan(100);
      expect(faults.get("UNALIGNED") ?? 0).toBeGreaterThanOrEqual(setting.unaligned ? 30 : 0);
      expect(wrong).toEqual([]);
    },
  );
});
