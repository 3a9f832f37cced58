import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { ACCURACY_BAND } from "../../src/report/accuracy-band.ts";

const page = readFileSync(new URL("../../docs/accuracy.md", import.meta.url), "utf8");

test.each([
  ["Cortex-M4", ACCURACY_BAND["cortex-m4"]],
  ["Cortex-M7", ACCURACY_BAND["cortex-m7"]],
])("the band quoted for the %s covers every program on the page", (core, band) => {
  const rows = page.split("\n").filter((line) => line.startsWith(`| ${core} | programs`));
  expect(rows.length).toBe(2);
  for (const row of rows) {
    const worst = Number(/^(\d+\.\d) %$/.exec(row.split(" | ")[4]!)?.[1]);
    expect(worst, row).toBeGreaterThan(0);
    expect(worst, row).toBeLessThanOrEqual(band);
  }
});
