import type { Effect } from "../ir.ts";
import { enc, insn, type Encoding, type TimingClass } from "../insn.ts";
import { bit, CONDITIONS } from "../pseudocode.ts";
import { hexComment, imm, r } from "../registers.ts";

/** A hint that is more than a NOP. */
const hint = (
  name: "YIELD" | "WFE" | "WFI" | "SEV",
  timing: TimingClass,
  effect: Effect | undefined,
  encodings: Readonly<Record<string, Encoding<object>>>,
) =>
  insn<object>({
    name,
    feature: "v7-M",
    encodings,
    timing,
    asm: (_, { c, size }) => `${name.toLowerCase()}${c}${size === 4 ? ".w" : ""}`,
    sem: (_, x) => {
      if (effect) x.effect(effect);
    },
  });

/** Without a second thread YIELD does nothing. @source Armv7-M ARM, "YIELD" */
export const YIELD = hint("YIELD", "nop", undefined, {
  T1: enc("1011111100010000", () => ({})),
  T2: enc("11110011101011111000000000000001", () => ({})),
});

/** @source Armv7-M ARM, "WFE" */
export const WFE = hint(
  "WFE",
  "wait",
  { name: "WFE" },
  {
    T1: enc("1011111100100000", () => ({})),
    T2: enc("11110011101011111000000000000010", () => ({})),
  },
);

/** @source Armv7-M ARM, "WFI" */
export const WFI = hint(
  "WFI",
  "wait",
  { name: "WFI" },
  {
    T1: enc("1011111100110000", () => ({})),
    T2: enc("11110011101011111000000000000011", () => ({})),
  },
);

/** @source Armv7-M ARM, "SEV" */
export const SEV = hint(
  "SEV",
  "nop",
  { name: "SEV" },
  {
    T1: enc("1011111101000000", () => ({})),
    T2: enc("11110011101011111000000000000100", () => ({})),
  },
);

/** Also the hints that are not allocated, which execute as NOP. @source Armv7-M ARM, "NOP", "Hint instructions" */
export const NOP = insn({
  name: "NOP",
  feature: "v7-M",
  encodings: {
    T1: enc("10111111 hint:4!0001!0010!0011!0100 0000", (f) => ({ hint: f.hint })),
    T2: enc("111100111010111110000000 hint:8!00000001!00000010!00000011!00000100", (f) =>
      // 1111 xxxx is DBG.
      f.hint >>> 4 === 0b1111 ? null : { hint: f.hint },
    ),
  },
  timing: "nop",
  asm: ({ hint }, { c, size }) =>
    `nop${c}${size === 4 ? ".w" : ""}${hint === 0 ? "" : `\t{${hint}}${hexComment(hint)}`}`,
  sem: () => undefined,
});

/** Without a debugger attached DBG does nothing. @source Armv7-M ARM, "DBG" */
export const DBG = insn({
  name: "DBG",
  feature: "v7-M",
  encodings: { T1: enc("1111001110101111100000001111 option:4", (f) => ({ option: f.option })) },
  timing: "nop",
  asm: ({ option }, { c }) => `dbg${c}\t#${option}`,
  sem: () => undefined,
});

/** @source Armv7-M ARM, "IT" */
export const IT = insn({
  name: "IT",
  feature: "v7-M",
  encodings: {
    T1: enc("10111111 firstcond:4 mask:4!0000", (f) => ({ firstcond: f.firstcond, mask: f.mask })),
  },
  timing: "it",
  asm: ({ firstcond, mask }) => {
    // One letter for each further instruction: T where its bit repeats the condition's lowest.
    const last = 31 - Math.clz32(mask & -mask);
    let letters = "";
    for (let i = 3; i > last; i--) letters += ((mask >>> i) & 1) === (firstcond & 1) ? "t" : "e";
    return `it${letters}\t${CONDITIONS[firstcond] || "al"}`;
  },
  sem: ({ firstcond, mask }, x) => x.effect({ name: "IT", firstcond, mask }),
});

/** @source Armv7-M ARM, "CPS" */
export const CPS = insn({
  name: "CPS",
  feature: "v7-M",
  encodings: {
    T1: enc("10110110011 im:1 00 I:1 F:1", (f) => ({
      enable: f.im === 0,
      affectPRI: bit(f.I),
      affectFAULT: bit(f.F),
    })),
  },
  timing: "system",
  asm: ({ enable, affectPRI, affectFAULT }) =>
    `cps${enable ? "ie" : "id"}\t${affectPRI ? "i" : ""}${affectFAULT ? "f" : ""}`,
  sem: (o, x) => x.effect({ name: "CPS", ...o }),
});

/** Special registers by SYSm, as objdump names them. @source Armv7-M ARM, "Special register encodings" */
const SPECIAL: Readonly<Record<number, string>> = {
  0: "CPSR",
  1: "IAPSR",
  2: "EAPSR",
  3: "PSR",
  5: "IPSR",
  6: "EPSR",
  7: "IEPSR",
  8: "MSP",
  9: "PSP",
  16: "PRIMASK",
  17: "BASEPRI",
  18: "BASEPRI_MAX",
  19: "FAULTMASK",
  20: "CONTROL",
};
const specialName = (SYSm: number): string => SPECIAL[SYSm] ?? `(UNDEF: ${SYSm})`;

