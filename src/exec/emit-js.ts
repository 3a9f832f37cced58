import { isDouble } from "../isa/precision.ts";
import { operandOf } from "../core/core.ts";
import { EXIT } from "../core/layout.ts";
import { W } from "../core/state.ts";
import { assertNever } from "../errors.ts";
import type {
  BinaryOp,
  F32,
  F64,
  FpOp,
  I32,
  I64,
  LoadStatement,
  Statement,
  StoreStatement,
  UnaryOp,
} from "../isa/ir.ts";

/** JavaScript of one instruction, with what differs between instructions of the same shape taken out. */
export interface EmittedShape {
  /** Body of a function without parameters; free names are those of `HandlerEnvironment` and `p0`, `p1`, …. */
  readonly body: string;
  readonly parameters: readonly unknown[];
}

/** Constants that are part of the shape: they name bit positions and masks rather than operands. */
const STRUCTURAL = new Set([0, 1, -1, 2, 3, 8, 16, 24, 31, 0xff, 0xffff, 32767, -32768]);

/** A 64-bit integer as its two words, each a name or a constant. */
interface Wide {
  readonly low: string;
  readonly high: string;
}

/** Prints statements as JavaScript. */
export function emitInstruction(statements: readonly Statement[], condition: I32 | undefined): EmittedShape {
  return new Emitter().run(statements, condition);
}

class Emitter {
  readonly #parameters: unknown[] = [];
  readonly #lines: string[] = [];
  /** 64-bit temporaries, of which few instructions have any. */
  #wides: Map<number, Wide> | undefined;
  #words = 0;

