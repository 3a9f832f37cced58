import { describe, expect, it } from "vitest";
import { EXIT } from "../../../src/core/layout.ts";
import { W } from "../../../src/core/state.ts";
import { System } from "./system-fixture.ts";

const ISER = 0xe000_e100;
const ICER = 0xe000_e180;
const ISPR = 0xe000_e200;
const ICPR = 0xe000_e280;
const IABR = 0xe000_e300;
const IPR = 0xe000_e400;
const STIR = 0xe000_ef00;

describe("NVIC", () => {
  it("tells the number of its lines in words of 32", () => {
    expect(new System({ irqCount: 97 }).get(0xe000_e004)).toBe(3);
    expect(new System({ irqCount: 240 }).get(0xe000_e004)).toBe(7);
    expect(new System({ irqCount: 32 }).get(0xe000_e004)).toBe(0);
  });
  it("sets and clears enables by ones, both registers reading the same", () => {
    const s = new System();
    s.set(ISER + 4, 0x8000_0001);
    s.set(ISER + 4, 0);
    expect([s.get(ISER + 4), s.get(ICER + 4), s.get(ISER)]).toEqual([0x8000_0001, 0x8000_0001, 0]);
    s.set(ICER + 4, 1);
    expect(s.get(ISER + 4)).toBe(0x8000_0000);
  });
  it("has no bits beyond its lines", () => {
    const s = new System({ irqCount: 97 });
    s.set(ISER + 12, 0xffff_ffff);
    expect([s.get(ISER + 12), s.get(ISER + 16)]).toEqual([1, 0]);
  });
  it("writes one byte of an enable register without touching the rest", () => {
    const s = new System();
    s.set(ISER, 0x0000_00ff);
    s.set(ICER + 1, 0xff, 1);
    s.set(ISER + 2, 0x8001, 2);
    expect([s.get(ISER), s.get(ISER + 3, 1)]).toEqual([0x8001_00ff, 0x80]);
  });
  it("pends by software, and shows pending and active", () => {
    const s = new System();
    s.set(ISER, 1 << 5);
    s.set(ISPR, 1 << 5);
    expect([s.get(ISPR), s.get(ICPR), s.w[W.exit]! & EXIT.interrupt]).toEqual([32, 32, EXIT.interrupt]);
    expect(s.ex.takePending()?.exception).toBe(21);
    expect([s.get(ISPR), s.get(IABR)]).toEqual([0, 32]);
    s.set(ISPR, 1 << 5);
    s.set(ICPR, 1 << 5);
    expect(s.ex.exceptionReturn(s.lr).kind).toBe("return");
  });
  it("keeps an interrupt pending whose line is high when software clears it", () => {
    const s = new System();
    s.ex.setIrq(2, true);
    s.set(ICPR, 4);
    expect(s.get(ISPR)).toBe(4);
    s.ex.setIrq(2, false);
    expect(s.get(ISPR)).toBe(4);
    s.set(ICPR, 4);
    expect(s.get(ISPR)).toBe(0);
  });
  it("has priorities by byte, halfword and word, with unimplemented bits 0", () => {
    const s = new System();
    s.set(IPR + 5, 0xff, 1);
    s.set(IPR + 6, 0x1234, 2);
    expect([s.get(IPR + 4), s.get(IPR + 5, 1), s.get(IPR + 6, 2)]).toEqual([0x1030_f000, 0xf0, 0x1030]);
    expect(s.ex.table.priority(16 + 5)).toBe(0xf0);
  });
  it("pends by STIR, which USERSETMPEND opens to unprivileged code", () => {
    const s = new System();
    s.set(STIR, 40);
    expect(s.get(ISPR + 4)).toBe(1 << 8);
    s.set(STIR, 200);
    expect(s.ex.table.pendingCount).toBe(1);
    expect(s.isOpen(STIR, true)).toBe(false);
    s.set(0xe000_ed14, 0x202);
    expect([s.isOpen(STIR, true), s.isOpen(STIR, false), s.isOpen(ISER, true)]).toEqual([true, false, false]);
  });
  it("looks for an interrupt again when an enable or a priority lets it in", () => {
    const s = new System();
    s.pulse(0);
    expect(s.ex.takePending()).toBeUndefined();
    s.w[W.exit] = 0;
    s.set(ISER, 1);
    expect(s.w[W.exit]! & EXIT.interrupt).toBe(EXIT.interrupt);
    s.ex.writeSpecial(17, 0, 0x10);
    s.set(IPR, 0x20);
    expect(s.ex.takePending()).toBeUndefined();
    s.w[W.exit] = 0;
    s.set(IPR, 0);
    expect(s.w[W.exit]! & EXIT.interrupt).toBe(EXIT.interrupt);
    expect(s.ex.takePending()?.exception).toBe(16);
  });
});
