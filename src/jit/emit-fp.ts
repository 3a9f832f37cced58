import type { F32, FpOp, RoundingMode } from "../isa/ir.ts";
import { DoubleEmitter } from "./emit-double.ts";
import { NORMAL } from "./emit-fp-host.ts";
import { emitFused } from "./fused.ts";
import type { Opcode } from "./wasm-module.ts";

/** Rounding to an integral value in the modes that wasm has; `fpscr` is nearest in the usual state. */
const ROUND: Partial<Record<RoundingMode, Opcode>> = {
  nearest: "f32.nearest",
  fpscr: "f32.nearest",
  plusInf: "f32.ceil",
  minusInf: "f32.floor",
  zero: "f32.trunc",
};

/**
 * Emits floating-point arithmetic: native where FPSCR is in its usual state (default modes, IXC set, so that an inexact
 * result tells nothing new) and neither the result nor an operand is special, else the host's.
 */
export abstract class FpEmitter extends DoubleEmitter {
  protected fp(id: number, fp: FpOp): void {
    switch (fp.op) {
      case "add32":
      case "sub32":
        this.#native32(id, fp, fp.args, `f32.${fp.op === "add32" ? "add" : "sub"}`);
        return;
      case "mul32":
      case "div32":
        this.#native32(id, fp, fp.args, `f32.${fp.op === "mul32" ? "mul" : "div"}`);
        return;
      case "sqrt32":
        this.#native32(id, fp, fp.args, "f32.sqrt");
        return;
      case "maxNum32":
      case "minNum32":
        this.#native32(id, fp, fp.args, fp.op === "maxNum32" ? "f32.max" : "f32.min");
        return;
      case "fma32":
        this.#fma32(id, fp);
        return;
      case "compare32":
        this.#compare32(id, fp);
        return;
      case "roundInt32":
        this.#roundInt32(id, fp);
        return;
      case "toFixed32":
        this.#toFixed32(id, fp);
        return;
      case "fromFixed32":
        this.#fromFixed32(id, fp);
        return;
      default:
        if (!this.double(id, fp)) this.callHost(fp, this.define(id, fp.type));
    }
  }

  #native32(id: number, fp: Extract<FpOp, { type: "f32" }>, args: readonly F32[], op: Opcode): void {
    const body = this.body;
    const operands = args.map((a) => this.#keepF32(a));
    const result = this.define(id, "f32");
    for (const local of operands) body.get(local);
    body.op(op).set(result);
    this.unless(
      () => this.#isPlain(result, fp.op === "mul32" || fp.op === "div32"),
      () => {
        if (fp.op === "mul32")
          this.unless(
            () => this.#isExactZero(result, operands),
            () => this.callHost(fp, result),
          );
        else this.callHost(fp, result);
      },
    );
  }

