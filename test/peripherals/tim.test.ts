import { describe, expect, it } from "vitest";
import { Bench } from "./fixture.ts";

const [CR1, DIER, SR, EGR, CNT, PSC, ARR, RCR, CCR1, CCR2] = [
  0, 0x0c, 0x10, 0x14, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x38,
];
const CEN = 1;

const build = (
  params: Record<string, number> = { bits: 16, channels: 4 },
  irqs: Record<string, number> = { global: 28 },
) => {
  const clocks = { core: 216e6, apb1: 54e6, "apb1-timer": 108e6 };
  return new Bench([{ name: "TIM2", type: "stm32-tim", irqs, clock: "apb1", params }], { clocks });
};
const w = (b: Bench, offset: number, value: number) => b.write("TIM2", offset, value);
const r = (b: Bench, offset: number) => b.read("TIM2", offset);

describe("STM32 timer", () => {
  it("counts its clock, computed from the cycle", () => {
    const b = build({ bits: 32, channels: 4 });
    expect(r(b, ARR)).toBe(0xffff_ffff);
    w(b, CR1, CEN);
    b.run(2001);
    expect(r(b, CNT)).toBe(1000);
    b.run(1);
    expect(r(b, CNT)).toBe(1001);
    w(b, CR1, 0);
    b.run(500);
    expect(r(b, CNT)).toBe(1001);
    expect(b.scheduler.next).toBe(Infinity);
  });

  it("divides by the prescaler once an update has loaded it", () => {
    const b = build();
    w(b, PSC, 107);
    w(b, EGR, 1);
    w(b, CR1, CEN);
    b.runSeconds(500e-6);
    expect(r(b, CNT)).toBe(500);
    expect(r(b, SR) & 1).toBe(1);
  });

  it("wraps 16 bits without an event when nobody waits", () => {
    const b = build();
    w(b, CR1, CEN);
    expect(b.scheduler.next).toBe(Infinity);
    b.run(2 * (3 * 65_536 + 5));
    expect(r(b, CNT)).toBe(5);
    expect(r(b, SR) & 1).toBe(1);
  });

  it("interrupts every ARR + 1 ticks, on the cycle", () => {
    const b = build();
    w(b, ARR, 999);
    w(b, DIER, 1);
    w(b, CR1, CEN);
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      b.runUntil(() => b.irqs.has(28));
      times.push(b.now);
      w(b, SR, 0xffff_fffe);
      expect(b.irqs.has(28)).toBe(false);
    }
    expect(times).toEqual([2000, 4000, 6000, 8000, 10_000]);
  });

  it("keeps its rate in time when the clocks change under it", () => {
    const b = build();
    w(b, ARR, 9999);
    w(b, DIER, 1);
    w(b, CR1, CEN);
    b.run(10_000);
    b.clocks.preset({ core: 108e6, apb1: 54e6, "apb1-timer": 54e6 });
    expect(r(b, CNT)).toBe(5000);
    b.runUntil(() => b.irqs.has(28));
    expect(b.now).toBe(10_000 + 10_000);
  });

  it("takes a new ARR at once, or at the update with ARPE", () => {
    const b = build();
    w(b, ARR, 999);
    w(b, CR1, CEN | (1 << 7));
    w(b, ARR, 499);
    b.run(2 * 700);
    expect(r(b, CNT)).toBe(700);
    b.run(2 * 300);
    expect(r(b, CNT)).toBe(0);
    b.run(2 * 500);
    expect(r(b, CNT)).toBe(0);
    w(b, CR1, CEN);
    w(b, ARR, 99);
    b.run(2 * 150);
    expect(r(b, CNT)).toBe(50);
  });

  it("stops after one pulse in one-pulse mode", () => {
    const b = build();
    w(b, ARR, 99);
    w(b, CR1, CEN | (1 << 3));
    b.run(1000);
    expect(r(b, CR1) & CEN).toBe(0);
    expect(r(b, CNT)).toBe(0);
    expect(r(b, SR) & 1).toBe(1);
  });

  it("sets no UIF by UG with URS, and no update at all with UDIS", () => {
    const b = build();
    w(b, CR1, 1 << 2);
    w(b, PSC, 9);
    w(b, EGR, 1);
    expect(r(b, SR)).toBe(0);
    w(b, CR1, CEN | (1 << 1));
    w(b, ARR, 9);
    b.run(2 * 10 * 25);
    expect(r(b, CNT)).toBe(5);
    expect(r(b, SR) & 1).toBe(0);
  });

  it("raises compare interrupts when the count reaches the value", () => {
    const b = build({ bits: 16, channels: 4 }, { cc: 27, up: 25 });
    w(b, ARR, 999);
    w(b, CCR1, 250);
    w(b, CCR2, 2000);
    w(b, DIER, 1 | (1 << 1));
    w(b, CR1, CEN);
    b.runUntil(() => b.irqs.size > 0);
    expect([b.now, ...b.irqs]).toEqual([500, 27]);
    expect(r(b, SR)).toBe(1 << 1);
    w(b, SR, 0);
    b.runUntil(() => b.irqs.size > 0);
    expect([b.now, ...b.irqs]).toEqual([2000, 25]);
    // CCR2 lies beyond ARR: its flag comes with the overflow; CCR3 and CCR4 are 0
    expect(r(b, SR)).toBe(0b1_1101);
  });

  it("raises a compare at ARR itself one tick before the overflow", () => {
    const b = build();
    w(b, ARR, 99);
    w(b, CCR1, 99);
    w(b, DIER, 1 << 1);
    w(b, CR1, CEN);
    b.runUntil(() => b.irqs.has(28));
    expect([b.now, r(b, CNT), r(b, SR) & 0b11]).toEqual([198, 99, 0b10]);
    w(b, SR, 0);
    b.run(4);
    expect(r(b, SR) & 0b11).toBe(1);
    w(b, DIER, 0);
    b.run(198);
    expect(r(b, SR) & 0b11).toBe(0b11);
  });

  it("updates every RCR + 1 overflows", () => {
    const b = build();
    w(b, ARR, 99);
    w(b, RCR, 2);
    w(b, EGR, 1);
    w(b, SR, 0);
    w(b, CR1, CEN);
    b.run(2 * 299);
    expect(r(b, SR) & 1).toBe(0);
    b.run(2);
    expect(r(b, SR) & 1).toBe(1);
    w(b, SR, 0);
    b.run(2 * 299);
    expect(r(b, SR) & 1).toBe(0);
    b.run(2);
    expect(r(b, SR) & 1).toBe(1);
  });

  it("has no compare flags on a basic timer", () => {
    const b = build({ bits: 16, channels: 0 });
    w(b, ARR, 9);
    w(b, CR1, CEN);
    b.run(100);
    expect(r(b, SR)).toBe(1);
  });

  it("reports what it does not model", () => {
    const b = build();
    w(b, CR1, 1 << 4);
    w(b, 0x08, 7);
    expect(b.unmodelled).toEqual(["write TIM2 CR1.DIR", "write TIM2 SMCR.SMS"]);
  });

  it("goes on after a snapshot", () => {
    const b = build();
    w(b, ARR, 999);
    w(b, DIER, 1);
    w(b, CR1, CEN);
    b.run(501);
    const saved = JSON.parse(JSON.stringify(b.peripheral("TIM2").save?.())) as unknown;
    const later = build();
    later.peripheral("TIM2").restore?.(saved);
    expect(r(later, CNT)).toBe(250);
    later.runUntil(() => later.irqs.has(28));
    expect(later.now).toBe(2000 - 501);
  });
});
