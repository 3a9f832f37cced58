import { describe, expect, it } from "vitest";

import { makeBaseline, parseBaseline, renderBaseline } from "../../src/report/baseline.ts";
import { failureText, judge, parseLimit, renderVerdict, type Limit } from "../../src/report/gate.ts";
import { sampleReport } from "./sample.ts";

const before = makeBaseline(sampleReport(10_000));
const after = makeBaseline(sampleReport(10_100));

describe("limits", () => {
  it.each<[string, Limit]>([
    ["cycles=2%", { metric: "cycles", soft: 2 }],
    ["cycles=5000000", { metric: "cycles", hard: 5_000_000 }],
    ["cycles=2%|5_000_000", { metric: "cycles", soft: 2, hard: 5_000_000 }],
    ["conv1.cycles=0.5%", { metric: "conv1.cycles", soft: 0.5 }],
    ["operator=(int).cycles=7", { metric: "operator=(int).cycles", hard: 7 }],
  ])("%s", (text, limit) => {
    expect(parseLimit(text)).toEqual(limit);
  });
  it.each(["", "cycles", "=5", "cycles=", "cycles=x", "cycles=-1", "cycles=1%|", "cycles=1%2"])(
    "%j is refused",
    (text) => {
      expect(() => parseLimit(text)).toThrow(/write METRIC=2%/);
    },
  );
});

describe("the verdict", () => {
  it("is good for the same figures", () => {
    expect(judge(before, before, [])).toMatchObject({ ok: true, moved: [], sameBuild: true });
  });
  it("is bad for a kernel made 1 % slower, and names function and layer", () => {
    const verdict = judge(after, before, []);
    expect(verdict.ok).toBe(false);
    expect(verdict.judgements.filter((j) => !j.ok).map((j) => j.metric)).toEqual(["cycles"]);
    expect(verdict.moved.map((m) => `${m.kind} ${m.name}`)).toEqual(["layer conv1", "function nn_convolve"]);
    expect(failureText(verdict)).toBe(
      "check failed: cycles +0.91 % (limit +0%); most in function nn_convolve +1.00 %, layer conv1 +0.99 %",
    );
    expect(renderVerdict(verdict)).toMatch(/cycles +11,000 +11,100 +\+0\.91 % +\+0% +REGRESSION/);
  });
  it("does not judge instructions unless asked: fewer cycles may take more of them", () => {
    const more = { ...before, totals: { ...before.totals, instructions: 20_000 } };
    expect(judge(more, before, []).ok).toBe(true);
    expect(judge(more, before, [parseLimit("instructions=0%")]).ok).toBe(false);
  });
  it.each(["flash", "ram", "stack"])("is bad for more %s", (metric) => {
    const more = { ...before, totals: { ...before.totals, [metric]: before.totals[metric]! + 1 } };
    expect(judge(more, before, []).ok).toBe(false);
  });
  it("prefers the layer where a function has the same name", () => {
    const both = { ...before, functions: { ...before.functions, conv1: 1 } };
    expect(judge(both, undefined, [parseLimit("conv1.cycles=5")]).ok).toBe(false);
  });
  it("needs a baseline for a limit in percent", () => {
    expect(() => judge(before, undefined, [parseLimit("cycles=2%")])).toThrow(/needs a baseline/);
  });
  it("tells new and vanished functions", () => {
    const renamed = { ...before, functions: { main: 1000, other: 10_000 } };
    expect(judge(renamed, before, []).moved).toEqual([
      { name: "nn_convolve", kind: "function", baseline: 10_000 },
      { name: "other", kind: "function", now: 10_000 },
    ]);
  });
});

it("a baseline reads back as it was written", () => {
  expect(parseBaseline(renderBaseline(before))).toEqual(before);
});
