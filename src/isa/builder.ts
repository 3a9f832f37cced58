import { binary } from "./integer.ts";
import type {
  BinaryOp,
  Effect,
  F32,
  F64,
  Flag,
  FpOp,
  I32,
  I64,
  JumpKind,
  Statement,
  UnaryOp,
  ValueEffect,
} from "./ir.ts";

/** A run-time value or a decode-time constant. */
export type Value = I32 | number;

const constant = (v: number): I32 => ({ k: "const", v: v | 0 });
const lift = (v: Value): I32 => (typeof v === "number" ? constant(v) : v);

/**
 * What a row's `sem` writes its semantics with. Reads of registers and flags are made where the expression is used, so
 * a value that must survive a later write of its register is kept with `let`.
 */
export class Builder {
  readonly statements: Statement[] = [];
  /** Whether the statements depend on where the instruction lies. */
  usesPC = false;
  readonly #pc: number;
  #nextId = 0;
  #target: Statement[] = this.statements;

  constructor(pc: number) {
    this.#pc = pc;
  }

  /** Address of the instruction, unsigned. */
  get pc(): number {
    this.usesPC = true;
    return this.#pc;
  }

  // Values
  const(v: number): I32 {
    return constant(v);
  }
  /** Register read; R15 reads as the address of the instruction + 4. */
  R(n: number): I32 {
    return n === 15 ? constant(this.pc + 4) : { k: "R", n };
  }
  flag(f: Flag): I32 {
    return { k: "flag", f };
  }
  bin(op: BinaryOp, a: Value, b: Value): I32 {
    const x = lift(a);
    const y = lift(b);
    if (x.k === "const" && y.k === "const") {
      if (op !== "divS" && op !== "divU") return constant(binary(op, x.v, y.v)); // a division takes time
    }
    if (y.k === "const" && y.v === 0 && NEUTRAL_ZERO.has(op)) return x;
    return { k: "bin", op, a: x, b: y };
  }
  un(op: UnaryOp, a: Value): I32 {
    return { k: "un", op, a: lift(a) };
  }
  add(a: Value, b: Value): I32 {
    return this.bin("add", a, b);
  }
  sub(a: Value, b: Value): I32 {
    return this.bin("sub", a, b);
  }
  mul(a: Value, b: Value): I32 {
    return this.bin("mul", a, b);
  }
  and(a: Value, b: Value): I32 {
    return this.bin("and", a, b);
  }
  or(a: Value, b: Value): I32 {
    return this.bin("or", a, b);
  }
  xor(a: Value, b: Value): I32 {
    return this.bin("xor", a, b);
  }
  /** Bitwise NOT. */
  not(a: Value): I32 {
    return this.bin("xor", a, -1);
  }
  shl(a: Value, amount: Value): I32 {
    return this.bin("shl", a, amount);
  }
  shr(a: Value, amount: Value): I32 {
    return this.bin("shr", a, amount);
  }
  sar(a: Value, amount: Value): I32 {
    return this.bin("sar", a, amount);
  }
  ror(a: Value, amount: Value): I32 {
    return this.bin("ror", a, amount);
  }
  eq(a: Value, b: Value): I32 {
    return this.bin("eq", a, b);
  }
  ne(a: Value, b: Value): I32 {
    return this.bin("ne", a, b);
  }
  ltU(a: Value, b: Value): I32 {
    return this.bin("ltU", a, b);
  }
  ltS(a: Value, b: Value): I32 {
    return this.bin("ltS", a, b);
  }
  leU(a: Value, b: Value): I32 {
    return this.bin("leU", a, b);
  }
  leS(a: Value, b: Value): I32 {
    return this.bin("leS", a, b);
  }
  /** `c` not 0 ? `a` : `b`. */
  select(c: Value, a: Value, b: Value): I32 {
    const cond = lift(c);
    if (cond.k === "const") return lift(cond.v !== 0 ? a : b);
    return { k: "select", c: cond, a: lift(a), b: lift(b) };
  }
  sxtb(a: Value): I32 {
    return this.un("sext8", a);
  }
  sxth(a: Value): I32 {
    return this.un("sext16", a);
  }
  uxtb(a: Value): I32 {
    return this.and(a, 0xff);
  }
  uxth(a: Value): I32 {
    return this.and(a, 0xffff);
  }
  /** Bits `msb` to `lsb` of `a`, zero extended. */
  bits(a: Value, msb: number, lsb: number): I32 {
    const width = msb - lsb + 1;
    const shifted = this.shr(a, lsb);
    return msb === 31 ? shifted : this.and(shifted, 2 ** width - 1);
  }
  /** Signed and unsigned saturation to [minimum, maximum], all as int32. */
  clampS(a: I32, minimum: number, maximum: number): I32 {
    return this.select(this.ltS(maximum, a), maximum, this.select(this.ltS(a, minimum), minimum, a));
  }

  // 64-bit values
  sext64(a: Value): I64 {
    return { k: "sext64", a: lift(a) };
  }
  zext64(a: Value): I64 {
    return { k: "zext64", a: lift(a) };
  }
  /** high:low. */
  pair64(high: Value, low: Value): I64 {
    return { k: "pair64", low: lift(low), high: lift(high) };
  }
  add64(a: I64, b: I64): I64 {
    return { k: "bin64", op: "add", a, b };
  }
  sub64(a: I64, b: I64): I64 {
    return { k: "bin64", op: "sub", a, b };
  }
  mul64(a: I64, b: I64): I64 {
    return { k: "bin64", op: "mul", a, b };
  }
  low64(a: I64): I32 {
    return { k: "low64", a };
  }
  high64(a: I64): I32 {
    return { k: "high64", a };
  }
  /** 1 when `a` is not the sign extension of its own low word. */
  overflows32(a: I64): I32 {
    return this.ne(this.high64(a), this.sar(this.low64(a), 31));
  }

