@ Cortex-M4: code and data in RAM on the System bus.
    .file "cortex-m4-system.s"
    .equ SYSTEM, 1
    .include "sequence.inc"
    .cpu cortex-m4

    .macro system_alu_wide
    eor.w r8, r9, r10
    .endm
    sequence system_alu_wide

    .macro system_loads
    ldr r5, [r4, #4]
    ldr r6, [r4, #8]
    ldr r7, [r4, #12]
    ldr r5, [r4, #16]
    ldr r6, [r4, #20]
    ldr r7, [r4, #24]
    .endm
    sequence system_loads

    .macro system_loads_wide
    ldr.w r5, [r4, #4]
    ldr.w r6, [r4, #8]
    ldr.w r7, [r4, #12]
    .endm
    sequence system_loads_wide

    .macro system_post_indexed
    ldr r5, [r4], #4
    .endm
    sequence system_post_indexed

    .macro system_load_double
    ldrd r5, r6, [r4, #8]
    .endm
    sequence system_load_double

    sequence_support
