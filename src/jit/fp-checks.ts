import type { TranslatedInstruction } from "../exec/translate.ts";
import type { Region } from "./region.ts";
import { successorsOf, type Structure } from "./structure.ts";

/**
 * Where a region has to see whether the FPU is ready. Once it is, it stays so to the end of the region: whatever takes it
 * away leaves compiled code.
 */
export class FpChecks {
  /** Headers of loops before which it is seen to, once for all turns: they have FP instructions themselves. */
  readonly #beforeLoop: readonly boolean[];
  /** Nodes to which every way leads past such a place. */
  readonly #isReady: boolean[];

  constructor(region: Region, structure: Structure) {
    const sees = region.nodes.map(({ block }) => block.code.instructions.some(alwaysChecks));
    this.#beforeLoop = sees.map((does, node) => does && structure.isLoopHeader(node));
    this.#isReady = region.nodes.map((_, node) => node !== 0 || this.#beforeLoop[0]!);
    const successors = region.edges.map(successorsOf);
    for (let changed = true; changed;) {
      changed = false;
      successors.forEach((list, from) => {
        if (this.#isReady[from]! || sees[from]!) return;
        for (const to of list) {
          if (!this.#isReady[to]! || this.#beforeLoop[to]!) continue;
          this.#isReady[to] = false;
          changed = true;
        }
      });
    }
  }

  isBeforeLoop(header: number): boolean {
    return this.#beforeLoop[header]!;
  }
  /** Whether the FPU is ready at the beginning of the node. */
  isReady(node: number): boolean {
    return this.#isReady[node]!;
  }
}

const alwaysChecks = ({ condition, statements }: TranslatedInstruction): boolean =>
  condition === undefined && statements.some(({ k }) => k === "fpCheck");
