import { expect, it } from "vitest";
import { LAYOUT } from "../../src/core/layout.ts";
import { JitArea } from "../../src/jit/jit-area.ts";
import { FetchEpoch, LINE_ENTRIES, MODEL_AREA, MODEL_AREA_END } from "../../src/memory/model-area.ts";
import { predictorWords } from "../../src/timing/branch-predictor.ts";
import { m7Predictor } from "../../src/timing/cortex-m7.ts";

it("the tables of the models lie one behind the other between the state and compiled code's counters", () => {
  const { fetchEpoch, predictor, readLines, writeLines } = MODEL_AREA;
  expect(fetchEpoch).toBe(LAYOUT.modelArea);
  expect(predictor).toBeGreaterThanOrEqual(fetchEpoch + 4);
  expect(readLines).toBeGreaterThanOrEqual(predictor + 4 * predictorWords(m7Predictor()));
  expect(writeLines).toBeGreaterThanOrEqual(readLines + 8 * LINE_ENTRIES);
  expect(MODEL_AREA_END).toBeGreaterThanOrEqual(writeLines + 8 * LINE_ENTRIES);
  expect(new JitArea().place).toBeGreaterThanOrEqual(MODEL_AREA_END);
});

it("the fetch epoch is never 0", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const epoch = new FetchEpoch(memory);
  expect(epoch.value).toBe(1);
  new Int32Array(memory.buffer)[MODEL_AREA.fetchEpoch / 4] = 0x7fff_ffff;
  epoch.advance();
  expect(epoch.value).toBe(1);
});
