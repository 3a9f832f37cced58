import type { Image } from "../elf/image.ts";
import { UsageError } from "../errors.ts";
import { MAX_BLOCK, Translator, type Fetch, type TranslatedInstruction } from "../exec/translate.ts";
import type { Decoder } from "../isa/decoder.ts";

/** Instructions in the order of their addresses, control leaving at the last one only, or at jumps not taken. */
export type Run = readonly TranslatedInstruction[];

/** Most instructions of a run that is followed to the jump back to its start. */
const LONGEST_LOOP = 4 * MAX_BLOCK;
const NOWHERE: ReadonlySet<number> = new Set();

const hex = (address: number): string => `0x${(address >>> 0).toString(16).padStart(8, "0")}`;

/** Cuts the code of a firmware file into runs of instructions, without running it. */
export class CodeReader {
  readonly #image: Image;
  readonly #translator: Translator;

  constructor(image: Image, decoder: Decoder) {
    this.#image = image;
    this.#translator = new Translator(decoder, halfwordsOf(image));
  }

  /** The basic blocks of a function in the order of their addresses. */
  blocks(start: number, end: number): readonly Run[] {
    const stretches = this.#codeStretches(start, end);
    const leaders = new Set<number>();
    for (const [from, to] of stretches) {
      leaders.add(to);
      for (const run of this.#linear(from, to, new Set([to]))) {
        const target = run.at(-1)?.footprint.jump?.target;
        if (target !== undefined && target > start && target < end) leaders.add(target);
      }
    }
    return stretches.flatMap(([from, to]) => this.#linear(from, to, leaders));
  }

  /** From `start` to the first jump, or `count` instructions, whatever jumps are among them. */
  from(start: number, count: number | undefined): Run {
    if (count === undefined) return this.#translate(start, 0, NOWHERE, LONGEST_LOOP);
    const run: TranslatedInstruction[] = [];
    let pc = start;
    while (run.length < count) {
      run.push(...this.#translate(pc, run.at(-1)?.itAfter ?? 0, NOWHERE, count - run.length));
      pc = endOf(run);
    }
    return run;
  }

  /** From `start` to the jump back to it. Throws UsageError when there is none. */
  loop(start: number): Run {
    const run: TranslatedInstruction[] = [];
    let pc = start;
    while (run.length < LONGEST_LOOP) {
      run.push(...this.#translate(pc, run.at(-1)?.itAfter ?? 0, NOWHERE, LONGEST_LOOP - run.length));
      if (isLoop(run)) return run;
      const jump = run.at(-1)?.footprint.jump;
      if (jump === undefined || !(jump.conditional || run.at(-1)!.predicated)) break;
      pc = endOf(run);
    }
    throw new UsageError(
      `--steady: the code at ${hex(start)} does not jump back to its start; name the first instruction of a loop`,
    );
  }

  #linear(from: number, to: number, stop: ReadonlySet<number>): readonly Run[] {
    const runs: Run[] = [];
    let pc = from;
    let itState = 0;
    while (pc < to) {
      const run = this.#translate(pc, itState, stop, Infinity);
      runs.push(run);
      pc = endOf(run);
      itState = run.at(-1)!.itAfter;
    }
    return runs;
  }

  #translate(pc: number, itState: number, stop: ReadonlySet<number>, limit: number): Run {
    const { instructions } = this.#translator.translate(pc, itState, stop, limit);
    if (instructions.length === 0) throw new UsageError(`the firmware file holds no code at ${hex(pc)}`);
    return instructions;
  }

  /** The parts of a range that are no literal data, as the file's mapping symbols say. */
  #codeStretches(start: number, end: number): readonly (readonly [from: number, to: number])[] {
    const { mappings } = this.#image;
    const isData = (address: number): boolean =>
      mappings.findLast((m) => m.address <= address)?.kind === "data";
    const cuts = [start, ...mappings.map((m) => m.address).filter((a) => a > start && a < end), end];
    return cuts
      .slice(0, -1)
      .map((from, i) => [from, cuts[i + 1]!] as const)
      .filter(([from, to]) => to - from >= 2 && !isData(from));
  }
}

/** Whether the last instruction of a run jumps to its first. */
export function isLoop(run: Run): boolean {
  const jump = run.at(-1)?.footprint.jump;
  return jump?.target !== undefined && !jump.link && jump.target === run[0]?.pc;
}

function endOf(run: Run): number {
  const { pc, size } = run.at(-1)!;
  return (pc + size) >>> 0;
}

function halfwordsOf({ segments }: Image): Fetch {
  return (address) => {
    for (const { virtualAddress, bytes } of segments) {
      const at = address - virtualAddress;
      if (at >= 0 && at + 1 < bytes.length) return bytes[at]! | (bytes[at + 1]! << 8);
    }
    return "IBUSERR";
  };
}
