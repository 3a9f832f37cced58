import { shippedBoard } from "../../src/board/registry.ts";
import type { Fault } from "../../src/core/fault.ts";
import { isWide } from "../../src/isa/decoder.ts";
import { EXIT } from "../../src/core/layout.ts";
import { W } from "../../src/core/state.ts";
import { readImage, type Image } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";
import {
  type CaseGroup,
  type CaseState,
  changedWords,
  CODE,
  CODE_BYTES,
  DATA,
  DATA_BYTES,
  type Outcome,
} from "./cases.ts";

/** Vector table with a stack and a start that no case uses. */
function blankImage(): Image {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, 0x2000_1000, true);
  new DataView(bytes.buffer).setUint32(4, 0x101, true);
  return readImage(bytes, "blank.bin", { loadAddress: 0 });
}

/** A machine of the board with one of the engines, and nothing in its memory but a vector table. */
export function machineFor(engine: EngineName, board: "mps2-an386" | "mps2-an500" = "mps2-an386"): Machine {
  return new Machine({
    board: shippedBoard(board),
    image: blankImage(),
    firmware: "blank.bin",
    engine,
    console: () => undefined,
  });
}

/** What a program leaves behind beyond the outcome of a case. */
export interface RunThrough extends Outcome {
  readonly cycles: number;
}

/** Runs single cases on one machine, putting everything back in between. */
export class CaseRunner {
  readonly machine: Machine;
  readonly #code: Uint8Array;
  readonly #data: Uint8Array;
  readonly #words: Int32Array;
  readonly #ccr: number;
  #group: CaseGroup | undefined;
  /** Cases whose code was compiled. */
  compiledRuns = 0;

  /** @param ccr bits of CCR to be set throughout */
  constructor(machine: Machine, ccr = 0) {
    this.machine = machine;
    this.#ccr = ccr;
    this.#code = this.#window(CODE);
    this.#data = this.#window(DATA);
    this.#words = new Int32Array(this.#data.buffer, this.#data.byteOffset, DATA.size / 4);
    this.#code.set(CODE_BYTES);
    this.#data.set(DATA_BYTES);
  }

  #window({ start, size }: { readonly start: number; readonly size: number }): Uint8Array {
    const host = this.machine.map.hostAddress(start, size)!;
    return this.machine.state.bytes.subarray(host, host + size);
  }

  /** Outcome of every state of a group. */
  run(group: CaseGroup): Outcome[] {
    return group.states.map((state) => this.runOne(group, state));
  }

  runOne(group: CaseGroup, before: CaseState): Outcome {
    this.#place(group);
    this.#enter(group, before);
    const { machine } = this;
    const { state, executor } = machine;
    const w = state.words;
    let fault: Fault | undefined;
    if (machine.compiler !== undefined) {
      this.#runCompiled(group);
      if ((w[W.exit]! & EXIT.fault) !== 0) ({ fault } = state);
      w[W.exit] = 0;
      state.fault = undefined;
      return this.#outcome(fault?.kind ?? "");
    }
    for (let i = 0; i < group.count && fault === undefined; i++) {
      executor.dispatch(1);
      if ((w[W.exit]! & EXIT.fault) !== 0) ({ fault } = state);
      w[W.exit] = 0;
      state.fault = undefined;
    }
    return this.#outcome(fault?.kind ?? "");
  }

  /**
   * The group's code as one compiled block: it ends before the address behind it, which is watched. The first run of a
   * block is the handlers', since compiled code is entered only with its lines known to be present.
   */
  #runCompiled(group: CaseGroup): void {
    const { blocks, executor, state, timing } = this.machine;
    const { drained } = timing.core;
    const end = group.pc + sizeOf(group);
    if (!blocks.watched.has(end)) {
      blocks.watched.clear();
      blocks.watched.add(end);
      blocks.clear();
    }
    state.words[W.pipelineState] = drained;
    const block = blocks.get(group.pc, 0);
    executor.onHot?.(block, drained);
    if (block.compiled[drained] !== undefined) this.compiledRuns++;
    executor.dispatch(Infinity);
    // Some instructions end a block: the rest of the group goes step by step.
    while (executor.instructions < group.count && state.words[W.exit] === 0) executor.dispatch(1);
  }

  /** As `runOne` for code without jumps, in as few steps as the engine likes. */
  runThrough(group: CaseGroup, before: CaseState): RunThrough {
    this.#place(group);
    this.#enter(group, before);
    const { machine } = this;
    const start = machine.state.cycles;
    machine.executor.run(group.count);
    machine.state.words[W.exit] = 0;
    return { ...this.#outcome(""), cycles: machine.state.cycles - start };
  }

  #place(group: CaseGroup): void {
    if (this.#group === group) return;
    const { blocks } = this.machine;
    this.#code.set(CODE_BYTES);
    this.#code.set(group.code, group.pc - CODE.start);
    blocks.clear();
    blocks.all.length = 0;
    this.#group = group;
  }

  #enter(group: CaseGroup, before: CaseState): void {
    const { state, exceptions, executor } = this.machine;
    const w = state.words;
    if (w[W.PRIMASK] !== 0 || w[W.FAULTMASK] !== 0 || w[W.CONTROL] !== 0 || w[W.BASEPRI] !== 0) {
      exceptions.takeReset();
    }
    w[W.CCR]! |= this.#ccr;
    w[W.exit] = 0;
    w[W.otherSP] = 0;
    w.set(before.r, 0);
    w[15] = group.pc;
    state.setNZCVQ(before.apsr);
    state.setGE(before.apsr);
    w[W.ITSTATE] = 0;
    w[W.exclusiveOpen] = 0;
    state.fault = undefined;
    executor.instructions = 0;
  }

  #outcome(stopped: string): Outcome {
    const { state } = this.machine;
    const writes = changedWords(this.#words);
    if (writes.length > 0) this.#data.set(DATA_BYTES);
    return {
      stopped,
      r: state.words.slice(0, 16),
      apsr: state.apsr,
      writes,
      itState: state.words[W.ITSTATE],
    };
  }
}

/** Bytes of the first `count` instructions of a group's code. */
function sizeOf({ code, count }: CaseGroup): number {
  let size = 0;
  for (let i = 0; i < count; i++) size += isWide(code[size]! | (code[size + 1]! << 8)) ? 4 : 2;
  return size;
}
