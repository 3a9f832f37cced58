@ Cortex-M4: code in a RAM behind the code buses, and data in it too or elsewhere.
    .file "cortex-m4-shared.s"
    .equ SHARED, 1
    .include "sequence.inc"
    .include "m4-loads.inc"
    .cpu cortex-m4

    sequence_section
    .balign 32
shared_data:
    .space 256

    .macro shared_loads
    loads_6
    .endm
    sequence shared_loads, "ldr r4, =shared_data"

    .macro shared_loads_wide
    loads_wide_3
    .endm
    sequence shared_loads_wide, "ldr r4, =shared_data"

    .macro shared_post_indexed
    ldr r5, [r4], #4
    .endm
    sequence shared_post_indexed, "ldr r4, =shared_data"

    .macro apart_loads
    loads_6
    .endm
    sequence apart_loads

    .macro apart_loads_wide
    loads_wide_3
    .endm
    sequence apart_loads_wide

    sequence_support
