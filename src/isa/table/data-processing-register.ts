import type { Builder } from "../builder.ts";
import { enc, insn, type DecodeContext, type Encoding } from "../insn.ts";
import type { I32 } from "../ir.ts";
import {
  Add,
  AddWithCarry,
  type ImmediateShift,
  setNZCV,
  Shift,
  ShiftCarry,
  Subtract,
  type Sum,
} from "../pseudocode.ts";
import { r, s, shiftSuffix } from "../registers.ts";
import { immediateShift, setNZC, writeLogical, writeSum } from "./common.ts";

interface Operands extends ImmediateShift {
  readonly Rd: number;
  readonly Rn: number;
  readonly Rm: number;
  readonly setflags: boolean;
}
interface WideFields {
  readonly S: number;
  readonly Rn: number;
  readonly imm3: number;
  readonly Rd: number;
  readonly imm2: number;
  readonly type: number;
  readonly Rm: number;
}
const UNSHIFTED: ImmediateShift = { shift_t: "LSL", shift_n: 0 };

/** 16-bit two-operand form: sets the flags outside an IT block. */
const narrow = (
  { Rm, Rdn }: { readonly Rm: number; readonly Rdn: number },
  { inITBlock }: DecodeContext,
): Operands => ({ Rd: Rdn, Rn: Rdn, Rm, setflags: !inITBlock, ...UNSHIFTED });
/** 16-bit three-operand form. */
const narrow3 = (
  { Rm, Rn, Rd }: { readonly Rm: number; readonly Rn: number; readonly Rd: number },
  { inITBlock }: DecodeContext,
): Operands => ({ Rd, Rn, Rm, setflags: !inITBlock, ...UNSHIFTED });
const wide = (f: WideFields): Operands => ({
  Rd: f.Rd,
  Rn: f.Rn,
  Rm: f.Rm,
  setflags: f.S === 1,
  ...immediateShift(f),
});
/** As `wide`; Rd = 15 with S set is the instruction that only sets flags. */
const wideUnlessFlagsOnly = (f: WideFields): Operands | null => (f.Rd === 15 && f.S === 1 ? null : wide(f));

const timing = ({ shift_t, shift_n }: ImmediateShift) =>
  shift_t === "LSL" && shift_n === 0 ? "alu" : "alu.shifted";
const addTiming = (o: ImmediateShift) => (timing(o) === "alu" ? "alu.add" : "alu.shifted");
const roles = (o: ImmediateShift & { readonly Rm: number }) => (timing(o) === "alu" ? {} : { shifted: o.Rm });

interface Family {
  readonly name: string;
  readonly mnemonic: string;
  /** Suffix of the 32-bit form. */
  readonly w: "" | ".w";
  readonly encodings: Readonly<Record<string, Encoding<Operands>>>;
}

const asm =
  ({ mnemonic, w }: Family) =>
  (o: Operands, { c, size }: { readonly c: string; readonly size: 2 | 4 }): string =>
    size === 2
      ? `${mnemonic}${s(o.setflags)}${c}\t${r(o.Rd)}, ${r(o.Rm)}`
      : `${mnemonic}${s(o.setflags)}${c}${w}\t${r(o.Rd)}, ${r(o.Rn)}, ${r(o.Rm)}${shiftSuffix(o)}`;

const logical = (family: Family, operation: (x: Builder, n: I32, shifted: I32) => I32) =>
  insn<Operands>({
    name: family.name,
    feature: "v7-M",
    encodings: family.encodings,
    timing,
    roles,
    asm: asm(family),
    sem: (o, x) => {
      const m = x.let(x.R(o.Rm));
      writeLogical(x, o, operation(x, x.R(o.Rn), Shift(x, m, o)), ShiftCarry(x, m, o));
    },
  });

