import { describe, expect, it } from "vitest";
import { isFlashController } from "../../src/peripherals/flash-control.ts";
import { Bench, type Options } from "./fixture.ts";

const KEY1 = 0x4567_0123;
const KEY2 = 0xcdef_89ab;
const LOCK = 2 ** 31;
const BASE = 0x0800_0000;

const build = (type: string, options: Options) => {
  const b = new Bench([{ name: "FLASH", type, irqs: { global: 4 } }], options);
  const flash = b.peripheral("FLASH");
  if (!isFlashController(flash)) throw new Error("no flash controller");
  return { b, flash };
};

describe("STM32F4/F7 flash", () => {
  const f7 = () =>
    build("stm32f7-flash", {
      mcu: "STM32F746ZGT6",
      sectors: [
        { count: 4, size: 32_768 },
        { count: 1, size: 131_072 },
      ],
    });
  const [ACR, KEYR, SR, CR] = [0x00, 0x04, 0x0c, 0x10];
  const BSY = 1 << 16;
  const unlock = (b: Bench) => b.write("FLASH", KEYR, KEY1) && b.write("FLASH", KEYR, KEY2);

  it("opens by the two keys, in order", () => {
    const { b } = f7();
    b.write("FLASH", CR, 1);
    expect(b.read("FLASH", CR)).toBe(LOCK);
    expect(unlock(b)).toBe(true);
    expect(b.read("FLASH", CR)).toBe(0);
    b.write("FLASH", CR, LOCK);
    expect(b.read("FLASH", CR)).toBe(LOCK);
    expect(unlock(b)).toBe(true);
    expect(b.read("FLASH", CR)).toBe(0);
  });

  it("gives a bus error for a wrong key and stays shut until reset", () => {
    const { b } = f7();
    expect(b.write("FLASH", KEYR, KEY2)).toBe(false);
    expect(unlock(b)).toBe(false);
    expect(b.read("FLASH", CR)).toBe(LOCK);
    b.peripheral("FLASH").reset();
    expect(unlock(b)).toBe(true);
    expect(b.read("FLASH", CR)).toBe(0);
  });

  it("sets ERSERR, changes nothing and says so when a store comes while locked", () => {
    const { b, flash } = f7();
    expect(flash.programWrite(BASE + 16, 4, 0)).toBe(true);
    expect(b.flash.read(16, 4)).toBe(0xffff_ffff);
    expect(b.read("FLASH", SR)).toBe(1 << 7);
    expect(b.notices).toEqual(["FLASH: write to flash at 0x08000010 refused: FLASH_CR is locked"]);
    b.write("FLASH", SR, 1 << 7);
    expect(b.read("FLASH", SR)).toBe(0);
    flash.programWrite(BASE + 20, 4, 0);
    flash.programWrite(BASE + 24, 4, 0);
    expect(new Set(b.notices.slice(1))).toEqual(new Set(["FLASH: further writes to flash refused"]));
  });

  it("programs a word in 16 us and only clears bits", () => {
    const { b, flash } = f7();
    unlock(b);
    b.write("FLASH", CR, 1 | (2 << 8));
    flash.programWrite(BASE + 0x100, 4, 0x1234_5678);
    expect(b.read("FLASH", SR)).toBe(BSY);
    expect(flash.busyUntil).toBe(16 * 16);
    b.waitFor("FLASH", SR, BSY, 0);
    expect(b.seconds).toBeCloseTo(16e-6, 9);
    flash.programWrite(BASE + 0x100, 4, 0x00ff_00ff);
    expect(b.flash.read(0x100, 4)).toBe(0x0034_0078);
  });

  it("refuses a width that PSIZE does not name", () => {
    const { b, flash } = f7();
    unlock(b);
    b.write("FLASH", CR, 1);
    flash.programWrite(BASE, 4, 0);
    expect(b.read("FLASH", SR)).toBe(1 << 6);
    flash.programWrite(BASE, 1, 0x5a);
    expect(b.flash.read(0, 4)).toBe(0xffff_ff5a);
  });

  it("erases the sector of SNB in the data sheet's time and interrupts at the end", () => {
    const { b, flash } = f7();
    b.flash.bytes.fill(0);
    unlock(b);
    b.write("FLASH", CR, (1 << 1) | (4 << 3) | (2 << 8) | (1 << 24));
    b.set("FLASH", CR, 1 << 16);
    expect(b.read("FLASH", SR)).toBe(BSY);
    expect(flash.busyUntil).toBeGreaterThan(b.now);
    b.waitFor("FLASH", SR, BSY, 0);
    expect(b.seconds).toBeCloseTo(1, 6);
    expect(b.read("FLASH", SR)).toBe(1);
    expect(b.read("FLASH", CR) & (1 << 16)).toBe(0);
    expect(b.irqs.has(4)).toBe(true);
    b.write("FLASH", SR, 1);
    expect(b.irqs.has(4)).toBe(false);
    expect(b.flash.bytes.findIndex((byte) => byte === 0xff)).toBe(4 * 32_768);
    expect(b.flash.bytes.subarray(4 * 32_768).every((byte) => byte === 0xff)).toBe(true);
  });

  it("raises the error interrupt with ERRIE", () => {
    const { b, flash } = f7();
    unlock(b);
    b.write("FLASH", CR, 1 << 25);
    flash.programWrite(BASE, 4, 0);
    expect(b.irqs.has(4)).toBe(true);
    expect(b.read("FLASH", SR)).toBe((1 << 7) | 2);
  });

  it("tells the timing model wait states, prefetch, ART and its reset", () => {
    const { b, flash } = f7();
    const seen: string[] = [];
    flash.onChange(() =>
      seen.push(`${flash.waitStates} ${flash.prefetch} ${flash.art} ${flash.instructionCache}`),
    );
    flash.onCacheReset((which) => seen.push(`reset ${which}`));
    b.write("FLASH", ACR, 7 | (1 << 8) | (1 << 9));
    b.write("FLASH", ACR, 7 | (1 << 8) | (1 << 11));
    expect(seen).toEqual(["7 true true false", "reset art", "7 true false false"]);
    expect(b.read("FLASH", ACR) & 0xf).toBe(7);
  });

  it("has instruction and data buffers instead on F4", () => {
    const { b, flash } = build("stm32f4-flash", { mcu: "STM32F446RET6" });
    b.write("FLASH", ACR, 5 | (0b111 << 8));
    expect([flash.waitStates, flash.prefetch, flash.instructionCache, flash.dataCache, flash.art]).toEqual([
      5,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe("STM32L4 flash", () => {
  const l4 = () => build("stm32l4-flash", { mcu: "STM32L475VGT6", sectors: [{ count: 16, size: 2048 }] });
  const [KEYR, SR, CR] = [0x08, 0x10, 0x14];
  const BSY = 1 << 16;
  const unlock = (b: Bench) => b.write("FLASH", KEYR, KEY1) && b.write("FLASH", KEYR, KEY2);

  it("starts with both caches on", () => {
    const { flash } = l4();
    expect([flash.instructionCache, flash.dataCache, flash.prefetch, flash.waitStates]).toEqual([
      true,
      true,
      false,
      0,
    ]);
  });

  it("programs 64 bits by two words", () => {
    const { b, flash } = l4();
    unlock(b);
    b.write("FLASH", CR, 1);
    flash.programWrite(BASE + 8, 4, 0x1111_1111);
    expect(b.flash.read(8, 4)).toBe(0xffff_ffff);
    flash.programWrite(BASE + 12, 4, 0x2222_2222);
    expect(b.flash.read(8, 4)).toBe(0x1111_1111);
    expect(b.flash.read(12, 4)).toBe(0x2222_2222);
    expect(flash.busyUntil).toBeGreaterThan(b.now);
    b.waitFor("FLASH", SR, BSY, 0);
    expect(b.seconds).toBeCloseTo(81.69e-6, 6);
  });

  it("says PROGERR over cells that are not erased, and PGSERR until that is cleared", () => {
    const { b, flash } = l4();
    b.flash.bytes[8] = 0;
    unlock(b);
    b.write("FLASH", CR, 1);
    flash.programWrite(BASE + 8, 4, 1);
    flash.programWrite(BASE + 12, 4, 1);
    expect(b.read("FLASH", SR)).toBe(1 << 3);
    flash.programWrite(BASE + 16, 4, 1);
    expect(b.read("FLASH", SR)).toBe((1 << 3) | (1 << 7));
    b.write("FLASH", SR, (1 << 3) | (1 << 7));
    flash.programWrite(BASE + 16, 2, 1);
    expect(b.read("FLASH", SR)).toBe(1 << 6);
    b.write("FLASH", SR, 1 << 6);
    flash.programWrite(BASE + 20, 4, 1);
    expect(b.read("FLASH", SR)).toBe(1 << 5);
  });

  it("erases a page of the second bank by BKER", () => {
    const { b, flash } = l4();
    b.flash.bytes.fill(0);
    unlock(b);
    b.write("FLASH", CR, (1 << 1) | (1 << 3) | (1 << 11));
    b.set("FLASH", CR, 1 << 16);
    expect(flash.busyUntil).toBe(-1); // the first bank can be read meanwhile
    b.waitFor("FLASH", SR, BSY, 0);
    expect(b.flash.bytes.findIndex((byte) => byte === 0xff)).toBe(9 * 2048);
    expect(b.flash.bytes.filter((byte) => byte === 0xff).length).toBe(2048);
  });

  it("gives a bus error for a key while it is open", () => {
    const { b } = l4();
    unlock(b);
    expect(b.write("FLASH", KEYR, KEY1)).toBe(false);
    expect(b.read("FLASH", CR)).toBe(0xc000_0000);
  });
});

describe("STM32H7 flash", () => {
  const h7 = (mcu = "STM32H743ZIT6U", size = 131_072) =>
    build("stm32h7-flash", { mcu, sectors: [{ count: 4, size }] });
  const bank2 = 0x100;
  const [KEYR, CR, SR, CCR] = [0x04, 0x0c, 0x10, 0x14];
  const unlock = (b: Bench, bank: number) =>
    b.write("FLASH", bank + KEYR, KEY1) && b.write("FLASH", bank + KEYR, KEY2);

  it("drops a store without PG and sets PGSERR with no bus error", () => {
    const { b, flash } = h7();
    expect(flash.programWrite(BASE, 4, 0)).toBe(true);
    expect(b.flash.read(0, 4)).toBe(0xffff_ffff);
    expect(b.read("FLASH", SR)).toBe(1 << 18);
    b.write("FLASH", CCR, 1 << 18);
    expect(b.read("FLASH", SR)).toBe(0);
  });

  it("programs a flash word of 32 bytes when the last byte is there", () => {
    const { b, flash } = h7();
    unlock(b, 0);
    b.write("FLASH", CR, 0b11_0010);
    for (let i = 0; i < 7; i++) flash.programWrite(BASE + 64 + 4 * i, 4, i);
    expect(b.read("FLASH", SR)).toBe(1 << 1);
    expect(b.flash.read(64, 4)).toBe(0xffff_ffff);
    flash.programWrite(BASE + 64 + 28, 4, 7);
    expect(b.read("FLASH", SR)).toBe(0b101);
    b.waitFor("FLASH", SR, 1, 0);
    expect(b.read("FLASH", SR)).toBe(1 << 16);
    expect([0, 1, 7].map((i) => b.flash.read(64 + 4 * i, 4))).toEqual([0, 1, 7]);
  });

  it("programs a flash word of 16 bytes on H7A3, or a part of one by FW", () => {
    const { b, flash } = h7("STM32H7A3ZIT6Q", 8192);
    unlock(b, 0);
    b.write("FLASH", CR, 0b10);
    for (let i = 0; i < 4; i++) flash.programWrite(BASE + 4 * i, 4, i);
    expect(b.flash.read(12, 4)).toBe(3);
    b.waitFor("FLASH", SR, 1, 0);
    flash.programWrite(BASE + 16, 4, 9);
    b.set("FLASH", CR, 1 << 4);
    expect(b.flash.read(16, 4)).toBe(9);
  });

  it("erases a sector of the second bank through its own registers", () => {
    const { b, flash } = h7();
    b.flash.bytes.fill(0);
    unlock(b, bank2);
    expect(b.read("FLASH", CR)).toBe(0x31);
    b.write("FLASH", bank2 + CR, (1 << 2) | (1 << 8) | (1 << 16));
    b.set("FLASH", bank2 + CR, 1 << 7);
    expect(flash.busyUntil).toBe(-1); // the first bank can be read meanwhile
    b.waitFor("FLASH", bank2 + SR, 1, 0);
    expect(b.irqs.has(4)).toBe(true);
    expect(b.flash.bytes.findIndex((byte) => byte === 0xff)).toBe(3 * 131_072);
  });

  it("waits seven states after reset, three on H7A3", () => {
    expect(h7().flash.waitStates).toBe(7);
    expect(h7("STM32H7A3ZIT6Q", 8192).flash.waitStates).toBe(3);
  });
});
