import { FP_FAST, LAYOUT } from "../core/layout.ts";
import { FP_KIND, FP_KIND_SHIFT } from "./host-functions.ts";
import type { FunctionBody, Opcode } from "./wasm-module.ts";

const [NUMBER, A, B, C] = [0, 1, 2, 3];
const MAGNITUDE = 0x7fff_ffff;
const INFINITE = 0x7f80_0000;
const QUIET = 0x7fc0_0000;

const NATIVE: readonly (readonly [number, Opcode])[] = [
  [FP_KIND.add, "f32.add"],
  [FP_KIND.sub, "f32.sub"],
  [FP_KIND.mul, "f32.mul"],
  [FP_KIND.div, "f32.div"],
];

/**
 * The way of `fp32` to the host. Special operands that raise nothing stay here, since a computation that has come to
 * infinity or NaN, or decays, has them all the time: quiet NaNs, the first of them the result; infinities, unless the
 * operation is invalid; products that underflow when UFC is set already.
 * @source Armv7-M ARM, FPProcessNaNs, FPAdd, FPMul, FPDiv
 */
export function emitFp32(body: FunctionBody, host: number): void {
  const kind = body.local("i32");
  const result = body.local("f32");
  body.get(NUMBER).i32(FP_KIND_SHIFT).op("i32.shr_u").tee(kind).begin("if");
  fast(body, FP_FAST.usual).begin("if");
  isQuiet(body, A);
  isSignaling(body, B).op("i32.eqz", "i32.and").begin("if").get(A).op("return").end();
  isQuiet(body, B);
  isNaN(body, A).op("i32.eqz", "i32.and").begin("if").get(B).op("return").end();
  for (const [k, op] of NATIVE) {
    body.get(kind).i32(k).op("i32.eq").begin("if");
    body.get(A).op("f32.reinterpret_i32").get(B).op("f32.reinterpret_i32", op).set(result);
    body.end();
  }
  isInfinite(body, A);
  isInfinite(body, B).op("i32.or");
  isNumber(body, result).op("i32.and");
  // A product of finite operands that is not infinite.
  body.get(kind).i32(FP_KIND.mul).op("i32.eq");
  fast(body, FP_FAST.underflow).i32(0).op("i32.ne", "i32.and");
  body.get(result).op("f32.abs").f32(Infinity).op("f32.lt", "i32.and", "i32.or");
  body.begin("if").get(result).op("i32.reinterpret_f32", "return").end();
  body.end().end();
  body
    .get(NUMBER)
    .i32((1 << FP_KIND_SHIFT) - 1)
    .op("i32.and");
  body.get(A).get(B).get(C).call(host);
}

const fast = (body: FunctionBody, bit: number): FunctionBody =>
  body.i32(0).memory("i32.load", LAYOUT.fpFast).i32(bit).op("i32.and");
const isInfinite = (body: FunctionBody, x: number): FunctionBody =>
  body.get(x).i32(MAGNITUDE).op("i32.and").i32(INFINITE).op("i32.eq");
const isNaN = (body: FunctionBody, x: number): FunctionBody =>
  body.get(x).i32(MAGNITUDE).op("i32.and").i32(INFINITE).op("i32.gt_u");
const isQuiet = (body: FunctionBody, x: number): FunctionBody =>
  body.get(x).i32(QUIET).op("i32.and").i32(QUIET).op("i32.eq");
const isSignaling = (body: FunctionBody, x: number): FunctionBody => {
  isNaN(body, x);
  isQuiet(body, x);
  return body.op("i32.eqz", "i32.and");
};
const isNumber = (body: FunctionBody, x: number): FunctionBody => body.get(x).get(x).op("f32.eq");
