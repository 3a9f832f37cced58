import { enc, insn } from "../insn.ts";
import type { Builder } from "../builder.ts";
import type { I64 } from "../ir.ts";
import { r, s } from "../registers.ts";
import { writePair, writeR } from "./common.ts";

/** @source Armv7-M ARM, "MUL" */
export const MUL = insn({
  name: "MUL",
  feature: "v7-M",
  encodings: {
    T1: enc("0100001101 Rn:3 Rdm:3", (f, { inITBlock }) => ({
      Rd: f.Rdm,
      Rn: f.Rn,
      Rm: f.Rdm,
      setflags: !inITBlock,
    })),
    T2: enc("111110110000 Rn:4 1111 Rd:4 0000 Rm:4", (f) => ({ ...f, setflags: false })),
  },
  timing: "multiply",
  asm: ({ Rd, Rn, Rm, setflags }, { c, size }) =>
    size === 2 ? `mul${s(setflags)}${c}\t${r(Rd)}, ${r(Rn)}` : `mul${c}.w\t${r(Rd)}, ${r(Rn)}, ${r(Rm)}`,
  sem: ({ Rd, Rn, Rm, setflags }, x) => {
    const result = x.let(x.mul(x.R(Rn), x.R(Rm)));
    writeR(x, Rd, result);
    if (setflags) x.setNZ(result);
  },
});

/** @source Armv7-M ARM, "MLA" */
export const MLA = insn({
  name: "MLA",
  feature: "v7-M",
  encodings: { T1: enc("111110110000 Rn:4 Ra:4!1111 Rd:4 0000 Rm:4", (f) => ({ ...f })) },
  timing: "multiply-accumulate",
  roles: ({ Ra }) => ({ accumulators: [Ra] }),
  asm: ({ Rd, Rn, Rm, Ra }, { c }) => `mla${c}\t${r(Rd)}, ${r(Rn)}, ${r(Rm)}, ${r(Ra)}`,
  sem: ({ Rd, Rn, Rm, Ra }, x) => writeR(x, Rd, x.add(x.mul(x.R(Rn), x.R(Rm)), x.R(Ra))),
});

/** @source Armv7-M ARM, "MLS" */
export const MLS = insn({
  name: "MLS",
  feature: "v7-M",
  encodings: { T1: enc("111110110000 Rn:4 Ra:4 Rd:4 0001 Rm:4", (f) => ({ ...f })) },
  timing: "multiply-accumulate",
  roles: ({ Ra }) => ({ accumulators: [Ra] }),
  asm: ({ Rd, Rn, Rm, Ra }, { c }) => `mls${c}\t${r(Rd)}, ${r(Rn)}, ${r(Rm)}, ${r(Ra)}`,
  sem: ({ Rd, Rn, Rm, Ra }, x) => writeR(x, Rd, x.sub(x.R(Ra), x.mul(x.R(Rn), x.R(Rm)))),
});

interface LongOperands {
  readonly RdLo: number;
  readonly RdHi: number;
  readonly Rn: number;
  readonly Rm: number;
}

const asmLong =
  (mnemonic: string) =>
  ({ RdLo, RdHi, Rn, Rm }: LongOperands, { c }: { readonly c: string }): string =>
    `${mnemonic}${c}\t${r(RdLo)}, ${r(RdHi)}, ${r(Rn)}, ${r(Rm)}`;

/** Writes RdHi:RdLo. */
function writeLong(x: Builder, { RdLo, RdHi }: LongOperands, value: I64): void {
  const result = x.let64(value);
  writePair(x, [RdLo, x.low64(result)], [RdHi, x.high64(result)]);
}

const signedProduct = (x: Builder, { Rn, Rm }: LongOperands): I64 =>
  x.mul64(x.sext64(x.R(Rn)), x.sext64(x.R(Rm)));
const unsignedProduct = (x: Builder, { Rn, Rm }: LongOperands): I64 =>
  x.mul64(x.zext64(x.R(Rn)), x.zext64(x.R(Rm)));
const accumulator = (x: Builder, { RdLo, RdHi }: LongOperands): I64 => x.pair64(x.R(RdHi), x.R(RdLo));
const accumulators = ({ RdLo, RdHi }: LongOperands) => ({ accumulators: [RdLo, RdHi] });

/** @source Armv7-M ARM, "SMULL" */
export const SMULL = insn<LongOperands>({
  name: "SMULL",
  feature: "v7-M",
  encodings: { T1: enc("111110111000 Rn:4 RdLo:4 RdHi:4 0000 Rm:4", (f) => ({ ...f })) },
  timing: "multiply-long",
  asm: asmLong("smull"),
  sem: (o, x) => writeLong(x, o, signedProduct(x, o)),
});

/** @source Armv7-M ARM, "UMULL" */
export const UMULL = insn<LongOperands>({
  name: "UMULL",
  feature: "v7-M",
  encodings: { T1: enc("111110111010 Rn:4 RdLo:4 RdHi:4 0000 Rm:4", (f) => ({ ...f })) },
  timing: "multiply-long",
  asm: asmLong("umull"),
  sem: (o, x) => writeLong(x, o, unsignedProduct(x, o)),
});

/** @source Armv7-M ARM, "SMLAL" */
export const SMLAL = insn<LongOperands>({
  name: "SMLAL",
  feature: "v7-M",
  encodings: { T1: enc("111110111100 Rn:4 RdLo:4 RdHi:4 0000 Rm:4", (f) => ({ ...f })) },
  timing: "multiply-accumulate-long",
  roles: accumulators,
  asm: asmLong("smlal"),
  sem: (o, x) => writeLong(x, o, x.add64(signedProduct(x, o), accumulator(x, o))),
});

/** @source Armv7-M ARM, "UMLAL" */
export const UMLAL = insn<LongOperands>({
  name: "UMLAL",
  feature: "v7-M",
  encodings: { T1: enc("111110111110 Rn:4 RdLo:4 RdHi:4 0000 Rm:4", (f) => ({ ...f })) },
  timing: "multiply-accumulate-long",
  roles: accumulators,
  asm: asmLong("umlal"),
  sem: (o, x) => writeLong(x, o, x.add64(unsignedProduct(x, o), accumulator(x, o))),
});

/** RdHi and RdLo are two addends. @source Armv7-M ARM, "UMAAL" */
export const UMAAL = insn<LongOperands>({
  name: "UMAAL",
  feature: "DSP",
  encodings: { T1: enc("111110111110 Rn:4 RdLo:4 RdHi:4 0110 Rm:4", (f) => ({ ...f })) },
  timing: "multiply-accumulate-long",
  roles: accumulators,
  asm: asmLong("umaal"),
  sem: (o, x) => {
    const addends = x.add64(x.zext64(x.R(o.RdHi)), x.zext64(x.R(o.RdLo)));
    writeLong(x, o, x.add64(unsignedProduct(x, o), addends));
  },
});
