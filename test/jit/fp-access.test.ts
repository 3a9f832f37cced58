import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { W } from "../../src/core/state.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";
import { Assembler, COND, narrow, wide } from "./fuzz/assembler.ts";

const SYSTICK = 0xe000_e010;
const CPACR = 0xe000_ed88;
const CP10_CP11 = 0xf << 20;
const RAM = 0x2000_0000;
const CODE = 0x80;
const SLICES = [1_000, 20_001, 100_000, 200_000];
const NOP = narrow(0xbf00);
const addSingles = wide(0xee30_0a20); // VADD.F32 S0, S0, S1

/**
 * A loop with a loop of FP instructions in it, which takes access to the FPU away every fourth time. What faults then gives it
 * back and is executed again. A SysTick handler has such a loop too: its first FP instruction saves the state of the
 * thread (lazily), so that the FPU is not ready until then.
 */
function program(): { readonly bytes: Uint8Array; readonly loops: readonly number[] } {
  const asm = new Assembler(CODE);
  const fpLoop = (turns: number): number => {
    const again = asm.label();
    const next = (): Assembler => asm.put(NOP, narrow(0x3e01)).branch(again, COND.ne); // SUBS R6, #1; BNE
    asm.put(narrow(0x2600 | (turns + 1))); // MOVS R6, #turns + 1
    next(); // so that the loop begins with its first FP instruction as it goes on
    asm.bind(again).put(addSingles, wide(0xee71_1a20), NOP); // VADD S3, S2, S1
    next();
    return again.address!;
  };
  const access = (): Assembler => asm.constant(0, CPACR).constant(2, CP10_CP11).put(narrow(0x6002)); // STR R2, [R0]
  access().constant(4, SYSTICK).constant(1, 999).constant(5, 7);
  asm.put(narrow(0x6061), narrow(0x6025)); // STR R1, [R4, #4]; STR R5, [R4]
  asm.put(wide(0xeef7_0a00)); // VMOV.F32 S1, #1.0
  asm.constant(7, CP10_CP11);
  const loop = asm.label();
  asm.bind(loop).put(narrow(0x3301)); // ADDS R3, #1
  const inner = fpLoop(6);
  asm.put(narrow(0x079d), narrow(0xbf0c), narrow(0x2100), narrow(0x4639)); // LSLS R5, R3, #30; R1 := EQ ? 0 : R7
  asm.put(narrow(0x6001), addSingles).branch(loop); // STR R1, [R0]
  const count = (offset: number): Assembler =>
    asm.constant(1, RAM + offset).put(narrow(0x680a), narrow(0x3201), narrow(0x600a), wide(0xe8bd_8040)); // LDR, ADDS, STR; POP {R6, PC}
  const hardFault = asm.here;
  asm.put(narrow(0xb540)); // PUSH {R6, LR}
  access();
  count(0);
  const sysTick = asm.here;
  asm.put(narrow(0xb540));
  const handled = fpLoop(20);
  count(4);
  const bytes = asm.image(0, RAM + 0x1000, { 3: hardFault, 15: sysTick });
  return { bytes, loops: [inner, handled] };
}

function run(engine: EngineName) {
  const { bytes, loops } = program();
  const machine = new Machine({
    board: shippedBoard("mps2-an386"),
    image: readImage(bytes, "fp-access.bin", { loadAddress: 0 }),
    firmware: "fp-access.bin",
    engine,
    hot: 20,
    console: () => undefined,
  });
  const counted = (offset: number): number => machine.bus.peek(RAM + offset, 4)!;
  const seen = SLICES.map((cycle) => {
    machine.run(cycle);
    const { cycles, words, fpscr } = machine.state;
    const registers = [...words.subarray(0, 16), words[W.IPSR]!, fpscr, ...words.subarray(W.S, W.S + 32)];
    return [cycles, machine.executor.instructions, ...registers, counted(0), counted(4)];
  });
  const isCompiled = (pc: number): boolean =>
    machine.blocks.peek(pc, 0)?.compiled.some((entry) => entry !== undefined) ?? false;
  return { seen, faults: counted(0), ticks: counted(4), areCompiled: loops.every(isCompiled) };
}

describe("compiled code sees that the FPU is not ready", () => {
  it("where access to it is taken away, and where its state has yet to be saved", () => {
    const expected = run("reference");
    const actual = run("wasm");
    expect(actual.seen).toEqual(expected.seen);
    expect(actual.faults).toBeGreaterThan(500);
    expect(actual.ticks).toBeGreaterThan(100);
    expect(actual.areCompiled).toBe(true);
  });
});
