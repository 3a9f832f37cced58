import { enc, insn } from "../insn.ts";
import { bit } from "../pseudocode.ts";
import { r } from "../registers.ts";
import { writePair, writeR } from "./common.ts";
import { bothPrecisions, nameD, nameS, registerD, registerS } from "./fp-precision.ts";

/** Moves between core and floating-point registers, immediates, and the status register. */

/** Upper word of the double-precision constant, or the single-precision one. @source Armv7-M ARM, "VFPExpandImm()" */
function VFPExpandImm(imm8: number, exponentBits: 8 | 11): number {
  const sign = imm8 >>> 7;
  const b = (imm8 >>> 6) & 1;
  const repeated = b === 1 ? 2 ** (exponentBits - 3) - 1 : 0;
  const exponent = ((1 - b) << (exponentBits - 1)) | (repeated << 2) | ((imm8 >>> 4) & 3);
  const fraction = (imm8 & 0xf) << (31 - exponentBits - 4);
  return (sign << 31) | (exponent << (31 - exponentBits)) | fraction;
}

/** Value of the immediate as objdump prints it: with one, three or seven decimals. */
function decimals(imm8: number): string {
  const exponent = ((imm8 >>> 4) & 7) - (bit((imm8 >>> 6) & 1) ? 7 : -1);
  const value = (1 + (imm8 & 0xf) / 16) * 2 ** exponent;
  const text = value.toFixed(7).replace(/0{6}$|0{4}$/, "");
  return `${bit(imm8 >>> 7) ? "-" : " "}${text}`;
}

/** @source Armv7-M ARM, "VMOV (immediate)" */
export const [VMOV_immediate_F32, VMOV_immediate_F64] = bothPrecisions((p) =>
  insn<{ readonly d: number; readonly imm8: number }>({
    name: `VMOV (immediate, ${p.heading})`,
    feature: p.v4,
    encodings: {
      T1: enc(`111011101 D:1 11 imm4H:4 Vd:4 101 ${p.sz} 0000 imm4L:4`, (f) => {
        const d = p.register(f.Vd, f.D);
        return d === null ? null : { d, imm8: (f.imm4H << 4) | f.imm4L };
      }),
    },
    timing: "fp.move",
    asm: ({ d, imm8 }, { c }) => {
      const single = (VFPExpandImm(imm8, 8) >>> 0).toString(16);
      return `vmov${c}.${p.type}\t${p.name(d)}, #${imm8}\t@ 0x${single} ${decimals(imm8)}`;
    },
    sem: ({ d, imm8 }, x) => {
      x.fpCheck();
      if (p.type === "f32") x.setS(d, x.fromBits32(VFPExpandImm(imm8, 8)));
      else x.setD(d, x.fromBits64(0, VFPExpandImm(imm8, 11)));
    },
  }),
);

interface CoreAndSingle {
  readonly toCore: boolean;
  readonly n: number;
  readonly Rt: number;
}

/** R15 is UNPREDICTABLE: read as the PC, written as a branch. @source Armv7-M ARM, "VMOV (between Arm core register and single-precision register)" */
export const VMOV_core_single = insn<CoreAndSingle>({
  name: "VMOV (between core register and single-precision register)",
  feature: "FPv4-SP",
  encodings: {
    T1: enc("11101110000 op:1 Vn:4 Rt:4 1010 N:1 0010000", (f) => ({
      toCore: bit(f.op),
      n: registerS(f.Vn, f.N),
      Rt: f.Rt,
    })),
  },
  timing: "fp.transfer",
  asm: ({ toCore, n, Rt }, { c }) =>
    `vmov${c}\t${toCore ? `${r(Rt)}, ${nameS(n)}` : `${nameS(n)}, ${r(Rt)}`}`,
  sem: ({ toCore, n, Rt }, x) => {
    x.fpCheck();
    if (toCore) writeR(x, Rt, x.bitsF32(x.S(n)));
    else x.setS(n, x.fromBits32(x.R(Rt)));
  },
});

interface CoresAndSingles {
  readonly toCore: boolean;
  /** First of the two single-precision registers. */
  readonly m: number;
  readonly Rt: number;
  readonly Rt2: number;
}

const pair = ({ toCore, Rt, Rt2 }: CoresAndSingles, registers: string): string =>
  toCore ? `${r(Rt)}, ${r(Rt2)}, ${registers}` : `${registers}, ${r(Rt)}, ${r(Rt2)}`;

/**
 * S31 has no successor: UNPREDICTABLE, and UNDEFINED here.
 * @source Armv7-M ARM, "VMOV (between two Arm core registers and two single-precision registers)"
 */
