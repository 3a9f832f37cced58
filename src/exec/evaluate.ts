import { assertNever } from "../errors.ts";
import { operandOf, type Core } from "../core/core.ts";
import { EXIT } from "../core/layout.ts";
import { W } from "../core/state.ts";
import { binary, unary } from "../isa/integer.ts";
import { fpOperation, type FpValue } from "../core/fp-operation.ts";
import type { OperationTiming } from "./operations.ts";
import { isTimedDouble } from "../timing/double.ts";
import type { Effect, F32, F64, FpOp, I32, I64, Statement, ValueEffect } from "../isa/ir.ts";

const asInt64 = (v: bigint): bigint => BigInt.asIntN(64, v);

/** One temporary: int32 and F32 bits as numbers, int64 and F64 bits as bigints. */
type Temporary = number | bigint;

/**
 * The reference evaluator: executes the statements of one instruction by walking them. Short and slow; what it does is
 * the definition that the other engines are compared with.
 */
export class Evaluator {
  readonly #core: Core;
  readonly #timing: OperationTiming;
  readonly #words: Int32Array;
  #temporaries: Temporary[] = [];

  constructor(core: Core, timing: OperationTiming) {
    this.#core = core;
    this.#timing = timing;
    this.#words = core.state.words;
  }

  /** Runs the statements up to the end or the first fault. */
  run(statements: readonly Statement[]): void {
    this.#temporaries = [];
    this.#runAll(statements);
  }

  /** @returns false when a fault ended the instruction */
  #runAll(statements: readonly Statement[]): boolean {
    for (const statement of statements) {
      this.#statement(statement);
      if ((this.#words[W.exit]! & EXIT.fault) !== 0) return false;
    }
    return true;
  }

  #statement(s: Statement): void {
    const w = this.#words;
    switch (s.k) {
      case "setR":
        w[s.n] = this.i32(s.e);
        if (s.n === 13) this.#core.stackMoved();
        return;
      case "setFlag":
        w[W[s.f]] = this.i32(s.e);
        return;
      case "setS":
        w[W.S + s.n] = this.f32(s.e);
        return;
      case "setD":
        this.#setD(s.n, this.f64(s.e));
        return;
      case "let":
        this.#temporaries[s.id] = this.i32(s.e);
        return;
      case "let64":
        this.#temporaries[s.id] = this.i64(s.e);
        return;
      case "fp":
        this.#temporaries[s.id] = this.#fp(s.fp);
        return;
      case "value":
        this.#temporaries[s.id] = this.#core.effects.value(s.effect, this.#operand(s.effect));
        return;
      case "effect":
        this.#core.effects.run(s.effect, this.#operand(s.effect));
        return;
      case "fpCheck":
        if (w[W.fpReady] === 0) this.#core.effects.fpCheck();
        return;
      case "fault":
        if (s.when === null || this.i32(s.when) !== 0) this.#core.state.raise({ kind: s.kind });
        return;
      case "if":
        if (this.i32(s.cond) !== 0) this.#runAll(s.body);
        return;
      case "load": {
        const address = this.i32(s.address);
        w[W.lastLoad] = address;
        w[W.lastAccess] = address;
        const value = this.#core.bus.load(address, s.bytes, s.aligned, s.unprivileged);
        this.#temporaries[s.id] = s.signed ? (value << (32 - 8 * s.bytes)) >> (32 - 8 * s.bytes) : value;
        return;
      }
      case "store": {
        const address = this.i32(s.address);
        w[W.lastAccess] = address;
        this.#core.bus.store(address, s.bytes, this.i32(s.value), s.aligned, s.unprivileged);
        return;
      }
      case "jump":
        if (s.when === null || this.i32(s.when) !== 0) this.#core.jump(s.kind, this.i32(s.to));
        return;
      default:
        assertNever(s);
    }
  }

