import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Simulation } from "../../src/runner/simulation.ts";

/** A vector table whose reset handler, behind it, is `b .`. */
function program(at: number, stack: number, reset = at + 0x81): Uint8Array {
  const bytes = new Uint8Array(0x84);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, stack, true);
  view.setUint32(4, reset, true);
  view.setUint16(0x80, 0xe7fe, true);
  return bytes;
}

function start(board: string, bytes: Uint8Array, loadAddress: number) {
  const image = readImage(bytes, "app.bin", { loadAddress });
  return new Simulation({
    board: shippedBoard(board),
    image,
    firmware: "app.bin",
    engine: "handlers",
    console: () => undefined,
  }).machine;
}

describe("a program behind a boot loader", () => {
  it.each([
    ["nucleo-f446re", 0x0800_8000, 0x2002_0000],
    ["arduino-nano-33-ble", 0x0001_0000, 0x2004_0000],
    ["frdm-k64f", 0x1fff_0000, 0x2000_8000],
  ])("%s: starts at its own vector table at 0x%x", (board, at, stack) => {
    const { state, exceptions, parts } = start(board, program(at, stack), at);
    expect(state.words[13]! >>> 0).toBe(stack);
    expect(state.words[15]! >>> 0).toBe(at + 0x80);
    expect(exceptions.registers.VTOR).toBe(at);
    expect([...parts.notices.keys()].join()).toContain(`started at the vector table at 0x`);
  });

  it("is not looked for when the core finds a vector table", () => {
    const { state, exceptions, parts } = start(
      "nucleo-f446re",
      program(0x0800_0000, 0x2002_0000),
      0x0800_0000,
    );
    expect(state.words[15]! >>> 0).toBe(0x0800_0080);
    expect(exceptions.registers.VTOR).not.toBe(0x0800_8000);
    expect(parts.notices.size).toBe(0);
  });

  it.each([
    ["its stack pointer is outside RAM", program(0x0800_8000, 0x1000_0000)],
    ["its reset handler is Arm code", program(0x0800_8000, 0x2002_0000, 0x0800_8080)],
    ["its reset handler is elsewhere", program(0x0800_8000, 0x2002_0000, 0x0801_0001)],
  ])("is not started when %s", (_why, bytes) => {
    const { exceptions, parts } = start("nucleo-f446re", bytes, 0x0800_8000);
    expect(exceptions.registers.VTOR).not.toBe(0x0800_8000);
    expect(parts.notices.size).toBe(0);
  });
});
