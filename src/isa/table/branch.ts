import { enc, insn } from "../insn.ts";
import { bit, ConditionHolds, CONDITIONS, SignExtend } from "../pseudocode.ts";
import { r } from "../registers.ts";
import { baseR } from "./common.ts";

interface WideOffset {
  readonly S: number;
  readonly J1: number;
  readonly J2: number;
  readonly imm10: number;
  readonly imm11: number;
}

/** Offset of B T4 and BL: I1 and I2 are the exclusive NOR of J1 and J2 with S. */
function wideOffset({ S, J1, J2, imm10, imm11 }: WideOffset): number {
  const I1 = J1 ^ S ^ 1;
  const I2 = J2 ^ S ^ 1;
  return SignExtend((S << 24) | (I1 << 23) | (I2 << 22) | (imm10 << 12) | (imm11 << 1), 25);
}

const targetOf = (pc: number, imm32: number): number => (pc + 4 + imm32) >>> 0;
/** Condition number of "always". */
const AL = 0b1110;

/** @source Armv7-M ARM, "B" */
export const B = insn({
  name: "B",
  feature: "v7-M",
  encodings: {
    T1: enc("1101 cond:4!1110!1111 imm8:8", (f) => ({ cond: f.cond, imm32: SignExtend(f.imm8 << 1, 9) })),
    T2: enc("11100 imm11:11", (f) => ({ cond: AL, imm32: SignExtend(f.imm11 << 1, 12) })),
    T3: enc("11110 S:1 cond:4!1110!1111 imm6:6 10 J1:1 0 J2:1 imm11:11", (f) => ({
      cond: f.cond,
      imm32: SignExtend((f.S << 20) | (f.J2 << 19) | (f.J1 << 18) | (f.imm6 << 12) | (f.imm11 << 1), 21),
    })),
    T4: enc("11110 S:1 imm10:10 10 J1:1 1 J2:1 imm11:11", (f) => ({ cond: AL, imm32: wideOffset(f) })),
  },
  timing: "branch",
  asm: ({ cond, imm32 }, { c, pc, size, target }) =>
    `b${cond === AL ? c : CONDITIONS[cond]!}${size === 2 ? ".n" : ".w"}\t${target(targetOf(pc, imm32))}`,
  sem: ({ cond, imm32 }, x) =>
    x.jump("direct", targetOf(x.pc, imm32), cond === AL ? {} : { when: ConditionHolds(x, cond) }),
});

/** @source Armv7-M ARM, "BL" */
export const BL = insn({
  name: "BL",
  feature: "v7-M",
  encodings: {
    T1: enc("11110 S:1 imm10:10 11 J1:1 1 J2:1 imm11:11", (f) => ({ imm32: wideOffset(f) })),
  },
  timing: "branch.link",
  asm: ({ imm32 }, { c, pc, target }) => `bl${c}\t${target(targetOf(pc, imm32))}`,
  sem: ({ imm32 }, x) => {
    x.setR(14, (x.pc + 4) | 1);
    x.jump("direct", targetOf(x.pc, imm32), { link: true });
  },
});

/** @source Armv7-M ARM, "BX" */
export const BX = insn({
  name: "BX",
  feature: "v7-M",
  encodings: { T1: enc("010001110 Rm:4 000", (f) => ({ Rm: f.Rm })) },
  timing: "branch.register",
  asm: ({ Rm }, { c }) => `bx${c}\t${r(Rm)}`,
  sem: ({ Rm }, x) => x.jump("interwork", x.R(Rm)),
});

/** @source Armv7-M ARM, "BLX (register)" */
export const BLX_register = insn({
  name: "BLX (register)",
  feature: "v7-M",
  encodings: { T1: enc("010001111 Rm:4 000", (f) => ({ Rm: f.Rm })) },
  timing: "branch.register",
  asm: ({ Rm }, { c }) => `blx${c}\t${r(Rm)}`,
  sem: ({ Rm }, x) => {
    // Rm may be LR.
    const target = x.let(x.R(Rm));
    x.setR(14, (x.pc + 2) | 1);
    x.jump("interwork-call", target, { link: true });
  },
});

/** @source Armv7-M ARM, "CBNZ, CBZ" */
export const CBZ = insn({
  name: "CBNZ, CBZ",
  feature: "v7-M",
  encodings: {
    T1: enc("1011 op:1 0 i:1 1 imm5:5 Rn:3", (f) => ({
      Rn: f.Rn,
      imm32: (f.i << 6) | (f.imm5 << 1),
      nonzero: bit(f.op),
    })),
  },
  timing: "branch.compare",
  asm: ({ Rn, imm32, nonzero }, { pc, target }) =>
    `${nonzero ? "cbnz" : "cbz"}\t${r(Rn)}, ${target(targetOf(pc, imm32))}`,
  sem: ({ Rn, imm32, nonzero }, x) =>
    x.jump("direct", targetOf(x.pc, imm32), {
      when: nonzero ? x.ne(x.R(Rn), 0) : x.eq(x.R(Rn), 0),
    }),
});

/** @source Armv7-M ARM, "TBB, TBH" */
export const TBB = insn({
  name: "TBB, TBH",
  feature: "v7-M",
  encodings: {
    T1: enc("111010001101 Rn:4 11110000000 H:1 Rm:4", (f) => ({ Rn: f.Rn, Rm: f.Rm, is_tbh: bit(f.H) })),
  },
  timing: "branch.table",
  asm: ({ Rn, Rm, is_tbh }, { c }) =>
    is_tbh ? `tbh${c}\t[${r(Rn)}, ${r(Rm)}, lsl #1]` : `tbb${c}\t[${r(Rn)}, ${r(Rm)}]`,
  sem: ({ Rn, Rm, is_tbh }, x) => {
    // The table at R15 begins at the address of the instruction + 4, aligned or not.
    const base = Rn === 15 ? x.R(15) : baseR(x, Rn);
    const halfwords = is_tbh ? x.load(2, x.add(base, x.shl(x.R(Rm), 1))) : x.load(1, x.add(base, x.R(Rm)));
    x.jump("simple", x.add(x.R(15), x.shl(halfwords, 1)));
  },
});
