import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { evaluateOnWorkers } from "../../src/runner/evaluation-pool.ts";
import {
  Evaluation,
  type EvaluatedInput,
  type EvaluationInput,
  type EvaluationSetup,
} from "../../src/runner/evaluation.ts";
import { Simulation } from "../../src/runner/simulation.ts";
import { readWav } from "../../src/runner/wav.ts";
import { readWorkload } from "../../src/runner/workload-file.ts";

const BOARD = "nucleo-f746zg";
const path = `firmware/kws/prebuilt/kws-${BOARD}.elf`;
const yaml = "firmware/kws/prebuilt/kws.workload.yaml";
const setup: EvaluationSetup = {
  board: shippedBoard(BOARD),
  firmware: { path, bytes: readFileSync(path) },
  workload: readWorkload(parse(readFileSync(yaml, "utf8")), yaml),
  engine: "wasm",
  boot: "reset",
  maxCycles: 100_000_000,
};

const clip = (label: string): EvaluationInput => {
  const file = `firmware/kws/clips/${label}.wav`;
  return { file, bytes: readWav(readFileSync(file), file), expected: label };
};
const clips = ["yes", "no", "stop"].map(clip);

/** The same input in a run of its own, from reset. */
function alone({ bytes }: EvaluationInput): {
  readonly label: string | undefined;
  readonly cycles: number | undefined;
} {
  const simulation = new Simulation({
    board: setup.board,
    image: readImage(setup.firmware.bytes, path),
    firmware: path,
    workload: setup.workload,
    engine: "wasm",
    input: bytes,
    console: () => undefined,
  });
  while (!simulation.advance());
  return { label: simulation.classification()?.label, cycles: simulation.measured()?.cycles };
}

describe("inputs evaluated from one ready point", () => {
  it("give the answer and the cycles of a run of their own, in any order", { timeout: 60_000 }, () => {
    const evaluation = new Evaluation(setup);
    const results = clips.map((input) => evaluation.run(input));
    expect(results.map(({ label, cycles }) => ({ label, cycles }))).toEqual(clips.map(alone));
    expect(results.every((r) => r.ok)).toBe(true);
    const again = [...clips].reverse().map((input) => evaluation.run(input));
    expect(again.reverse()).toEqual(results);
  });

  it("give the same on workers", { timeout: 60_000 }, async () => {
    const evaluation = new Evaluation(setup);
    const expected = [...clips, ...clips].map((input, i) => evaluation.run({ ...input, file: String(i) }));
    const results: EvaluatedInput[] = [];
    const inputs = [...clips, ...clips].map((input, i) => ({ ...input, file: String(i) }));
    const ready = await evaluateOnWorkers(setup, inputs, 2, (result) => results.push(result));
    expect(ready).toEqual(evaluation.ready);
    expect(results.sort((a, b) => Number(a.file) - Number(b.file))).toEqual(expected);
  });

  it("tell a worker's error as their own", { timeout: 60_000 }, async () => {
    const long = { file: "long.wav", bytes: new Uint8Array(40_000) };
    await expect(evaluateOnWorkers(setup, [long], 1, () => undefined)).rejects.toThrow(
      "long.wav: the input has 40000 bytes, more than the 32000 of audio_clip",
    );
  });

  it("end at the limit of cycles without an answer", () => {
    const { failure } = new Evaluation({ ...setup, maxCycles: 1_000_000 }).run(clips[0]!);
    expect(failure).toEqual({ message: "no answer within 1000000 cycles (--max-cycles)", exitCode: 5 });
  });

  it("refuse firmware that does not come to its ready point", () => {
    expect(() => new Evaluation({ ...setup, maxCycles: 1000 })).toThrow(
      "did not come to its ready point kws_ready",
    );
  });
});
