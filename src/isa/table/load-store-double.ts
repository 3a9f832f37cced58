import { enc, insn } from "../insn.ts";
import { bit } from "../pseudocode.ts";
import { hexComment, r } from "../registers.ts";
import { baseR, literalBase, writePair, writeR } from "./common.ts";
import { literalAddress, signedOffset } from "./load-store-common.ts";

interface Operands {
  readonly Rt: number;
  readonly Rt2: number;
  readonly Rn: number;
  readonly imm32: number;
  readonly index: boolean;
  readonly add: boolean;
  readonly wback: boolean;
}
interface Fields {
  readonly P: number;
  readonly U: number;
  readonly W: number;
  readonly Rn: number;
  readonly Rt: number;
  readonly Rt2: number;
  readonly imm8: number;
}

/** P = W = 0 belongs to the exclusives and table branches. */
const operands = (f: Fields): Operands | null =>
  f.P === 0 && f.W === 0
    ? null
    : {
        Rt: f.Rt,
        Rt2: f.Rt2,
        Rn: f.Rn,
        imm32: f.imm8 << 2,
        index: bit(f.P),
        add: bit(f.U),
        wback: bit(f.W),
      };

function address({ Rn, imm32, index, add, wback }: Operands): string {
  const signed = signedOffset(add, imm32);
  if (!index) return `[${r(Rn)}], ${signed}${hexComment(imm32)}`;
  if (imm32 === 0) return `[${r(Rn)}]${wback ? "!" : ""}`;
  return `[${r(Rn)}, ${signed}]${wback ? "!" : ""}${hexComment(imm32)}`;
}

/** @source Armv7-M ARM, "LDRD (immediate)" */
export const LDRD_immediate = insn({
  name: "LDRD (immediate)",
  feature: "v7-M",
  encodings: { T1: enc("1110100 P:1 U:1 1 W:1 1 Rn:4!1111 Rt:4 Rt2:4 imm8:8", operands) },
  timing: "load.double",
  asm: (o, { c }) => `ldrd${c}\t${r(o.Rt)}, ${r(o.Rt2)}, ${address(o)}`,
  sem: ({ Rt, Rt2, Rn, imm32, index, add, wback }, x) => {
    const base = x.let(x.R(Rn));
    const offset_addr = x.let(add ? x.add(base, imm32) : x.sub(base, imm32));
    const first = index ? offset_addr : base;
    const low = x.load(4, first, { aligned: true });
    const high = x.load(4, x.add(first, 4), { aligned: true });
    if (wback) x.setR(Rn, offset_addr);
    writePair(x, [Rt, low], [Rt2, high]);
  },
});

/** Writeback to R15 is UNPREDICTABLE, and UNDEFINED here. @source Armv7-M ARM, "LDRD (literal)" */
export const LDRD_literal = insn({
  name: "LDRD (literal)",
  feature: "v7-M",
  encodings: {
    T1: enc("11101001 U:1 101 1111 Rt:4 Rt2:4 imm8:8", (f) => ({
      Rt: f.Rt,
      Rt2: f.Rt2,
      imm32: f.imm8 << 2,
      add: bit(f.U),
    })),
  },
  timing: "load.double",
  asm: ({ Rt, Rt2, imm32, add }, { c, pc, size, target }) => {
    const at = target((literalBase(pc) + (add ? imm32 : -imm32)) >>> 0);
    const address = literalAddress(add, imm32, { size });
    return `ldrd${c}\t${r(Rt)}, ${r(Rt2)}, ${address}\t@ ${at}${hexComment(imm32)}`;
  },
  sem: ({ Rt, Rt2, imm32, add }, x) => {
    const address = literalBase(x.pc) + (add ? imm32 : -imm32);
    const low = x.load(4, address, { aligned: true });
    const high = x.load(4, address + 4, { aligned: true });
    writePair(x, [Rt, low], [Rt2, high]);
  },
});

/** @source Armv7-M ARM, "STRD (immediate)" */
export const STRD_immediate = insn({
  name: "STRD (immediate)",
  feature: "v7-M",
  encodings: { T1: enc("1110100 P:1 U:1 1 W:1 0 Rn:4 Rt:4 Rt2:4 imm8:8", operands) },
  timing: "store.double",
  asm: (o, { c }) => `strd${c}\t${r(o.Rt)}, ${r(o.Rt2)}, ${address(o)}`,
  sem: ({ Rt, Rt2, Rn, imm32, index, add, wback }, x) => {
    const base = baseR(x, Rn);
    const offset_addr = x.let(add ? x.add(base, imm32) : x.sub(base, imm32));
    const first = index ? offset_addr : base;
    x.store(4, first, x.R(Rt), { aligned: true });
    x.store(4, x.add(first, 4), x.R(Rt2), { aligned: true });
    if (wback) writeR(x, Rn, offset_addr);
  },
});
