import { LAYOUT } from "../core/layout.ts";
import type { FpOp } from "../isa/ir.ts";
import { isDouble, isSingle } from "../isa/precision.ts";
import type { FpBounds } from "./emit-context.ts";
import { ValueEmitter } from "./emit-values.ts";
import { FP_KIND, FP_KIND_SHIFT } from "./host-functions.ts";
import { callShared } from "./shared-functions.ts";
import type { FunctionBody } from "./wasm-module.ts";

export type Emit = () => void;

const KINDS: Partial<Record<FpOp["op"], number>> = {
  add32: FP_KIND.add,
  sub32: FP_KIND.sub,
  mul32: FP_KIND.mul,
  div32: FP_KIND.div,
};

/** Twice the bits of a single, without its sign: of the smallest that is not subnormal, and how many follow to infinity. */
export const NORMAL = { first: 0x0100_0000, count: 0xfe00_0000 | 0 } as const;

export function emitFpBounds(body: FunctionBody, { magnitude, normal }: FpBounds): void {
  const select = (): void => void body.i32(0).memory("i32.load", LAYOUT.fpFast).op("select");
  body.f32(Infinity).f32(0);
  select();
  body.set(magnitude).i32(NORMAL.count).i32(0);
  select();
  body.set(normal);
}

/** Emits what the arithmetic of both precisions falls back on. */
export abstract class FpHostEmitter extends ValueEmitter {
  protected unless(condition: Emit, otherwise: Emit): void {
    condition();
    this.body.op("i32.eqz").unlikely();
    otherwise();
    this.body.end();
  }

  /** Leaves on the stack whether FPSCR is in its usual state: default modes, IXC set. */
  protected isUsual(): FunctionBody {
    return this.body.i32(0).memory("i32.load", LAYOUT.fpFast);
  }

  /** result := the operation, by the host; it may change FPSCR. */
  protected callHost(fp: FpOp, result: number): void {
    const { body } = this;
    const is64 = fp.type === "f64" || fp.args.some(isDouble);
    body.i32(this.context.fpNumber(fp) | ((KINDS[fp.op] ?? FP_KIND.other) << FP_KIND_SHIFT));
    for (let i = 0; i < 3; i++) this.#operandBits(fp, i, is64);
    callShared(body, is64 ? "fp64" : "fp32");
    if (fp.type === "f64") body.op("f64.reinterpret_i64");
    else if (is64) body.op("i32.wrap_i64");
    if (fp.type === "f32") body.op("f32.reinterpret_i32");
    body.set(result);
    emitFpBounds(body, this.context.fpBounds);
  }

  /** Bits of operand `i`, or zero. */
  #operandBits(fp: FpOp, i: number, is64: boolean): void {
    const { body } = this;
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
