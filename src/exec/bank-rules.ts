import { EXIT } from "../core/layout.ts";
import { W } from "../core/state.ts";
import { BANK_RULE, MEMORY_SHIFT } from "../timing/timing.ts";
import type { Block } from "./block.ts";
import type { Operation } from "./operations.ts";
import type { Progress } from "./progress.ts";
import type { TranslatedInstruction } from "./translate.ts";

/** Stands for a load that was skipped: there is no memory at the end of the address space. */
const NO_LOAD = -1;

/** Puts the rules of `BANK_RULE` around the operations that they look at. */
export class BankRules {
  readonly #words: Int32Array;
  readonly #progress: Progress;
  readonly #conflict: number;

  constructor(words: Int32Array, progress: Progress, conflict: number) {
    this.#words = words;
    this.#progress = progress;
    this.#conflict = conflict;
  }

  /** The operations of `block`, with `rules` by instruction. */
  around({ operations, code }: Block, rules: Uint8Array): readonly Operation[] {
    return operations.map((operation, i) => {
      const instruction = code.instructions[i]!;
      switch (rules[i]) {
        case BANK_RULE.multiple:
          return this.#multiple(operation, instruction.footprint.accesses[0]!.base!);
        case BANK_RULE.pairedLoad:
        case BANK_RULE.otherMemory: {
          const breaks = rules[i] === BANK_RULE.pairedLoad ? sameBank : otherMemory;
          return loadsForSure(instruction)
            ? this.#behindLoad(operation, breaks)
            : this.#maybe(operation, breaks);
        }
        default:
          return operation;
      }
    });
  }

  #multiple(operation: Operation, base: number): Operation {
    const [w, progress, conflict] = [this.#words, this.#progress, this.#conflict];
    return () => {
      if ((w[base]! & 7) === 4) progress.stall(conflict, "data");
      operation();
    };
  }

  /** A load behind a load: issued with it, both may want one bank; overlapping it, it may be of another memory. */
  #behindLoad(operation: Operation, breaks: (differing: number) => boolean): Operation {
    const [w, progress, conflict] = [this.#words, this.#progress, this.#conflict];
    return () => {
      const previous = w[W.lastLoad]!;
      operation();
      if (breaks(previous ^ w[W.lastLoad]!) && (w[W.exit]! & EXIT.fault) === 0)
        progress.stall(conflict, "data");
    };
  }

  /** The same for an instruction that need not load anything. */
  #maybe(operation: Operation, breaks: (differing: number) => boolean): Operation {
    const [w, progress, conflict] = [this.#words, this.#progress, this.#conflict];
    return () => {
      const previous = w[W.lastLoad]!;
      w[W.lastLoad] = NO_LOAD;
      operation();
      if (w[W.lastLoad] === NO_LOAD) w[W.lastLoad] = previous;
      else if ((w[W.exit]! & EXIT.fault) === 0 && breaks(previous ^ w[W.lastLoad]!))
        progress.stall(conflict, "data");
    };
  }
}

/** Whether two loads in whose addresses these bits differ break the rule. */
const sameBank = (differing: number): boolean => (differing & 4) === 0;
const otherMemory = (differing: number): boolean => differing >>> MEMORY_SHIFT !== 0;

/** Unless it faults. */
const loadsForSure = ({ condition, statements }: TranslatedInstruction): boolean =>
  condition === undefined && statements.some(({ k }) => k === "load");
