import type { Encoding } from "../../src/isa/insn.ts";

/**
 * Which fills of an encoding's fields the Armv7-M ARM defines: the rest is UNPREDICTABLE and compared with no one.
 * Each rule quotes the decode pseudocode in terms of field names; `row` and `encoding` narrow it where the names do not.
 */

export interface Fill {
  readonly row: string;
  readonly encoding: string;
  readonly spec: Encoding<unknown>;
  /** Raw fields, unsigned. */
  readonly f: Readonly<Record<string, number>>;
  readonly inITBlock: boolean;
}

interface Rule {
  readonly why: string;
  readonly breaks: (fill: Fill) => boolean;
}

const BAD = new Set([13, 15]);
const bad = (n: number | undefined): boolean => n !== undefined && BAD.has(n);
const isWide = ({ spec }: Fill): boolean => spec.pattern.width === 32;
const MEMORY = /^(LDR|STR|LDM|STM|PLD|PLI|LDREX|STREX|Unallocated memory hint|TBB)/;
const isMemory = ({ row }: Fill): boolean => MEMORY.test(row);
const listOf = (f: Fill["f"]): number => f["list"] ?? 0;
const members = (list: number): number => {
  let n = 0;
  for (let rest = list; rest !== 0; rest &= rest - 1) n++;
  return n;
};
const has = (list: number, n: number): boolean => ((list >>> n) & 1) === 1;
const writesBack = ({ f }: Fill): boolean => f["W"] === 1;

/** Rows that may name the stack pointer as first operand: "ADD (SP plus …)", and comparisons with it. */
const SP_OPERAND = new Set(
  ["ADD", "SUB", "CMP", "CMN"].flatMap((m) => [`${m} (immediate)`, `${m} (register)`]),
);

