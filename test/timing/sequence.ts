import { Translator } from "../../src/exec/translate.ts";
import { Decoder } from "../../src/isa/decoder.ts";
import { TABLE } from "../../src/isa/table/index.ts";
import type { CoreTiming, TimedInstruction } from "../../src/timing/timing.ts";

/** A short run of instructions whose cycles a source gives. */
export interface Sequence {
  readonly name: string;
  readonly asm: string;
  /** Halfwords in hex; `x8` repeats the wide instruction before it. */
  readonly code: string;
  readonly cycles: number;
  readonly source: string;
  /** Address of the first instruction; a multiple of 16 unless given. */
  readonly base?: number;
}

export const CODE_BASE = 0x0800_0000;
const NOP = 0xbf00;
const DECODER = new Decoder(TABLE, new Set(["v7-M", "DSP", "FPv4-SP", "FPv5-SP", "FPv4-DP", "FPv5-DP"]));

export function halfwords(code: string): number[] {
  const words: number[] = [];
  for (const item of code.split(" ")) {
    const repeat = /^x(\d+)$/.exec(item);
    if (repeat === null) words.push(parseInt(item, 16));
    else for (let i = 1; i < Number(repeat[1]); i++) words.push(...words.slice(-2));
  }
  return words;
}

/** Decodes a run of halfwords, across jumps. */
export function instructionsOf(words: readonly number[], base = CODE_BASE): TimedInstruction[] {
  const translator = new Translator(DECODER, (address) => words[(address - base) >> 1] ?? NOP);
  const end = base + 2 * words.length;
  const list: TimedInstruction[] = [];
  let pc = base;
  let itState = 0;
  while (pc < end) {
    const block = translator.translate(pc, itState, new Set([end]));
    list.push(...block.instructions);
    pc = block.end;
    itState = block.instructions.at(-1)!.itAfter;
  }
  return list;
}

/** Cycles of one iteration of a loop that jumps back at its end, once it runs steadily. */
export function loopCycles(timing: CoreTiming, { code, base }: Sequence): number {
  const run = instructionsOf(halfwords(code), base);
  const iterations = 32;
  let state = timing.drained;
  let cycles = 0;
  for (let i = 0; i < 2 * iterations; i++) {
    const schedule = timing.schedule(run, state);
    if (i >= iterations) cycles += schedule.offsets[run.length]! + schedule.takenCycles;
    state = schedule.takenState;
  }
  return cycles / iterations;
}

/** Cycles of one copy among many. */
export function copyCycles(timing: CoreTiming, { code }: Sequence): number {
  const words = halfwords(code);
  const cycles = (copies: number): number => {
    const run = instructionsOf(Array.from({ length: copies }, () => words).flat());
    return timing.schedule(run, timing.drained).offsets[run.length]!;
  };
  return (cycles(14) - cycles(4)) / 10;
}
