import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine } from "../../src/runner/machine.ts";

/** Published cycles that weights in flash cost more than weights in RAM, for a network of this shape. */
const SILICON = [
  { board: "nucleo-f746zg", extra: 61_847 },
  { board: "nucleo-h7a3zi-q", extra: 77_332 },
  { board: "nucleo-l4r5zi", extra: 132_820 },
] as const;
const WEIGHTS = 264_192;

/** One inference with caches as an earlier one left them. */
function inference(board: string, weightsIn: "flash" | "ram") {
  const file = `fc-stream-${board}-${weightsIn}.elf`;
  const url = new URL(`../../firmware/fc-stream/prebuilt/${file}`, import.meta.url);
  const image = readImage(readFileSync(url), file);
  const machine = new Machine({
    board: shippedBoard(board),
    image,
    firmware: file,
    engine: "handlers",
    console: () => undefined,
  });
  const done = image.symbols.find((symbol) => symbol.name === "inference_done")!;
  machine.blocks.watched.add(done.address & ~1);
  const seen: { cycles: number; instructions: number; misses: number }[] = [];
  machine.onArrival = () => {
    const { artMisses = 0, dcacheMisses = 0 } = machine.timing.counters();
    seen.push({
      cycles: machine.now(),
      instructions: machine.executor.instructions,
      misses: artMisses + dcacheMisses,
    });
  };
  machine.run();
  expect(machine.stop?.reason).toBe("breakpoint");
  const [first, second] = [seen[0]!, seen[1]!];
  return {
    cycles: second.cycles - first.cycles,
    instructions: second.instructions - first.instructions,
    misses: second.misses - first.misses,
  };
}

describe.each(SILICON)("weights read once on $board", ({ board, extra }) => {
  const flash = inference(board, "flash");
  const ram = inference(board, "ram");

  it("cost within 10 % of silicon more in flash than in RAM (calibration.md, memory systems)", () => {
    const modelled = flash.cycles - ram.cycles;
    expect(Math.abs(modelled / extra - 1)).toBeLessThan(0.1);
  });
  it("take the same instructions wherever they lie", () => {
    expect(flash.instructions).toBe(ram.instructions);
  });
  it("miss once for each line, and little besides", () => {
    const lines = WEIGHTS / (board === "nucleo-l4r5zi" ? 8 : 32);
    expect(flash.misses).toBeGreaterThanOrEqual(lines);
    expect(flash.misses).toBeLessThan(1.1 * lines);
  });
});
