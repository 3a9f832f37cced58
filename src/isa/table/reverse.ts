import type { Builder } from "../builder.ts";
import { enc, insn, type Encoding, type TimingClass } from "../insn.ts";
import type { I32 } from "../ir.ts";
import { r } from "../registers.ts";
import { writeR } from "./common.ts";

interface Operands {
  readonly Rd: number;
  readonly Rm: number;
}

/**
 * The 32-bit encodings hold Rm twice; two different registers are UNPREDICTABLE, and the one in the second halfword is
 * taken.
 */
const wide = (f: { readonly Rd: number; readonly Rm: number }): Operands => ({ Rd: f.Rd, Rm: f.Rm });

const unary = (
  name: string,
  text: readonly [timing: TimingClass, wide: "" | ".w"],
  encodings: Readonly<Record<string, Encoding<Operands>>>,
  operation: (x: Builder, m: I32) => I32,
) =>
  insn<Operands>({
    name,
    feature: "v7-M",
    encodings,
    timing: text[0],
    asm: ({ Rd, Rm }, { c, size }) =>
      `${name.toLowerCase()}${c}${size === 4 ? text[1] : ""}\t${r(Rd)}, ${r(Rm)}`,
    sem: ({ Rd, Rm }, x) => writeR(x, Rd, operation(x, x.R(Rm))),
  });

/** @source Armv7-M ARM, "REV" */
export const REV = unary(
  "REV",
  ["reverse", ".w"],
  {
    T1: enc("1011101000 Rm:3 Rd:3", wide),
    T2: enc("111110101001 Rm2:4 1111 Rd:4 1000 Rm:4", wide),
  },
  (x, m) => x.un("rev", m),
);

/** @source Armv7-M ARM, "REV16" */
export const REV16 = unary(
  "REV16",
  ["reverse", ".w"],
  {
    T1: enc("1011101001 Rm:3 Rd:3", wide),
    T2: enc("111110101001 Rm2:4 1111 Rd:4 1001 Rm:4", wide),
  },
  (x, m) => x.un("rev16", m),
);

/** @source Armv7-M ARM, "REVSH" */
export const REVSH = unary(
  "REVSH",
  ["reverse", ".w"],
  {
    T1: enc("1011101011 Rm:3 Rd:3", wide),
    T2: enc("111110101001 Rm2:4 1111 Rd:4 1011 Rm:4", wide),
  },
  (x, m) => x.sxth(x.un("rev16", m)),
);

/** @source Armv7-M ARM, "RBIT" */
export const RBIT = unary(
  "RBIT",
  ["reverse", ""],
  { T1: enc("111110101001 Rm2:4 1111 Rd:4 1010 Rm:4", wide) },
  (x, m) => x.un("rbit", m),
);

/** @source Armv7-M ARM, "CLZ" */
export const CLZ = unary(
  "CLZ",
  ["clz", ""],
  { T1: enc("111110101011 Rm2:4 1111 Rd:4 1000 Rm:4", wide) },
  (x, m) => x.un("clz", m),
);