  run(statements: readonly Statement[], condition: I32 | undefined): EmittedShape {
    if (condition !== undefined) this.#lines.push(`if (${this.#i32(condition)} === 0) { skip(); return; }`);
    for (const statement of statements) this.#statement(statement);
    return { body: this.#lines.join("\n"), parameters: this.#parameters };
  }

  #parameter(value: unknown): string {
    this.#parameters.push(value);
    return `p${this.#parameters.length - 1}`;
  }
  #constant(v: number): string {
    return STRUCTURAL.has(v) ? (v < 0 ? `(${v})` : String(v)) : this.#parameter(v);
  }

  #statement(s: Statement): void {
    const out = this.#lines;
    switch (s.k) {
      case "setR":
        if (s.n === 13) out.push(`W[13] = ${this.#i32(s.e)}; stackMoved();`);
        else out.push(`W[${this.#parameter(s.n)}] = ${this.#i32(s.e)};`);
        return;
      case "setFlag":
        out.push(`W[${W[s.f]}] = ${this.#i32(s.e)};`);
        return;
      case "setS":
        out.push(`W[${this.#parameter(W.S + s.n)}] = ${this.#f32(s.e)};`);
        return;
      case "setD":
        out.push(`writeD(${this.#parameter(s.n)}, ${this.#f64(s.e)});`);
        return;
      case "let":
        out.push(`const t${s.id} = ${this.#i32(s.e)};`);
        return;
      case "let64":
        (this.#wides ??= new Map<number, Wide>()).set(s.id, this.#i64(s.e));
        return;
      case "fp":
        out.push(`const t${s.id} = ${this.#fp(s.fp)};`);
        return;
      case "value": {
        const operand = operandOf(s.effect);
        const argument = operand === undefined ? "0" : this.#i32(operand);
        out.push(
          `const t${s.id} = effects.value(${this.#parameter(s.effect)}, ${argument});`,
          RETURN_ON_FAULT,
        );
        return;
      }
      case "effect": {
        const operand = operandOf(s.effect);
        const argument = operand === undefined ? "0" : this.#i32(operand);
        out.push(`effects.run(${this.#parameter(s.effect)}, ${argument});`, RETURN_ON_FAULT);
        return;
      }
      case "fpCheck":
        out.push(`if (W[${W.fpReady}] === 0) { effects.fpCheck(); ${RETURN_ON_FAULT} }`);
        return;
      case "fault": {
        const raise = `{ raise(${this.#parameter(s.kind)}); return; }`;
        out.push(s.when === null ? raise : `if (${this.#i32(s.when)} !== 0) ${raise}`);
        return;
      }
      case "if":
        out.push(`if (${this.#i32(s.cond)} !== 0) {`);
        for (const inner of s.body) this.#statement(inner);
        out.push("}");
        return;
      case "load":
        out.push(`const t${s.id} = ${this.#load(s)};`, RETURN_ON_FAULT);
        return;
      case "store":
        out.push(this.#store(s), RETURN_ON_FAULT);
        return;
      case "jump": {
        const to = this.#i32(s.to);
        const go = this.#jump(s.kind, to);
        out.push(s.when === null ? go : `if (${this.#i32(s.when)} !== 0) { ${go} }`);
        return;
      }
      default:
        assertNever(s);
    }
  }

  #jump(kind: Extract<Statement, { k: "jump" }>["kind"], to: string): string {
    if (kind === "direct") return `W[15] = ${to}; W[${W.taken}] = 1;`;
    if (kind === "simple") return `W[15] = ${to} & -2; W[${W.taken}] = 1;`;
    return `jump(${this.#parameter(kind)}, ${to});`;
  }

  #load({ bytes, signed, address, aligned, unprivileged }: LoadStatement): string {
    const a = this.#i32(address);
    const plain = unprivileged
      ? `slowLoad(${a}, ${bytes}, ${aligned}, true)`
      : aligned && bytes > 1
        ? `alignedLoad${8 * bytes}(${a})`
        : `load${8 * bytes}(${a})`;
    if (bytes === 4 || !signed) return plain;
    const shift = 32 - 8 * bytes;
    return `${plain} << ${shift} >> ${shift}`;
  }

  #store({ bytes, address, value, aligned, unprivileged }: StoreStatement): string {
    const a = this.#i32(address);
    const v = this.#i32(value);
    if (unprivileged) return `slowStore(${a}, ${bytes}, ${v}, ${aligned}, true);`;
    return `${aligned && bytes > 1 ? "alignedStore" : "store"}${8 * bytes}(${a}, ${v});`;
  }

  #fp(fp: FpOp): string {
    const args = fp.args.map((a) => this.#fpArgument(fp, a));
    switch (fp.op) {
      case "add32":
      case "sub32":
      case "mul32":
      case "div32":
      case "fma32":
      case "sqrt32":
        return `float.${fp.op}(state, ${args.join(", ")})`;
      case "add64":
      case "div64":
      case "sub64":
      case "mul64":
      case "fma64":
        return `timedDouble(${this.#parameter(fp)}, [${args.join(", ")}])`;
      default:
        return `fpOperation(state, ${this.#parameter(fp)}, [${args.join(", ")}])`;
    }
  }
  #fpArgument(fp: FpOp, a: I32 | F32 | F64): string {
    switch (fp.op) {
      case "fromFixed32":
      case "fromFixed64":
      case "f16To32":
      case "f16To64":
        return this.#i32(a as I32);
      default:
        return isDouble(a) ? this.#f64(a) : this.#f32(a as F32);
    }
  }

  #i32(e: I32): string {
    switch (e.k) {
      case "const":
        return this.#constant(e.v);
      case "R":
        return `W[${this.#parameter(e.n)}]`;
      case "flag":
        return `W[${W[e.f]}]`;
      case "bin":
        return binaryJs(e.op, this.#i32(e.a), this.#i32(e.b));
      case "un":
        return unaryJs(e.op, this.#i32(e.a));
      case "select":
        return `(${this.#i32(e.c)} !== 0 ? ${this.#i32(e.a)} : ${this.#i32(e.b)})`;
      case "low64":
        return this.#i64(e.a).low;
      case "high64":
        return this.#i64(e.a).high;
      case "bitsF32":
        return this.#f32(e.a);
      case "lowF64":
        return `Number(BigInt.asIntN(32, ${this.#f64(e.a)}))`;
      case "highF64":
        return `Number(BigInt.asIntN(32, ${this.#f64(e.a)} >> 32n))`;
      case "tmp":
        return `t${e.id}`;
    }
  }

  #i64(e: I64): Wide {
    switch (e.k) {
      case "sext64": {
        const low = this.#word(this.#i32(e.a));
        return { low, high: this.#word(`${low} >> 31`) };
      }
      case "zext64":
        return { low: this.#word(this.#i32(e.a)), high: "0" };
      case "pair64":
        return { low: this.#word(this.#i32(e.low)), high: this.#word(this.#i32(e.high)) };
      case "bin64":
        return this.#bin64(e.op, e.a, e.b);
      case "tmp64":
        return this.#wides!.get(e.id)!;
    }
  }
  #bin64(op: "add" | "sub" | "mul", x: I64, y: I64): Wide {
    const a = this.#i64(x);
    const b = this.#i64(y);
    if (op === "mul") {
      const low = this.#word(`Math.imul(${a.low}, ${b.low})`);
      if (x.k === "sext64" && y.k === "sext64")
        return { low, high: this.#word(`mulHighS(${a.low}, ${b.low})`) };
      const cross = `Math.imul(${a.low}, ${b.high}) + Math.imul(${a.high}, ${b.low})`;
      return { low, high: this.#word(`mulHighU(${a.low}, ${b.low}) + (${cross}) | 0`) };
    }
    if (op === "add") {
      const low = this.#word(`${a.low} + ${b.low} | 0`);
      const carry = `(${low} >>> 0 < ${a.low} >>> 0 ? 1 : 0)`;
      return { low, high: this.#word(`${a.high} + ${b.high} + ${carry} | 0`) };
    }
    const borrow = `(${a.low} >>> 0 < ${b.low} >>> 0 ? 1 : 0)`;
    return {
      low: this.#word(`${a.low} - ${b.low} | 0`),
      high: this.#word(`${a.high} - ${b.high} - ${borrow} | 0`),
    };
  }
  /** A name for the value of `js`, which is computed here. */
  #word(js: string): string {
    const name = `w${this.#words++}`;
    this.#lines.push(`const ${name} = ${js};`);
    return name;
  }

  #f32(e: F32): string {
    switch (e.k) {
      case "S":
        return `W[${this.#parameter(W.S + e.n)}]`;
      case "fromBits32":
        return this.#i32(e.a);
      case "neg32":
        return `(${this.#f32(e.a)} ^ -2147483648)`;
      case "abs32":
        return `(${this.#f32(e.a)} & 2147483647)`;
      case "tmpF32":
        return `t${e.id}`;
    }
  }
  #f64(e: F64): string {
    switch (e.k) {
      case "D":
        return `readD(${this.#parameter(e.n)})`;
      case "fromBits64":
        return `(BigInt(${this.#i32(e.high)} >>> 0) << 32n | BigInt(${this.#i32(e.low)} >>> 0))`;
      case "neg64":
        return `(${this.#f64(e.a)} ^ 0x8000000000000000n)`;
      case "abs64":
        return `(${this.#f64(e.a)} & 0x7fffffffffffffffn)`;
      case "tmpF64":
        return `t${e.id}`;
    }
  }
}

const RETURN_ON_FAULT = `if ((W[${W.exit}] & ${EXIT.fault}) !== 0) return;`;

function binaryJs(op: BinaryOp, a: string, b: string): string {
  switch (op) {
    case "add":
      return `(${a} + ${b} | 0)`;
    case "sub":
      return `(${a} - ${b} | 0)`;
    case "mul":
      return `Math.imul(${a}, ${b})`;
    case "and":
      return `(${a} & ${b})`;
    case "or":
      return `(${a} | ${b})`;
    case "xor":
      return `(${a} ^ ${b})`;
    case "shl":
      return `(${a} << ${b})`;
    case "shr":
      return `(${a} >>> ${b} | 0)`;
    case "sar":
      return `(${a} >> ${b})`;
    case "ror":
      return `ror(${a}, ${b})`;
    case "eq":
      return `(${a} === ${b} ? 1 : 0)`;
    case "ne":
      return `(${a} !== ${b} ? 1 : 0)`;
    case "ltU":
      return `(${a} >>> 0 < ${b} >>> 0 ? 1 : 0)`;
    case "ltS":
      return `(${a} < ${b} ? 1 : 0)`;
    case "leU":
      return `(${a} >>> 0 <= ${b} >>> 0 ? 1 : 0)`;
    case "leS":
      return `(${a} <= ${b} ? 1 : 0)`;
    case "mulHighS":
    case "mulHighU":
    case "divS":
    case "divU":
      return `${op}(${a}, ${b})`;
  }
}

function unaryJs(op: UnaryOp, a: string): string {
  switch (op) {
    case "clz":
      return `Math.clz32(${a})`;
    case "sext8":
      return `(${a} << 24 >> 24)`;
    case "sext16":
      return `(${a} << 16 >> 16)`;
    default:
      return `${op}(${a})`;
  }
}
