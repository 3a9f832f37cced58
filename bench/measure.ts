import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { shippedBoard } from "../src/board/registry.ts";
import { readImage } from "../src/elf/image.ts";
import { Machine, type EngineName } from "../src/runner/machine.ts";

/** What one run of a program on one of our engines took. */
export interface Measurement {
  readonly instructions: number;
  readonly cycles: number;
  readonly seconds: number;
  /** Million instructions a second of processor time of all threads, V8's compilers included, over the whole run. */
  readonly rate: number;
  /**
   * The same of the thread that executes the firmware alone, from half to nine tenths of the instructions: compiled and
   * settled, and before the program prints its check value, which takes simulated time on a serial line.
   */
  readonly steadyRate: number;
  readonly peakMB: number;
  /** What the program printed; empty when the time limit ended it. */
  readonly text: string;
}

/** Cycles between two looks at the clock. */
const SLICE = 2_000_000;

/** Processor time of this thread in milliseconds, as Linux counts it. */
const spentByThread = (): number =>
  Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;

interface Task {
  readonly file: string;
  readonly board: string;
  readonly engine: EngineName;
  /** Seconds after which the program is stopped, and instructions. */
  readonly limit: number;
  readonly instructions: number;
  /** Without the timing models. */
  readonly flat: boolean;
}

/** Runs a program to its end, or to one of its limits. */
function measure({ file, board, engine, limit, instructions, flat }: Task): Measurement {
  let text = "";
  const machine = new Machine({
    board: shippedBoard(board),
    image: readImage(readFileSync(file), file),
    firmware: file,
    engine,
    flatTiming: flat,
    console: (byte) => (text += String.fromCharCode(byte)),
  });
  machine.semihosting = () => {
    machine.requestStop({ reason: "breakpoint", imm: 0xab });
    return true;
  };
  const start = performance.now();
  const spentByAll = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const began = spentByAll();
  const marks = [{ at: spentByThread(), instructions: 0 }];
  const isOver = (): boolean =>
    machine.hasStopped ||
    performance.now() - start >= limit * 1000 ||
    machine.executor.instructions >= instructions;
  while (!isOver()) {
    machine.run(machine.state.cycles + SLICE);
    marks.push({ at: spentByThread(), instructions: machine.executor.instructions });
  }
  const end = marks.at(-1)!;
  const markAt = (part: number): (typeof marks)[number] =>
    marks.find(({ instructions }) => instructions >= end.instructions * part)!;
  const rate = (from: (typeof marks)[number], to: (typeof marks)[number]): number =>
    (to.instructions - from.instructions) / (to.at - from.at) / 1000;
  const [half, late] = [markAt(0.5), markAt(0.9)];
  return {
    instructions: end.instructions,
    cycles: machine.state.cycles,
    seconds: (performance.now() - start) / 1000,
    rate: end.instructions / (spentByAll() - began) / 1000,
    steadyRate: half === late ? rate(marks[0]!, end) : rate(half, late),
    peakMB: process.resourceUsage().maxRSS / 1024,
    text: text.trim(),
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: "string", default: "Infinity" },
    instructions: { type: "string", default: "Infinity" },
    flat: { type: "boolean", default: false },
  },
});
const [file, board, engine] = positionals;
const task: Task = {
  file: file!,
  board: board!,
  engine: engine as EngineName,
  limit: Number(values.limit),
  instructions: Number(values.instructions),
  flat: values.flat,
};
console.log(JSON.stringify(measure(task)));