  #fp(fp: FpOp): FpValue {
    const args = fp.args.map((e) => this.#fpArgument(e));
    if (isTimedDouble(fp.op)) this.#timing.double(fp.op, args as bigint[]);
    return fpOperation(this.#core.state, fp, args);
  }

  i32(e: I32): number {
    switch (e.k) {
      case "const":
        return e.v;
      case "R":
        return this.#words[e.n]!;
      case "flag":
        return this.#words[W[e.f]]!;
      case "bin": {
        const a = this.i32(e.a);
        const b = this.i32(e.b);
        if (e.op === "divS" || e.op === "divU") this.#timing.divide(e.op === "divS", a, b);
        return binary(e.op, a, b);
      }
      case "un":
        return unary(e.op, this.i32(e.a));
      case "select":
        return this.i32(e.c) !== 0 ? this.i32(e.a) : this.i32(e.b);
      case "low64":
        return Number(BigInt.asIntN(32, this.i64(e.a)));
      case "high64":
        return Number(BigInt.asIntN(32, this.i64(e.a) >> 32n));
      case "bitsF32":
        return this.f32(e.a);
      case "lowF64":
        return Number(BigInt.asIntN(32, this.f64(e.a)));
      case "highF64":
        return Number(BigInt.asIntN(32, this.f64(e.a) >> 32n));
      case "tmp":
        return this.#temporaries[e.id] as number;
    }
  }

  i64(e: I64): bigint {
    switch (e.k) {
      case "sext64":
        return BigInt(this.i32(e.a));
      case "zext64":
        return BigInt(this.i32(e.a) >>> 0);
      case "pair64":
        return asInt64((BigInt(this.i32(e.high)) << 32n) | BigInt(this.i32(e.low) >>> 0));
      case "bin64": {
        const a = this.i64(e.a);
        const b = this.i64(e.b);
        return asInt64(e.op === "add" ? a + b : e.op === "sub" ? a - b : a * b);
      }
      case "tmp64":
        return this.#temporaries[e.id] as bigint;
    }
  }

  /** Bits of a single-precision value, int32. */
  f32(e: F32): number {
    switch (e.k) {
      case "S":
        return this.#words[W.S + e.n]!;
      case "fromBits32":
        return this.i32(e.a);
      case "neg32":
        return this.f32(e.a) ^ 0x8000_0000;
      case "abs32":
        return this.f32(e.a) & 0x7fff_ffff;
      case "tmpF32":
        return this.#temporaries[e.id] as number;
    }
  }

  /** Bits of a double-precision value, 0 to 2^64 - 1. */
  f64(e: F64): bigint {
    switch (e.k) {
      case "D": {
        const low = this.#words[W.S + 2 * e.n]! >>> 0;
        const high = this.#words[W.S + 2 * e.n + 1]! >>> 0;
        return (BigInt(high) << 32n) | BigInt(low);
      }
      case "fromBits64":
        return (BigInt(this.i32(e.high) >>> 0) << 32n) | BigInt(this.i32(e.low) >>> 0);
      case "neg64":
        return this.f64(e.a) ^ (1n << 63n);
      case "abs64":
        return this.f64(e.a) & ~(1n << 63n);
      case "tmpF64":
        return this.#temporaries[e.id] as bigint;
    }
  }

  #operand(effect: Effect | ValueEffect): number {
    const e = operandOf(effect);
    return e === undefined ? 0 : this.i32(e);
  }

  #setD(n: number, bits: bigint): void {
    this.#words[W.S + 2 * n] = Number(BigInt.asIntN(32, bits));
    this.#words[W.S + 2 * n + 1] = Number(BigInt.asIntN(32, bits >> 32n));
  }

  #fpArgument(e: I32 | F32 | F64): FpValue {
    switch (e.k) {
      case "S":
      case "fromBits32":
      case "neg32":
      case "abs32":
      case "tmpF32":
        return this.f32(e);
      case "D":
      case "fromBits64":
      case "neg64":
      case "abs64":
      case "tmpF64":
        return this.f64(e);
      default:
        return this.i32(e);
    }
  }
}
