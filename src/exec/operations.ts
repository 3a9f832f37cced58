import type { Core } from "../core/core.ts";
import * as float from "../core/float.ts";
import { fpOperation } from "../core/fp-operation.ts";
import { mulHighS, mulHighU, rbit, rev, rev16 } from "../isa/integer.ts";
import { LAYOUT } from "../core/layout.ts";
import { W } from "../core/state.ts";
import type { FpOp } from "../isa/ir.ts";
import type { TimedDouble } from "../timing/double.ts";
import { emitInstruction } from "./emit-js.ts";
import { Evaluator } from "./evaluate.ts";
import type { TranslatedInstruction } from "./translate.ts";

/** Executes one instruction on the core's state; a fault leaves `EXIT.fault`. */
export type Operation = () => void;

/** Makes operations of instructions: the part in which the reference and the handlers engine differ. */
export interface OperationMaker {
  make(instruction: TranslatedInstruction): Operation;
}

/** Times that operations report while they run. */
export interface OperationTiming {
  /** A predicated instruction did not execute. */
  skipped(): void;
  /** Charges the data-dependent part of a division. */
  divide(signed: boolean, dividend: number, divisor: number): void;
  /** Charges the data-dependent part of an operation on doubles. */
  double(op: TimedDouble, operands: readonly bigint[]): void;
}

/** Operations that walk the IR. */
export class ReferenceOperations implements OperationMaker {
  readonly #evaluator: Evaluator;
  readonly #timing: OperationTiming;

  constructor(core: Core, timing: OperationTiming) {
    this.#evaluator = new Evaluator(core, timing);
    this.#timing = timing;
  }

  make({ condition, statements }: TranslatedInstruction): Operation {
    const evaluator = this.#evaluator;
    if (condition === undefined) return () => evaluator.run(statements);
    return () => {
      if (evaluator.i32(condition) !== 0) evaluator.run(statements);
      else this.#timing.skipped();
    };
  }
}

/** Makes the functions of one shape, which is compiled once; they differ in their parameters. */
type Shape = (...parameters: readonly unknown[]) => Operation;

/** Evaluates source in a scope in which the names of an environment stand for its values. */
type Scope = (source: string) => unknown;

/** One scope for all shapes: to bind the names anew for each would cost as much as compiling it. */
function scopeOf(environment: Readonly<Record<string, unknown>>): Scope {
  const names = Object.keys(environment).join(", ");
  const source = `"use strict"; const { ${names} } = environment; return (source) => eval(source);`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- evaluates what is printed from the typed IR alone
  return new Function("environment", source)(environment) as Scope;
}

/** Operations compiled to JavaScript, one function for each shape of instruction. */
export class CompiledOperations implements OperationMaker {
  readonly #plain: Compiler;
  /** For instructions that may contend with fetches: they note where they access memory. Made when there are any. */
  #noting: Compiler | undefined;
  readonly #core: Core;
  readonly #timing: OperationTiming;

  constructor(core: Core, timing: OperationTiming) {
    this.#core = core;
    this.#timing = timing;
    this.#plain = new Compiler(environment(core, timing));
  }

  make(instruction: TranslatedInstruction): Operation {
    if (instruction.mayContend !== true) return this.#plain.make(instruction);
    this.#noting ??= new Compiler(notingEnvironment(environment(this.#core, this.#timing), this.#core));
    return this.#noting.make(instruction);
  }
}

/** Compiles instructions in one environment. */
class Compiler {
  readonly #evaluate: Scope;
  readonly #shapes = new Map<string, Shape>();

  constructor(environment: Readonly<Record<string, unknown>>) {
    this.#evaluate = scopeOf(environment);
  }

  make({ condition, statements }: TranslatedInstruction): Operation {
    const { body, parameters } = emitInstruction(statements, condition);
    let shape = this.#shapes.get(body);
    if (shape === undefined) {
      const names = parameters.map((_, i) => `p${i}`).join(", ");
      // In parentheses V8 compiles a function at once, instead of reading its text again when it first runs.
      const source = `(function (${names}) { return (function () { ${body} }); })`;
      shape = this.#evaluate(source) as Shape;
      this.#shapes.set(body, shape);
    }
    return shape(...parameters);
  }
}

