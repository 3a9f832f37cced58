import { describe, expect, it } from "vitest";
import { Bench } from "./fixture.ts";

const one = (type: string) => new Bench([{ name: "X", type, size: 0x4000 }]);

describe("blocks that answer where firmware waits", () => {
  it("are still in the report, and keep what they do not know", () => {
    const b = one("stm32-otg");
    b.write("X", 0x500, 7);
    expect(b.read("X", 0x500)).toBe(7);
    expect(b.unmodelled).toEqual(["write X +0x500", "read X +0x500"]);
  });
  it("USB OTG: resets and flushes end, the master is idle, the mode is what is forced", () => {
    const b = one("stm32-otg");
    b.write("X", 0x10, 1);
    expect(b.read("X", 0x10)).toBe(0x8000_0000);
    b.write("X", 0x10, (0x10 << 6) | (1 << 5));
    expect(b.read("X", 0x10)).toBe(0x8000_0400);
    expect(b.read("X", 0x14) & 1).toBe(0);
    b.write("X", 0x0c, 1 << 29);
    expect(b.read("X", 0x14) & 1).toBe(1);
  });
  it.each([
    ["stm32-eth", 0x10, 0x14, (1 << 6) | 1],
    ["stm32h7-eth", 0x200, 0x204, (1 << 16) | 0b1101],
  ])("%s: the reset ends, and the PHY has no link", (type, address, data, readStatus) => {
    const b = one(type);
    b.write("X", 0x1000, 1);
    expect(b.read("X", 0x1000) & 1).toBe(0);
    b.write("X", address, readStatus);
    expect(b.read("X", address) & 1).toBe(0);
    expect(b.read("X", data)).toBe(0x7809);
  });
  it.each([
    ["stm32-quadspi", 0x14, 0x08, 0x0c],
    ["stm32-octospi", 0x110, 0x20, 0x24],
  ])("%s: a command has ended until its flag is cleared", (type, command, status, clear) => {
    const b = one(type);
    expect(b.read("X", status) & 0b10_0010).toBe(0);
    b.write("X", command, 0x19f);
    expect(b.read("X", status) & 2).toBe(2);
    b.write("X", clear, 2);
    expect(b.read("X", status) & 2).toBe(0);
  });
  it.each([
    ["stm32-sdio", 1 << 10, 1 << 6],
    ["stm32-sdmmc", 1 << 12, 1 << 8],
  ])("%s: without a card a command that wants an answer times out", (type, enable, short) => {
    const b = one(type);
    b.write("X", 0x0c, enable);
    expect(b.read("X", 0x34)).toBe(1 << 7);
    b.write("X", 0x38, 0xffff_ffff);
    b.write("X", 0x0c, enable | short);
    expect(b.read("X", 0x34)).toBe(1 << 2);
  });
  it("CAN: enters and leaves initialisation and sleep", () => {
    const b = one("stm32-can");
    expect(b.read("X", 4) & 0b11).toBe(0b10);
    b.write("X", 0, 1);
    expect(b.read("X", 4) & 0b11).toBe(0b01);
    b.write("X", 0, 0);
    expect(b.read("X", 4) & 0b11).toBe(0);
    expect(b.read("X", 8)).toBe(0x1c00_0000);
  });
  it("LPTIM: what is written to ARR and CMP is taken", () => {
    const b = one("stm32-lptim");
    b.write("X", 0x18, 99);
    b.write("X", 0x14, 5);
    expect(b.read("X", 0)).toBe(0b1_1000);
    b.write("X", 4, 0b1000);
    expect(b.read("X", 0)).toBe(0b1_0000);
  });
  it("HSEM: one core takes a semaphore by reading or writing, and gives it back", () => {
    const b = one("stm32-hsem");
    expect(b.read("X", 0x00)).toBe(0);
    expect(b.read("X", 0x80)).toBe(0x8000_0300);
    b.write("X", 0x00, 0x300);
    expect(b.read("X", 0x00)).toBe(0);
    b.write("X", 0x04, 0x8000_0301);
    expect(b.read("X", 0x04)).toBe(0x8000_0301);
  });
  it("FlexSPI: resets and sequences end", () => {
    const b = one("imxrt-flexspi");
    b.write("X", 0x00, 0xffff_8001);
    expect(b.read("X", 0x00) & 1).toBe(0);
    expect(b.read("X", 0x14)).toBe(0);
    b.write("X", 0xb0, 1);
    expect(b.read("X", 0x14)).toBe(1);
    b.write("X", 0x14, 1);
    expect(b.read("X", 0x14)).toBe(0);
    expect(b.read("X", 0xe0)).toBe(0b11);
  });
});
