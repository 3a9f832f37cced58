import type { Builder } from "../builder.ts";
import { enc, insn, type Encoding } from "../insn.ts";
import type { I32, I64 } from "../ir.ts";
import { bit } from "../pseudocode.ts";
import { r } from "../registers.ts";
import { writePair, writeR } from "./common.ts";

/** Multiplications of the DSP extension. */

/** Signed bottom or top halfword. */
const half = (x: Builder, a: I32, top: boolean): I32 => (top ? x.sar(a, 16) : x.sxth(a));
const halfLetter = (top: boolean): string => (top ? "t" : "b");

interface Operands {
  readonly Rd: number;
  readonly Rn: number;
  readonly Rm: number;
}
interface AccumulateOperands extends Operands {
  readonly Ra: number;
}
interface LongOperands {
  readonly RdLo: number;
  readonly RdHi: number;
  readonly Rn: number;
  readonly Rm: number;
}

const three = ({ Rd, Rn, Rm }: Operands): string => `${r(Rd)}, ${r(Rn)}, ${r(Rm)}`;
const four = (o: AccumulateOperands): string => `${three(o)}, ${r(o.Ra)}`;
const fourLong = ({ RdLo, RdHi, Rn, Rm }: LongOperands): string =>
  `${r(RdLo)}, ${r(RdHi)}, ${r(Rn)}, ${r(Rm)}`;
const accumulates = ({ Ra }: AccumulateOperands) => ({ accumulators: [Ra] });
const accumulatesLong = ({ RdLo, RdHi }: LongOperands) => ({ accumulators: [RdLo, RdHi] });

/** Writes the low word of a sum; Q is set when the sum does not fit it. */
function writeWithQ(x: Builder, Rd: number, sum: I64): void {
  const result = x.let64(sum);
  x.stickyQ(x.overflows32(result));
  writeR(x, Rd, x.low64(result));
}

/** Adds `product` to RdHi:RdLo. */
function accumulateLong(x: Builder, { RdLo, RdHi }: LongOperands, product: I64): void {
  const result = x.let64(x.add64(x.pair64(x.R(RdHi), x.R(RdLo)), product));
  writePair(x, [RdLo, x.low64(result)], [RdHi, x.high64(result)]);
}

/** @source Armv7-M ARM, "SMULBB, SMULBT, SMULTB, SMULTT" */
export const SMUL_halfwords = insn({
  name: "SMULBB, SMULBT, SMULTB, SMULTT",
  feature: "DSP",
  encodings: {
    T1: enc("111110110001 Rn:4 1111 Rd:4 00 N:1 M:1 Rm:4", (f) => ({
      ...f,
      n_high: bit(f.N),
      m_high: bit(f.M),
    })),
  },
  timing: "multiply",
  asm: (o, { c }) => `smul${halfLetter(o.n_high)}${halfLetter(o.m_high)}${c}\t${three(o)}`,
  sem: ({ Rd, Rn, Rm, n_high, m_high }, x) =>
    writeR(x, Rd, x.mul(half(x, x.R(Rn), n_high), half(x, x.R(Rm), m_high))),
});

/** @source Armv7-M ARM, "SMLABB, SMLABT, SMLATB, SMLATT" */
export const SMLA_halfwords = insn({
  name: "SMLABB, SMLABT, SMLATB, SMLATT",
  feature: "DSP",
  encodings: {
    T1: enc("111110110001 Rn:4 Ra:4!1111 Rd:4 00 N:1 M:1 Rm:4", (f) => ({
      ...f,
      n_high: bit(f.N),
      m_high: bit(f.M),
    })),
  },
  timing: "multiply-accumulate",
  roles: accumulates,
  asm: (o, { c }) => `smla${halfLetter(o.n_high)}${halfLetter(o.m_high)}${c}\t${four(o)}`,
  sem: ({ Rd, Rn, Rm, Ra, n_high, m_high }, x) => {
    const product = x.mul(half(x, x.R(Rn), n_high), half(x, x.R(Rm), m_high));
    writeWithQ(x, Rd, x.add64(x.sext64(product), x.sext64(x.R(Ra))));
  },
});

