import { describe, expect, it } from "vitest";
import type { MpuAccess } from "../../../src/peripherals/cortex-m/mpu.ts";
import { M7_PART, System } from "./system-fixture.ts";

const TYPE = 0xe000_ed90;
const CTRL = 0xe000_ed94;
const RNR = 0xe000_ed98;
const RBAR = 0xe000_ed9c;
const RASR = 0xe000_eda0;
const ENABLE = 1;
const HFNMIENA = 2;
const PRIVDEFENA = 4;

interface Attributes {
  readonly AP?: number;
  readonly XN?: number;
  readonly TEX?: number;
  readonly S?: number;
  readonly C?: number;
  readonly B?: number;
  readonly SRD?: number;
}

const rasr = (SIZE: number, a: Attributes): number =>
  (((a.XN ?? 0) << 28) |
    ((a.AP ?? 3) << 24) |
    ((a.TEX ?? 0) << 19) |
    ((a.S ?? 0) << 18) |
    ((a.C ?? 0) << 17) |
    ((a.B ?? 0) << 16) |
    ((a.SRD ?? 0) << 8) |
    (SIZE << 1) |
    1) >>>
  0;

/** Programs a region of 2^(SIZE + 1) bytes. */
function region(s: System, number: number, base: number, SIZE: number, attributes: Attributes = {}): void {
  s.set(RBAR, base | 0x10 | number);
  s.set(RASR, rasr(SIZE, attributes));
}
const allowed = (s: System, address: number, access: MpuAccess, privileged: boolean): boolean =>
  s.ppb.mpu.check(address, 4, access, privileged) === undefined;

describe("MPU registers", () => {
  it("tells its regions and keeps them by number", () => {
    const s = new System();
    expect([s.get(TYPE), new System({ mpuRegions: 16 }, M7_PART).get(TYPE)]).toEqual([0x800, 0x1000]);
    region(s, 3, 0x2000_0000, 15);
    s.set(RNR, 2);
    s.set(RBAR, 0x0800_0000);
    expect([s.get(RBAR), s.get(RASR)]).toEqual([0x0800_0002, 0]);
    s.set(RNR, 3);
    expect([s.get(RBAR), s.get(RASR)]).toEqual([0x2000_0003, rasr(15, {})]);
  });
  it("programs four regions through the aliases", () => {
    const s = new System();
    for (let i = 0; i < 4; i++) {
      s.set(RBAR + 8 * i, (0x2000_0000 + 0x100 * i) | 0x10 | i);
      s.set(RASR + 8 * i, rasr(7, {}));
    }
    for (let i = 0; i < 4; i++) {
      s.set(RNR, i);
      expect(s.get(RBAR)).toBe(0x2000_0000 + 0x100 * i + i);
    }
  });
  it("tells where permissions may have changed, and nothing while it is off", () => {
    const s = new System();
    const told = (): string[] => s.told.splice(0).filter((what) => what.startsWith("mpu"));
    region(s, 1, 0x2000_0000, 7);
    expect(told()).toEqual([]);
    s.set(CTRL, ENABLE | PRIVDEFENA);
    expect(told()).toEqual(["mpu 0+100000000"]);
    s.set(RBAR, 0x2000_0400 | 0x10 | 1);
    expect(told()).toEqual(["mpu 20000000+100 20000400+100"]);
    s.set(RBAR, 0x2000_0800 | 0x10 | 2); // not enabled yet
    expect(told()).toEqual([]);
    s.set(RASR, rasr(15, {}));
    expect(told()).toEqual(["mpu 20000000+10000"]);
  });
  it("is not there without regions", () => {
    const s = new System({ mpuRegions: 0 });
    s.set(CTRL, 7);
    expect([s.get(TYPE), s.get(CTRL), s.ppb.mpu.isEnabled]).toEqual([0, 0, false]);
  });
});

