vldr s0, [r0]                        @ ed90 0a00
vmla.f32 s2, s0, s1                  @ ee00 1a20
vfma.f32 s3, s0, s1                  @ eee0 1a20
vcmp.f32 s2, s3                      @ eeb4 1a61
vmrs APSR_nzcv, fpscr                @ eef1 fa10
bmi.n 0                              @ d4f4
