cmp r0, r1                           @ 4288
itte gt                              @ bfc6
addgt r2, #1                         @ 3201
subgt r0, r0, r3                     @ 1ac0
movle r4, r0                         @ 4604
tst.w r4, #1                         @ f014 0f01
beq.n 0                              @ d0f7
