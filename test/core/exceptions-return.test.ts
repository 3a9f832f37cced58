import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/core/layout.ts";
import { CONTROL, W } from "../../src/core/state.ts";
import { Fixture, handler, RAM, STACK_TOP } from "./exceptions-fixture.ts";

const INVPC = 1 << 18;

/** A fixture inside the handler of interrupt `n`, taken from Thread mode. */
function inHandler(n = 0, priority = 0x40): Fixture {
  const f = new Fixture();
  f.enableFaults();
  f.irq(n, priority);
  f.pulse(n);
  f.ex.takePending();
  f.state.cycles = 0;
  return f;
}

describe("exception return", () => {
  it("restores what was pushed, with flags and ITSTATE", () => {
    const f = new Fixture();
    for (const i of [0, 1, 2, 3, 12]) f.w[i] = 100 + i;
    f.w[14] = 0x1235;
    f.state.setNZCVQ(0x5000_0000);
    f.w[W.GE] = 9;
    f.w[W.ITSTATE] = 0b0110_1011;
    f.irq(0, 0);
    f.pulse(0);
    f.ex.takePending();
    for (const i of [0, 1, 2, 3, 12]) f.w[i] = 0;
    f.state.setNZCVQ(0);
    f.w[W.GE] = 0;
    f.w[W.exclusiveOpen] = 1;
    f.ex.eventRegister = false;
    f.state.cycles = 0;
    const result = f.ex.exceptionReturn(f.lr);
    expect(result).toEqual({ kind: "return", exception: 0, unstackedWords: 8, cycles: 10, sleep: false });
    expect(f.state.cycles).toBe(10);
    expect([0, 1, 2, 3, 12].map((i) => f.w[i])).toEqual([100, 101, 102, 103, 112]);
    expect([f.lr, f.pc, f.sp, f.ipsr]).toEqual([0x1235, 0x800, STACK_TOP, 0]);
    expect(f.state.apsr >>> 0).toBe(0x5009_0000);
    expect(f.w[W.ITSTATE]).toBe(0b0110_1011);
    expect([f.w[W.exclusiveOpen], f.ex.eventRegister]).toEqual([0, true]);
    expect(f.ex.table.activeCount).toBe(0);
  });

  it("chains to a pending exception without unstacking", () => {
    const f = inHandler();
    f.irq(1, 0x80);
    f.pulse(1);
    f.accesses.length = 0;
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 17, cycles: 6 });
    expect([f.accesses.length, f.pc, f.lr, f.sp]).toEqual([0, handler(17), 0xffff_fff9, STACK_TOP - 32]);
    expect([f.ex.table.isActive(16), f.ex.table.isActive(17)]).toEqual([false, true]);
  });

  it("does not chain to one that the returned-to code masks", () => {
    const f = inHandler(0, 0x40);
    f.irq(1, 0x30);
    f.pulse(1);
    f.ex.takePending();
    f.irq(2, 0x60);
    f.pulse(2);
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "return", exception: 16 });
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 18 });
  });

  it("abandons the pop for an interrupt that arrives during it", () => {
    const f = inHandler();
    f.irq(1, 0x80);
    f.scheduler.at(4, () => f.pulse(1));
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 17, cycles: 10 });
    expect([f.sp, f.lr]).toEqual([STACK_TOP - 32, 0xffff_fff9]);
  });

  it("pends an interrupt again whose line is still high", () => {
    const f = new Fixture();
    f.irq(0, 0x40);
    f.ex.setIrq(0, true);
    f.ex.takePending();
    expect(f.ex.table.isPending(16)).toBe(false);
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 16 });
    f.ex.setIrq(0, false);
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "return", exception: 0 });
  });

  it("keeps an edge that comes while the interrupt is active", () => {
    const f = inHandler();
    f.pulse(0);
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 16 });
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "return" });
  });

  it.each([0xffff_fff0, 0xffff_fff3, 0xffff_fff5, 0xffff_fffb, 0xffff_ffff, 0xffff_0ff9, 0xf000_0009])(
    "refuses EXC_RETURN %i with INVPC and the value in LR",
    (value) => {
      const f = inHandler();
      expect(f.ex.exceptionReturn(value)).toMatchObject({ kind: "tail-chain", exception: 6 });
      expect([f.ex.registers.CFSR, f.lr, f.sp]).toEqual([INVPC, value, STACK_TOP - 32]);
      expect(f.ex.table.isActive(16)).toBe(false);
    },
  );

  it("refuses a return to the extended frame without an FPU", () => {
    const f = new Fixture({ hasFPU: false });
    f.irq(0, 0);
    f.pulse(0);
    f.ex.takePending();
    expect(f.lr).toBe(0xffff_fff9);
    expect(f.ex.exceptionReturn(0xffff_ffe9)).toMatchObject({ kind: "tail-chain", exception: 3 });
    expect([f.ex.registers.CFSR, f.ex.registers.HFSR]).toEqual([INVPC, 1 << 30]);
  });

  it("refuses to return from an exception that is not active", () => {
    const f = inHandler();
    f.ex.table.setActive(16, false);
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 6 });
    expect(f.ex.registers.CFSR).toBe(INVPC);
  });

  it.each([
    { NONBASETHRDENA: 0, kind: "tail-chain", exception: 6 },
    { NONBASETHRDENA: 1, kind: "return", exception: 0 },
  ])("returns to Thread mode from a nested handler: NONBASETHRDENA $NONBASETHRDENA", (row) => {
    const f = inHandler(0, 0x40);
    f.irq(1, 0x20);
    f.pulse(1);
    f.ex.takePending();
    f.ex.setPriority(6, 0);
    f.ex.registers.CCR |= row.NONBASETHRDENA;
    f.poke(f.sp + 28, 1 << 24); // a frame that says Thread mode
    expect(f.ex.exceptionReturn(0xffff_fff9)).toMatchObject({ kind: row.kind, exception: row.exception });
  });

  it.each([
    { name: "Handler", excReturn: 0xffff_fff1, stackedIPSR: 0 },
    { name: "Thread", excReturn: 0xffff_fff9, stackedIPSR: 17 },
  ])("refuses a frame whose IPSR contradicts a return to $name mode", ({ excReturn, stackedIPSR }) => {
    const f = inHandler();
    f.poke(f.sp + 28, (1 << 24) | stackedIPSR);
    expect(f.ex.exceptionReturn(excReturn)).toMatchObject({ kind: "tail-chain", exception: 6 });
    expect([f.ex.registers.CFSR, f.lr, f.sp]).toEqual([INVPC, excReturn, STACK_TOP - 32]);
  });

  it("raises INVSTATE when the frame has T clear", () => {
    const f = inHandler();
    f.poke(f.sp + 28, 0);
    f.ex.exceptionReturn(f.lr);
    expect(f.state.fault).toEqual({ kind: "INVSTATE" });
    expect(f.pc).toBe(0x800);
  });

  it("chains to the BusFault of a frame that cannot be read", () => {
    const f = inHandler();
    f.faulty.set(f.sp + 8, { kind: "PRECISERR", address: f.sp + 8 });
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 5 });
    expect(f.ex.registers.CFSR).toBe(1 << 11);
    expect(f.sp).toBe(STACK_TOP - 32);
  });

  it("chains to the MemManage fault of a frame that the MPU protects", () => {
    const f = inHandler();
    f.faulty.set(f.sp, { kind: "DACCVIOL", address: f.sp });
    f.w[W.CONTROL]! |= CONTROL.nPRIV;
    f.accesses.length = 0;
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 4 });
    expect(f.accesses).toEqual([{ address: STACK_TOP - 32, privileged: false, write: false }]);
    expect(f.ex.registers.CFSR).toBe(1 << 3);
  });

  it("clears FAULTMASK on every return but that from NMI", () => {
    const f = inHandler();
    f.w[W.FAULTMASK] = 1;
    f.ex.setPending(2);
    expect(f.ex.takePending()?.exception).toBe(2);
    f.ex.exceptionReturn(f.lr);
    expect(f.w[W.FAULTMASK]).toBe(1);
    f.ex.exceptionReturn(f.lr);
    expect(f.w[W.FAULTMASK]).toBe(0);
  });

  it("sleeps on the return to Thread mode with SLEEPONEXIT", () => {
    const f = inHandler();
    f.irq(1, 0x20);
    f.pulse(1);
    f.ex.takePending();
    f.ex.registers.SCR = 2;
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "return", sleep: false });
    f.w[W.exit] = 0;
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "return", sleep: true });
    expect(f.w[W.exit]! & EXIT.sleep).toBe(EXIT.sleep);
  });

  it("does not sleep while another exception is active under Thread mode", () => {
    const f = inHandler(0, 0x40);
    f.irq(1, 0x20);
    f.pulse(1);
    f.ex.takePending();
    f.ex.registers.SCR = 2;
    f.ex.registers.CCR |= 1; // NONBASETHRDENA
    f.poke(f.sp + 28, 1 << 24);
    expect(f.ex.exceptionReturn(0xffff_fff9)).toMatchObject({ kind: "return", exception: 0, sleep: false });
  });

  it("returns to the process stack", () => {
    const f = inHandler();
    f.state.processSP = RAM + 0x400;
    f.poke(RAM + 0x400 + 24, 0x900);
    f.poke(RAM + 0x400 + 28, (1 << 24) | (1 << 9));
    f.ex.exceptionReturn(0xffff_fffd);
    expect([f.sp, f.state.mainSP, f.pc]).toEqual([RAM + 0x424, STACK_TOP - 32, 0x900]);
    expect(f.w[W.CONTROL]).toBe(CONTROL.SPSEL);
  });
});
