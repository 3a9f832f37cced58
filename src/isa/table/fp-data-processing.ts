import type { Builder } from "../builder.ts";
import { type AnyInsn, enc, insn } from "../insn.ts";
import type { F32, F64 } from "../ir.ts";
import { bit, ConditionHolds } from "../pseudocode.ts";
import {
  type Arithmetic,
  bothPrecisions,
  encodingDM,
  encodingDNM,
  type OperandsDM,
  type OperandsDNM,
  type Precision,
  type TextDM,
  type TextDNM,
} from "./fp-precision.ts";

/** Arithmetic of FPv4 and FPv5; each instruction makes a row for single and one for double precision. */

/** Result of an instruction; `d` is the old value of the destination. */
type Result3 = <F extends F32 | F64>(p: Precision<F>, x: Builder, n: F, m: F, d: F) => F;
type Result2 = <F extends F32 | F64>(p: Precision<F>, x: Builder, m: F) => F;

interface ThreeOperand {
  readonly text: TextDNM;
  readonly timing: Arithmetic;
  /** The destination is an operand too. */
  readonly accumulates?: boolean;
  readonly result: Result3;
}

/** VADD and its kin: `S[d] = result(S[n], S[m], S[d])`. */
function threeOperand(name: string, row: ThreeOperand): readonly [AnyInsn, AnyInsn] {
  return bothPrecisions((p) =>
    insn<OperandsDNM>({
      name: `${name} (${p.heading})`,
      feature: p.v4,
      encodings: { T1: encodingDNM(row.text, p) },
      timing: p.timing(row.timing),
      roles: ({ d }) => (row.accumulates === true ? { fpAccumulator: p.asS(d) } : {}),
      asm: ({ d, n, m }, { c }) =>
        `${name.toLowerCase()}${c}.${p.type}\t${p.name(d)}, ${p.name(n)}, ${p.name(m)}`,
      sem: ({ d, n, m }, x) => {
        x.fpCheck();
        p.write(x, d, row.result(p, x, p.read(x, n), p.read(x, m), p.read(x, d)));
      },
    }),
  );
}

/** VABS and its kin: `S[d] = result(S[m])`. */
function twoOperand(
  name: string,
  row: { readonly text: TextDM; readonly timing: Arithmetic | "move"; readonly result: Result2 },
): readonly [AnyInsn, AnyInsn] {
  return bothPrecisions((p) =>
    insn<OperandsDM>({
      name: `${name} (${p.heading})`,
      feature: p.v4,
      encodings: { T1: encodingDM(row.text, p) },
      timing: row.timing === "move" ? "fp.move" : p.timing(row.timing),
      asm: ({ d, m }, { c }) => `${name.toLowerCase()}${c}.${p.type}\t${p.name(d)}, ${p.name(m)}`,
      sem: ({ d, m }, x) => {
        x.fpCheck();
        p.write(x, d, row.result(p, x, p.read(x, m)));
      },
    }),
  );
}

/** @source Armv7-M ARM, "VADD" */
export const [VADD_F32, VADD_F64] = threeOperand("VADD", {
  text: "111011100 D:1 11 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  timing: "add",
  result: (p, x, n, m) => p.arithmetic(x, "add", n, m),
});

/** @source Armv7-M ARM, "VSUB" */
export const [VSUB_F32, VSUB_F64] = threeOperand("VSUB", {
  text: "111011100 D:1 11 Vn:4 Vd:4 101 sz N:1 1 M:1 0 Vm:4",
  timing: "add",
  result: (p, x, n, m) => p.arithmetic(x, "sub", n, m),
});

/** @source Armv7-M ARM, "VMUL" */
export const [VMUL_F32, VMUL_F64] = threeOperand("VMUL", {
  text: "111011100 D:1 10 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  timing: "multiply",
  result: (p, x, n, m) => p.arithmetic(x, "mul", n, m),
});

/** @source Armv7-M ARM, "VNMLA, VNMLS, VNMUL" */
export const [VNMUL_F32, VNMUL_F64] = threeOperand("VNMUL", {
  text: "111011100 D:1 10 Vn:4 Vd:4 101 sz N:1 1 M:1 0 Vm:4",
  timing: "multiply",
  result: (p, x, n, m) => p.neg(x, p.arithmetic(x, "mul", n, m)),
});

/** @source Armv7-M ARM, "VDIV" */
export const [VDIV_F32, VDIV_F64] = threeOperand("VDIV", {
  text: "111011101 D:1 00 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  timing: "divide",
  result: (p, x, n, m) => p.arithmetic(x, "div", n, m),
});

