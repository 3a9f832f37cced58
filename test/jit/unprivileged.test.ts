import { expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";
import { Assembler, COND, narrow, wide } from "./fuzz/assembler.ts";

const RAM = 0x2000_1000;
const STACK = 0x2000_8000;
const CODE = 0x100;
const HARD_FAULT = 3;
const MPU = { CTRL: 0xe000_ed94, RBAR: 0xe000_ed9c, RASR: 0xe000_eda0 };
/** Of 64 KB, to be read and executed by all; of 4 KB, for all; CTRL: on, the default map for the privileged. */
const CODE_REGION = [0x10, (6 << 24) | (15 << 1) | 1] as const;
const STACK_REGION = [(STACK - 0x1000) | 0x11, (3 << 24) | (11 << 1) | 1] as const;
const ENABLE_WITH_DEFAULT = 5;

/**
 * Works on memory that only privileged code may use until that is compiled, then goes on unprivileged. Each fault is
 * counted in that memory by its handler, which returns to the load that is refused.
 */
function program(): Uint8Array {
  const asm = new Assembler(CODE);
  const store = (address: number, value: number) =>
    asm.constant(0, address).constant(3, value).put(narrow(0x6003)); // STR R3, [R0]
  for (const [base, attributes] of [CODE_REGION, STACK_REGION]) {
    store(MPU.RBAR, base);
    store(MPU.RASR, attributes);
  }
  store(MPU.CTRL, ENABLE_WITH_DEFAULT);
  asm.put(wide(0xf3bf_8f4f), wide(0xf3bf_8f6f)); // DSB; ISB
  const work = asm.label();
  asm.constant(1, RAM).constant(2, 2000).call(work);
  asm.constant(3, 1).put(wide(0xf383_8814), wide(0xf3bf_8f6f)); // MSR CONTROL, R3; ISB
  asm.constant(2, 2000).call(work);
  asm.bind(work);
  const again = asm.label();
  asm.bind(again).put(narrow(0x6808), narrow(0x6048), narrow(0x3a01)); // LDR R0, [R1]; STR R0, [R1, #4]; SUBS R2, #1
  asm.branch(again, COND.ne).put(narrow(0x4770)); // BX LR
  const handler = asm.here;
  asm.put(narrow(0x6888), narrow(0x3001), narrow(0x6088), narrow(0x4770)); // LDR R0, [R1, #8]; ADDS; STR; BX LR
  return asm.image(0, STACK, { [HARD_FAULT]: handler });
}

function run(engine: EngineName) {
  const machine = new Machine({
    board: shippedBoard("mps2-an386"),
    image: readImage(program(), "unprivileged.bin", { loadAddress: 0 }),
    firmware: "unprivileged.bin",
    engine,
    hot: 3,
    console: () => undefined,
  });
  machine.run(100_000);
  const { cycles, words } = machine.state;
  return {
    cycles,
    R: [...words.subarray(0, 16)],
    faults: machine.bus.peek(RAM + 8, 4),
    instructions: machine.executor.instructions,
  };
}

it("unprivileged code does not reach what privileged code has been using", () => {
  const expected = run("reference");
  expect(expected.faults).toBeGreaterThan(100);
  for (const engine of ["handlers", "wasm"] as const) expect(run(engine)).toEqual(expected);
});
