import type { Builder } from "../builder.ts";
import { enc, insn, type Encoding } from "../insn.ts";
import type { I32 } from "../ir.ts";
import { r } from "../registers.ts";
import { writeR } from "./common.ts";

/** Mask of `width` ones from bit 0; 1 <= width <= 32. */
const ones = (width: number): number => (width === 32 ? -1 : 2 ** width - 1);

interface InsertFields {
  readonly imm3: number;
  readonly Rd: number;
  readonly imm2: number;
  readonly msb: number;
}
interface InsertOperands {
  readonly Rd: number;
  readonly lsbit: number;
  readonly width: number;
}

/** msb < lsb is UNPREDICTABLE, and UNDEFINED here. */
function insertOperands(f: InsertFields): InsertOperands | null {
  const lsbit = (f.imm3 << 2) | f.imm2;
  return f.msb < lsbit ? null : { Rd: f.Rd, lsbit, width: f.msb - lsbit + 1 };
}

/** @source Armv7-M ARM, "BFC" */
export const BFC = insn({
  name: "BFC",
  feature: "v7-M",
  encodings: { T1: enc("1111001101101111 0 imm3:3 Rd:4 imm2:2 0 msb:5", insertOperands) },
  timing: "bitfield",
  asm: ({ Rd, lsbit, width }, { c }) => `bfc${c}\t${r(Rd)}, #${lsbit}, #${width}`,
  sem: ({ Rd, lsbit, width }, x) => writeR(x, Rd, x.and(x.R(Rd), ~(ones(width) << lsbit))),
});

/** @source Armv7-M ARM, "BFI" */
export const BFI = insn({
  name: "BFI",
  feature: "v7-M",
  encodings: {
    T1: enc("111100110110 Rn:4!1111 0 imm3:3 Rd:4 imm2:2 0 msb:5", (f) => {
      const o = insertOperands(f);
      return o && { ...o, Rn: f.Rn };
    }),
  },
  timing: "bitfield",
  asm: ({ Rd, Rn, lsbit, width }, { c }) => `bfi${c}\t${r(Rd)}, ${r(Rn)}, #${lsbit}, #${width}`,
  sem: ({ Rd, Rn, lsbit, width }, x) => {
    const mask = ones(width) << lsbit;
    writeR(x, Rd, x.or(x.and(x.R(Rd), ~mask), x.and(x.shl(x.R(Rn), lsbit), mask)));
  },
});

interface ExtractFields {
  readonly Rn: number;
  readonly imm3: number;
  readonly Rd: number;
  readonly imm2: number;
  readonly widthm1: number;
}
interface ExtractOperands {
  readonly Rd: number;
  readonly Rn: number;
  readonly lsbit: number;
  readonly width: number;
}

/** A field that leaves the register at the top is UNPREDICTABLE, and UNDEFINED here. */
function extractOperands(f: ExtractFields): ExtractOperands | null {
  const lsbit = (f.imm3 << 2) | f.imm2;
  const width = f.widthm1 + 1;
  return lsbit + width > 32 ? null : { Rd: f.Rd, Rn: f.Rn, lsbit, width };
}

const extract = (
  name: "SBFX" | "UBFX",
  T1: Encoding<ExtractOperands>,
  operation: (x: Builder, top: I32, shift: number) => I32,
) =>
  insn<ExtractOperands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing: "bitfield",
    asm: ({ Rd, Rn, lsbit, width }, { c }) =>
      `${name.toLowerCase()}${c}\t${r(Rd)}, ${r(Rn)}, #${lsbit}, #${width}`,
    sem: ({ Rd, Rn, lsbit, width }, x) =>
      writeR(x, Rd, operation(x, x.shl(x.R(Rn), 32 - lsbit - width), 32 - width)),
  });

/** @source Armv7-M ARM, "SBFX" */
export const SBFX = extract(
  "SBFX",
  enc("111100110100 Rn:4 0 imm3:3 Rd:4 imm2:2 0 widthm1:5", extractOperands),
  (x, top, shift) => x.sar(top, shift),
);

/** @source Armv7-M ARM, "UBFX" */
export const UBFX = extract(
  "UBFX",
  enc("111100111100 Rn:4 0 imm3:3 Rd:4 imm2:2 0 widthm1:5", extractOperands),
  (x, top, shift) => x.shr(top, shift),
);
