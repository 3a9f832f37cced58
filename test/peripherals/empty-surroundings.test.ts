import { describe, expect, it } from "vitest";
import { Bench } from "./fixture.ts";

const nrf = (name: string, type: string) =>
  new Bench([{ name, type, size: 0x1000, irqs: { global: 3 } }], { mcu: "nRF52840", clocks: { core: 64e6 } });

describe("nRF52840 with nothing around it", () => {
  it("SPIM: receives ones in the time of its bits", () => {
    const b = nrf("SPIM0", "nrf52-serial-master");
    b.write("SPIM0", 0x500, 7);
    b.write("SPIM0", 0x524, 0x1000_0000); // 1 Mbit/s
    b.write("SPIM0", 0x534, 0x2000_0010);
    b.write("SPIM0", 0x538, 4);
    b.write("SPIM0", 0x548, 2);
    b.write("SPIM0", 0x304, 1 << 6);
    b.write("SPIM0", 0x010, 1);
    expect(b.read("SPIM0", 0x14c)).toBe(1);
    b.waitFor("SPIM0", 0x118, 1);
    expect(b.seconds).toBeCloseTo(32e-6, 8);
    expect([...b.memory.slice(0x0f, 0x15)]).toEqual([0, 255, 255, 255, 255, 0]);
    expect(b.read("SPIM0", 0x53c)).toBe(4);
    expect([...b.irqs]).toEqual([3]);
  });
  it("TWIM: no address is acknowledged", () => {
    const b = nrf("SPIM0", "nrf52-serial-master");
    b.write("SPIM0", 0x500, 6);
    b.write("SPIM0", 0x524, 0x0198_0000); // 100 kbit/s
    b.write("SPIM0", 0x588, 0x6b);
    b.write("SPIM0", 0x008, 1);
    b.waitFor("SPIM0", 0x124, 1);
    expect(b.seconds).toBeCloseTo(100e-6, 5);
    expect(b.read("SPIM0", 0x4c4)).toBe(2);
    b.write("SPIM0", 0x014, 1);
    expect(b.read("SPIM0", 0x104)).toBe(1);
    expect(b.notices).toEqual(["SPIM0: nobody answers at address 0x6b: the bus is empty"]);
  });
  it("RNG: makes numbers while it runs, and stops at one with its shortcut", () => {
    const b = nrf("RNG", "nrf52-rng");
    const next = () => {
      b.write("RNG", 0x100, 0);
      b.waitFor("RNG", 0x100, 1);
      return b.read("RNG", 0x508);
    };
    b.write("RNG", 0, 1);
    expect(new Set([next(), next(), next(), next()]).size).toBeGreaterThan(1);
    b.write("RNG", 0x200, 1);
    next();
    b.write("RNG", 0x100, 0);
    expect(b.scheduler.next).toBe(Infinity);
  });
  it("TEMP: measures 25 degrees", () => {
    const b = nrf("TEMP", "nrf52-temp");
    b.write("TEMP", 0, 1);
    b.waitFor("TEMP", 0x100, 1);
    expect(b.read("TEMP", 0x508) / 4).toBe(25);
  });
  it("SAADC: fills its buffer with half of full scale", () => {
    const b = nrf("SAADC", "nrf52-saadc");
    b.write("SAADC", 0x510, 1);
    b.write("SAADC", 0x5f0, 2);
    b.write("SAADC", 0x62c, 0x2000_0000);
    b.write("SAADC", 0x630, 2);
    b.write("SAADC", 0x000, 1);
    b.write("SAADC", 0x004, 1);
    b.waitFor("SAADC", 0x108, 1);
    expect(b.read("SAADC", 0x104)).toBe(0);
    b.write("SAADC", 0x004, 1);
    b.waitFor("SAADC", 0x104, 1);
    expect([...b.memory.slice(0, 5)]).toEqual([0, 8, 0, 8, 0]);
    expect(b.read("SAADC", 0x634)).toBe(2);
  });
  it("PDM: hears silence at the rate of its samples", () => {
    const b = nrf("PDM", "nrf52-pdm");
    b.memory.fill(9, 0, 520);
    b.write("PDM", 0x508, 1);
    b.write("PDM", 0x560, 0x2000_0000);
    b.write("PDM", 0x564, 256);
    b.write("PDM", 0x000, 1);
    b.waitFor("PDM", 0x108, 1);
    expect(b.seconds).toBeCloseTo(256 / 16_125, 5);
    expect([...b.memory.slice(510, 514)]).toEqual([0, 0, 9, 9]);
    b.write("PDM", 0x004, 1);
    expect(b.read("PDM", 0x104)).toBe(1);
    expect(b.scheduler.next).toBe(Infinity);
  });
});

