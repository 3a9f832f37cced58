import { describe, expect, test } from "vitest";

import { accuracyMarkdown } from "../../src/report/accuracy-markdown.ts";
import {
  cyclesText,
  errorOf,
  signedPercent,
  summarise,
  type AccuracyRow,
  type ProgramRow,
} from "../../src/report/accuracy.ts";

const row = (model: number, silicon: readonly [number, number]): AccuracyRow => ({
  core: "cortex-m4",
  board: "some-board",
  name: "sequence",
  memory: "RAM",
  model,
  silicon,
  source: "a table",
});

describe("errors", () => {
  test("are relative to silicon, and 0 inside a range", () => {
    expect(errorOf(row(110, [100, 100]))).toBeCloseTo(0.1);
    expect(errorOf(row(90, [100, 100]))).toBeCloseTo(-0.1);
    expect(errorOf(row(3, [2, 4]))).toBe(0);
    expect(errorOf(row(5, [2, 4]))).toBeCloseTo(0.25);
    expect(errorOf(row(1, [2, 4]))).toBeCloseTo(-0.5);
  });
  test("are summarised by size, with the bias beside them", () => {
    const rows = [row(101, [100, 100]), row(98, [100, 100]), row(103, [100, 100]), row(96, [100, 100])];
    const s = summarise(rows)!;
    expect(s.rows).toBe(4);
    expect(s.median).toBeCloseTo(0.025);
    expect(s.worst).toBeCloseTo(0.04);
    expect(s.bias).toBeCloseTo(-0.005);
    expect(summarise([])).toBeUndefined();
  });
  test("are written with their sign", () => {
    expect(signedPercent(0.0123)).toBe("+1.2 %");
    expect(signedPercent(-0.5)).toBe("-50.0 %");
    expect(cyclesText(1234567)).toBe("1,234,567");
    expect(cyclesText(2.4)).toBe("2.4");
  });
});

test("the page keeps what was fitted apart from what was held out", () => {
  const program = (name: string, use: ProgramRow["use"]): ProgramRow => ({
    ...row(101, [100, 100]),
    name,
    use,
    shares: { high: 0.5, medium: 0.25, low: 0.25 },
  });
  const page = accuracyMarkdown(
    {
      cycleModels: ["cortex-m4/1"],
      sequences: [row(1, [1, 1])],
      programs: [program("fitted|one", "calibration"), program("held", "held-out")],
    },
    { heldOut: ["how they were used"], notModelled: ["what is missing"] },
  );
  const fitted = page.indexOf("## Programs that the model was fitted on");
  const heldOut = page.indexOf("## Programs held out");
  expect(page.indexOf("| fitted\\|one |")).toBeGreaterThan(fitted);
  expect(page.indexOf("| fitted\\|one |")).toBeLessThan(heldOut);
  expect(page.indexOf("| held |")).toBeGreaterThan(heldOut);
  expect(page).toContain("| Cortex-M4 | programs held out | 1 | 1.0 % | 1.0 % | +1.0 % |");
  expect(page).toContain("- what is missing");
  expect(page.indexOf("how they were used")).toBeGreaterThan(heldOut);
});