/** The product is rounded before the addition. @source Armv7-M ARM, "VMLA, VMLS" */
export const [VMLA_F32, VMLA_F64] = threeOperand("VMLA", {
  text: "111011100 D:1 00 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  timing: "mac",
  accumulates: true,
  result: (p, x, n, m, d) => p.arithmetic(x, "add", d, p.arithmetic(x, "mul", n, m)),
});

/** @source Armv7-M ARM, "VMLA, VMLS" */
export const [VMLS_F32, VMLS_F64] = threeOperand("VMLS", {
  text: "111011100 D:1 00 Vn:4 Vd:4 101 sz N:1 1 M:1 0 Vm:4",
  timing: "mac",
  accumulates: true,
  result: (p, x, n, m, d) => p.arithmetic(x, "add", d, p.neg(x, p.arithmetic(x, "mul", n, m))),
});

/** @source Armv7-M ARM, "VNMLA, VNMLS, VNMUL" */
export const [VNMLA_F32, VNMLA_F64] = threeOperand("VNMLA", {
  text: "111011100 D:1 01 Vn:4 Vd:4 101 sz N:1 1 M:1 0 Vm:4",
  timing: "mac",
  accumulates: true,
  result: (p, x, n, m, d) => p.arithmetic(x, "add", p.neg(x, d), p.neg(x, p.arithmetic(x, "mul", n, m))),
});

/** @source Armv7-M ARM, "VNMLA, VNMLS, VNMUL" */
export const [VNMLS_F32, VNMLS_F64] = threeOperand("VNMLS", {
  text: "111011100 D:1 01 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  timing: "mac",
  accumulates: true,
  result: (p, x, n, m, d) => p.arithmetic(x, "add", p.neg(x, d), p.arithmetic(x, "mul", n, m)),
});

/** Product and sum are rounded once, together. @source Armv7-M ARM, "VFMA, VFMS" */
export const [VFMA_F32, VFMA_F64] = threeOperand("VFMA", {
  text: "111011101 D:1 10 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  timing: "fma",
  accumulates: true,
  result: (p, x, n, m, d) => p.fma(x, d, n, m),
});

/** @source Armv7-M ARM, "VFMA, VFMS" */
export const [VFMS_F32, VFMS_F64] = threeOperand("VFMS", {
  text: "111011101 D:1 10 Vn:4 Vd:4 101 sz N:1 1 M:1 0 Vm:4",
  timing: "fma",
  accumulates: true,
  result: (p, x, n, m, d) => p.fma(x, d, p.neg(x, n), m),
});

/** @source Armv7-M ARM, "VFNMA, VFNMS" */
export const [VFNMA_F32, VFNMA_F64] = threeOperand("VFNMA", {
  text: "111011101 D:1 01 Vn:4 Vd:4 101 sz N:1 1 M:1 0 Vm:4",
  timing: "fma",
  accumulates: true,
  result: (p, x, n, m, d) => p.fma(x, p.neg(x, d), p.neg(x, n), m),
});

/** @source Armv7-M ARM, "VFNMA, VFNMS" */
export const [VFNMS_F32, VFNMS_F64] = threeOperand("VFNMS", {
  text: "111011101 D:1 01 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  timing: "fma",
  accumulates: true,
  result: (p, x, n, m, d) => p.fma(x, p.neg(x, d), n, m),
});

/** Changes the sign bit alone, whatever the operand and FPSCR. @source Armv7-M ARM, "VABS" */
export const [VABS_F32, VABS_F64] = twoOperand("VABS", {
  text: "111011101 D:1 110000 Vd:4 101 sz 11 M:1 0 Vm:4",
  timing: "add",
  result: (p, x, m) => p.abs(x, m),
});

/** As VABS. @source Armv7-M ARM, "VNEG" */
export const [VNEG_F32, VNEG_F64] = twoOperand("VNEG", {
  text: "111011101 D:1 110001 Vd:4 101 sz 01 M:1 0 Vm:4",
  timing: "add",
  result: (p, x, m) => p.neg(x, m),
});

/** @source Armv7-M ARM, "VSQRT" */
export const [VSQRT_F32, VSQRT_F64] = twoOperand("VSQRT", {
  text: "111011101 D:1 110001 Vd:4 101 sz 11 M:1 0 Vm:4",
  timing: "sqrt",
  result: (p, x, m) => p.sqrt(x, m),
});

/** A copy of the bits. @source Armv7-M ARM, "VMOV (register)" */
export const [VMOV_register_F32, VMOV_register_F64] = twoOperand("VMOV", {
  text: "111011101 D:1 110000 Vd:4 101 sz 01 M:1 0 Vm:4",
  timing: "move",
  result: (_p, _x, m) => m,
});

