import { encodeModule, FunctionBody, IMPORT_MODULE, MEMORY_NAME } from "./wasm-module.ts";

/**
 * Leaves a b + c on the stack, of three f32 locals. Only vectors have such an operation, and whether it rounds once is the
 * host's to choose: see `fusesSingles`.
 */
export function emitFused(body: FunctionBody, a: number, b: number, c: number): void {
  for (const local of [a, b, c]) body.get(local).vector("f32x4.splat");
  body.vector("f32x4.relaxed_madd").vector("f32x4.extract_lane 0");
}

/** (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24; the product rounded to a single has lost it. */
const [FACTOR, ADDEND, EXACT] = [1 + 2 ** -12, -(1 + 2 ** -11), 2 ** -24];

/** Whether the JavaScript engine knows the operation of `emitFused`, and it rounds once on this machine. */
export function fusesSingles(memory: WebAssembly.Memory, pages: number): boolean {
  const body = new FunctionBody(3);
  emitFused(body, 0, 1, 2);
  const signature = { params: ["f32", "f32", "f32"], results: ["f32"] } as const;
  const bytes = encodeModule(pages, [], [{ signature, body }]);
  if (!WebAssembly.validate(bytes)) return false;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    [IMPORT_MODULE]: { [MEMORY_NAME]: memory },
  });
  const multiplyAdd = exports["f0"] as (a: number, b: number, c: number) => number;
  return multiplyAdd(FACTOR, FACTOR, ADDEND) === EXACT;
}
