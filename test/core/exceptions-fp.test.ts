import { describe, expect, it } from "vitest";
import { CONTROL, W } from "../../src/core/state.ts";
import { Fixture, STACK_TOP } from "./exceptions-fixture.ts";

const LSPACT = 1;
const FRAME = STACK_TOP - 104;
const FPCCR_LAZY = 0xc000_0000 | 0;
const FPCCR_EAGER = 0x8000_0000 | 0;

/** In an interrupt handler that interrupted code with an active FP context. */
function interrupted(FPCCR = FPCCR_LAZY): Fixture {
  const f = new Fixture();
  f.enableFaults();
  f.enableFPU();
  f.ex.registers.FPCCR = FPCCR;
  f.ex.executeFPCheck();
  for (let i = 0; i < 32; i++) f.w[W.S + i] = 1000 + i;
  f.state.fpscr = 0x0000_0011;
  f.irq(0, 0x40);
  f.pulse(0);
  expect(f.ex.takePending()).toMatchObject(
    FPCCR === FPCCR_LAZY ? { stackedWords: 8, cycles: 12 } : { stackedWords: 25, cycles: 29 },
  );
  return f;
}
const savedFP = (f: Fixture): number[] => Array.from({ length: 17 }, (_, i) => f.peek(FRAME + 0x20 + 4 * i));
const EXPECTED = [...Array.from({ length: 16 }, (_, i) => 1000 + i), 0x11];

describe("FP access", () => {
  it.each([
    { CPACR: 0, privileged: true, allowed: false },
    { CPACR: 1, privileged: true, allowed: true },
    { CPACR: 1, privileged: false, allowed: false },
    { CPACR: 3, privileged: false, allowed: true },
    { CPACR: 2, privileged: true, allowed: false },
  ])("CPACR.CP10 $CPACR, privileged $privileged", ({ CPACR, privileged, allowed }) => {
    const f = new Fixture();
    f.ex.registers.CPACR = CPACR * 0x0050_0000;
    if (!privileged) f.ex.writeSpecial(20, 0, CONTROL.nPRIV);
    expect(f.w[W.fpReady]).toBe(0);
    expect(f.ex.executeFPCheck()).toEqual(allowed ? "execute" : { kind: "NOCP" });
    expect(f.w[W.fpReady]).toBe(allowed ? 1 : 0);
  });

  it("starts a new context from FPDSCR when ASPEN is set", () => {
    const f = new Fixture();
    f.enableFPU();
    f.ex.registers.FPDSCR = 0x0300_0000;
    f.state.fpscr = 0x1f;
    expect(f.ex.executeFPCheck()).toBe("execute");
    expect([f.state.fpscr, f.w[W.CONTROL]]).toEqual([0x0300_0000, CONTROL.FPCA]);
    f.state.fpscr = 0;
    f.ex.executeFPCheck();
    expect(f.state.fpscr).toBe(0);
  });
  it("leaves CONTROL alone when ASPEN is clear", () => {
    const f = new Fixture();
    f.enableFPU();
    f.ex.registers.FPCCR = 0;
    f.ex.executeFPCheck();
    expect([f.w[W.CONTROL], f.w[W.fpReady]]).toEqual([0, 1]);
  });
});

