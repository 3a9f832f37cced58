import { enc, insn } from "../insn.ts";
import { bit } from "../pseudocode.ts";
import { r } from "../registers.ts";

/** @source Armv7-M ARM, "SMLAD, SMLADX" */
export const SMLAD = insn({
  name: "SMLAD, SMLADX",
  feature: "DSP",
  encodings: {
    T1: enc("11111011 0010 Rn:4 Ra:4!1111 Rd:4 000 M:1 Rm:4", (f) => ({ ...f, m_swap: bit(f.M) })),
  },
  timing: "multiply-accumulate",
  roles: ({ Ra }) => ({ accumulators: [Ra] }),
  asm: ({ Rd, Rn, Rm, Ra, m_swap }, { c }) =>
    `smlad${m_swap ? "x" : ""}${c}\t${r(Rd)}, ${r(Rn)}, ${r(Rm)}, ${r(Ra)}`,
  sem: ({ Rd, Rn, Rm, Ra, m_swap }, x) => {
    const n = x.R(Rn);
    const operand2 = m_swap ? x.let(x.ror(x.R(Rm), 16)) : x.R(Rm);
    const product1 = x.mul(x.sxth(n), x.sxth(operand2));
    const product2 = x.mul(x.sar(n, 16), x.sar(operand2, 16));
    const result = x.let64(x.add64(x.add64(x.sext64(product1), x.sext64(product2)), x.sext64(x.R(Ra))));
    x.stickyQ(x.overflows32(result));
    x.setR(Rd, x.low64(result));
  },
});
