import { describe, expect, it } from "vitest";
import { FAULTS, type FaultKind } from "../../src/core/fault.ts";
import { EXIT } from "../../src/core/layout.ts";
import { W } from "../../src/core/state.ts";
import { Fixture, STACK_TOP } from "./exceptions-fixture.ts";

const FORCED = 1 << 30;
const CONFIGURABLE = (Object.keys(FAULTS) as FaultKind[]).filter((kind) => FAULTS[kind].exception > 3);

describe("faults", () => {
  it.each(CONFIGURABLE)("%s sets its bit and takes its own handler when that is enabled", (kind) => {
    const f = new Fixture();
    f.enableFaults();
    f.ex.raiseFault({ kind });
    expect(f.ex.takePending()?.exception).toBe(FAULTS[kind].exception);
    expect([f.ex.registers.CFSR, f.ex.registers.HFSR]).toEqual([FAULTS[kind].cfsr, 0]);
    expect(f.peek(f.sp + 24)).toBe(0x800); // the faulting instruction
  });
  it.each(CONFIGURABLE)("%s escalates to HardFault when disabled", (kind) => {
    const f = new Fixture();
    f.ex.raiseFault({ kind });
    expect(f.ex.takePending()?.exception).toBe(3);
    expect([f.ex.registers.CFSR, f.ex.registers.HFSR]).toEqual([FAULTS[kind].cfsr, FORCED]);
  });

  it("escalates where its priority does not suffice", () => {
    for (const setUp of [
      (f: Fixture) => (f.w[W.PRIMASK] = 1),
      (f: Fixture) => f.ex.writeSpecial(17, 0, 0x80),
    ]) {
      const f = new Fixture();
      f.enableFaults();
      f.ex.setPriority(6, 0x80);
      setUp(f);
      f.ex.raiseFault({ kind: "DIVBYZERO" });
      expect(f.ex.takePending()?.exception).toBe(3);
      expect(f.ex.registers.HFSR).toBe(FORCED);
    }
  });
  it("takes the fault's handler above BASEPRI", () => {
    const f = new Fixture();
    f.enableFaults();
    f.ex.writeSpecial(17, 0, 0x80);
    f.ex.raiseFault({ kind: "DIVBYZERO" });
    expect(f.ex.takePending()?.exception).toBe(6);
  });

  it("records addresses in MMFAR and BFAR only for precise data faults", () => {
    const f = new Fixture();
    f.enableFaults();
    const r = f.ex.registers;
    f.ex.raiseFault({ kind: "DACCVIOL", address: 0x6000_0004 });
    expect([r.MMFAR, r.CFSR]).toEqual([0x6000_0004, 0x82]);
    r.CFSR = 0;
    f.ex.raiseFault({ kind: "PRECISERR", address: 0x4000_0008 });
    expect([r.BFAR, r.CFSR]).toEqual([0x4000_0008, 0x8200]);
    r.CFSR = 0;
    f.ex.raiseFault({ kind: "IBUSERR", address: 0x4000_0010 });
    expect([r.BFAR, r.CFSR]).toEqual([0x4000_0008, 0x0100]);
  });

  it.each([
    { where: "HardFault", exception: 3 },
    { where: "NMI", exception: 2 },
  ])("locks up on a fault in $where", ({ exception }) => {
    const f = new Fixture();
    f.enableFaults();
    f.ex.setPending(exception);
    f.ex.takePending();
    f.w[15] = 0x1234;
    f.ex.raiseFault({ kind: "UNDEFINSTR" });
    expect(f.ex.lockup).toEqual({ cause: { kind: "UNDEFINSTR" }, pc: 0x1234, exception });
    expect([f.pc, f.w[W.exit]! & EXIT.stop]).toEqual([0xffff_fffe, EXIT.stop]);
    expect(f.ex.takePending()).toBeUndefined();
  });
  it("locks up on a fault with FAULTMASK set", () => {
    const f = new Fixture();
    f.w[W.FAULTMASK] = 1;
    f.ex.raiseFault({ kind: "NOCP" });
    expect(f.ex.lockup?.cause).toEqual({ kind: "NOCP" });
  });
  it("ignores data bus faults at negative priority with BFHFNMIGN", () => {
    const f = new Fixture();
    f.ex.registers.CCR |= 0x100;
    expect(f.ex.ignoresDataBusFaults).toBe(false);
    f.ex.setPending(3);
    f.ex.takePending();
    expect(f.ex.ignoresDataBusFaults).toBe(true);
  });

  it("keeps an imprecise bus fault pending until its priority suffices", () => {
    const f = new Fixture();
    f.enableFaults();
    f.w[W.PRIMASK] = 1;
    f.ex.raiseFault({ kind: "IMPRECISERR" });
    expect(f.ex.takePending()).toBeUndefined();
    f.ex.changeProcessorState(false, true, false);
    expect(f.ex.takePending()?.exception).toBe(5);
    expect(f.ex.registers.HFSR).toBe(0);
  });

  it("pends the fault of a push that fails, beside the interrupt", () => {
    const f = new Fixture();
    f.enableFaults();
    f.irq(0, 0x40);
    f.faulty.set(STACK_TOP - 32, { kind: "PRECISERR", address: STACK_TOP - 32 });
    f.pulse(0);
    // BusFault at priority 0 is more urgent than the interrupt at 0x40
    expect(f.ex.takePending()).toMatchObject({ exception: 5, kind: "late-arrival" });
    expect(f.ex.registers.CFSR).toBe(1 << 12);
    expect(f.ex.table.isPending(16)).toBe(true);
  });
  it("enters the original exception first when the stacking fault is less urgent", () => {
    const f = new Fixture();
    f.enableFaults();
    f.ex.setPriority(4, 0x80);
    f.irq(0, 0x40);
    f.faulty.set(STACK_TOP - 4, { kind: "DACCVIOL", address: STACK_TOP - 4 });
    f.pulse(0);
    expect(f.ex.takePending()?.exception).toBe(16);
    expect(f.ex.registers.CFSR).toBe(1 << 4); // MSTKERR, without an address
    expect(f.ex.exceptionReturn(f.lr)).toMatchObject({ kind: "tail-chain", exception: 4 });
  });
});

