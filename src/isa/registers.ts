import type { ImmediateShift } from "./pseudocode.ts";

/** Operands as objdump prints them. */

const NAMES = [
  "r0",
  "r1",
  "r2",
  "r3",
  "r4",
  "r5",
  "r6",
  "r7",
  "r8",
  "r9",
  "sl",
  "fp",
  "ip",
  "sp",
  "lr",
  "pc",
];

/** Name of a core register as objdump prints it. */
export function r(n: number): string {
  return NAMES[n]!;
}

/** Register list of LDM and its kin, `{r0, r1, lr}`, from a 16-bit mask. */
export function registerList(mask: number): string {
  const names = NAMES.filter((_, n) => ((mask >>> n) & 1) === 1);
  return `{${names.join(", ")}}`;
}

/** Comment with the hexadecimal value of an immediate, where it is large. */
export function hexComment(value: number): string {
  return value > 32 ? `\t@ 0x${value.toString(16)}` : "";
}

/** Immediate that ends the text: decimal, with its hexadecimal value where it is large. */
export function imm(value: number): string {
  const unsigned = value >>> 0;
  return `#${unsigned}${hexComment(unsigned)}`;
}

/** Flag-setting suffix. */
export function s(setflags: boolean): string {
  return setflags ? "s" : "";
}

/** Shift of a register operand, `, lsl #3`, empty where there is none. */
export function shiftSuffix({ shift_t, shift_n }: ImmediateShift): string {
  if (shift_t === "RRX") return ", rrx";
  return shift_n === 0 ? "" : `, ${shift_t.toLowerCase()} #${shift_n}`;
}
