import { describe, expect, it } from "vitest";
import { dateRegister, later, momentOf, timeRegister } from "../../src/peripherals/stm32/calendar.ts";
import { Bench } from "./fixture.ts";

describe("ADC of F4 and F7", () => {
  const [SR, CR1, CR2, SQR1, DR, CCR] = [0x00, 0x04, 0x08, 0x2c, 0x4c, 0x304];
  const START = 1 << 30;
  const build = () => {
    const b = new Bench([{ name: "ADC", type: "stm32f4-adc", irqs: { global: 18 }, clock: "apb2" }]);
    b.write("ADC", CCR, 1 << 16); // 16 MHz / 4
    b.write("ADC", CR2, 1);
    return b;
  };
  it("converts in the time of sampling and bits, and gives half of full scale", () => {
    const b = build();
    b.set("ADC", CR2, START);
    expect(b.read("ADC", CR2)).toBe(1);
    b.waitFor("ADC", SR, 1 << 1);
    expect(b.now).toBe((3 + 12) * 4);
    expect(b.read("ADC", DR)).toBe(0x800);
    expect(b.read("ADC", SR)).toBe(1 << 4);
    expect(b.notices).toEqual(["ADC: no signal is connected: every conversion gives half of full scale"]);
  });
  it("starts nothing while it is off", () => {
    const b = build();
    b.write("ADC", CR2, START);
    expect(b.scheduler.next).toBe(Infinity);
  });
  it("scans a sequence with an end after each or after all", () => {
    const b = build();
    b.write("ADC", CR1, (1 << 8) | (1 << 5) | (2 << 24)); // SCAN, EOCIE, 8 bits
    b.write("ADC", SQR1, 1 << 20);
    b.set("ADC", CR2, START);
    b.run((3 + 8) * 4);
    expect(b.read("ADC", SR) & 2).toBe(0);
    b.run((3 + 8) * 4);
    expect([...b.irqs]).toEqual([18]);
    expect(b.read("ADC", DR)).toBe(0x80);
    expect(b.irqs.size).toBe(0);
    expect(b.scheduler.next).toBe(Infinity);
  });
  it("goes on with CONT until it is switched off, also its second converter", () => {
    const b = build();
    b.write("ADC", 0x100 + CR2, 0b11);
    b.set("ADC", 0x100 + CR2, START);
    for (let n = 0; n < 3; n++) {
      b.waitFor("ADC", 0x100 + SR, 2);
      b.read("ADC", 0x100 + DR);
    }
    b.write("ADC", 0x100 + CR2, 0);
    expect(b.scheduler.next).toBe(Infinity);
  });
});

describe("ADC of L4 and H7", () => {
  const [ISR, CR, CFGR, SQR1, DR] = [0x00, 0x08, 0x0c, 0x30, 0x40];
  const [ADEN, ADDIS, ADSTART, ADCAL] = [1, 2, 4, 2 ** 31];
  const build = (mcu: string) => {
    const b = new Bench([{ name: "ADC", type: "stm32-adc", irqs: { global: 18 }, clock: "core" }], { mcu });
    b.write("ADC", CR, 0);
    b.write("ADC", CR, 1 << 28);
    return b;
  };
  it.each([
    ["STM32L475VGT6", 0x800],
    ["STM32H743ZIT6U", 0x8000],
  ])("%s: calibrates, becomes ready, converts, and is switched off", (mcu, half) => {
    const b = build(mcu);
    b.set("ADC", CR, ADCAL);
    expect(b.read("ADC", CR) & ADCAL).not.toBe(0);
    b.waitFor("ADC", CR, ADCAL, 0);
    b.set("ADC", CR, ADEN);
    expect(b.read("ADC", ISR) & 1).toBe(0);
    b.waitFor("ADC", ISR, 1);
    b.set("ADC", CR, ADSTART);
    b.waitFor("ADC", ISR, 1 << 3);
    expect(b.read("ADC", CR) & ADSTART).toBe(0);
    expect(b.read("ADC", DR)).toBe(half);
    expect(b.read("ADC", ISR) & 4).toBe(0);
    b.set("ADC", CR, ADDIS);
    expect(b.read("ADC", CR) & (ADEN | ADDIS)).toBe(0);
  });
  it("moves a circular sequence by DMA", () => {
    const irqs = Object.fromEntries([...Array(8).keys()].map((n) => [`stream${n}`, 50 + n]));
    const b = new Bench(
      [
        { name: "ADC", type: "stm32-adc", base: 0x4002_2000, clock: "ahb1" },
        { name: "DMA1", type: "stm32-dma", base: 0x4002_0000, irqs, clock: "ahb1" },
      ],
      { mcu: "STM32H743ZIT6U" },
    );
    b.write("DMA1", 0x18, 0x4002_2140);
    b.write("DMA1", 0x1c, 0x2000_0000);
    b.write("DMA1", 0x14, 4);
    b.write("DMA1", 0x10, (1 << 13) | (1 << 11) | (1 << 10) | (1 << 8) | 1);
    b.write("ADC", 0x100 + CR, 1 << 28);
    b.write("ADC", 0x100 + CFGR, 3 | (1 << 13));
    b.write("ADC", 0x100 + SQR1, 1);
    b.set("ADC", 0x100 + CR, ADEN);
    b.waitFor("ADC", 0x100 + ISR, 1);
    b.set("ADC", 0x100 + CR, ADSTART);
    b.runUntil(() => (b.read("DMA1", 0) & (1 << 5)) !== 0);
    expect([...b.memory.slice(0, 9)]).toEqual([0, 0x80, 0, 0x80, 0, 0x80, 0, 0x80, 0]);
  });
});