describe("FP frames", () => {
  it("reserves lazy space and remembers for whom", () => {
    const f = interrupted();
    expect([f.sp, f.lr, f.w[W.CONTROL], f.w[W.fpReady]]).toEqual([FRAME, 0xffff_ffe9, 0, 0]);
    expect(f.ex.registers.FPCAR).toBe(FRAME + 0x20);
    // LSPACT, THREAD, HFRDY, MMRDY, BFRDY
    expect(f.ex.registers.FPCCR).toBe(FPCCR_LAZY | 0b111_1001);
  });

  it("saves the state before the handler's first FP instruction", () => {
    const f = interrupted();
    expect(f.ex.executeFPCheck()).toBe("execute");
    expect(savedFP(f)).toEqual(EXPECTED);
    expect([f.ex.registers.FPCCR & LSPACT, f.w[W.CONTROL], f.state.fpscr, f.stalled]).toEqual([0, 4, 0, 17]);
    for (let i = 0; i < 16; i++) f.w[W.S + i] = 0;
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "return", unstackedWords: 25, cycles: 27 });
    expect(Array.from({ length: 16 }, (_, i) => f.w[W.S + i])).toEqual(EXPECTED.slice(0, 16));
    expect([f.state.fpscr, f.sp, f.w[W.CONTROL], f.w[W.fpReady]]).toEqual([0x11, STACK_TOP, CONTROL.FPCA, 1]);
  });

  it("skips the reload when nothing was saved", () => {
    const f = interrupted();
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "return", unstackedWords: 8, cycles: 10 });
    expect([f.w[W.S], f.sp, f.ex.registers.FPCCR & LSPACT]).toEqual([1000, STACK_TOP, 0]);
    expect(f.w[W.CONTROL]).toBe(CONTROL.FPCA);
  });

  it("pushes everything at once without LSPEN", () => {
    const f = interrupted(FPCCR_EAGER);
    expect(savedFP(f)).toEqual(EXPECTED);
    expect([f.sp, f.lr]).toEqual([FRAME, 0xffff_ffe9]);
  });

  it("pushes a basic frame in a nested exception while the lazy save is outstanding", () => {
    const f = interrupted();
    f.irq(1, 0x20);
    f.pulse(1);
    f.ex.takePending();
    expect([f.sp, f.lr]).toEqual([FRAME - 32, 0xffff_fff1]);
    f.ex.executeFPCheck();
    expect(savedFP(f)).toEqual(EXPECTED);
    f.ex.exceptionReturn(f.lr);
    expect(f.ex.registers.FPCCR & LSPACT).toBe(0);
    expect(f.ex.exceptionReturn(f.lr).unstackedWords).toBe(25);
  });

  it("keeps the lazy state over a tail-chain", () => {
    const f = interrupted();
    f.irq(1, 0x80);
    f.pulse(1);
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 17 });
    expect([f.lr, f.ex.registers.FPCCR & LSPACT]).toEqual([0xffff_ffe9, LSPACT]);
    f.ex.executeFPCheck();
    expect(savedFP(f)).toEqual(EXPECTED);
  });

  it("always aligns an extended frame", () => {
    const f = new Fixture();
    f.enableFPU();
    f.ex.registers.CCR = 0;
    f.ex.executeFPCheck();
    f.w[13] = STACK_TOP - 4;
    f.irq(0, 0);
    f.pulse(0);
    f.ex.takePending();
    expect([f.sp, (f.peek(f.sp + 28) >>> 9) & 1]).toEqual([STACK_TOP - 112, 1]);
    f.ex.exceptionReturn(f.lr);
    expect(f.sp).toBe(STACK_TOP - 4);
  });

  it("uses the privilege of the code that owns the state", () => {
    const f = new Fixture();
    f.enableFPU();
    f.ex.writeSpecial(20, 0, CONTROL.nPRIV | CONTROL.FPCA);
    f.ex.executeFPCheck();
    f.irq(0, 0x40);
    f.pulse(0);
    f.ex.takePending();
    f.accesses.length = 0;
    f.ex.executeFPCheck();
    expect(f.accesses).toHaveLength(17);
    expect(f.accesses.every(({ privileged }) => !privileged)).toBe(true);
  });

  it("takes a fault of the lazy save first when it can preempt, and tries again", () => {
    const f = interrupted();
    f.faulty.set(FRAME + 0x20, { kind: "PRECISERR", address: FRAME + 0x20 });
    expect(f.ex.executeFPCheck()).toBe("retry");
    expect([f.ex.registers.FPCCR & LSPACT, f.ex.registers.CFSR]).toEqual([LSPACT, 1 << 13]);
    expect(f.ex.takePending()?.exception).toBe(5);
  });
  it("goes on when the fault has to wait", () => {
    const f = interrupted();
    f.ex.setPriority(5, 0x80);
    f.faulty.set(FRAME + 0x20, { kind: "PRECISERR", address: FRAME + 0x20 });
    expect(f.ex.executeFPCheck()).toBe("execute");
    expect([f.ex.registers.FPCCR & LSPACT, f.ex.table.isPending(5)]).toEqual([0, true]);
  });
  it("escalates a lazy fault that the owner could not have taken", () => {
    const f = interrupted();
    f.ex.registers.FPCCR &= ~(1 << 5);
    f.faulty.set(FRAME + 0x20, { kind: "DACCVIOL", address: FRAME + 0x20 });
    expect(f.ex.executeFPCheck()).toBe("retry");
    expect([f.ex.registers.CFSR, f.ex.registers.HFSR]).toEqual([1 << 5, 1 << 30]);
    expect(f.ex.takePending()?.exception).toBe(3);
  });

  it("is a NOCP fault to return to a saved FP frame without access", () => {
    const f = interrupted(FPCCR_EAGER);
    f.ex.registers.CPACR = 0;
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 6 });
    expect(f.ex.registers.CFSR).toBe(1 << 19);
  });
  it("is a NOCP fault to push FP state without access", () => {
    const f = interrupted();
    f.ex.exceptionReturn(f.lr);
    f.ex.registers.FPCCR = FPCCR_EAGER;
    f.ex.registers.CPACR = 0;
    f.pulse(0);
    expect(f.ex.takePending()).toMatchObject({ exception: 6, kind: "late-arrival" });
    expect([f.ex.registers.CFSR, f.sp, f.lr]).toEqual([1 << 19, FRAME, 0xffff_ffe9]);
  });

  it("locks up on a lazy fault where not even a HardFault was possible", () => {
    const f = interrupted();
    f.ex.registers.FPCCR &= ~((1 << 4) | (1 << 6));
    f.faulty.set(FRAME + 0x20, { kind: "PRECISERR", address: FRAME + 0x20 });
    expect(f.ex.executeFPCheck()).toBe("retry");
    expect(f.ex.lockup?.cause).toEqual({ kind: "LSPERR" });
  });
});
