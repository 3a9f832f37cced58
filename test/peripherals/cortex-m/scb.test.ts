import { describe, expect, it } from "vitest";
import { EXIT } from "../../../src/core/layout.ts";
import { W } from "../../../src/core/state.ts";
import { M7_PART, System } from "./system-fixture.ts";

const CPUID = 0xe000_ed00;
const ICSR = 0xe000_ed04;
const VTOR = 0xe000_ed08;
const AIRCR = 0xe000_ed0c;
const SCR = 0xe000_ed10;
const CCR = 0xe000_ed14;
const SHPR = 0xe000_ed18;
const SHCSR = 0xe000_ed24;
const CFSR = 0xe000_ed28;
const HFSR = 0xe000_ed2c;
const CPACR = 0xe000_ed88;

describe("system control block", () => {
  it("identifies the core", () => {
    expect(new System().get(CPUID)).toBe(0x410f_c241);
    expect(new System({}, M7_PART).get(CPUID)).toBe(0x410f_c271);
    expect(new System({ cpuid: 0x411f_c271 }, M7_PART).get(CPUID)).toBe(0x411f_c271);
  });
  it("pends and clears system exceptions through ICSR and shows what runs", () => {
    const s = new System();
    s.set(ICSR, 1 << 28);
    s.set(ICSR, 1 << 26);
    expect(s.get(ICSR)).toBe((1 << 28) | (1 << 26) | (14 << 12));
    s.set(ICSR, 1 << 27);
    expect(s.get(ICSR)).toBe((1 << 26) | (15 << 12));
    expect(s.ex.takePending()?.exception).toBe(15);
    expect(s.get(ICSR)).toBe(15 | (1 << 11));
    s.irq(3, 0);
    s.pulse(3);
    expect(s.get(ICSR)).toBe(15 | (1 << 11) | (1 << 22) | (19 << 12));
    s.set(ICSR, 0x8000_0000);
    expect(s.get(ICSR)! >>> 31).toBe(1);
    s.ex.takePending();
    expect(s.get(ICSR)).toBe(2 | (1 << 22) | (19 << 12));
  });
  it("leaves PRIMASK out of VECTPENDING, but not BASEPRI and FAULTMASK", () => {
    const s = new System();
    const vectPending = (): number => (s.get(ICSR)! >>> 12) & 0x1ff;
    s.irq(1, 0x80);
    s.pulse(1);
    s.w[W.PRIMASK] = 1;
    expect(vectPending()).toBe(17);
    s.ex.writeSpecial(17, 0, 0x80);
    expect(vectPending()).toBe(0);
    s.ex.writeSpecial(17, 0, 0x90);
    expect(vectPending()).toBe(17);
    s.w[W.FAULTMASK] = 1;
    expect(vectPending()).toBe(0);
  });
  it("moves the vector table in steps of 128 bytes", () => {
    const s = new System();
    s.set(VTOR, 0x0800_41ff);
    expect([s.get(VTOR), s.ex.registers.VTOR]).toEqual([0x0800_4180, 0x0800_4180]);
  });
  it("takes PRIGROUP and reset requests only with the key", () => {
    const s = new System();
    s.set(AIRCR, 0x0000_0304);
    expect([s.get(AIRCR), s.told]).toEqual([0xfa05_0000, []]);
    s.set(AIRCR, 0x05fa_0500);
    expect([s.get(AIRCR), s.ex.registers.PRIGROUP]).toEqual([0xfa05_0500, 5]);
    s.set(AIRCR, 0x05fa_0004);
    expect(s.told).toEqual(["reset"]);
  });
  it("keeps the bits of SCR and CCR that exist", () => {
    const s = new System();
    s.set(SCR, 0xffff_ffff);
    s.set(CCR, 0xffff_ffff);
    expect([s.get(SCR), s.get(CCR)]).toEqual([0x16, 0x31b]);
    expect(s.w[W.CCR]).toBe(0x31b);
    expect(s.w[W.exit]! & EXIT.retranslate).toBe(EXIT.retranslate);
    s.set(CCR, 0);
    expect(s.get(CCR)).toBe(0);
  });
  it("switches the M7's caches, with STKALIGN and BP fixed", () => {
    const s = new System({}, M7_PART);
    expect(s.get(CCR)).toBe(0x0004_0200);
    s.set(CCR, 0x0002_0000);
    s.set(CCR, 0x0003_0010);
    s.set(CCR, 0x0003_0000);
    expect(s.get(CCR)).toBe(0x0007_0200);
    expect(s.told).toEqual(["caches true false", "caches true true"]);
    const bare = new System({ icacheBytes: 0, dcacheBytes: 0 }, M7_PART);
    bare.set(CCR, 0x0003_0000);
    expect(bare.get(CCR)).toBe(0x0004_0200);
  });
  it("has handler priorities by byte", () => {
    const s = new System();
    s.set(SHPR + 7, 0xff, 1); // SVCall
    s.set(SHPR + 8, 0xffff_ffff); // DebugMonitor, PendSV, SysTick
    expect([s.get(SHPR), s.get(SHPR + 4), s.get(SHPR + 8)]).toEqual([0, 0xf000_0000, 0xf0f0_00f0]);
    expect([11, 12, 14, 15].map((each) => s.ex.table.priority(each))).toEqual([0xf0, 0xf0, 0xf0, 0xf0]);
  });
  it("enables faults and shows active and pending ones in SHCSR", () => {
    const s = new System();
    s.set(SHCSR, 7 << 16);
    expect([4, 5, 6].map((each) => s.ex.table.enabled[each])).toEqual([1, 1, 1]);
    s.w[15] = 0x802;
    s.ex.supervisorCall(0x800);
    expect(s.get(SHCSR)).toBe((7 << 16) | (1 << 15));
    s.ex.takePending();
    expect(s.get(SHCSR)).toBe((7 << 16) | (1 << 7));
    s.set(SHCSR, (1 << 7) | (1 << 14));
    expect([s.ex.table.isPending(5), s.ex.table.enabled[5], s.get(SHCSR)]).toEqual([
      true,
      0,
      (1 << 7) | (1 << 14),
    ]);
  });
  it("clears fault status by writing ones, by byte and halfword too", () => {
    const s = new System();
    s.ex.registers.CFSR = 0x0302_8282;
    expect([s.get(CFSR, 1), s.get(CFSR + 1, 1), s.get(CFSR + 2, 2)]).toEqual([0x82, 0x82, 0x0302]);
    s.set(CFSR + 1, 0x80, 1);
    s.set(CFSR + 2, 0x0100, 2);
    expect(s.get(CFSR)).toBe(0x0202_0282);
    s.set(CFSR, 0xffff_ffff);
    s.ex.registers.HFSR = 1 << 30;
    s.set(HFSR, 1 << 30);
    expect([s.get(CFSR), s.get(HFSR)]).toEqual([0, 0]);
  });
  it("keeps the fault addresses until they are written", () => {
    const s = new System();
    s.set(0xe000_ed34, 0x2000_0001);
    s.set(0xe000_ed38, 0x4000_0002);
    expect([s.get(0xe000_ed34), s.ex.registers.BFAR, s.get(0xe000_ed3c)]).toEqual([
      0x2000_0001, 0x4000_0002, 0,
    ]);
  });
  it("keeps ACTLR and reports that it has no effect", () => {
    const s = new System();
    s.set(0xe000_e008, 0);
    s.set(0xe000_e008, 4);
    expect([s.get(0xe000_e008), s.unmodelled]).toEqual([4, ["write ACTLR"]]);
    s.ppb.reset();
    expect(s.get(0xe000_e008)).toBe(0);
  });
  it("tells the features of each core", () => {
    const words = (s: System): (number | undefined)[] =>
      Array.from({ length: 13 }, (_, i) => s.get(0xe000_ed40 + 4 * i));
    const common = [0x30, 0x200, 0x0010_0000, 0];
    const m4 = [0x30, 0, 0, 0, 0x0114_1110, 0x0211_1000, 0x2111_2231, 0x0111_1110, 0x0131_0102];
    const m7 = [
      0x0010_0030, 0, 0x0100_0000, 0, 0x0110_1110, 0x0211_2000, 0x2023_2231, 0x0111_1131, 0x0131_0132,
    ];
    expect(words(new System())).toEqual([...common, ...m4]);
    expect(words(new System({}, M7_PART))).toEqual([...common, ...m7]);
    expect(new System().get(0xe000_ed7c)).toBe(0);
  });
  it("grants FPU access through CPACR, where there is one", () => {
    const s = new System();
    s.set(CPACR, 0xffff_ffff);
    expect([s.get(CPACR), s.ex.executeFPCheck()]).toEqual([0x00f0_0000, "execute"]);
    const bare = new System({ fpu: "none" });
    bare.set(CPACR, 0x00f0_0000);
    expect([bare.get(CPACR), bare.ex.executeFPCheck()]).toEqual([0, { kind: "NOCP" }]);
  });
  it("reads reserved offsets as 0 and refuses addresses outside its blocks", () => {
    const s = new System();
    expect([s.set(0xe000_e0f0, 1), s.get(0xe000_e0f0)]).toEqual([true, 0]);
    expect([s.get(0xe000_3000), s.set(0xe000_f000, 0)]).toEqual([undefined, false]);
  });
});

