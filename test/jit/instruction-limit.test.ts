import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";

const folder = fileURLToPath(new URL("../../firmware/bench/prebuilt/", import.meta.url));
/** One after the other, from where the one before ended. */
const LIMITS = [1_000_000, 1, 4_096, 333_333, 1_023, 2_000_001];

function run(engine: EngineName, board: string) {
  const file = `${folder}integer-${board}.elf`;
  const image = readImage(readFileSync(file), file);
  const options = { board: shippedBoard(board), image, firmware: file, console: () => undefined };
  const machine = new Machine({ ...options, engine });
  const seen = LIMITS.map((limit) => {
    machine.run(Infinity, limit);
    const { cycles, words } = machine.state;
    return { limit, done: machine.executor.instructions, cycles, registers: words.slice(0, 16) };
  });
  const compiled = machine.blocks.all.some((block) => block.compiled.some((code) => code?.typicalRun));
  return { seen, compiled };
}

describe("a limit of instructions is kept to the very one by compiled code", () => {
  it.each(["mps2-an386", "nucleo-f746zg"])("%s", (board) => {
    const { seen, compiled } = run("wasm", board);
    expect(compiled).toBe(true);
    expect(seen).toEqual(run("handlers", board).seen);
    expect(seen.at(-1)!.done).toBe(LIMITS.reduce((sum, limit) => sum + limit));
  });
});
