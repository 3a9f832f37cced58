import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/core/layout.ts";
import { CONTROL, W } from "../../src/core/state.ts";
import { Fixture, handler, RAM, STACK_TOP } from "./exceptions-fixture.ts";

describe("exception entry", () => {
  it("starts at the reset vector in privileged Thread mode on the main stack", () => {
    const f = new Fixture();
    f.w[W.PRIMASK] = 1;
    f.w[W.CONTROL] = 7;
    f.ex.takeReset();
    expect([f.sp, f.pc, f.lr, f.ipsr]).toEqual([STACK_TOP, handler(1), 0xffff_ffff, 0]);
    expect([f.w[W.PRIMASK], f.w[W.CONTROL], f.w[W.lowestMSP]]).toEqual([0, 0, STACK_TOP]);
  });

  it("locks up when the reset vector cannot be read", () => {
    const f = new Fixture();
    f.vectors.set(1, undefined);
    f.ex.takeReset();
    expect(f.ex.lockup).toMatchObject({ cause: { kind: "VECTTBL" } });
    expect(f.pc).toBe(0xffff_fffe);
  });

  it("pushes the eight words of the frame and enters the handler", () => {
    const f = new Fixture();
    for (let i = 0; i < 13; i++) f.w[i] = 100 + i;
    f.w[14] = 0x1234;
    f.state.setNZCVQ(0xa800_0000 | 0);
    f.w[W.GE] = 5;
    f.w[W.ITSTATE] = 0b1010_0110;
    f.w[W.exclusiveOpen] = 1;
    f.irq(3, 0x40);
    f.pulse(3);
    expect(f.w[W.exit]! & EXIT.interrupt).toBe(EXIT.interrupt);
    const entry = f.ex.takePending();
    expect(entry).toEqual({ exception: 19, kind: "entry", stackedWords: 8, cycles: 12 });
    expect(f.state.cycles).toBe(12);
    expect([f.pc, f.lr, f.ipsr, f.sp]).toEqual([handler(19), 0xffff_fff9, 19, STACK_TOP - 32]);
    const frame = Array.from({ length: 8 }, (_, i) => f.peek(f.sp + 4 * i));
    // ITSTATE 7:2 in xPSR 15:10, ITSTATE 1:0 in 26:25, T set, no realignment
    const xpsr = 0xa800_0000 + (0b10 << 25) + (1 << 24) + (5 << 16) + (0b101001 << 10);
    expect(frame).toEqual([100, 101, 102, 103, 112, 0x1234, 0x800, xpsr]);
    expect([f.w[W.ITSTATE], f.w[W.exclusiveOpen], f.ex.eventRegister]).toEqual([0, 0, true]);
    expect(f.w[W.lowestMSP]).toBe(STACK_TOP - 32);
    expect([f.ex.table.isActive(19), f.ex.table.isPending(19)]).toEqual([true, false]);
  });

  it.each([
    { STKALIGN: true, sp: STACK_TOP - 4, frame: STACK_TOP - 40, bit9: 1 },
    { STKALIGN: true, sp: STACK_TOP, frame: STACK_TOP - 32, bit9: 0 },
    { STKALIGN: false, sp: STACK_TOP - 4, frame: STACK_TOP - 36, bit9: 0 },
  ])("aligns the frame: STKALIGN $STKALIGN, SP $sp", ({ STKALIGN, sp, frame, bit9 }) => {
    const f = new Fixture();
    f.ex.registers.CCR = STKALIGN ? 0x200 : 0;
    f.w[13] = sp;
    f.irq(0, 0);
    f.pulse(0);
    f.ex.takePending();
    expect(f.sp).toBe(frame);
    expect((f.peek(frame + 28) >>> 9) & 1).toBe(bit9);
    f.ex.exceptionReturn(f.lr);
    expect(f.sp).toBe(sp);
  });

  it("uses the process stack of Thread mode and switches to the main one", () => {
    const f = new Fixture();
    f.state.processSP = RAM + 0x800;
    f.ex.writeSpecial(20, 0, CONTROL.SPSEL | CONTROL.nPRIV);
    f.irq(0, 0);
    f.pulse(0);
    f.ex.takePending();
    expect([f.sp, f.state.processSP, f.lr]).toEqual([STACK_TOP, RAM + 0x800 - 32, 0xffff_fffd]);
    expect([f.state.privileged, f.w[W.CONTROL]]).toEqual([true, CONTROL.nPRIV]);
    expect(f.accesses.every((access) => !access.privileged)).toBe(true);
    expect(f.w[W.lowestPSP]! >>> 0).toBe(RAM + 0x800 - 32);
    expect(f.w[W.lowestMSP]! >>> 0).toBe(STACK_TOP);
    f.ex.exceptionReturn(f.lr);
    expect([f.sp, f.state.mainSP, f.state.privileged]).toEqual([RAM + 0x800, STACK_TOP, false]);
  });

  it("preempts by group priority only, the most urgent and lowest number first", () => {
    const f = new Fixture();
    f.irq(5, 0x80);
    f.irq(6, 0x40);
    f.irq(7, 0x40);
    for (const n of [5, 7, 6]) f.pulse(n);
    expect(f.ex.takePending()?.exception).toBe(22);
    expect(f.ex.takePending()).toBeUndefined();
    f.irq(8, 0x30);
    f.pulse(8);
    expect(f.ex.takePending()?.exception).toBe(24);
    expect(f.lr).toBe(0xffff_fff1);
    expect(f.ex.executionPriority()).toBe(0x30);
  });

  it.each([
    { PRIGROUP: 3, preempts: true },
    { PRIGROUP: 4, preempts: true },
    { PRIGROUP: 5, preempts: false },
    { PRIGROUP: 7, preempts: false },
  ])("splits priorities by PRIGROUP $PRIGROUP", ({ PRIGROUP, preempts }) => {
    const f = new Fixture();
    f.ex.registers.PRIGROUP = PRIGROUP;
    f.irq(0, 0x60);
    f.irq(1, 0x40);
    f.pulse(0);
    f.ex.takePending();
    f.pulse(1);
    // 0x60 and 0x40 differ in bit 5 only, which is group priority up to PRIGROUP 4.
    expect(f.ex.takePending()?.exception).toBe(preempts ? 17 : undefined);
  });

  it("implements only the configured priority bits", () => {
    const f = new Fixture({ priorityBits: 3 });
    f.irq(0, 0xff);
    expect(f.ex.table.priority(16)).toBe(0xe0);
    f.ex.writeSpecial(17, 0, 0xff);
    expect(f.ex.readSpecial(17)).toBe(0xe0);
  });

  it("takes the vector of an interrupt that arrives while the frame is pushed", () => {
    const f = new Fixture();
    f.irq(0, 0x40);
    f.irq(1, 0x20);
    f.scheduler.at(9, () => f.pulse(1));
    f.pulse(0);
    const entry = f.ex.takePending();
    expect(entry).toMatchObject({ exception: 17, kind: "late-arrival", stackedWords: 8 });
    // The vector is fetched again from cycle 9 on: 9 + 6 + 3.
    expect(entry?.cycles).toBe(18);
    expect(f.ex.table.isPending(16)).toBe(true);
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 16 });
    expect(f.lr).toBe(0xffff_fff9);
  });

  it("takes a later one after the entry, with a frame of its own", () => {
    const f = new Fixture();
    f.irq(0, 0x40);
    f.irq(1, 0x20);
    f.scheduler.at(10, () => f.pulse(1));
    f.pulse(0);
    expect(f.ex.takePending()).toMatchObject({ exception: 16, kind: "entry", cycles: 12 });
    expect(f.ex.takePending()).toMatchObject({ exception: 17, kind: "entry", cycles: 12 });
    expect(f.sp).toBe(STACK_TOP - 64);
  });

  it("adds the waits of stack and vector, in parallel or one after the other", () => {
    const cyclesWith = (stackWait: number, vectorWait: number, shared: boolean): number => {
      const f = new Fixture();
      Object.assign(f, { stackWait, vectorWait, shared });
      f.irq(0, 0);
      f.pulse(0);
      return f.ex.takePending()!.cycles;
    };
    expect(cyclesWith(0, 3, false)).toBe(12);
    expect(cyclesWith(0, 7, false)).toBe(16);
    expect(cyclesWith(1, 0, false)).toBe(20);
    expect(cyclesWith(0, 0, true)).toBe(18);
  });

  it("raises INVSTATE at a handler without the Thumb bit, and stacks T clear", () => {
    const f = new Fixture();
    f.enableFaults();
    f.vectors.set(16, 0x3000);
    f.irq(0, 0x40);
    f.pulse(0);
    f.ex.takePending();
    expect(f.state.fault).toEqual({ kind: "INVSTATE" });
    f.irq(1, 0);
    f.pulse(1);
    expect(f.ex.takePending()).toBeUndefined(); // the fault of the code at R15 comes first
    f.ex.clearPending(17);
    f.state.fault = undefined;
    f.ex.raiseFault({ kind: "INVSTATE" });
    expect(f.ex.takePending()?.exception).toBe(6);
    expect(f.peek(f.sp + 24)).toBe(0x3000);
    expect((f.peek(f.sp + 28) >>> 24) & 1).toBe(0);
  });
});

describe("vector table faults", () => {
  it("becomes a HardFault with VECTTBL", () => {
    const f = new Fixture();
    f.vectors.set(16, undefined);
    f.irq(0, 0);
    f.pulse(0);
    expect(f.ex.takePending()).toMatchObject({ exception: 3, kind: "late-arrival" });
    expect(f.ex.registers.HFSR).toBe(1 << 1);
  });
  it("locks up when the HardFault vector cannot be read either", () => {
    const f = new Fixture();
    f.vectors.set(16, undefined).set(3, undefined);
    f.irq(0, 0);
    f.pulse(0);
    expect(f.ex.takePending()).toBeUndefined();
    expect(f.ex.lockup?.cause).toEqual({ kind: "VECTTBL" });
    expect(f.w[W.exit]! & EXIT.stop).toBe(EXIT.stop);
  });
  it("locks up when an NMI's vector cannot be read", () => {
    const f = new Fixture();
    f.vectors.set(2, undefined);
    f.ex.setPending(2);
    expect(f.ex.takePending()).toBeUndefined();
    expect(f.ex.lockup?.cause).toEqual({ kind: "VECTTBL" });
  });
});
