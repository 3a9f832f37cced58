@ Operand forms whose text is compared with that of objdump.
.syntax unified
.thumb
x:
	ands.w r8,r9,#3
	bics.w r8,r9,#33
	orns r8,r9,#32
	orrs.w r8,r9,#3
	rsbs r8,r9,#0
	rsbs.w r1,r2,#0
	movs.w r8,#256
	mvns.w r8,#0xffffffff
	mov.w r0,#-1
	sub.w sp,sp,#0x400
	addw sp,sp,#0x404
	add.w r8,r9,#17
	add.w r8,r9,#16
	add.w r8,r9,#33
	add.w r8,r9,#32
	ldr.w r0,[r1,#32]
	ldr.w r0,[r1,#33]
	ldr.w r0,[r1,#-16]
	ldr.w r0,[r1,#-17]
	ldr.w r0,[r1,#-255]
	ldr.w r0,[r1,#-255]!
	ldr.w r0,[r1],#-255
	ldr.w r0,[r1],#40
	ldr.w r0,[r1]
	ldr r0,[r1]
	ldr r0,[r1,#64]
	ldr r0,[sp,#64]
	str r0,[sp]
	ldr r0,[sp]
	ldrd r0,r1,[r2]
	ldrd r0,r1,[r2,#-64]
	ldrd r0,r1,[r2,#64]!
	ldrd r0,r1,[r2],#-64
	strex r0,r1,[r2]
	strex r0,r1,[r2,#64]
	ldrex r1,[r2]
	ldrex r1,[r2,#64]
	push {r4,r5,lr}
	push.w {r4-r11,lr}
	pop.w {r4-r11,pc}
	ldmia r0,{r0,r1}
	ldmia.w r0,{r0,r1}
	stmdb r0!,{r1,r2}
	add sp,#508
	sub sp,#128
	add r0,sp,#64
	movs.w r8,r9
	lsls.w r8,r9,#3
	lsls.w r8,r9,r10
	mvns.w r8,r9,lsl #1
	tst.w r8,r9
	it eq
	moveq r0,r1
	it eq
	addeq r0,r1,r2
	it eq
	lsleq r0,r1,#2
	ite ne
	rsbne r0,r1,#0
	muleq r0,r1,r0
	it ne
	addwne r0,r1,#44
	it ne
	ldrne.w r0,[r1,#44]
	it ne
	andne.w r0,r1,r2
	it ne
	rsbne.w r0,r1,#4
	it ne
	pushne {r4}
	it ne
	bne x
	it ne
	bne.w x
	it ne
	blne x
	it ne
	ldrdne r0,r1,[r2]
	it ne
	movne r0,#4
	it ne
	movne r8,r9
	it ne
	uxtbne r0,r1
	it ne
	clzne r0,r1
	it ne
	mrsne r0,primask
	it ne
	nopne
	it ne
	nopne.w
	it ne
	bkpt #1
	it ne
	svcne #33
	it ne
	udfne #1
	it ne
	smladne r0,r1,r2,r3
	it ne
	ldmne r0,{r1,r2}
	it ne
	tbbne [r0,r1]
	it ne
	popne.w {r4,pc}
	it ne
	ldrexne r0,[r1]
	it ne
	dmbne
	it ne
	mcrne p3,2,r3,c4,c5,6
	itttt ne
	movne r0,r0
	movne r0,r0
	movne r0,r0
	movne r0,r0
	itete gt
	movgt r0,r0
	movle r0,r0
	movgt r0,r0
	movle r0,r0
	bne x
	bne.w x
	bl x
	b.w x
	b x
	cbz r0,y
y:
	dsb
	dmb ish
	isb
	cpsid if
	cpsie i
	msr apsr_nzcvq,r0
	msr apsr_g,r0
	mrs r0,apsr
	mrs r0,iapsr
	mrs r0,eapsr
	mrs r0,xpsr
	mrs r0,ipsr
	mrs r0,epsr
	mrs r0,iepsr
	mrs r0,msp
	mrs r0,psp
	msr psp,r0
	msr faultmask,r0
	mrs r0,basepri_max
	bkpt #255
	svc #255
	udf #255
	udf.w #4660
	sxtb.w r0,r1
	sxtb16 r0,r1,ror #8
	sxtab r0,r1,r2,ror #16
	ssat r0,#5,r1
	ssat r0,#5,r1,asr #31
	usat r0,#0,r1
	tbh [r0,r1,lsl #1]
	cdp2 p1,2,c3,c4,c5,6
	mcr p3,2,r3,c4,c5,6
	mrc p3,2,r3,c4,c5,6
	mrc p3,2,apsr_nzcv,c4,c5,0
	mcr2 p1,2,r3,c4,c5,6
	mrrc2 p1,2,r3,r4,c5
	stc2 p1,c2,[r3],#16
	ldr r1,=0x12345678
.ltorg
	nop
.inst.w 0xf7f0a000
	vadd.f32 s0, s1, s2
	vldr s0, [r0, #4]
	vldr d0, [pc, #8]
	vldmia r0!, {s0-s3}
	vpush {d8-d9}
	vmov.f32 s0, #1.0
	vcmp.f32 s0, #0
	vmrs apsr_nzcv, fpscr
	vcvt.s32.f32 s0, s0, #8
	it ne
	vaddne.f32 s0, s1, s2
