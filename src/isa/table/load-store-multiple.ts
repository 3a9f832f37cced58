import type { Builder } from "../builder.ts";
import { enc, insn } from "../insn.ts";
import type { I32 } from "../ir.ts";
import { bit } from "../pseudocode.ts";
import { r, registerList } from "../registers.ts";

interface Operands {
  readonly Rn: number;
  /** Bit n set: Rn is in the list. */
  readonly registers: number;
  readonly wback: boolean;
}

const has = (registers: number, n: number): boolean => ((registers >>> n) & 1) === 1;
const members = (registers: number): number[] =>
  Array.from({ length: 16 }, (_, n) => n).filter((n) => has(registers, n));

/**
 * Operands of the 32-bit forms. Fewer than two registers, R15 as the base and writeback to a base in the list are
 * UNPREDICTABLE, and UNDEFINED here.
 */
function wide(f: { readonly W: number; readonly Rn: number; readonly list: number }): Operands | null {
  const wback = bit(f.W);
  if (f.Rn === 15 || members(f.list).length < 2 || (wback && has(f.list, f.Rn))) return null;
  return { Rn: f.Rn, registers: f.list, wback };
}

/** Operands of the 16-bit forms; an empty list is UNPREDICTABLE, and UNDEFINED here. */
function narrow(Rn: number, registers: number, wback: boolean): Operands | null {
  return registers === 0 ? null : { Rn, registers, wback };
}

/** All registers are loaded before any is written, so that a fault leaves them as they were. */
function loadMultiple(x: Builder, { Rn, registers, wback }: Operands, start: I32, end: I32): void {
  const list = members(registers);
  const values = list.map((n, i) => ({ n, value: x.load(4, x.add(start, 4 * i), { aligned: true }) }));
  if (wback) x.setR(Rn, end);
  for (const { n, value } of values) {
    if (n === 15) x.jump("interwork", value);
    else x.setR(n, value);
  }
}

/** A base in the list is stored with its original value. */
function storeMultiple(x: Builder, { Rn, registers, wback }: Operands, start: I32, end: I32): void {
  for (const [i, n] of members(registers).entries()) {
    x.store(4, x.add(start, 4 * i), x.R(n), { aligned: true });
  }
  if (wback) x.setR(Rn, end);
}

const text = (mnemonic: string, { Rn, registers, wback }: Operands): string =>
  `${mnemonic}\t${r(Rn)}${wback ? "!" : ""}, ${registerList(registers)}`;

/** Also LDMIA, LDMFD and the POP of more than one register. @source Armv7-M ARM, "LDM, LDMIA, LDMFD", "POP" */
export const LDM = insn<Operands>({
  name: "LDM, LDMIA, LDMFD",
  feature: "v7-M",
  encodings: {
    T1: enc("11001 Rn:3 list:8", (f) => narrow(f.Rn, f.list, !has(f.list, f.Rn))),
    T2: enc("1110100010 W:1 1 Rn:4 list:16", wide),
    /** POP, encoding T1 */
    T3: enc("1011110 P:1 list:8", (f) => narrow(13, (f.P << 15) | f.list, true)),
  },
  timing: "load.multiple",
  asm: (o, { c, size, encoding }) => {
    if (encoding === "T3") return `pop${c}\t${registerList(o.registers)}`;
    return text(`ldmia${c}${size === 4 ? ".w" : ""}`, o);
  },
  sem: (o, x) => {
    const base = x.let(x.R(o.Rn));
    loadMultiple(x, o, base, x.add(base, 4 * members(o.registers).length));
  },
});

/** @source Armv7-M ARM, "LDMDB, LDMEA" */
export const LDMDB = insn<Operands>({
  name: "LDMDB, LDMEA",
  feature: "v7-M",
  encodings: { T1: enc("1110100100 W:1 1 Rn:4 list:16", wide) },
  timing: "load.multiple",
  asm: (o, { c }) => text(`ldmdb${c}`, o),
  sem: (o, x) => {
    const start = x.let(x.sub(x.R(o.Rn), 4 * members(o.registers).length));
    loadMultiple(x, o, start, start);
  },
});

/** @source Armv7-M ARM, "STM, STMIA, STMEA" */
export const STM = insn<Operands>({
  name: "STM, STMIA, STMEA",
  feature: "v7-M",
  encodings: {
    T1: enc("11000 Rn:3 list:8", (f) => narrow(f.Rn, f.list, true)),
    T2: enc("1110100010 W:1 0 Rn:4 list:16", wide),
  },
  timing: "store.multiple",
  asm: (o, { c, size }) => text(`stmia${c}${size === 4 ? ".w" : ""}`, o),
  sem: (o, x) => {
    const base = x.let(x.R(o.Rn));
    storeMultiple(x, o, base, x.add(base, 4 * members(o.registers).length));
  },
});

/** Also STMFD and PUSH. @source Armv7-M ARM, "STMDB, STMFD", "PUSH" */
export const STMDB = insn<Operands>({
  name: "STMDB, STMFD",
  feature: "v7-M",
  encodings: {
    T1: enc("1110100100 W:1 0 Rn:4 list:16", wide),
    /** PUSH, encoding T1 */
    T2: enc("1011010 M:1 list:8", (f) => narrow(13, (f.M << 14) | f.list, true)),
  },
  timing: "store.multiple",
  asm: (o, { c, encoding }) =>
    encoding === "T2" ? `push${c}\t${registerList(o.registers)}` : text(`stmdb${c}`, o),
  sem: (o, x) => {
    const start = x.let(x.sub(x.R(o.Rn), 4 * members(o.registers).length));
    storeMultiple(x, o, start, start);
  },
});
