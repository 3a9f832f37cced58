import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { shippedBoard } from "../../src/board/registry.ts";
import { LAYOUT } from "../../src/core/layout.ts";
import { readImage } from "../../src/elf/image.ts";
import type { EngineName } from "../../src/runner/machine.ts";
import { Simulation } from "../../src/runner/simulation.ts";
import type { Workload } from "../../src/runner/workload.ts";

const KWS: Workload = {
  input: { symbol: "audio_clip", format: "wav", type: "int16", length: 16_000 },
  output: { symbol: "scores", type: "int8", length: 12 },
  ready: { symbol: "kws_ready" },
  measure: { function: "kws_infer" },
  layers: [{ name: "mfcc", function: "kws_mfcc" }],
};

interface Subject {
  readonly firmware: string;
  readonly board: string;
  readonly engine: EngineName;
  readonly workload?: Workload;
}

const make = ({ firmware, board, engine, workload = {} }: Subject): Simulation => {
  const path = fileURLToPath(new URL(`../../firmware/${firmware}-${board}.elf`, import.meta.url));
  const image = readImage(readFileSync(path), firmware);
  const console = (): void => undefined;
  return new Simulation({ board: shippedBoard(board), image, firmware, engine, workload, console });
};

const toEnd = (simulation: Simulation): void => {
  while (!simulation.advance());
};

/** Everything that a run leaves: registers, memory, counts, what the report is made of. */
function outcome(simulation: Simulation): object {
  const { state } = simulation.machine;
  const answer = simulation.classification();
  const { addresses, functions, ...result } = simulation.result();
  const hash = createHash("sha256").update(state.bytes.subarray(LAYOUT.guest)).digest("hex");
  return {
    registers: [...state.words.subarray(0, LAYOUT.cycles >> 2)],
    memory: hash,
    answer,
    result,
    functions: functions.slice(0, 20),
    addresses: createHash("sha256").update(JSON.stringify(addresses)).digest("hex"),
  };
}

const TICK = { firmware: "bench/prebuilt/interrupts", board: "nucleo-f746zg" };
const RAM_CODE = { firmware: "bench/prebuilt/ram-code", board: "nucleo-f746zg" };

describe.each(["handlers", "wasm"] as const)("a snapshot on the engine %s", (engine) => {
  it.each(["nucleo-f746zg", "nucleo-l4r5zi"])(
    "at the ready point of kws on %s repeats the run exactly",
    (board) => {
      const subject = { firmware: "kws/prebuilt/kws", board, engine, workload: KWS };
      const uninterrupted = make(subject);
      toEnd(uninterrupted);
      const expected = outcome(uninterrupted);
      const simulation = make(subject);
      expect(simulation.runToReady()).toBe(true);
      const snapshot = simulation.snapshot();
      toEnd(simulation);
      expect(outcome(simulation)).toEqual(expected);
      for (let i = 0; i < 2; i++) {
        simulation.restore(snapshot);
        simulation.writeInput(new Uint8Array(32_000).fill(i + 1)); // leaves caches, buffers and counts otherwise
        simulation.advance(3_000_000 * (i + 1));
        simulation.restore(snapshot);
        toEnd(simulation);
        expect(outcome(simulation)).toEqual(expected);
      }
    },
    120_000,
  );

  it.each([
    [TICK, 500_000],
    [TICK, 1_234_567],
    [RAM_CODE, 2_000], // before its code has been copied to RAM
    [RAM_CODE, 777_777],
  ])("of %o at cycle %d repeats the run exactly", ({ firmware, board }, cycle) => {
    const subject = { firmware, board, engine };
    const uninterrupted = make(subject);
    const END = cycle + 1_500_000;
    const run = (simulation: Simulation): void => {
      while (!simulation.machine.hasStopped && simulation.machine.state.cycles < END) {
        simulation.advance(END - simulation.machine.state.cycles);
      }
    };
    uninterrupted.advance(cycle);
    run(uninterrupted);
    const expected = outcome(uninterrupted);
    const simulation = make(subject);
    simulation.advance(cycle);
    const snapshot = simulation.snapshot();
    for (let i = 0; i < 3; i++) {
      run(simulation);
      expect(outcome(simulation)).toEqual(expected);
      simulation.restore(snapshot);
    }
  });
});
