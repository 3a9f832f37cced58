@ Cortex-M4: code and data in RAM on the System bus.
    .file "cortex-m4-system.s"
    .equ SYSTEM, 1
    .include "sequence.inc"
    .include "m4-loads.inc"
    .cpu cortex-m4

    .macro system_alu_wide
    eor.w r8, r9, r10
    .endm
    sequence system_alu_wide

    .macro system_loads
    loads_6
    .endm
    sequence system_loads

    .macro system_loads_wide
    loads_wide_3
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
