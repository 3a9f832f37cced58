import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { W } from "../../src/core/state.ts";
import { USES } from "../../src/exec/progress.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";
import { Assembler, COND, narrow, wide } from "./fuzz/assembler.ts";

const FLASH = 0x0800_0000;
const CODE = 0x200;
const DTCM = 0x2000_1000;
const SRAM1 = 0x2002_0000; // behind a bus, and without a cache nothing of it is free
const TURNS = 400;

/** Copies nine words with LDM and STM in the DTCM, then in SRAM1, then in the DTCM again, many times each. */
function program(): { readonly bytes: Uint8Array; readonly loop: number } {
  const asm = new Assembler(FLASH + CODE);
  const [loop, copy] = [asm.label(), asm.label()];
  for (const memory of [DTCM, SRAM1, DTCM])
    asm
      .constant(0, memory)
      .constant(1, memory + 64)
      .constant(2, TURNS)
      .call(copy);
  asm.put(narrow(0xe7fe)); // B .
  asm.bind(copy).put(narrow(0x4673)); // MOV R3, LR
  asm.bind(loop).put(wide(0xe890_1ff0), wide(0xe881_1ff0)); // LDM R0, {R4-R12}; STM R1, {R4-R12}
  asm.put(narrow(0x3a01)).branch(loop, COND.ne); // SUBS R2, #1
  asm.put(narrow(0x4718)); // BX R3
  return { bytes: asm.image(FLASH, DTCM), loop: loop.address! };
}

function run(engine: EngineName) {
  const { bytes, loop } = program();
  const machine = new Machine({
    board: shippedBoard("nucleo-f746zg"),
    image: readImage(bytes, "words.bin", { loadAddress: FLASH }),
    firmware: "words.bin",
    engine,
    hot: 20,
    console: () => undefined,
  });
  machine.run(100_000);
  const { words, cycles } = machine.state;
  const uses = machine.blocks.peek(loop, 0)?.records.flatMap((record) => [...record.uses]) ?? [];
  return {
    seen: [cycles, machine.executor.instructions, ...words.subarray(0, 16), words[W.IPSR]],
    copied: [DTCM, SRAM1].map((memory) => machine.bus.peek(memory + 64, 4)),
    areApart: uses.some((bits) => (bits & USES.wordsApart) !== 0),
  };
}

describe("several words at once", () => {
  it("are made by compiled code where their memory is no longer plain", () => {
    const expected = run("reference");
    const actual = run("wasm");
    expect(actual.seen).toEqual(expected.seen);
    expect(actual.copied).toEqual(expected.copied);
    expect(actual.areApart).toBe(true);
  });
});
