import { enc, insn } from "../insn.ts";
import { Add, DecodeImmShift, setNZCV, Shift } from "../pseudocode.ts";
import { r } from "../registers.ts";

/** @source Armv7-M ARM, "ADD (register)" */
export const ADD_register = insn({
  name: "ADD (register)",
  feature: "v7-M",
  encodings: {
    T1: enc("0001100 Rm:3 Rn:3 Rd:3", (f, { inITBlock }) => ({
      ...f,
      setflags: !inITBlock,
      ...DecodeImmShift(0, 0),
    })),
    T2: enc("01000100 DN:1 Rm:4 Rdn:3", (f) => {
      const Rd = (f.DN << 3) | f.Rdn;
      return { Rd, Rn: Rd, Rm: f.Rm, setflags: false, ...DecodeImmShift(0, 0) };
    }),
    T3: enc("11101011000 S:1 Rn:4 (0) imm3:3 Rd:4 imm2:2 type:2 Rm:4", (f) =>
      // Rd = 15 with S set is CMN (register).
      f.Rd === 15 && f.S === 1
        ? null
        : {
            Rd: f.Rd,
            Rn: f.Rn,
            Rm: f.Rm,
            setflags: f.S === 1,
            ...DecodeImmShift(f.type, (f.imm3 << 2) | f.imm2),
          },
    ),
  },
  timing: ({ shift_n }) => (shift_n === 0 ? "alu" : "alu.shifted"),
  roles: ({ Rm, shift_n }) => (shift_n === 0 ? {} : { shifted: Rm }),
  asm: ({ Rd, Rn, Rm }, { c }) => `add${c}\t${r(Rd)}, ${r(Rn)}, ${r(Rm)}`,
  sem: ({ Rd, Rn, Rm, setflags, shift_t, shift_n }, x) => {
    const n = x.let(x.R(Rn));
    const shifted = x.let(Shift(x, x.R(Rm), { shift_t, shift_n }));
    const sum = Add(x, n, shifted);
    if (Rd === 15) x.jump("simple", sum.result);
    else {
      x.setR(Rd, sum.result);
      if (setflags) setNZCV(x, sum);
    }
  },
});
