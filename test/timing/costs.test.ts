import { describe, expect, test } from "vitest";
import { m4Costs } from "../../src/timing/cortex-m4-costs.ts";
import { m7Costs } from "../../src/timing/cortex-m7-costs.ts";

describe.each([
  ["Cortex-M4", m4Costs()],
  ["Cortex-M7", m7Costs()],
])("numbers of the %s", (_, costs) => {
  test("have names of their own and a source", () => {
    expect(new Set(costs.map(({ name }) => name)).size).toBe(costs.length);
    for (const { name, source } of costs) expect(source, name).not.toBe("");
  });
  test("are whole cycles, 0 to 30", () => {
    for (const { name, cycles } of costs) {
      expect(Number.isInteger(cycles) && cycles >= 0 && cycles <= 30, name).toBe(true);
    }
  });
});
