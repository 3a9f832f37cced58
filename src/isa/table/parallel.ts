import type { Builder } from "../builder.ts";
import { enc, insn, type Insn } from "../insn.ts";
import type { I32 } from "../ir.ts";
import { r } from "../registers.ts";
import { writeR } from "./common.ts";

/** The 36 parallel additions and subtractions: six ways to pair the lanes by six ways to treat their results. */

interface Operands {
  readonly Rd: number;
  readonly Rn: number;
  readonly Rm: number;
}

/** One lane of the result: which lanes of Rn and Rm it comes from, the lowest being lane 0. */
interface Lane {
  readonly n: number;
  readonly m: number;
  readonly operation: "add" | "sub";
}
interface Pairing {
  readonly suffix: string;
  readonly width: 8 | 16;
  readonly lanes: readonly Lane[];
}

const same = (count: number, operation: "add" | "sub"): Lane[] =>
  Array.from({ length: count }, (_, lane) => ({ n: lane, m: lane, operation }));

const ADD16: Pairing = { suffix: "ADD16", width: 16, lanes: same(2, "add") };
const ASX: Pairing = {
  suffix: "ASX",
  width: 16,
  lanes: [
    { n: 0, m: 1, operation: "sub" },
    { n: 1, m: 0, operation: "add" },
  ],
};
const SAX: Pairing = {
  suffix: "SAX",
  width: 16,
  lanes: [
    { n: 0, m: 1, operation: "add" },
    { n: 1, m: 0, operation: "sub" },
  ],
};
const SUB16: Pairing = { suffix: "SUB16", width: 16, lanes: same(2, "sub") };
const ADD8: Pairing = { suffix: "ADD8", width: 8, lanes: same(4, "add") };
const SUB8: Pairing = { suffix: "SUB8", width: 8, lanes: same(4, "sub") };

interface Treatment {
  readonly prefix: "S" | "Q" | "SH" | "U" | "UQ" | "UH";
  readonly signed: boolean;
  /** What the exact result of a lane becomes; the lane's width is cut out of it. */
  readonly result: (x: Builder, exact: I32, width: number) => I32;
  /** The lane's GE bit; undefined leaves all GE bits. */
  readonly ge?: (x: Builder, exact: I32, width: number, operation: "add" | "sub") => I32;
}

const exactResult: Treatment["result"] = (_, exact) => exact;
const halved: Treatment["result"] = (x, exact) => x.sar(exact, 1);
const notNegative = (x: Builder, exact: I32): I32 => x.xor(x.shr(exact, 31), 1);

const S: Treatment = { prefix: "S", signed: true, result: exactResult, ge: notNegative };
const Q: Treatment = {
  prefix: "Q",
  signed: true,
  result: (x, exact, width) => x.clampS(exact, -(2 ** (width - 1)), 2 ** (width - 1) - 1),
};
const SH: Treatment = { prefix: "SH", signed: true, result: halved };
const U: Treatment = {
  prefix: "U",
  signed: false,
  result: exactResult,
  // Carry out of an addition, no borrow in a subtraction.
  ge: (x, exact, width, operation) => (operation === "add" ? x.shr(exact, width) : notNegative(x, exact)),
};
const UQ: Treatment = {
  prefix: "UQ",
  signed: false,
  result: (x, exact, width) => x.clampS(exact, 0, 2 ** width - 1),
};
const UH: Treatment = { prefix: "UH", signed: false, result: halved };

/** Lane `index` of `a`, sign or zero extended. */
function laneOf(x: Builder, a: I32, index: number, width: 8 | 16, signed: boolean): I32 {
  const lsb = index * width;
  if (!signed) return x.bits(a, lsb + width - 1, lsb);
  if (lsb + width === 32) return x.sar(a, lsb);
  return width === 8 ? x.sxtb(x.shr(a, lsb)) : x.sxth(a);
}