/** @source Armv7-M ARM, "SMLALBB, SMLALBT, SMLALTB, SMLALTT" */
export const SMLAL_halfwords = insn({
  name: "SMLALBB, SMLALBT, SMLALTB, SMLALTT",
  feature: "DSP",
  encodings: {
    T1: enc("111110111100 Rn:4 RdLo:4 RdHi:4 10 N:1 M:1 Rm:4", (f) => ({
      ...f,
      n_high: bit(f.N),
      m_high: bit(f.M),
    })),
  },
  timing: "multiply-accumulate-long",
  roles: accumulatesLong,
  asm: (o, { c }) => `smlal${halfLetter(o.n_high)}${halfLetter(o.m_high)}${c}\t${fourLong(o)}`,
  sem: (o, x) =>
    accumulateLong(x, o, x.sext64(x.mul(half(x, x.R(o.Rn), o.n_high), half(x, x.R(o.Rm), o.m_high)))),
});

/** Bits 47:16 of the product of a word and a halfword, sign extended. */
const wordByHalf = (x: Builder, n: I32, m: I32, m_high: boolean): I32 => {
  const product = x.let64(x.mul64(x.sext64(n), x.sext64(half(x, m, m_high))));
  return x.or(x.shl(x.high64(product), 16), x.shr(x.low64(product), 16));
};

/** @source Armv7-M ARM, "SMULWB, SMULWT" */
export const SMULW = insn({
  name: "SMULWB, SMULWT",
  feature: "DSP",
  encodings: {
    T1: enc("111110110011 Rn:4 1111 Rd:4 000 M:1 Rm:4", (f) => ({ ...f, m_high: bit(f.M) })),
  },
  timing: "multiply",
  asm: (o, { c }) => `smulw${halfLetter(o.m_high)}${c}\t${three(o)}`,
  sem: ({ Rd, Rn, Rm, m_high }, x) => writeR(x, Rd, wordByHalf(x, x.R(Rn), x.R(Rm), m_high)),
});

/** @source Armv7-M ARM, "SMLAWB, SMLAWT" */
export const SMLAW = insn({
  name: "SMLAWB, SMLAWT",
  feature: "DSP",
  encodings: {
    T1: enc("111110110011 Rn:4 Ra:4!1111 Rd:4 000 M:1 Rm:4", (f) => ({ ...f, m_high: bit(f.M) })),
  },
  timing: "multiply-accumulate",
  roles: accumulates,
  asm: (o, { c }) => `smlaw${halfLetter(o.m_high)}${c}\t${four(o)}`,
  sem: ({ Rd, Rn, Rm, Ra, m_high }, x) => {
    const product = wordByHalf(x, x.R(Rn), x.R(Rm), m_high);
    writeWithQ(x, Rd, x.add64(x.sext64(product), x.sext64(x.R(Ra))));
  },
});

interface Products {
  /** Bottom by bottom and top by top; with `m_swap` bottom by top and top by bottom. */
  readonly product1: I32;
  readonly product2: I32;
}

/** The two halfword products of the dual multiplications; `m` must be a temporary or a register read. */
function dualProducts(x: Builder, { Rn, Rm }: Omit<Operands, "Rd">, m_swap: boolean): Products {
  const [n, m] = [x.R(Rn), x.R(Rm)];
  return {
    product1: x.mul(half(x, n, false), half(x, m, m_swap)),
    product2: x.mul(half(x, n, true), half(x, m, !m_swap)),
  };
}

const swapLetter = (m_swap: boolean): string => (m_swap ? "x" : "");

/** @source Armv7-M ARM, "SMUAD, SMUADX" */
export const SMUAD = insn({
  name: "SMUAD, SMUADX",
  feature: "DSP",
  encodings: {
    T1: enc("111110110010 Rn:4 1111 Rd:4 000 M:1 Rm:4", (f) => ({ ...f, m_swap: bit(f.M) })),
  },
  timing: "multiply",
  asm: (o, { c }) => `smuad${swapLetter(o.m_swap)}${c}\t${three(o)}`,
  sem: (o, x) => {
    const { product1, product2 } = dualProducts(x, o, o.m_swap);
    const result = x.let(x.add(product1, product2));
    // Only -0x8000 * -0x8000 twice overflows.
    x.stickyQ(x.eq(result, 0x8000_0000));
    writeR(x, o.Rd, result);
  },
});