describe("MPU checks", () => {
  it("allows everything but execute-never areas when off", () => {
    const s = new System();
    for (const address of [0, 0x2000_0000, 0x4000_0000, 0x6000_0000, 0xa000_0000, 0xe000_e000]) {
      expect(allowed(s, address, "write", false)).toBe(true);
    }
    const fetches = [
      0, 0x2000_0000, 0x4000_0000, 0x6000_0000, 0x8000_0000, 0xa000_0000, 0xc000_0000, 0xe000_0000,
    ];
    expect(fetches.map((address) => allowed(s, address, "execute", true))).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(s.ppb.mpu.check(0x4000_0000, 2, "execute", true)).toBe("IACCVIOL");
  });

  it.each([
    { AP: 0, privileged: "", unprivileged: "" },
    { AP: 1, privileged: "rw", unprivileged: "" },
    { AP: 2, privileged: "rw", unprivileged: "r" },
    { AP: 3, privileged: "rw", unprivileged: "rw" },
    { AP: 5, privileged: "r", unprivileged: "" },
    { AP: 6, privileged: "r", unprivileged: "r" },
    { AP: 7, privileged: "r", unprivileged: "r" },
  ])("AP $AP permits '$privileged' and '$unprivileged'", ({ AP, privileged, unprivileged }) => {
    const s = new System();
    region(s, 0, 0x2000_0000, 11, { AP });
    s.set(CTRL, ENABLE);
    const rights = (isPrivileged: boolean): string =>
      (allowed(s, 0x2000_0ffc, "read", isPrivileged) ? "r" : "") +
      (allowed(s, 0x2000_0ffc, "write", isPrivileged) ? "w" : "");
    expect([rights(true), rights(false)]).toEqual([privileged, unprivileged]);
    expect(allowed(s, 0x2000_0000, "execute", false)).toBe(unprivileged !== "");
    region(s, 0, 0x2000_0000, 11, { AP, XN: 1 });
    expect(allowed(s, 0x2000_0000, "execute", true)).toBe(false);
  });

  it("names the fault by the access", () => {
    const s = new System();
    s.set(CTRL, ENABLE);
    const { mpu } = s.ppb;
    expect([
      mpu.check(0, 4, "read", true),
      mpu.check(0, 4, "write", true),
      mpu.check(0, 2, "execute", true),
    ]).toEqual(["DACCVIOL", "DACCVIOL", "IACCVIOL"]);
  });
  it("gives the default map to privileged code with PRIVDEFENA", () => {
    const s = new System();
    s.set(CTRL, ENABLE | PRIVDEFENA);
    expect([allowed(s, 0x2000_0000, "write", true), allowed(s, 0x2000_0000, "write", false)]).toEqual([
      true,
      false,
    ]);
    expect(allowed(s, 0x4000_0000, "execute", true)).toBe(false);
  });
  it("never applies to the private peripheral bus", () => {
    const s = new System();
    s.set(CTRL, ENABLE);
    expect([allowed(s, 0xe000_e010, "write", true), allowed(s, 0xe010_0000, "write", true)]).toEqual([
      true,
      false,
    ]);
  });
  it("lets the region with the highest number win", () => {
    const s = new System();
    region(s, 0, 0x2000_0000, 15, { AP: 3 });
    region(s, 1, 0x2000_1000, 7, { AP: 6 });
    s.set(CTRL, ENABLE);
    expect(
      [0x2000_0ffc, 0x2000_1000, 0x2000_10fc, 0x2000_1100].map((a) => allowed(s, a, "write", true)),
    ).toEqual([true, false, false, true]);
  });
  it("leaves disabled subregions to what lies below", () => {
    const s = new System();
    region(s, 0, 0x2000_0000, 15, { AP: 3 });
    region(s, 1, 0x2000_0000, 10, { AP: 0, SRD: 0b1000_0010 });
    s.set(CTRL, ENABLE);
    const open = Array.from({ length: 8 }, (_, i) => allowed(s, 0x2000_0000 + 0x100 * i, "read", true));
    expect(open).toEqual([false, true, false, false, false, false, false, true]);
  });
  it("covers 32 bytes to 4 GiB, and ignores the base's low bits", () => {
    const s = new System();
    region(s, 0, 0x2000_0040, 4);
    s.set(CTRL, ENABLE);
    expect(
      [0x2000_003f, 0x2000_0040, 0x2000_005f, 0x2000_0060].map((a) => s.ppb.mpu.check(a, 1, "read", true)),
    ).toEqual(["DACCVIOL", undefined, undefined, "DACCVIOL"]);
    region(s, 0, 0x1234_5660, 31);
    expect([0, 0x9000_0000, 0xffff_fffc].map((a) => allowed(s, a, "write", false))).toEqual([
      true,
      true,
      true,
    ]);
    region(s, 0, 0x2000_0040, 3);
    expect(allowed(s, 0x2000_0040, "read", true)).toBe(false);
  });
  it("refuses an access that only half fits", () => {
    const s = new System();
    region(s, 0, 0x2000_0000, 4);
    s.set(CTRL, ENABLE);
    expect(s.ppb.mpu.check(0x2000_001e, 4, "read", true)).toBe("DACCVIOL");
    expect(s.ppb.mpu.check(0x2000_001c, 4, "read", true)).toBeUndefined();
  });
  it("is bypassed at negative priority without HFNMIENA", () => {
    const s = new System();
    s.set(CTRL, ENABLE);
    s.ex.setPending(3);
    s.ex.takePending();
    expect([allowed(s, 0x2000_0000, "write", true), s.ppb.mpu.isBypassedByFaultHandlers]).toEqual([
      true,
      true,
    ]);
    s.set(CTRL, ENABLE | HFNMIENA);
    expect([allowed(s, 0x2000_0000, "write", true), s.ppb.mpu.isBypassedByFaultHandlers]).toEqual([
      false,
      false,
    ]);
  });
});