describe("calendar", () => {
  const start = momentOf(0x23_5958, 0x23_2228 | (3 << 13)); // 2023-02-28 23:59:58
  it("carries through days, months, leap years and the century", () => {
    const shown = (seconds: number) => {
      const moment = later(start, seconds);
      return [timeRegister(moment), dateRegister(moment) & 0xff_1fff].map((n) => n.toString(16));
    };
    expect(shown(1)).toEqual(["235959", "230228"]);
    expect(shown(2)).toEqual(["0", "230301"]);
    expect(shown(2 + 366 * 86_400)).toEqual(["0", "240301"]);
    expect(shown(2 + 365 * 86_400)).toEqual(["0", "240229"]);
  });
});

describe("RTC of STM32", () => {
  const [TR, DR, CR, ISR, PRER, WUTR, ALRMAR] = [0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x1c];
  const BDCR = 0x70;
  const INIT = 1 << 7;
  const build = () => {
    const entries = [
      { name: "RCC", type: "stm32f7-rcc", base: 0x4002_3800 },
      { name: "RTC", type: "stm32-rtc", base: 0x4000_2800, irqs: { wakeup: 3, alarm: 41 } },
    ];
    const b = new Bench(entries, { oscillators: { lse: 32_768 } });
    b.write("RCC", BDCR, (1 << 15) | (1 << 8) | 1);
    b.write("RTC", ISR, 0xffff_ffff);
    return b;
  };
  const leave = (b: Bench) => b.write("RTC", ISR, ~INIT >>> 0);

  it("enters initialisation, takes time and date, and counts", () => {
    const b = build();
    expect(b.read("RTC", ISR) & (1 << 6)).toBe(1 << 6);
    b.write("RTC", PRER, 0x007f_00ff);
    b.write("RTC", TR, 0x12_3456);
    b.write("RTC", DR, 0x26_e222);
    leave(b);
    expect(b.read("RTC", ISR) & ((1 << 6) | (1 << 5) | (1 << 4))).toBe((1 << 5) | (1 << 4));
    b.runSeconds(4.5);
    expect(b.read("RTC", TR)).toBe(0x12_3500);
    expect(b.read("RTC", DR)).toBe(0x26_e222);
    expect(b.read("RTC", 0x28)).toBe(127);
  });
  it("wakes up and alarms on time", () => {
    const b = build();
    leave(b);
    b.write("RTC", WUTR, 2047);
    b.write("RTC", ALRMAR, 0x8080_8002); // second 2 of every minute
    b.write("RTC", CR, (1 << 10) | (1 << 14) | (1 << 8) | (1 << 12)); // RTC clock / 16
    b.runSeconds(0.99);
    expect(b.irqs.size).toBe(0);
    b.runSeconds(0.02);
    expect([...b.irqs]).toEqual([3]);
    b.write("RTC", ISR, ~((1 << 10) | INIT) >>> 0);
    expect(b.irqs.size).toBe(0);
    b.runSeconds(1);
    expect([...b.irqs].sort()).toEqual([3, 41]);
    expect(b.read("RTC", ISR) & (1 << 8)).toBe(1 << 8);
  });
});
