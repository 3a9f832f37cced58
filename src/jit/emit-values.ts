import type { BinaryOp, F32, F64, Flag, I32, I64, UnaryOp } from "../isa/ir.ts";
import type { FunctionContext, TemporaryPool } from "./emit-context.ts";
import { callShared } from "./shared-functions.ts";
import {
  bothOf,
  bytesOf,
  emitExtendedBytes,
  emitLane,
  packedHalfwords,
  type Lane,
  type Lanes,
  type LaneSource,
  type Word,
} from "./halfwords.ts";
import { differenceOf, equalToZero, isBoolean, isHalfword, isSame, overflowing, signOf } from "./patterns.ts";
import { emitSticky } from "./registers.ts";
import type { FunctionBody, Opcode, ValueType } from "./wasm-module.ts";

const BINARY: Partial<Record<BinaryOp, Opcode>> = {
  add: "i32.add",
  sub: "i32.sub",
  mul: "i32.mul",
  and: "i32.and",
  or: "i32.or",
  xor: "i32.xor",
  shl: "i32.shl",
  shr: "i32.shr_u",
  sar: "i32.shr_s",
  ror: "i32.rotr",
  eq: "i32.eq",
  ne: "i32.ne",
  ltU: "i32.lt_u",
  ltS: "i32.lt_s",
  leU: "i32.le_u",
  leS: "i32.le_s",
};

/** Emits values of the IR and writes of registers and flags. */
export abstract class ValueEmitter {
  protected readonly context: FunctionContext;
  protected readonly body: FunctionBody;
  readonly #node: number;
  protected readonly temporaries = new Map<number, { readonly local: number; readonly type: ValueType }>();
  protected readonly pool: TemporaryPool;
  protected index = 0;
  /** Of registers whose halfwords are known apart. */
  readonly #lanes = new Map<number, Lanes>();
  /** Word that N was last set from, in this instruction. */
  #negative: I32 | undefined;
  /** N and V come from the same subtraction, of the operands in V's locals. */
  #compares = false;

  /** @param node number of the node, for `place` */
  constructor(context: FunctionContext, pool: TemporaryPool, node: number) {
    this.context = context;
    this.body = context.body;
    this.pool = pool;
    this.#node = node;
  }

  /** Behind the instruction, `attention` is to be looked at. */
  protected abstract looksBehind(): void;

