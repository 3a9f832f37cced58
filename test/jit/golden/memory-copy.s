ldmia r0!, {r4, r5, r6, r7}          @ c8f0
stmia r1!, {r4, r5, r6, r7}          @ c1f0
ldrb r4, [r2, r3]                    @ 5cd4
strh r4, [r1, #2]                    @ 804c
cmp r0, r8                           @ 4540
bcc.n 0                              @ d3f9
