@ Cortex-M4, zero-wait memory: integer instructions, loads and stores, jumps.
    .file "cortex-m4.s"
    .include "sequence.inc"
    .cpu cortex-m4

@ ---- Data processing

    .macro add_narrow
    adds r5, r6, r7
    .endm
    sequence add_narrow

    .macro add_dependent
    adds r5, r5, r6
    .endm
    sequence add_dependent

    .macro eor_wide
    eor.w r8, r9, r10
    .endm
    sequence eor_wide

    .macro eor_shifted_operand
    eor.w r8, r8, r9, ror #7
    .endm
    sequence eor_shifted_operand

    .macro shift_by_register
    lsrs r5, r3
    .endm
    sequence shift_by_register

    .macro movw_movt
    movw r8, #1
    movt r8, #2
    .endm
    sequence movw_movt

    .macro clz_rev_rbit
    clz r8, r9
    rev r5, r6
    rbit r8, r9
    .endm
    sequence clz_rev_rbit

    .macro bit_field
    ubfx r8, r9, #3, #7
    bfi r8, r9, #4, #5
    .endm
    sequence bit_field

    .macro extend_add
    uxtb r5, r6
    sxtab16 r8, r9, r10, ror #8
    .endm
    sequence extend_add

    .macro saturate
    ssat r8, #8, r9
    qadd r9, r10, r8
    .endm
    sequence saturate

    .macro multiply
    muls r5, r3, r5
    mla r8, r9, r10, r8
    .endm
    sequence multiply

    .macro multiply_long
    smull r8, r9, r10, r6
    umlal r8, r9, r8, r9
    umaal r8, r9, r8, r9
    .endm
    sequence multiply_long

    .macro multiply_dsp
    smlad r8, r9, r10, r8
    smlald r8, r9, r10, r6
    smmulr r10, r8, r9
    smlabt r6, r8, r9, r6
    .endm
    sequence multiply_dsp

    .macro nops
    nop
    nop.w
    .endm
    sequence nops

    .macro read_status
    mrs r8, apsr
    .endm
    sequence read_status

@ ---- Division: the dividend is in r8, the divisor in r9

    .macro udiv_by_zero
    udiv r5, r8, r9
    .endm
    sequence udiv_by_zero, "movw r8, #999"

    .macro udiv_zero
    udiv r5, r8, r9
    .endm
    sequence udiv_zero, "movw r9, #999"

    .macro udiv_smaller
    udiv r5, r8, r9
    .endm
    sequence udiv_smaller, "movw r8, #5; movw r9, #999"

    .macro udiv_largest
    udiv r5, r8, r9
    .endm
    sequence udiv_largest, "mvn r8, #0; movw r9, #1"

    .macro sdiv_largest
    sdiv r5, r8, r9
    .endm
    sequence sdiv_largest, "mov r8, #0x80000000; movw r9, #1"

