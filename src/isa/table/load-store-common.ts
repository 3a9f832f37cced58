import type { Builder } from "../builder.ts";
import type { I32 } from "../ir.ts";
import { bit } from "../pseudocode.ts";
import { hexComment, r } from "../registers.ts";

/** What the rows of single loads and stores share. */

/** One size of access: `bytes` and whether the loaded value is sign extended. */
export interface Access {
  /** With the suffix of its size: `ldr`, `strb`, … */
  readonly mnemonic: string;
  readonly bytes: 1 | 2 | 4;
  readonly signed: boolean;
}

export interface ImmediateOperands {
  readonly Rt: number;
  readonly Rn: number;
  readonly imm32: number;
  readonly index: boolean;
  readonly add: boolean;
  readonly wback: boolean;
}

/** Operands of the encodings with a positive offset and no writeback. */
export const offset = (Rt: number, Rn: number, imm32: number): ImmediateOperands => ({
  Rt,
  Rn,
  imm32,
  index: true,
  add: true,
  wback: false,
});

/** Operands of the encodings with an 8-bit offset, signed, pre- or post-indexed. */
export function indexed(f: {
  readonly Rn: number;
  readonly Rt: number;
  readonly P: number;
  readonly U: number;
  readonly W: number;
  readonly imm8: number;
}): ImmediateOperands | null {
  // P U W = 1 1 0 is the unprivileged access; 0 x 0 is UNDEFINED.
  if (f.W === 0 && (f.P === 0 || f.U === 1)) return null;
  return { Rt: f.Rt, Rn: f.Rn, imm32: f.imm8, index: bit(f.P), add: bit(f.U), wback: bit(f.W) };
}

/** Offset as `#-4`; minus zero is plain zero. */
export const signedOffset = (add: boolean, imm32: number): string =>
  `#${add || imm32 === 0 ? "" : "-"}${imm32}`;

/** Address operand of the immediate forms. */
export function immediateAddress(
  { Rn, imm32, index, add, wback }: Omit<ImmediateOperands, "Rt">,
  { size }: { readonly size: 2 | 4 },
): string {
  const signed = signedOffset(add, imm32);
  if (!index) return `[${r(Rn)}], ${signed}`;
  if (size === 4 && imm32 === 0) return `[${r(Rn)}]${wback ? "!" : ""}`;
  if (wback) return `[${r(Rn)}, ${signed}]!`;
  return `[${r(Rn)}, ${signed}]${add ? hexComment(imm32) : ""}`;
}

/** Address operand of the literal forms, without the address that follows as a comment. */
export function literalAddress(add: boolean, imm32: number, { size }: { readonly size: 2 | 4 }): string {
  return size === 4 && imm32 === 0 ? "[pc]" : `[pc, ${signedOffset(add, imm32)}]`;
}

export interface RegisterOperands {
  readonly Rt: number;
  readonly Rn: number;
  readonly Rm: number;
  /** Left shift of Rm. */
  readonly shift_n: number;
}

/** Address operand of the register forms. */
export function registerAddress({ Rn, Rm, shift_n }: Omit<RegisterOperands, "Rt">): string {
  return `[${r(Rn)}, ${r(Rm)}${shift_n === 0 ? "" : `, lsl #${shift_n}`}]`;
}

/** Address and, for the writeback, `offset_addr` of the immediate forms. */
export function addresses(
  { Rn, imm32, index, add }: ImmediateOperands,
  x: Builder,
): { readonly address: I32; readonly offset_addr: I32 } {
  const base = x.let(x.R(Rn));
  const offset_addr = x.let(add ? x.add(base, imm32) : x.sub(base, imm32));
  return { address: index ? offset_addr : base, offset_addr };
}

/** Writes a loaded value; to R15 it is a branch with interworking (LoadWritePC). */
export function writeLoaded(x: Builder, Rt: number, data: I32): void {
  if (Rt === 15) x.jump("interwork", data);
  else x.setR(Rt, data);
}