  // Floating-point values
  S(n: number): F32 {
    return { k: "S", n };
  }
  D(n: number): F64 {
    return { k: "D", n };
  }
  fromBits32(a: Value): F32 {
    return { k: "fromBits32", a: lift(a) };
  }
  fromBits64(low: Value, high: Value): F64 {
    return { k: "fromBits64", low: lift(low), high: lift(high) };
  }
  bitsF32(a: F32): I32 {
    return { k: "bitsF32", a };
  }
  lowF64(a: F64): I32 {
    return { k: "lowF64", a };
  }
  highF64(a: F64): I32 {
    return { k: "highF64", a };
  }
  neg32(a: F32): F32 {
    return { k: "neg32", a };
  }
  abs32(a: F32): F32 {
    return { k: "abs32", a };
  }
  neg64(a: F64): F64 {
    return { k: "neg64", a };
  }
  abs64(a: F64): F64 {
    return { k: "abs64", a };
  }

  // Statements
  /** Keeps the present value of `e`. */
  let(e: Value): I32 {
    const x = lift(e);
    if (x.k === "const" || x.k === "tmp") return x;
    const id = this.#nextId++;
    this.#push({ k: "let", id, e: x });
    return { k: "tmp", id };
  }
  let64(e: I64): I64 {
    const id = this.#nextId++;
    this.#push({ k: "let64", id, e });
    return { k: "tmp64", id };
  }
  /** Arithmetic under FPSCR, result F32. */
  fp32(fp: Extract<FpOp, { type: "f32" }>): F32 {
    return { k: "tmpF32", id: this.#fp(fp) };
  }
  fp64(fp: Extract<FpOp, { type: "f64" }>): F64 {
    return { k: "tmpF64", id: this.#fp(fp) };
  }
  fpI32(fp: Extract<FpOp, { type: "i32" }>): I32 {
    return { k: "tmp", id: this.#fp(fp) };
  }
  #fp(fp: FpOp): number {
    const id = this.#nextId++;
    this.#push({ k: "fp", id, fp });
    return id;
  }
  /** MemU: a load that may be unaligned; `aligned` makes it MemA, `unprivileged` MemU_unpriv. */
  load(bytes: 1 | 2 | 4, address: Value, options: LoadOptions = {}): I32 {
    const id = this.#nextId++;
    const { signed = false, aligned = false, unprivileged = false } = options;
    this.#push({ k: "load", id, bytes, signed, address: lift(address), aligned, unprivileged });
    return { k: "tmp", id };
  }
  store(bytes: 1 | 2 | 4, address: Value, value: Value, options: Omit<LoadOptions, "signed"> = {}): void {
    const { aligned = false, unprivileged = false } = options;
    this.#push({ k: "store", bytes, address: lift(address), value: lift(value), aligned, unprivileged });
  }
  /** Writes R0-R14; writing R13 clears bits 1:0. */
  setR(n: number, e: Value): void {
    this.#push({ k: "setR", n, e: n === 13 ? this.and(e, ~3) : lift(e) });
  }
  setS(n: number, e: F32): void {
    this.#push({ k: "setS", n, e });
  }
  setD(n: number, e: F64): void {
    this.#push({ k: "setD", n, e });
  }
  setFlag(f: Flag, e: Value): void {
    this.#push({ k: "setFlag", f, e: lift(e) });
  }
  /** N and Z of a result that must not change in between: a temporary or a constant. */
  setNZ(result: I32): void {
    this.setFlag("N", this.shr(result, 31));
    this.setFlag("Z", this.eq(result, 0));
  }
  /** APSR.Q is sticky: `condition` 1 sets it, 0 leaves it. */
  stickyQ(condition: I32): void {
    this.setFlag("Q", this.or(this.flag("Q"), condition));
  }
  jump(kind: JumpKind, to: Value, options: { when?: I32; link?: boolean } = {}): void {
    this.#push({ k: "jump", kind, to: lift(to), when: options.when ?? null, link: options.link ?? false });
  }
  effect(effect: Effect): void {
    this.#push({ k: "effect", effect });
  }
  value(effect: ValueEffect): I32 {
    const id = this.#nextId++;
    this.#push({ k: "value", id, effect });
    return { k: "tmp", id };
  }
  fpCheck(): void {
    this.#push({ k: "fpCheck" });
  }
  fault(kind: "UNDEFINSTR" | "NOCP" | "UNALIGNED" | "DIVBYZERO", when?: I32): void {
    this.#push({ k: "fault", kind, when: when ?? null });
  }
  /** Runs the statements that `body` makes only when `cond` is not 0. */
  if(cond: I32, body: () => void): void {
    const outer = this.#target;
    const inner: Statement[] = [];
    this.#target = inner;
    body();
    this.#target = outer;
    this.#push({ k: "if", cond, body: inner });
  }

  #push(statement: Statement): void {
    this.#target.push(statement);
  }
}

export interface LoadOptions {
  readonly signed?: boolean;
  readonly aligned?: boolean;
  readonly unprivileged?: boolean;
}

/** Operations for which a zero right operand gives the left one. */
const NEUTRAL_ZERO = new Set<BinaryOp>(["add", "sub", "or", "xor", "shl", "shr", "sar", "ror"]);
