@ Cortex-M4F: single-precision arithmetic, its latencies, loads and stores.
    .file "cortex-m4-fp.s"
    .set HAS_FP, 1
    .cpu cortex-m4
    .fpu fpv4-sp-d16
    .include "sequence.inc"

    .macro vadd_independent
    vadd.f32 s0, s1, s2
    vadd.f32 s3, s4, s5
    .endm
    sequence vadd_independent

    .macro vadd_chain
    vadd.f32 s0, s0, s1
    .endm
    sequence vadd_chain

    .macro vmul_chain
    vmul.f32 s0, s0, s1
    .endm
    sequence vmul_chain

    .macro vmul_into_addend
    vmul.f32 s0, s1, s2
    vmla.f32 s0, s3, s4
    .endm
    sequence vmul_into_addend

    .macro vcvt_vcmp_vabs
    vcvt.s32.f32 s0, s1
    vcmp.f32 s2, s3
    vabs.f32 s4, s5
    .endm
    sequence vcvt_vcmp_vabs

    .macro vmla_independent
    vmla.f32 s0, s1, s2
    vmla.f32 s3, s4, s5
    .endm
    sequence vmla_independent

    .macro vfma_one_accumulator
    vfma.f32 s0, s1, s2
    .endm
    sequence vfma_one_accumulator

    .macro vdiv_alone
    vdiv.f32 s0, s1, s2
    .endm
    sequence vdiv_alone

    .macro vsqrt_alone
    vsqrt.f32 s0, s1
    .endm
    sequence vsqrt_alone

    .macro vdiv_beside_integer
    vdiv.f32 s0, s1, s2
    .rept 13
    eor.w r8, r8, r9
    .endr
    .endm
    sequence vdiv_beside_integer

    .macro vmov_to_core
    vmov r5, s1
    .endm
    sequence vmov_to_core

    .macro vmov_pair
    vmov r5, r6, s2, s3
    .endm
    sequence vmov_pair

    .macro vldr_single
    vldr s0, [r0, #4]
    adds.w r6, r6, r7
    .endm
    sequence vldr_single

    .macro vldr_double
    vldr d0, [r0, #8]
    .endm
    sequence vldr_double

    .macro vstr_single
    vstr s0, [r0, #4]
    adds.w r6, r6, r7
    .endm
    sequence vstr_single

    .macro vldm_8
    vldmia r0, {s0-s7}
    .endm
    sequence vldm_8

    .macro vpush_vpop_4
    vpush {s0-s3}
    vpop {s0-s3}
    .endm
    sequence vpush_vpop_4

    sequence_support
