import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";

const BOARDS = ["nucleo-f746zg", "nucleo-f446re", "nucleo-l4r5zi"] as const;
/** Enough for clocks, caches, the copying of data and the first part of the work. */
const CYCLES = 600_000;

function machine(program: string, board: string, engine: EngineName): Machine {
  const file = `${program}-${board}.elf`;
  const bytes = readFileSync(new URL(`../../firmware/${program}/prebuilt/${file}`, import.meta.url));
  const image = readImage(bytes, file);
  return new Machine({ board: shippedBoard(board), image, firmware: file, engine, console: () => undefined });
}
const place = (m: Machine) => ({
  cycle: m.now(),
  instructions: m.executor.instructions,
  pc: m.state.words[15],
  counters: m.timing.counters(),
});

it.each(BOARDS)(
  "kws on %s: blocks and single instructions meet the same misses at the same cycles",
  (board) => {
    const blocks = machine("kws", board, "handlers");
    const single = machine("kws", board, "reference");
    for (let cycle = 7919; cycle < CYCLES; cycle += 7919) {
      blocks.run(cycle);
      single.run(cycle);
      expect(place(blocks)).toEqual(place(single));
    }
  },
);

it.each(BOARDS)("systick on %s: sleep and interrupts end at the same cycle", (board) => {
  const blocks = machine("systick", board, "handlers");
  const single = machine("systick", board, "reference");
  blocks.run();
  single.run();
  expect(blocks.stop?.reason).toBe("breakpoint");
  expect(place(blocks)).toEqual(place(single));
});
