import type { Builder } from "../builder.ts";
import { enc, insn, type Encoding } from "../insn.ts";
import type { I32 } from "../ir.ts";
import { Add, AddWithCarry, setNZCV, Subtract, type Sum } from "../pseudocode.ts";
import { hexComment, imm, r, s } from "../registers.ts";
import { imm12, literalBase, modifiedImmediate, setNZC, writeLogical, writeR, writeSum } from "./common.ts";

interface Fields {
  readonly i: number;
  readonly S: number;
  readonly Rn: number;
  readonly imm3: number;
  readonly Rd: number;
  readonly imm8: number;
}
interface Operands {
  readonly Rd: number;
  readonly Rn: number;
  readonly setflags: boolean;
  readonly imm32: number;
  /** Carry out of the expansion of the immediate; undefined leaves the carry flag. */
  readonly carry: 0 | 1 | undefined;
  readonly rotated: boolean;
}
type Narrow = { readonly carry: undefined; readonly rotated: false };
const NARROW: Narrow = { carry: undefined, rotated: false };

const modified = (f: Fields): Operands => ({
  Rd: f.Rd,
  Rn: f.Rn,
  setflags: f.S === 1,
  ...modifiedImmediate(f),
});
/** As `modified`; Rd = 15 with S set is the instruction that only sets flags. */
const modifiedUnlessFlagsOnly = (f: Fields): Operands | null =>
  f.Rd === 15 && f.S === 1 ? null : modified(f);

const timing = ({ rotated }: { readonly rotated: boolean }) => (rotated ? "alu.shifted" : "alu");
const addTiming = ({ rotated }: { readonly rotated: boolean }) => (rotated ? "alu.shifted" : "alu.add");

/** A logical instruction with modified immediate. */
const logical = (
  name: string,
  text: readonly [mnemonic: string, wide: string],
  T1: Encoding<Operands>,
  operation: (x: Builder, n: I32, imm32: I32) => I32,
) =>
  insn<Operands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing,
    asm: ({ Rd, Rn, imm32, setflags }, { c }) =>
      `${text[0]}${s(setflags)}${c}${text[1]}\t${r(Rd)}, ${r(Rn)}, ${imm(imm32)}`,
    sem: (o, x) => writeLogical(x, o, operation(x, x.R(o.Rn), x.const(o.imm32)), o.carry),
  });

/** @source Armv7-M ARM, "AND (immediate)" */
export const AND_immediate = logical(
  "AND (immediate)",
  ["and", ".w"],
  enc("11110 i:1 0 0000 S:1 Rn:4 0 imm3:3 Rd:4 imm8:8", modifiedUnlessFlagsOnly),
  (x, n, imm32) => x.and(n, imm32),
);

/** @source Armv7-M ARM, "BIC (immediate)" */
export const BIC_immediate = logical(
  "BIC (immediate)",
  ["bic", ".w"],
  enc("11110 i:1 0 0001 S:1 Rn:4 0 imm3:3 Rd:4 imm8:8", modified),
  (x, n, imm32) => x.and(n, x.not(imm32)),
);

/** @source Armv7-M ARM, "ORR (immediate)" */
export const ORR_immediate = logical(
  "ORR (immediate)",
  ["orr", ".w"],
  enc("11110 i:1 0 0010 S:1 Rn:4!1111 0 imm3:3 Rd:4 imm8:8", modified),
  (x, n, imm32) => x.or(n, imm32),
);

/** @source Armv7-M ARM, "ORN (immediate)" */
export const ORN_immediate = logical(
  "ORN (immediate)",
  ["orn", ""],
  enc("11110 i:1 0 0011 S:1 Rn:4!1111 0 imm3:3 Rd:4 imm8:8", modified),
  (x, n, imm32) => x.or(n, x.not(imm32)),
);

/** @source Armv7-M ARM, "EOR (immediate)" */
export const EOR_immediate = logical(
  "EOR (immediate)",
  ["eor", ".w"],
  enc("11110 i:1 0 0100 S:1 Rn:4 0 imm3:3 Rd:4 imm8:8", modifiedUnlessFlagsOnly),
  (x, n, imm32) => x.xor(n, imm32),
);

const threeOperands = (text: string, { Rd, Rn, imm32, setflags }: Operands, suffix: string): string =>
  `${text}${s(setflags)}${suffix}\t${r(Rd)}, ${r(Rn)}, ${imm(imm32)}`;

