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

/** Immediate in the form objdump prints it: decimal, with its hexadecimal value where it is large. */
export function hexComment(value: number): string {
  const unsigned = value >>> 0;
  return unsigned > 16 ? `\t@ 0x${unsigned.toString(16)}` : "";
}
