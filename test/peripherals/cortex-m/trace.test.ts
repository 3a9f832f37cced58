import { describe, expect, it } from "vitest";
import { M7_PART, System } from "./system-fixture.ts";

const DEMCR = 0xe000_edfc;
const TRCENA = 1 << 24;
const CTRL = 0xe000_1000;
const CYCCNT = 0xe000_1004;
const CPICNT = 0xe000_1008;
const KEY = 0xc5ac_ce55;

describe("DWT", () => {
  it("counts cycles exactly while enabled", () => {
    const s = new System();
    s.set(DEMCR, TRCENA);
    s.elapse(100);
    s.set(CYCCNT, 0);
    s.set(CTRL, 1);
    s.elapse(1234);
    expect([s.get(CYCCNT), s.get(CTRL)]).toEqual([1234, 0x4000_0001]);
    s.set(CYCCNT, 0xffff_fff0);
    s.elapse(20);
    expect(s.get(CYCCNT)).toBe(4);
    s.set(CTRL, 0);
    s.elapse(20);
    expect(s.get(CYCCNT)).toBe(4);
  });
  it("needs TRCENA for writes and for counting", () => {
    const s = new System();
    s.set(CTRL, 1);
    s.set(CYCCNT, 5);
    s.elapse(10);
    expect([s.get(CTRL), s.get(CYCCNT)]).toEqual([0x4000_0000, 0]);
    s.set(DEMCR, TRCENA);
    s.set(CTRL, 1);
    s.elapse(10);
    s.set(DEMCR, 0);
    s.elapse(10);
    expect(s.get(CYCCNT)).toBe(10);
    s.set(DEMCR, TRCENA);
    s.elapse(3);
    expect(s.get(CYCCNT)).toBe(13);
  });
  it("is locked on the M7 until the key is written", () => {
    const s = new System({}, M7_PART);
    s.set(DEMCR, TRCENA);
    s.set(CTRL, 1);
    expect([s.get(CTRL), s.get(0xe000_1fb4)]).toEqual([0x4000_0000, 3]);
    s.set(0xe000_1fb0, KEY);
    s.set(CTRL, 1);
    s.elapse(7);
    expect([s.get(CYCCNT), s.get(0xe000_1fb4)]).toEqual([7, 1]);
    s.set(0xe000_1fb0, 0);
    s.set(CTRL, 0);
    expect(s.get(CTRL)).toBe(0x4000_0001);
  });
  it("has no lock on the M4", () => {
    expect(new System().get(0xe000_1fb4)).toBe(0);
  });
  it("gives 8-bit profiling counts from their enabling on", () => {
    const s = new System();
    s.set(DEMCR, TRCENA);
    s.counts.cpi = 1000;
    s.counts.lsu = 50;
    s.set(CTRL, 1 << 17);
    s.counts.cpi += 300;
    s.counts.lsu += 9;
    expect([s.get(CPICNT), s.get(0xe000_1014)]).toEqual([300 & 0xff, 0]);
    s.set(CTRL, (1 << 17) | (1 << 20));
    s.counts.lsu += 5;
    s.set(CPICNT, 0);
    s.counts.cpi += 2;
    expect([s.get(CPICNT), s.get(0xe000_1014)]).toEqual([2, 5]);
  });
  it("keeps comparators and reports their use", () => {
    const s = new System();
    s.set(DEMCR, TRCENA);
    s.set(0xe000_1020, 0x0800_1000);
    s.set(0xe000_1038, 5);
    s.set(CTRL, 1 << 12);
    expect([s.get(0xe000_1020), s.get(0xe000_1038), s.get(0xe000_101c)]).toEqual([0x0800_1000, 5, 0]);
    expect(s.unmodelled).toEqual(["write DWT_FUNCTION1", "write DWT_CTRL.PCSAMPLENA", "read DWT_PCSR"]);
  });
  it("goes on counting from a snapshot", () => {
    const s = new System();
    s.set(DEMCR, TRCENA);
    s.set(CTRL, 1);
    s.elapse(77);
    const t = new System();
    t.elapse(1000);
    t.ppb.restore(structuredClone(s.ppb.save()));
    t.elapse(3);
    expect(t.get(CYCCNT)).toBe(80);
    expect(t.ppb.save()).not.toEqual(s.ppb.save());
  });
});

describe("ITM", () => {
  const PORT0 = 0xe000_0000;
  const TER = 0xe000_0e00;
  const TCR = 0xe000_0e80;

  it("prints bytes, halfwords and words of port 0 once it is enabled", () => {
    const s = new System();
    s.set(PORT0, 0x41, 1);
    s.set(DEMCR, TRCENA);
    s.set(TER, 1);
    s.set(TCR, 1);
    expect([s.get(TER), s.get(TCR), s.get(0xe000_0fb4)]).toEqual([0, 0, 3]);
    s.set(0xe000_0fb0, KEY);
    s.set(TCR, 1);
    s.set(TER, 3);
    expect(s.get(PORT0)).toBe(1);
    s.set(PORT0, 0x42, 1);
    s.set(PORT0, 0x4443, 2);
    s.set(PORT0, 0x4847_4645);
    s.set(PORT0 + 4, 0x49, 1);
    s.set(PORT0 + 8, 0x4a, 1);
    expect([s.console, s.unmodelled]).toEqual(["BCDEFGH", ["write ITM_STIM1"]]);
  });
  it("starts enabled where a viewer is attached", () => {
    const s = new System({ traceViewer: true });
    s.set(PORT0, 0x68, 1);
    s.set(PORT0, 0x69, 1);
    expect(s.console).toBe("hi");
    s.ex.takeReset();
    s.ppb.reset();
    s.set(PORT0, 0x21, 1);
    expect(s.console).toBe("hi!");
  });
  it("opens stimulus ports to unprivileged code by TPR", () => {
    const s = new System();
    s.set(0xe000_0fb0, KEY);
    s.set(0xe000_0e40, 0b0010);
    expect([s.isOpen(PORT0, true), s.isOpen(PORT0 + 0x20, true), s.isOpen(TER, true)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("core debug", () => {
  it("shows a debugger and lockup in DHCSR, and lets software change neither", () => {
    const s = new System();
    s.set(0xe000_edf0, 0xa05f_0001);
    expect(s.get(0xe000_edf0)).toBe(0);
    expect(new System({ debuggerAttached: true }).get(0xe000_edf0)).toBe(1);
    s.ex.lockUp("SVC");
    expect(s.get(0xe000_edf0)).toBe(1 << 19);
  });
  it("enables and pends DebugMonitor through DEMCR", () => {
    const s = new System();
    s.set(DEMCR, (1 << 16) | (1 << 17));
    expect(s.get(DEMCR)).toBe((1 << 16) | (1 << 17));
    expect(s.ex.takePending()?.exception).toBe(12);
    expect(s.get(DEMCR)).toBe(1 << 16);
  });
  it("keeps TRCENA over a system reset, not MON_EN", () => {
    const s = new System();
    s.set(DEMCR, TRCENA | (1 << 16));
    s.ex.takeReset();
    expect([s.get(DEMCR), s.ex.table.enabled[12]]).toEqual([TRCENA, 0]);
  });
  it("reports the blocks that only trace tools use, and keeps their values", () => {
    const s = new System();
    s.set(0xe004_0010, 7);
    expect(s.get(0xe004_0010)).toBe(7);
    expect(s.unmodelled).toEqual(["write TPIU+0x10", "read TPIU+0x10"]);
  });
});
