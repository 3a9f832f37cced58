import { expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { memoryUse } from "../../src/runner/memory-use.ts";
import { Simulation } from "../../src/runner/simulation.ts";

it("a stack that start-up code moves to another memory is not counted from where it was", () => {
  const bytes = new Uint8Array(0x90);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x2003_0000, true); // SRAM1
  view.setUint32(4, 0x0800_0081, true);
  const code = [0xf04f, 0x5000, 0xf500, 0x3080, 0x4685, 0xb401, 0xe7fe]; // SP = 0x2001_0000 in DTCM, PUSH {r0}, B .
  code.forEach((half, n) => view.setUint16(0x80 + 2 * n, half, true));
  const simulation = new Simulation({
    board: shippedBoard("nucleo-f767zi"),
    image: readImage(bytes, "app.bin", { loadAddress: 0x0800_0000 }),
    firmware: "app.bin",
    engine: "handlers",
    console: () => undefined,
  });
  while (!simulation.advance());
  expect(simulation.machine.state.words[13]! >>> 0).toBe(0x2000_fffc);
  expect(memoryUse(simulation.machine).ram.stackPeak).toBe(0);
});