/** ADD and SUB in all their forms: `narrow` are the two-operand ones. */
const addText = (
  text: "add" | "sub",
  o: Operands,
  { c, encoding }: { readonly c: string; readonly encoding: string },
): string => {
  if (encoding === "T2" || encoding === "T5")
    return `${text}${s(o.setflags)}${c}\t${r(o.Rd)}, ${imm(o.imm32)}`;
  if (encoding === "T3") return threeOperands(text, o, `${c}.w`);
  return encoding === "T4" ? threeOperands(`${text}w`, o, c) : threeOperands(text, o, c);
};

/** Also "ADD (SP plus immediate)", whose 16-bit encodings are T5 and T6 here. @source Armv7-M ARM, "ADD (immediate)" */
export const ADD_immediate = insn<Operands>({
  name: "ADD (immediate)",
  feature: "v7-M",
  encodings: {
    T1: enc("0001110 imm3:3 Rn:3 Rd:3", (f, { inITBlock }) => ({
      ...NARROW,
      Rd: f.Rd,
      Rn: f.Rn,
      imm32: f.imm3,
      setflags: !inITBlock,
    })),
    T2: enc("00110 Rdn:3 imm8:8", (f, { inITBlock }) => ({
      ...NARROW,
      Rd: f.Rdn,
      Rn: f.Rdn,
      imm32: f.imm8,
      setflags: !inITBlock,
    })),
    T3: enc("11110 i:1 0 1000 S:1 Rn:4 0 imm3:3 Rd:4 imm8:8", modifiedUnlessFlagsOnly),
    T4: enc("11110 i:1 1 0000 0 Rn:4!1111 0 imm3:3 Rd:4 imm8:8", (f) => ({
      ...NARROW,
      Rd: f.Rd,
      Rn: f.Rn,
      imm32: imm12(f),
      setflags: false,
    })),
    T5: enc("101100000 imm7:7", (f) => ({ ...NARROW, Rd: 13, Rn: 13, imm32: f.imm7 << 2, setflags: false })),
    T6: enc("10101 Rd:3 imm8:8", (f) => ({
      ...NARROW,
      Rd: f.Rd,
      Rn: 13,
      imm32: f.imm8 << 2,
      setflags: false,
    })),
  },
  timing: addTiming,
  asm: (o, context) => addText("add", o, context),
  sem: (o, x) => writeSum(x, o, Add(x, x.let(x.R(o.Rn)), o.imm32)),
});

/** Also "SUB (SP minus immediate)", whose 16-bit encoding is T5 here. @source Armv7-M ARM, "SUB (immediate)" */
export const SUB_immediate = insn<Operands>({
  name: "SUB (immediate)",
  feature: "v7-M",
  encodings: {
    T1: enc("0001111 imm3:3 Rn:3 Rd:3", (f, { inITBlock }) => ({
      ...NARROW,
      Rd: f.Rd,
      Rn: f.Rn,
      imm32: f.imm3,
      setflags: !inITBlock,
    })),
    T2: enc("00111 Rdn:3 imm8:8", (f, { inITBlock }) => ({
      ...NARROW,
      Rd: f.Rdn,
      Rn: f.Rdn,
      imm32: f.imm8,
      setflags: !inITBlock,
    })),
    T3: enc("11110 i:1 0 1101 S:1 Rn:4 0 imm3:3 Rd:4 imm8:8", modifiedUnlessFlagsOnly),
    T4: enc("11110 i:1 1 0101 0 Rn:4!1111 0 imm3:3 Rd:4 imm8:8", (f) => ({
      ...NARROW,
      Rd: f.Rd,
      Rn: f.Rn,
      imm32: imm12(f),
      setflags: false,
    })),
    T5: enc("101100001 imm7:7", (f) => ({ ...NARROW, Rd: 13, Rn: 13, imm32: f.imm7 << 2, setflags: false })),
  },
  timing: addTiming,
  asm: (o, context) => addText("sub", o, context),
  sem: (o, x) => writeSum(x, o, Subtract(x, x.let(x.R(o.Rn)), o.imm32)),
});