/** What emitted JavaScript may name. */
function environment(core: Core, timing: OperationTiming): Readonly<Record<string, unknown>> {
  const { state, bus, effects } = core;
  const words = state.words;
  return {
    W: words,
    state,
    effects,
    float,
    fpOperation,
    timedDouble: (fp: FpOp, args: readonly bigint[]) => {
      timing.double(fp.op as TimedDouble, args);
      return fpOperation(state, fp, args);
    },
    mulHighS,
    mulHighU,
    rbit,
    rev,
    rev16,
    ...memoryFunctions(core),
    slowLoad: (a: number, bytes: 1 | 2 | 4, aligned: boolean, unprivileged: boolean): number => {
      words[W.lastLoad] = a;
      return bus.load(a, bytes, aligned, unprivileged);
    },
    slowStore: bus.store.bind(bus),
    stackMoved: core.stackMoved.bind(core),
    jump: core.jump.bind(core),
    skip: timing.skipped.bind(timing),
    raise: (kind: "UNDEFINSTR" | "NOCP" | "UNALIGNED" | "DIVBYZERO") => state.raise({ kind }),
    ror: (a: number, n: number) => (a >>> n) | (a << (32 - (n & 31))),
    divS: (a: number, b: number) => {
      timing.divide(true, a, b);
      return b === 0 ? 0 : (a / b) | 0;
    },
    divU: (a: number, b: number) => {
      timing.divide(false, a, b);
      return b === 0 ? 0 : ((a >>> 0) / (b >>> 0)) | 0;
    },
    readD: (n: number) => (BigInt(words[W.S + 2 * n + 1]! >>> 0) << 32n) | BigInt(words[W.S + 2 * n]! >>> 0),
    writeD: (n: number, bits: bigint) => {
      words[W.S + 2 * n] = Number(BigInt.asIntN(32, bits));
      words[W.S + 2 * n + 1] = Number(BigInt.asIntN(32, bits >> 32n));
    },
  };
}

/** Names of functions that access data; their first parameter is the address. */
const ACCESSES = [
  ...["load8", "load16", "load32", "alignedLoad16", "alignedLoad32", "slowLoad"],
  ...["store8", "store16", "store32", "alignedStore16", "alignedStore32", "slowStore"],
];
type AccessFunction = (address: number, ...rest: readonly unknown[]) => unknown;

/** The same with accesses that leave their address in `W.lastAccess`. */
function notingEnvironment(
  plain: Readonly<Record<string, unknown>>,
  { state: { words } }: Core,
): Readonly<Record<string, unknown>> {
  const noting = ACCESSES.map((name) => {
    const access = plain[name] as AccessFunction; // as `environment` has them
    const noted: AccessFunction = (address, ...rest) => {
      words[W.lastAccess] = address;
      return access(address, ...rest);
    };
    return [name, noted] as const;
  });
  return { ...plain, ...Object.fromEntries(noting) };
}

const PAGES = 2 ** 20;

/** Loads and stores with the page-table fast path inline. */
function memoryFunctions({ state, bus }: Core): Readonly<Record<string, unknown>> {
  const words = state.words;
  const { buffer } = state.memory;
  const bytes = state.bytes;
  const halves = new Uint16Array(buffer);
  const readTable = new Int32Array(buffer, LAYOUT.readTable, PAGES);
  const writeTable = new Int32Array(buffer, LAYOUT.writeTable, PAGES);
  const { lastLoad } = W;
  return {
    load8: (a: number): number => {
      words[lastLoad] = a;
      const e = readTable[a >>> 12]!;
      return (e & 1) === 0 ? bytes[(e + a) >>> 0]! : bus.load(a, 1, false, false);
    },
    load16: (a: number): number => {
      words[lastLoad] = a;
      const e = readTable[a >>> 12]!;
      return ((e | a) & 1) === 0 ? halves[(e + a) >>> 1]! : bus.load(a, 2, false, false);
    },
    load32: (a: number): number => {
      words[lastLoad] = a;
      const e = readTable[a >>> 12]!;
      return ((e & 1) | (a & 3)) === 0 ? words[(e + a) >>> 2]! : bus.load(a, 4, false, false);
    },
    alignedLoad16: (a: number): number => {
      words[lastLoad] = a;
      const e = readTable[a >>> 12]!;
      return ((e | a) & 1) === 0 ? halves[(e + a) >>> 1]! : bus.load(a, 2, true, false);
    },
    alignedLoad32: (a: number): number => {
      words[lastLoad] = a;
      const e = readTable[a >>> 12]!;
      return ((e & 1) | (a & 3)) === 0 ? words[(e + a) >>> 2]! : bus.load(a, 4, true, false);
    },
    store8: (a: number, v: number): void => {
      const e = writeTable[a >>> 12]!;
      if ((e & 1) === 0) bytes[(e + a) >>> 0] = v;
      else bus.store(a, 1, v, false, false);
    },
    store16: (a: number, v: number): void => {
      const e = writeTable[a >>> 12]!;
      if (((e | a) & 1) === 0) halves[(e + a) >>> 1] = v;
      else bus.store(a, 2, v, false, false);
    },
    store32: (a: number, v: number): void => {
      const e = writeTable[a >>> 12]!;
      if (((e & 1) | (a & 3)) === 0) words[(e + a) >>> 2] = v;
      else bus.store(a, 4, v, false, false);
    },
    alignedStore16: (a: number, v: number): void => {
      const e = writeTable[a >>> 12]!;
      if (((e | a) & 1) === 0) halves[(e + a) >>> 1] = v;
      else bus.store(a, 2, v, true, false);
    },
    alignedStore32: (a: number, v: number): void => {
      const e = writeTable[a >>> 12]!;
      if (((e & 1) | (a & 3)) === 0) words[(e + a) >>> 2] = v;
      else bus.store(a, 4, v, true, false);
    },
  };
}
