import type { Sequence } from "./sequence.ts";

/**
 * Loops on memory without wait states, with the cycles of one iteration; SUBS and BNE count 3. TRM = Arm Cortex-M4 TRM
 * 100166, J = jnk0le/random (measured on STM32F407), GCC = cortex-m4-fpu.md, M = measured on CC2652 (CMEmu).
 */
// prettier-ignore
export const M4_LOOPS: readonly Sequence[] = [
  { name: "17 NOP.W, SUBS.W, taken BNE.W take 20 cycles", asm: "17 x nop.w; subs.w r0, r0, #1; bne.w a", code: "f3af 8000 x17 f1b0 0001 f47f afda", cycles: 20, source: "J" },
  { name: "SUBS, taken BNE take 3 cycles", asm: "subs r0, #1; bne a", code: "3801 d1fd", cycles: 3, source: "TRM" },
  { name: "a branch to a halfword-aligned wide instruction takes one more", asm: "subs.w r0, r0, #1; bne a", code: "f1b0 0001 d1fc", cycles: 4, source: "TRM", base: 0x0800_0002 },
  { name: "LDR.W as the first instruction behind a branch whose flags are new takes one more", asm: "ldr.w r1, [r5]; nop; nop; subs r0, #1; bne a", code: "f8d5 1000 bf00 bf00 3801 d1f9", cycles: 7, source: "inferred from the calibration set" },
  { name: "a narrow LDR there does not", asm: "ldr r1, [r5]; nop; nop; subs r0, #1; bne a", code: "6829 bf00 bf00 3801 d1fa", cycles: 6, source: "inferred from the calibration set" },
  { name: "not when the flags are older", asm: "ldr r1, [r5]; nop; subs r0, #1; nop; bne a", code: "6829 bf00 3801 bf00 d1fa", cycles: 6, source: "AES setDecKey, measured on STM32F407" },
  { name: "LDR takes 2 cycles", asm: "nop; ldr r1, [r5]; subs r0, #1; bne a", code: "bf00 6829 3801 d1fb", cycles: 6, source: "TRM" },
  { name: "four LDR take 5 cycles", asm: "nop; ldr r1, [r5]; ldr r2, [r5, #4]; ldr r3, [r5, #8]; ldr r4, [r5, #12]; subs r0, #1; bne a", code: "bf00 6829 686a 68ab 68ec 3801 d1f8", cycles: 9, source: "TRM" },
  { name: "LDR whose address the LDR before loads is not pipelined", asm: "nop; ldr r1, [r5]; ldr r2, [r1]; subs r0, #1; bne a", code: "bf00 6829 680a 3801 d1fa", cycles: 8, source: "TRM" },
  { name: "LDR with register offset pipelines", asm: "nop; ldr r1, [r5, r6]; ldr r2, [r5]; subs r0, #1; bne a", code: "bf00 59a9 682a 3801 d1fa", cycles: 7, source: "TRM" },
  { name: "LDR with register offset, STR with immediate offset of what it loaded: the store takes the stall's place", asm: "nop; ldr r1, [r5, r6]; str r1, [r4, #20]; subs r0, #1; bne a", code: "bf00 59a9 6161 3801 d1fa", cycles: 6, source: "J" },
  { name: "LDR, STR both with register offset take 3", asm: "nop; ldr r1, [r5, r6]; str r2, [r5, r6]; subs r0, #1; bne a", code: "bf00 59a9 51aa 3801 d1fa", cycles: 7, source: "TRM" },
  { name: "STR with immediate offset takes 1 cycle", asm: "nop; str r1, [r5, #4]; subs r0, #1; bne a", code: "bf00 6069 3801 d1fb", cycles: 5, source: "TRM, J" },
  { name: "STR with immediate offset after LDR removes the load's stall", asm: "nop; ldr r1, [r5]; str r2, [r5, #4]; subs r0, #1; bne a", code: "bf00 6829 606a 3801 d1fa", cycles: 6, source: "J" },
  { name: "STR with register offset takes 2 cycles", asm: "nop; str r1, [r5, r6]; subs r0, #1; bne a", code: "bf00 51a9 3801 d1fb", cycles: 6, source: "J" },
  { name: "STR with register offset absorbs a NOP", asm: "str r1, [r5, r6]; nop; subs r0, #1; bne a", code: "51a9 bf00 3801 d1fb", cycles: 5, source: "J" },
  { name: "STR followed by LDR takes one more", asm: "nop; str r1, [r5]; ldr r2, [r5, #4]; subs r0, #1; bne a", code: "bf00 6029 686a 3801 d1fa", cycles: 8, source: "J" },
  { name: "LDR absorbs a NOP", asm: "nop; ldr r1, [r5]; nop; subs r0, #1; bne a", code: "bf00 6829 bf00 3801 d1fa", cycles: 6, source: "J" },
  { name: "LDR does not absorb CMP", asm: "nop; ldr r1, [r5]; cmp r2, r3; subs r0, #1; bne a", code: "bf00 6829 429a 3801 d1fa", cycles: 7, source: "J" },
  { name: "post-indexed loads of one base do not chain", asm: "nop; nop; ldr.w r1, [r5], #4; ldr.w r2, [r5], #4; ldr.w r3, [r5], #4; subs r0, #1; bne a", code: "bf00 bf00 f855 1b04 f855 2b04 f855 3b04 3801 d1f5", cycles: 11, source: "J" },
  { name: "post-indexed loads of alternating bases chain", asm: "nop; nop; ldr.w r1, [r5], #4; ldr.w r2, [r6], #4; ldr.w r3, [r5], #4; subs r0, #1; bne a", code: "bf00 bf00 f855 1b04 f856 2b04 f855 3b04 3801 d1f5", cycles: 9, source: "J" },
  { name: "an address computed by the instruction before costs one", asm: "adds r5, r5, r6; ldr r1, [r5]; subs r0, #1; bne a", code: "19ad 6829 3801 d1fb", cycles: 7, source: "TRM" },
  { name: "an address computed two instructions before costs nothing", asm: "adds r5, r5, r6; nop; ldr r1, [r5]; subs r0, #1; bne a", code: "19ad bf00 6829 3801 d1fa", cycles: 7, source: "TRM" },
  { name: "LDM of 4 takes 5 cycles", asm: "nop; ldm r5, {r1, r2, r3, r4}; adds r1, r1, r2; subs r0, #1; bne a", code: "bf00 e895 001e 1889 3801 d1f9", cycles: 10, source: "TRM" },
  { name: "STM of 4 takes 5 cycles", asm: "nop; nop; stm.w r5, {r1, r2, r3, r4}; adds r1, r1, r2; subs r0, #1; bne a", code: "bf00 bf00 e885 001e 1889 3801 d1f8", cycles: 11, source: "TRM" },
  { name: "LDRD takes 3 cycles", asm: "nop; nop; ldrd r1, r2, [r5]; adds r1, r1, r2; subs r0, #1; bne a", code: "bf00 bf00 e9d5 1200 1889 3801 d1f8", cycles: 9, source: "TRM" },
  { name: "STRD takes 3 cycles", asm: "nop; nop; strd r1, r2, [r5]; adds r1, r1, r2; subs r0, #1; bne a", code: "bf00 bf00 e9c5 1200 1889 3801 d1f8", cycles: 9, source: "TRM" },
  { name: "multiplies take 1 cycle and chain on the accumulator", asm: "mul r1, r2, r3; mla r1, r2, r3, r1; smlal r4, r5, r2, r3; smlad r1, r2, r3, r1; subs r0, #1; bne a", code: "fb02 f103 fb02 1103 fbc2 4503 fb22 1103 3801 d1f5", cycles: 7, source: "TRM" },
  { name: "an IT behind a 16-bit instruction is folded; skipped or not, its block takes a cycle each", asm: "cmp r1, r2; ite eq; moveq r3, r4; movne r4, r3; subs r0, #1; bne a", code: "4291 bf0c 4623 461c 3801 d1f9", cycles: 6, source: "TRM, M3 r1p1" },
  { name: "wide instructions of one cycle run at one a cycle across words, too", asm: "nop; 9 x eor.w r1, r1, r2; subs r0, #1; bne a", code: "bf00 ea81 0102 x9 3801 d1ec", cycles: 13, source: "M" },
  { name: "so do multiplications", asm: "nop; 9 x smlad r1, r2, r3, r1; subs r0, #1; bne a", code: "bf00 fb22 1103 x9 3801 d1ec", cycles: 13, source: "M (MLA, UMULL)" },
  { name: "behind an LDR three of them lose one", asm: "4 x nop; ldr r1, [r5]; 3 x eor.w r4, r4, r2; subs r0, #1; nop; bne a", code: "bf00 bf00 bf00 bf00 6829 ea84 0402 x3 3801 bf00 d1f2", cycles: 14, source: "eprint 2025/523, M" },
  { name: "six no more", asm: "4 x nop; ldr r1, [r5]; 6 x eor.w r4, r4, r2; subs r0, #1; nop; bne a", code: "bf00 bf00 bf00 bf00 6829 ea84 0402 x6 3801 bf00 d1ec", cycles: 17, source: "C" },
  { name: "on words they lose none", asm: "3 x nop; ldr r1, [r5]; 3 x eor.w r4, r4, r2; subs r0, #1; nop; bne a", code: "bf00 bf00 bf00 6829 ea84 0402 x3 3801 bf00 d1f3", cycles: 12, source: "M" },
  { name: "VADD across words lose one for every three", asm: "nop; 12 x vadd.f32 s3, s4, s5; subs r0, #1; bne a", code: "bf00 ee72 1a22 x12 3801 d1e6", cycles: 19, source: "Arm KA006138" },
  { name: "VADD used by the next VMUL costs one", asm: "vadd.f32 s0, s1, s2; vmul.f32 s3, s0, s1; subs r0, #1; bne a", code: "ee30 0a81 ee60 1a20 3801 d1f9", cycles: 6, source: "TRM-FPU" },
  { name: "VMUL used as addend by VFMA costs nothing", asm: "vmul.f32 s0, s1, s2; vfma.f32 s0, s3, s4; subs r0, #1; bne a", code: "ee20 0a81 eea1 0a82 3801 d1f9", cycles: 5, source: "TRM-FPU, GCC" },
  { name: "VFMA on one accumulator take 3 each", asm: "vfma.f32 s0, s1, s2; vfma.f32 s0, s1, s2; vfma.f32 s0, s1, s2; vfma.f32 s0, s1, s2; nop.w; nop.w; subs r0, #1; bne a", code: "eea0 0a81 eea0 0a81 eea0 0a81 eea0 0a81 f3af 8000 f3af 8000 3801 d1f1", cycles: 15, source: "TRM-FPU" },
  { name: "integer instructions run beside VDIV", asm: "vdiv.f32 s0, s1, s2; 10 x nop.w; vadd.f32 s3, s4, s5; subs r0, #1; bne a", code: "ee80 0a81 f3af 8000 x10 ee72 1a22 3801 d1e5", cycles: 18, source: "TRM-FPU, GCC" },
];
