import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";

import type { Baseline } from "../../src/report/baseline.ts";
import { violations, type Schema } from "../report/schema.ts";
import { mcusim, scratch } from "./command.ts";

const files = scratch();
const firmware = "firmware/hello/prebuilt/hello-nucleo-f446re.elf";
const saved = files.path("baseline.json");
const check = async (baseline: string, ...options: string[]) =>
  await mcusim("check", firmware, "--board", "nucleo-f446re", "--baseline", baseline, ...options);

/** The saved baseline with changes, as another file. */
function changed(name: string, change: (baseline: Baseline) => object): string {
  const baseline = JSON.parse(readFileSync(saved, "utf8")) as Baseline;
  return files.file(name, JSON.stringify({ ...baseline, ...change(baseline) }));
}

beforeAll(async () => {
  const { code } = await mcusim("run", firmware, "--board", "nucleo-f446re", "--save-baseline", saved);
  expect(code).toBe(0);
});

describe("check", () => {
  it("passes an unchanged build", async () => {
    const { code, stdout, stderr } = await check(saved);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/Check passed \(same build as the baseline\)/);
  });
  it("exits 3 when a function takes 1 % more than its baseline, and names it", async () => {
    const { functions } = JSON.parse(readFileSync(saved, "utf8")) as Baseline;
    const [name, cycles] = Object.entries(functions).reduce((a, b) => (b[1] > a[1] ? b : a));
    const less = Math.ceil(cycles / 100);
    const slower = changed("slower.json", ({ totals }) => ({
      totals: { ...totals, cycles: totals["cycles"]! - less },
      functions: { ...functions, [name]: cycles - less },
    }));
    const { code, stdout, stderr } = await check(slower);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^mcusim: check failed: cycles \+\d\.\d\d % \(limit \+0%\); most in function \w+ \+\d\.\d\d %\n$/,
    );
    expect(stderr).toContain(`function ${name} `);
    expect(stdout).toMatch(new RegExp(`^ +${name} +function`, "m"));
  });
  it("passes a faster build and says what moved", async () => {
    const faster = changed("faster.json", ({ totals }) => ({
      totals: { ...totals, cycles: totals["cycles"]! + 100 },
    }));
    expect(await check(faster)).toMatchObject({ code: 0 });
  });
  it.each([
    ["cycles=1%", 0],
    ["cycles=0.01%", 3],
    ["cycles=1000", 3],
    ["cycles=1_000_000_000", 0],
    ["cycles=1%|1000", 3],
    ["cycles=1%|1000000000", 0],
  ])("with --limit %s and 100 cycles more exits %i", async (limit, code) => {
    const tighter = changed("tighter.json", ({ totals }) => ({
      totals: { ...totals, cycles: totals["cycles"]! - 100 },
    }));
    expect((await check(tighter, "--limit", limit)).code).toBe(code);
  });
  it("judges functions by name", async () => {
    expect((await check(saved, "--limit", "main.cycles=1")).code).toBe(3);
    expect((await check(saved, "--limit", "main.cycles=0%")).code).toBe(0);
    const unknown = await check(saved, "--limit", "nothing.cycles=1");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/this run has no such metric; there are cycles, instructions, flash/);
  });
  it("judges hard limits without a baseline", async () => {
    const { code } = await mcusim(
      "check",
      firmware,
      "--board",
      "nucleo-f446re",
      "--limit",
      "flash=1000",
      "--quiet",
    );
    expect(code).toBe(3);
  });
  it("refuses a baseline of another cycle model, unless forced", async () => {
    const other = changed("model.json", () => ({ cycleModel: "cortex-m4/0" }));
    const { code, stderr } = await check(other);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is of cycle model cortex-m4\/0, this run of cortex-m4\/\d+.*--force/);
    expect((await check(other, "--force")).code).toBe(0);
  });
  it("refuses a baseline of another board, and files that are none", async () => {
    expect((await check(changed("board.json", () => ({ board: "nucleo-f401re" })))).code).toBe(2);
    expect((await check(files.file("no.json", "{}"))).stderr).toMatch(/it is no baseline/);
    expect((await check(files.file("no2.json", "{"))).stderr).toMatch(/it is not JSON/);
    expect((await check(changed("totals.json", () => ({ totals: { cycles: "many" } })))).code).toBe(2);
  });
  it("does not overwrite the baseline that it judges by", async () => {
    expect((await check(saved, "--save-baseline", saved)).code).toBe(2);
  });
  it("puts its verdict into the JSON report, which keeps to the schema", async () => {
    const { stdout } = await check(saved, "--json");
    const report = JSON.parse(stdout) as { readonly check: { readonly ok: boolean } };
    expect(report.check.ok).toBe(true);
    expect(
      violations(report, JSON.parse(readFileSync("schema/report.schema.json", "utf8")) as Schema),
    ).toEqual([]);
  });
});

it("a baseline is sorted, and the same on every run", async () => {
  const again = files.path("again.json");
  await mcusim("run", firmware, "--board", "nucleo-f446re", "--engine", "handlers", "--save-baseline", again);
  const text = readFileSync(saved, "utf8");
  expect(readFileSync(again, "utf8")).toBe(text);
  const { functions } = JSON.parse(text) as Baseline;
  expect(Object.keys(functions)).toEqual(Object.keys(functions).toSorted());
});