describe("floating-point context registers", () => {
  it("has the reset values and masks of the architecture", () => {
    const s = new System();
    expect([s.get(0xe000_ef34), s.get(0xe000_ef38), s.get(0xe000_ef3c)]).toEqual([0xc000_0000, 0, 0]);
    s.set(0xe000_ef34, 0xffff_ffff);
    s.set(0xe000_ef38, 0xffff_ffff);
    s.set(0xe000_ef3c, 0xffff_ffff);
    expect([s.get(0xe000_ef34), s.get(0xe000_ef38), s.get(0xe000_ef3c)]).toEqual([
      0xc000_017b, 0xffff_fff8, 0x07c0_0000,
    ]);
  });
  it.each([
    ["none", [0, 0, 0]],
    ["fpv4-sp-d16", [0x1011_0021, 0x1100_0011, 0]],
    ["fpv5-sp-d16", [0x1011_0021, 0x1100_0011, 0x40]],
    ["fpv5-d16", [0x1011_0221, 0x1200_0011, 0x40]],
  ] as const)("tells the features of %s", (fpu, expected) => {
    const s = new System({ fpu });
    expect([0, 4, 8].map((offset) => s.get(0xe000_ef40 + offset))).toEqual(expected);
  });
});

describe("caches of the M7", () => {
  it.each([
    { bytes: 0x1000, data: 0xf003_e019, instruction: 0xf007_e009 },
    { bytes: 0x4000, data: 0xf00f_e019, instruction: 0xf01f_e009 },
    { bytes: 0x8000, data: 0xf01f_e019, instruction: 0xf03f_e009 },
  ])("describes caches of $bytes bytes", ({ bytes, data, instruction }) => {
    const s = new System({ icacheBytes: bytes, dcacheBytes: bytes }, M7_PART);
    expect([s.get(0xe000_ed78), s.get(0xe000_ed7c)]).toEqual([0x0900_0003, 0x8303_c003]);
    expect(s.get(0xe000_ed80)).toBe(data);
    s.set(0xe000_ed84, 1);
    expect(s.get(0xe000_ed80)).toBe(instruction);
    s.set(0xe000_ed84, 2);
    expect(s.get(0xe000_ed80)).toBe(0);
  });
  it("passes maintenance operations on", () => {
    const s = new System({}, M7_PART);
    s.set(0xe000_ef50, 0);
    s.set(0xe000_ef60, 0x4000_0020);
    s.set(0xe000_ef70, 0x2001_0000);
    expect(s.operations).toEqual([
      ["ICIALLU", 0],
      ["DCISW", 0x4000_0020],
      ["DCCIMVAC", 0x2001_0000],
    ]);
    const m4 = new System();
    m4.set(0xe000_ef50, 0);
    expect(m4.operations).toEqual([]);
  });
  it("describes the TCMs and reports what changing them would do", () => {
    const s = new System({}, M7_PART);
    expect([s.get(0xe000_ef90), s.get(0xe000_ef94)]).toEqual([(5 << 3) | 1, (7 << 3) | 1]);
    s.set(0xe000_ef90, 0x29);
    expect(s.unmodelled).toEqual([]);
    s.set(0xe000_ef90, 0);
    expect([s.get(0xe000_ef90), s.unmodelled]).toEqual([5 << 3, ["write ITCMCR"]]);
  });
});
