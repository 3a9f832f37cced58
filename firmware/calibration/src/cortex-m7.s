@ Cortex-M7, code in ITCM: which instructions issue together, and how long results take.
    .file "cortex-m7.s"
    .include "sequence.inc"
    .cpu cortex-m7

@ ---- Dual issue

    .macro pair_eor
    eor.w r5, r6, r7
    eor.w r8, r9, r10
    .endm
    sequence pair_eor

    .macro pair_adc
    adc.w r5, r6, r7
    adc.w r8, r9, r10
    .endm
    sequence pair_adc

    .macro pair_nop
    nop.w
    nop.w
    .endm
    sequence pair_nop

    .macro pair_dependent
    eor.w r5, r6, r7
    eor.w r6, r5, r7
    .endm
    sequence pair_dependent

    .macro pair_carry_chain
    adcs.w r5, r6, r7
    adcs.w r8, r9, r10
    .endm
    sequence pair_carry_chain

    .macro pair_early_add_late_eor
    add.w r5, r6, r7
    eor.w r8, r5, r9
    .endm
    sequence pair_early_add_late_eor

    .macro pair_movw_movt
    movw r5, #1
    movt r5, #2
    .endm
    sequence pair_movw_movt

    .macro pair_shifted_operands
    eor.w r5, r6, r7, ror #3
    eor.w r8, r9, r10, ror #3
    .endm
    sequence pair_shifted_operands

    .macro pair_shifted_constants
    eor.w r5, r6, #0x1fc0
    eor.w r8, r9, #0x1fc0
    .endm
    sequence pair_shifted_constants

    .macro pair_simple_constants
    eor.w r5, r6, #0x1f
    eor.w r8, r9, #0x1b1b1b1b
    .endm
    sequence pair_simple_constants

    .macro pair_constant_and_shifted_operand
    eor.w r5, r6, #0x1f
    eor.w r8, r9, r10, ror #3
    .endm
    sequence pair_constant_and_shifted_operand

    .macro pair_shifts
    lsl.w r5, r6, #3
    ror.w r8, r9, r10
    .endm
    sequence pair_shifts

    .macro pair_shifted_operand_and_shift
    eor.w r5, r6, r7, ror #3
    lsl.w r8, r9, #3
    .endm
    sequence pair_shifted_operand_and_shift

    .macro pair_simd
    uadd8 r5, r6, r7
    uxtb.w r8, r9
    .endm
    sequence pair_simd

    .macro pair_bit_field_and_clz
    bfi r5, r6, #4, #4
    clz r8, r9
    .endm
    sequence pair_bit_field_and_clz

    .macro pair_rev_then_eor
    rev.w r5, r6
    eor.w r8, r9, r10
    .endm
    sequence pair_rev_then_eor

    .macro pair_bit_field_and_shifted_operand
    ubfx r5, r6, #4, #4
    eor.w r8, r9, r10, ror #3
    .endm
    sequence pair_bit_field_and_shifted_operand

    .macro pair_multiplies
    mul r5, r6, r7
    mul r8, r9, r10
    .endm
    sequence pair_multiplies

    .macro pair_multiply_and_alu
    smlabb r5, r6, r7, r5
    eor.w r8, r9, r10
    .endm
    sequence pair_multiply_and_alu

    .macro pair_multiply_and_shifted_operand
    smlabb r5, r6, r7, r5
    eor.w r8, r9, r10, ror #3
    .endm
    sequence pair_multiply_and_shifted_operand

    .macro pair_multiply_and_store
    mul r5, r6, r7
    str.w r8, [r0, #4]
    .endm
    sequence pair_multiply_and_store

    .macro pair_not_taken_branch
    bne.w 1f
    eor.w r8, r9, r10
1:
    .endm
    sequence pair_not_taken_branch

@ ---- Latencies: chains through a register

    .macro chain_eor
    eor.w r5, r5, r6
    .endm
    sequence chain_eor

    .macro chain_shifted_operand
    eor.w r5, r6, r5, ror #3
    .endm
    sequence chain_shifted_operand

    .macro chain_bit_field
    ubfx r5, r5, #0, #8
    .endm
    sequence chain_bit_field

    .macro chain_multiply
    mul r5, r5, r6
    .endm
    sequence chain_multiply

    .macro chain_multiply_alu
    mul r5, r5, r6
    eor.w r5, r5, r7
    .endm
    sequence chain_multiply_alu

    .macro chain_accumulator
    smlad r5, r6, r7, r5
    .endm
    sequence chain_accumulator

    .macro chain_accumulator_long
    smlal r5, r6, r7, r8
    .endm
    sequence chain_accumulator_long

    .macro chain_qadd
    qadd r5, r5, r6
    .endm
    sequence chain_qadd

    .macro chain_uadd8
    uadd8 r5, r5, r6
    .endm
    sequence chain_uadd8

    .macro chain_pointer
    ldr.w r4, [r4]
    .endm
    sequence chain_pointer

    .macro chain_load_alu_address
    ldr.w r5, [r4, #4]
    eor.w r4, r4, r5
    .endm
    sequence chain_load_alu_address

    .macro chain_load_byte_alu_address
    ldrb.w r5, [r4, #4]
    eor.w r4, r4, r5
    .endm
    sequence chain_load_byte_alu_address

    .macro chain_load_halfword_alu_address
    ldrsh.w r5, [r4, #4]
    eor.w r4, r4, r5
    .endm
    sequence chain_load_halfword_alu_address

@ ---- Jumps

    .macro loop_of_20
1:  .rept 32
    nop.w
    .endr
    nop.w
    subs.w r11, #1
    nop.w
    nop.w
    uxtb.w r5, r5
    nop.w
    nop.w
    bne.w 1b
    .endm
    sequence_loop loop_of_20

    .macro loop_shortest
1:  subs.w r11, #1
    bne.w 1b
    .endm
    sequence_loop loop_shortest

    .macro loop_at_6_mod_8
    nop
    nop.w
1:  subs.w r11, #1
    bne.w 1b
    .endm
    sequence_loop loop_at_6_mod_8

@ A loop of 5 cycles left after four rounds: what leaving it costs, beyond 21 cycles. As in the loop that was measured, of
@ 20 cycles and 1,000 rounds, all is wide, so that fetch is never ahead; the flags are set in the cycle of the branch, or
@ three cycles before it. Copies begin at 4 mod 8, so the loop at 0.
@ Keeps their branches off the predictor's entries for those of main.c.
    .section .sequence_code, "ax"
    .space 64

    .macro loop_exit_flags_late
    mov.w r11, #4
1:  .rept 6
    nop.w
    .endr
    uxtb.w r5, r5
    nop.w
    subs.w r11, #1
    bne.w 1b
    nop.w
    .endm
    sequence loop_exit_flags_late

    .macro loop_exit_flags_early
    mov.w r11, #4
1:  .rept 3
    nop.w
    .endr
    subs.w r11, #1
    nop.w
    nop.w
    uxtb.w r5, r5
    nop.w
    nop.w
    bne.w 1b
    nop.w
    .endm
    sequence loop_exit_flags_early

    sequence_support