@ ---- Single loads and stores

    .macro load_alu
    ldr r5, [r0, #4]
    adds r6, r6, r7
    .endm
    sequence load_alu

    .macro load_use
    ldr r5, [r0, #4]
    adds r6, r5, r7
    .endm
    sequence load_use

    .macro load_nop
    ldr r5, [r0, #4]
    nop
    .endm
    sequence load_nop

    .macro load_compare
    ldr r5, [r0, #4]
    cmp r6, r7
    .endm
    sequence load_compare

    .macro load_byte
    ldrb r5, [r0, #4]
    adds r6, r6, r7
    .endm
    sequence load_byte

    .macro load_register_offset
    ldr r5, [r0, r2]
    adds r6, r6, r7
    .endm
    sequence load_register_offset

    .macro loads_2
    ldr r5, [r0, #4]
    ldr r6, [r0, #8]
    adds r7, r7, r7
    .endm
    sequence loads_2

    .macro loads_5
    ldr r5, [r0, #4]
    ldr r6, [r0, #8]
    ldrb r5, [r0, #12]
    ldrh r6, [r0, #16]
    ldr r5, [r0, r2]
    adds r7, r7, r7
    .endm
    sequence loads_5

    .macro loads_other_base
    ldr r5, [r0, #4]
    ldr r6, [r1, #8]
    adds r7, r7, r7
    .endm
    sequence loads_other_base

@ r7 is 0, the start of the memory behind the code buses.
    .macro loads_other_memory_2
    ldr r5, [r0, #4]
    ldr r6, [r7, #4]
    adds r4, r4, r4
    .endm
    sequence loads_other_memory_2

    .macro loads_other_memory_5
    ldr r5, [r0, #4]
    ldr r6, [r7, #4]
    ldrb r5, [r0, #12]
    ldrh r6, [r7, #16]
    ldr r5, [r0, r2]
    adds r4, r4, r4
    .endm
    sequence loads_other_memory_5

    .macro loads_wide_aligned
    ldr.w r8, [r0, #4]
    ldr.w r9, [r0, #8]
    ldr.w r10, [r0, #12]
    ldr.w r8, [r0, #16]
    adds.w r7, r7, r7
    .endm
    sequence loads_wide_aligned

    .macro load_chain
    ldr r4, [r4]
    .endm
    sequence load_chain

    .macro alu_to_base
    mov r5, r0
    ldr r6, [r5, #4]
    adds r7, r7, r7
    .endm
    sequence alu_to_base

    .macro alu_to_index
    mov r5, r2
    ldr r6, [r0, r5]
    adds r7, r7, r7
    .endm
    sequence alu_to_index

    .macro alu_before_base
    mov r5, r0
    adds r7, r7, r7
    ldr r6, [r5, #4]
    adds r7, r7, r7
    .endm
    sequence alu_before_base

    .macro load_literal
    ldr.w r5, [pc, #16]
    adds.w r6, r6, r7
    .endm
    sequence load_literal

    .macro post_indexed_same_base
    ldr.w r5, [r4], #0
    ldr.w r6, [r4], #0
    .endm
    sequence post_indexed_same_base

    .macro post_indexed_two_bases
    ldr.w r5, [r4], #0
    ldr.w r6, [r8], #0
    ldr.w r5, [r4], #0
    ldr.w r6, [r8], #0
    adds.w r7, r7, r7
    .endm
    sequence post_indexed_two_bases, "mov r8, r1"

    .macro store_alu
    str r5, [r0, #4]
    adds r6, r6, r7
    .endm
    sequence store_alu

    .macro stores_immediate
    str r5, [r0, #4]
    strb r6, [r0, #8]
    strh r7, [r0, #12]
    .endm
    sequence stores_immediate

    .macro store_post_indexed
    str.w r5, [r4], #0
    adds.w r6, r6, r7
    .endm
    sequence store_post_indexed

    .macro store_register_offset_alu
    str r5, [r0, r2]
    adds r6, r6, r7
    .endm
    sequence store_register_offset_alu

    .macro store_register_offset_nop
    str r5, [r0, r2]
    nop
    .endm
    sequence store_register_offset_nop

    .macro load_store
    ldr r5, [r0, #4]
    str r6, [r0, #8]
    adds r7, r7, r7
    .endm
    sequence load_store

    .macro load_store_same_data
    ldr r5, [r0, #4]
    str r5, [r0, #8]
    adds r7, r7, r7
    .endm
    sequence load_store_same_data

    .macro store_load
    str r5, [r0, #4]
    ldr r6, [r0, #8]
    adds r7, r7, r7
    .endm
    sequence store_load

    .macro copy_words
    ldr r5, [r0, #4]
    str r5, [r0, #8]
    ldr r6, [r0, #12]
    str r6, [r0, #16]
    .endm
    sequence copy_words

    .macro load_exclusive
    ldrex r5, [r0]
    adds r6, r6, r7
    .endm
    sequence load_exclusive

@ ---- Several words, unaligned addresses

    .macro load_double
    ldrd r5, r6, [r0, #8]
    .endm
    sequence load_double

    .macro store_double
    strd r5, r6, [r0, #8]
    .endm
    sequence store_double

    .macro load_multiple_2
    ldmia r0, {r5, r6}
    .endm
    sequence load_multiple_2

    .macro load_multiple_7
    ldmia.w r0, {r5-r11}
    .endm
    sequence load_multiple_7

    .macro store_multiple_4
    stmia.w r1, {r5-r8}
    .endm
    sequence store_multiple_4

    .macro push_pop
    push {r5-r8}
    pop {r5-r8}
    .endm
    sequence push_pop

    .macro load_unaligned_halfword_address
    ldr.w r5, [r0, #6]
    adds.w r6, r6, r7
    .endm
    sequence load_unaligned_halfword_address

    .macro load_unaligned_odd_address
    ldr.w r5, [r0, #5]
    adds.w r6, r6, r7
    .endm
    sequence load_unaligned_odd_address

    .macro load_halfword_odd_address
    ldrh.w r5, [r0, #5]
    adds.w r6, r6, r7
    .endm
    sequence load_halfword_odd_address

@ ---- Jumps

    .macro loop_of_20
1:  .rept 17
    nop.w
    .endr
    subs.w r11, #1
    bne.w 1b
    .endm
    sequence_loop loop_of_20

    .macro loop_shortest
1:  subs.w r11, #1
    bne.n 1b
    .endm
    sequence_loop loop_shortest

    .macro loop_wide_at_halfword
    nop
1:  subs.w r11, #1
    bne.n 1b
    .endm
    sequence_loop loop_wide_at_halfword

    .macro loop_narrow_at_halfword
    movs r5, #100
    movs r6, #0
    nop
1:  adds r6, r6, r7
    subs.w r11, #1
    bne.n 1b
    .endm
    sequence_loop loop_narrow_at_halfword

    .macro branch_over
    b.w 1f
    nop.w
1:
    .endm
    sequence branch_over

    .macro branch_not_taken
    bne.n 1f
    adds r5, r5, r6
1:
    .endm
    sequence branch_not_taken, "movs r5, #0"

    .macro compare_branch_taken
    cbz r6, 1f
    nop
1:  nop.w
    .endm
    sequence compare_branch_taken

    .macro compare_branch_not_taken
    cbnz r6, 1f
    nop
1:  nop.w
    .endm
    sequence compare_branch_not_taken

    .macro call_return
    bl 1f
    b.w 2f
1:  bx lr
    nop
2:
    .endm
    sequence call_return

    .macro table_branch
    tbb [pc, r6]
    .byte 2, 2, 0, 0
1:  nop.w
    .endm
    sequence table_branch

    .macro it_folded
    adds r5, r5, r6
    it eq
    addeq r7, r7, r6
    .endm
    sequence it_folded

    .macro it_after_wide
    eor.w r8, r8, r9
    it eq
    addeq r7, r7, r6
    .endm
    sequence it_after_wide

    .macro it_skipped
    adds r5, r5, r6
    itt ne
    addne r7, r7, r6
    movne r7, r6
    .endm
    sequence it_skipped

@ ---- Wide instructions across words: one, two and three of them between narrow ones

    .macro straddling_2
    nop
    eor.w r8, r8, r9
    eor.w r8, r8, r9
    nop
    .endm
    sequence straddling_2

    .macro straddling_8
    adds r5, r5, r6
    .rept 8
    eor.w r8, r8, r9
    .endr
    adds r5, r5, r6
    .endm
    sequence straddling_8

    sequence_support
