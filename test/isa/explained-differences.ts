import { matches, pattern, type Pattern } from "../../src/isa/pattern.ts";

/** Where mcusim may differ from a disassembler on whether a word is an instruction, and why. */
export interface Difference {
  readonly pattern: Pattern;
  /** What mcusim says of the words; the disassembler says the opposite. */
  readonly mcusim: "valid" | "UNDEFINED";
  /** What the disassembler writes; absent: anything. */
  readonly text?: RegExp;
  readonly because: string;
}

const undefinedHere = (text: string, because: string, written?: RegExp): Difference => ({
  pattern: pattern(text),
  mcusim: "UNDEFINED",
  because,
  ...(written && { text: written }),
});
const validHere = (text: string, because: string): Difference => ({
  pattern: pattern(text),
  mcusim: "valid",
  because,
});

const OTHER_PROFILE = "an instruction of the A and R profiles";
const ARMV8 = "an instruction of Armv8";
const UNPREDICTABLE = "UNPREDICTABLE, and UNDEFINED here as in QEMU";
const SHOULD_BE = "should-be bits with other values are UNPREDICTABLE, and UNDEFINED here as in QEMU";

/** Words of coprocessors 10 and 11. */
const FP = "111 a:1 11 b:14 101 c:9";

/** Differences from objdump and capstone alike. */
const COMMON: readonly Difference[] = [
  // 16 bits
  undefinedHere("01000111 a:5 b:3!000", `BX, BLX: ${SHOULD_BE}; BXNS, BLXNS: ${ARMV8}`),
  undefinedHere("1011010000000000", `PUSH of nothing: ${UNPREDICTABLE}`),
  undefinedHere("1011110000000000", `POP of nothing: ${UNPREDICTABLE}`),
  undefinedHere("1100 L:1 Rn:3 00000000", `LDM, STM of nothing: ${UNPREDICTABLE}`),
  undefinedHere("10110110 a:8", `SETEND, SETPAN, CPS with the A bit: ${OTHER_PROFILE}`),
  undefinedHere("1011101010 a:6", `HLT: ${ARMV8}`),
  validHere("101111111111 mask:4!0000", "IT with condition 1111: UNPREDICTABLE, and always here as in QEMU"),

  // Loads and stores
  undefinedHere("1110100000 W:1 L:1 Rn:4 list:16", `SRS, RFE: ${OTHER_PROFILE}`),
  undefinedHere("1110100110 W:1 L:1 Rn:4 list:16", `SRS, RFE: ${OTHER_PROFILE}`),
  undefinedHere("1110100010 W:1 L:1 Rn:4 list:16", `LDM, STM with a bad list or base: ${UNPREDICTABLE}`),
  undefinedHere("1110100100 W:1 L:1 Rn:4 list:16", `LDMDB, STMDB with a bad list or base: ${UNPREDICTABLE}`),
  undefinedHere(
    "111010000100 Rn:4 Rt:4 Rd:4 imm8:8",
    `STREX with bad registers: ${UNPREDICTABLE}; TT: ${ARMV8}`,
  ),
  undefinedHere("111010000101 Rn:4 Rt:4 a:4 imm8:8", `LDREX with bad registers: ${UNPREDICTABLE}`),
  undefinedHere(
    "11101000110 L:1 Rn:4 a:16",
    `LDA, STL and their kin: ${ARMV8}; exclusives with bad registers: ${UNPREDICTABLE}`,
  ),
  undefinedHere("1110100 P:1 U:1 1111111 a:16", `LDRD (literal) with writeback: ${UNPREDICTABLE}`),
  undefinedHere("11111000 a:3 0 1111 b:16", "STR with Rn = 15: UNDEFINED in the Arm ARM"),
  undefinedHere(
    "1111100 S:1 0 a:2 L:1 Rn:4 Rt:4 0 b:5!00000 c:6",
    "register offset with bits 10:6 not zero: UNDEFINED in the Arm ARM",
  ),
  undefinedHere("11111001 a:3 0 b:20", `Advanced SIMD loads and stores: ${OTHER_PROFILE}`),

  // Branches and system
  undefinedHere("11110 a:11 11 b:1 0 c:12", `BLX (immediate): ${OTHER_PROFILE}; BF, WLS, LE: Armv8.1-M`),
  undefinedHere("111101111110 a:4 1000 b:12", `HVC: ${OTHER_PROFILE}`),
  undefinedHere("111101111000 a:4 1000 b:12", `DCPS: ${ARMV8}`),
  undefinedHere("111101111111 a:4 1000 b:12", `SMC: ${OTHER_PROFILE}`),
  undefinedHere(
    "111100111 a:7 10 b:1 0 c:12",
    `MSR, MRS, CPS, hints, barriers: ${SHOULD_BE}, or ${OTHER_PROFILE}`,
  ),

  // Data processing
  undefinedHere("111100110110 a:20", `BFI, BFC with msb < lsb: ${UNPREDICTABLE}`),
  undefinedHere("1111001101 a:2 Rn:4 b:16", `SBFX beyond bit 31: ${UNPREDICTABLE}`),
  undefinedHere("1111001111 a:2 Rn:4 0 b:15", `UBFX beyond bit 31: ${UNPREDICTABLE}`),
  undefinedHere("111100110010 Rn:4 0000 Rd:4 0001 a:4", `SSAT16: ${SHOULD_BE}`),
  undefinedHere("111100111010 Rn:4 0000 Rd:4 0001 a:4", `USAT16: ${SHOULD_BE}`),
  undefinedHere("11111010110 a:21", `CRC32: ${ARMV8}`),
  undefinedHere("111010100101 Rn:4 1 a:15", `CSEL and its kin: Armv8.1-M`),

  // Coprocessors and floating point
  undefinedHere("111 a:1 1111 b:24", `Advanced SIMD: ${OTHER_PROFILE}`),
  undefinedHere("111 a:1 1100000 b:21", "coprocessor space with P = U = W = 0: UNDEFINED in the Arm ARM"),
  undefinedHere(
    "1111110 a:13 101 b:9",
    "coprocessors 10 and 11, the space of LDC2 and its kin: UNDEFINED in the Arm ARM",
  ),
  undefinedHere(
    FP,
    "no FP instruction: the disassembler falls back to the form of a coprocessor",
    /^(cdp|mcrr?|mrr?c|ldc|stc)2?l?\t/,
  ),
  undefinedHere(FP, "a doubleword register above D15", /\bd(1[6-9]|2\d|3[01])\b/),
  undefinedHere(
    FP,
    `a register list beyond the last register: ${UNPREDICTABLE}`,
    /-[sd](3[2-9]|[4-9]\d|\d{3})\b|<overflow/,
  ),
  undefinedHere(
    FP,
    `a register list longer than 16 doublewords, or empty: ${UNPREDICTABLE}`,
    /^(v|f)(ld|st)m|^vp(ush|op)/,
  ),
  undefinedHere(FP, `scalars of 8 and 16 bits, VDUP: ${OTHER_PROFILE}`, /^(vmov\.[us]?(8|16)|vdup)/),
  undefinedHere(
    FP,
    `half-precision arithmetic, VJCVT, VSCCLRM, VLLDM: ${ARMV8}`,
    /\.f16|^vscclrm|^vl(ld|st)m|^vjcvt/,
  ),
  undefinedHere(FP, `FP transfers and comparison with zero: ${SHOULD_BE}`, /^(vmov|vmrs|vmsr|vcmp)/),
  validHere(
    "111 a:1 110 b:13 cp:4!1010!1011 c:8",
    "coprocessor instruction: NOCP here; the disassembler knows other coprocessors",
  ),
  validHere(
    "111 a:1 1110 b:12 cp:4!1010!1011 c:8",
    "coprocessor instruction: NOCP here; the disassembler knows other coprocessors",
  ),
];

