import { enc, insn, type Encoding } from "../insn.ts";
import { r } from "../registers.ts";
import { writeR } from "./common.ts";

interface Operands {
  readonly Rd: number;
  readonly Rn: number;
  readonly Rm: number;
}

const divide = (name: "SDIV" | "UDIV", operation: "divS" | "divU", T1: Encoding<Operands>) =>
  insn<Operands>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing: "divide",
    asm: ({ Rd, Rn, Rm }, { c }) => `${name.toLowerCase()}${c}\t${r(Rd)}, ${r(Rn)}, ${r(Rm)}`,
    sem: ({ Rd, Rn, Rm }, x) => {
      const m = x.let(x.R(Rm));
      x.if(x.eq(m, 0), () => x.fault("DIVBYZERO", x.value({ name: "divideByZeroTraps" })));
      writeR(x, Rd, x.bin(operation, x.R(Rn), m));
    },
  });

/** @source Armv7-M ARM, "SDIV" */
export const SDIV = divide(
  "SDIV",
  "divS",
  enc("111110111001 Rn:4 1111 Rd:4 1111 Rm:4", (f) => ({ ...f })),
);

/** @source Armv7-M ARM, "UDIV" */
export const UDIV = divide(
  "UDIV",
  "divU",
  enc("111110111011 Rn:4 1111 Rd:4 1111 Rm:4", (f) => ({ ...f })),
);
