import type { Builder } from "../builder.ts";
import { enc, insn, type DecodeContext, type Encoding } from "../insn.ts";
import type { I32 } from "../ir.ts";
import { DecodeImmShift, type ImmediateShift, Shift, ShiftCarry } from "../pseudocode.ts";
import { r, s } from "../registers.ts";
import { immediateShift, writeLogical } from "./common.ts";

interface ImmediateOperands extends ImmediateShift {
  readonly Rd: number;
  readonly Rm: number;
  readonly setflags: boolean;
}
interface WideFields {
  readonly S: number;
  readonly imm3: number;
  readonly Rd: number;
  readonly imm2: number;
  readonly Rm: number;
}

const LSL = 0b00;
const LSR = 0b01;
const ASR = 0b10;
const ROR = 0b11;

const narrow =
  (type: number) =>
  (
    f: { readonly imm5: number; readonly Rm: number; readonly Rd: number },
    { inITBlock }: DecodeContext,
  ): ImmediateOperands => ({ Rd: f.Rd, Rm: f.Rm, setflags: !inITBlock, ...DecodeImmShift(type, f.imm5) });
const wide =
  (type: number) =>
  (f: WideFields): ImmediateOperands => ({
    Rd: f.Rd,
    Rm: f.Rm,
    setflags: f.S === 1,
    ...immediateShift({ ...f, type }),
  });
/** As `wide`; no shift at all is MOV (register), or RRX. */
const wideUnlessZero =
  (type: number) =>
  (f: WideFields): ImmediateOperands | null =>
    f.imm3 === 0 && f.imm2 === 0 ? null : wide(type)(f);

const byImmediate = (name: string, encodings: Readonly<Record<string, Encoding<ImmediateOperands>>>) =>
  insn<ImmediateOperands>({
    name,
    feature: "v7-M",
    encodings,
    timing: "shift",
    roles: ({ Rm }) => ({ shifted: Rm }),
    asm: ({ Rd, Rm, setflags, shift_t, shift_n }, { c, size }) => {
      const shift = shift_t.toLowerCase();
      if (size === 2) return `${shift}${s(setflags)}${c}\t${r(Rd)}, ${r(Rm)}, #${shift_n}`;
      const amount = shift_t === "RRX" ? "" : ` #${shift_n}`;
      return `mov${s(setflags)}${c}.w\t${r(Rd)}, ${r(Rm)}, ${shift}${amount}`;
    },
    sem: (o, x) => {
      const m = x.let(x.R(o.Rm));
      writeLogical(x, o, Shift(x, m, o), ShiftCarry(x, m, o));
    },
  });

/** @source Armv7-M ARM, "LSL (immediate)" */
export const LSL_immediate = byImmediate("LSL (immediate)", {
  T1: enc("00000 imm5:5!00000 Rm:3 Rd:3", narrow(LSL)),
  T2: enc("11101010010 S:1 1111 0 imm3:3 Rd:4 imm2:2 00 Rm:4", wideUnlessZero(LSL)),
});

/** @source Armv7-M ARM, "LSR (immediate)" */
export const LSR_immediate = byImmediate("LSR (immediate)", {
  T1: enc("00001 imm5:5 Rm:3 Rd:3", narrow(LSR)),
  T2: enc("11101010010 S:1 1111 0 imm3:3 Rd:4 imm2:2 01 Rm:4", wide(LSR)),
});

/** @source Armv7-M ARM, "ASR (immediate)" */
export const ASR_immediate = byImmediate("ASR (immediate)", {
  T1: enc("00010 imm5:5 Rm:3 Rd:3", narrow(ASR)),
  T2: enc("11101010010 S:1 1111 0 imm3:3 Rd:4 imm2:2 10 Rm:4", wide(ASR)),
});

/** @source Armv7-M ARM, "ROR (immediate)" */
export const ROR_immediate = byImmediate("ROR (immediate)", {
  T1: enc("11101010010 S:1 1111 0 imm3:3 Rd:4 imm2:2 11 Rm:4", wideUnlessZero(ROR)),
});

/** @source Armv7-M ARM, "RRX" */
export const RRX = byImmediate("RRX", {
  T1: enc("11101010010 S:1 1111 0 000 Rd:4 00 11 Rm:4", (f) => wide(ROR)({ ...f, imm3: 0, imm2: 0 })),
});

