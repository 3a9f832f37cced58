import type { Builder } from "../builder.ts";
import { type AsmContext, enc, insn } from "../insn.ts";
import type { I32 } from "../ir.ts";
import { bit } from "../pseudocode.ts";
import { hexComment, r } from "../registers.ts";
import { baseR, literalBase } from "./common.ts";
import { nameD, nameS, registerD, registerS } from "./fp-precision.ts";

/** Loads and stores of floating-point registers; doubleword registers are there without double precision too. */

interface Operands {
  /** A doubleword register. */
  readonly double: boolean;
  readonly d: number;
  readonly Rn: number;
  readonly imm32: number;
  readonly add: boolean;
}
interface Fields {
  readonly U: number;
  readonly D: number;
  readonly Rn: number;
  readonly Vd: number;
  readonly imm8: number;
}

function operands(f: Fields, double: boolean): Operands | null {
  const d = double ? registerD(f.Vd, f.D) : registerS(f.Vd, f.D);
  return d === null ? null : { double, d, Rn: f.Rn, imm32: f.imm8 << 2, add: bit(f.U) };
}

function text(mnemonic: string, { double, d, Rn, imm32, add }: Operands, { pc, target }: AsmContext): string {
  const start = `${mnemonic}\t${double ? nameD(d) : nameS(d)}, [${r(Rn)}`;
  const offset = imm32 === 0 && add ? "" : `, #${add ? "" : "-"}${imm32}`;
  if (Rn === 15) {
    return `${start}${offset}]\t@ ${target((literalBase(pc) + (add ? imm32 : -imm32)) >>> 0)}`;
  }
  // The hexadecimal value follows where it is above 32 or below -16.
  const comment = add ? hexComment(imm32) : imm32 > 16 ? hexComment(-imm32 >>> 0) : "";
  return `${start}${offset}]${comment}`;
}

/** R15 is Align(PC, 4), as for a literal. */
function address({ Rn, imm32, add }: Operands, x: Builder): I32 {
  const base = baseR(x, Rn);
  return x.let(add ? x.add(base, imm32) : x.sub(base, imm32));
}

/** @source Armv7-M ARM, "VLDR" */
export const VLDR = insn<Operands>({
  name: "VLDR",
  feature: "FPv4-SP",
  encodings: {
    T1: enc("11101101 U:1 D:1 01 Rn:4 Vd:4 1011 imm8:8", (f) => operands(f, true)),
    T2: enc("11101101 U:1 D:1 01 Rn:4 Vd:4 1010 imm8:8", (f) => operands(f, false)),
  },
  timing: ({ double }) => (double ? "fp.load.double" : "fp.load"),
  asm: (o, context) => text(`vldr${context.c}`, o, context),
  sem: (o, x) => {
    x.fpCheck();
    const first = address(o, x);
    const low = x.load(4, first, { aligned: true });
    if (o.double) x.setD(o.d, x.fromBits64(low, x.load(4, x.add(first, 4), { aligned: true })));
    else x.setS(o.d, x.fromBits32(low));
  },
});

/** R15 as the base is UNPREDICTABLE: it is taken as VLDR takes it. @source Armv7-M ARM, "VSTR" */
export const VSTR = insn<Operands>({
  name: "VSTR",
  feature: "FPv4-SP",
  encodings: {
    T1: enc("11101101 U:1 D:1 00 Rn:4 Vd:4 1011 imm8:8", (f) => operands(f, true)),
    T2: enc("11101101 U:1 D:1 00 Rn:4 Vd:4 1010 imm8:8", (f) => operands(f, false)),
  },
  timing: ({ double }) => (double ? "fp.store.double" : "fp.store"),
  asm: (o, context) => text(`vstr${context.c}`, o, context),
  sem: (o, x) => {
    x.fpCheck();
    const first = address(o, x);
    const S = o.double ? 2 * o.d : o.d;
    x.store(4, first, x.bitsF32(x.S(S)), { aligned: true });
    if (o.double) x.store(4, x.add(first, 4), x.bitsF32(x.S(S + 1)), { aligned: true });
  },
});
