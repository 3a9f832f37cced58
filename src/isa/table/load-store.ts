import { enc, insn } from "../insn.ts";
import { bit } from "../pseudocode.ts";
import { hexComment, r } from "../registers.ts";

/** @source Armv7-M ARM, "LDR (immediate)" */
export const LDR_immediate = insn({
  name: "LDR (immediate)",
  feature: "v7-M",
  encodings: {
    T1: enc("01101 imm5:5 Rn:3 Rt:3", (f) => ({
      Rt: f.Rt,
      Rn: f.Rn,
      imm32: f.imm5 << 2,
      index: true,
      add: true,
      wback: false,
    })),
    T2: enc("10011 Rt:3 imm8:8", (f) => ({
      Rt: f.Rt,
      Rn: 13,
      imm32: f.imm8 << 2,
      index: true,
      add: true,
      wback: false,
    })),
    T3: enc("11111000 1101 Rn:4!1111 Rt:4 imm12:12", (f) => ({
      Rt: f.Rt,
      Rn: f.Rn,
      imm32: f.imm12,
      index: true,
      add: true,
      wback: false,
    })),
    T4: enc("11111000 0101 Rn:4!1111 Rt:4 1 P:1 U:1 W:1 imm8:8", (f) =>
      // P U W = 1 1 0 is LDRT; 0 x 0 is UNDEFINED.
      (f.P === 1 && f.U === 1 && f.W === 0) || (f.P === 0 && f.W === 0)
        ? null
        : { Rt: f.Rt, Rn: f.Rn, imm32: f.imm8, index: bit(f.P), add: bit(f.U), wback: bit(f.W) },
    ),
  },
  timing: "load",
  asm: ({ Rt, Rn, imm32, index, add, wback }, { c, size, encoding }) => {
    const w = size === 4 && encoding === "T3" ? ".w" : "";
    const offset = `#${add ? "" : "-"}${imm32}`;
    if (!index) return `ldr${c}.w\t${r(Rt)}, [${r(Rn)}], ${offset}`;
    return `ldr${c}${w}\t${r(Rt)}, [${r(Rn)}${imm32 === 0 && !wback ? "" : `, ${offset}`}]${wback ? "!" : ""}${hexComment(imm32)}`;
  },
  sem: ({ Rt, Rn, imm32, index, add, wback }, x) => {
    const base = x.let(x.R(Rn));
    const offset_addr = x.let(add ? x.add(base, imm32) : x.sub(base, imm32));
    const data = x.load(4, index ? offset_addr : base, { aligned: Rt === 15 });
    if (wback) x.setR(Rn, offset_addr);
    if (Rt === 15) x.jump("interwork", data);
    else x.setR(Rt, data);
  },
});
