import { describe, expect, it } from "vitest";
import {
  clearExclusiveLocal,
  exclusiveMonitorsPass,
  setExclusiveMonitors,
} from "../../src/core/exclusive.ts";
import { EXIT } from "../../src/core/layout.ts";
import { CONTROL, W } from "../../src/core/state.ts";
import { Fixture, RAM, STACK_TOP } from "./exceptions-fixture.ts";

const SYSM = { MSP: 8, PSP: 9, PRIMASK: 16, BASEPRI: 17, BASEPRI_MAX: 18, FAULTMASK: 19, CONTROL: 20 };

describe("MRS and MSR", () => {
  it("reads the xPSR combinations with EPSR as 0", () => {
    const f = new Fixture();
    f.state.setNZCVQ(0xf800_0000 | 0);
    f.w[W.GE] = 0xf;
    f.w[W.IPSR] = 19;
    f.w[W.ITSTATE] = 0xff;
    const values = [0, 1, 2, 3, 5, 6, 7].map((SYSm) => f.ex.readSpecial(SYSm) >>> 0);
    expect(values).toEqual([0xf80f_0000, 0xf80f_0013, 0xf80f_0000, 0xf80f_0013, 19, 0, 19]);
  });
  it("writes flags and GE by mask", () => {
    const f = new Fixture();
    f.ex.writeSpecial(0, 0b10, 0xf80f_ffff);
    expect([f.state.apsr >>> 0, f.ipsr]).toEqual([0xf800_0000, 0]);
    f.ex.writeSpecial(3, 0b01, 0x000a_0000);
    expect(f.state.apsr >>> 0).toBe(0xf80a_0000);
    f.ex.writeSpecial(5, 0b11, 0);
    expect(f.state.apsr >>> 0).toBe(0xf80a_0000);
  });
  it("clears bits 1:0 of stack pointers and swaps them with SPSEL", () => {
    const f = new Fixture();
    f.ex.writeSpecial(SYSM.PSP, 0, RAM + 0x103);
    expect(f.ex.readSpecial(SYSM.PSP)).toBe(RAM + 0x100);
    f.ex.writeSpecial(SYSM.CONTROL, 0, CONTROL.SPSEL);
    expect([f.sp, f.ex.readSpecial(SYSM.MSP), f.ex.readSpecial(SYSM.PSP)]).toEqual([
      RAM + 0x100,
      STACK_TOP,
      RAM + 0x100,
    ]);
    f.ex.writeSpecial(SYSM.MSP, 0, RAM + 0x200);
    expect([f.sp, f.state.mainSP]).toEqual([RAM + 0x100, RAM + 0x200]);
    f.ex.writeSpecial(SYSM.CONTROL, 0, 0);
    expect([f.sp, f.state.processSP]).toEqual([RAM + 0x200, RAM + 0x100]);
  });
  it("ignores SPSEL in Handler mode", () => {
    const f = new Fixture();
    f.irq(0, 0);
    f.pulse(0);
    f.ex.takePending();
    f.ex.writeSpecial(SYSM.CONTROL, 0, CONTROL.SPSEL | CONTROL.nPRIV);
    expect(f.ex.readSpecial(SYSM.CONTROL)).toBe(CONTROL.nPRIV);
  });
  it("has no FPCA without an FPU", () => {
    const f = new Fixture({ hasFPU: false });
    f.ex.writeSpecial(SYSM.CONTROL, 0, CONTROL.FPCA);
    expect(f.ex.readSpecial(SYSM.CONTROL)).toBe(0);
  });

  it("lets BASEPRI_MAX only raise the boost", () => {
    const f = new Fixture();
    const steps = [0x00, 0x80, 0xa0, 0x00, 0x40, 0x0f].map((value) => {
      f.ex.writeSpecial(SYSM.BASEPRI_MAX, 0, value);
      return f.ex.readSpecial(SYSM.BASEPRI);
    });
    expect(steps).toEqual([0, 0x80, 0x80, 0x80, 0x40, 0x40]);
    f.ex.writeSpecial(SYSM.BASEPRI, 0, 0);
    expect(f.ex.readSpecial(SYSM.BASEPRI_MAX)).toBe(0);
  });
  it("sets FAULTMASK only above priority -1, and always clears it", () => {
    const f = new Fixture();
    f.ex.writeSpecial(SYSM.FAULTMASK, 0, 1);
    expect(f.ex.executionPriority()).toBe(-1);
    f.ex.writeSpecial(SYSM.FAULTMASK, 0, 0);
    expect(f.ex.executionPriority()).toBe(256);
    f.ex.setPending(2);
    f.ex.takePending();
    f.ex.writeSpecial(SYSM.FAULTMASK, 0, 1);
    f.ex.changeProcessorState(true, false, true);
    expect(f.w[W.FAULTMASK]).toBe(0);
  });

  it("lets unprivileged code reach only APSR and read CONTROL", () => {
    const f = new Fixture();
    f.ex.writeSpecial(SYSM.BASEPRI, 0, 0x40);
    f.ex.writeSpecial(SYSM.CONTROL, 0, CONTROL.nPRIV);
    for (const SYSm of Object.values(SYSM)) f.ex.writeSpecial(SYSm, 3, 0x21);
    f.ex.changeProcessorState(true, true, true);
    expect([f.w[W.PRIMASK], f.w[W.FAULTMASK], f.w[W.BASEPRI], f.sp]).toEqual([0, 0, 0x40, STACK_TOP]);
    expect(Object.values(SYSM).map((SYSm) => f.ex.readSpecial(SYSm))).toEqual([0, 0, 0, 0, 0, 0, 1]);
    f.ex.writeSpecial(0, 2, 0x8000_0000);
    expect(f.w[W.N]).toBe(1);
  });

  it.each([
    ["PRIMASK", SYSM.PRIMASK, 1],
    ["BASEPRI", SYSM.BASEPRI, 0x40],
    ["FAULTMASK", SYSM.FAULTMASK, 1],
  ] as const)("%s holds interrupts back and asks for a look when cleared", (_name, SYSm, value) => {
    const f = new Fixture();
    f.ex.writeSpecial(SYSm, 0, value);
    f.irq(0, 0x40);
    f.pulse(0);
    expect(f.ex.takePending()).toBeUndefined();
    f.w[W.exit] = 0;
    f.ex.writeSpecial(SYSm, 0, 0);
    expect(f.w[W.exit]! & EXIT.interrupt).toBe(EXIT.interrupt);
    expect(f.ex.takePending()?.exception).toBe(16);
  });
  it("groups BASEPRI by PRIGROUP", () => {
    const f = new Fixture();
    f.ex.registers.PRIGROUP = 6; // only bit 7 decides
    f.ex.writeSpecial(SYSM.BASEPRI, 0, 0xf0);
    expect(f.ex.executionPriority()).toBe(0x80);
  });
});

