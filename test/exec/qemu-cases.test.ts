import { afterAll, describe, expect, it } from "vitest";
import { qemuCases } from "../oracle/qemu-cases.ts";
import { DIV_0_TRP, judge, SETTINGS, withStack } from "../oracle/qemu-lockstep.ts";
import { type CaseGroup, CODE_MIDDLE, DATA, stateOf } from "./cases.ts";
import { integerForms } from "./forms.ts";
import { randomGroup } from "./generator.ts";
import { CaseRunner, machineFor } from "./harness.ts";
import { randomProgram } from "./random-program.ts";
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
      if ((setting.ccr & DIV_0_TRP) !== 0) expect(faults.get("DIVBYZERO")).toBeGreaterThan(0);
      expect(faults.get("UNALIGNED") ?? 0).toBeGreaterThanOrEqual(setting.unaligned ? 30 : 0);
      expect(wrong).toEqual([]);
    },
  );

  it.each(engines)("runs random programs on %s", (engine) => {
    const random = new Random(41);
    const programs = Array.from({ length: 100 }, () => randomProgram(random, 40, 4, { landing: true }));
    const { cases, wrong } = judge(qemu!, new CaseRunner(machineFor(engine)), programs, 0);
    expect(cases).toBe(400);
    expect(wrong).toEqual([]);
  });

  /** What `doubtful` of oracle/lockstep.ts says that unicorn does wrong and QEMU 7 right. */
  const doubts: readonly {
    name: string;
    code: string;
    count: number;
    r: Readonly<Record<number, number>>;
  }[] = [
    {
      name: "SMLAD whose products alone overflow",
      code: "20fb0132 00de",
      count: 1,
      r: { 0: 0x8000_8000, 1: 0x8000_8000, 3: -5 },
    },
    {
      name: "writeback that does not align R13",
      code: "3df8030b 00de",
      count: 1,
      r: { 13: DATA.start + 0x2000 },
    },
    { name: "ISB in an IT block", code: "06bf bff36f8f 0120 0230 00de", count: 4, r: { 0: 0 } },
  ];
  it.each(doubts)("agrees on $name", ({ code, count, r }) => {
    const states = [0, 0xf000_0000, 0x4000_0000].map((apsr) => {
      const state = stateOf(5);
      for (const [n, value] of Object.entries(r)) state.r[Number(n)] = value;
      return { ...state, apsr: apsr | 0 };
    });
    const bytes = Uint8Array.from(Buffer.from(code.replaceAll(" ", ""), "hex"));
    const group: CaseGroup = { form: "doubt", pc: CODE_MIDDLE, code: bytes, count, states };
    const { cases, wrong } = judge(qemu!, new CaseRunner(machineFor("reference")), [group], 0);
    expect(cases).toBe(3);
    expect(wrong).toEqual([]);
  });
});
