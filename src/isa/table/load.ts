import { enc, insn, type Encoding } from "../insn.ts";
import { bit } from "../pseudocode.ts";
import { r } from "../registers.ts";
import { literalBase } from "./common.ts";
import {
  type Access,
  addresses,
  immediateAddress,
  type ImmediateOperands,
  indexed,
  literalAddress,
  offset,
  registerAddress,
  type RegisterOperands,
  writeLoaded,
} from "./load-store-common.ts";

const WORD: Access = { mnemonic: "ldr", bytes: 4, signed: false };
const BYTE: Access = { mnemonic: "ldrb", bytes: 1, signed: false };
const HALFWORD: Access = { mnemonic: "ldrh", bytes: 2, signed: false };
const SIGNED_BYTE: Access = { mnemonic: "ldrsb", bytes: 1, signed: true };
const SIGNED_HALFWORD: Access = { mnemonic: "ldrsh", bytes: 2, signed: true };

const loadImmediate = (
  name: string,
  access: Access,
  encodings: Readonly<Record<string, Encoding<ImmediateOperands>>>,
) =>
  insn<ImmediateOperands>({
    name,
    feature: "v7-M",
    encodings,
    timing: "load",
    asm: (o, { c, size }) =>
      `${access.mnemonic}${c}${size === 4 ? ".w" : ""}\t${r(o.Rt)}, ${immediateAddress(o, { size })}`,
    sem: (o, x) => {
      const { address, offset_addr } = addresses(o, x);
      const data = x.load(access.bytes, address, { signed: access.signed, aligned: o.Rt === 15 });
      // The loaded value wins where the base is also the destination.
      if (o.wback) x.setR(o.Rn, offset_addr);
      writeLoaded(x, o.Rt, data);
    },
  });

/** @source Armv7-M ARM, "LDR (immediate)" */
export const LDR_immediate = loadImmediate("LDR (immediate)", WORD, {
  T1: enc("01101 imm5:5 Rn:3 Rt:3", (f) => offset(f.Rt, f.Rn, f.imm5 << 2)),
  T2: enc("10011 Rt:3 imm8:8", (f) => offset(f.Rt, 13, f.imm8 << 2)),
  T3: enc("111110001101 Rn:4!1111 Rt:4 imm12:12", (f) => offset(f.Rt, f.Rn, f.imm12)),
  T4: enc("111110000101 Rn:4!1111 Rt:4 1 P:1 U:1 W:1 imm8:8", indexed),
});

/** @source Armv7-M ARM, "LDRB (immediate)" */
export const LDRB_immediate = loadImmediate("LDRB (immediate)", BYTE, {
  T1: enc("01111 imm5:5 Rn:3 Rt:3", (f) => offset(f.Rt, f.Rn, f.imm5)),
  T2: enc("111110001001 Rn:4!1111 Rt:4!1111 imm12:12", (f) => offset(f.Rt, f.Rn, f.imm12)),
  T3: enc("111110000001 Rn:4!1111 Rt:4 1 P:1 U:1 W:1 imm8:8", (f) => indexedUnlessHint(f)),
});

/** @source Armv7-M ARM, "LDRH (immediate)" */
export const LDRH_immediate = loadImmediate("LDRH (immediate)", HALFWORD, {
  T1: enc("10001 imm5:5 Rn:3 Rt:3", (f) => offset(f.Rt, f.Rn, f.imm5 << 1)),
  T2: enc("111110001011 Rn:4!1111 Rt:4!1111 imm12:12", (f) => offset(f.Rt, f.Rn, f.imm12)),
  T3: enc("111110000011 Rn:4!1111 Rt:4 1 P:1 U:1 W:1 imm8:8", (f) => indexedUnlessHint(f)),
});

/** @source Armv7-M ARM, "LDRSB (immediate)" */
export const LDRSB_immediate = loadImmediate("LDRSB (immediate)", SIGNED_BYTE, {
  T1: enc("111110011001 Rn:4!1111 Rt:4!1111 imm12:12", (f) => offset(f.Rt, f.Rn, f.imm12)),
  T2: enc("111110010001 Rn:4!1111 Rt:4 1 P:1 U:1 W:1 imm8:8", (f) => indexedUnlessHint(f)),
});

/** @source Armv7-M ARM, "LDRSH (immediate)" */
export const LDRSH_immediate = loadImmediate("LDRSH (immediate)", SIGNED_HALFWORD, {
  T1: enc("111110011011 Rn:4!1111 Rt:4!1111 imm12:12", (f) => offset(f.Rt, f.Rn, f.imm12)),
  T2: enc("111110010011 Rn:4!1111 Rt:4 1 P:1 U:1 W:1 imm8:8", (f) => indexedUnlessHint(f)),
});

/** A negative offset without writeback and Rt = 15 is a memory hint. */
function indexedUnlessHint(f: Parameters<typeof indexed>[0]): ImmediateOperands | null {
  return f.Rt === 15 && f.W === 0 ? null : indexed(f);
}

interface LiteralOperands {
  readonly Rt: number;
  readonly imm32: number;
  readonly add: boolean;
}
const literal = (f: {
  readonly U: number;
  readonly Rt: number;
  readonly imm12: number;
}): LiteralOperands => ({
  Rt: f.Rt,
  imm32: f.imm12,
  add: bit(f.U),
});