export const VMOV_two_cores_two_singles = insn<CoresAndSingles>({
  name: "VMOV (between two core registers and two single-precision registers)",
  feature: "FPv4-SP",
  encodings: {
    T1: enc("11101100010 op:1 Rt2:4 Rt:4 1010 00 M:1 1 Vm:4", (f) => {
      const m = registerS(f.Vm, f.M);
      return m === 31 ? null : { toCore: bit(f.op), m, Rt: f.Rt, Rt2: f.Rt2 };
    }),
  },
  timing: "fp.transfer.double",
  asm: (o, { c }) => `vmov${c}\t${pair(o, `${nameS(o.m)}, ${nameS(o.m + 1)}`)}`,
  sem: ({ toCore, m, Rt, Rt2 }, x) => {
    x.fpCheck();
    if (toCore) {
      writePair(x, [Rt, x.bitsF32(x.S(m))], [Rt2, x.bitsF32(x.S(m + 1))]);
    } else {
      x.setS(m, x.fromBits32(x.R(Rt)));
      x.setS(m + 1, x.fromBits32(x.R(Rt2)));
    }
  },
});

/** @source Armv7-M ARM, "VMOV (between two Arm core registers and a doubleword register)" */
export const VMOV_two_cores_double = insn<CoresAndSingles>({
  name: "VMOV (between two core registers and a doubleword register)",
  feature: "FPv4-SP",
  encodings: {
    T1: enc("11101100010 op:1 Rt2:4 Rt:4 1011 00 M:1 1 Vm:4", (f) => {
      const m = registerD(f.Vm, f.M);
      return m === null ? null : { toCore: bit(f.op), m: 2 * m, Rt: f.Rt, Rt2: f.Rt2 };
    }),
  },
  timing: "fp.transfer.double",
  asm: (o, { c }) => `vmov${c}\t${pair(o, nameD(o.m / 2))}`,
  sem: ({ toCore, m, Rt, Rt2 }, x) => {
    x.fpCheck();
    if (toCore) writePair(x, [Rt, x.bitsF32(x.S(m))], [Rt2, x.bitsF32(x.S(m + 1))]);
    else x.setD(m / 2, x.fromBits64(x.R(Rt), x.R(Rt2)));
  },
});

interface CoreAndScalar {
  readonly toCore: boolean;
  readonly d: number;
  /** 1: the upper word. */
  readonly index: number;
  readonly Rt: number;
}

/** @source Armv7-M ARM, "VMOV (Arm core register to scalar)", "VMOV (scalar to Arm core register)" */
export const VMOV_core_scalar = insn<CoreAndScalar>({
  name: "VMOV (between core register and scalar)",
  feature: "FPv4-SP",
  encodings: {
    T1: enc("1110111000 H:1 op:1 Vd:4 Rt:4 1011 D:1 0010000", (f) => {
      const d = registerD(f.Vd, f.D);
      return d === null ? null : { toCore: bit(f.op), d, index: f.H, Rt: f.Rt };
    }),
  },
  timing: "fp.transfer",
  asm: ({ toCore, d, index, Rt }, { c }) => {
    const scalar = `${nameD(d)}[${index}]`;
    return `vmov${c}.32\t${toCore ? `${r(Rt)}, ${scalar}` : `${scalar}, ${r(Rt)}`}`;
  },
  sem: ({ toCore, d, index, Rt }, x) => {
    x.fpCheck();
    const S = 2 * d + index;
    if (toCore) writeR(x, Rt, x.bitsF32(x.S(S)));
    else x.setS(S, x.fromBits32(x.R(Rt)));
  },
});

/** The only status register of M-profile is FPSCR; R15 stands for APSR.NZCV. @source Armv7-M ARM, "VMRS" */
export const VMRS = insn<{ readonly Rt: number }>({
  name: "VMRS",
  feature: "FPv4-SP",
  encodings: { T1: enc("111011101111 0001 Rt:4 101000010000", ({ Rt }) => ({ Rt })) },
  timing: "fp.status",
  asm: ({ Rt }, { c }) => `vmrs${c}\t${Rt === 15 ? "APSR_nzcv" : r(Rt)}, fpscr`,
  sem: ({ Rt }, x) => {
    x.fpCheck();
    const FPSCR = x.value({ name: "VMRS" });
    if (Rt !== 15) {
      x.setR(Rt, FPSCR);
      return;
    }
    x.setFlag("N", x.bits(FPSCR, 31, 31));
    x.setFlag("Z", x.bits(FPSCR, 30, 30));
    x.setFlag("C", x.bits(FPSCR, 29, 29));
    x.setFlag("V", x.bits(FPSCR, 28, 28));
  },
});

/** R15 is UNPREDICTABLE, and UNDEFINED here. @source Armv7-M ARM, "VMSR" */
export const VMSR = insn<{ readonly Rt: number }>({
  name: "VMSR",
  feature: "FPv4-SP",
  encodings: { T1: enc("111011101110 0001 Rt:4!1111 101000010000", ({ Rt }) => ({ Rt })) },
  timing: "fp.status",
  asm: ({ Rt }, { c }) => `vmsr${c}\tfpscr, ${r(Rt)}`,
  sem: ({ Rt }, x) => {
    x.fpCheck();
    x.effect({ name: "VMSR", value: x.R(Rt) });
  },
});