/** An arithmetic instruction that has only the encoding with modified immediate. */
const arithmetic = (
  name: string,
  text: string,
  T1: Encoding<Operands>,
  operation: (x: Builder, n: I32, imm32: number) => Sum,
) =>
  insn<Operands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing,
    asm: (o, { c }) => threeOperands(text, o, `${c}.w`),
    sem: (o, x) => writeSum(x, o, operation(x, x.let(x.R(o.Rn)), o.imm32)),
  });

/** @source Armv7-M ARM, "ADC (immediate)" */
export const ADC_immediate = arithmetic(
  "ADC (immediate)",
  "adc",
  enc("11110 i:1 0 1010 S:1 Rn:4 0 imm3:3 Rd:4 imm8:8", modified),
  (x, n, imm32) => AddWithCarry(x, n, imm32, x.flag("C")),
);

/** @source Armv7-M ARM, "SBC (immediate)" */
export const SBC_immediate = arithmetic(
  "SBC (immediate)",
  "sbc",
  enc("11110 i:1 0 1011 S:1 Rn:4 0 imm3:3 Rd:4 imm8:8", modified),
  (x, n, imm32) => AddWithCarry(x, n, ~imm32, x.flag("C")),
);

/** @source Armv7-M ARM, "RSB (immediate)" */
export const RSB_immediate = insn<Operands>({
  name: "RSB (immediate)",
  feature: "v7-M",
  encodings: {
    T1: enc("0100001001 Rn:3 Rd:3", (f, { inITBlock }) => ({
      ...NARROW,
      ...f,
      imm32: 0,
      setflags: !inITBlock,
    })),
    T2: enc("11110 i:1 0 1110 S:1 Rn:4 0 imm3:3 Rd:4 imm8:8", modified),
  },
  timing,
  asm: (o, { c, encoding }) =>
    encoding === "T1" ? `neg${s(o.setflags)}${c}\t${r(o.Rd)}, ${r(o.Rn)}` : threeOperands("rsb", o, c),
  sem: (o, x) => writeSum(x, o, Subtract(x, o.imm32, x.let(x.R(o.Rn)))),
});

interface CompareOperands {
  readonly Rn: number;
  readonly imm32: number;
  readonly carry: 0 | 1 | undefined;
  readonly rotated: boolean;
}
type CompareFields = Pick<Fields, "i" | "Rn" | "imm3" | "imm8">;
const comparedImmediate = (f: CompareFields): CompareOperands => ({ Rn: f.Rn, ...modifiedImmediate(f) });

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
    asm: ({ Rn, imm32 }, { c, size }) =>
      `${text[0]}${c}${size === 4 ? text[1] : ""}\t${r(Rn)}, ${imm(imm32)}`,
    sem,
  });

/** @source Armv7-M ARM, "TST (immediate)" */
export const TST_immediate = flagsOnly(
  "TST (immediate)",
  ["tst", ".w"],
  { T1: enc("11110 i:1 0 0000 1 Rn:4 0 imm3:3 1111 imm8:8", comparedImmediate) },
  ({ Rn, imm32, carry }, x) => setNZC(x, x.let(x.and(x.R(Rn), imm32)), carry),
);

/** @source Armv7-M ARM, "TEQ (immediate)" */
export const TEQ_immediate = flagsOnly(
  "TEQ (immediate)",
  ["teq", ""],
  { T1: enc("11110 i:1 0 0100 1 Rn:4 0 imm3:3 1111 imm8:8", comparedImmediate) },
  ({ Rn, imm32, carry }, x) => setNZC(x, x.let(x.xor(x.R(Rn), imm32)), carry),
);

/** @source Armv7-M ARM, "CMN (immediate)" */
export const CMN_immediate = flagsOnly(
  "CMN (immediate)",
  ["cmn", ".w"],
  { T1: enc("11110 i:1 0 1000 1 Rn:4 0 imm3:3 1111 imm8:8", comparedImmediate) },
  ({ Rn, imm32 }, x) => setNZCV(x, Add(x, x.let(x.R(Rn)), imm32)),
);

/** @source Armv7-M ARM, "CMP (immediate)" */
export const CMP_immediate = flagsOnly(
  "CMP (immediate)",
  ["cmp", ".w"],
  {
    T1: enc("00101 Rn:3 imm8:8", (f) => ({ ...NARROW, Rn: f.Rn, imm32: f.imm8 })),
    T2: enc("11110 i:1 0 1101 1 Rn:4 0 imm3:3 1111 imm8:8", comparedImmediate),
  },
  ({ Rn, imm32 }, x) => setNZCV(x, Subtract(x, x.let(x.R(Rn)), imm32)),
);

