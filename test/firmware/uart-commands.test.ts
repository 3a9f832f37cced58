import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { parseUartScript } from "../../src/peripherals/console-line-script.ts";
import { Simulation } from "../../src/runner/simulation.ts";

const firmwareFolder = new URL("../../firmware/uart-commands/prebuilt/", import.meta.url).pathname;
const COMMANDS = 100;
const BAUD = 115200;
const BITS_OF_A_BYTE = 10;

/** Waits for the prompt, then sends one command after the other and waits for each answer. */
const script = [
  "timeout 100ms",
  "expect m-ready",
  ...Array.from({ length: COMMANDS }, (_, i) => [`send add ${i} ${i * i}%`, `expect ${i + i * i}[^0-9][^]*m-ready`]).flat(),
].join("\n");

function talk(boardId: string): { simulation: Simulation; text: string; byteCycles: number[] } {
  const firmware = `${firmwareFolder}uart-commands-${boardId}.elf`;
  let text = "";
  const arrivals: number[] = [];
  const simulation = new Simulation({
    board: shippedBoard(boardId),
    image: readImage(readFileSync(firmware), firmware),
    firmware,
    engine: "handlers",
    uartScript: parseUartScript(script, "commands.script", () => new Uint8Array()),
    maxCycles: 2_000_000_000,
    console: (byte) => {
      text += String.fromCharCode(byte);
      arrivals.push(simulation.machine.now());
    },
  });
  while (!simulation.advance());
  const byteCycles = arrivals.slice(1).map((cycle, i) => cycle - arrivals[i]!);
  return { simulation, text, byteCycles };
}

describe("a firmware that is driven over the UART by interrupts", () => {
  it.each([
    ["nucleo-f746zg", 216_000_000],
    ["nucleo-f446re", 180_000_000],
    ["nucleo-l4r5zi", 120_000_000],
  ])("answers 100 commands on %s at %i Hz", (boardId, clockHz) => {
    const { simulation, text, byteCycles } = talk(boardId);
    const result = simulation.result();
    expect(result.stop).toMatchObject({ reason: "condition", exitCode: 0, message: "the UART script is finished" });
    expect(result.clockHz).toBe(clockHz);
    for (let i = 0; i < COMMANDS; i++) expect(text).toContain(String(i + i * i));
    // Bytes of one answer follow each other on the line: the shortest distance is one frame.
    const frame = (BITS_OF_A_BYTE * clockHz) / BAUD;
    const shortest = Math.min(...byteCycles);
    expect(Math.abs(shortest - frame) / frame).toBeLessThan(0.01);
    // Between the commands the core sleeps.
    expect(result.stalls.sleep).toBeGreaterThan(result.cycles / 2);
  });
});
