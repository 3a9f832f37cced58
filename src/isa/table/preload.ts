import { enc, insn, type Encoding } from "../insn.ts";
import { bit } from "../pseudocode.ts";
import { literalBase } from "./common.ts";
import { immediateAddress, literalAddress, registerAddress } from "./load-store-common.ts";

/** Memory hints, which do nothing here: PLD, PLI and the two that are not allocated. */

interface ImmediateOperands {
  readonly Rn: number;
  readonly imm32: number;
  readonly add: boolean;
}
const positive = (f: { readonly Rn: number; readonly imm12: number }): ImmediateOperands => ({
  Rn: f.Rn,
  imm32: f.imm12,
  add: true,
});
const negative = (f: { readonly Rn: number; readonly imm8: number }): ImmediateOperands => ({
  Rn: f.Rn,
  imm32: f.imm8,
  add: false,
});

const immediate = (
  name: string,
  mnemonic: string,
  T1: Encoding<ImmediateOperands>,
  T2: Encoding<ImmediateOperands>,
) =>
  insn<ImmediateOperands>({
    name,
    feature: "v7-M",
    encodings: { T1, T2 },
    timing: "nop",
    asm: (o, { c, size }) =>
      `${mnemonic}${c}\t${immediateAddress({ ...o, index: true, wback: false }, { size })}`,
    sem: () => undefined,
  });

interface LiteralOperands {
  readonly imm32: number;
  readonly add: boolean;
}
const literalOperands = (f: { readonly U: number; readonly imm12: number }): LiteralOperands => ({
  imm32: f.imm12,
  add: bit(f.U),
});

const literal = (name: string, mnemonic: string, T1: Encoding<LiteralOperands>) =>
  insn<LiteralOperands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing: "nop",
    asm: ({ imm32, add }, { c, pc, size, target }) => {
      const address = target((literalBase(pc) + (add ? imm32 : -imm32)) >>> 0);
      return `${mnemonic}${c}\t${literalAddress(add, imm32, { size })}\t@ ${address}`;
    },
    sem: () => undefined,
  });

interface RegisterOperands {
  readonly Rn: number;
  readonly Rm: number;
  readonly shift_n: number;
}
const registerOperands = (f: {
  readonly Rn: number;
  readonly imm2: number;
  readonly Rm: number;
}): RegisterOperands => ({ Rn: f.Rn, Rm: f.Rm, shift_n: f.imm2 });

const register = (name: string, mnemonic: string, T1: Encoding<RegisterOperands>) =>
  insn<RegisterOperands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing: "nop",
    asm: (o, { c }) => `${mnemonic}${c}\t${registerAddress(o)}`,
    sem: () => undefined,
  });

/** @source Armv7-M ARM, "PLD (immediate)" */
export const PLD_immediate = immediate(
  "PLD (immediate)",
  "pld",
  enc("111110001001 Rn:4!1111 1111 imm12:12", positive),
  enc("111110000001 Rn:4!1111 1111 1100 imm8:8", negative),
);

/** @source Armv7-M ARM, "PLD (literal)" */
export const PLD_literal = literal(
  "PLD (literal)",
  "pld",
  enc("11111000 U:1 00111111111 imm12:12", literalOperands),
);

/** @source Armv7-M ARM, "PLD (register)" */
export const PLD_register = register(
  "PLD (register)",
  "pld",
  enc("111110000001 Rn:4!1111 1111 000000 imm2:2 Rm:4", registerOperands),
);

/** @source Armv7-M ARM, "PLI (immediate, literal)" */
export const PLI_immediate = immediate(
  "PLI (immediate)",
  "pli",
  enc("111110011001 Rn:4!1111 1111 imm12:12", positive),
  enc("111110010001 Rn:4!1111 1111 1100 imm8:8", negative),
);

/** @source Armv7-M ARM, "PLI (immediate, literal)" */
export const PLI_literal = literal(
  "PLI (literal)",
  "pli",
  enc("11111001 U:1 00111111111 imm12:12", literalOperands),
);

/** @source Armv7-M ARM, "PLI (register)" */
export const PLI_register = register(
  "PLI (register)",
  "pli",
  enc("111110010001 Rn:4!1111 1111 000000 imm2:2 Rm:4", registerOperands),
);

/** PLDW of other profiles. @source Armv7-M ARM, "Load halfword, memory hints" */
export const hint_halfword_immediate = immediate(
  "Unallocated memory hint (halfword, immediate)",
  "pldw",
  enc("111110001011 Rn:4!1111 1111 imm12:12", positive),
  enc("111110000011 Rn:4!1111 1111 1100 imm8:8", negative),
);

/** @source Armv7-M ARM, "Load halfword, memory hints" */
export const hint_halfword_literal = literal(
  "Unallocated memory hint (halfword, literal)",
  "pldw",
  enc("11111000 U:1 01111111111 imm12:12", literalOperands),
);

/** @source Armv7-M ARM, "Load halfword, memory hints" */
export const hint_halfword_register = register(
  "Unallocated memory hint (halfword, register)",
  "pldw",
  enc("111110000011 Rn:4!1111 1111 000000 imm2:2 Rm:4", registerOperands),
);

/** @source Armv7-M ARM, "Load halfword, memory hints" */
export const hint_signed_halfword_immediate = immediate(
  "Unallocated memory hint (signed halfword, immediate)",
  "nop",
  enc("111110011011 Rn:4!1111 1111 imm12:12", positive),
  enc("111110010011 Rn:4!1111 1111 1100 imm8:8", negative),
);

/** @source Armv7-M ARM, "Load halfword, memory hints" */
export const hint_signed_halfword_literal = literal(
  "Unallocated memory hint (signed halfword, literal)",
  "nop",
  enc("11111001 U:1 01111111111 imm12:12", literalOperands),
);

/** @source Armv7-M ARM, "Load halfword, memory hints" */
export const hint_signed_halfword_register = register(
  "Unallocated memory hint (signed halfword, register)",
  "nop",
  enc("111110010011 Rn:4!1111 1111 000000 imm2:2 Rm:4", registerOperands),
);
