import { EXIT } from "../../src/core/layout.ts";
import { W } from "../../src/core/state.ts";
import type { Machine } from "../../src/runner/machine.ts";

/** The cases of test/vectors/fp on a whole machine; their format is in the README there. */

const BASE = 0x2000_0000;
const SIZE = 0x2000;
const DEFAULT_PC = BASE + 0x800;
const CP10_CP11 = 0xf << 20;

const background = (index: number): number => (Math.imul(index, 0x9e37_79b1) + 0x7f4a_7c15) | 0;

type Values = ReadonlyMap<string, number>;

const parse = (items: string): Values =>
  new Map(
    items
      .split(" ")
      .filter((item) => item !== "")
      .map((item) => item.split(":") as [string, string])
      .map(([key, value]) => [key, Number.parseInt(value, 16) | 0]),
  );

/** Runs recorded FP cases, one instruction each. */
export class FpCaseRunner {
  readonly #machine: Machine;
  readonly #memory: Int32Array;
  readonly #blank = Int32Array.from({ length: SIZE / 4 }, (_, n) => background(64 + n));

  constructor(machine: Machine) {
    const { exceptions, state, map } = machine;
    this.#machine = machine;
    this.#memory = new Int32Array(state.memory.buffer, map.hostAddress(BASE, SIZE), SIZE / 4);
    exceptions.registers.CPACR = CP10_CP11;
    exceptions.fpAccessChanged();
    // The first FP instruction of a context takes FPSCR from FPDSCR: let that be past.
    exceptions.executeFPCheck();
  }

  /** A row that comes out otherwise, in words; empty when it agrees. */
  difference(row: string): string {
    const [left, right] = row.split(">") as [string, string];
    const before = parse(left.slice(8));
    const pc = before.get("pc") ?? DEFAULT_PC;
    this.#enter(before, pc, Number.parseInt(row.slice(0, 8), 16));
    const start = this.#machine.state.words.slice(0, W.S + 32);
    const memory = Int32Array.from(this.#memory);
    this.#machine.executor.dispatch(1);
    const expected = parse(right);
    const found = this.#differences(expected, start, before, pc);
    const { state } = this.#machine;
    memory.forEach((old, n) => {
      const want = expected.get(`m${(4 * n).toString(16)}`) ?? old;
      if (this.#memory[n] !== want) found.push(`word ${n} of memory`);
    });
    if ((state.words[W.exit]! & EXIT.fault) !== 0) found.push(state.fault?.kind ?? "fault");
    return found.length === 0 ? "" : `${row}: ${found.join(", ")}`;
  }

  #enter(before: Values, pc: number, word: number): void {
    const { state, blocks } = this.#machine;
    const w = state.words;
    for (let n = 0; n < 32; n++) w[W.S + n] = before.get(`s${n}`) ?? background(n);
    for (let n = 0; n < 15; n++) w[n] = before.get(`r${n}`) ?? background(32 + n) & (n === 13 ? ~3 : ~0);
    w[15] = pc;
    state.setNZCVQ((before.get("n") ?? 0) << 28);
    state.fpscr = before.get("f") ?? 0;
    this.#memory.set(this.#blank);
    const halves = new Uint16Array(this.#memory.buffer, this.#memory.byteOffset + pc - BASE, 2);
    halves[0] = word >>> 16;
    halves[1] = word & 0xffff;
    blocks.clear();
    blocks.all.length = 0;
    state.fault = undefined;
    w[W.exit] = 0;
  }

  #differences(expected: Values, start: Int32Array, before: Values, pc: number): string[] {
    const { state } = this.#machine;
    const w = state.words;
    const found: string[] = [];
    const note = (key: string, value: number, old: number): void => {
      const want = expected.get(key) ?? old;
      if ((value | 0) !== (want | 0)) found.push(`${key} is ${(value >>> 0).toString(16)}`);
    };
    for (let n = 0; n < 32; n++) note(`s${n}`, w[W.S + n]!, start[W.S + n]!);
    for (let n = 0; n < 15; n++) note(`r${n}`, w[n]!, start[n]!);
    note("n", state.apsr >>> 28, before.get("n") ?? 0);
    note("f", state.fpscr, before.get("f") ?? 0);
    note("pc", w[15]!, pc + 4);
    return found;
  }
}
