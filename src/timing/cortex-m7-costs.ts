import {
  type ClassCosts,
  type Cost,
  cost,
  type CostOverrides,
  listCosts,
  type NamedCost,
  overridden,
} from "./cost.ts";
import type { DoubleCosts, SumCosts } from "./double.ts";

/**
 * Numbers of the Cortex-M7 model, for which Arm publishes no table. Sources: J = measurements on STM32H743 published in
 * jnk0le/random; Q = measurements on STM32H730 at quinapalus.com; LLVM = ARMScheduleM7 and its latency mutations;
 * GCC = cortex-m7.md; SL = slothy's model of the Cortex-M7, tuned on a board; TRM = Arm Cortex-M7 TRM.
 */
const one = cost(1, "J, LLVM", "high");
const multiple = cost(1, "J: ceil(registers / 2)", "medium");

/** Cycles for which an instruction of each class keeps later ones from issuing, its own included. */
export const M7_ISSUE = {
  alu: one,
  "alu.add": one,
  "alu.shifted": one,
  move: one,
  shift: one,
  simd: one,
  extend: one,
  "extend-add": one,
  bitfield: one,
  reverse: one,
  clz: one,
  saturate: one,
  multiply: one,
  "multiply-accumulate": one,
  "multiply-long": one,
  "multiply-accumulate-long": one,
  /** The least; `divide()` gives the rest. */
  divide: cost(2, "as the Cortex-M4; LLVM and GCC only have constants, 7 and 4", "low"),
  load: one,
  "load.double": cost(1, "J, LLVM: single issue", "medium"),
  "load.multiple": multiple,
  "load.exclusive": one,
  store: one,
  "store.double": cost(1, "J, LLVM: single issue", "medium"),
  "store.multiple": multiple,
  "store.exclusive": one,
  branch: one,
  "branch.link": one,
  "branch.register": one,
  "branch.compare": one,
  "branch.table": cost(2, "LLVM", "low"),
  it: one,
  nop: one,
  barrier: cost(4, "inferred: the pipeline drains", "low"),
  /** Fetching starts anew behind it. */
  "barrier.instruction": cost(4, "inferred: the pipeline drains", "low"),
  system: cost(1, "LLVM: alone", "low"),
  wait: one,
  exception: one,
  "fp.move": one,
  "fp.transfer": one,
  "fp.transfer.double": one,
  "fp.status": one,
  "fp.load": one,
  "fp.load.double": one,
  "fp.load.multiple": multiple,
  "fp.store": one,
  "fp.store.double": one,
  "fp.store.multiple": multiple,
  "fp.add": one,
  "fp.compare": one,
  "fp.convert": one,
  "fp.multiply": one,
  "fp.mac": one,
  "fp.fma": one,
  "fp.divide": cost(16, "J; GCC 16", "high"),
  "fp.sqrt": cost(14, "J", "high"),
  /** The least, as of all that `M7_DOUBLE` adds to. */
  "fp64.add": cost(1, "J", "medium"),
  "fp64.compare": cost(1, "inferred from VADD", "low"),
  "fp64.convert": cost(1, "inferred from VADD", "low"),
  "fp64.multiply": cost(4, "J", "medium"),
  /** Its multiplication and addition add theirs. */
  "fp64.mac": cost(5, "J: 5 to 10 by the operands and what is before it", "low"),
  /** One more for the first of a run. */
  "fp64.fma": cost(5, "J", "medium"),
  "fp64.divide": cost(2, "J: with a zero", "medium"),
  "fp64.sqrt": cost(30, "inferred from VDIV", "low"),
} as const satisfies ClassCosts;

/** Where in the pipeline a core register is produced. */
export const PRODUCERS = [
  "early",
  "reverse",
  "base",
  "late",
  "simd",
  "saturate",
  "load",
  "load.narrow",
  "multiply",
  "fp",
] as const;
export type Producer = (typeof PRODUCERS)[number];

/** What a core register is needed for. */
export const CONSUMERS = ["late", "early", "shift", "address", "multiply", "accumulate", "store"] as const;
export type Consumer = (typeof CONSUMERS)[number];

const early = "J: early ALU forwards to the late one in the same cycle";
const late = "J, LLVM";
const l = (cycles: number, source: string = late, confidence: Cost["confidence"] = "medium") =>
  cost(cycles, source, confidence);

/**
 * Cycles from the issue of a producer to the earliest issue of a consumer; 0: the younger of a pair. The stages: the
 * early ALU, shifter and address generation in the first, the late ALU in the second, accumulation after it, data of a
 * store last.
 */
