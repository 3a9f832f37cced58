import { describe, expect, test } from "vitest";
import { cortexM4 } from "../../src/timing/cortex-m4.ts";
import { cortexM7 } from "../../src/timing/cortex-m7.ts";
import { CAUSES, type CoreTiming, type TimedInstruction } from "../../src/timing/timing.ts";
import { M4_LOOPS } from "./cortex-m4-sequences.ts";
import { M7_COPIES, M7_LOOPS } from "./cortex-m7-sequences.ts";
import { CODE_BASE, halfwords, instructionsOf } from "./sequence.ts";

/** Small generator of its own, so that a failure names its seed. */
function random(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((x / 2 ** 32) * below);
  };
}

const CORES = [
  { core: "cortex-m4", make: cortexM4, pool: M4_LOOPS },
  { core: "cortex-m7", make: () => cortexM7(), pool: [...M4_LOOPS, ...M7_LOOPS, ...M7_COPIES] },
];

const SYSTEM_BUS = 0x2000_0000;

/** A run of instructions out of the sequences, in any order, jumps left out but at the end. */
function randomRun(pick: (below: number) => number, pool: readonly { code: string }[]): TimedInstruction[] {
  const all = pool.flatMap(({ code }) => instructionsOf(halfwords(code)));
  const straight = all.filter(({ footprint }) => footprint.jump === undefined);
  const it = instructionsOf(halfwords("bf08"))[0]!;
  const jumps = all.filter(({ footprint }) => footprint.jump !== undefined);
  const chosen = Array.from({ length: 4 + pick(30) }, () =>
    pick(4) === 0 ? it : straight[pick(straight.length)]!,
  );
  if (pick(2) === 1) chosen.push(jumps[pick(jumps.length)]!);
  let pc = (pick(3) === 0 ? SYSTEM_BUS : CODE_BASE) + 2 * pick(8);
  return chosen.map((instruction) => {
    const placed = { ...instruction, pc, predicated: instruction.timing !== "it" && pick(2) === 0 };
    pc += instruction.size;
    return placed;
  });
}

const isOnSystemBus = ([first]: readonly TimedInstruction[]): boolean => first!.pc >= SYSTEM_BUS;

const sum = (causes: Int32Array, index: number): number =>
  causes.subarray(index * CAUSES, (index + 1) * CAUSES).reduce((a, b) => a + b, 0);

describe.each(CORES)("$core", ({ make, pool }) => {
  const runs = Array.from({ length: 300 }, (_, i) => {
    const pick = random(i);
    return { seed: i, pick, run: randomRun(pick, pool) };
  });
  /** States that real code leaves behind, to start from. */
  const entries = (timing: CoreTiming): number[] => [
    timing.drained,
    ...runs.slice(0, 40).flatMap(({ run }) => {
      const { fallthroughState, takenState } = timing.schedule(run, timing.drained);
      return [fallthroughState, takenState];
    }),
  ];

  test("a run scheduled in two parts takes the same cycles and leaves the same state", () => {
    const timing = make();
    const from = entries(timing);
    for (const { seed, pick, run } of runs) {
      // Which bus code is fetched over is settled when control comes to it.
      const entry = isOnSystemBus(run) ? timing.drained : from[pick(from.length)]!;
      const whole = timing.schedule(run, entry);
      for (let cut = 1; cut < run.length; cut++) {
        const first = timing.schedule(run.slice(0, cut), entry);
        const second = timing.schedule(run.slice(cut), first.fallthroughState);
        const offsets = [...first.offsets, ...second.offsets.slice(1).map((c) => c + first.offsets[cut]!)];
        const where = `seed ${seed}, cut ${cut}`;
        expect(offsets, where).toEqual([...whole.offsets]);
        expect([...first.causes, ...second.causes], where).toEqual([...whole.causes]);
        expect(second.fallthroughState, where).toBe(whole.fallthroughState);
        expect([second.takenState, second.takenCycles], where).toEqual([whole.takenState, whole.takenCycles]);
        expect(second.mispredict, where).toBe(whole.mispredict);
      }
    }
  });

  test("so does one whose last access takes the turn of a fetch", () => {
    const timing = make();
    const from = entries(timing);
    for (const { seed, pick, run } of runs) {
      const last = run.at(-1)!;
      if (last.footprint.accesses.length === 0 || last.footprint.jump !== undefined) continue;
      const shared = [...run.slice(0, -1), { ...last, mayContend: true }];
      const entry = from[pick(from.length)]!;
      const whole = timing.schedule(shared, entry);
      const cut = 1 + pick(run.length - 1);
      const middle = timing.schedule(shared.slice(0, cut), entry).fallthroughState;
      const second = timing.schedule(shared.slice(cut), middle);
      expect(second.contendedState, `seed ${seed}, cut ${cut}`).toBe(whole.contendedState);
    }
  });

  test("the causes of an instruction sum to its cycles and none is negative", () => {
    const timing = make();
    for (const { seed, run } of runs) {
      const { offsets, causes } = timing.schedule(run, timing.drained);
      for (let i = 0; i < run.length; i++) {
        expect(sum(causes, i), `seed ${seed}, instruction ${i}`).toBe(offsets[i + 1]! - offsets[i]!);
      }
      expect(Math.min(...causes)).toBeGreaterThanOrEqual(0);
    }
  });

  test("a skipped instruction never takes less than nothing", () => {
    const timing = make();
    for (const { run } of runs) {
      const { offsets, skipped } = timing.schedule(run, timing.drained);
      skipped?.forEach((less, i) => expect(offsets[i + 1]! - offsets[i]!).toBeGreaterThanOrEqual(less));
    }
  });

  test("the same run gives the same schedule on another instance", () => {
    const [a, b] = [make(), make()];
    for (const { run } of runs) {
      expect(a.schedule(run, a.drained)).toEqual(b.schedule(run, b.drained));
    }
  });

  test("a loop settles in few states", () => {
    const timing = make();
    for (const { run } of runs) {
      const before = timing.states.size;
      let state = timing.drained;
      for (let i = 0; i < 50; i++) state = timing.schedule(run, state).takenState;
      expect(timing.states.size - before).toBeLessThan(40);
    }
  });
});
