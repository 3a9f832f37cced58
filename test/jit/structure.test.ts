import { describe, expect, it } from "vitest";
import type { Edge, NodeEdges, Region } from "../../src/jit/region.ts";
import { Structure } from "../../src/jit/structure.ts";
import { encodeModule, FunctionBody } from "../../src/jit/wasm-module.ts";
import { Random } from "../exec/random.ts";

const edge = (to: number): Edge => ({ pc: to, itState: 0, state: 0, to });

/** A graph as the region builder makes them: at most two ways out of a node. */
function regionOf(successors: readonly (readonly number[])[]): Region {
  const edges = successors.map(([a, b]): NodeEdges => ({
    fallthrough: a === undefined ? undefined : edge(a),
    contended: undefined,
    taken: b === undefined ? undefined : edge(b),
    indirect: [],
    isIndirect: false,
  }));
  return { nodes: [], edges };
}

function randomGraph(random: Random): number[][] {
  const n = 2 + random.below(14);
  return Array.from({ length: n }, (_, i) => {
    const near = (): number =>
      random.chance(0.6) ? Math.min(n - 1, i + 1 + random.below(2)) : random.below(n);
    return random.chance(0.1) ? [] : random.chance(0.4) ? [near()] : [near(), near()];
  });
}

const HASH = 31;
const LEAVE = 1000;

/**
 * The graph as structured code, nested as the function compiler nests it. Each node folds its number into a hash; the
 * bits of the parameter, one a step, decide the ways; after `fuel` nodes, or along an irreducible edge, it ends.
 */
function compile(successors: readonly (readonly number[])[]): (choices: number, fuel: number) => number {
  const structure = new Structure(regionOf(successors));
  const body = new FunctionBody(2);
  const hash = body.local("i32");
  const loops = new Map<number, number>();
  const blocks = new Map<number, number>();
  const leave = (node: number): void => {
    body
      .get(hash)
      .i32(HASH)
      .op("i32.mul")
      .i32(LEAVE + node)
      .op("i32.add")
      .op("return");
  };
  const go = (from: number, to: number): void => {
    if (structure.isIrreducible(from, to)) leave(to);
    else if (structure.isBackEdge(from, to)) body.branch("br", loops.get(to)!);
    else if (structure.isMerge(to)) body.branch("br", blocks.get(to)!);
    else tree(to);
  };
  const tree = (node: number): void => {
    const isLoop = structure.isLoopHeader(node);
    if (isLoop) loops.set(node, body.begin("loop").depth);
    const merges = structure.mergesBehind(node);
    for (const merge of merges) blocks.set(merge, body.begin("block").depth);
    body.get(1).op("i32.eqz").begin("if");
    leave(node);
    body.end().get(1).i32(1).op("i32.sub").set(1);
    body.get(hash).i32(HASH).op("i32.mul").i32(node).op("i32.add").set(hash);
    const [a, b] = successors[node]!;
    if (b !== undefined) {
      body.get(0).i32(1).op("i32.and").get(0).i32(1).op("i32.rotr").set(0).begin("if");
      go(node, b);
      body.end();
    }
    if (a === undefined) leave(node);
    else go(node, a);
    for (const merge of [...merges].reverse()) {
      body.end();
      tree(merge);
    }
    if (isLoop) body.end();
  };
  tree(0);
  body.op("unreachable");
  const signature = { params: ["i32", "i32"], results: ["i32"] } as const;
  const bytes = encodeModule(1, [], [{ signature, body }]);
  expect(WebAssembly.validate(bytes)).toBe(true);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { memory } });
  return instance.exports["f0"] as (choices: number, fuel: number) => number;
}

/** The same walk by following the edges. */
function walk(successors: readonly (readonly number[])[], choices: number, fuel: number): number {
  const structure = new Structure(regionOf(successors));
  let [node, hash, bits] = [0, 0, choices | 0];
  const end = (at: number): number => (Math.imul(hash, HASH) + LEAVE + at) | 0;
  for (let left = fuel; left > 0; left--) {
    hash = (Math.imul(hash, HASH) + node) | 0;
    const [a, b] = successors[node]!;
    let next = a;
    if (b !== undefined) {
      if ((bits & 1) === 1) next = b;
      bits = (bits >>> 1) | (bits << 31);
    }
    if (next === undefined) return end(node);
    if (structure.isIrreducible(node, next)) return end(next);
    node = next;
  }
  return end(node);
}

describe("structured control flow takes the paths of the graph", () => {
  it.each<[string, number[][], boolean]>([
    ["a line", [[1], [2], []], false],
    ["a self-loop", [[1, 0], []], false],
    ["a diamond", [[1, 2], [3], [3], []], false],
    ["a loop in a loop", [[1], [2, 1], [3, 0], []], false],
    ["a loop with two exits to one place", [[1], [2, 3], [0, 3], []], false],
    ["a loop with two entries, which is irreducible", [[1, 2], [2], [1, 3], []], true],
  ])("%s", (_, graph, irreducible) => {
    const run = compile(graph);
    for (let choices = 0; choices < 64; choices++) expect(run(choices, 20)).toBe(walk(graph, choices, 20));
    const structure = new Structure(regionOf(graph));
    const edges = graph.flatMap((list, from) => list.map((to) => structure.isIrreducible(from, to)));
    expect(edges.includes(true)).toBe(irreducible);
  });

  it.each<[string, number[][], (readonly [number, number])[]]>([
    ["a self-loop", [[1], [2, 1], []], [[1, 1]]],
    [
      "a loop of a diamond",
      [[1, 2], [3], [3], [4, 0], []],
      [
        [0, 1],
        [0, 2],
        [1, 3],
        [2, 3],
        [3, 0],
      ],
    ],
    ["a loop in a loop", [[1], [2, 1], [3, 0], []], [[1, 1]]],
    [
      "two loops behind each other",
      [[1, 0], [2, 1], []],
      [
        [0, 0],
        [1, 1],
      ],
    ],
  ])("edges that stay in an innermost loop: %s", (_, graph, expected) => {
    const structure = new Structure(regionOf(graph));
    const edges = graph.flatMap((list, from) => list.map((to) => [from, to] as const));
    expect(edges.filter(([from, to]) => structure.isInInnermostLoop(from, to))).toEqual(expected);
  });

  it("400 random graphs", () => {
    const random = new Random(5);
    for (let n = 0; n < 400; n++) {
      const graph = randomGraph(random);
      const run = compile(graph);
      for (let i = 0; i < 10; i++) {
        const choices = random.word();
        expect(run(choices, 40), JSON.stringify(graph)).toBe(walk(graph, choices, 40));
      }
    }
  });
});
