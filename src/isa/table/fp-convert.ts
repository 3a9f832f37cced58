import { type AnyInsn, enc, insn } from "../insn.ts";
import type { RoundingMode } from "../ir.ts";
import { bit } from "../pseudocode.ts";
import {
  bothPrecisions,
  encodingDM,
  nameD,
  nameS,
  type OperandsDM,
  registerD,
  registerS,
  type TextDM,
} from "./fp-precision.ts";

/** Conversions between formats, to integers and fixed-point numbers and back, and roundings to an integer. */

interface ToInteger extends OperandsDM {
  readonly unsigned: boolean;
  readonly rmode: RoundingMode;
}

/** S[d] is an integer, whatever the precision of the operand. @source Armv7-M ARM, "VCVT, VCVTR (between floating-point and integer)" */
export const [VCVT_integer_from_F32, VCVT_integer_from_F64] = bothPrecisions((p) =>
  insn<ToInteger>({
    name: `VCVT, VCVTR (${p.heading} to integer)`,
    feature: p.v4,
    encodings: {
      T1: enc(`111011101 D:1 11110 signed:1 Vd:4 101 ${p.sz} op:1 1 M:1 0 Vm:4`, (f) => {
        const m = p.register(f.Vm, f.M);
        const rmode = bit(f.op) ? "zero" : "fpscr";
        return m === null ? null : { d: registerS(f.Vd, f.D), m, unsigned: !bit(f.signed), rmode };
      }),
    },
    timing: p.timing("convert"),
    asm: ({ d, m, unsigned, rmode }, { c }) =>
      `vcvt${rmode === "fpscr" ? "r" : ""}${c}.${unsigned ? "u32" : "s32"}.${p.type}\t${nameS(d)}, ${p.name(m)}`,
    sem: ({ d, m, unsigned, rmode }, x) => {
      x.fpCheck();
      x.setS(d, x.fromBits32(p.toFixed(x, p.read(x, m), { fracBits: 0, unsigned, size: 32, rmode })));
    },
  }),
);

/** S[m] is an integer. @source Armv7-M ARM, "VCVT, VCVTR (between floating-point and integer)" */
export const [VCVT_F32_from_integer, VCVT_F64_from_integer] = bothPrecisions((p) =>
  insn<OperandsDM & { readonly unsigned: boolean }>({
    name: `VCVT (integer to ${p.heading})`,
    feature: p.v4,
    encodings: {
      T1: enc(`111011101 D:1 111000 Vd:4 101 ${p.sz} signed:1 1 M:1 0 Vm:4`, (f) => {
        const d = p.register(f.Vd, f.D);
        return d === null ? null : { d, m: registerS(f.Vm, f.M), unsigned: !bit(f.signed) };
      }),
    },
    timing: p.timing("convert"),
    asm: ({ d, m, unsigned }, { c }) =>
      `vcvt${c}.${p.type}.${unsigned ? "u32" : "s32"}\t${p.name(d)}, ${nameS(m)}`,
    sem: ({ d, m, unsigned }, x) => {
      x.fpCheck();
      p.write(x, d, p.fromFixed(x, x.bitsF32(x.S(m)), { fracBits: 0, unsigned, rmode: "fpscr" }));
    },
  }),
);

interface Fixed {
  readonly d: number;
  readonly toFixed: boolean;
  readonly unsigned: boolean;
  readonly size: 16 | 32;
  /** Below 0 is UNPREDICTABLE and scales the other way. */
  readonly fracBits: number;
}

/** In place: the operand is the destination. @source Armv7-M ARM, "VCVT (between floating-point and fixed-point)" */
export const [VCVT_fixed_F32, VCVT_fixed_F64] = bothPrecisions((p) =>
  insn<Fixed>({
    name: `VCVT (between ${p.heading} and fixed-point)`,
    feature: p.v4,
    encodings: {
      T1: enc(`111011101 D:1 111 op:1 1 U:1 Vd:4 101 ${p.sz} sx:1 1 i:1 0 imm4:4`, (f) => {
        const d = p.register(f.Vd, f.D);
        if (d === null) return null;
        const size = bit(f.sx) ? 32 : 16;
        const fracBits = size - ((f.imm4 << 1) | f.i);
        return { d, toFixed: bit(f.op), unsigned: bit(f.U), size, fracBits };
      }),
    },
    timing: p.timing("convert"),
    asm: ({ d, toFixed, unsigned, size, fracBits }, { c }) => {
      const fixed = `${unsigned ? "u" : "s"}${size}`;
      const types = toFixed ? `${fixed}.${p.type}` : `${p.type}.${fixed}`;
      return `vcvt${c}.${types}\t${p.name(d)}, ${p.name(d)}, #${fracBits}`;
    },
    sem: ({ d, toFixed, unsigned, size, fracBits }, x) => {
      x.fpCheck();
      const S = p.asS(d);
      if (toFixed) {
        const result = p.toFixed(x, p.read(x, d), { fracBits, unsigned, size, rmode: "zero" });
        x.setS(S, x.fromBits32(result));
        if (p.type === "f64") x.setS(S + 1, x.fromBits32(unsigned ? 0 : x.sar(result, 31)));
        return;
      }
      const word = x.bitsF32(x.S(S));
      const operand = size === 32 ? word : unsigned ? x.uxth(word) : x.sxth(word);
      p.write(x, d, p.fromFixed(x, operand, { fracBits, unsigned, rmode: "nearest" }));
    },
  }),
);

