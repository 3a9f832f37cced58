import { LAYOUT } from "../core/layout.ts";
import type { F32, FpOp } from "../isa/ir.ts";
import { isTimedDouble } from "../timing/double.ts";
import { isDouble, isSingle } from "../isa/precision.ts";
import { ValueEmitter } from "./emit-values.ts";
import { IMPORT } from "./imports.ts";
import type { Opcode } from "./wasm-module.ts";

const EXPONENT_32 = { shift: 23, mask: 0xff } as const;

/** Emits floating-point arithmetic: native where FPSCR is in its usual state and the result plain, else the host's. */
export abstract class FpEmitter extends ValueEmitter {
  protected fp(id: number, fp: FpOp): void {
    switch (fp.op) {
      case "add32":
      case "sub32":
      case "mul32":
      case "div32":
        this.#native32(id, fp, fp.args, `f32.${fp.op.slice(0, 3) as "add" | "sub" | "mul" | "div"}`);
        return;
      case "sqrt32":
        this.#native32(id, fp, fp.args, "f32.sqrt");
        return;
      case "fma32":
        this.#fma32(id, fp, fp.args);
        return;
      case "compare32":
        this.#compare32(id, fp, fp.args);
        return;
      default:
        this.#hostFp(id, fp);
    }
  }

  /** Native arithmetic where FPSCR is in its usual state and the result is a normal number; else the host's. */
  #native32(id: number, fp: FpOp, args: readonly F32[], op: Opcode): void {
    const body = this.body;
    const operands = args.map((a) => this.#keepF32(a));
    const result = this.define(id, "f32");
    for (const local of operands) body.get(local);
    body.op(op).set(result);
    this.#unlessFast(result, () => this.#callFp32(fp, operands, result));
  }

  #keepF32(e: F32): number {
    const local = this.pool.take("f32");
    this.f32(e);
    this.body.set(local);
    return local;
  }

  /** Emits `otherwise` for the case that `result` may not stand: flags to set, NaN, infinity, zero, subnormal. */
  #unlessFast(result: number, otherwise: () => void): void {
    const body = this.body;
    const { shift, mask } = EXPONENT_32;
    body
      .get(result)
      .op("i32.reinterpret_f32")
      .i32(shift)
      .op("i32.shr_u")
      .i32(mask)
      .op("i32.and")
      .i32(1)
      .op("i32.sub");
    body
      .i32(mask - 1)
      .op("i32.lt_u")
      .i32(0)
      .memory("i32.load", LAYOUT.fpFast)
      .op("i32.and", "i32.eqz")
      .begin("if");
    otherwise();
    body.end();
  }

  #callFp32(fp: FpOp, operands: readonly number[], result: number): void {
    const body = this.body;
    body.i32(this.context.fpNumber(fp));
    for (let i = 0; i < 3; i++) {
      const local = operands[i];
      if (local === undefined) body.i32(0);
      else body.get(local).op("i32.reinterpret_f32");
    }
    body.call(IMPORT.fp32).op("f32.reinterpret_i32").set(result);
  }

  /**
   * The product of two singles is exact as a double; adding in double and rounding to single is right unless the
   * double lies half-way between two singles, where the bits lost in it decide.
   */
  #fma32(id: number, fp: FpOp, args: readonly [F32, F32, F32]): void {
    const body = this.body;
    const operands = args.map((a) => this.#keepF32(a));
    const [addend, op1, op2] = operands as [number, number, number];
    const result = this.define(id, "f32");
    const wide = this.pool.take("f64");
    body.get(op1).op("f64.promote_f32").get(op2).op("f64.promote_f32", "f64.mul");
    body.get(addend).op("f64.promote_f32", "f64.add").tee(wide).op("f32.demote_f64").set(result);
    const { shift, mask } = EXPONENT_32;
    body
      .get(result)
      .op("i32.reinterpret_f32")
      .i32(shift)
      .op("i32.shr_u")
      .i32(mask)
      .op("i32.and")
      .i32(1)
      .op("i32.sub");
    body
      .i32(mask - 1)
      .op("i32.lt_u")
      .i32(0)
      .memory("i32.load", LAYOUT.fpFast)
      .op("i32.and");
    body.get(wide).op("i64.reinterpret_f64", "i32.wrap_i64").i32(0x1fff_ffff).op("i32.and").i32(0x1000_0000);
    body.op("i32.ne", "i32.and", "i32.eqz").begin("if");
    this.#callFp32(fp, operands, result);
    body.end();
  }

  /** NZCV nibble: less 8, equal 6, greater 2; unordered and every other mode by the host. */
  #compare32(id: number, fp: FpOp, args: readonly [F32, F32]): void {
    const body = this.body;
    const [a, b] = [this.#keepF32(args[0]), this.#keepF32(args[1])];
    const result = this.define(id, "i32");
    body.get(a).get(a).op("f32.eq").get(b).get(b).op("f32.eq", "i32.and");
    body.i32(0).memory("i32.load", LAYOUT.fpFast).op("i32.and").begin("if");
    body
      .i32(8)
      .i32(6)
      .i32(2)
      .get(a)
      .get(b)
      .op("f32.eq", "select")
      .get(a)
      .get(b)
      .op("f32.lt", "select")
      .set(result);
    body.else();
    body
      .i32(this.context.fpNumber(fp))
      .get(a)
      .op("i32.reinterpret_f32")
      .get(b)
      .op("i32.reinterpret_f32")
      .i32(0);
    body.call(IMPORT.fp32).set(result);
    body.end();
  }

  #hostFp(id: number, fp: FpOp): void {
    const body = this.body;
    const is64 = fp.type === "f64" || fp.args.some(isDouble);
    body.i32(this.context.fpNumber(fp));
    for (let i = 0; i < 3; i++) this.#fpBits(fp, i, is64);
    if (is64) body.i32(this.place).get(this.context.left);
    body.call(is64 ? IMPORT.fp64 : IMPORT.fp32);
    const result = this.define(id, fp.type);
    if (is64) {
      if (fp.type === "f64") body.op("f64.reinterpret_i64");
      else body.op("i32.wrap_i64");
    }
    if (fp.type === "f32") body.op("f32.reinterpret_i32");
    body.set(result);
    if (isTimedDouble(fp.op)) this.afterStall();
  }

  /** Bits of operand `i`, or zero. */
  #fpBits(fp: FpOp, i: number, is64: boolean): void {
    const body = this.body;
    const arg = fp.args[i];
    if (arg === undefined) {
      if (is64) body.i64(0);
      else body.i32(0);
      return;
    }
    if (isDouble(arg)) {
      this.f64(arg);
      body.op("i64.reinterpret_f64");
      return;
    }
    if (isSingle(arg)) {
      this.f32(arg);
      body.op("i32.reinterpret_f32");
    } else this.i32(arg);
    if (is64) body.op("i64.extend_i32_s");
  }
}