const arithmetic = (
  family: Family & { readonly asm?: ReturnType<typeof asm> },
  operation: (x: Builder, n: I32, shifted: I32) => Sum,
) =>
  insn<Operands>({
    name: family.name,
    feature: "v7-M",
    encodings: family.encodings,
    timing,
    roles,
    asm: family.asm ?? asm(family),
    sem: (o, x) => {
      const n = x.let(x.R(o.Rn));
      const shifted = x.let(Shift(x, x.R(o.Rm), o));
      writeSum(x, o, operation(x, n, shifted));
    },
  });

/** @source Armv7-M ARM, "AND (register)" */
export const AND_register = logical(
  {
    name: "AND (register)",
    mnemonic: "and",
    w: ".w",
    encodings: {
      T1: enc("0100000000 Rm:3 Rdn:3", narrow),
      T2: enc("11101010000 S:1 Rn:4 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", wideUnlessFlagsOnly),
    },
  },
  (x, n, shifted) => x.and(n, shifted),
);

/** @source Armv7-M ARM, "BIC (register)" */
export const BIC_register = logical(
  {
    name: "BIC (register)",
    mnemonic: "bic",
    w: ".w",
    encodings: {
      T1: enc("0100001110 Rm:3 Rdn:3", narrow),
      T2: enc("11101010001 S:1 Rn:4 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", wide),
    },
  },
  (x, n, shifted) => x.and(n, x.not(shifted)),
);

/** @source Armv7-M ARM, "ORR (register)" */
export const ORR_register = logical(
  {
    name: "ORR (register)",
    mnemonic: "orr",
    w: ".w",
    encodings: {
      T1: enc("0100001100 Rm:3 Rdn:3", narrow),
      T2: enc("11101010010 S:1 Rn:4!1111 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", wide),
    },
  },
  (x, n, shifted) => x.or(n, shifted),
);

/** @source Armv7-M ARM, "ORN (register)" */
export const ORN_register = logical(
  {
    name: "ORN (register)",
    mnemonic: "orn",
    w: "",
    encodings: { T1: enc("11101010011 S:1 Rn:4!1111 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", wide) },
  },
  (x, n, shifted) => x.or(n, x.not(shifted)),
);

/** @source Armv7-M ARM, "EOR (register)" */
export const EOR_register = logical(
  {
    name: "EOR (register)",
    mnemonic: "eor",
    w: ".w",
    encodings: {
      T1: enc("0100000001 Rm:3 Rdn:3", narrow),
      T2: enc("11101010100 S:1 Rn:4 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", wideUnlessFlagsOnly),
    },
  },
  (x, n, shifted) => x.xor(n, shifted),
);

/** 16-bit ADD and SUB name three registers, but for ADD of any two registers. */
const addText =
  (mnemonic: "add" | "sub") =>
  (
    o: Operands,
    { c, size, encoding }: { readonly c: string; readonly size: 2 | 4; readonly encoding: string },
  ) => {
    const suffix = `${s(o.setflags)}${c}${size === 4 ? ".w" : ""}`;
    const sources = encoding === "T2" && size === 2 ? r(o.Rm) : `${r(o.Rn)}, ${r(o.Rm)}${shiftSuffix(o)}`;
    return `${mnemonic}${suffix}\t${r(o.Rd)}, ${sources}`;
  };

/** Also "ADD (SP plus register)". @source Armv7-M ARM, "ADD (register)" */
export const ADD_register = insn<Operands>({
  name: "ADD (register)",
  feature: "v7-M",
  encodings: {
    T1: enc("0001100 Rm:3 Rn:3 Rd:3", narrow3),
    T2: enc("01000100 DN:1 Rm:4 Rdn:3", (f) => {
      const Rd = (f.DN << 3) | f.Rdn;
      return { Rd, Rn: Rd, Rm: f.Rm, setflags: false, ...UNSHIFTED };
    }),
    T3: enc("11101011000 S:1 Rn:4 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", wideUnlessFlagsOnly),
  },
  timing: addTiming,
  roles,
  asm: addText("add"),
  sem: (o, x) => writeSum(x, o, Add(x, x.let(x.R(o.Rn)), x.let(Shift(x, x.R(o.Rm), o)))),
});

