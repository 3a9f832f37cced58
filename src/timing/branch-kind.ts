import type { BranchKind, TimedInstruction } from "./timing.ts";

/** What a branch predictor makes of an instruction that may jump; undefined for one that never does. */
export function branchKind({ footprint, timing, predicated }: TimedInstruction): BranchKind | undefined {
  const { jump, accesses, addressReads } = footprint;
  if (jump === undefined) return undefined;
  if (jump.kind === "direct") {
    if (jump.conditional || predicated) return "conditional";
    return jump.link ? "call" : "direct";
  }
  if (jump.link) return "indirect-call";
  const SP = 1 << 13;
  const LR = 1 << 14;
  // BX LR, and POP or LDR of the PC from the stack.
  const returns =
    (timing === "branch.register" && footprint.reads === LR) || (accesses.length > 0 && addressReads === SP);
  return returns ? "return" : "indirect";
}