  /** A local with the value, which the instruction does not change before its end. */
  #keepF32(e: F32): number {
    if (e.k === "S") return this.context.registers.S(e.n);
    const local = this.pool.take("f32");
    this.f32(e);
    this.body.set(local);
    return local;
  }

  /**
   * Whether `result` may stand: FPSCR in its usual state, the result finite and, where it might have lost bits that
   * count, neither zero nor subnormal. A sum that small is exact.
   */
  #isPlain(result: number, mayUnderflow: boolean): void {
    const body = this.body;
    const { magnitude, normal } = this.context.fpBounds;
    if (mayUnderflow) {
      body.get(result).op("i32.reinterpret_f32").i32(1).op("i32.shl");
      body.i32(NORMAL.first).op("i32.sub").get(normal).op("i32.lt_u");
    } else body.get(result).op("f32.abs").get(magnitude).op("f32.lt");
  }

  /** Whether the product is zero since a factor is, and not by underflow. */
  #isExactZero(result: number, operands: readonly number[]): void {
    const body = this.body;
    body.get(operands[0]!).f32(0).op("f32.eq").get(operands[1]!).f32(0).op("f32.eq", "i32.or");
    body.get(result).f32(0).op("f32.eq", "i32.and");
    this.isUsual().op("i32.and");
  }

  /**
   * Fused, where the host does that. Else in doubles: the product of two singles is exact as one; adding in double and
   * rounding to single is right unless the double lies half-way between two singles, where the bits lost in it decide.
   */
  #fma32(id: number, fp: Extract<FpOp, { op: "fma32" }>): void {
    const body = this.body;
    const operands = fp.args.map((a) => this.#keepF32(a));
    const [addend, op1, op2] = operands as [number, number, number];
    const result = this.define(id, "f32");
    const wide = (): void => {
      body.get(op1).op("f64.promote_f32").get(op2).op("f64.promote_f32", "f64.mul");
      body.get(addend).op("f64.promote_f32", "f64.add");
    };
    // No product of two singles that is not zero is zero as a double.
    const isExactZero = (): void => {
      wide();
      body.f64(0).op("f64.eq");
      this.isUsual().op("i32.and");
    };
    const otherwise = (): void => this.unless(isExactZero, () => this.callHost(fp, result));
    if (this.context.fusesMultiplyAdd()) {
      emitFused(body, "f32", op1, op2, addend);
      body.set(result);
      this.unless(() => this.#isPlain(result, true), otherwise);
      return;
    }
    const sum = this.pool.take("f64");
    wide();
    body.tee(sum).op("f32.demote_f64").set(result);
    const isRight = (): void => {
      this.#isPlain(result, true);
      body.get(sum).op("i64.reinterpret_f64", "i32.wrap_i64").i32(0x1fff_ffff).op("i32.and");
      body.i32(0x1000_0000).op("i32.ne", "i32.and");
    };
    this.unless(isRight, otherwise);
  }

  /** NZCV nibble: less 8, equal 6, greater 2; infinite, unordered and every other mode by the host. */
  #compare32(id: number, fp: Extract<FpOp, { op: "compare32" }>): void {
    const body = this.body;
    const operands = fp.args.map((a) => this.#keepF32(a));
    const [a, b] = operands as [number, number];
    const result = this.define(id, "i32");
    const { magnitude } = this.context.fpBounds;
    body.get(a).op("f32.abs").get(magnitude).op("f32.lt");
    body.get(b).op("f32.abs").get(magnitude).op("f32.lt", "i32.and").likely();
    body.i32(8).i32(6).i32(2).get(a).get(b).op("f32.eq", "select");
    body.get(a).get(b).op("f32.lt", "select").set(result);
    body.else();
    this.callHost(fp, result);
    body.end();
  }

  #roundInt32(id: number, fp: Extract<FpOp, { op: "roundInt32" }>): void {
    const round = ROUND[fp.rmode];
    if (round === undefined) {
      this.callHost(fp, this.define(id, fp.type));
      return;
    }
    const operand = this.#keepF32(fp.args[0]);
    const result = this.define(id, "f32");
    this.body.get(operand).op(round).set(result);
    this.unless(
      () => this.#isPlain(result, false),
      () => this.callHost(fp, result),
    );
  }

  #toFixed32(id: number, fp: Extract<FpOp, { op: "toFixed32" }>): void {
    const round = ROUND[fp.rmode];
    if (round === undefined || fp.size !== 32) {
      this.callHost(fp, this.define(id, fp.type));
      return;
    }
    const body = this.body;
    const operand = this.#keepF32(fp.args[0]);
    const scaled = this.pool.take("f32");
    const result = this.define(id, "i32");
    body.get(operand);
    if (fp.fracBits !== 0) body.f32(2 ** fp.fracBits).op("f32.mul");
    if (fp.rmode !== "zero") body.op(round);
    body.set(scaled);
    if (fp.unsigned) {
      body.get(scaled).f32(0).op("f32.ge").get(scaled);
      body.f32(2 ** 32).op("f32.lt", "i32.and");
    } else {
      body.get(scaled).op("f32.abs");
      body.f32(2 ** 31).op("f32.lt");
    }
    this.isUsual().op("i32.and").likely();
    body
      .get(scaled)
      .op(fp.unsigned ? "i32.trunc_f32_u" : "i32.trunc_f32_s")
      .set(result);
    body.else();
    this.callHost(fp, result);
    body.end();
  }

  /** Never special: the smallest number that is not zero is 2^-32. */
  #fromFixed32(id: number, fp: Extract<FpOp, { op: "fromFixed32" }>): void {
    if (fp.rmode !== "nearest" && fp.rmode !== "fpscr") {
      this.callHost(fp, this.define(id, fp.type));
      return;
    }
    const body = this.body;
    const operand = this.pool.take("i32");
    this.i32(fp.args[0]);
    body.set(operand);
    const result = this.define(id, "f32");
    this.isUsual().likely();
    body.get(operand).op(fp.unsigned ? "f32.convert_i32_u" : "f32.convert_i32_s");
    if (fp.fracBits !== 0) body.f32(2 ** -fp.fracBits).op("f32.mul");
    body.set(result);
    body.else();
    this.callHost(fp, result);
    body.end();
  }
}