/** Also "SUB (SP minus register)". @source Armv7-M ARM, "SUB (register)" */
export const SUB_register = insn<Operands>({
  name: "SUB (register)",
  feature: "v7-M",
  encodings: {
    T1: enc("0001101 Rm:3 Rn:3 Rd:3", narrow3),
    T2: enc("11101011101 S:1 Rn:4 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", wideUnlessFlagsOnly),
  },
  timing: addTiming,
  roles,
  asm: addText("sub"),
  sem: (o, x) => writeSum(x, o, Subtract(x, x.let(x.R(o.Rn)), x.let(Shift(x, x.R(o.Rm), o)))),
});

/** @source Armv7-M ARM, "ADC (register)" */
export const ADC_register = arithmetic(
  {
    name: "ADC (register)",
    mnemonic: "adc",
    w: ".w",
    encodings: {
      T1: enc("0100000101 Rm:3 Rdn:3", narrow),
      T2: enc("11101011010 S:1 Rn:4 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", wide),
    },
  },
  (x, n, shifted) => AddWithCarry(x, n, shifted, x.flag("C")),
);

/** @source Armv7-M ARM, "SBC (register)" */
export const SBC_register = arithmetic(
  {
    name: "SBC (register)",
    mnemonic: "sbc",
    w: ".w",
    encodings: {
      T1: enc("0100000110 Rm:3 Rdn:3", narrow),
      T2: enc("11101011011 S:1 Rn:4 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", wide),
    },
  },
  (x, n, shifted) => AddWithCarry(x, n, x.let(x.not(shifted)), x.flag("C")),
);

/** @source Armv7-M ARM, "RSB (register)" */
export const RSB_register = arithmetic(
  {
    name: "RSB (register)",
    mnemonic: "rsb",
    w: "",
    encodings: { T1: enc("11101011110 S:1 Rn:4 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", wide) },
  },
  (x, n, shifted) => Subtract(x, shifted, n),
);

interface CompareOperands extends ImmediateShift {
  readonly Rn: number;
  readonly Rm: number;
}
const compared = (f: Omit<WideFields, "S" | "Rd">): CompareOperands => ({
  Rn: f.Rn,
  Rm: f.Rm,
  ...immediateShift(f),
});
const comparedNarrow = ({ Rn, Rm }: { readonly Rn: number; readonly Rm: number }): CompareOperands => ({
  Rn,
  Rm,
  ...UNSHIFTED,
});

/** An instruction that only sets flags. */
const flagsOnly = (
  name: string,
  text: readonly [mnemonic: string, wide: string],
  encodings: Readonly<Record<string, Encoding<CompareOperands>>>,
  sem: (o: CompareOperands, x: Builder) => void,
) =>
  insn<CompareOperands>({
    name,
    feature: "v7-M",
    encodings,
    timing,
    roles,
    asm: (o, { c, size }) =>
      `${text[0]}${c}${size === 4 ? text[1] : ""}\t${r(o.Rn)}, ${r(o.Rm)}${shiftSuffix(o)}`,
    sem,
  });

/** @source Armv7-M ARM, "TST (register)" */
export const TST_register = flagsOnly(
  "TST (register)",
  ["tst", ".w"],
  {
    T1: enc("0100001000 Rm:3 Rn:3", comparedNarrow),
    T2: enc("111010100001 Rn:4 0 imm3:3 1111 imm2:2 type:2 Rm:4", compared),
  },
  (o, x) => {
    const m = x.let(x.R(o.Rm));
    setNZC(x, x.let(x.and(x.R(o.Rn), Shift(x, m, o))), ShiftCarry(x, m, o));
  },
);