function parallel(treatment: Treatment, pairing: Pairing): Pick<Insn<Operands>, "asm" | "sem"> {
  const { lanes, width } = pairing;
  const mnemonic = `${treatment.prefix}${pairing.suffix}`.toLowerCase();
  const geBits = width === 8 ? 0b1 : 0b11;
  const laneMask = 2 ** width - 1;
  return {
    asm: ({ Rd, Rn, Rm }, { c }) => `${mnemonic}${c}\t${r(Rd)}, ${r(Rn)}, ${r(Rm)}`,
    sem: ({ Rd, Rn, Rm }, x) => {
      const exact = lanes.map(({ n, m, operation }) => {
        const a = laneOf(x, x.R(Rn), n, width, treatment.signed);
        const b = laneOf(x, x.R(Rm), m, width, treatment.signed);
        return x.let(x.bin(operation, a, b));
      });
      const placed = exact.map((lane, i) =>
        x.shl(x.and(treatment.result(x, lane, width), laneMask), i * width),
      );
      const result = x.let(placed.reduce((word, lane) => x.or(word, lane)));
      const { ge } = treatment;
      if (ge) {
        const flags = exact.map((lane, i) =>
          x.mul(ge(x, lane, width, lanes[i]!.operation), geBits << (i * (width / 8))),
        );
        x.setFlag(
          "GE",
          flags.reduce((nibble, flag) => x.or(nibble, flag)),
        );
      }
      writeR(x, Rd, result);
    },
  };
}

/** @source Armv7-M ARM, "SADD16", …, "UHSUB8" */
const row = (treatment: Treatment, pairing: Pairing, T1: Insn<Operands>["encodings"][string]) =>
  insn<Operands>({
    name: `${treatment.prefix}${pairing.suffix}`,
    feature: "DSP",
    encodings: { T1 },
    timing: treatment.prefix === "Q" || treatment.prefix === "UQ" ? "saturate" : "simd",
    ...parallel(treatment, pairing),
  });

type Registers = { readonly Rn: number; readonly Rd: number; readonly Rm: number };
const registers = (f: Registers): Operands => ({ Rd: f.Rd, Rn: f.Rn, Rm: f.Rm });

export const SADD8 = row(S, ADD8, enc("111110101000 Rn:4 1111 Rd:4 0000 Rm:4", registers));
export const SADD16 = row(S, ADD16, enc("111110101001 Rn:4 1111 Rd:4 0000 Rm:4", registers));
export const SASX = row(S, ASX, enc("111110101010 Rn:4 1111 Rd:4 0000 Rm:4", registers));
export const SSUB8 = row(S, SUB8, enc("111110101100 Rn:4 1111 Rd:4 0000 Rm:4", registers));
export const SSUB16 = row(S, SUB16, enc("111110101101 Rn:4 1111 Rd:4 0000 Rm:4", registers));
export const SSAX = row(S, SAX, enc("111110101110 Rn:4 1111 Rd:4 0000 Rm:4", registers));

export const QADD8 = row(Q, ADD8, enc("111110101000 Rn:4 1111 Rd:4 0001 Rm:4", registers));
export const QADD16 = row(Q, ADD16, enc("111110101001 Rn:4 1111 Rd:4 0001 Rm:4", registers));
export const QASX = row(Q, ASX, enc("111110101010 Rn:4 1111 Rd:4 0001 Rm:4", registers));
export const QSUB8 = row(Q, SUB8, enc("111110101100 Rn:4 1111 Rd:4 0001 Rm:4", registers));
export const QSUB16 = row(Q, SUB16, enc("111110101101 Rn:4 1111 Rd:4 0001 Rm:4", registers));
export const QSAX = row(Q, SAX, enc("111110101110 Rn:4 1111 Rd:4 0001 Rm:4", registers));