describe("sleep", () => {
  it("wakes from WFI by what PRIMASK alone holds back", () => {
    const f = new Fixture();
    f.w[W.PRIMASK] = 1;
    f.irq(0, 0x40);
    f.pulse(0);
    expect([f.ex.wakes("WFI"), f.ex.wakes("WFE"), f.ex.canTakePending()]).toEqual([true, false, false]);
    f.ex.writeSpecial(SYSM.BASEPRI, 0, 0x40);
    expect(f.ex.wakes("WFI")).toBe(false);
  });
  it("does not wake by a disabled interrupt, but for SEVONPEND and WFE", () => {
    const f = new Fixture();
    f.pulse(0);
    expect([f.ex.wakes("WFI"), f.ex.wakes("WFE")]).toEqual([false, false]);
    f.ex.registers.SCR = 1 << 4;
    f.pulse(1);
    expect([f.ex.wakes("WFI"), f.ex.wakes("WFE")]).toEqual([false, true]);
  });
  it("uses up a remembered event", () => {
    const f = new Fixture();
    expect(f.ex.waitForEvent()).toBe(true);
    f.ex.setEventRegister();
    expect([f.ex.waitForEvent(), f.ex.waitForEvent()]).toEqual([false, true]);
  });
});

describe("exclusive monitor", () => {
  it("passes once after it was set and never after a clear", () => {
    const { state } = new Fixture();
    expect(exclusiveMonitorsPass(state)).toBe(false);
    setExclusiveMonitors(state, RAM);
    expect([exclusiveMonitorsPass(state), exclusiveMonitorsPass(state)]).toEqual([true, false]);
    setExclusiveMonitors(state, RAM);
    clearExclusiveLocal(state);
    expect(exclusiveMonitorsPass(state)).toBe(false);
  });
});

describe("snapshots", () => {
  it("saves and restores what the linear memory does not hold", () => {
    const f = new Fixture();
    f.irq(3, 0x40);
    f.irq(4, 0x20);
    f.ex.setIrq(3, true);
    f.ex.takePending();
    f.pulse(4);
    f.ex.registers.CFSR = 0x82;
    const saved = structuredClone(f.ex.save());
    const memory = f.w.slice();
    const g = new Fixture();
    g.w.set(memory);
    g.ram.set(f.ram);
    g.ex.restore(saved);
    expect(g.ex.save()).toEqual(saved);
    expect(g.ex.takePending()).toEqual(f.ex.takePending());
    expect(g.ex.exceptionReturn(g.lr)).toEqual(f.ex.exceptionReturn(f.lr));
    expect(g.ex.exceptionReturn(g.lr)).toMatchObject({ kind: "tail-chain", exception: 19 });
  });
});