/** @source Armv7-M ARM, "MRS" */
export const MRS = insn({
  name: "MRS",
  feature: "v7-M",
  encodings: { T1: enc("11110011111011111000 Rd:4 SYSm:8", (f) => ({ Rd: f.Rd, SYSm: f.SYSm })) },
  timing: "system",
  asm: ({ Rd, SYSm }, { c }) => `mrs${c}\t${r(Rd)}, ${specialName(SYSm)}`,
  sem: ({ Rd, SYSm }, x) => {
    const value = x.value({ name: "MRS", SYSm });
    // Rd = 15 is UNPREDICTABLE: the value is dropped.
    if (Rd !== 15) x.setR(Rd, value);
  },
});

/** @source Armv7-M ARM, "MSR" */
export const MSR = insn({
  name: "MSR",
  feature: "v7-M",
  encodings: {
    T1: enc("111100111000 Rn:4 1000 mask:2 00 SYSm:8", (f) => ({ Rn: f.Rn, mask: f.mask, SYSm: f.SYSm })),
  },
  timing: "system",
  asm: ({ Rn, mask, SYSm }, { c }) => {
    const fields = SYSm === 0 ? `_${bit(mask >>> 1) ? "f" : ""}${bit(mask & 1) ? "s" : ""}` : "";
    return `msr${c}\t${specialName(SYSm)}${fields}, ${r(Rn)}`;
  },
  sem: ({ Rn, mask, SYSm }, x) => x.effect({ name: "MSR", value: x.R(Rn), SYSm, mask }),
});

/** Options of DMB and DSB by number; the rest are printed as numbers and mean `sy`. */
const BARRIER_OPTIONS: Readonly<Record<number, string>> = {
  0b0010: "oshst",
  0b0011: "osh",
  0b0110: "unst",
  0b0111: "un",
  0b1010: "ishst",
  0b1011: "ish",
  0b1110: "st",
  0b1111: "sy",
};

const barrier = (
  name: "DSB" | "DMB" | "ISB",
  timing: "barrier" | "barrier.instruction",
  T1: Encoding<{ readonly option: number }>,
) =>
  insn<{ readonly option: number }>({
    name,
    feature: "v7-M",
    encodings: { T1 },
    timing,
    asm: ({ option }, { c }) => {
      const known = name === "ISB" ? { 0b1111: "sy" }[option] : BARRIER_OPTIONS[option];
      return `${name.toLowerCase()}${c}\t${known ?? `#${option}`}`;
    },
    sem: (_, x) => x.effect({ name }),
  });

/** @source Armv7-M ARM, "DSB" */
export const DSB = barrier(
  "DSB",
  "barrier",
  enc("1111001110111111100011110100 option:4", (f) => ({ option: f.option })),
);

/** @source Armv7-M ARM, "DMB" */
export const DMB = barrier(
  "DMB",
  "barrier",
  enc("1111001110111111100011110101 option:4", (f) => ({ option: f.option })),
);

/** @source Armv7-M ARM, "ISB" */
export const ISB = barrier(
  "ISB",
  "barrier.instruction",
  enc("1111001110111111100011110110 option:4", (f) => ({ option: f.option })),
);

/** @source Armv7-M ARM, "CLREX" */
export const CLREX = insn({
  name: "CLREX",
  feature: "v7-M",
  encodings: { T1: enc("11110011101111111000111100101111", () => ({})) },
  timing: "system",
  asm: (_, { c }) => `clrex${c}`,
  sem: (_, x) => x.effect({ name: "CLREX" }),
});

/** @source Armv7-M ARM, "SVC" */
export const SVC = insn({
  name: "SVC",
  feature: "v7-M",
  encodings: { T1: enc("11011111 imm8:8", (f) => ({ imm8: f.imm8 })) },
  timing: "exception",
  asm: ({ imm8 }, { c }) => `svc${c}\t${imm8}${hexComment(imm8)}`,
  sem: ({ imm8 }, x) => x.effect({ name: "SVC", imm: imm8 }),
});

/** @source Armv7-M ARM, "BKPT" */
export const BKPT = insn({
  name: "BKPT",
  feature: "v7-M",
  encodings: { T1: enc("10111110 imm8:8", (f) => ({ imm8: f.imm8 })) },
  timing: "exception",
  unconditional: true,
  asm: ({ imm8 }) => `bkpt\t0x${imm8.toString(16).padStart(4, "0")}`,
  sem: ({ imm8 }, x) => x.effect({ name: "BKPT", imm: imm8 }),
});

/** @source Armv7-M ARM, "UDF" */
export const UDF = insn({
  name: "UDF",
  feature: "v7-M",
  encodings: {
    T1: enc("11011110 imm8:8", (f) => ({ imm32: f.imm8 })),
    T2: enc("111101111111 imm4:4 1010 imm12:12", (f) => ({ imm32: (f.imm4 << 12) | f.imm12 })),
  },
  timing: "exception",
  asm: ({ imm32 }, { c, size }) => `udf${c}${size === 4 ? ".w" : ""}\t${imm(imm32)}`,
  sem: (_, x) => x.fault("UNDEFINSTR"),
});