const RULES: readonly Rule[] = [
  {
    why: "32-bit data processing has no R13 or R15, but for the stack pointer as first operand of ADD, SUB and compares",
    breaks: (fill) => {
      if (!isWide(fill) || isMemory(fill)) return false;
      const { f, row } = fill;
      const registers = [f["Rd"], f["Rm"], f["Rm2"], f["Ra"], f["RdLo"], f["RdHi"]];
      if (registers.some(bad)) return true;
      return bad(f["Rn"]) && !(f["Rn"] === 13 && SP_OPERAND.has(row));
    },
  },
  {
    why: "the long products have two destinations",
    breaks: ({ f }) => f["RdLo"] !== undefined && f["RdLo"] === f["RdHi"],
  },
  {
    why: "CLZ, RBIT, REV name their operand twice",
    breaks: ({ f }) => f["Rm2"] !== undefined && f["Rm2"] !== f["Rm"],
  },
  {
    why: "a bit field ends above where it begins",
    breaks: ({ f }) =>
      f["msb"] !== undefined
        ? f["msb"] < (f["imm3"]! << 2) + f["imm2"]!
        : f["widthm1"] !== undefined && (f["imm3"]! << 2) + f["imm2"]! + f["widthm1"] > 31,
  },
  {
    why: "ThumbExpandImm repeats no zero byte",
    breaks: ({ row, f }) =>
      /^(ADC|ADD|AND|BIC|CMN|CMP|EOR|MOV|MVN|ORN|ORR|RSB|SBC|SUB|TEQ|TST) \(immediate\)/.test(row) &&
      f["i"] === 0 &&
      f["imm3"]! > 0 &&
      f["imm3"]! < 4 &&
      f["imm8"] === 0 &&
      f["imm4"] === undefined,
  },
  {
    why: "ADD (register) T2 and CMP (register) T2 with R15 twice, CMP T2 with two low registers",
    breaks: ({ row, f, spec }) => {
      if (spec.pattern.width !== 16 || f["Rm"] === undefined) return false;
      if (row === "ADD (register)" && f["DN"] !== undefined)
        return f["Rm"] === 15 && f["DN"] === 1 && f["Rdn"] === 7;
      if (row !== "CMP (register)" || f["N"] === undefined) return false;
      const Rn = (f["N"] << 3) | f["Rn"]!;
      return (Rn < 8 && f["Rm"] < 8) || Rn === 15 || f["Rm"] === 15;
    },
  },
  { why: "BX and BLX of R15", breaks: ({ row, f }) => /^BL?X/.test(row) && f["Rm"] === 15 },
  {
    why: "MOVS (register) T2 in an IT block",
    breaks: ({ row, encoding, inITBlock }) => inITBlock && row === "MOV (register)" && encoding === "T2",
  },
  {
    why: "not in an IT block: IT, CBZ, CPS, B with its own condition",
    breaks: ({ row, f, inITBlock }) =>
      inITBlock && (/^(IT|CBNZ, CBZ|CPS|BKPT)$/.test(row) || (row === "B" && f["cond"] !== undefined)),
  },
  {
    why: "IT: condition 1111, and AL with an else",
    breaks: ({ row, f }) =>
      row === "IT" && (f["firstcond"] === 15 || (f["firstcond"] === 14 && members(f["mask"]!) !== 1)),
  },
  { why: "CPS that changes nothing", breaks: ({ row, f }) => row === "CPS" && f["I"] === 0 && f["F"] === 0 },
  {
    why: "MSR mask: at least one part for APSR, 10 for the others",
    breaks: ({ row, f }) => row === "MSR" && (f["SYSm"]! < 4 ? f["mask"] === 0 : f["mask"] !== 2),
  },
  {
    why: "transfers of less than a word, and unprivileged ones, know no R13 or R15",
    breaks: (fill) => {
      const { row, f } = fill;
      if (!isWide(fill) || f["Rt"] === undefined) return false;
      if (/^(LDR|STR)(S?[BH]|S?[BH]?T|D|EX[BH]?)\b/.test(row))
        return bad(f["Rt"]) || bad(f["Rt2"]) || bad(f["Rd"]);
      return row.startsWith("STR ") && f["Rt"] === 15;
    },
  },
  {
    why: "an index register is not R13 or R15",
    breaks: (fill) => isWide(fill) && isMemory(fill) && bad(fill.f["Rm"]),
  },
  {
    why: "a store or table branch has a base",
    breaks: ({ row, f }) => (f["Rn"] === 15 && /^STR/.test(row)) || (f["Rn"] === 13 && row.startsWith("TBB")),
  },
  {
    why: "writeback to a register that is transferred",
    breaks: (fill) =>
      writesBack(fill) &&
      fill.f["Rn"] !== undefined &&
      fill.f["Rt"] !== undefined &&
      (fill.f["Rn"] === fill.f["Rt"] || fill.f["Rn"] === fill.f["Rt2"]),
  },
  {
    why: "LDRD (literal) has no writeback",
    breaks: (fill) => fill.row === "LDRD (literal)" && writesBack(fill),
  },
  {
    why: "LDRD to one register twice",
    breaks: ({ row, f }) => row.startsWith("LDRD") && f["Rt"] === f["Rt2"],
  },
  {
    why: "lists: R13 never, R15 not stored and not loaded with R14, two registers at least",
    breaks: ({ row, spec, f }) => {
      if (f["list"] === undefined || spec.pattern.width === 16) return false;
      const list = listOf(f);
      if (has(list, 13) || members(list) < 2) return true;
      return has(list, 15) && (row.startsWith("STM") || has(list, 14));
    },
  },
  {
    why: "lists: no writeback to a base in the list; STM T1 may store it first",
    breaks: (fill) => {
      const { row, f, spec } = fill;
      if (f["list"] === undefined || f["Rn"] === undefined || !has(listOf(f), f["Rn"])) return false;
      if (spec.pattern.width === 32) return writesBack(fill);
      return row.startsWith("STM") && (listOf(f) & (2 ** f["Rn"] - 1)) !== 0;
    },
  },
  {
    why: "an empty list",
    breaks: ({ spec, f }) =>
      f["list"] === 0 && spec.pattern.width === 16 && (f["P"] ?? 0) === 0 && (f["M"] ?? 0) === 0,
  },
];

/** Whether the Armv7-M ARM says what the instruction does. */
export function isPredictable(fill: Fill): boolean {
  return !RULES.some((rule) => rule.breaks(fill));
}
