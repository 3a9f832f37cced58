ldr.w r0, [r2], #4                   @ f852 0b04
ldr.w r1, [r3], #4                   @ f853 1b04
smlad r4, r0, r1, r4                 @ fb20 4401
subs r5, #1                          @ 3d01
bne.n 0                              @ d1f7