/** @source Armv7-M ARM, "TEQ (register)" */
export const TEQ_register = flagsOnly(
  "TEQ (register)",
  ["teq", ""],
  { T1: enc("111010101001 Rn:4 0 imm3:3 1111 imm2:2 type:2 Rm:4", compared) },
  (o, x) => {
    const m = x.let(x.R(o.Rm));
    setNZC(x, x.let(x.xor(x.R(o.Rn), Shift(x, m, o))), ShiftCarry(x, m, o));
  },
);

/** @source Armv7-M ARM, "CMN (register)" */
export const CMN_register = flagsOnly(
  "CMN (register)",
  ["cmn", ".w"],
  {
    T1: enc("0100001011 Rm:3 Rn:3", comparedNarrow),
    T2: enc("111010110001 Rn:4 0 imm3:3 1111 imm2:2 type:2 Rm:4", compared),
  },
  (o, x) => setNZCV(x, Add(x, x.let(x.R(o.Rn)), x.let(Shift(x, x.R(o.Rm), o)))),
);

/** @source Armv7-M ARM, "CMP (register)" */
export const CMP_register = flagsOnly(
  "CMP (register)",
  ["cmp", ".w"],
  {
    T1: enc("0100001010 Rm:3 Rn:3", comparedNarrow),
    T2: enc("01000101 N:1 Rm:4 Rn:3", (f) => comparedNarrow({ Rn: (f.N << 3) | f.Rn, Rm: f.Rm })),
    T3: enc("111010111011 Rn:4 0 imm3:3 1111 imm2:2 type:2 Rm:4", compared),
  },
  (o, x) => setNZCV(x, Subtract(x, x.let(x.R(o.Rn)), x.let(Shift(x, x.R(o.Rm), o)))),
);

/** @source Armv7-M ARM, "MOV (register)" */
export const MOV_register = insn({
  name: "MOV (register)",
  feature: "v7-M",
  encodings: {
    T1: enc("01000110 D:1 Rm:4 Rd:3", (f) => ({ Rd: (f.D << 3) | f.Rd, Rm: f.Rm, setflags: false })),
    T2: enc("0000000000 Rm:3 Rd:3", (f, { inITBlock }) => ({ ...f, setflags: !inITBlock })),
    T3: enc("11101010010 S:1 1111 0 000 Rd:4 0000 Rm:4", (f) => ({
      Rd: f.Rd,
      Rm: f.Rm,
      setflags: f.S === 1,
    })),
  },
  timing: "move",
  asm: ({ Rd, Rm, setflags }, { c, size }) => {
    // What assemblers made of NOP before there was one.
    if (size === 2 && !setflags && Rd === 8 && Rm === 8) return `nop${c}\t\t\t@ (mov r8, r8)`;
    return `mov${s(setflags)}${c}${size === 4 ? ".w" : ""}\t${r(Rd)}, ${r(Rm)}`;
  },
  sem: (o, x) => writeLogical(x, o, x.R(o.Rm), undefined),
});

/** @source Armv7-M ARM, "MVN (register)" */
export const MVN_register = insn({
  name: "MVN (register)",
  feature: "v7-M",
  encodings: {
    T1: enc("0100001111 Rm:3 Rd:3", (f, { inITBlock }) => ({ ...f, setflags: !inITBlock, ...UNSHIFTED })),
    T2: enc("11101010011 S:1 1111 0 imm3:3 Rd:4 imm2:2 type:2 Rm:4", (f) => ({
      Rd: f.Rd,
      Rm: f.Rm,
      setflags: f.S === 1,
      ...immediateShift(f),
    })),
  },
  timing: (o) => (timing(o) === "alu" ? "move" : "alu.shifted"),
  roles,
  asm: (o, { c, size }) =>
    `mvn${s(o.setflags)}${c}${size === 4 ? ".w" : ""}\t${r(o.Rd)}, ${r(o.Rm)}${shiftSuffix(o)}`,
  sem: (o, x) => {
    const m = x.let(x.R(o.Rm));
    writeLogical(x, o, x.not(Shift(x, m, o)), ShiftCarry(x, m, o));
  },
});
