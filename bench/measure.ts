import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { shippedBoard } from "../src/board/registry.ts";
import { readImage } from "../src/elf/image.ts";
import { Machine, type EngineName } from "../src/runner/machine.ts";

/** What one run of a program on one of our engines took. */
export interface Measurement {
  readonly instructions: number;
  readonly cycles: number;
  readonly seconds: number;
  /** Million instructions a second of processor time (all threads) over the whole run, and over its second half: compiled and settled. */
  readonly rate: number;
  readonly steadyRate: number;
  readonly peakMB: number;
  /** What the program printed; empty when the time limit ended it. */
  readonly text: string;
}

/** Cycles between two looks at the clock. */
const SLICE = 2_000_000;

/** Runs a program to its end, or for `limit` seconds. */
function measure(file: string, board: string, engine: EngineName, limit: number): Measurement {
  let text = "";
  const machine = new Machine({
    board: shippedBoard(board),
    image: readImage(readFileSync(file), file),
    firmware: file,
    engine,
    console: (byte) => (text += String.fromCharCode(byte)),
  });
  machine.semihosting = () => {
    machine.requestStop({ reason: "breakpoint", imm: 0xab });
    return true;
  };
  const start = performance.now();
  const spent = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const marks = [{ at: spent(), instructions: 0 }];
  while (!machine.hasStopped && performance.now() - start < limit * 1000) {
    machine.run(machine.state.cycles + SLICE);
    marks.push({ at: spent(), instructions: machine.executor.instructions });
  }
  const end = marks.at(-1)!;
  const middle = marks.find(({ instructions }) => instructions >= end.instructions / 2)!;
  const rate = (from: (typeof marks)[number]): number =>
    (end.instructions - from.instructions) / (end.at - from.at) / 1000;
  return {
    instructions: end.instructions,
    cycles: machine.state.cycles,
    seconds: (performance.now() - start) / 1000,
    rate: rate(marks[0]!),
    steadyRate: middle === end ? rate(marks[0]!) : rate(middle),
    peakMB: process.resourceUsage().maxRSS / 1024,
    text: text.trim(),
  };
}

const [file, board, engine, limit] = process.argv.slice(2);
console.log(JSON.stringify(measure(file!, board!, engine as EngineName, Number(limit))));
