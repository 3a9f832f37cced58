import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Simulation } from "../../src/runner/simulation.ts";
import { symbolAddress } from "../../src/runner/symbols.ts";
import type { Workload } from "../../src/runner/workload.ts";
import { infer, loadModel } from "./int8-network.ts";

const kws = new URL("../../firmware/kws/", import.meta.url).pathname;
const model = loadModel(`${kws}model/model.json`);
const workload = parse(readFileSync(`${kws}prebuilt/kws.workload.yaml`, "utf8")) as Workload;
const WAV_HEADER = 44;
const FEATURES = 49 * 10;

function run(boardId: string, clip?: string): Simulation {
  const board = shippedBoard(boardId);
  const firmware = `${kws}prebuilt/kws-${boardId}.elf`;
  const simulation = new Simulation({
    board,
    image: readImage(readFileSync(firmware), firmware),
    firmware,
    engine: "wasm",
    workload,
    console: () => undefined,
    maxCycles: 200_000_000,
    ...(clip === undefined ? {} : { input: readFileSync(`${kws}clips/${clip}.wav`).subarray(WAV_HEADER) }),
  });
  simulation.machine.semihosting = () => {
    simulation.machine.requestStop({ reason: "exit", exitCode: 0 });
    return true;
  };
  while (!simulation.advance());
  return simulation;
}

/** Bytes of an array in the guest's memory. */
function bytesOf({ machine }: Simulation, symbol: string, length: number): Int8Array {
  const address = symbolAddress(machine.image, symbol, "test");
  return Int8Array.from({ length }, (_, i) => machine.bus.peek(address + i, 1)!);
}

describe("the keyword spotter on simulated boards", () => {
  const clips = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go", "silence"];

  it.each(clips)("recognises the clip %s on nucleo-f746zg, scores bit for bit those of the reference", (clip) => {
    const simulation = run("nucleo-f746zg", clip);
    const scores = infer(model, bytesOf(simulation, "features", FEATURES)).at(-1)!;
    expect([...bytesOf(simulation, "scores", 12)]).toEqual([...scores]);
    expect(simulation.classification()?.label).toBe(clip);
  });

  it.each(["nucleo-f746zg", "nucleo-f446re", "nucleo-l4r5zi", "mps2-an386"])(
    "reads the same cycles from DWT as the report gives for the network, on %s",
    (boardId) => {
      const simulation = run(boardId);
      const result = simulation.result();
      const read = new Uint32Array(new Uint8Array(bytesOf(simulation, "kws_cycles", 4)).buffer)[0]!;
      const network = result.regions.find((r) => r.kind === "measure")!;
      // Between the two reads and the function stand only the call and the subtraction.
      expect(read - network.cycles).toBeGreaterThanOrEqual(0);
      expect(read - network.cycles).toBeLessThan(200);
      expect(Object.values(result.stalls).reduce((a, b) => a + b, 0)).toBe(result.cycles);
    },
  );

  it("runs the network in fewer than 7 million instructions on the M4", () => {
    const network = run("nucleo-f446re").result().regions.find((r) => r.kind === "measure")!;
    expect(network.instructions).toBeGreaterThan(2_656_768 / 2);
    expect(network.instructions).toBeLessThan(7_000_000);
  });
});
