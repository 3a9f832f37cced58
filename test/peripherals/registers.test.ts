import { describe, expect, it } from "vitest";
import { known, readOnly, RegisterFile, storage } from "../../src/peripherals/registers.ts";

const reports: string[] = [];
const writes: number[][] = [];
const build = () => {
  reports.length = 0;
  writes.length = 0;
  return new RegisterFile(
    {
      CR: { offset: 0x00, reset: 0x12, rw: 0xffff, write: (...args) => writes.push(args) },
      SR: { offset: 0x04, reset: 0xff, rw: 0, w1c: 0x0f, w0c: 0xf0 },
      ID: readOnly(0x08, 0xdead_beef),
      SET: { offset: 0x0c, writeOnly: true, write: (...args) => writes.push(args) },
      KNOWN: known(0x10, 5),
      PART: { offset: 0x14, notModelled: 0x30, fields: { MODE: [4, 2] } },
      PLAIN: storage(0x18),
    },
    (register, access) => reports.push(`${access} ${register}`),
  );
};

describe("register file", () => {
  it("resets to the reset values and keeps only writable bits", () => {
    const file = build();
    expect(file.read(0, 4)).toBe(0x12);
    file.write(0, 4, 0xffff_1234);
    expect(file.read(0, 4)).toBe(0x1234);
    file.write(8, 4, 0);
    expect(file.read(8, 4)).toBe(0xdead_beef);
    file.reset();
    expect(file.read(0, 4)).toBe(0x12);
  });

  it("clears by one and by zero, in the byte lanes driven alone", () => {
    const file = build();
    file.write(4, 4, 0xf1);
    expect(file.read(4, 4)).toBe(0xfe);
    file.write(4, 1, 0x70);
    expect(file.read(4, 4)).toBe(0x7e);
    file.write(6, 2, 0);
    expect(file.read(4, 4)).toBe(0x7e);
  });

  it("takes a register without `read` as steady where the peripheral has no time of its own", () => {
    const file = build();
    const offsets = [0x00, 0x08, 0x0c, 0x10, 0x18, 0x1c];
    expect(offsets.map((offset) => file.isSteady(offset, 4, true))).toEqual([
      true,
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(offsets.some((offset) => file.isSteady(offset, 4, false))).toBe(false);
  });

  it("merges bytes and half-words into the word", () => {
    const file = build();
    file.write(0x18, 4, 0x1122_3344);
    file.write(0x19, 1, 0xaa);
    file.write(0x1a, 2, 0xbbcc);
    expect(file.read(0x18, 4)).toBe(0xbbcc_aa44);
    expect(file.read(0x1b, 1)).toBe(0xbb);
    expect(file.read(0x18, 2)).toBe(0xaa44);
  });

  it("tells a write hook the new, the old and the written bits", () => {
    const file = build();
    file.write(1, 1, 0xab);
    expect(writes).toEqual([[0xab12, 0x12, 0xab00]]);
    writes.length = 0;
    file.write(0x0c, 4, 0x8000_0001);
    expect(writes).toEqual([[0x8000_0001, 0, 0x8000_0001]]);
    expect(file.read(0x0c, 4)).toBe(0);
  });

  it("reads 0 where no register is and reports it by offset", () => {
    const file = build();
    expect(file.read(0x20, 4)).toBe(0);
    file.write(0x24, 2, 1);
    expect(reports).toEqual(["read +0x20", "write +0x24"]);
  });

  it("keeps a register known by name and reports each access", () => {
    const file = build();
    expect(file.read(0x10, 4)).toBe(5);
    file.write(0x10, 4, 7);
    expect(file.read(0x10, 4)).toBe(7);
    expect(reports).toEqual(["read KNOWN", "write KNOWN", "read KNOWN"]);
  });

  it("reports unmodelled bits by field name when they are set, and only then", () => {
    const file = build();
    file.write(0x14, 4, 0x01);
    expect(reports).toEqual([]);
    file.write(0x14, 4, 0x11);
    file.write(0x14, 4, 0x11);
    expect(reports).toEqual(["write PART.MODE"]);
  });

  it("splits an access across two registers into bytes", () => {
    const file = build();
    file.write(0x1a, 2, 0x4433);
    expect(file.read(0x19, 4)).toBe(0x44_3300);
  });

  it("saves and restores plain data", () => {
    const file = build();
    file.write(0, 4, 0x55);
    const saved = JSON.parse(JSON.stringify(file.save())) as Record<string, number>;
    file.reset();
    file.restore(saved);
    expect(file.read(0, 4)).toBe(0x55);
  });
});