const loadLiteral = (
  name: string,
  access: Access,
  encodings: Readonly<Record<string, Encoding<LiteralOperands>>>,
) =>
  insn<LiteralOperands>({
    name,
    feature: "v7-M",
    encodings,
    timing: "load",
    asm: ({ Rt, imm32, add }, { c, pc, size, target }) => {
      const address = target((literalBase(pc) + (add ? imm32 : -imm32)) >>> 0);
      const text = `${access.mnemonic}${c}${size === 4 ? ".w" : ""}\t${r(Rt)}, ${literalAddress(add, imm32, { size })}`;
      return size === 4 ? `${text}\t@ ${address}` : `${text}\t@ (${address})`;
    },
    sem: ({ Rt, imm32, add }, x) => {
      const address = literalBase(x.pc) + (add ? imm32 : -imm32);
      writeLoaded(x, Rt, x.load(access.bytes, address, { signed: access.signed, aligned: Rt === 15 }));
    },
  });

/** @source Armv7-M ARM, "LDR (literal)" */
export const LDR_literal = loadLiteral("LDR (literal)", WORD, {
  T1: enc("01001 Rt:3 imm8:8", (f) => ({ Rt: f.Rt, imm32: f.imm8 << 2, add: true })),
  T2: enc("11111000 U:1 1011111 Rt:4 imm12:12", literal),
});

/** @source Armv7-M ARM, "LDRB (literal)" */
export const LDRB_literal = loadLiteral("LDRB (literal)", BYTE, {
  T1: enc("11111000 U:1 0011111 Rt:4!1111 imm12:12", literal),
});

/** @source Armv7-M ARM, "LDRH (literal)" */
export const LDRH_literal = loadLiteral("LDRH (literal)", HALFWORD, {
  T1: enc("11111000 U:1 0111111 Rt:4!1111 imm12:12", literal),
});

/** @source Armv7-M ARM, "LDRSB (literal)" */
export const LDRSB_literal = loadLiteral("LDRSB (literal)", SIGNED_BYTE, {
  T1: enc("11111001 U:1 0011111 Rt:4!1111 imm12:12", literal),
});

/** @source Armv7-M ARM, "LDRSH (literal)" */
export const LDRSH_literal = loadLiteral("LDRSH (literal)", SIGNED_HALFWORD, {
  T1: enc("11111001 U:1 0111111 Rt:4!1111 imm12:12", literal),
});

const narrowRegister = (f: {
  readonly Rm: number;
  readonly Rn: number;
  readonly Rt: number;
}): RegisterOperands => ({ ...f, shift_n: 0 });
const wideRegister = (f: {
  readonly Rn: number;
  readonly Rt: number;
  readonly imm2: number;
  readonly Rm: number;
}): RegisterOperands => ({ Rt: f.Rt, Rn: f.Rn, Rm: f.Rm, shift_n: f.imm2 });

const loadRegister = (
  name: string,
  access: Access,
  encodings: Readonly<Record<string, Encoding<RegisterOperands>>>,
) =>
  insn<RegisterOperands>({
    name,
    feature: "v7-M",
    encodings,
    timing: "load",
    asm: (o, { c, size }) =>
      `${access.mnemonic}${c}${size === 4 ? ".w" : ""}\t${r(o.Rt)}, ${registerAddress(o)}`,
    sem: ({ Rt, Rn, Rm, shift_n }, x) => {
      const address = x.add(x.R(Rn), x.shl(x.R(Rm), shift_n));
      writeLoaded(x, Rt, x.load(access.bytes, address, { signed: access.signed, aligned: Rt === 15 }));
    },
  });

/** @source Armv7-M ARM, "LDR (register)" */
export const LDR_register = loadRegister("LDR (register)", WORD, {
  T1: enc("0101100 Rm:3 Rn:3 Rt:3", narrowRegister),
  T2: enc("111110000101 Rn:4!1111 Rt:4 000000 imm2:2 Rm:4", wideRegister),
});

/** @source Armv7-M ARM, "LDRB (register)" */
export const LDRB_register = loadRegister("LDRB (register)", BYTE, {
  T1: enc("0101110 Rm:3 Rn:3 Rt:3", narrowRegister),
  T2: enc("111110000001 Rn:4!1111 Rt:4!1111 000000 imm2:2 Rm:4", wideRegister),
});

/** @source Armv7-M ARM, "LDRH (register)" */
export const LDRH_register = loadRegister("LDRH (register)", HALFWORD, {
  T1: enc("0101101 Rm:3 Rn:3 Rt:3", narrowRegister),
  T2: enc("111110000011 Rn:4!1111 Rt:4!1111 000000 imm2:2 Rm:4", wideRegister),
});

/** @source Armv7-M ARM, "LDRSB (register)" */
export const LDRSB_register = loadRegister("LDRSB (register)", SIGNED_BYTE, {
  T1: enc("0101011 Rm:3 Rn:3 Rt:3", narrowRegister),
  T2: enc("111110010001 Rn:4!1111 Rt:4!1111 000000 imm2:2 Rm:4", wideRegister),
});

/** @source Armv7-M ARM, "LDRSH (register)" */
export const LDRSH_register = loadRegister("LDRSH (register)", SIGNED_HALFWORD, {
  T1: enc("0101111 Rm:3 Rn:3 Rt:3", narrowRegister),
  T2: enc("111110010011 Rn:4!1111 Rt:4!1111 000000 imm2:2 Rm:4", wideRegister),
});
