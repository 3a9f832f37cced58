import type { Builder, Value } from "../builder.ts";
import type { I32 } from "../ir.ts";
import { DecodeImmShift, type ImmediateShift, setNZCV, type Sum, ThumbExpandImm_C } from "../pseudocode.ts";

/** What several groups of rows share. */

/**
 * Writes a result to a core register; to R15 it is a branch without interworking (ALUWritePC). Where the Arm ARM calls
 * R15 as destination UNPREDICTABLE, it is this branch too. Must be an instruction's last statement when `n` may be 15.
 */
export function writeR(x: Builder, n: number, value: Value): void {
  if (n === 15) x.jump("simple", value);
  else x.setR(n, value);
}

/** Writes a pair of results, the one that goes to R15 last. */
export function writePair(x: Builder, first: [number, Value], second: [number, Value]): void {
  const ordered = first[0] === 15 ? [second, first] : [first, second];
  for (const [n, value] of ordered) writeR(x, n, value);
}

export interface Destination {
  readonly Rd: number;
  readonly setflags: boolean;
}

/** Result and flags of an arithmetic instruction; the flags stay when the result goes to R15. */
export function writeSum(x: Builder, { Rd, setflags }: Destination, sum: Sum): void {
  writeR(x, Rd, sum.result);
  if (setflags && Rd !== 15) setNZCV(x, sum);
}

/** Result and flags of a logical instruction or shift; an undefined `carry` leaves the carry flag. */
export function writeLogical(
  x: Builder,
  { Rd, setflags }: Destination,
  result: Value,
  carry: Value | undefined,
): void {
  const kept = x.let(result);
  // The carry may be an expression over Rd.
  const keptCarry = setflags && carry !== undefined ? x.let(carry) : undefined;
  writeR(x, Rd, kept);
  if (setflags && Rd !== 15) setNZC(x, kept, keptCarry);
}

/** Flags of a logical instruction. */
export function setNZC(x: Builder, result: I32, carry: Value | undefined): void {
  x.setNZ(result);
  if (carry !== undefined) x.setFlag("C", carry);
}

/** Modified immediate from its three fields. */
export function modifiedImmediate(f: { readonly i: number; readonly imm3: number; readonly imm8: number }) {
  return ThumbExpandImm_C((f.i << 11) | (f.imm3 << 8) | f.imm8);
}

/** Plain 12-bit immediate from its three fields. */
export function imm12(f: { readonly i: number; readonly imm3: number; readonly imm8: number }): number {
  return (f.i << 11) | (f.imm3 << 8) | f.imm8;
}

/** Shift of a register operand from its fields. */
export function immediateShift(f: {
  readonly imm3: number;
  readonly imm2: number;
  readonly type: number;
}): ImmediateShift {
  return DecodeImmShift(f.type, (f.imm3 << 2) | f.imm2);
}

/** Align(PC, 4), the base of literals; `pc` is the address of the instruction. */
export function literalBase(pc: number): number {
  return ((pc + 4) & ~3) >>> 0;
}

/** Base register of a load or store: R15 is Align(PC, 4). */
export function baseR(x: Builder, n: number): I32 {
  return n === 15 ? x.const(literalBase(x.pc)) : x.let(x.R(n));
}