export const SHADD8 = row(SH, ADD8, enc("111110101000 Rn:4 1111 Rd:4 0010 Rm:4", registers));
export const SHADD16 = row(SH, ADD16, enc("111110101001 Rn:4 1111 Rd:4 0010 Rm:4", registers));
export const SHASX = row(SH, ASX, enc("111110101010 Rn:4 1111 Rd:4 0010 Rm:4", registers));
export const SHSUB8 = row(SH, SUB8, enc("111110101100 Rn:4 1111 Rd:4 0010 Rm:4", registers));
export const SHSUB16 = row(SH, SUB16, enc("111110101101 Rn:4 1111 Rd:4 0010 Rm:4", registers));
export const SHSAX = row(SH, SAX, enc("111110101110 Rn:4 1111 Rd:4 0010 Rm:4", registers));

export const UADD8 = row(U, ADD8, enc("111110101000 Rn:4 1111 Rd:4 0100 Rm:4", registers));
export const UADD16 = row(U, ADD16, enc("111110101001 Rn:4 1111 Rd:4 0100 Rm:4", registers));
export const UASX = row(U, ASX, enc("111110101010 Rn:4 1111 Rd:4 0100 Rm:4", registers));
export const USUB8 = row(U, SUB8, enc("111110101100 Rn:4 1111 Rd:4 0100 Rm:4", registers));
export const USUB16 = row(U, SUB16, enc("111110101101 Rn:4 1111 Rd:4 0100 Rm:4", registers));
export const USAX = row(U, SAX, enc("111110101110 Rn:4 1111 Rd:4 0100 Rm:4", registers));

export const UQADD8 = row(UQ, ADD8, enc("111110101000 Rn:4 1111 Rd:4 0101 Rm:4", registers));
export const UQADD16 = row(UQ, ADD16, enc("111110101001 Rn:4 1111 Rd:4 0101 Rm:4", registers));
export const UQASX = row(UQ, ASX, enc("111110101010 Rn:4 1111 Rd:4 0101 Rm:4", registers));
export const UQSUB8 = row(UQ, SUB8, enc("111110101100 Rn:4 1111 Rd:4 0101 Rm:4", registers));
export const UQSUB16 = row(UQ, SUB16, enc("111110101101 Rn:4 1111 Rd:4 0101 Rm:4", registers));
export const UQSAX = row(UQ, SAX, enc("111110101110 Rn:4 1111 Rd:4 0101 Rm:4", registers));

export const UHADD8 = row(UH, ADD8, enc("111110101000 Rn:4 1111 Rd:4 0110 Rm:4", registers));
export const UHADD16 = row(UH, ADD16, enc("111110101001 Rn:4 1111 Rd:4 0110 Rm:4", registers));
export const UHASX = row(UH, ASX, enc("111110101010 Rn:4 1111 Rd:4 0110 Rm:4", registers));
export const UHSUB8 = row(UH, SUB8, enc("111110101100 Rn:4 1111 Rd:4 0110 Rm:4", registers));
export const UHSUB16 = row(UH, SUB16, enc("111110101101 Rn:4 1111 Rd:4 0110 Rm:4", registers));
export const UHSAX = row(UH, SAX, enc("111110101110 Rn:4 1111 Rd:4 0110 Rm:4", registers));

/** Spreads the GE bits: bit i of a nibble times this has a copy in bit 8i. */
const SPREAD = 0x0020_4081;

/** @source Armv7-M ARM, "SEL" */
export const SEL = insn<Operands>({
  name: "SEL",
  feature: "DSP",
  encodings: { T1: enc("111110101010 Rn:4 1111 Rd:4 1000 Rm:4", registers) },
  timing: "simd",
  asm: ({ Rd, Rn, Rm }, { c }) => `sel${c}\t${r(Rd)}, ${r(Rn)}, ${r(Rm)}`,
  sem: ({ Rd, Rn, Rm }, x) => {
    const fromN = x.let(x.mul(x.and(x.mul(x.flag("GE"), SPREAD), 0x0101_0101), 0xff));
    writeR(x, Rd, x.or(x.and(x.R(Rn), fromN), x.and(x.R(Rm), x.not(fromN))));
  },
});
