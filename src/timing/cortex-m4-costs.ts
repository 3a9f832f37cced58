import {
  type ClassCosts,
  type Cost,
  cost,
  type CostOverrides,
  listCosts,
  type NamedCost,
  overridden,
} from "./cost.ts";

/**
 * Numbers of the Cortex-M4 model. Sources: TRM = Arm Cortex-M4 TRM (100166), "processor instructions" and "load/store
 * timings"; TRM-FPU = its FPU instruction table; GCC = GCC's cortex-m4 scheduling description; J = measurements on
 * STM32F407 published in jnk0le/random; C = measurements published on compendium.i-0.nl; M = measurements on CC2652
 * published with CMEmu (mimuw-distributed-systems-group/cmemu); Arm KB = knowledge base.
 */
const TRM = "TRM table of processor instructions";
const FPU = "TRM-FPU table";
const one = cost(1, TRM, "high");
const fpOne = cost(1, FPU, "high");

/** Cycles of each class on memory without wait states, without the refill of a jump. */
export const M4_CLASS = {
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
  divide: cost(2, TRM, "high"),
  /** A second cycle follows unless the next instruction overlaps it. */
  load: one,
  "load.double": cost(1, "TRM: 1 + a cycle a word", "high"),
  "load.multiple": cost(1, "TRM: 1 + a cycle a register", "high"),
  "load.exclusive": one,
  store: cost(1, "TRM load/store timings: always 1 with an immediate offset", "high"),
  "store.double": cost(1, "TRM: 1 + a cycle a word", "high"),
  "store.multiple": cost(1, "TRM: 1 + a cycle a register", "high"),
  "store.exclusive": cost(2, TRM, "high"),
  branch: one,
  "branch.link": one,
  "branch.register": one,
  "branch.compare": one,
  "branch.table": cost(3, "TRM prose: load 2, add 1, then the refill", "medium"),
  it: one,
  nop: one,
  barrier: cost(3, "TRM: 1 + B; B as a refill of the pipeline", "low"),
  "barrier.instruction": cost(3, "TRM: 1 + B; B as a refill of the pipeline", "low"),
  system: cost(2, "TRM: 1 or 2", "medium"),
  wait: one,
  exception: one,
  "fp.move": fpOne,
  "fp.transfer": cost(1, "C measured 1 where the TRM-FPU table says 2", "medium"),
  "fp.transfer.double": cost(2, FPU, "high"),
  "fp.status": fpOne,
  "fp.load": fpOne,
  "fp.load.double": cost(1, "TRM-FPU: 1 + a cycle a word", "high"),
  "fp.load.multiple": cost(1, "TRM-FPU: 1 + a cycle a word", "high"),
  "fp.store": cost(2, FPU, "high"),
  "fp.store.double": cost(1, "TRM-FPU: 1 + a cycle a word", "high"),
  "fp.store.multiple": cost(1, "TRM-FPU: 1 + a cycle a word", "high"),
  "fp.add": fpOne,
  "fp.compare": fpOne,
  "fp.convert": fpOne,
  "fp.multiply": fpOne,
  "fp.mac": cost(3, FPU, "high"),
  "fp.fma": cost(3, FPU, "high"),
  "fp.divide": cost(14, FPU, "high"),
  "fp.sqrt": cost(14, FPU, "high"),
  "fp64.add": cost(1, "no double precision on this core", "high"),
  "fp64.compare": cost(1, "no double precision on this core", "high"),
  "fp64.convert": cost(1, "no double precision on this core", "high"),
  "fp64.multiply": cost(1, "no double precision on this core", "high"),
  "fp64.mac": cost(1, "no double precision on this core", "high"),
  "fp64.fma": cost(1, "no double precision on this core", "high"),
  "fp64.divide": cost(1, "no double precision on this core", "high"),
  "fp64.sqrt": cost(1, "no double precision on this core", "high"),
} as const satisfies ClassCosts;

/** Numbers that are not of one class. */
export const M4_RULE = {
  /** Refill after a branch whose target decode knows: an immediate, or LR unless the instruction before writes it. */
  refillDirect: cost(
    1,
    "J: 20-cycle loop of 17 NOP.W, SUBS, BNE; M: BX, BLX and MOV PC with LR as BL; TRM, branch status interface",
    "high",
  ),
  /**
   * A wide load as the first instruction behind a taken branch that is resolved only in execute, because the instruction
   * before it set its flags or it compares by itself.
   */
  loadAfterJump: cost(
    1,
    "inferred: no address phase before the branch is resolved, which a narrow load makes up for; fitted on NTT, CoreMark and AES setDecKey (docs/fit.md)",
    "low",
  ),
  /** Refill after other BX and BLX and data processing that writes the PC: the target is known in execute. */
  refillRegister: cost(3, "TRM: 1 to 3, and three for a reload of the pipeline; fitted (docs/fit.md)", "low"),
  /** Refill after a load of the PC. */
  refillLoad: cost(3, "TRM prose: three cycles for the pipeline reload", "medium"),
  /** Second cycle of a load (or of a store with register offset) that nothing overlaps. */
  dataPhase: cost(1, "TRM load/store timings", "high"),
  /** A load that would overlap the data phase of a load from another memory does not. */
  otherMemory: cost(1, "J: loads pipeline within one memory block only", "medium"),
  /** A load right after a store waits for the store's data phase. */
  loadAfterStore: cost(1, "J: adds extra cycle to store", "medium"),
  /** The second and later of a run of stores fill the write buffer; what follows the run waits for it. */
  storeRun: cost(
    1,
    "TRM: a full write buffer delays the next instruction; size fitted on four programs (docs/fit.md)",
    "low",
  ),
  /** An address register written by the instruction before. */
  addressInterlock: cost(1, "TRM load/store timings; GCC; J", "high"),
  /** Extra wait of an address register loaded by the instruction before. */
  loadToAddress: cost(0, "TRM: only the pipelining is lost", "medium"),
  /** From the address phase of a fetch to execution of what it brings. */
  fetchToExecute: cost(3, "three stages; TRM; M, with the rules of the prefetch queue", "high"),
  /** Cycles between fetches on the System bus, and of latency beyond `fetchToExecute`, which is one less. */
  systemFetchRate: cost(2, "Cortex-M3 TRM: System bus fetches are registered; M: 1,537 counts", "high"),
  /** A data access that finds a fetch on the System bus, whose address is registered and so there first. */
  systemDataWait: cost(1, "M: all counts of LDR with code and data in the SRAM of CC2652", "high"),
  /** An FP result is late by this for the next FP instruction, except as an addend. */
  fpResult: cost(1, "TRM-FPU footnote; GCC", "high"),
  divideByZero: cost(2, "C; M", "high"),
  divideSmaller: cost(3, "C; M", "high"),
  /** Constant of `5 + floor(d / 4)`. */
  divideBase: cost(
    5,
    "C for the shape, TRM for the maximum of 12; M: quotients of 1, 2, 5 and more bits",
    "high",
  ),
} as const satisfies Readonly<Record<string, Cost>>;

/** All that the pipeline is made with. */
export interface M4Costs {
  readonly class: ClassCosts;
  readonly rule: Readonly<Record<keyof typeof M4_RULE, Cost>>;
}

export const m4CostTables = (overrides: CostOverrides = {}): M4Costs => ({
  class: overridden(M4_CLASS, "class", overrides),
  rule: overridden(M4_RULE, "rule", overrides),
});

export const m4Costs = (): NamedCost[] => listCosts({ class: M4_CLASS, rule: M4_RULE });