  get place(): number {
    return (this.#node << 8) | this.index;
  }

  /** The flags no longer come from one comparison, as far as is known. */
  protected forgetComparison(): void {
    this.#negative = undefined;
    this.#compares = false;
  }

  protected setFlag(flag: Flag, e: I32): void {
    const { local, second } = this.context.registers.flag(flag);
    const body = this.body;
    switch (flag) {
      case "Z": {
        const source = equalToZero(e);
        this.i32(source ?? e);
        if (source === undefined) body.op("i32.eqz");
        break;
      }
      case "N":
        this.#negative = signOf(e);
        this.#compares = false;
        this.#sign(e);
        break;
      case "C":
        this.#carry(e);
        body.set(second);
        break;
      case "V":
        this.#overflow(e);
        body.set(second);
        break;
      case "Q":
        this.#saturated(local, e);
        break;
      default:
        this.i32(e);
    }
    body.set(local);
  }

  /** Leaves a word on the stack whose sign is the boolean `e`. */
  #sign(e: I32): void {
    const source = signOf(e);
    this.i32(source ?? e);
    if (source === undefined) this.body.i32(31).op("i32.shl");
  }
  /** Leaves two words on the stack, the first not below the second when `e` is 1. */
  #carry(e: I32): void {
    if (e.k === "bin" && e.op === "leU") {
      this.i32(e.b);
      this.i32(e.a);
    } else {
      this.i32(e);
      this.body.i32(1);
    }
  }
  /** Leaves two words on the stack whose difference overflows when `e` is 1. */
  #overflow(e: I32): void {
    const difference = differenceOf(signOf(e));
    this.#compares = difference !== undefined && isSame(difference.result, this.#negative);
    if (difference !== undefined) {
      this.i32(difference.a);
      this.i32(difference.b);
      return;
    }
    this.#sign(e);
    this.body
      .i32(-(2 ** 31))
      .op("i32.and")
      .i32(1);
  }

  /** Leaves Q's new form on the stack. */
  #saturated(local: number, e: I32): void {
    const body = this.body;
    const added = e.k === "bin" && e.op === "or" && e.a.k === "flag" && e.a.f === "Q" ? e.b : undefined;
    const sum = overflowing(added);
    if (sum !== undefined) {
      // Less 2^31, what fits 32 bits lies between -2^32 and -1.
      this.i64(sum);
      body.i64(-(2 ** 31)).op("i64.add");
    } else {
      this.i32(added ?? e);
      emitSticky(body);
    }
    if (added !== undefined) body.get(local).op("i64.and");
  }

  protected define(id: number, type: ValueType): number {
    const local = this.pool.take(type);
    this.temporaries.set(id, { local, type });
    return local;
  }

  #temporary(id: number): void {
    this.body.get(this.temporaries.get(id)!.local);
  }
  /** Whether the 32 bits of the temporary are kept as a single. */
  #isSingle(e: I32): e is Extract<I32, { k: "tmp" }> {
    return e.k === "tmp" && this.temporaries.get(e.id)!.type === "f32";
  }

  protected i32(e: I32): void {
    const body = this.body;
    const { registers } = this.context;
    switch (e.k) {
      case "const":
        body.i32(e.v);
        return;
      case "R":
        body.get(registers.R(e.n));
        return;
      case "flag":
        registers.emitFlag(body, e.f);
        return;
      case "bin":
        this.#binary(e.op, e.a, e.b);
        return;
      case "un":
        this.#unary(e.op, e.a);
        return;
      case "select":
        this.i32(e.a);
        this.i32(e.b);
        this.i32(e.c);
        body.op("select");
        return;
      case "low64":
        this.i64(e.a);
        body.op("i32.wrap_i64");
        return;
      case "high64":
        this.i64(e.a);
        body.i64(32).op("i64.shr_u", "i32.wrap_i64");
        return;
      case "bitsF32":
        this.f32(e.a);
        body.op("i32.reinterpret_f32");
        return;
      case "lowF64":
        this.f64(e.a);
        body.op("i64.reinterpret_f64", "i32.wrap_i64");
        return;
      case "highF64":
        this.f64(e.a);
        body.op("i64.reinterpret_f64").i64(32).op("i64.shr_u", "i32.wrap_i64");
        return;
      case "tmp":
        this.#temporary(e.id);
        if (this.#isSingle(e)) body.op("i32.reinterpret_f32");
        return;
    }
  }

  #binary(op: BinaryOp, a: I32, b: I32): void {
    const body = this.body;
    if (op === "xor" && b.k === "const" && b.v === 1 && isBoolean(a)) {
      this.i32(a);
      body.op("i32.eqz");
      return;
    }
    if (op === "eq" && a.k === "flag" && a.f === "N" && b.k === "flag" && b.f === "V") {
      const { registers } = this.context;
      const { local, second } = registers.flag("V");
      if (this.#compares) body.get(local).get(second).op("i32.ge_s");
      else {
        body.get(registers.flag("N").local);
        registers.emitOverflow(body);
        body.op("i32.xor").i32(0).op("i32.ge_s");
      }
      return;
    }
    if (op === "ror" && b.k === "const") {
      const x = this.pool.take("i32");
      this.i32(a);
      body.set(x);
      this.rotateRight(x, b.v);
      return;
    }
    const plain = BINARY[op];
    if (plain !== undefined) {
      this.i32(a);
      if (op === "eq" && b.k === "const" && b.v === 0) {
        body.op("i32.eqz");
        return;
      }
      this.i32(b);
      body.op(plain);
      return;
    }
    if (op === "mulHighS" || op === "mulHighU") {
      const extend = op === "mulHighS" ? "i64.extend_i32_s" : "i64.extend_i32_u";
      this.i32(a);
      body.op(extend);
      this.i32(b);
      body.op(extend, "i64.mul").i64(32).op("i64.shr_u", "i32.wrap_i64");
      return;
    }
    this.#divide(op === "divS", a, b);
  }

  /** Leaves the local rotated right: by two shifts, as V8's baseline compiler calls a function for a rotation. */
  protected rotateRight(local: number, amount: number): void {
    this.body.get(local).i32(amount).op("i32.shr_u");
    this.body
      .get(local)
      .i32(32 - amount)
      .op("i32.shl", "i32.or");
  }

  #divide(signed: boolean, a: I32, b: I32): void {
    const body = this.body;
    const dividend = this.pool.take("i32");
    const divisor = this.pool.take("i32");
    this.i32(a);
    body.set(dividend);
    this.i32(b);
    body.set(divisor);
    this.#chargeDivide(signed, dividend, divisor);
    body.get(divisor).op("i32.eqz").begin("if", "i32").i32(0).else();
    if (!signed) body.get(dividend).get(divisor).op("i32.div_u");
    else {
      // wasm traps on the quotient that does not fit; Arm gives the dividend back
      body.get(divisor).i32(-1).op("i32.eq").begin("if", "i32");
      body.i32(0).get(dividend).op("i32.sub");
      body.else();
      body.get(dividend).get(divisor).op("i32.div_s");
      body.end();
    }
    body.end();
  }

  /** As `divideCycles`. */
  #chargeDivide(signed: boolean, dividend: number, divisor: number): void {
    const { divide: costs } = this.context;
    if (costs === undefined) return;
    const body = this.body;
    const sign = (local: number): FunctionBody => body.get(local).i32(31).op("i32.shr_s");
    const difference = this.pool.take("i32");
    body.get(divisor);
    if (signed) sign(divisor).op("i32.xor");
    body.op("i32.clz").get(dividend);
    if (signed) {
      sign(dividend).op("i32.xor");
      sign(dividend).op("i32.sub");
    }
    body.op("i32.clz", "i32.sub").set(difference);
    body.i32(costs.byZero);
    body.i32(costs.smaller);
    body.get(difference).i32(2).op("i32.shr_s").i32(costs.base).op("i32.add");
    body.get(difference).i32(0).op("i32.lt_s", "select");
    body.get(dividend).op("i32.eqz").get(divisor).op("i32.eqz", "i32.or", "select");
    this.context.chargeStacked(this.index, "divide");
    this.looksBehind();
  }

  #unary(op: UnaryOp, a: I32): void {
    const body = this.body;
    this.i32(a);
    switch (op) {
      case "clz":
        body.op("i32.clz");
        return;
      case "sext8":
        body.op("i32.extend8_s");
        return;
      case "sext16":
        body.op("i32.extend16_s");
        return;
      case "rbit":
        callShared(body, "rbit");
        return;
      case "rev": {
        const x = this.pool.take("i32");
        body.set(x);
        this.rotateRight(x, 24);
        body.i32(0x00ff_00ff).op("i32.and");
        this.rotateRight(x, 8);
        body.i32(0xff00_ff00 | 0).op("i32.and", "i32.or");
        return;
      }
      case "rev16": {
        const x = this.pool.take("i32");
        body.set(x);
        body
          .get(x)
          .i32(8)
          .op("i32.shl")
          .i32(0xff00_ff00 | 0)
          .op("i32.and");
        body.get(x).i32(8).op("i32.shr_u").i32(0x00ff_00ff).op("i32.and", "i32.or");
        return;
      }
    }
  }

  protected i64(e: I64): void {
    const body = this.body;
    switch (e.k) {
      case "sext64":
        this.#extended(e.a);
        return;
      case "zext64":
        this.i32(e.a);
        body.op("i64.extend_i32_u");
        return;
      case "pair64":
        this.i32(e.high);
        body.op("i64.extend_i32_u").i64(32).op("i64.shl");
        this.i32(e.low);
        body.op("i64.extend_i32_u", "i64.or");
        return;
      case "bin64":
        this.i64(e.a);
        this.i64(e.b);
        body.op(`i64.${e.op}`);
        return;
      case "tmp64":
        this.#temporary(e.id);
        return;
    }
  }

  /** `a` sign extended; products of halfwords are made of extended halfwords, which several products can share. */
  #extended(a: I32): void {
    if (a.k === "bin" && a.op === "mul" && isHalfword(a.a) && isHalfword(a.b)) {
      this.#halfword(a.a);
      this.#halfword(a.b);
      this.body.op("i64.mul");
      return;
    }
    this.i32(a);
    this.body.op("i64.extend_i32_s");
  }
  /** @param a as `isHalfword` knows it */
  #halfword(a: I32): void {
    if (a.k !== "un" && a.k !== "bin") return;
    emitLane(this.body, this.#lanesOf(a.a)[a.k === "un" ? "low" : "high"]);
  }

  #lanesOf(word: I32): Lanes {
    if (word.k === "R") return this.#lanes.get(word.n) ?? bothOf(this.#localOf(word));
    if (word.k === "tmp") return bothOf(this.#localOf(word));
    const local = this.pool.take("i32");
    this.i32(word);
    this.body.set(local);
    return bothOf(local);
  }
  #laneOf({ word, shift, bits }: LaneSource): Lane {
    if (bits === 8) return { local: this.#localOf(word), shift, bits };
    return this.#lanesOf(word)[shift === 0 ? "low" : "high"];
  }
  #localOf(word: Word): number {
    return word.k === "R" ? this.context.registers.R(word.n) : this.temporaries.get(word.id)!.local;
  }

  /** R[n] := e. Halfwords that it is packed from are kept beside it, since their words may change. */
  protected setR(n: number, e: I32): void {
    const { body } = this;
    const { registers } = this.context;
    const packed = packedHalfwords(e);
    const bytes = packed && bytesOf(packed);
    if (packed === undefined) this.#lanes.delete(n);
    else {
      const [low, high] = registers.halves(n);
      const [lowFrom, highFrom] = [this.#laneOf(packed.low), this.#laneOf(packed.high)];
      body.get(lowFrom.local).get(highFrom.local).set(high).set(low);
      this.#lanes.set(n, { low: { ...lowFrom, local: low }, high: { ...highFrom, local: high } });
    }
    if (bytes === undefined) this.i32(e);
    else emitExtendedBytes(body, this.#localOf(bytes));
    body.set(registers.R(n));
  }
  /** R[n] := e if the condition holds, without a branch: what decides is often the data, which no host can predict. */
  protected setRIf(condition: I32, n: number, e: I32): void {
    const { body } = this;
    const local = this.context.registers.R(n);
    this.#lanes.delete(n);
    this.i32(e);
    body.get(local);
    this.i32(condition);
    body.op("select").set(local);
  }
  /** What halfwords are made of is no longer known. */
  protected forgetHalfwords(): void {
    if (this.#lanes.size > 0) this.#lanes.clear();
  }

  protected f32(e: F32): void {
    const body = this.body;
    switch (e.k) {
      case "S":
        body.get(this.context.registers.S(e.n));
        return;
      case "fromBits32":
        if (this.#isSingle(e.a)) this.#temporary(e.a.id);
        else {
          this.i32(e.a);
          body.op("f32.reinterpret_i32");
        }
        return;
      case "neg32":
        this.f32(e.a);
        body.op("f32.neg");
        return;
      case "abs32":
        this.f32(e.a);
        body.op("f32.abs");
        return;
      case "tmpF32":
        this.#temporary(e.id);
        return;
    }
  }

  protected f64(e: F64): void {
    const body = this.body;
    const { registers } = this.context;
    switch (e.k) {
      case "D":
        body
          .get(registers.S(2 * e.n + 1))
          .op("i32.reinterpret_f32", "i64.extend_i32_u")
          .i64(32)
          .op("i64.shl");
        body
          .get(registers.S(2 * e.n))
          .op("i32.reinterpret_f32", "i64.extend_i32_u", "i64.or", "f64.reinterpret_i64");
        return;
      case "fromBits64":
        this.i64({ k: "pair64", low: e.low, high: e.high });
        body.op("f64.reinterpret_i64");
        return;
      case "neg64":
        this.f64(e.a);
        body.op("f64.neg");
        return;
      case "abs64":
        this.f64(e.a);
        body.op("f64.abs");
        return;
      case "tmpF64":
        this.#temporary(e.id);
        return;
    }
  }

  protected setD(n: number, e: F64): void {
    const body = this.body;
    if (e.k === "fromBits64") {
      [e.low, e.high].forEach((a) => this.f32({ k: "fromBits32", a }));
      body.set(this.context.registers.S(2 * n + 1)).set(this.context.registers.S(2 * n));
      return;
    }
    const bits = this.pool.take("i64");
    this.f64(e);
    body.op("i64.reinterpret_f64").tee(bits).op("i32.wrap_i64", "f32.reinterpret_i32");
    body.set(this.context.registers.S(2 * n));
    body.get(bits).i64(32).op("i64.shr_u", "i32.wrap_i64", "f32.reinterpret_i32");
    body.set(this.context.registers.S(2 * n + 1));
  }
}