/** @source Armv7-M ARM, "VCVT (between double-precision and single-precision)" */
export const VCVT_F64_from_F32 = insn<OperandsDM>({
  name: "VCVT (single-precision to double-precision)",
  feature: "FPv4-DP",
  encodings: {
    T1: enc("111011101 D:1 110111 Vd:4 1010 11 M:1 0 Vm:4", (f) => {
      const d = registerD(f.Vd, f.D);
      return d === null ? null : { d, m: registerS(f.Vm, f.M) };
    }),
  },
  timing: "fp64.convert",
  asm: ({ d, m }, { c }) => `vcvt${c}.f64.f32\t${nameD(d)}, ${nameS(m)}`,
  sem: ({ d, m }, x) => {
    x.fpCheck();
    x.setD(d, x.fp64({ op: "f32To64", args: [x.S(m)], type: "f64" }));
  },
});

/** @source Armv7-M ARM, "VCVT (between double-precision and single-precision)" */
export const VCVT_F32_from_F64 = insn<OperandsDM>({
  name: "VCVT (double-precision to single-precision)",
  feature: "FPv4-DP",
  encodings: {
    T1: enc("111011101 D:1 110111 Vd:4 1011 11 M:1 0 Vm:4", (f) => {
      const m = registerD(f.Vm, f.M);
      return m === null ? null : { d: registerS(f.Vd, f.D), m };
    }),
  },
  timing: "fp64.convert",
  asm: ({ d, m }, { c }) => `vcvt${c}.f32.f64\t${nameS(d)}, ${nameD(m)}`,
  sem: ({ d, m }, x) => {
    x.fpCheck();
    x.setS(d, x.fp32({ op: "f64To32", args: [x.D(m)], type: "f32" }));
  },
});

interface Half extends OperandsDM {
  /** The half-precision number is the upper half of its register. */
  readonly top: boolean;
}

/** @source Armv7-M ARM, "VCVTB, VCVTT" */
export const [VCVTB_F32_from_F16, VCVTB_F64_from_F16] = bothPrecisions((p) =>
  insn<Half>({
    name: `VCVTB, VCVTT (half-precision to ${p.heading})`,
    feature: p.type === "f32" ? p.v4 : p.v5,
    encodings: {
      T1: enc(`111011101 D:1 110010 Vd:4 101 ${p.sz} T:1 1 M:1 0 Vm:4`, (f) => {
        const d = p.register(f.Vd, f.D);
        return d === null ? null : { d, m: registerS(f.Vm, f.M), top: bit(f.T) };
      }),
    },
    timing: p.timing("convert"),
    asm: ({ d, m, top }, { c }) => `vcvt${top ? "t" : "b"}${c}.${p.type}.f16\t${p.name(d)}, ${nameS(m)}`,
    sem: ({ d, m, top }, x) => {
      x.fpCheck();
      p.write(x, d, p.fromHalf(x, x.bits(x.bitsF32(x.S(m)), top ? 31 : 15, top ? 16 : 0)));
    },
  }),
);

/** The other half of the destination stays. @source Armv7-M ARM, "VCVTB, VCVTT" */
export const [VCVTB_F16_from_F32, VCVTB_F16_from_F64] = bothPrecisions((p) =>
  insn<Half>({
    name: `VCVTB, VCVTT (${p.heading} to half-precision)`,
    feature: p.type === "f32" ? p.v4 : p.v5,
    encodings: {
      T1: enc(`111011101 D:1 110011 Vd:4 101 ${p.sz} T:1 1 M:1 0 Vm:4`, (f) => {
        const m = p.register(f.Vm, f.M);
        return m === null ? null : { d: registerS(f.Vd, f.D), m, top: bit(f.T) };
      }),
    },
    timing: p.timing("convert"),
    asm: ({ d, m, top }, { c }) => `vcvt${top ? "t" : "b"}${c}.f16.${p.type}\t${nameS(d)}, ${p.name(m)}`,
    sem: ({ d, m, top }, x) => {
      x.fpCheck();
      const half = p.toHalf(x, p.read(x, m));
      const old = x.bitsF32(x.S(d));
      const merged = top ? x.or(x.uxth(old), x.shl(half, 16)) : x.or(x.and(old, ~0xffff), x.uxth(half));
      x.setS(d, x.fromBits32(merged));
    },
  }),
);

