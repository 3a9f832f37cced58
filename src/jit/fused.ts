import { encodeModule, FunctionBody, IMPORT_MODULE, MEMORY_NAME } from "./wasm-module.ts";

export type Precision = "f32" | "f64";
const SHAPE = { f32: "f32x4", f64: "f64x2" } as const;

/**
 * Leaves a b + c on the stack, of three locals. Only vectors have such an operation, and whether it rounds once is the
 * host's to choose: see `fusesMultiplyAdd`.
 */
export function emitFused(body: FunctionBody, type: Precision, a: number, b: number, c: number): void {
  const shape = SHAPE[type];
  for (const local of [a, b, c]) body.get(local).vector(`${shape}.splat`);
  body.vector(`${shape}.relaxed_madd`).vector(`${shape}.extract_lane 0`);
}

/** Bits behind the point of x in (1 + x)^2 - (1 + 2x), which is x^2: too far down to be in a product that was rounded. */
const BITS = { f32: 12, f64: 27 } as const;

/** Whether the JavaScript engine knows the operations of `emitFused`, and they round once on this machine. */
export function fusesMultiplyAdd(memory: WebAssembly.Memory, pages: number): boolean {
  const types = ["f32", "f64"] as const;
  const functions = types.map((type) => {
    const body = new FunctionBody(3);
    emitFused(body, type, 0, 1, 2);
    return { signature: { params: [type, type, type], results: [type] }, body };
  });
  const bytes = encodeModule(pages, [], functions);
  if (!WebAssembly.validate(bytes)) return false;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    [IMPORT_MODULE]: { [MEMORY_NAME]: memory },
  });
  return types.every((type, i) => {
    const multiplyAdd = exports[`f${i}`] as (a: number, b: number, c: number) => number;
    const x = 2 ** -BITS[type];
    return multiplyAdd(1 + x, 1 + x, -(1 + 2 * x)) === x ** 2;
  });
}
