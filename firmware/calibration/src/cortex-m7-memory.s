@ Cortex-M7, data in DTCM: pairs of loads and stores by bank, multiples, unaligned addresses, the store buffer.
    .file "cortex-m7-memory.s"
    .include "sequence.inc"
    .cpu cortex-m7

    .macro loads_other_bank
    ldr.w r5, [r0, #4]
    ldr.w r6, [r0, #8]
    .endm
    sequence loads_other_bank

    .macro loads_same_bank
    ldr.w r5, [r0, #4]
    ldr.w r6, [r0, #12]
    .endm
    sequence loads_same_bank

    .macro loads_narrow_other_bank
    ldrb.w r5, [r0, #5]
    ldrh.w r6, [r0, #10]
    .endm
    sequence loads_narrow_other_bank

    .macro load_and_store
    ldr.w r5, [r0, #4]
    str.w r6, [r1, #8]
    .endm
    sequence load_and_store

    .macro load_into_store
    ldr.w r5, [r0, #4]
    str.w r5, [r1, #8]
    .endm
    sequence load_into_store

    .macro alu_into_store
    eor.w r5, r6, r7
    str.w r5, [r1, #8]
    .endm
    sequence alu_into_store

    .macro two_stores
    str.w r5, [r0, #4]
    str.w r6, [r1, #8]
    .endm
    sequence two_stores

    .macro post_indexed_loads
    ldr.w r5, [r4], #0
    ldr.w r6, [r8], #0
    .endm
    sequence post_indexed_loads, "add r8, r0, #4"

    .macro load_double
    ldrd r5, r6, [r0, #8]
    .endm
    sequence load_double

    .macro load_double_and_alu
    ldrd r5, r6, [r0, #8]
    eor.w r7, r8, r9
    .endm
    sequence load_double_and_alu

    .macro load_multiple_3
    nop
    nop
    ldmia.w r0, {r5-r7}
    .endm
    sequence load_multiple_3

    .macro load_multiple_6
    nop
    nop
    ldmia.w r0, {r5-r10}
    .endm
    sequence load_multiple_6

    .macro store_multiple_4
    nop
    nop
    stmia.w r1, {r5-r8}
    .endm
    sequence store_multiple_4

    .macro store_multiple_4_unaligned
    nop
    nop
    stmia.w r4, {r5-r8}
    .endm
    sequence store_multiple_4_unaligned, "add r4, r1, #4"

    .macro store_multiple_3_unaligned
    nop
    nop
    stmia.w r4, {r5-r7}
    .endm
    sequence store_multiple_3_unaligned, "add r4, r1, #4"

    .macro load_unaligned
    ldr.w r5, [r0, #5]
    eor.w r7, r8, r9
    .endm
    sequence load_unaligned

    .macro store_bytes_one_bank
    strb.w r5, [r1, #4]
    .endm
    sequence store_bytes_one_bank

    .macro store_halfwords_one_bank
    strh.w r5, [r1, #4]
    .endm
    sequence store_halfwords_one_bank

    .macro store_bytes_two_banks
    strb.w r5, [r1]
    strb.w r5, [r1, #4]
    .endm
    sequence store_bytes_two_banks

    .macro store_bytes_in_turn
    strb.w r5, [r1], #1
    .endm
    sequence store_bytes_in_turn

    .macro store_halfwords_in_turn
    strh.w r5, [r1], #2
    .endm
    sequence store_halfwords_in_turn

    .macro store_unaligned
    str.w r5, [r1, #5]
    .endm
    sequence store_unaligned

@ A reload of what was just stored: the load is 4 cycles behind the store, and the next store goes with it.
    .macro store_and_reload
    str.w r5, [r1, #8]
    ldr.w r6, [r1, #8]
    .endm
    sequence store_and_reload

    sequence_support
