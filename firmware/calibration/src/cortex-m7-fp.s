@ Cortex-M7 FPU: single and double precision.
    .file "cortex-m7-fp.s"
    .set HAS_FP, 1
    .set HAS_DOUBLE, 1
    .cpu cortex-m7
    .fpu fpv5-d16
    .include "sequence.inc"

    .macro vadd_independent
    vadd.f32 s0, s1, s2
    vmul.f32 s3, s4, s5
    .endm
    sequence vadd_independent

    .macro vadd_and_integer
    vadd.f32 s0, s1, s2
    eor.w r5, r6, r7
    .endm
    sequence vadd_and_integer

    .macro vadd_chain
    vadd.f32 s0, s0, s1
    .endm
    sequence vadd_chain

    .macro vmul_chain
    vmul.f32 s0, s0, s1
    .endm
    sequence vmul_chain

    .macro vfma_one_accumulator
    vfma.f32 s0, s1, s2
    .endm
    sequence vfma_one_accumulator

    .macro vfma_three_accumulators
    vfma.f32 s0, s1, s2
    vfma.f32 s3, s4, s5
    vfma.f32 s6, s7, s8
    .endm
    sequence vfma_three_accumulators

    .macro vmla_three_accumulators
    vmla.f32 s0, s1, s2
    vmla.f32 s3, s4, s5
    vmla.f32 s6, s7, s8
    .endm
    sequence vmla_three_accumulators

    .macro vfma_then_vmul
    vfma.f32 s0, s1, s2
    vmul.f32 s1, s0, s3
    .endm
    sequence vfma_then_vmul

    .macro vldr_pair
    vldr s0, [r0, #4]
    vldr s1, [r0, #8]
    .endm
    sequence vldr_pair

    .macro vldr_double
    vldr d0, [r0, #8]
    .endm
    sequence vldr_double

    .macro vdiv_alone
    vdiv.f32 s0, s1, s2
    .endm
    sequence vdiv_alone

    .macro vsqrt_alone
    vsqrt.f32 s0, s1
    .endm
    sequence vsqrt_alone

    .macro vdiv_and_one_integer
    vdiv.f32 s0, s1, s2
    eor.w r5, r6, r7
    .endm
    sequence vdiv_and_one_integer

    .macro double_add
    vadd.f64 d0, d1, d2
    vadd.f64 d3, d4, d5
    .endm
    sequence double_add

    .macro double_multiply
    vmul.f64 d0, d1, d2
    .endm
    sequence double_multiply

    .macro double_divide
    vdiv.f64 d0, d1, d2
    .endm
    sequence double_divide

    sequence_support
