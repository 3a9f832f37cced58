import { describe, expect, it } from "vitest";
import { M4_WITHOUT_REFERENCE, System } from "./system-fixture.ts";

const CSR = 0xe000_e010;
const RVR = 0xe000_e014;
const CVR = 0xe000_e018;
const CALIB = 0xe000_e01c;
const ENABLE = 1;
const TICKINT = 2;
const CORE = 4;
const COUNTFLAG = 1 << 16;

/** A SysTick started at cycle 0 with a reload value. */
function started(reload: number, control: number): System {
  const s = new System();
  s.set(RVR, reload);
  s.set(CVR, 0);
  s.set(CSR, ENABLE | control);
  return s;
}

describe("SysTick", () => {
  it("loads the reload value at the first tick and counts down to 0", () => {
    const s = started(4, CORE);
    const values = Array.from({ length: 12 }, () => {
      const value = s.get(CVR);
      s.elapse(1);
      return value;
    });
    expect(values).toEqual([0, 4, 3, 2, 1, 0, 4, 3, 2, 1, 0, 4]);
  });
  it("sets COUNTFLAG at 0 and clears it by reading CSR or writing CVR", () => {
    const s = started(9, CORE);
    s.elapse(9);
    expect(s.get(CSR)).toBe(ENABLE | CORE);
    s.elapse(1);
    expect([s.get(CSR), s.get(CSR)]).toEqual([ENABLE | CORE | COUNTFLAG, ENABLE | CORE]);
    s.elapse(1000);
    s.set(CVR, 123);
    expect([s.get(CVR), s.get(CSR)! & COUNTFLAG]).toEqual([0, 0]);
  });
  it("pends the exception every RVR + 1 ticks, at the exact cycle", () => {
    const s = started(99, CORE | TICKINT);
    const taken: number[] = [];
    while (taken.length < 3) {
      s.elapse(1);
      if (!s.ex.table.isPending(15)) continue;
      taken.push(s.state.cycles);
      s.ex.clearPending(15);
    }
    expect(taken).toEqual([100, 200, 300]);
  });
  it("schedules nothing without TICKINT", () => {
    const s = started(99, CORE);
    expect(s.scheduler.next).toBe(Infinity);
    s.set(CSR, ENABLE | CORE | TICKINT);
    expect(s.scheduler.next).toBe(100);
    s.set(CSR, CORE | TICKINT);
    expect(s.scheduler.next).toBe(Infinity);
  });
  it("keeps its value while disabled and goes on from there", () => {
    const s = started(99, CORE | TICKINT);
    s.elapse(40);
    expect(s.get(CVR)).toBe(60);
    s.set(CSR, 0);
    s.elapse(500);
    expect(s.get(CVR)).toBe(60);
    s.set(CSR, ENABLE | CORE | TICKINT);
    expect(s.scheduler.next).toBe(600);
  });
  it("uses a new reload value from the next reload on", () => {
    const s = started(9, CORE | TICKINT);
    s.elapse(5);
    s.set(RVR, 19);
    expect([s.get(CVR), s.scheduler.next]).toEqual([5, 10]);
    s.elapse(5);
    expect(s.scheduler.next).toBe(30);
  });
  it("stops at 0 with a reload value of 0", () => {
    const s = started(5, CORE | TICKINT);
    s.elapse(3);
    s.set(RVR, 0);
    s.elapse(20);
    expect([s.get(CVR), s.get(CSR)! & COUNTFLAG, s.ex.table.isPending(15), s.scheduler.next]).toEqual([
      0,
      COUNTFLAG,
      true,
      Infinity,
    ]);
  });
  it("has 24 bits", () => {
    const s = new System();
    s.set(RVR, 0xffff_ffff);
    expect(s.get(RVR)).toBe(0xff_ffff);
  });
  it("counts the core clock divided by 8 as its reference on STM32", () => {
    const s = started(9, TICKINT);
    expect(s.scheduler.next).toBe(80);
    s.elapse(17);
    expect(s.get(CVR)).toBe(8);
  });
  it("follows a reference clock of its own when the core clock changes", () => {
    const s = new System({ sysTickReference: { hz: 100_000 } });
    s.set(RVR, 99);
    s.set(CSR, ENABLE | TICKINT);
    expect(s.scheduler.next).toBe(16_000); // 100 ticks of 160 cycles
    s.elapse(8000);
    s.setCoreHz(32_000_000);
    expect(s.scheduler.next).toBe(8000 + 50 * 320);
  });
  it("reaches each tick once with a reference that does not divide the core clock", () => {
    const s = new System({ sysTickReference: { hz: 3_000_000 } });
    s.set(RVR, 2);
    s.set(CSR, ENABLE | TICKINT);
    let taken = 0;
    for (let cycle = 0; cycle < 16_000; cycle++) {
      s.elapse(1);
      if (s.ex.table.isPending(15)) taken++;
      s.ex.clearPending(15);
    }
    expect(taken).toBe(1000); // 16 MHz for 1 ms at 1 MHz
  });
  it("has only the core clock where there is no reference", () => {
    const s = new System({}, M4_WITHOUT_REFERENCE);
    expect([s.get(CALIB), s.get(CSR)]).toEqual([0x8000_0000, CORE]);
    s.set(CSR, ENABLE);
    expect(s.get(CSR)).toBe(ENABLE | CORE);
    expect(new System().get(CALIB)).toBe(0);
    const calibrated = new System({ sysTickCalibration: 0x4000_0001 });
    expect(calibrated.get(CALIB)).toBe(0x4000_0001);
  });
  it("saves and restores a running count", () => {
    const s = started(999, CORE | TICKINT);
    s.elapse(400);
    const t = new System();
    t.elapse(50);
    t.ppb.restore(structuredClone(s.ppb.save()));
    expect([t.get(CVR), t.scheduler.next]).toEqual([600, 650]);
  });
});