interface Comparison {
  readonly d: number;
  /** undefined compares with zero. */
  readonly m: number | undefined;
  /** VCMPE: a quiet NaN is an invalid operand too. */
  readonly quietNaNExc: boolean;
}

/** @source Armv7-M ARM, "VCMP, VCMPE" */
export const [VCMP_F32, VCMP_F64] = bothPrecisions((p) => {
  const operands = (d: number | null, m: number | null | undefined, E: number): Comparison | null =>
    d === null || m === null ? null : { d, m, quietNaNExc: bit(E) };
  return insn<Comparison>({
    name: `VCMP, VCMPE (${p.heading})`,
    feature: p.v4,
    encodings: {
      T1: enc(`111011101 D:1 110100 Vd:4 101 ${p.sz} E:1 1 M:1 0 Vm:4`, (f) =>
        operands(p.register(f.Vd, f.D), p.register(f.Vm, f.M), f.E),
      ),
      T2: enc(`111011101 D:1 110101 Vd:4 101 ${p.sz} E:1 1 0 0 0000`, (f) =>
        operands(p.register(f.Vd, f.D), undefined, f.E),
      ),
    },
    timing: p.timing("compare"),
    asm: ({ d, m, quietNaNExc }, { c }) =>
      `vcmp${quietNaNExc ? "e" : ""}${c}.${p.type}\t${p.name(d)}, ${m === undefined ? "#0.0" : p.name(m)}`,
    sem: ({ d, m, quietNaNExc }, x) => {
      x.fpCheck();
      const operand2 = m === undefined ? p.zero(x) : p.read(x, m);
      const nzcv = p.compare(x, p.read(x, d), operand2, quietNaNExc);
      // Read after the comparison, which may have raised flags.
      const rest = x.and(x.value({ name: "VMRS" }), 0x0fff_ffff);
      x.effect({ name: "VMSR", value: x.or(rest, x.shl(nzcv, 28)) });
    },
  });
});

interface Unconditional {
  readonly text: TextDNM;
  readonly timing: "move" | "add";
  readonly result: Result3;
}

/** The three-operand instructions of FPv5, which have no condition. */
function unconditional(name: string, row: Unconditional): readonly [AnyInsn, AnyInsn] {
  return bothPrecisions((p) =>
    insn<OperandsDNM>({
      name: `${name} (${p.heading})`,
      feature: p.v5,
      encodings: { T1: encodingDNM(row.text, p) },
      timing: row.timing === "move" ? "fp.move" : p.timing(row.timing),
      unconditional: true,
      asm: ({ d, n, m }) => `${name.toLowerCase()}.${p.type}\t${p.name(d)}, ${p.name(n)}, ${p.name(m)}`,
      sem: ({ d, n, m }, x) => {
        x.fpCheck();
        p.write(x, d, row.result(p, x, p.read(x, n), p.read(x, m), p.read(x, d)));
      },
    }),
  );
}

/** `n` where the condition holds, else `m`. @source Armv7-M ARM, "VSEL" */
const selection = (suffix: string, text: TextDNM, cond: number): readonly [AnyInsn, AnyInsn] =>
  unconditional(`VSEL${suffix}`, {
    text,
    timing: "move",
    result: (p, x, n, m) => p.select(x, ConditionHolds(x, cond), n, m),
  });

export const [VSELEQ_F32, VSELEQ_F64] = selection(
  "EQ",
  "111111100 D:1 00 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  0b0000,
);
export const [VSELVS_F32, VSELVS_F64] = selection(
  "VS",
  "111111100 D:1 01 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  0b0110,
);
export const [VSELGE_F32, VSELGE_F64] = selection(
  "GE",
  "111111100 D:1 10 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  0b1010,
);
export const [VSELGT_F32, VSELGT_F64] = selection(
  "GT",
  "111111100 D:1 11 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  0b1100,
);

/** A number wins over a quiet NaN. @source Armv7-M ARM, "VMAXNM, VMINNM" */
export const [VMAXNM_F32, VMAXNM_F64] = unconditional("VMAXNM", {
  text: "111111101 D:1 00 Vn:4 Vd:4 101 sz N:1 0 M:1 0 Vm:4",
  timing: "add",
  result: (p, x, n, m) => p.arithmetic(x, "maxNum", n, m),
});

/** @source Armv7-M ARM, "VMAXNM, VMINNM" */
export const [VMINNM_F32, VMINNM_F64] = unconditional("VMINNM", {
  text: "111111101 D:1 00 Vn:4 Vd:4 101 sz N:1 1 M:1 0 Vm:4",
  timing: "add",
  result: (p, x, n, m) => p.arithmetic(x, "minNum", n, m),
});
