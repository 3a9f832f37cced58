import type { NodeEdges, Region } from "./region.ts";

/**
 * The control-flow graph of a region as wasm needs it: reverse postorder, dominator tree, loop headers and merge
 * points. After Ramsey, "Beyond Relooper: recursive translation of unstructured control flow to structured control
 * flow" (ICFP 2022). Edges into the middle of a loop (irreducible) are told apart: they leave the function instead.
 */
export class Structure {
  /** Position in reverse postorder, by node. */
  readonly order: readonly number[];
  readonly #dominator: readonly number[];
  readonly #children: readonly (readonly number[])[];
  readonly #isLoopHeader: readonly boolean[];
  readonly #isMerge: readonly boolean[];
  /** Header of the loop that a node lies in, where no other loop lies in it too. */
  readonly #innermost = new Map<number, number>();

  constructor(region: Region) {
    const successors = region.edges.map(successorsOf);
    const n = successors.length;
    const postorder = depthFirst(successors);
    const order = new Array<number>(n).fill(-1);
    postorder.forEach((node, i) => (order[node] = postorder.length - 1 - i));
    this.order = order;
    const predecessors: number[][] = Array.from({ length: n }, () => []);
    successors.forEach((list, from) => {
      if (order[from]! >= 0) for (const to of list) predecessors[to]!.push(from);
    });
    const dominator = dominators([...postorder].reverse(), order, predecessors);
    this.#dominator = dominator;
    const children: number[][] = Array.from({ length: n }, () => []);
    dominator.forEach((d, node) => {
      if (node !== 0 && d >= 0) children[d]!.push(node);
    });
    this.#children = children;
    this.#isLoopHeader = predecessors.map((list, node) => list.some((p) => this.isBackEdge(p, node)));
    this.#isMerge = predecessors.map((list, node) => list.filter((p) => order[p]! < order[node]!).length > 1);
    this.#isLoopHeader.forEach((isHeader, header) => {
      if (isHeader) this.#noteLoop(header, predecessors);
    });
  }

  #noteLoop(header: number, predecessors: readonly (readonly number[])[]): void {
    const members = new Set([header]);
    const add = (list: readonly number[]): void => {
      for (const node of list) {
        if (members.has(node)) continue;
        members.add(node);
        add(predecessors[node]!);
      }
    };
    add(predecessors[header]!.filter((p) => this.isBackEdge(p, header)));
    for (const node of members) if (node !== header && this.#isLoopHeader[node] === true) return;
    for (const node of members) this.#innermost.set(node, header);
  }

  /** The edge goes back to a loop header that dominates it. */
  isBackEdge(from: number, to: number): boolean {
    return this.order[to]! <= this.order[from]! && this.#dominates(to, from);
  }
  /** The edge goes back to a node that does not dominate it: there is no structured way. */
  isIrreducible(from: number, to: number): boolean {
    return this.order[to]! <= this.order[from]! && !this.#dominates(to, from);
  }
  isLoopHeader(node: number): boolean {
    return this.#isLoopHeader[node]!;
  }
  /** The edge stays in a loop that has no other loop in it. */
  isInInnermostLoop(from: number, to: number): boolean {
    const header = this.#innermost.get(from);
    return header !== undefined && header === this.#innermost.get(to);
  }
  isMerge(node: number): boolean {
    return this.#isMerge[node]!;
  }
  /** Merge points that `node` dominates directly, the last in order first. */
  mergesBehind(node: number): readonly number[] {
    return this.#children
      [node]!.filter((child) => this.#isMerge[child]!)
      .sort((a, b) => this.order[b]! - this.order[a]!);
  }

  #dominates(a: number, b: number): boolean {
    let node = b;
    while (this.order[node]! > this.order[a]!) node = this.#dominator[node]!;
    return node === a;
  }
}

/** Nodes of the region to which control goes from one with these edges. */
export const successorsOf = (e: NodeEdges): number[] =>
  [e.fallthrough, e.contended, e.taken, ...e.indirect]
    .map((edge) => edge?.to)
    .filter((to) => to !== undefined);

/** Nodes reachable from node 0 in postorder. */
function depthFirst(successors: readonly (readonly number[])[]): number[] {
  const postorder: number[] = [];
  const seen = new Set([0]);
  const stack: { readonly node: number; next: number }[] = [{ node: 0, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const to = successors[top.node]![top.next++];
    if (to === undefined) {
      postorder.push(top.node);
      stack.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      stack.push({ node: to, next: 0 });
    }
  }
  return postorder;
}

/** Immediate dominators, after Cooper, Harvey and Kennedy; -1 for nodes that are not reachable. */
function dominators(
  reversePostorder: readonly number[],
  order: readonly number[],
  predecessors: readonly (readonly number[])[],
): number[] {
  const dominator = new Array<number>(order.length).fill(-1);
  dominator[0] = 0;
  const intersect = (a: number, b: number): number => {
    let [x, y] = [a, b];
    while (x !== y) {
      while (order[x]! > order[y]!) x = dominator[x]!;
      while (order[y]! > order[x]!) y = dominator[y]!;
    }
    return x;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const node of reversePostorder) {
      if (node === 0) continue;
      const known = predecessors[node]!.filter((p) => dominator[p]! >= 0);
      const next = known.reduce((a, b) => intersect(a, b));
      if (dominator[node] !== next) {
        dominator[node] = next;
        changed = true;
      }
    }
  }
  return dominator;
}
