import { expect, it } from "vitest";
import { LAYOUT } from "../../src/core/layout.ts";
import { JitArea } from "../../src/jit/jit-area.ts";
import {
  FETCH_PATHS,
  FetchEpoch,
  FLASH_DATA,
  FLASH_DATA_ROOM,
  FLASH_FETCH,
  FLASH_FETCH_ROOM,
  LINE_ENTRIES,
  M7_DATA,
  M7_DATA_ROOM,
  M7_FETCH,
  M7_FETCH_ROOM,
  M7_PATH_SHIFT,
  MODEL_AREA,
  MODEL_AREA_END,
  OPEN_REGIONS,
  PRESENT_ENTRIES,
} from "../../src/memory/model-area.ts";
import { predictorWords } from "../../src/timing/branch-predictor.ts";
import { m7Predictor } from "../../src/timing/cortex-m7.ts";

it("the tables of the models lie one behind the other between the state and compiled code's counters", () => {
  const { fetchEpoch, predictor, readLines, writeLines } = MODEL_AREA;
  expect(fetchEpoch).toBe(LAYOUT.modelArea);
  expect(predictor).toBeGreaterThanOrEqual(fetchEpoch + 4);
  expect(readLines).toBeGreaterThanOrEqual(predictor + 4 * predictorWords(m7Predictor()));
  expect(writeLines).toBeGreaterThanOrEqual(readLines + 8 * LINE_ENTRIES);
  expect(MODEL_AREA_END).toBeGreaterThanOrEqual(writeLines + 8 * LINE_ENTRIES);
  expect(MODEL_AREA.flashData).toBeGreaterThanOrEqual(M7_DATA.paths + (M7_DATA_ROOM.paths << M7_PATH_SHIFT));
  expect(MODEL_AREA.presentLines).toBeGreaterThanOrEqual(FLASH_DATA.oldest + 2 * FLASH_DATA_ROOM.sets);
  const { m7Fetch, fetchPaths, flashFetch, presentLines } = MODEL_AREA;
  expect(m7Fetch).toBeGreaterThanOrEqual(presentLines + 4 * PRESENT_ENTRIES);
  expect(M7_FETCH.random).toBeGreaterThanOrEqual(M7_FETCH.flags + M7_FETCH_ROOM.lines);
  expect(M7_FETCH.bursts.lines).toBeGreaterThanOrEqual(M7_FETCH.fills.channelFree + 8);
  expect(M7_FETCH.burst).toBeGreaterThanOrEqual(M7_FETCH.bursts.channelFree + 8);
  expect(fetchPaths).toBeGreaterThanOrEqual(M7_FETCH.misses + 8);
  expect(flashFetch).toBeGreaterThanOrEqual(fetchPaths + (FETCH_PATHS << M7_PATH_SHIFT));
  expect(FLASH_FETCH.lines).toBeGreaterThanOrEqual(FLASH_FETCH.hints + 2 * FLASH_FETCH_ROOM.hints);
  expect(MODEL_AREA.openRegions).toBeGreaterThanOrEqual(FLASH_FETCH.oldest + 2 * FLASH_FETCH_ROOM.sets);
  expect(MODEL_AREA_END).toBeGreaterThanOrEqual(MODEL_AREA.openRegions + 2 * 16 * OPEN_REGIONS);
  expect(new JitArea().place).toBeGreaterThanOrEqual(MODEL_AREA_END);
});

it("a line seen to be present is forgotten when it goes, and all are when anything may have gone", () => {
  const memory = new WebAssembly.Memory({ initial: 4 });
  const epoch = new FetchEpoch(memory);
  const at = (key: number) =>
    new Int32Array(memory.buffer)[MODEL_AREA.presentLines / 4 + (key % PRESENT_ENTRIES)];
  for (const key of [7, 8, 9]) epoch.seen(key);
  epoch.gone(7 + PRESENT_ENTRIES, 1); // another line of the same entry
  expect([7, 8, 9].map(at)).toEqual([7, 8, 9]);
  epoch.gone(8, 2);
  expect([7, 8, 9].map(at)).toEqual([7, -1, -1]);
  epoch.advance();
  expect(at(7)).toBe(-1);
});

it("the fetch epoch is never 0", () => {
  const memory = new WebAssembly.Memory({ initial: 4 });
  const epoch = new FetchEpoch(memory);
  expect(epoch.value).toBe(1);
  new Int32Array(memory.buffer)[MODEL_AREA.fetchEpoch / 4] = 0x7fff_ffff;
  epoch.advance();
  expect(epoch.value).toBe(1);
});