describe("K64F with nothing around it", () => {
  const k64 = (name: string, type: string, irqs: Record<string, number> = { global: 24 }) =>
    new Bench([{ name, type, size: 0x1000, irqs }], { mcu: "MK64FN1M0VLL12", clocks: { core: 120e6 } });

  it("RTC: counts seconds from what is set, and tells the alarm", () => {
    const b = k64("RTC", "kinetis-rtc", { alarm: 46, seconds: 47 });
    b.peripheral("RTC").reset();
    expect(b.read("RTC", 0x14)).toBe(1);
    expect([...b.irqs]).toEqual([46]);
    b.write("RTC", 0x1c, 1 << 2);
    b.write("RTC", 0x00, 100);
    expect(b.read("RTC", 0x14)).toBe(0);
    b.write("RTC", 0x08, 101);
    b.write("RTC", 0x14, 1 << 4);
    b.runSeconds(1.5);
    expect(b.read("RTC", 0x00)).toBe(101);
    expect(b.read("RTC", 0x04)).toBe(16_384);
    expect(b.irqs.size).toBe(0);
    b.runSeconds(0.6);
    expect(b.read("RTC", 0x14)).toBe((1 << 4) | (1 << 2));
    expect([...b.irqs]).toEqual([46]);
  });
  it("I2C: no address is acknowledged", () => {
    const b = k64("I2C0", "kinetis-i2c");
    b.write("I2C0", 2, 0xc0, 1);
    b.write("I2C0", 2, 0xf0, 1);
    expect(b.read("I2C0", 3, 1) & 0x20).toBe(0x20);
    b.write("I2C0", 4, 0x3a, 1);
    b.waitFor("I2C0", 3, 1 << 1);
    expect(b.read("I2C0", 3, 1) & 0x83).toBe(0x83);
    expect([...b.irqs]).toEqual([24]);
    b.write("I2C0", 3, 1 << 1, 1);
    expect(b.irqs.size).toBe(0);
    b.write("I2C0", 2, 0xc0, 1);
    expect(b.read("I2C0", 3, 1) & 0x20).toBe(0);
  });
  it("ADC: a conversion has ended until it is read", () => {
    const b = k64("ADC0", "kinetis-adc");
    expect(b.read("ADC0", 0)).toBe(0x1f);
    b.write("ADC0", 8, 1 << 2);
    b.write("ADC0", 0, 12);
    expect(b.read("ADC0", 0)).toBe(0x80 | 12);
    expect(b.read("ADC0", 0x10)).toBe(0x800);
    expect(b.read("ADC0", 0)).toBe(12);
  });
  it("DSPI: a frame has been sent when it was pushed", () => {
    const b = k64("SPI0", "kinetis-dspi");
    b.write("SPI0", 0x00, 0x8000_0000);
    b.write("SPI0", 0x0c, 7 << 27);
    b.write("SPI0", 0x34, 0x9f | (1 << 27));
    expect(b.read("SPI0", 0x2c)).toBe(
      (0x8000_0000 | (1 << 30) | (1 << 28) | (1 << 25) | (1 << 17) | 0x10) >>> 0,
    );
    expect(b.read("SPI0", 0x38)).toBe(0xff);
    b.write("SPI0", 0x2c, 0xffff_ffff);
    expect(b.read("SPI0", 0x2c)).toBe((1 << 30) | (1 << 25));
  });
  it("RNGA: gives numbers that differ", () => {
    const b = k64("RNG", "kinetis-rnga");
    expect(b.read("RNG", 4) & 0xff00).toBe(0x100);
    expect(b.read("RNG", 0xc)).not.toBe(b.read("RNG", 0xc));
  });
});
