import type { Builder } from "../builder.ts";
import { enc, insn, type Encoding } from "../insn.ts";
import type { I32 } from "../ir.ts";
import { bit, DecodeImmShift, Shift } from "../pseudocode.ts";
import { r, shiftSuffix } from "../registers.ts";
import { writeR } from "./common.ts";

interface ExtendOperands {
  readonly Rd: number;
  readonly Rm: number;
  /** Right rotation before the extension: 0, 8, 16 or 24. */
  readonly rotation: number;
}
interface ExtendAddOperands extends ExtendOperands {
  readonly Rn: number;
}
type Extension = (x: Builder, rotated: I32) => I32;

const narrow = (f: { readonly Rm: number; readonly Rd: number }): ExtendOperands => ({ ...f, rotation: 0 });
const wide = (f: { readonly Rd: number; readonly rotate: number; readonly Rm: number }): ExtendOperands => ({
  Rd: f.Rd,
  Rm: f.Rm,
  rotation: f.rotate << 3,
});
const wideAdd = (f: {
  readonly Rn: number;
  readonly Rd: number;
  readonly rotate: number;
  readonly Rm: number;
}): ExtendAddOperands => ({ ...wide(f), Rn: f.Rn });

const rotation = ({ rotation: amount }: ExtendOperands): string => (amount === 0 ? "" : `, ror #${amount}`);
const extended = (x: Builder, { Rm, rotation: amount }: ExtendOperands, extension: Extension): I32 =>
  extension(x, x.ror(x.R(Rm), amount));
const roles = ({ Rm }: ExtendOperands) => ({ shifted: Rm });

/** SXTB and its kin. */
const extend = (
  name: string,
  text: readonly [feature: "v7-M" | "DSP", wide: "" | ".w"],
  encodings: Readonly<Record<string, Encoding<ExtendOperands>>>,
  extension: Extension,
) =>
  insn<ExtendOperands>({
    name,
    feature: text[0],
    encodings,
    timing: "extend",
    roles,
    asm: (o, { c, size }) =>
      `${name.toLowerCase()}${c}${size === 4 ? text[1] : ""}\t${r(o.Rd)}, ${r(o.Rm)}${rotation(o)}`,
    sem: (o, x) => writeR(x, o.Rd, extended(x, o, extension)),
  });

/** SXTAB and its kin. */
const extendAdd = (
  name: string,
  T1: Encoding<ExtendAddOperands>,
  extension: Extension,
  add: (x: Builder, n: I32, extended: I32) => I32 = (x, n, value) => x.add(n, value),
) =>
  insn<ExtendAddOperands>({
    name,
    feature: "DSP",
    encodings: { T1 },
    timing: "extend-add",
    roles,
    asm: (o, { c }) => `${name.toLowerCase()}${c}\t${r(o.Rd)}, ${r(o.Rn)}, ${r(o.Rm)}${rotation(o)}`,
    sem: (o, x) => writeR(x, o.Rd, add(x, x.R(o.Rn), extended(x, o, extension))),
  });

const sxtb16: Extension = (x, rotated) => {
  const value = x.let(rotated);
  const top = x.and(x.sar(x.shl(value, 8), 8), 0xffff_0000);
  return x.or(top, x.uxth(x.sxtb(value)));
};
const uxtb16: Extension = (x, rotated) => x.and(rotated, 0x00ff_00ff);

/** Adds halfword by halfword. */
const addHalfwords = (x: Builder, n: I32, value: I32): I32 => {
  const addend = x.let(value);
  const low = x.uxth(x.add(n, addend));
  return x.or(low, x.add(x.and(n, 0xffff_0000), x.and(addend, 0xffff_0000)));
};

/** @source Armv7-M ARM, "SXTB" */
export const SXTB = extend(
  "SXTB",
  ["v7-M", ".w"],
  {
    T1: enc("1011001001 Rm:3 Rd:3", narrow),
    T2: enc("11111010010011111111 Rd:4 10 rotate:2 Rm:4", wide),
  },
  (x, rotated) => x.sxtb(rotated),
);

/** @source Armv7-M ARM, "SXTH" */
export const SXTH = extend(
  "SXTH",
  ["v7-M", ".w"],
  {
    T1: enc("1011001000 Rm:3 Rd:3", narrow),
    T2: enc("11111010000011111111 Rd:4 10 rotate:2 Rm:4", wide),
  },
  (x, rotated) => x.sxth(rotated),
);

