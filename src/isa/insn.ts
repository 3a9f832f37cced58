import { pattern, type FieldsOf, type Pattern } from "./pattern.ts";
import type { Builder } from "./builder.ts";

/** Architecture extension that an instruction needs; a core has a set of them. */
export type Feature = "v7-M" | "DSP" | "FPv4-SP" | "FPv5-SP" | "FPv4-DP" | "FPv5-DP";

/**
 * What a core's timing table is asked for. Anything finer (number of registers, addressing, targets) follows from the
 * footprint, so that it cannot disagree with the semantics.
 */
export type TimingClass =
  | "alu" // data processing, plain register or immediate operand
  | "alu.add" // ADD and SUB likewise: a core with two ALU stages may execute them in the first
  | "alu.shifted" // operand goes through the inline shifter (shifted register, rotated immediate)
  | "move" // MOV, MVN, MOVW, MOVT, ADR
  | "shift" // LSL, LSR, ASR, ROR, RRX
  | "simd" // parallel add/sub, SEL, USAD8's siblings without multiply, PKH
  | "extend" // SXTB, UXTH, …
  | "extend-add" // SXTAB, …
  | "bitfield" // BFI, BFC, SBFX, UBFX
  | "reverse" // REV, REV16, REVSH, RBIT
  | "clz"
  | "saturate" // SSAT, USAT, QADD, saturating parallel
  | "multiply" // 32-bit result, no accumulator
  | "multiply-accumulate" // 32-bit result with accumulator
  | "multiply-long"
  | "multiply-accumulate-long"
  | "divide"
  | "load"
  | "load.double" // LDRD
  | "load.multiple" // LDM, POP
  | "load.exclusive"
  | "store"
  | "store.double"
  | "store.multiple"
  | "store.exclusive"
  | "branch" // B
  | "branch.link" // BL
  | "branch.register" // BX, BLX
  | "branch.compare" // CBZ, CBNZ
  | "branch.table" // TBB, TBH
  | "it"
  | "nop" // NOP, hints, PLD
  | "barrier" // DSB, DMB
  | "barrier.instruction" // ISB
  | "system" // MRS, MSR, CPS, CLREX
  | "wait" // WFI, WFE
  | "exception" // SVC, BKPT, UDF
  | "fp.move" // VMOV register, immediate; VSEL
  | "fp.transfer" // one word between core and FP
  | "fp.transfer.double"
  | "fp.status" // VMRS, VMSR
  | "fp.load"
  | "fp.load.double"
  | "fp.load.multiple"
  | "fp.store"
  | "fp.store.double"
  | "fp.store.multiple"
  | "fp.add" // VADD, VSUB, VABS, VNEG, VMAXNM, …
  | "fp.compare"
  | "fp.convert" // VCVT, VRINT
  | "fp.multiply"
  | "fp.mac" // VMLA: two roundings
  | "fp.fma"
  | "fp.divide"
  | "fp.sqrt"
  | "fp64.add"
  | "fp64.compare"
  | "fp64.convert"
  | "fp64.multiply"
  | "fp64.mac"
  | "fp64.fma"
  | "fp64.divide"
  | "fp64.sqrt";

export interface DecodeContext {
  readonly inITBlock: boolean;
}

/** Raw fields of an encoding, unsigned. */
export type Raw<P extends string> = { readonly [K in FieldsOf<P>]: number };

export interface Encoding<O> {
  readonly pattern: Pattern;
  /** Decode-time pseudocode: raw fields to operands; null when these fields are UNDEFINED or belong to another row. */
  readonly operands: (raw: Readonly<Record<string, number>>, context: DecodeContext) => O | null;
}

export interface AsmContext {
  /** Condition suffix inside an IT block, else empty. */
  readonly c: string;
  /** Address of the instruction, unsigned. */
  readonly pc: number;
  readonly size: 2 | 4;
  /** Name of the encoding, `T1`, … */
  readonly encoding: string;
  /** An address as the listing shows it: `0x8000124`, or `8000124 <main+0x4>` where symbols are known. */
  readonly target: (address: number) => string;
}

/** Roles that operands play beside being read: decide where in the pipeline they are needed. */
export interface OperandRoles {
  /** Register that goes through the inline shifter or extender. */
  readonly shifted?: number;
  /** Core registers added to a product. */
  readonly accumulators?: readonly number[];
  /** FP accumulator, as the number of an S register. */
  readonly fpAccumulator?: number;
}

/** One instruction of the architecture: its encodings, timing class, text and semantics, each once. */
export interface Insn<O> {
  /** As headed in the Armv7-M ARM, e.g. `LDR (immediate)`. */
  readonly name: string;
  readonly feature: Feature;
  readonly encodings: Readonly<Record<string, Encoding<O>>>;
  readonly timing: TimingClass | ((o: O) => TimingClass);
  readonly roles?: (o: O) => OperandRoles;
  /** Executes whatever the condition of its IT block (BKPT, VSEL, …). */
  readonly unconditional?: boolean;
  /** Text in the syntax of objdump: mnemonic, tab, operands. */
  readonly asm: (o: O, context: AsmContext) => string;
  readonly sem: (o: O, x: Builder) => void;
}

/** A row whose operand type is known only to itself. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- existential type: each row is consistent in itself
export type AnyInsn = Insn<any>;

/** One encoding: bit pattern and decode-time pseudocode. */
export function enc<const P extends string, O>(
  text: P,
  operands: (raw: Raw<P>, context: DecodeContext) => O | null,
): Encoding<O> {
  return { pattern: pattern(text), operands: operands as Encoding<O>["operands"] };
}

export const insn = <O>(spec: Insn<O>): Insn<O> => spec;
