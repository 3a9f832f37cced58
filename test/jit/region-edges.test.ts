import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { W } from "../../src/core/state.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";
import { Assembler, COND, narrow, wide, type Word } from "./fuzz/assembler.ts";

const RAM = 0x0100_0000; // with nothing before and behind it
const CODE = 0x80;
const MIDDLE = 0x2000;
const HARD_FAULT = 3;

/** R0 is the address; what is loaded goes into R5. */
const ACCESSES: Readonly<Record<string, readonly Word[]>> = {
  "LDR R5, [R0]": [narrow(0x6805)],
  "LDRH R5, [R0]": [narrow(0x8805)],
  "STR R5, [R0]": [narrow(0x6005)],
  "LDRD R5, R6, [R0]": [wide(0xe9d0_5600)],
  "STRD R3, R5, [R0]": [wide(0xe9c0_3500)],
  "LDM R0, {R5-R12}": [wide(0xe890_1fe0)],
  "STM R0, {R3, R5, R7}": [wide(0xe880_00a8)],
};

/** Runs the access in the middle of the RAM until it is compiled, then in steps of so many bytes past an end of the RAM. */
function program(access: readonly Word[], from: number, step: number): Uint8Array {
  const asm = new Assembler(CODE);
  const [warm, again, isWarm] = [asm.label(), asm.label(), asm.label()];
  asm
    .constant(0, RAM + MIDDLE)
    .constant(1, 0)
    .constant(2, from)
    .constant(3, 100)
    .constant(4, step);
  asm.bind(again).put(...access, narrow(0x407d), narrow(0x1840)); // EORS R5, R7; ADDS R0, R0, R1
  asm.put(narrow(0x3b01)).branch(again, COND.ne); // SUBS R3, #1
  asm.put(narrow(0x2900)).branch(isWarm, COND.ne); // CMP R1, #0
  asm.bind(warm).put(narrow(0x0010), narrow(0x0021)); // MOVS R0, R2; MOVS R1, R4
  asm.constant(3, 1000).branch(again).bind(isWarm).put(narrow(0xe7fe));
  const handler = asm.here;
  asm.put(narrow(0xe7fe));
  return asm.image(0, RAM + MIDDLE, { [HARD_FAULT]: handler });
}

function run(engine: EngineName, access: readonly Word[], edge: "start" | "end", step: number) {
  const board = shippedBoard("mps2-an386");
  const { start, size } = board.regions.find((region) => region.start === RAM)!;
  const from = edge === "end" ? start + size - 200 : start + 200;
  const machine = new Machine({
    board,
    image: readImage(program(access, from, edge === "end" ? step : -step), "edge.bin", { loadAddress: 0 }),
    firmware: "edge.bin",
    engine,
    hot: 20,
    console: () => undefined,
  });
  const host = machine.map.hostAddress(start, size)!;
  const memory = machine.state.bytes.subarray(host, host + size);
  memory.forEach((_, i) => (memory[i] = i + (i >>> 8)));
  machine.run(30_000);
  const { words, cycles } = machine.state;
  return {
    seen: [cycles, machine.executor.instructions, ...words.subarray(0, 16), words[W.IPSR]],
    memory: memory.slice(),
    isCompiled: machine.blocks.all.some((block) => block.compiled.some((entry) => entry !== undefined)),
  };
}

describe("compiled accesses end where their memory does", () => {
  const cases = Object.entries(ACCESSES).flatMap(([text, access]) =>
    (["start", "end"] as const).flatMap((edge) => [4, 2, 1].map((step) => ({ text, access, edge, step }))),
  );
  it.each(cases)("$text, at the $edge in steps of $step", ({ access, edge, step }) => {
    const expected = run("reference", access, edge, step);
    const actual = run("wasm", access, edge, step);
    expect(actual.seen).toEqual(expected.seen);
    expect(actual.memory).toEqual(expected.memory);
    expect(actual.isCompiled).toBe(true);
    expect(actual.seen.at(-1)).toBe(HARD_FAULT);
  });
});