describe("SVC", () => {
  it("takes SVCall and returns to the next instruction", () => {
    const f = new Fixture();
    f.w[15] = 0x802;
    f.ex.supervisorCall(0x800);
    expect(f.ex.takePending()?.exception).toBe(11);
    expect(f.peek(f.sp + 24)).toBe(0x802);
  });
  it("escalates to a HardFault at the SVC when masked", () => {
    const f = new Fixture();
    f.w[W.PRIMASK] = 1;
    f.w[15] = 0x802;
    f.ex.supervisorCall(0x800);
    expect(f.ex.takePending()?.exception).toBe(3);
    expect([f.peek(f.sp + 24), f.ex.registers.HFSR]).toEqual([0x800, FORCED]);
  });
  it("locks up in a HardFault handler", () => {
    const f = new Fixture();
    f.ex.setPending(3);
    f.ex.takePending();
    f.ex.supervisorCall(0x900);
    expect(f.ex.lockup).toEqual({ cause: "SVC", pc: 0x900, exception: 3 });
  });
});

describe("BKPT without a debugger", () => {
  it("is a HardFault with DEBUGEVT", () => {
    const f = new Fixture();
    f.ex.raiseFault({ kind: "DEBUGEVT" });
    expect(f.ex.takePending()?.exception).toBe(3);
    expect([f.ex.registers.HFSR, f.ex.registers.DFSR]).toEqual([1 << 31, 2]);
  });
  it("is DebugMonitor where that is enabled and can preempt", () => {
    const f = new Fixture();
    f.ex.setDEMCR(1 << 16);
    f.ex.raiseFault({ kind: "DEBUGEVT" });
    expect(f.ex.takePending()?.exception).toBe(12);
    expect([f.ex.registers.HFSR, f.ex.registers.DFSR, f.peek(f.sp + 24)]).toEqual([0, 2, 0x800]);
  });
});
