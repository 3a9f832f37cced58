import { shippedBoard } from "../../../src/board/registry.ts";
import { W } from "../../../src/core/state.ts";
import { readImage } from "../../../src/elf/image.ts";
import type { Feature } from "../../../src/isa/insn.ts";
import { decoderFor, Machine, type EngineName } from "../../../src/runner/machine.ts";
import { Profile } from "../../../src/runner/profile.ts";
import { Random } from "../../exec/random.ts";
import { RandomInstructions } from "./instructions.ts";
import { type FuzzBoard, type FuzzProgram, ProgramMaker } from "./program.ts";

const FEATURES: readonly Feature[] = ["v7-M", "DSP", "FPv4-SP"];
const DOUBLES: readonly Feature[] = ["FPv5-SP", "FPv4-DP", "FPv5-DP"];
/** Blocks are compiled after so few runs. */
const HOT = 3;

/** Architectural words that every engine must agree on, by name. */
const WORDS = Object.entries(W).filter(
  ([name]) =>
    !["pipelineState", "instructionIndex", "taken", "lastLoad", "lastAccess", "exit", "S"].includes(name),
);
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** The program of a seed. */
export function programOf(seed: number, board: FuzzBoard): FuzzProgram {
  const decoder = decoderFor(shippedBoard(board.id).core.fpu);
  const instructions = new RandomInstructions(
    decoder,
    new Set(board.hasDoubles === true ? [...FEATURES, ...DOUBLES] : FEATURES),
  );
  return new ProgramMaker(new Random(seed), board, instructions).make();
}

/** Runs a program on one engine, slice by slice. */
class Run {
  readonly machine: Machine;
  readonly #program: FuzzProgram;

  constructor(engine: EngineName, board: FuzzBoard, program: FuzzProgram, counters?: number) {
    this.#program = program;
    this.machine = new Machine({
      board: shippedBoard(board.id),
      image: readImage(program.image, "fuzz.bin", { loadAddress: program.loadAddress }),
      firmware: "fuzz.bin",
      engine,
      hot: HOT,
      ...(counters === undefined ? {} : { compilerCounters: counters }),
      console: () => undefined,
    });
    const { address, bytes } = program.ramCode;
    this.#window(address, bytes.length).set(bytes);
  }

  #window(address: number, size: number): Uint8Array {
    const host = this.machine.map.hostAddress(address, size)!;
    return this.machine.state.bytes.subarray(host, host + size);
  }

  get data(): Uint8Array {
    const { address, size } = this.#program.data;
    return this.#window(address, size);
  }

  /** Cycles by cause and instruction address. */
  profile(): readonly string[] {
    this.machine.compiler?.flushCounts();
    return new Profile(this.machine.blocks.all)
      .addresses()
      .filter(({ executed, cycles }) => executed !== 0 || cycles !== 0)
      .map(
        ({ address, executed, cycles, stalls }) =>
          `${hex(address)}: ${executed} x, ${cycles} cycles ${JSON.stringify(stalls)}`,
      );
  }
}

/** What differs between two machines that should be equal; empty when nothing does. */
function differences(expected: Run, actual: Run): string[] {
  const found: string[] = [];
  const [e, a] = [expected.machine, actual.machine];
  const note = (what: string, is: number, not: number): void => {
    if (is !== not) found.push(`${what} is ${is} (${hex(is)}), not ${not} (${hex(not)})`);
  };
  note("cycle", a.state.cycles, e.state.cycles);
  note("instructions", a.executor.instructions, e.executor.instructions);
  for (let n = 0; n < 16; n++) note(`R${n}`, a.state.words[n]!, e.state.words[n]!);
  for (let n = 0; n < 32; n++) note(`S${n}`, a.state.words[W.S + n]!, e.state.words[W.S + n]!);
  for (const [name, word] of WORDS) note(name, a.state.words[word]!, e.state.words[word]!);
  if (JSON.stringify(e.stop) !== JSON.stringify(a.stop)) {
    found.push(`stop is ${JSON.stringify(a.stop)}, not ${JSON.stringify(e.stop)}`);
  }
  const [x, y] = [expected.data, actual.data];
  if (Buffer.compare(x, y) !== 0) {
    const at = x.findIndex((byte, i) => byte !== y[i]);
    found.push(`data at +${hex(at)} is ${y[at]!}, not ${x[at]!}`);
  }
  return found;
}

function profileDifferences(expected: Run, actual: Run): string[] {
  const [e, a] = [expected.profile(), actual.profile()];
  const found = e.flatMap((line, i) => (line === a[i] ? [] : [`profile: ${a[i] ?? "nothing"}, not ${line}`]));
  return found.slice(0, 3);
}

export interface FuzzOptions {
  readonly slices?: number;
  readonly engines?: readonly EngineName[];
  /** Counters that compiled code may have; when they are used up, it begins anew. */
  readonly counters?: number;
}

export interface FuzzOutcome {
  /** Empty when the engines agree. */
  readonly differences: readonly string[];
  readonly instructions: number;
  /** Regions that were compiled. */
  readonly compiled: number;
}

/** Runs the program of `seed` on every engine and compares them at irregular intervals. */
export function fuzzOne(seed: number, board: FuzzBoard, options: FuzzOptions = {}): FuzzOutcome {
  const { slices = 12, engines = ["handlers", "wasm"] } = options;
  const program = programOf(seed, board);
  const reference = new Run("reference", board, program);
  const others = engines.map((engine) => ({
    engine,
    run: new Run(engine, board, program, options.counters),
  }));
  const random = new Random(seed ^ 0x51ce);
  const found: string[] = [];
  const compiled = (): number =>
    others.reduce((n, { run }) => n + run.machine.blocks.all.filter((b) => b.compiled.length > 0).length, 0);
  const outcome = (): FuzzOutcome => ({
    differences: found,
    instructions: reference.machine.executor.instructions,
    compiled: compiled(),
  });
  let until = 0;
  for (let slice = 0; slice < slices; slice++) {
    until += 1 + random.below(random.pick([50, 1000, 20_000]));
    reference.machine.run(until);
    for (const { engine, run } of others) {
      run.machine.run(until);
      const wrong = differences(reference, run);
      if (wrong.length > 0) {
        found.push(
          `${engine} on ${board.id}, seed ${seed}, at cycle ${until}: ${wrong.slice(0, 6).join("; ")}`,
        );
      }
    }
    if (found.length > 0) return outcome();
    if (reference.machine.hasStopped) break;
  }
  for (const { engine, run } of others) {
    for (const wrong of profileDifferences(reference, run)) {
      found.push(`${engine} on ${board.id}, seed ${seed}: ${wrong}`);
    }
  }
  return outcome();
}
