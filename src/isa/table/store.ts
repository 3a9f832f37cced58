import { enc, insn, type Encoding } from "../insn.ts";
import { r } from "../registers.ts";
import {
  type Access,
  addresses,
  immediateAddress,
  type ImmediateOperands,
  indexed,
  offset,
  registerAddress,
  type RegisterOperands,
} from "./load-store-common.ts";

const WORD: Access = { mnemonic: "str", bytes: 4, signed: false };
const BYTE: Access = { mnemonic: "strb", bytes: 1, signed: false };
const HALFWORD: Access = { mnemonic: "strh", bytes: 2, signed: false };

const storeImmediate = (
  name: string,
  access: Access,
  encodings: Readonly<Record<string, Encoding<ImmediateOperands>>>,
) =>
  insn<ImmediateOperands>({
    name,
    feature: "v7-M",
    encodings,
    timing: "store",
    asm: (o, { c, size }) =>
      `${access.mnemonic}${c}${size === 4 ? ".w" : ""}\t${r(o.Rt)}, ${immediateAddress(o, { size })}`,
    sem: (o, x) => {
      const { address, offset_addr } = addresses(o, x);
      x.store(access.bytes, address, x.R(o.Rt));
      if (o.wback) x.setR(o.Rn, offset_addr);
    },
  });

/** @source Armv7-M ARM, "STR (immediate)" */
export const STR_immediate = storeImmediate("STR (immediate)", WORD, {
  T1: enc("01100 imm5:5 Rn:3 Rt:3", (f) => offset(f.Rt, f.Rn, f.imm5 << 2)),
  T2: enc("10010 Rt:3 imm8:8", (f) => offset(f.Rt, 13, f.imm8 << 2)),
  T3: enc("111110001100 Rn:4!1111 Rt:4 imm12:12", (f) => offset(f.Rt, f.Rn, f.imm12)),
  T4: enc("111110000100 Rn:4!1111 Rt:4 1 P:1 U:1 W:1 imm8:8", indexed),
});

/** @source Armv7-M ARM, "STRB (immediate)" */
export const STRB_immediate = storeImmediate("STRB (immediate)", BYTE, {
  T1: enc("01110 imm5:5 Rn:3 Rt:3", (f) => offset(f.Rt, f.Rn, f.imm5)),
  T2: enc("111110001000 Rn:4!1111 Rt:4 imm12:12", (f) => offset(f.Rt, f.Rn, f.imm12)),
  T3: enc("111110000000 Rn:4!1111 Rt:4 1 P:1 U:1 W:1 imm8:8", indexed),
});

/** @source Armv7-M ARM, "STRH (immediate)" */
export const STRH_immediate = storeImmediate("STRH (immediate)", HALFWORD, {
  T1: enc("10000 imm5:5 Rn:3 Rt:3", (f) => offset(f.Rt, f.Rn, f.imm5 << 1)),
  T2: enc("111110001010 Rn:4!1111 Rt:4 imm12:12", (f) => offset(f.Rt, f.Rn, f.imm12)),
  T3: enc("111110000010 Rn:4!1111 Rt:4 1 P:1 U:1 W:1 imm8:8", indexed),
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

const storeRegister = (
  name: string,
  access: Access,
  encodings: Readonly<Record<string, Encoding<RegisterOperands>>>,
) =>
  insn<RegisterOperands>({
    name,
    feature: "v7-M",
    encodings,
    timing: "store",
    asm: (o, { c, size }) =>
      `${access.mnemonic}${c}${size === 4 ? ".w" : ""}\t${r(o.Rt)}, ${registerAddress(o)}`,
    sem: ({ Rt, Rn, Rm, shift_n }, x) =>
      x.store(access.bytes, x.add(x.R(Rn), x.shl(x.R(Rm), shift_n)), x.R(Rt)),
  });

/** @source Armv7-M ARM, "STR (register)" */
export const STR_register = storeRegister("STR (register)", WORD, {
  T1: enc("0101000 Rm:3 Rn:3 Rt:3", narrowRegister),
  T2: enc("111110000100 Rn:4!1111 Rt:4 000000 imm2:2 Rm:4", wideRegister),
});

/** @source Armv7-M ARM, "STRB (register)" */
export const STRB_register = storeRegister("STRB (register)", BYTE, {
  T1: enc("0101010 Rm:3 Rn:3 Rt:3", narrowRegister),
  T2: enc("111110000000 Rn:4!1111 Rt:4 000000 imm2:2 Rm:4", wideRegister),
});

/** @source Armv7-M ARM, "STRH (register)" */
export const STRH_register = storeRegister("STRH (register)", HALFWORD, {
  T1: enc("0101001 Rm:3 Rn:3 Rt:3", narrowRegister),
  T2: enc("111110000010 Rn:4!1111 Rt:4 000000 imm2:2 Rm:4", wideRegister),
});