type MoveOperands = Omit<Operands, "Rn">;

/** @source Armv7-M ARM, "MOV (immediate)" */
export const MOV_immediate = insn<MoveOperands>({
  name: "MOV (immediate)",
  feature: "v7-M",
  encodings: {
    T1: enc("00100 Rd:3 imm8:8", (f, { inITBlock }) => ({
      ...NARROW,
      Rd: f.Rd,
      imm32: f.imm8,
      setflags: !inITBlock,
    })),
    T2: enc("11110 i:1 0 0010 S:1 1111 0 imm3:3 Rd:4 imm8:8", (f) => ({
      Rd: f.Rd,
      setflags: f.S === 1,
      ...modifiedImmediate(f),
    })),
    T3: enc("11110 i:1 1 0010 0 imm4:4 0 imm3:3 Rd:4 imm8:8", (f) => ({
      ...NARROW,
      Rd: f.Rd,
      imm32: (f.imm4 << 12) | imm12(f),
      setflags: false,
    })),
  },
  timing: "move",
  asm: ({ Rd, imm32, setflags }, { c, encoding }) => {
    const mnemonic = { T1: `mov${s(setflags)}${c}`, T2: `mov${s(setflags)}${c}.w` }[encoding] ?? `movw${c}`;
    return `${mnemonic}\t${r(Rd)}, ${imm(imm32)}`;
  },
  sem: (o, x) => writeLogical(x, o, o.imm32, o.carry),
});

/** @source Armv7-M ARM, "MVN (immediate)" */
export const MVN_immediate = insn<MoveOperands>({
  name: "MVN (immediate)",
  feature: "v7-M",
  encodings: {
    T1: enc("11110 i:1 0 0011 S:1 1111 0 imm3:3 Rd:4 imm8:8", (f) => ({
      Rd: f.Rd,
      setflags: f.S === 1,
      ...modifiedImmediate(f),
    })),
  },
  timing: "move",
  asm: ({ Rd, imm32, setflags }, { c }) => `mvn${s(setflags)}${c}.w\t${r(Rd)}, ${imm(imm32)}`,
  sem: (o, x) => writeLogical(x, o, ~o.imm32, o.carry),
});

/** @source Armv7-M ARM, "MOVT" */
export const MOVT = insn({
  name: "MOVT",
  feature: "v7-M",
  encodings: {
    T1: enc("11110 i:1 1 0110 0 imm4:4 0 imm3:3 Rd:4 imm8:8", (f) => ({
      Rd: f.Rd,
      imm16: (f.imm4 << 12) | imm12(f),
    })),
  },
  timing: "move",
  asm: ({ Rd, imm16 }, { c }) => `movt${c}\t${r(Rd)}, ${imm(imm16)}`,
  sem: ({ Rd, imm16 }, x) => writeR(x, Rd, x.or(x.uxth(x.R(Rd)), imm16 << 16)),
});

/** @source Armv7-M ARM, "ADR" */
export const ADR = insn({
  name: "ADR",
  feature: "v7-M",
  encodings: {
    T1: enc("10100 Rd:3 imm8:8", (f) => ({ Rd: f.Rd, imm32: f.imm8 << 2, add: true })),
    T2: enc("11110 i:1 1 0101 0 1111 0 imm3:3 Rd:4 imm8:8", (f) => ({
      Rd: f.Rd,
      imm32: imm12(f),
      add: false,
    })),
    T3: enc("11110 i:1 1 0000 0 1111 0 imm3:3 Rd:4 imm8:8", (f) => ({
      Rd: f.Rd,
      imm32: imm12(f),
      add: true,
    })),
  },
  timing: "move",
  asm: ({ Rd, imm32, add }, { c, pc, encoding, target }) => {
    const text = `${add ? "add" : "sub"}${encoding === "T1" ? "" : "w"}${c}\t${r(Rd)}, pc, #${imm32}`;
    if (encoding !== "T1") return `${text}${hexComment(imm32)}`;
    return `${text}\t@ (adr ${r(Rd)}, ${target(literalBase(pc) + imm32)})`;
  },
  sem: ({ Rd, imm32, add }, x) => writeR(x, Rd, literalBase(x.pc) + (add ? imm32 : -imm32)),
});
