import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { USES } from "../../src/exec/progress.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";

/** `null` prints its check value and waits for the serial line by polling: compiled, it reads the flag from `SteadyReads`. */
const folder = fileURLToPath(new URL("../../firmware/bench/prebuilt/", import.meta.url));
const BOARDS = readdirSync(folder).flatMap((name) => /^null-(.+)\.elf$/.exec(name)?.[1] ?? []);

/** Slices that end in the middle of characters, where somebody outside may look or write. */
const SLICES = [1_000, 4_321, 20_000, 50_007, 123_456, 400_000, 1_500_000];

function run(engine: EngineName, board: string) {
  const file = `${folder}null-${board}.elf`;
  let text = "";
  const machine = new Machine({
    board: shippedBoard(board),
    image: readImage(readFileSync(file), file),
    firmware: file,
    engine,
    hot: 3,
    console: (byte) => (text += String.fromCharCode(byte)),
  });
  machine.semihosting = () => {
    machine.requestStop({ reason: "breakpoint", imm: 0xab });
    return true;
  };
  const seen = SLICES.map((cycle) => {
    if (!machine.hasStopped) machine.run(cycle);
    const { cycles, words } = machine.state;
    return [cycles, machine.executor.instructions, words[15]! >>> 0, text.length];
  });
  const polled = machine.blocks.all.some(({ schedules, compiled }) =>
    schedules.some(
      (record, state) =>
        compiled[state] !== undefined && record?.uses.some((uses) => (uses & USES.steadyReads) !== 0),
    ),
  );
  return { seen, text, polled };
}

describe("polling a serial line takes the same cycles compiled", () => {
  it.each(BOARDS)("%s", (board) => {
    const expected = run("reference", board);
    const actual = run("wasm", board);
    expect(actual.seen).toEqual(expected.seen);
    expect(actual.text).toBe(expected.text);
    expect(actual.text.length).toBeGreaterThan(10);
    expect(actual.polled).toBe(true);
  });
});
