import type { TimingClass } from "../isa/insn.ts";
import { M7_FP_LATENCY, type M7Costs } from "./cortex-m7-costs.ts";
import { UNIT } from "./cortex-m7-units.ts";

/** A younger instruction may still issue in the cycle before the one that a state is relative to. */
const OLDEST = -1;

/** Latency of an arithmetic result, which VDIV and VSQRT have when they let others issue again. */
const RESULT = M7_FP_LATENCY.arithmetic.operand.cycles;

/** Classes that cannot issue in the shadow of a multiply-accumulate. */
const SHADOWED: ReadonlySet<TimingClass> = new Set<TimingClass>([
  "fp.add",
  "fp.move",
  "fp.load.double",
  "fp.load.multiple",
  "fp.store.double",
  "fp.store.multiple",
]);
const LOCKING: ReadonlySet<TimingClass> = new Set<TimingClass>([
  "fp.divide",
  "fp.sqrt",
  "fp64.divide",
  "fp64.sqrt",
]);

/** What FP instructions keep others from doing beyond the latency of their results. @source J */
export class FpRestrictions {
  readonly #rule: M7Costs["rule"];
  readonly #shadow: number;
  /** Issue of a multiply-accumulate that nothing waits for any more. */
  readonly #longAgo: number;
  /** Issue of the last single-precision multiply-accumulate. */
  #macIssued: number;
  /** That one was chained (VMLA), or fused but not the first of its run. */
  #chained = false;
  #first = false;
  /** Double-precision arithmetic keeps FP arithmetic waiting until this cycle. */
  #busyUntil = 0;
  /** That is a fused multiply-accumulate, which another one may follow at once. */
  #runs = false;
  /** Class of that; not part of the state, so unknown when it lies before the run. */
  #busyWith: TimingClass | undefined;
  #decidedBy: "" | "busy" | "rule.macShadow" | "rule.fmaAfterMac" = "";

  constructor(rule: M7Costs["rule"]) {
    this.#rule = rule;
    this.#shadow = rule.macShadow.cycles;
    this.#longAgo = OLDEST - (this.#shadow + 1);
    this.#macIssued = this.#longAgo;
  }

  restore(state: readonly number[], at: number): void {
    this.#macIssued = state[at]!;
    this.#chained = (state[at + 1]! & 1) !== 0;
    this.#first = (state[at + 1]! & 2) !== 0;
    this.#runs = (state[at + 1]! & 4) !== 0;
    this.#busyUntil = state[at + 2]!;
    this.#busyWith = undefined;
  }
  snapshot(state: number[], now: number): void {
    const age = Math.max(this.#macIssued - now, this.#longAgo);
    const busy = Math.max(this.#busyUntil - now, OLDEST);
    const runs = busy > OLDEST && this.#runs ? 4 : 0;
    const flags = age === this.#longAgo ? 0 : (this.#chained ? 1 : 0) | (this.#first ? 2 : 0);
    state.push(age, flags | runs, busy);
  }

  /** Earliest issue of an FP instruction of class `timing`; `decider` then tells what decides it. */
  readyAt(timing: TimingClass): number {
    let cycle = this.#longAgo;
    this.#decidedBy = "";
    if (isArithmetic(timing) && this.#busyUntil > cycle) {
      cycle = this.#busyUntil;
      this.#decidedBy = "busy";
    }
    const shadow = this.#macIssued + this.#shadow + 1;
    if (shadow > cycle && SHADOWED.has(timing)) {
      cycle = shadow;
      this.#decidedBy = "rule.macShadow";
    }
    const chained = this.#macIssued + this.#rule.fmaAfterMac.cycles;
    if (chained > cycle && timing === "fp.fma" && this.#chained) {
      cycle = chained;
      this.#decidedBy = "rule.fmaAfterMac";
    }
    return cycle;
  }
  /** The number that decided the last `readyAt`. */
  get decider(): string {
    return this.#decidedBy === "busy" ? `issue.${this.#busyWith ?? "fp64.mac"}` : this.#decidedBy;
  }

  /** Loads, stores and moves pair with the first multiply-accumulate of a run only, and follow one in the older slot. */
  mayPair(older: number, younger: number, cycle: number): boolean {
    const inShadow = this.#macIssued + this.#shadow >= cycle;
    if ((younger & UNIT.fpWord) !== 0 && inShadow) {
      return (older & UNIT.fpMac) !== 0 && this.#first;
    }
    return !((younger & UNIT.fpMac) !== 0 && (older & UNIT.fpWord) !== 0 && inShadow);
  }

  /** @returns the cycle until which nothing issues, and the cycle that result latencies count from */
  issue(
    timing: TimingClass,
    units: number,
    issued: number,
    cycles: number,
  ): { readonly locked: number; readonly produced: number } {
    if ((units & UNIT.fpMac) !== 0) {
      this.#first = this.#macIssued + this.#shadow < issued;
      this.#chained = timing === "fp.mac";
      this.#macIssued = issued;
    }
    if (LOCKING.has(timing)) return { locked: issued + cycles, produced: issued + cycles - RESULT };
    if (!timing.startsWith("fp64")) return { locked: 0, produced: issued };
    const isFirst = timing === "fp64.fma" && !(this.#runs && issued === this.#busyUntil);
    const busy = cycles + (isFirst ? this.#rule.firstDoubleFma.cycles : 0);
    this.#runs = timing === "fp64.fma";
    this.#busyUntil = issued + busy;
    this.#busyWith = timing;
    return { locked: 0, produced: this.#busyUntil - 1 };
  }
}

function isArithmetic(timing: TimingClass): boolean {
  return !timing.includes("load") && !timing.includes("store");
}
