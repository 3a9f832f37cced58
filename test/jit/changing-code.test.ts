import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";
import { Assembler, COND, narrow, wide } from "./fuzz/assembler.ts";

const CODE = 0x200;
const RAM = 0x2000_0000;
const ROUNDS = 200;

/**
 * Calls a function in RAM in every second round, so that the loop becomes hot first and the function a part of its
 * region. Every eighth round writes the round's number into the immediate of its ADD, so
 * that what was compiled with it is wrong from then on.
 */
function image(): Uint8Array {
  const asm = new Assembler(CODE);
  const again = asm.label();
  const call = asm.label();
  const next = asm.label();
  asm
    .constant(0, 0)
    .constant(4, ROUNDS)
    .constant(5, RAM)
    .constant(6, RAM + 1);
  asm.bind(again).put(wide(0xf014_0f01)); // TST R4, #1
  asm.branch(next, COND.ne).put(wide(0xf014_0f07)); // TST R4, #7
  asm.branch(call, COND.ne).put(wide(0xf885_4002)); // STRB R4, [R5, #2]
  asm.bind(call).put(narrow(0x47b0)); // BLX R6
  asm.bind(next).put(narrow(0x3c01)).branch(again, COND.ne).put(narrow(0xe7fe)); // SUBS R4, #1; BNE; B .
  return asm.image(0, 0x2000_1000);
}

function run(engine: EngineName): {
  readonly R0: number;
  readonly cycles: number;
  readonly compiled: boolean;
} {
  const machine = new Machine({
    board: shippedBoard("mps2-an386"),
    image: readImage(image(), "code.bin", { loadAddress: 0 }),
    firmware: "code.bin",
    engine,
    hot: 3,
    console: () => undefined,
  });
  const code = new Assembler(RAM).put(wide(0xf100_0001), narrow(0x4770)).bytes(); // ADD R0, R0, #1; BX LR
  machine.state.bytes.set(code, machine.map.hostAddress(RAM, code.length));
  machine.run(100_000);
  return {
    R0: machine.state.words[0]!,
    cycles: machine.state.cycles,
    compiled: machine.blocks.all.some((block) => block.compiled.length > 0),
  };
}

describe("code in RAM that is written while regions with it are compiled", () => {
  it("runs as written, in the same cycles on every engine", () => {
    const reference = run("reference");
    let sum = 0;
    let imm = 1;
    for (let round = ROUNDS; round > 0; round--) {
      if (round % 8 === 0) imm = round;
      if (round % 2 === 0) sum += imm;
    }
    expect(reference.R0).toBe(sum);
    expect(run("handlers")).toMatchObject({ R0: sum, cycles: reference.cycles });
    expect(run("wasm")).toMatchObject({ R0: sum, cycles: reference.cycles, compiled: true });
  });
});
