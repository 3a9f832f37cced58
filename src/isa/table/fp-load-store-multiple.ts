import type { Builder } from "../builder.ts";
import { enc, insn } from "../insn.ts";
import type { I32 } from "../ir.ts";
import { bit } from "../pseudocode.ts";
import { r } from "../registers.ts";
import { baseR } from "./common.ts";
import { nameD, nameS, registerD, registerS } from "./fp-precision.ts";

/** Loads and stores of consecutive floating-point registers, VPUSH and VPOP among them. */

interface Operands {
  /** Doubleword registers. */
  readonly double: boolean;
  /** First register and number of registers. */
  readonly d: number;
  readonly registers: number;
  readonly Rn: number;
  /** Distance that the base moves: 4 more than the registers take for FLDMX and FSTMX. */
  readonly imm32: number;
  readonly wback: boolean;
}
interface Fields {
  readonly D: number;
  readonly Rn: number;
  readonly Vd: number;
  readonly imm8: number;
}

/**
 * UNPREDICTABLE, and UNDEFINED here: no registers, registers that do not exist, writeback to R15. An odd number of words
 * in doubleword registers is FLDMX or FSTMX.
 */
function operands(f: Fields, double: boolean, wback: boolean): Operands | null {
  const d = double ? registerD(f.Vd, f.D) : registerS(f.Vd, f.D);
  const registers = double ? f.imm8 >>> 1 : f.imm8;
  if (d === null || registers === 0 || d + registers > (double ? 16 : 32) || (wback && f.Rn === 15))
    return null;
  return { double, d, registers, Rn: f.Rn, imm32: f.imm8 << 2, wback };
}

function text(load: boolean, mode: "ia" | "db", c: string, o: Operands): string {
  const { double, d, registers, Rn, imm32, wback } = o;
  const name = double ? nameD : nameS;
  const list = registers === 1 ? `{${name(d)}}` : `{${name(d)}-${name(d + registers - 1)}}`;
  const base = `${r(Rn)}${wback ? "!" : ""}`;
  if (double && (imm32 & 4) !== 0)
    return `f${load ? "ld" : "st"}m${mode}x${c}\t${base}, ${list}\t@ Deprecated`;
  if (Rn === 13 && wback && load === (mode === "ia")) return `v${load ? "pop" : "push"}${c}\t${list}`;
  return `v${load ? "ld" : "st"}m${mode}${c}\t${base}, ${list}`;
}

const wordAt = (x: Builder, start: I32, i: number): I32 => x.load(4, x.add(start, 4 * i), { aligned: true });

/** All words are loaded before any register is written, so that a fault leaves them as they were. */
function loadRegisters(x: Builder, { double, d, registers }: Operands, start: I32): void {
  const words = double ? 2 * registers : registers;
  const values = Array.from({ length: words }, (_, i) => wordAt(x, start, i));
  for (let i = 0; i < registers; i++) {
    if (double) x.setD(d + i, x.fromBits64(values[2 * i]!, values[2 * i + 1]!));
    else x.setS(d + i, x.fromBits32(values[i]!));
  }
}

function storeRegisters(x: Builder, { double, d, registers }: Operands, start: I32): void {
  const first = double ? 2 * d : d;
  const words = double ? 2 * registers : registers;
  for (let i = 0; i < words; i++) {
    x.store(4, x.add(start, 4 * i), x.bitsF32(x.S(first + i)), { aligned: true });
  }
}

/** Also VPOP and FLDMIAX. @source Armv7-M ARM, "VLDM", "VPOP" */
export const VLDM_increment_after = insn<Operands>({
  name: "VLDM (increment after)",
  feature: "FPv4-SP",
  encodings: {
    T1: enc("111011001 D:1 W:1 1 Rn:4 Vd:4 1011 imm8:8", (f) => operands(f, true, bit(f.W))),
    T2: enc("111011001 D:1 W:1 1 Rn:4 Vd:4 1010 imm8:8", (f) => operands(f, false, bit(f.W))),
  },
  timing: "fp.load.multiple",
  asm: (o, { c }) => text(true, "ia", c, o),
  sem: (o, x) => {
    x.fpCheck();
    const start = baseR(x, o.Rn);
    loadRegisters(x, o, start);
    if (o.wback) x.setR(o.Rn, x.add(start, o.imm32));
  },
});

/** There is no form without writeback. @source Armv7-M ARM, "VLDM" */
export const VLDM_decrement_before = insn<Operands>({
  name: "VLDM (decrement before)",
  feature: "FPv4-SP",
  encodings: {
    T1: enc("111011010 D:1 11 Rn:4 Vd:4 1011 imm8:8", (f) => operands(f, true, true)),
    T2: enc("111011010 D:1 11 Rn:4 Vd:4 1010 imm8:8", (f) => operands(f, false, true)),
  },
  timing: "fp.load.multiple",
  asm: (o, { c }) => text(true, "db", c, o),
  sem: (o, x) => {
    x.fpCheck();
    const start = x.let(x.sub(x.R(o.Rn), o.imm32));
    loadRegisters(x, o, start);
    x.setR(o.Rn, start);
  },
});

/** Also FSTMIAX. @source Armv7-M ARM, "VSTM" */
export const VSTM_increment_after = insn<Operands>({
  name: "VSTM (increment after)",
  feature: "FPv4-SP",
  encodings: {
    T1: enc("111011001 D:1 W:1 0 Rn:4 Vd:4 1011 imm8:8", (f) => operands(f, true, bit(f.W))),
    T2: enc("111011001 D:1 W:1 0 Rn:4 Vd:4 1010 imm8:8", (f) => operands(f, false, bit(f.W))),
  },
  timing: "fp.store.multiple",
  asm: (o, { c }) => text(false, "ia", c, o),
  sem: (o, x) => {
    x.fpCheck();
    const start = baseR(x, o.Rn);
    storeRegisters(x, o, start);
    if (o.wback) x.setR(o.Rn, x.add(start, o.imm32));
  },
});

/** Also VPUSH and FSTMDBX. @source Armv7-M ARM, "VSTM", "VPUSH" */
export const VSTM_decrement_before = insn<Operands>({
  name: "VSTM (decrement before)",
  feature: "FPv4-SP",
  encodings: {
    T1: enc("111011010 D:1 10 Rn:4 Vd:4 1011 imm8:8", (f) => operands(f, true, true)),
    T2: enc("111011010 D:1 10 Rn:4 Vd:4 1010 imm8:8", (f) => operands(f, false, true)),
  },
  timing: "fp.store.multiple",
  asm: (o, { c }) => text(false, "db", c, o),
  sem: (o, x) => {
    x.fpCheck();
    const start = x.let(x.sub(x.R(o.Rn), o.imm32));
    storeRegisters(x, o, start);
    x.setR(o.Rn, start);
  },
});