// prettier-ignore
export const M7_LATENCY = {
  early:         { late: l(0, early), early: l(1, early), shift: l(1, early), address: l(1, early), multiply: l(0, early), accumulate: l(0, early), store: l(0) },
  reverse:       { late: l(0, early), early: l(2), shift: l(2), address: l(2), multiply: l(0, early), accumulate: l(0), store: l(0) },
  base:          { late: l(0), early: l(2), shift: l(1), address: l(1), multiply: l(0), accumulate: l(0), store: l(0) },
  late:          { late: l(1, late, "high"), early: l(2), shift: l(2, late, "high"), address: l(2, late, "high"), multiply: l(1), accumulate: l(0), store: l(0, late, "high") },
  simd:          { late: l(1, late, "high"), early: l(2), shift: l(2), address: l(2, late, "high"), multiply: l(1), accumulate: l(0), store: l(0) },
  saturate:      { late: l(2, "LLVM"), early: l(3, "LLVM"), shift: l(3, "LLVM"), address: l(3, "LLVM"), multiply: l(2, "LLVM"), accumulate: l(1, "LLVM"), store: l(0) },
  load:          { late: l(1, late, "high"), early: l(2), shift: l(2, late, "high"), address: l(2, "LLVM; Q has 3, which no program bears out (docs/fit.md)"), multiply: l(2), accumulate: l(1), store: l(0, late, "high") },
  "load.narrow": { late: l(2, late, "high"), early: l(3), shift: l(3, late, "high"), address: l(3), multiply: l(2), accumulate: l(1), store: l(0, late, "high") },
  multiply:      { late: l(2, late, "high"), early: l(3), shift: l(3), address: l(4, "LLVM"), multiply: l(2), accumulate: l(1, late, "high"), store: l(1) },
  fp:            { late: l(1), early: l(2), shift: l(2), address: l(2), multiply: l(1), accumulate: l(0), store: l(0) },
} as const satisfies Record<Producer, Record<Consumer, Cost>>;

/** Where in the pipeline an FP register is produced. */
export const FP_PRODUCERS = ["arithmetic", "fma", "mac", "load", "move"] as const;
export type FpProducer = (typeof FP_PRODUCERS)[number];
/** What an FP register is needed for; `addend` of a fused, `sum` of a chained multiply-accumulate. */
export const FP_CONSUMERS = ["operand", "addend", "sum", "store", "core", "move"] as const;
export type FpConsumer = (typeof FP_CONSUMERS)[number];

const J = "J";
// prettier-ignore
export const M7_FP_LATENCY = {
  arithmetic: { operand: l(3, J, "high"), addend: l(3, J), sum: l(2, J), store: l(1, J), core: l(3, J), move: l(3, J) },
  fma:        { operand: l(5, J, "high"), addend: l(3, J, "high"), sum: l(2, J), store: l(3, J), core: l(5, J), move: l(5, J) },
  mac:        { operand: l(6, J, "high"), addend: l(4, "inferred", "low"), sum: l(3, J, "high"), store: l(4, J), core: l(6, "inferred", "low"), move: l(6, "inferred", "low") },
  load:       { operand: l(1, J, "high"), addend: l(3, J), sum: l(2, J), store: l(1, "inferred", "low"), core: l(2, J), move: l(1, J) },
  move:       { operand: l(3, J), addend: l(3, J), sum: l(2, "inferred", "low"), store: l(1, "inferred", "low"), core: l(3, J), move: l(3, J) },
} as const satisfies Record<FpProducer, Record<FpConsumer, Cost>>;

/** Numbers that are not of one class. */
export const M7_RULE = {
  /** From flags to an instruction that needs them, a conditional one included. */
  flags: cost(1, "LLVM", "medium"),
  /** Two loads of one cycle that want the same bank; STM of an even number of words to 4 mod 8. */
  bankConflict: cost(1, "J", "high"),
  /** Cycles after an FP multiply-accumulate in which VADD, VLDM, VSTM and the like cannot issue. */
  macShadow: cost(3, "J", "medium"),
  /** The first fused multiply-accumulate of doubles in a run. */
  firstDoubleFma: cost(1, "J", "medium"),
  /** A fused after a chained multiply-accumulate. */
  fmaAfterMac: cost(2, "J", "medium"),
  /** From a store to a load of the same word. */
  storeToLoad: cost(4, "LLVM; SL: 8 issue slots", "medium"),
  /** From the issue of the last instruction of a 64-bit window to that of the window fetched in its place. */
  fetchRefill: cost(2, "TRM: queue of four windows; depth of the front end fitted (docs/fit.md)", "low"),
  /** Direction, when the flags are late: resolved in the second execution stage; and any indirect target. */
  mispredict: cost(8, "J, LLVM", "medium"),
  /** Flags in time, but fetch no further than issue, so that nothing waits in decode: the first execution stage. */
  mispredictEarly: cost(6, "J: a loop of wide instructions alone", "medium"),
  /** Flags in time for a branch that waits in decode: as much as any branch that decode redirects. */
  mispredictDecode: cost(
    3,
    "fitted on CM7_1T AES, STM32H743 (docs/fit.md); TRM: flags are forwarded, so direct branches can resolve in decode and the first execution stages; LLVM 4",
    "medium",
  ),
  /** Cycles before a branch at which its flags are in time. */
  earlyFlags: cost(3, "J", "medium"),
  /** A direct branch that is not in the BTAC and needs no flags. */
  decodeRedirect: cost(3, "inferred: resolved in decode", "low"),
  divideByZero: cost(2, "as the Cortex-M4", "low"),
  divideSmaller: cost(3, "as the Cortex-M4", "low"),
  divideBase: cost(5, "as the Cortex-M4", "low"),
} as const satisfies Readonly<Record<string, Cost>>;

