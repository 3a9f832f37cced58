import { type AsmContext, enc, insn, type Encoding } from "../insn.ts";
import { hexComment, r } from "../registers.ts";
import { literalBase } from "./common.ts";

/**
 * Coprocessor instructions. No core here has a coprocessor but CP10 and CP11, whose words belong to the FP rows: the
 * rest raises NOCP. Encoding T2 is the form that other architectures write with a 2 after the mnemonic.
 */

const CP10 = 0b1010;
const CP11 = 0b1011;

interface TextContext extends AsmContext {
  /** `2` in the mnemonic of encoding T2. */
  readonly two: "" | "2";
}

/** An instruction for a coprocessor that is not there. */
const absent = <O extends { readonly cp: number }>(
  name: string,
  encodings: Readonly<Record<string, Encoding<O>>>,
  asm: (o: O, context: TextContext) => string,
) =>
  insn<O>({
    name,
    feature: "v7-M",
    encodings,
    timing: "exception",
    asm: (o, context) => asm(o, { ...context, two: context.encoding === "T2" ? "2" : "" }),
    sem: (_, x) => x.fault("NOCP"),
  });

const unlessFP = <F extends { readonly cp: number }>(f: F): F | null =>
  f.cp === CP10 || f.cp === CP11 ? null : f;

/** @source Armv7-M ARM, "CDP, CDP2" */
export const CDP = absent(
  "CDP, CDP2",
  {
    T1: enc("11101110 opc1:4 CRn:4 CRd:4 cp:4 opc2:3 0 CRm:4", unlessFP),
    T2: enc("11111110 opc1:4 CRn:4 CRd:4 cp:4 opc2:3 0 CRm:4", unlessFP),
  },
  ({ opc1, CRn, CRd, cp, opc2, CRm }, { two, c }) =>
    `cdp${two}${c}\t${cp}, ${opc1}, cr${CRd}, cr${CRn}, cr${CRm}, {${opc2}}`,
);

/** @source Armv7-M ARM, "MCR, MCR2" */
export const MCR = absent(
  "MCR, MCR2",
  {
    T1: enc("11101110 opc1:3 0 CRn:4 Rt:4 cp:4 opc2:3 1 CRm:4", unlessFP),
    T2: enc("11111110 opc1:3 0 CRn:4 Rt:4 cp:4 opc2:3 1 CRm:4", unlessFP),
  },
  ({ opc1, CRn, Rt, cp, opc2, CRm }, { two, c }) =>
    `mcr${two}${c}\t${cp}, ${opc1}, ${r(Rt)}, cr${CRn}, cr${CRm}, {${opc2}}`,
);

/** @source Armv7-M ARM, "MRC, MRC2" */
export const MRC = absent(
  "MRC, MRC2",
  {
    T1: enc("11101110 opc1:3 1 CRn:4 Rt:4 cp:4 opc2:3 1 CRm:4", unlessFP),
    T2: enc("11111110 opc1:3 1 CRn:4 Rt:4 cp:4 opc2:3 1 CRm:4", unlessFP),
  },
  ({ opc1, CRn, Rt, cp, opc2, CRm }, { two, c }) =>
    `mrc${two}${c}\t${cp}, ${opc1}, ${Rt === 15 ? "APSR_nzcv" : r(Rt)}, cr${CRn}, cr${CRm}, {${opc2}}`,
);

/** @source Armv7-M ARM, "MCRR, MCRR2" */
export const MCRR = absent(
  "MCRR, MCRR2",
  {
    T1: enc("111011000100 Rt2:4 Rt:4 cp:4 opc1:4 CRm:4", unlessFP),
    T2: enc("111111000100 Rt2:4 Rt:4 cp:4 opc1:4 CRm:4", unlessFP),
  },
  ({ Rt2, Rt, cp, opc1, CRm }, { two, c }) => `mcrr${two}${c}\t${cp}, ${opc1}, ${r(Rt)}, ${r(Rt2)}, cr${CRm}`,
);

/** @source Armv7-M ARM, "MRRC, MRRC2" */
export const MRRC = absent(
  "MRRC, MRRC2",
  {
    T1: enc("111011000101 Rt2:4 Rt:4 cp:4 opc1:4 CRm:4", unlessFP),
    T2: enc("111111000101 Rt2:4 Rt:4 cp:4 opc1:4 CRm:4", unlessFP),
  },
  ({ Rt2, Rt, cp, opc1, CRm }, { two, c }) => `mrrc${two}${c}\t${cp}, ${opc1}, ${r(Rt)}, ${r(Rt2)}, cr${CRm}`,
);

interface TransferFields {
  readonly P: number;
  readonly U: number;
  readonly D: number;
  readonly W: number;
  readonly Rn: number;
  readonly CRd: number;
  readonly cp: number;
  readonly imm8: number;
}

/** P = U = W = 0 is MCRR, MRRC or UNDEFINED. */
const transfer = (f: TransferFields): TransferFields | null =>
  f.P === 0 && f.U === 0 && f.W === 0 ? null : unlessFP(f);

const transferText =
  (mnemonic: string) =>
  ({ P, U, D, W, Rn, CRd, cp, imm8 }: TransferFields, { two, c, pc, target }: TextContext): string => {
    const start = `${mnemonic}${two}${D === 1 ? "l" : ""}${c}\t${cp}, cr${CRd}`;
    if (P === 0 && W === 0) return `${start}, [${r(Rn)}], {${imm8}}${hexComment(imm8)}`;
    const offset = U === 1 ? imm8 << 2 : -(imm8 << 2);
    const comment = Rn === 15 ? `\t@ ${target((literalBase(pc) + offset) >>> 0)}` : offsetComment(offset);
    if (P === 0) return `${start}, [${r(Rn)}], #${offset}${comment}`;
    const written = offset === 0 && W === 0 ? "" : `, #${offset}`;
    return `${start}, [${r(Rn)}${written}]${W === 1 ? "!" : ""}${comment}`;
  };

const offsetComment = (offset: number): string =>
  offset > 32 || offset < -16 ? `\t@ 0x${(offset >>> 0).toString(16)}` : "";

/** @source Armv7-M ARM, "LDC, LDC2 (immediate)", "LDC, LDC2 (literal)" */
export const LDC = absent(
  "LDC, LDC2",
  {
    T1: enc("1110110 P:1 U:1 D:1 W:1 1 Rn:4 CRd:4 cp:4 imm8:8", transfer),
    T2: enc("1111110 P:1 U:1 D:1 W:1 1 Rn:4 CRd:4 cp:4 imm8:8", transfer),
  },
  transferText("ldc"),
);

/** @source Armv7-M ARM, "STC, STC2" */
export const STC = absent(
  "STC, STC2",
  {
    T1: enc("1110110 P:1 U:1 D:1 W:1 0 Rn:4 CRd:4 cp:4 imm8:8", transfer),
    T2: enc("1111110 P:1 U:1 D:1 W:1 0 Rn:4 CRd:4 cp:4 imm8:8", transfer),
  },
  transferText("stc"),
);
