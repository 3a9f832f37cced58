import type { TimingClass } from "../isa/insn.ts";
import type { Refusal } from "./reason.ts";
import type { TimedInstruction } from "./timing.ts";

/** Execution resources that an instruction occupies, as bits. */
export const UNIT = {
  /** The inline shifter of the first stage. */
  shifter: 1,
  /** The ALU with SIMD and bit operations, only in the older slot. */
  simd: 2,
  mac: 4,
  load: 8,
  store: 16,
  /** FP arithmetic. */
  fp: 32,
  branch: 64,
  /** VMOV between FP registers and of constants. */
  fpMove: 128,
  /** Issues alone. */
  alone: 256,
  /** Cannot be the younger of a pair. */
  olderOnly: 512,
  /** FP multiply-accumulate of single precision. */
  fpMac: 1024,
  /** FP load, store or transfer of one word. */
  fpWord: 2048,
  /** MOV with shift: its own shifter, but not beside the inline one of a younger instruction. */
  shift: 4096,
} as const;

const { shifter, simd, mac, load, store, fp, branch, fpMove, alone, olderOnly, fpMac, fpWord } = UNIT;

/** Units of each class. @source jnk0le/random cortex_m7.md, LLVM ARMScheduleM7, GCC cortex-m7.md */
const UNITS = {
  alu: 0,
  "alu.add": 0,
  "alu.shifted": shifter,
  move: 0,
  shift: UNIT.shift,
  simd: simd | olderOnly,
  extend: simd | olderOnly,
  "extend-add": simd | shifter | olderOnly,
  bitfield: simd | shifter | olderOnly,
  reverse: simd | shifter | olderOnly,
  clz: simd | olderOnly,
  saturate: simd | olderOnly,
  multiply: mac,
  "multiply-accumulate": mac,
  "multiply-long": mac,
  "multiply-accumulate-long": mac,
  divide: alone,
  load,
  "load.double": alone,
  "load.multiple": alone,
  "load.exclusive": load | olderOnly,
  store,
  "store.double": alone,
  "store.multiple": alone,
  "store.exclusive": alone,
  branch,
  "branch.link": branch,
  "branch.register": branch,
  "branch.compare": branch,
  "branch.table": alone,
  it: 0,
  nop: 0,
  barrier: alone,
  "barrier.instruction": alone,
  system: alone,
  wait: alone,
  exception: alone,
  "fp.move": fpMove,
  "fp.transfer": fpWord,
  "fp.transfer.double": alone,
  "fp.status": alone,
  "fp.load": load | fpWord,
  "fp.load.double": alone,
  "fp.load.multiple": alone,
  "fp.store": store | fpWord,
  "fp.store.double": alone,
  "fp.store.multiple": alone,
  "fp.add": fp,
  "fp.compare": fp,
  "fp.convert": fp,
  "fp.multiply": fp,
  "fp.mac": fp | fpMac,
  "fp.fma": fp | fpMac,
  "fp.divide": fp,
  "fp.sqrt": fp,
  "fp64.add": fp | olderOnly,
  "fp64.compare": fp | olderOnly,
  "fp64.convert": fp | olderOnly,
  "fp64.multiply": fp | olderOnly,
  "fp64.mac": fp | olderOnly,
  "fp64.fma": fp | olderOnly,
  "fp64.divide": fp | olderOnly,
  "fp64.sqrt": fp | olderOnly,
} as const satisfies Record<TimingClass, number>;

export function unitsOf({ timing, roles, footprint }: TimedInstruction): number {
  let units: number = UNITS[timing];
  // PKH and SSAT with a shift read an operand in the first stage as inline shifts do.
  if ((timing === "simd" || timing === "saturate") && roles.shifted !== undefined) units |= shifter;
  if (footprint.jump !== undefined) units |= branch;
  if (footprint.accesses.length > 0 && timing === "nop") units |= load;
  return units;
}

/** Units of which there is one, so that two users never pair. */
const SINGLE = [
  [mac, "mac"],
  [simd, "simd"],
  [shifter, "shifter"],
  [store, "store"],
  [fp, "fp"],
  [branch, "branch"],
  [fpMove, "fp-move"],
] as const satisfies readonly (readonly [number, Refusal])[];

const SINGLES = SINGLE.reduce((mask, [unit]) => mask | unit, 0);

/** What keeps two instructions from issuing together as far as units go; undefined when nothing does. */
export function conflict(older: number, younger: number): Refusal | undefined {
  const either = older | younger;
  if ((either & alone) !== 0) return "alone";
  if ((younger & olderOnly) !== 0) return "older-only";
  const both = older & younger;
  if ((both & SINGLES) !== 0) return SINGLE.find(([unit]) => (both & unit) !== 0)?.[1];
  if ((either & mac) !== 0 && (either & store) !== 0) return "mac-store";
  return (older & UNIT.shift) === 0 || (younger & shifter) === 0 ? undefined : "shift";
}