interface RegisterOperands {
  readonly Rd: number;
  readonly Rn: number;
  readonly Rm: number;
  readonly setflags: boolean;
}
const narrowRegister = (
  f: { readonly Rm: number; readonly Rdn: number },
  { inITBlock }: DecodeContext,
): RegisterOperands => ({ Rd: f.Rdn, Rn: f.Rdn, Rm: f.Rm, setflags: !inITBlock });
const wideRegister = (f: {
  readonly S: number;
  readonly Rn: number;
  readonly Rd: number;
  readonly Rm: number;
}): RegisterOperands => ({ Rd: f.Rd, Rn: f.Rn, Rm: f.Rm, setflags: f.S === 1 });

interface Shifted {
  readonly result: I32;
  /** Carry out for an amount other than 0. */
  readonly carry: I32;
}

/** A shift by the low byte of a register, 0-255; `shift` sees `n` and the amount as temporaries. */
const byRegister = (
  name: string,
  mnemonic: string,
  encodings: Readonly<Record<string, Encoding<RegisterOperands>>>,
  shift: (x: Builder, n: I32, amount: I32) => Shifted,
) =>
  insn<RegisterOperands>({
    name,
    feature: "v7-M",
    encodings,
    timing: "shift",
    roles: ({ Rn }) => ({ shifted: Rn }),
    asm: ({ Rd, Rn, Rm, setflags }, { c, size }) =>
      size === 2
        ? `${mnemonic}${s(setflags)}${c}\t${r(Rd)}, ${r(Rm)}`
        : `${mnemonic}${s(setflags)}${c}.w\t${r(Rd)}, ${r(Rn)}, ${r(Rm)}`,
    sem: (o, x) => {
      const n = x.let(x.R(o.Rn));
      const amount = x.let(x.uxtb(x.R(o.Rm)));
      const { result, carry } = shift(x, n, amount);
      writeLogical(x, o, result, x.select(x.eq(amount, 0), x.flag("C"), carry));
    },
  });

/** @source Armv7-M ARM, "LSL (register)" */
export const LSL_register = byRegister(
  "LSL (register)",
  "lsl",
  {
    T1: enc("0100000010 Rm:3 Rdn:3", narrowRegister),
    T2: enc("11111010000 S:1 Rn:4 1111 Rd:4 0000 Rm:4", wideRegister),
  },
  (x, n, amount) => ({
    result: x.select(x.ltU(amount, 32), x.shl(n, amount), 0),
    carry: x.select(x.leU(amount, 32), x.and(x.shr(n, x.sub(32, amount)), 1), 0),
  }),
);

/** @source Armv7-M ARM, "LSR (register)" */
export const LSR_register = byRegister(
  "LSR (register)",
  "lsr",
  {
    T1: enc("0100000011 Rm:3 Rdn:3", narrowRegister),
    T2: enc("11111010001 S:1 Rn:4 1111 Rd:4 0000 Rm:4", wideRegister),
  },
  (x, n, amount) => ({
    result: x.select(x.ltU(amount, 32), x.shr(n, amount), 0),
    carry: x.select(x.leU(amount, 32), x.and(x.shr(n, x.sub(amount, 1)), 1), 0),
  }),
);

/** @source Armv7-M ARM, "ASR (register)" */
export const ASR_register = byRegister(
  "ASR (register)",
  "asr",
  {
    T1: enc("0100000100 Rm:3 Rdn:3", narrowRegister),
    T2: enc("11111010010 S:1 Rn:4 1111 Rd:4 0000 Rm:4", wideRegister),
  },
  (x, n, amount) => ({
    result: x.select(x.ltU(amount, 32), x.sar(n, amount), x.sar(n, 31)),
    carry: x.select(x.leU(amount, 32), x.and(x.shr(n, x.sub(amount, 1)), 1), x.shr(n, 31)),
  }),
);

/** @source Armv7-M ARM, "ROR (register)" */
export const ROR_register = byRegister(
  "ROR (register)",
  "ror",
  {
    T1: enc("0100000111 Rm:3 Rdn:3", narrowRegister),
    T2: enc("11111010011 S:1 Rn:4 1111 Rd:4 0000 Rm:4", wideRegister),
  },
  (x, n, amount) => ({
    result: x.ror(n, amount),
    carry: x.and(x.shr(n, x.sub(amount, 1)), 1),
  }),
);