/** What operations on doubles take beyond their class by their operands, the first that applies from the bottom. */
export const M7_DOUBLE = {
  add: {
    same: cost(0, "J: exponents are equal", "medium"),
    different: cost(1, "J", "medium"),
    subnormal: cost(2, "J", "medium"),
    zero: cost(2, "J", "medium"),
  },
  /** Unless an operand is zero. */
  multiply: cost(1, "J", "medium"),
  divide: cost(28, "J: 30 in all", "medium"),
  fma: {
    same: cost(1, "J: exponents of product and addend are equal", "medium"),
    different: cost(2, "J", "medium"),
    subnormal: cost(4, "J", "medium"),
    zero: cost(0, "J", "medium"),
  },
} as const;

const sumCosts = (row: Readonly<Record<keyof SumCosts, Cost>>): SumCosts => ({
  same: row.same.cycles,
  different: row.different.cycles,
  subnormal: row.subnormal.cycles,
  zero: row.zero.cycles,
});
export const m7DoubleCosts: DoubleCosts = {
  add: sumCosts(M7_DOUBLE.add),
  fma: sumCosts(M7_DOUBLE.fma),
  multiply: M7_DOUBLE.multiply.cycles,
  divide: M7_DOUBLE.divide.cycles,
};

/** Stores of bytes and halfwords that follow each other: cycles that each keeps the memory busy. */
export const M7_STORES = {
  /** Stores that wait, beside the one being written. */
  places: cost(4, "J: behaves like 4 to 5", "medium"),
  sameBank: cost(4, "J", "medium"),
  otherBank: cost(2, "J: banks in turn, and halfwords one after the other", "medium"),
  /** Five stores. */
  fiveInTurn: cost(12, "J: 2.4 for bytes one after the other; inferred for addresses not compared", "medium"),
} as const satisfies Readonly<Record<string, Cost>>;

/**
 * Sizes of the branch predictor, which Arm does not publish. One table stands for direction predictor and target cache
 * together, so it is larger than the target cache can be: with 64 entries, two branches of a loop that fall on one entry
 * would make each other mispredict for ever.
 * Not modelled: misses of the target cache for more branches than it holds, about 3 cycles each.
 */
export const M7_PREDICTOR = {
  entries: cost(1024, "inferred: CoreMark does not tell 128 from 1,024 (docs/fit.md)", "low"),
  returns: cost(4, "inferred: CoreMark does not tell (docs/fit.md)", "low"),
} as const satisfies Readonly<Record<string, Cost>>;

type Latencies<P extends string, C extends string> = Readonly<Record<P, Readonly<Record<C, Cost>>>>;

/** All that the pipeline and its predictor are made with. */
export interface M7Costs {
  readonly issue: ClassCosts;
  readonly rule: Readonly<Record<keyof typeof M7_RULE, Cost>>;
  readonly stores: Readonly<Record<keyof typeof M7_STORES, Cost>>;
  readonly predictor: Readonly<Record<keyof typeof M7_PREDICTOR, Cost>>;
  readonly latency: Latencies<Producer, Consumer>;
  readonly fpLatency: Latencies<FpProducer, FpConsumer>;
}

export function m7CostTables(overrides: CostOverrides = {}): M7Costs {
  const latencies = <P extends string, C extends string>(table: Latencies<P, C>, prefix: string) =>
    Object.fromEntries(
      Object.entries<Readonly<Record<C, Cost>>>(table).map(([producer, row]) => [
        producer,
        overridden(row, `${prefix}.${producer}`, overrides),
      ]),
    ) as Latencies<P, C>; // the same producers, each with the same row
  return {
    issue: overridden(M7_ISSUE, "issue", overrides),
    rule: overridden(M7_RULE, "rule", overrides),
    stores: overridden(M7_STORES, "stores", overrides),
    predictor: overridden(M7_PREDICTOR, "predictor", overrides),
    latency: latencies<Producer, Consumer>(M7_LATENCY, "latency"),
    fpLatency: latencies<FpProducer, FpConsumer>(M7_FP_LATENCY, "fp-latency"),
  };
}

export const m7Costs = (): NamedCost[] =>
  listCosts({
    issue: M7_ISSUE,
    rule: M7_RULE,
    stores: M7_STORES,
    "double.add": M7_DOUBLE.add,
    "double.fma": M7_DOUBLE.fma,
    double: { multiply: M7_DOUBLE.multiply, divide: M7_DOUBLE.divide },
    ...Object.fromEntries(Object.entries(M7_LATENCY).map(([k, v]) => [`latency.${k}`, v])),
    ...Object.fromEntries(Object.entries(M7_FP_LATENCY).map(([k, v]) => [`fp-latency.${k}`, v])),
  });
