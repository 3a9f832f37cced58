import { expect, test } from "vitest";

import type { Block } from "../../src/exec/block.ts";
import { confidenceOfCycles } from "../../src/runner/accuracy-confidence.ts";
import type { RunResult } from "../../src/runner/counters.ts";
import { CAUSE, CAUSES } from "../../src/timing/timing.ts";

/** One instruction, executed once, that waited for memory before and behind its issue. */
function oneInstruction(waits: { readonly fetch: number; readonly data: number }) {
  const stalls = {
    issue: 1,
    data: waits.data,
    fetch: waits.fetch,
    branch: 0,
    interlock: 0,
    divide: 0,
    exception: 0,
    sleep: 0,
  };
  const cycles = 1 + waits.data + waits.fetch;
  const dynamic = new Float64Array(CAUSES);
  dynamic[CAUSE.data] = waits.data;
  dynamic[CAUSE.fetch] = waits.fetch;
  const instruction = { pc: 0, size: 2, timing: "alu", footprint: { accesses: [] } };
  const blocks = [{ code: { instructions: [instruction] }, schedules: [{ dynamic }] }];
  const addresses = [{ address: 0, size: 2, executed: 1, cycles, stalls }];
  return {
    blocks: blocks as unknown as readonly Block[],
    result: { addresses, cycles, stalls } as unknown as RunResult,
  };
}

test.each(["cortex-m4", "cortex-m7"] as const)("waits for memory count once, as low (%s)", (core) => {
  for (const waits of [
    { fetch: 99, data: 0 },
    { fetch: 0, data: 99 },
    { fetch: 50, data: 49 },
  ]) {
    const { blocks, result } = oneInstruction(waits);
    const shares = confidenceOfCycles(blocks, core, result);
    expect(shares.low).toBeCloseTo(0.99);
    expect(shares.medium).toBeCloseTo(0);
    expect(shares.high).toBeCloseTo(0.01);
  }
});