/** @source Armv7-M ARM, "SMUSD, SMUSDX" */
export const SMUSD = insn({
  name: "SMUSD, SMUSDX",
  feature: "DSP",
  encodings: {
    T1: enc("111110110100 Rn:4 1111 Rd:4 000 M:1 Rm:4", (f) => ({ ...f, m_swap: bit(f.M) })),
  },
  timing: "multiply",
  asm: (o, { c }) => `smusd${swapLetter(o.m_swap)}${c}\t${three(o)}`,
  sem: (o, x) => {
    const { product1, product2 } = dualProducts(x, o, o.m_swap);
    writeR(x, o.Rd, x.sub(product1, product2));
  },
});

/** @source Armv7-M ARM, "SMLAD, SMLADX" */
export const SMLAD = insn({
  name: "SMLAD, SMLADX",
  feature: "DSP",
  encodings: {
    T1: enc("111110110010 Rn:4 Ra:4!1111 Rd:4 000 M:1 Rm:4", (f) => ({ ...f, m_swap: bit(f.M) })),
  },
  timing: "multiply-accumulate",
  roles: accumulates,
  asm: (o, { c }) => `smlad${swapLetter(o.m_swap)}${c}\t${four(o)}`,
  sem: (o, x) => {
    const { product1, product2 } = dualProducts(x, o, o.m_swap);
    const products = x.add64(x.sext64(product1), x.sext64(product2));
    writeWithQ(x, o.Rd, x.add64(products, x.sext64(x.R(o.Ra))));
  },
});

/** @source Armv7-M ARM, "SMLSD, SMLSDX" */
export const SMLSD = insn({
  name: "SMLSD, SMLSDX",
  feature: "DSP",
  encodings: {
    T1: enc("111110110100 Rn:4 Ra:4!1111 Rd:4 000 M:1 Rm:4", (f) => ({ ...f, m_swap: bit(f.M) })),
  },
  timing: "multiply-accumulate",
  roles: accumulates,
  asm: (o, { c }) => `smlsd${swapLetter(o.m_swap)}${c}\t${four(o)}`,
  sem: (o, x) => {
    const { product1, product2 } = dualProducts(x, o, o.m_swap);
    // The difference of the products fits 32 bits.
    writeWithQ(x, o.Rd, x.add64(x.sext64(x.sub(product1, product2)), x.sext64(x.R(o.Ra))));
  },
});

/** @source Armv7-M ARM, "SMLALD, SMLALDX" */
export const SMLALD = insn({
  name: "SMLALD, SMLALDX",
  feature: "DSP",
  encodings: {
    T1: enc("111110111100 Rn:4 RdLo:4 RdHi:4 110 M:1 Rm:4", (f) => ({ ...f, m_swap: bit(f.M) })),
  },
  timing: "multiply-accumulate-long",
  roles: accumulatesLong,
  asm: (o, { c }) => `smlald${swapLetter(o.m_swap)}${c}\t${fourLong(o)}`,
  sem: (o, x) => {
    const { product1, product2 } = dualProducts(x, o, o.m_swap);
    accumulateLong(x, o, x.add64(x.sext64(product1), x.sext64(product2)));
  },
});

/** @source Armv7-M ARM, "SMLSLD, SMLSLDX" */
export const SMLSLD = insn({
  name: "SMLSLD, SMLSLDX",
  feature: "DSP",
  encodings: {
    T1: enc("111110111101 Rn:4 RdLo:4 RdHi:4 110 M:1 Rm:4", (f) => ({ ...f, m_swap: bit(f.M) })),
  },
  timing: "multiply-accumulate-long",
  roles: accumulatesLong,
  asm: (o, { c }) => `smlsld${swapLetter(o.m_swap)}${c}\t${fourLong(o)}`,
  sem: (o, x) => {
    const { product1, product2 } = dualProducts(x, o, o.m_swap);
    accumulateLong(x, o, x.sext64(x.sub(product1, product2)));
  },
});

