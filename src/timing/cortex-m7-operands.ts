import type { TimingClass } from "../isa/insn.ts";
import type { Consumer, FpConsumer, FpProducer, Producer } from "./cortex-m7-costs.ts";
import type { TimedInstruction } from "./timing.ts";

/** Registers needed, as a mask, and what for. */
export interface Need<C> {
  readonly registers: number;
  readonly consumer: C;
}

/** Classes whose operand is read by the inline shifter or another unit of the first stage. */
const SHIFTS: ReadonlySet<TimingClass> = new Set<TimingClass>([
  "alu.shifted",
  "extend-add",
  "simd",
  "saturate",
]);
/** Predicted: nothing waits for the operands of a branch. */
const PREDICTED: ReadonlySet<TimingClass> = new Set<TimingClass>(["branch.register", "branch.compare"]);
const isMultiply = (timing: TimingClass) => timing.startsWith("multiply") || timing === "divide";

const bits = (registers: readonly number[] | undefined): number =>
  registers?.reduce((mask, n) => mask | (1 << n), 0) ?? 0;

/** SSAT, USAT and their halfword forms, with one operand; QADD and its like have two, which the late ALU adds. */
const saturatesOne = (timing: TimingClass, reads: number): boolean =>
  timing === "saturate" && (reads & (reads - 1)) === 0;

/** Core registers that the instruction reads, by the stage that needs them. */
export function coreNeeds({ timing, footprint, roles }: TimedInstruction): Need<Consumer>[] {
  const needs: Need<Consumer>[] = [];
  let rest = footprint.reads;
  const take = (registers: number, consumer: Consumer): void => {
    const mask = registers & rest;
    if (mask !== 0) needs.push({ registers: mask, consumer });
    rest &= ~mask;
  };
  if (PREDICTED.has(timing)) return needs;
  take(footprint.addressReads, "address");
  take(footprint.storeDataReads, "store");
  take(bits(roles.accumulators), "accumulate");
  if (isMultiply(timing)) take(rest, "multiply");
  if (timing === "reverse" || saturatesOne(timing, rest)) take(rest, "shift");
  if (SHIFTS.has(timing) && roles.shifted !== undefined) take(1 << roles.shifted, "shift");
  // BFI and BFC keep the rest of Rd, which the late ALU merges.
  if (timing === "bitfield")
    take((rest & ~footprint.writes) === 0 ? rest : rest & ~footprint.writes, "shift");
  take(rest, "late");
  return needs;
}

/** Where the core registers that the instruction writes come from; the base separately when it is written back. */
export function coreProducer({ timing, footprint }: TimedInstruction, executesEarly: boolean): Producer {
  const access = footprint.accesses[0];
  if (access !== undefined) return access.bytes < 4 ? "load.narrow" : "load";
  if (executesEarly || timing === "branch.link") return "early";
  if (isMultiply(timing)) return timing === "divide" ? "late" : "multiply";
  switch (timing) {
    case "reverse":
      return "reverse";
    case "saturate":
      return "saturate";
    case "simd":
    case "extend":
    case "extend-add":
    case "bitfield":
    case "clz":
      return "simd";
    case "fp.transfer":
    case "fp.transfer.double":
    case "fp.status":
      return "fp";
    default:
      return "late";
  }
}

/** The base register as a mask when the access writes it back. */
export function writtenBase({ accesses, writes }: TimedInstruction["footprint"]): number {
  const access = accesses[0];
  if (access?.base === undefined) return 0;
  const bit = 1 << access.base;
  if ((writes & bit) === 0) return 0;
  // A load into its own base writes one register only.
  return access.kind === "store" || writes !== bit ? bit : 0;
}

/** FP registers that the instruction reads. */
export function fpNeeds({ timing, footprint, roles }: TimedInstruction): Need<FpConsumer>[] {
  const { readsS } = footprint;
  if (readsS === 0) return [];
  if (timing.startsWith("fp.store")) return [{ registers: readsS, consumer: "store" }];
  if (timing.startsWith("fp.transfer")) return [{ registers: readsS, consumer: "core" }];
  if (timing === "fp.move") return [{ registers: readsS, consumer: "move" }];
  if (roles.fpAccumulator === undefined) return [{ registers: readsS, consumer: "operand" }];
  const double = timing.startsWith("fp64");
  const accumulator = (double ? 3 : 1) << roles.fpAccumulator;
  const consumer = timing === "fp.mac" || timing === "fp64.mac" ? "sum" : "addend";
  return [
    { registers: accumulator, consumer },
    { registers: readsS & ~accumulator, consumer: "operand" },
  ];
}

export function fpProducer({ timing, footprint }: TimedInstruction): FpProducer {
  if (footprint.accesses.length > 0) return "load";
  if (timing === "fp.fma" || timing === "fp64.fma") return "fma";
  if (timing === "fp.mac" || timing === "fp64.mac") return "mac";
  return timing === "fp.move" || timing.startsWith("fp.transfer") ? "move" : "arithmetic";
}
