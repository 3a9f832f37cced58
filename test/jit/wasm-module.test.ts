import { describe, expect, it } from "vitest";
import { encodeModule, FunctionBody, OP, type Opcode, type Signature } from "../../src/jit/wasm-module.ts";
import { printFunction } from "./print-wasm.ts";

const PAGES = 1;

/** The function as a callable, on a fresh memory of one page. */
function instantiate(signature: Signature, body: FunctionBody): (...args: unknown[]) => unknown {
  const bytes = encodeModule(PAGES, [], [{ signature, body }]);
  expect(WebAssembly.validate(bytes)).toBe(true);
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { memory } });
  return instance.exports["f0"] as (...args: unknown[]) => unknown;
}

const EDGES = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 31 - 1, -(2 ** 31), 0x1000_0000];

describe("numbers", () => {
  it.each(EDGES)("i32.const %i comes back", (value) => {
    const signature = { params: [], results: ["i32"] } as const;
    expect(instantiate(signature, new FunctionBody(0).i32(value))()).toBe(value);
  });
  it.each(EDGES)("i64.const %i comes back", (value) => {
    const signature = { params: [], results: ["i64"] } as const;
    expect(instantiate(signature, new FunctionBody(0).i64(value))()).toBe(BigInt(value));
  });
  it.each([0, 1, 127, 128, 16_383, 16_384, 65_532])("an offset of %i reaches that byte", (offset) => {
    const body = new FunctionBody(0);
    body.i32(0).i32(7).memory("i32.store", offset).i32(offset).memory("i32.load", 0);
    expect(instantiate({ params: [], results: ["i32"] }, body)()).toBe(7);
  });
  it("more than 127 locals keep apart", () => {
    const body = new FunctionBody(1);
    const locals = Array.from({ length: 300 }, () => body.local("i32"));
    locals.forEach((local, i) => body.i32(i).set(local));
    body.get(locals[299]!).get(locals[128]!).op("i32.add").get(0).op("i32.add");
    expect(instantiate({ params: ["i32"], results: ["i32"] }, body)(5)).toBe(299 + 128 + 5);
  });
  it("a body that outgrows its first buffer stays whole", () => {
    const body = new FunctionBody(0).i32(0);
    for (let i = 0; i < 5000; i++) body.i32(i).op("i32.add");
    expect(instantiate({ params: [], results: ["i32"] }, body)()).toBe((5000 * 4999) / 2);
  });
});

describe("control", () => {
  it("branches count blocks from the inside", () => {
    // sum of n, n - 1, …, 1
    const body = new FunctionBody(1);
    const sum = body.local("i32");
    body.begin("block");
    const done = body.depth;
    body.begin("loop");
    const again = body.depth;
    body.get(0).op("i32.eqz").branch("br_if", done);
    body.get(sum).get(0).op("i32.add").set(sum);
    body.get(0).i32(1).op("i32.sub").set(0).branch("br", again);
    body.end().end();
    body.get(sum);
    expect(instantiate({ params: ["i32"], results: ["i32"] }, body)(100)).toBe(5050);
  });
  it("if with a result takes one arm", () => {
    const body = new FunctionBody(1);
    body.get(0).begin("if", "i32").i32(10).else().i32(20).end();
    const run = instantiate({ params: ["i32"], results: ["i32"] }, body);
    expect([run(1), run(0)]).toEqual([10, 20]);
  });
  it("branches with hints, behind locals, validate and run", () => {
    const body = new FunctionBody(1);
    const result = body.local("i32");
    body.get(0).likely().i32(1).set(result).else().i32(2).set(result).end();
    body.get(0).i32(3).op("i32.eq").unlikely().i32(4).set(result).end().get(result);
    const run = instantiate({ params: ["i32"], results: ["i32"] }, body);
    expect([run(1), run(0), run(3)]).toEqual([1, 2, 4]);
    expect(body.hints.map(({ taken }) => taken)).toEqual([1, 0]);
    const entry = body.encode();
    for (const { offset } of body.hints) expect(entry[offset]).toBe(OP.if);
  });
  it("a module that is wrong does not validate", () => {
    const body = new FunctionBody(0).i32(1).op("i32.add");
    const bytes = encodeModule(PAGES, [], [{ signature: { params: [], results: ["i32"] }, body }]);
    expect(WebAssembly.validate(bytes)).toBe(false);
  });
  it("imported functions come before the module's own", () => {
    const imports = [{ name: "twice", signature: { params: ["i32"], results: ["i32"] } }] as const;
    const body = new FunctionBody(0).i32(21).call(0);
    const bytes = encodeModule(PAGES, imports, [{ signature: { params: [], results: ["i32"] }, body }]);
    const memory = new WebAssembly.Memory({ initial: PAGES });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      m: { memory, twice: (x: number) => 2 * x },
    });
    expect((exports["f0"] as () => number)()).toBe(42);
  });
});

/** Operand and result types, from the name and the rules of the core specification. */
function typesOf(name: Opcode): { readonly params: readonly string[]; readonly result: string } | undefined {
  const match = /^(i32|i64|f32|f64)\.(\w+)$/.exec(name);
  if (match === null || /^(const|load|store)/.test(match[2]!)) return undefined;
  const [, type, op] = match as unknown as [string, string, string];
  const from = /_(i32|i64|f32|f64)(_[su])?$/.exec(op)?.[1];
  if (from !== undefined) return { params: [from], result: type };
  if (/^(eqz|clz|ctz|abs|neg|sqrt|ceil|floor|trunc|nearest|extend8_s|extend16_s)$/.test(op))
    return { params: [type], result: op === "eqz" ? "i32" : type };
  return { params: [type, type], result: /^(eq|ne|[lg][te](_[su])?)$/.test(op) ? "i32" : type };
}

describe("opcodes have the bytes that their names stand for", () => {
  const numeric = (Object.keys(OP) as Opcode[]).filter((name) => typesOf(name) !== undefined);
  it.each(numeric)("%s", (name) => {
    const { params, result } = typesOf(name)!;
    const body = new FunctionBody(params.length);
    params.forEach((_, i) => body.get(i));
    body.op(name);
    const signature = { params, results: [result] } as Signature;
    expect(WebAssembly.validate(encodeModule(PAGES, [], [{ signature, body }]))).toBe(true);
  });
  it("the printer shows what was emitted", () => {
    const body = new FunctionBody(1);
    body.get(0).begin("if").i32(-5).op("drop").end();
    body.get(0).unlikely().f32(0.5).op("drop").end();
    expect(printFunction(body.encode(), body.hints)).toBe(
      "(local )\nlocal.get 0\nif\n  i32.const -5\n  drop\nend\n" +
        "local.get 0\nif (unlikely)\n  f32.const 0.5\n  drop\nend\n",
    );
  });
});
