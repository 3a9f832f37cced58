import type { Sequence } from "./sequence.ts";

/**
 * J = jnk0le/random (measured on STM32H743), Q = quinapalus.com/cm7cycles.html (measured on STM32H730), LLVM =
 * ARMScheduleM7. Loops: cycles of one iteration.
 */
// prettier-ignore
export const M7_LOOPS: readonly Sequence[] = [
  { name: "SUBS, BNE take 1 cycle at 0 mod 8", asm: "subs r0, #1; bne a", code: "3801 d1fd", cycles: 1, source: "J, calibration sequence 6", base: 0x0800_0000 },
  { name: "SUBS, BNE take 1 cycle at 2 mod 8", asm: "subs r0, #1; bne a", code: "3801 d1fd", cycles: 1, source: "J, calibration sequence 6", base: 0x0800_0002 },
  { name: "SUBS, BNE take 1 cycle at 4 mod 8", asm: "subs r0, #1; bne a", code: "3801 d1fd", cycles: 1, source: "J, calibration sequence 6", base: 0x0800_0004 },
  { name: "SUBS, BNE take 2 cycles at 6 mod 8", asm: "subs r0, #1; bne a", code: "3801 d1fd", cycles: 2, source: "J, calibration sequence 6", base: 0x0800_0006 },
  { name: "40 instructions in slots take 20 cycles", asm: "33 x nop.w; subs.w r9, r9, #1; nop.w; nop.w; uxtb.w r0, r0; nop.w; nop.w; bne.w a", code: "f3af 8000 x33 f1b9 0901 f3af 8000 f3af 8000 fa5f f080 f3af 8000 f3af 8000 f47f afb0", cycles: 20, source: "J" },
  { name: "LDM of 5 takes 3 cycles alone", asm: "ldm.w r5, {r1, r2, r3, r4, r6}; ldm.w r5, {r1, r2, r3, r4, r6}; ldm.w r5, {r1, r2, r3, r4, r6}; ldm.w r5, {r1, r2, r3, r4, r6}; subs.w r9, r9, #1; bne.w a", code: "e895 005e e895 005e e895 005e e895 005e f1b9 0901 f47f aff4", cycles: 13, source: "J, calibration sequence 9" },
  { name: "STRB takes 4 in one bank", asm: "4 x strb.w r5, [r1, #4]; subs.w r9, r9, #1; bne.w a", code: "f881 5004 x4 f1b9 0901 f47f aff4", cycles: 16, source: "J, calibration sequence 10" },
  { name: "STRH takes 4 in one bank", asm: "4 x strh.w r5, [r1, #4]; subs.w r9, r9, #1; bne.w a", code: "f8a1 5004 x4 f1b9 0901 f47f aff4", cycles: 16, source: "J, calibration sequence 10" },
  { name: "STRB takes 2 in two banks", asm: "strb.w r5, [r1, #4]; strb.w r5, [r1]; strb.w r5, [r1, #4]; strb.w r5, [r1]; subs.w r9, r9, #1; bne.w a", code: "f881 5004 f881 5000 f881 5004 f881 5000 f1b9 0901 f47f aff4", cycles: 8, source: "J, calibration sequence 10" },
  { name: "STRB takes 2.4 in turn", asm: "5 x strb.w r5, [r1], #1; subs.w r9, r9, #1; bne.w a", code: "f801 5b01 x5 f1b9 0901 f47f aff4", cycles: 12, source: "J, calibration sequence 10" },
  { name: "STRH takes 2 in turn", asm: "4 x strh.w r5, [r1], #2; subs.w r9, r9, #1; bne.w a", code: "f821 5b02 x4 f1b9 0901 f47f aff4", cycles: 8, source: "J, calibration sequence 10" },
  { name: "STRB after STRB by ADD takes 2.4 in turn", asm: "strb.w r5, [r1, #4]; add.w r1, r1, #1; 5 times; subs.w r9, r9, #1; bne.w a", code: "f881 5004 f101 0101 f881 5004 f101 0101 f881 5004 f101 0101 f881 5004 f101 0101 f881 5004 f101 0101 f1b9 0901 f47f aff4", cycles: 12, source: "J, calibration sequence 10" },
  { name: "STRB with four cycles between them are free", asm: "strb.w r5, [r1, #4]; 8 x nop.w; strb.w r5, [r1, #4]; 8 x nop.w; subs.w r9, r9, #1; bne.w a", code: "f881 5004 f3af 8000 x8 f881 5004 f3af 8000 x8 f1b9 0901 f47f aff4", cycles: 10, source: "inferred: a buffer that is empty costs nothing" },
  { name: "STM of 4 takes 2 cycles alone", asm: "stm.w r5, {r1, r2, r3, r4}; stm.w r5, {r1, r2, r3, r4}; stm.w r5, {r1, r2, r3, r4}; stm.w r5, {r1, r2, r3, r4}; subs.w r9, r9, #1; bne.w a", code: "e885 001e e885 001e e885 001e e885 001e f1b9 0901 f47f aff4", cycles: 9, source: "J, calibration sequence 9" },
];