/** Half of the last place of the high word, for the rounding forms. */
const ROUNDING = 0x8000_0000;
const roundLetter = (round: boolean): string => (round ? "r" : "");
const rounded = (x: Builder, value: I64, round: boolean): I32 =>
  x.high64(round ? x.add64(value, x.zext64(ROUNDING)) : value);
const wordProduct = (x: Builder, { Rn, Rm }: Operands): I64 => x.mul64(x.sext64(x.R(Rn)), x.sext64(x.R(Rm)));

/** @source Armv7-M ARM, "SMMUL, SMMULR" */
export const SMMUL = insn({
  name: "SMMUL, SMMULR",
  feature: "DSP",
  encodings: {
    T1: enc("111110110101 Rn:4 1111 Rd:4 000 R:1 Rm:4", (f) => ({ ...f, round: bit(f.R) })),
  },
  timing: "multiply",
  asm: (o, { c }) => `smmul${roundLetter(o.round)}${c}\t${three(o)}`,
  sem: (o, x) => writeR(x, o.Rd, rounded(x, wordProduct(x, o), o.round)),
});

interface HighWordOperands extends AccumulateOperands {
  readonly round: boolean;
}
const highWord = (
  name: string,
  mnemonic: string,
  T1: Encoding<HighWordOperands>,
  combine: (x: Builder, accumulator: I64, product: I64) => I64,
) =>
  insn<HighWordOperands>({
    name,
    feature: "DSP",
    encodings: { T1 },
    timing: "multiply-accumulate",
    roles: accumulates,
    asm: (o, { c }) => `${mnemonic}${roundLetter(o.round)}${c}\t${four(o)}`,
    sem: (o, x) => {
      const result = combine(x, x.pair64(x.R(o.Ra), 0), wordProduct(x, o));
      writeR(x, o.Rd, rounded(x, result, o.round));
    },
  });

/** @source Armv7-M ARM, "SMMLA, SMMLAR" */
export const SMMLA = highWord(
  "SMMLA, SMMLAR",
  "smmla",
  enc("111110110101 Rn:4 Ra:4!1111 Rd:4 000 R:1 Rm:4", (f) => ({ ...f, round: bit(f.R) })),
  (x, accumulator, product) => x.add64(accumulator, product),
);

/** @source Armv7-M ARM, "SMMLS, SMMLSR" */
export const SMMLS = highWord(
  "SMMLS, SMMLSR",
  "smmls",
  enc("111110110110 Rn:4 Ra:4 Rd:4 000 R:1 Rm:4", (f) => ({ ...f, round: bit(f.R) })),
  (x, accumulator, product) => x.sub64(accumulator, product),
);

/** Sum of the absolute differences of the four pairs of bytes. */
function sumOfDifferences(x: Builder, { Rn, Rm }: Operands): I32 {
  const [n, m] = [x.R(Rn), x.R(Rm)];
  const differences = [0, 8, 16, 24].map((lsb) => {
    const difference = x.let(x.sub(x.bits(n, lsb + 7, lsb), x.bits(m, lsb + 7, lsb)));
    const sign = x.sar(difference, 31);
    return x.sub(x.xor(difference, sign), sign);
  });
  return differences.reduce((sum, difference) => x.add(sum, difference));
}

/** @source Armv7-M ARM, "USAD8" */
export const USAD8 = insn<Operands>({
  name: "USAD8",
  feature: "DSP",
  encodings: { T1: enc("111110110111 Rn:4 1111 Rd:4 0000 Rm:4", (f) => ({ ...f })) },
  timing: "multiply",
  asm: (o, { c }) => `usad8${c}\t${three(o)}`,
  sem: (o, x) => writeR(x, o.Rd, sumOfDifferences(x, o)),
});

/** @source Armv7-M ARM, "USADA8" */
export const USADA8 = insn<AccumulateOperands>({
  name: "USADA8",
  feature: "DSP",
  encodings: { T1: enc("111110110111 Rn:4 Ra:4!1111 Rd:4 0000 Rm:4", (f) => ({ ...f })) },
  timing: "multiply-accumulate",
  roles: accumulates,
  asm: (o, { c }) => `usada8${c}\t${four(o)}`,
  sem: (o, x) => writeR(x, o.Rd, x.add(sumOfDifferences(x, o), x.R(o.Ra))),
});