describe("memory attributes", () => {
  it("follows the default map when off", () => {
    const s = new System();
    const of = (address: number): string => {
      const { type, cache, writeAllocate, shareable } = s.ppb.mpu.attributes(address);
      return `${type} ${cache} ${writeAllocate ? "WA" : ""}${shareable ? "S" : ""}`;
    };
    expect(
      [
        0x0800_0000, 0x2000_0000, 0x4000_0000, 0x6000_0000, 0x8000_0000, 0xa000_0000, 0xc000_0000,
        0xe000_e000,
      ].map(of),
    ).toEqual([
      "normal write-through ",
      "normal write-back WA",
      "device non-cacheable ",
      "normal write-back WA",
      "normal write-through ",
      "device non-cacheable S",
      "device non-cacheable ",
      "strongly-ordered non-cacheable S",
    ]);
  });
  it.each([
    [{ TEX: 0, C: 0, B: 0 }, "strongly-ordered", "non-cacheable", false, true],
    [{ TEX: 0, C: 0, B: 1 }, "device", "non-cacheable", false, true],
    [{ TEX: 0, C: 1, B: 0, S: 1 }, "normal", "write-through", false, true],
    [{ TEX: 0, C: 1, B: 1 }, "normal", "write-back", false, false],
    [{ TEX: 1, C: 0, B: 0 }, "normal", "non-cacheable", false, false],
    [{ TEX: 1, C: 1, B: 1, S: 1 }, "normal", "write-back", true, true],
    [{ TEX: 2, C: 0, B: 0 }, "device", "non-cacheable", false, false],
    [{ TEX: 4, C: 0, B: 0 }, "normal", "non-cacheable", false, false],
    [{ TEX: 7, C: 0, B: 1 }, "normal", "write-back", true, false],
    [{ TEX: 5, C: 1, B: 0 }, "normal", "write-through", false, false],
    [{ TEX: 6, C: 1, B: 1 }, "normal", "write-back", false, false],
  ] as const)("decodes %j", (attributes, type, cache, writeAllocate, shareable) => {
    const s = new System({}, M7_PART);
    region(s, 0, 0x6000_0000, 20, attributes);
    s.set(CTRL, ENABLE);
    expect(s.ppb.mpu.attributes(0x6000_0000)).toEqual({ type, cache, writeAllocate, shareable });
  });
});