/** Result an integer, with a rounding that the instruction says. @source Armv7-M ARM, "VCVTA, VCVTN, VCVTP, VCVTM" */
const directedConversion = (letter: string, RM: string, rmode: RoundingMode): readonly [AnyInsn, AnyInsn] =>
  bothPrecisions((p) =>
    insn<OperandsDM & { readonly unsigned: boolean }>({
      name: `VCVT${letter} (${p.heading})`,
      feature: p.v5,
      encodings: {
        T1: enc(`111111101 D:1 1111 ${RM} Vd:4 101 ${p.sz} signed:1 1 M:1 0 Vm:4`, (f) => {
          const m = p.register(f.Vm, f.M);
          return m === null ? null : { d: registerS(f.Vd, f.D), m, unsigned: !bit(f.signed) };
        }),
      },
      timing: p.timing("convert"),
      unconditional: true,
      asm: ({ d, m, unsigned }) =>
        `vcvt${letter.toLowerCase()}.${unsigned ? "u32" : "s32"}.${p.type}\t${nameS(d)}, ${p.name(m)}`,
      sem: ({ d, m, unsigned }, x) => {
        x.fpCheck();
        x.setS(d, x.fromBits32(p.toFixed(x, p.read(x, m), { fracBits: 0, unsigned, size: 32, rmode })));
      },
    }),
  );

export const [VCVTA_F32, VCVTA_F64] = directedConversion("A", "00", "ties-away");
export const [VCVTN_F32, VCVTN_F64] = directedConversion("N", "01", "nearest");
export const [VCVTP_F32, VCVTP_F64] = directedConversion("P", "10", "plusInf");
export const [VCVTM_F32, VCVTM_F64] = directedConversion("M", "11", "minusInf");

interface Rounding {
  readonly text: TextDM;
  readonly rmode: RoundingMode;
  /** A result that differs from the operand is inexact. */
  readonly exact?: boolean;
  readonly unconditional?: boolean;
}

/** Result a floating-point number without fraction. @source Armv7-M ARM, "VRINTA, VRINTN, VRINTP, VRINTM", "VRINTX", "VRINTZ, VRINTR" */
const rounding = (
  letter: string,
  { text, rmode, exact = false, unconditional = false }: Rounding,
): readonly [AnyInsn, AnyInsn] =>
  bothPrecisions((p) =>
    insn<OperandsDM>({
      name: `VRINT${letter} (${p.heading})`,
      feature: p.v5,
      encodings: { T1: encodingDM(text, p) },
      timing: p.timing("convert"),
      unconditional,
      asm: ({ d, m }, { c }) =>
        `vrint${letter.toLowerCase()}${unconditional ? "" : c}.${p.type}\t${p.name(d)}, ${p.name(m)}`,
      sem: ({ d, m }, x) => {
        x.fpCheck();
        p.write(x, d, p.roundInt(x, p.read(x, m), rmode, exact));
      },
    }),
  );

export const [VRINTA_F32, VRINTA_F64] = rounding("A", {
  text: "111111101 D:1 111000 Vd:4 101 sz 01 M:1 0 Vm:4",
  rmode: "ties-away",
  unconditional: true,
});
export const [VRINTN_F32, VRINTN_F64] = rounding("N", {
  text: "111111101 D:1 111001 Vd:4 101 sz 01 M:1 0 Vm:4",
  rmode: "nearest",
  unconditional: true,
});
export const [VRINTP_F32, VRINTP_F64] = rounding("P", {
  text: "111111101 D:1 111010 Vd:4 101 sz 01 M:1 0 Vm:4",
  rmode: "plusInf",
  unconditional: true,
});
export const [VRINTM_F32, VRINTM_F64] = rounding("M", {
  text: "111111101 D:1 111011 Vd:4 101 sz 01 M:1 0 Vm:4",
  rmode: "minusInf",
  unconditional: true,
});
export const [VRINTZ_F32, VRINTZ_F64] = rounding("Z", {
  text: "111011101 D:1 110110 Vd:4 101 sz 11 M:1 0 Vm:4",
  rmode: "zero",
});
export const [VRINTR_F32, VRINTR_F64] = rounding("R", {
  text: "111011101 D:1 110110 Vd:4 101 sz 01 M:1 0 Vm:4",
  rmode: "fpscr",
});
export const [VRINTX_F32, VRINTX_F64] = rounding("X", {
  text: "111011101 D:1 110111 Vd:4 101 sz 01 M:1 0 Vm:4",
  rmode: "fpscr",
  exact: true,
});