/** @source Armv7-M ARM, "UXTB" */
export const UXTB = extend(
  "UXTB",
  ["v7-M", ".w"],
  {
    T1: enc("1011001011 Rm:3 Rd:3", narrow),
    T2: enc("11111010010111111111 Rd:4 10 rotate:2 Rm:4", wide),
  },
  (x, rotated) => x.uxtb(rotated),
);

/** @source Armv7-M ARM, "UXTH" */
export const UXTH = extend(
  "UXTH",
  ["v7-M", ".w"],
  {
    T1: enc("1011001010 Rm:3 Rd:3", narrow),
    T2: enc("11111010000111111111 Rd:4 10 rotate:2 Rm:4", wide),
  },
  (x, rotated) => x.uxth(rotated),
);

/** @source Armv7-M ARM, "SXTB16" */
export const SXTB16 = extend(
  "SXTB16",
  ["DSP", ""],
  { T1: enc("11111010001011111111 Rd:4 10 rotate:2 Rm:4", wide) },
  sxtb16,
);

/** @source Armv7-M ARM, "UXTB16" */
export const UXTB16 = extend(
  "UXTB16",
  ["DSP", ""],
  { T1: enc("11111010001111111111 Rd:4 10 rotate:2 Rm:4", wide) },
  uxtb16,
);

/** @source Armv7-M ARM, "SXTAB" */
export const SXTAB = extendAdd(
  "SXTAB",
  enc("111110100100 Rn:4!1111 1111 Rd:4 10 rotate:2 Rm:4", wideAdd),
  (x, rotated) => x.sxtb(rotated),
);

/** @source Armv7-M ARM, "SXTAH" */
export const SXTAH = extendAdd(
  "SXTAH",
  enc("111110100000 Rn:4!1111 1111 Rd:4 10 rotate:2 Rm:4", wideAdd),
  (x, rotated) => x.sxth(rotated),
);

/** @source Armv7-M ARM, "UXTAB" */
export const UXTAB = extendAdd(
  "UXTAB",
  enc("111110100101 Rn:4!1111 1111 Rd:4 10 rotate:2 Rm:4", wideAdd),
  (x, rotated) => x.uxtb(rotated),
);

/** @source Armv7-M ARM, "UXTAH" */
export const UXTAH = extendAdd(
  "UXTAH",
  enc("111110100001 Rn:4!1111 1111 Rd:4 10 rotate:2 Rm:4", wideAdd),
  (x, rotated) => x.uxth(rotated),
);

/** @source Armv7-M ARM, "SXTAB16" */
export const SXTAB16 = extendAdd(
  "SXTAB16",
  enc("111110100010 Rn:4!1111 1111 Rd:4 10 rotate:2 Rm:4", wideAdd),
  sxtb16,
  addHalfwords,
);

/** @source Armv7-M ARM, "UXTAB16" */
export const UXTAB16 = extendAdd(
  "UXTAB16",
  enc("111110100011 Rn:4!1111 1111 Rd:4 10 rotate:2 Rm:4", wideAdd),
  uxtb16,
  addHalfwords,
);

/** @source Armv7-M ARM, "PKHBT, PKHTB" */
export const PKH = insn({
  name: "PKHBT, PKHTB",
  feature: "DSP",
  encodings: {
    T1: enc("111010101100 Rn:4 0 imm3:3 Rd:4 imm2:2 tb:1 0 Rm:4", (f) => ({
      Rd: f.Rd,
      Rn: f.Rn,
      Rm: f.Rm,
      tbform: bit(f.tb),
      ...DecodeImmShift(f.tb << 1, (f.imm3 << 2) | f.imm2),
    })),
  },
  timing: "simd",
  roles: ({ Rm, shift_n }) => (shift_n === 0 ? {} : { shifted: Rm }),
  asm: (o, { c }) => `pkh${o.tbform ? "tb" : "bt"}${c}\t${r(o.Rd)}, ${r(o.Rn)}, ${r(o.Rm)}${shiftSuffix(o)}`,
  sem: (o, x) => {
    const operand2 = Shift(x, x.R(o.Rm), o);
    const [top, bottom] = o.tbform ? [x.R(o.Rn), operand2] : [operand2, x.R(o.Rn)];
    writeR(x, o.Rd, x.or(x.and(top, 0xffff_0000), x.uxth(bottom)));
  },
});