/** Cycles of one copy among many, as 14 copies less 4 copies over 10. */
// prettier-ignore
export const M7_COPIES: readonly Sequence[] = [
  { name: "independent ALU operations pair", asm: "eor.w r1, r2, r3; eor.w r4, r5, r6", code: "ea82 0103 ea85 0406", cycles: 1, source: "J, Q" },
  { name: "dependent late ALU operations do not pair", asm: "eor.w r1, r1, r3; eor.w r1, r1, r6", code: "ea81 0103 ea81 0106", cycles: 2, source: "J, Q" },
  { name: "ADD in the older slot feeds EOR in the younger", asm: "add.w r1, r2, r3; eor.w r4, r1, r6", code: "eb02 0103 ea81 0406", cycles: 1, source: "J" },
  { name: "MOVW and MOVT of one register pair", asm: "movw r1, #1; movt r1, #2", code: "f240 0101 f2c0 0102", cycles: 1, source: "J, calibration sequence 8" },
  { name: "two shifted operands do not pair", asm: "eor.w r1, r2, r3, ror #8; eor.w r4, r5, r6, ror #8", code: "ea82 2133 ea85 2436", cycles: 2, source: "J, calibration sequence 7" },
  { name: "two shifted constants do not pair", asm: "eor.w r1, r2, #0x1fc0; eor.w r4, r5, #0x1fc0", code: "f482 51fe f485 54fe", cycles: 2, source: "J, calibration sequence 7" },
  { name: "two constant patterns pair", asm: "eor.w r1, r2, #0x1b1b1b1b; eor.w r4, r5, #0x1b1b1b1b", code: "f082 311b f085 341b", cycles: 1, source: "J" },
  { name: "two shifts pair", asm: "lsr.w r1, r2, #3; ror.w r4, r5, r6", code: "ea4f 01d2 fa65 f406", cycles: 1, source: "J" },
  { name: "uxtb.w pairs as the older", asm: "uxtb.w r1, r2; eor.w r4, r5, r6", code: "fa5f f182 ea85 0406", cycles: 1, source: "J, calibration sequence 7" },
  { name: "uxtb.w does not pair with another of its kind", asm: "uxtb.w r1, r2; uadd8 r4, r5, r6", code: "fa5f f182 fa85 f446", cycles: 2, source: "J, calibration sequence 7" },
  { name: "pkhbt pairs as the older", asm: "pkhbt r1, r2, r3; eor.w r4, r5, r6", code: "eac2 0103 ea85 0406", cycles: 1, source: "J, calibration sequence 7" },
  { name: "pkhbt does not pair with another of its kind", asm: "pkhbt r1, r2, r3; uadd8 r4, r5, r6", code: "eac2 0103 fa85 f446", cycles: 2, source: "J, calibration sequence 7" },
  { name: "uadd8 pairs as the older", asm: "uadd8 r1, r2, r3; eor.w r4, r5, r6", code: "fa82 f143 ea85 0406", cycles: 1, source: "J, calibration sequence 7" },
  { name: "uadd8 does not pair with another of its kind", asm: "uadd8 r1, r2, r3; uadd8 r4, r5, r6", code: "fa82 f143 fa85 f446", cycles: 2, source: "J, calibration sequence 7" },
  { name: "rev.w pairs as the older", asm: "rev.w r1, r2; eor.w r4, r5, r6", code: "fa92 f182 ea85 0406", cycles: 1, source: "J, calibration sequence 7" },
  { name: "rev.w does not pair with another of its kind", asm: "rev.w r1, r2; uadd8 r4, r5, r6", code: "fa92 f182 fa85 f446", cycles: 2, source: "J, calibration sequence 7" },
  { name: "clz pairs as the older", asm: "clz r1, r2; eor.w r4, r5, r6", code: "fab2 f182 ea85 0406", cycles: 1, source: "J, calibration sequence 7" },
  { name: "clz does not pair with another of its kind", asm: "clz r1, r2; uadd8 r4, r5, r6", code: "fab2 f182 fa85 f446", cycles: 2, source: "J, calibration sequence 7" },
  { name: "bfi pairs as the older", asm: "bfi r1, r2, #3, #4; eor.w r4, r5, r6", code: "f362 01c6 ea85 0406", cycles: 1, source: "J, calibration sequence 7" },
  { name: "bfi does not pair with another of its kind", asm: "bfi r1, r2, #3, #4; uadd8 r4, r5, r6", code: "f362 01c6 fa85 f446", cycles: 2, source: "J, calibration sequence 7" },
  { name: "two multiplies do not pair", asm: "mul r1, r2, r3; mul r4, r5, r6", code: "fb02 f103 fb05 f406", cycles: 2, source: "J, calibration sequence 7" },
  { name: "a multiply does not pair with a store", asm: "mul r1, r2, r3; str.w r4, [r5]", code: "fb02 f103 f8c5 4000", cycles: 2, source: "J, calibration sequence 7" },
  { name: "accumulation chains every cycle", asm: "mla r1, r2, r3, r1; eor.w r4, r5, r6", code: "fb02 1103 ea85 0406", cycles: 1, source: "J, calibration sequence 8" },
  { name: "a product is late by one cycle", asm: "mul r1, r1, r3; eor.w r4, r5, r6", code: "fb01 f103 ea85 0406", cycles: 2, source: "J, calibration sequence 8" },
  { name: "QADD on its own result takes 2", asm: "qadd r5, r5, r6", code: "fa86 f585", cycles: 2, source: "LLVM" },
  { name: "SSAT, which reads in the first stage, takes 3", asm: "ssat r5, #8, r5", code: "f305 0507", cycles: 3, source: "LLVM" },
  { name: "LDR feeds the ALU in the next cycle", asm: "ldr.w r1, [r5]; eor.w r2, r1, r6", code: "f8d5 1000 ea81 0206", cycles: 1, source: "J, calibration sequence 8" },
  { name: "LDR to ALU and back to an address", asm: "ldr.w r1, [r1]; eor.w r2, r3, r6", code: "f8d1 1000 ea83 0206", cycles: 2, source: "LLVM" },
  { name: "UXTB used as an address is late by one", asm: "uxtb.w r1, r2; ldr.w r2, [r5, r1]", code: "fa5f f182 f855 2001", cycles: 3, source: "J, calibration sequence 8" },
  { name: "loads of different banks pair", asm: "ldr.w r1, [r5]; ldr.w r2, [r5, #4]", code: "f8d5 1000 f8d5 2004", cycles: 1, source: "J, calibration sequence 9" },
  { name: "loads of one bank do not pair", asm: "ldr.w r1, [r5]; ldr.w r2, [r5, #8]", code: "f8d5 1000 f8d5 2008", cycles: 2, source: "Q, calibration sequence 9" },
  { name: "a load and a store pair", asm: "ldr.w r1, [r5]; str.w r2, [r6]", code: "f8d5 1000 f8c6 2000", cycles: 1, source: "J, calibration sequence 9" },
  { name: "two stores do not pair", asm: "str.w r1, [r5]; str.w r2, [r5, #4]", code: "f8c5 1000 f8c5 2004", cycles: 2, source: "J, calibration sequence 9" },
  { name: "LDR pairs with the store of what it loads", asm: "ldr.w r1, [r5]; str.w r1, [r6]", code: "f8d5 1000 f8c6 1000", cycles: 1, source: "J" },
  { name: "VADD on its own result takes 3", asm: "vadd.f32 s0, s0, s1", code: "ee30 0a20", cycles: 3, source: "J, calibration sequence 11" },
  { name: "VFMA with three accumulators takes 1 each", asm: "vfma.f32 s0, s4, s5; vfma.f32 s1, s4, s5; vfma.f32 s2, s4, s5", code: "eea2 0a22 eee2 0a22 eea2 1a22", cycles: 3, source: "J, calibration sequence 11" },
  { name: "VMLA with one accumulator takes 3", asm: "vmla.f32 s0, s4, s5", code: "ee02 0a22", cycles: 3, source: "J" },
  { name: "VADD and an integer operation pair", asm: "vadd.f32 s0, s1, s2; eor.w r1, r2, r3", code: "ee30 0a81 ea82 0103", cycles: 1, source: "J" },
  { name: "VDIV.F32 takes 16", asm: "vdiv.f32 s0, s1, s2", code: "ee80 0a81", cycles: 16, source: "J, calibration sequence 11" },
  { name: "VSQRT.F32 takes 14", asm: "vsqrt.f32 s0, s1", code: "eeb1 0ae0", cycles: 14, source: "J, calibration sequence 11" },
  { name: "VDIV.F64 takes 2 and what its operands add", asm: "vdiv.f64 d0, d1, d2", code: "ee81 0b02", cycles: 2, source: "J, calibration sequence 11" },
  { name: "VMUL.F64 takes 4 and what its operands add", asm: "vmul.f64 d0, d1, d2", code: "ee21 0b02", cycles: 4, source: "J, calibration sequence 11" },
  { name: "VFMA.F64 after another takes 5 and what its operands add", asm: "vfma.f64 d0, d1, d2; vfma.f64 d3, d4, d5", code: "eea1 0b02 eea4 3b05", cycles: 10, source: "J" },
  { name: "VFMA.F64 after VADD.F64 takes 6 and what its operands add", asm: "vfma.f64 d0, d6, d7; vadd.f64 d3, d4, d5; vfma.f64 d1, d6, d7; vadd.f64 d2, d4, d5", code: "eea6 0b07 ee34 3b05 eea6 1b07 ee34 2b05", cycles: 14, source: "J" },
];