/** Differences from objdump, which knows the instructions of every profile. */
export const OBJDUMP_DIFFERENCES: readonly Difference[] = COMMON;

/** Differences from capstone in its M-class mode. */
export const CAPSTONE_DIFFERENCES: readonly Difference[] = [
  ...COMMON,
  validHere("1101111011111001", "UDF #249: a trap of another operating system to capstone"),
  validHere(
    "1110100 a:2 0 W:1 0 Rn:4 list:16",
    "STM with SP or PC in the list: UNPREDICTABLE, and stored here as in QEMU",
  ),
  validHere("1111100 S:1 a:1 011 Rn:4 1111 b:12", "unallocated memory hint, a NOP in the Arm ARM"),
  validHere("111 a:1 11 b:14 1011 c:8", "double precision: not in capstone's M-class mode"),
  validHere(
    "111011101 D:1 110111 Vd:4 101011 M:1 0 Vm:4",
    "VCVT from single to double precision: not in capstone's M-class mode",
  ),
  undefinedHere("1110101 a:5 b:4 1 c:15", `data processing (shifted register): ${SHOULD_BE}`),
  undefinedHere("111110100 a:3 Rn:4 1111 Rd:4 11 rotate:2 Rm:4", `extend: ${SHOULD_BE}`),
  undefinedHere("111101 a:1 1 b:8 0 c:15", `SSAT, BFI, SBFX and their kin: ${SHOULD_BE}`),
];

/** The reason among `differences` why mcusim may differ on a word; undefined when there is none. */
export function explanation(
  differences: readonly Difference[],
  { word, size, text }: { readonly word: number; readonly size: 2 | 4; readonly text: string },
  mcusim: Difference["mcusim"],
): string | undefined {
  return differences.find(
    (d) =>
      d.mcusim === mcusim &&
      d.pattern.width === size * 8 &&
      matches(d.pattern, word) &&
      (d.text === undefined || d.text.test(text)),
  )?.because;
}
