import { describe, expect, it } from "vitest";
import { Bench, type Entry } from "./fixture.ts";

const rcc = (family: string): Entry => ({ name: "RCC", type: `stm32${family}-rcc` });
const pwr = (family: string): Entry => ({ name: "PWR", type: `stm32${family}-pwr` });

/** HSE on, PLL from it, AHB 1, APB1 4, APB2 2, as HAL does on F4 and F7. */
const startF4 = (bench: Bench, pllcfgr: number): void => {
  bench.set("RCC", 0x00, 1 << 16);
  bench.waitFor("RCC", 0x00, 1 << 17);
  bench.write("RCC", 0x04, pllcfgr);
  bench.set("RCC", 0x00, 1 << 24);
  bench.waitFor("RCC", 0x00, 1 << 25);
  bench.write("RCC", 0x08, (0b101 << 10) | (0b100 << 13));
  bench.set("RCC", 0x08, 0b10);
  bench.waitFor("RCC", 0x08, 0b1100, 0b1000);
};
const pllF4 = (m: number, n: number, p: number): number =>
  m | (n << 6) | ((p / 2 - 1) << 16) | (1 << 22) | (9 << 24) | (2 << 28);

describe("STM32F7 clocks", () => {
  const bench = () => new Bench([rcc("f7"), pwr("f7")], { oscillators: { hse: 8e6, hseBypass: true } });

  it("start from HSI at 16 MHz", () => {
    const b = bench();
    expect(b.read("RCC", 0)).toBe(0x83);
    expect(b.clocks.coreHz).toBe(16e6);
  });

  it("reach 216 MHz with over-drive, as HAL sets them", () => {
    const b = bench();
    b.set("RCC", 0x40, 1 << 28);
    b.set("PWR", 0x00, 1 << 16);
    b.waitFor("PWR", 0x04, 1 << 16);
    b.set("PWR", 0x00, 1 << 17);
    b.waitFor("PWR", 0x04, 1 << 17);
    startF4(b, pllF4(8, 432, 2));
    expect(b.clocks.coreHz).toBe(216e6);
    expect(b.clocks.hz("apb1")).toBe(54e6);
    expect(b.clocks.hz("apb2")).toBe(108e6);
    expect(b.clocks.hz("apb1-timer")).toBe(108e6);
    expect(b.clocks.hz("apb2-timer")).toBe(216e6);
    b.set("RCC", 0x8c, 1 << 24);
    expect(b.clocks.hz("apb1-timer")).toBe(216e6);
    expect(b.unmodelled).toEqual([]);
  });

  it("choose each USART's kernel clock by DCKCFGR2", () => {
    const b = bench();
    startF4(b, pllF4(8, 432, 2));
    expect(b.clocks.hz("usart3-kernel")).toBe(54e6);
    expect(b.clocks.hz("usart1-kernel")).toBe(108e6);
    b.write("RCC", 0x90, (0b01 << 0) | (0b10 << 4));
    expect(b.clocks.hz("usart1-kernel")).toBe(216e6);
    expect(b.clocks.hz("usart3-kernel")).toBe(16e6);
  });

  it("do not switch before the source is ready", () => {
    const b = bench();
    b.set("RCC", 0x08, 0b01);
    expect(b.read("RCC", 0x08) & 0b1100).toBe(0);
    b.set("RCC", 0x00, 1 << 16);
    b.waitFor("RCC", 0x08, 0b1100, 0b0100);
    expect(b.clocks.coreHz).toBe(8e6);
  });

  it("take the crystal's 2 ms and none without a crystal", () => {
    const b = new Bench([rcc("f7")], { oscillators: { hse: 25e6 } });
    b.set("RCC", 0x00, 1 << 16);
    b.runSeconds(1.9e-3);
    expect(b.read("RCC", 0) & (1 << 17)).toBe(0);
    b.runSeconds(0.2e-3);
    expect(b.read("RCC", 0) & (1 << 17)).not.toBe(0);
    const none = new Bench([rcc("f7")]);
    none.set("RCC", 0x00, 1 << 16);
    expect(none.scheduler.next).toBe(Infinity);
  });

  it("start LSE in 2 s where the board has its crystal, and LSI in 15 us", () => {
    const b = new Bench([rcc("f7")], { oscillators: { lse: 32_768 } });
    b.write("RCC", 0x70, 1);
    b.write("RCC", 0x74, 1);
    b.runSeconds(16e-6);
    expect(b.read("RCC", 0x74) & 2).toBe(2);
    expect(b.read("RCC", 0x70) & 2).toBe(0);
    b.runSeconds(2);
    expect(b.read("RCC", 0x70) & 2).toBe(2);
    const none = new Bench([rcc("f7")]);
    none.write("RCC", 0x70, 1);
    expect(none.scheduler.next).toBe(Infinity);
  });

  it("run at what is asked for beyond the part's limits, and never stand still", () => {
    const b = bench();
    startF4(b, pllF4(4, 432, 2));
    expect(b.clocks.coreHz).toBe(432e6);
    const h7 = new Bench([rcc("h7")], { mcu: "STM32H743ZIT6U", oscillators: { hse: 8e6, hseBypass: true } });
    startH7(h7, 1, 120, 2, 0b1000);
    h7.write("RCC", 0x28, 2);
    expect(h7.clocks.coreHz).toBe(480e6);
  });

  it("return to HSI on reset", () => {
    const b = bench();
    startF4(b, pllF4(8, 432, 2));
    b.peripheral("RCC").reset();
    expect(b.clocks.coreHz).toBe(16e6);
  });

  it("clear the reset flags by RMVF", () => {
    const b = bench();
    expect(b.read("RCC", 0x74)).toBe(0x0e00_0000);
    b.set("RCC", 0x74, 1 << 24);
    expect(b.read("RCC", 0x74)).toBe(0);
  });
});

describe("STM32F4 clocks", () => {
  it("reach 180 MHz on F446 from an 8 MHz clock", () => {
    const b = new Bench([rcc("f4"), pwr("f4")], {
      mcu: "STM32F446RET6",
      oscillators: { hse: 8e6, hseBypass: true },
    });
    b.set("RCC", 0x40, 1 << 28);
    b.set("PWR", 0x00, 1 << 16);
    b.waitFor("PWR", 0x04, 1 << 16);
    startF4(b, pllF4(4, 180, 2));
    expect(b.clocks.coreHz).toBe(180e6);
    expect(b.clocks.hz("usart2-kernel")).toBe(45e6);
  });

  it("reach 180 MHz on F446 from HSI, and the R output when SW says so", () => {
    const b = new Bench([rcc("f4")], { mcu: "STM32F446RET6" });
    b.write("RCC", 0x04, (pllF4(16, 360, 2) & ~((1 << 22) | (7 << 28))) | (3 << 28));
    b.set("RCC", 0x00, 1 << 24);
    b.waitFor("RCC", 0x00, 1 << 25);
    b.set("RCC", 0x08, 0b10);
    expect(b.clocks.coreHz).toBe(180e6);
    b.set("RCC", 0x08, 0b11);
    expect(b.clocks.coreHz).toBe(120e6);
  });

  it("reach 168 MHz on F407, which has no TIMPRE", () => {
    const b = new Bench([rcc("f4")], { mcu: "STM32F407VGT6", oscillators: { hse: 8e6 } });
    startF4(b, pllF4(8, 336, 2));
    expect(b.clocks.coreHz).toBe(168e6);
    b.set("RCC", 0x8c, 1 << 24);
    expect(b.clocks.hz("apb1-timer")).toBe(84e6);
  });

  it("leave power control without its clock deaf", () => {
    const b = new Bench([rcc("f4"), pwr("f4")], { mcu: "STM32F446RET6" });
    b.set("PWR", 0x00, 1 << 16);
    expect(b.read("PWR", 0x00)).toBe(0);
    expect(b.notices.length).toBeGreaterThan(0);
    b.set("RCC", 0x40, 1 << 28);
    expect(b.read("PWR", 0x00)).toBe(0xc000);
  });
});

describe("STM32L4 clocks", () => {
  it("start from MSI at 4 MHz and follow its range", () => {
    const b = new Bench([rcc("l4")], { mcu: "STM32L475VGT6" });
    expect(b.clocks.coreHz).toBe(4e6);
    b.write("RCC", 0x00, (b.read("RCC", 0) & ~0xf0) | (11 << 4) | (1 << 3));
    expect(b.clocks.coreHz).toBe(48e6);
  });

  it("reach 80 MHz on L475 from MSI", () => {
    const b = new Bench([rcc("l4")], { mcu: "STM32L475VGT6" });
    b.write("RCC", 0x0c, 1 | (0 << 4) | (40 << 8) | (1 << 24));
    b.set("RCC", 0x00, 1 << 24);
    b.waitFor("RCC", 0x00, 1 << 25);
    b.set("RCC", 0x08, 0b11);
    expect(b.clocks.coreHz).toBe(80e6);
    b.set("RCC", 0x88, 0b10);
    expect(b.clocks.hz("usart1-kernel")).toBe(16e6);
  });

  it("reach 120 MHz boost on L4R5 with range 1 and R1MODE", () => {
    const b = new Bench([rcc("l4"), pwr("l4")], { mcu: "STM32L4R5ZIT6" });
    b.set("RCC", 0x58, 1 << 28);
    b.clear("PWR", 0x80, 1 << 8);
    expect(b.read("PWR", 0x80)).toBe(0);
    b.waitFor("PWR", 0x14, 1 << 10, 0);
    b.set("RCC", 0x00, 1 << 8);
    b.waitFor("RCC", 0x00, 1 << 10);
    // HSI16 / 2 x 30 / 2
    b.write("RCC", 0x0c, 2 | (1 << 4) | (30 << 8) | (1 << 24));
    b.set("RCC", 0x00, 1 << 24);
    b.waitFor("RCC", 0x00, 1 << 25);
    b.set("RCC", 0x08, 0b11);
    b.waitFor("RCC", 0x08, 0b1100);
    expect(b.clocks.coreHz).toBe(120e6);
  });

  it("say VOSF while the range changes", () => {
    const b = new Bench([pwr("l4")], { mcu: "STM32L4R5ZIT6" });
    b.write("PWR", 0x00, 0x400);
    expect(b.read("PWR", 0x14) & (1 << 10)).not.toBe(0);
    b.waitFor("PWR", 0x14, 1 << 10, 0);
  });
});

/** PLL1 from HSE, M, N, P; D1CPRE 1, HPRE, all APB 2. */
const startH7 = (b: Bench, m: number, n: number, p: number, hpre: number): void => {
  b.set("RCC", 0x00, 1 << 16);
  b.waitFor("RCC", 0x00, 1 << 17);
  b.write("RCC", 0x28, 2 | (m << 4));
  b.write("RCC", 0x30, (n - 1) | ((p - 1) << 9) | (1 << 16) | (1 << 24));
  b.set("RCC", 0x00, 1 << 24);
  b.waitFor("RCC", 0x00, 1 << 25);
  b.write("RCC", 0x18, hpre | (0b100 << 4));
  b.write("RCC", 0x1c, (0b100 << 4) | (0b100 << 8));
  b.write("RCC", 0x20, 0b100 << 4);
  b.write("RCC", 0x10, 3);
  b.waitFor("RCC", 0x10, 0b11_1000, 0b01_1000);
};

describe("STM32H7 clocks", () => {
  it("start from HSI at 64 MHz", () => {
    const b = new Bench([rcc("h7")], { mcu: "STM32H743ZIT6U" });
    expect(b.clocks.coreHz).toBe(64e6);
  });

  it("reach 480 MHz on H743 in VOS0", () => {
    const entries = [rcc("h7"), pwr("h7"), { name: "SYSCFG", type: "stm32-syscfg" }];
    const b = new Bench(entries, { mcu: "STM32H743ZIT6U", oscillators: { hse: 8e6, hseBypass: true } });
    b.write("PWR", 0x0c, 0x02);
    b.waitFor("PWR", 0x04, 1 << 13);
    b.write("PWR", 0x18, 0b11 << 14);
    b.waitFor("PWR", 0x18, 1 << 13);
    expect(b.read("PWR", 0x04) >>> 14).toBe(0b11);
    b.set("RCC", 0xf4, 1 << 1);
    b.set("SYSCFG", 0x2c, 1);
    b.waitFor("PWR", 0x18, 1 << 13);
    startH7(b, 1, 120, 2, 0b1000);
    expect(b.clocks.coreHz).toBe(480e6);
    expect(b.clocks.hz("axi")).toBe(240e6);
    expect(b.clocks.hz("flash")).toBe(240e6);
    expect(b.clocks.hz("apb1")).toBe(120e6);
    expect(b.clocks.hz("apb1-timer")).toBe(240e6);
    expect(b.clocks.hz("usart3-kernel")).toBe(120e6);
    expect(b.unmodelled).toEqual([]);
  });

  it("reach 280 MHz on H7A3, AXI at the core's clock", () => {
    const b = new Bench([rcc("h7")], { mcu: "STM32H7A3ZIT6Q", oscillators: { hse: 8e6, hseBypass: true } });
    startH7(b, 1, 70, 2, 0);
    expect(b.clocks.coreHz).toBe(280e6);
    expect(b.clocks.hz("axi")).toBe(280e6);
    expect(b.clocks.hz("apb2")).toBe(140e6);
  });

  it("add the fraction to N when FRACEN is set", () => {
    const b = new Bench([rcc("h7")], { mcu: "STM32H743ZIT6U", oscillators: { hse: 8e6, hseBypass: true } });
    b.write("RCC", 0x34, 4096 << 3);
    b.set("RCC", 0x2c, 1);
    startH7(b, 1, 100, 2, 0b1000);
    expect(b.clocks.coreHz).toBe(402e6);
  });

  it("take kernel clocks from PLL3Q, HSI, CSI", () => {
    const b = new Bench([rcc("h7")], { mcu: "STM32H743ZIT6U", oscillators: { hse: 8e6, hseBypass: true } });
    b.write("RCC", 0x54, 0b011 | (0b100 << 3));
    expect(b.clocks.hz("usart2-kernel")).toBe(64e6);
    expect(b.clocks.hz("usart1-kernel")).toBe(4e6);
    b.write("RCC", 0x28, 2 | (4 << 20));
    b.write("RCC", 0x40, 99 | (1 << 9) | (4 << 16));
    b.write("RCC", 0x58, 0b010);
    expect(b.clocks.hz("lpuart1-kernel")).toBe(40e6);
  });

  it("show the enable bits through the C1 view too", () => {
    const b = new Bench([rcc("h7")], { mcu: "STM32H743ZIT6U" });
    b.set("RCC", 0x140, 1 << 2);
    expect(b.read("RCC", 0xe0)).toBe(1 << 2);
  });
});

describe("clock tree", () => {
  it("keeps a preset until the firmware changes a clock", () => {
    const b = new Bench([rcc("f7")], { oscillators: { hse: 8e6, hseBypass: true } });
    b.clocks.preset({ core: 216e6, ahb1: 216e6, apb1: 54e6, apb2: 108e6, sysclk: 216e6 });
    expect(b.clocks.hz("apb1-timer")).toBe(108e6);
    expect(b.clocks.hz("usart3-kernel")).toBe(54e6);
    b.set("RCC", 0x30, 1);
    b.set("RCC", 0x00, 1);
    expect(b.clocks.coreHz).toBe(216e6);
    b.write("RCC", 0x08, 0b1000 << 4);
    expect(b.clocks.coreHz).toBe(8e6);
  });

  it("holds a pinned core clock and scales the others with it", () => {
    const b = new Bench([rcc("f7")], { oscillators: { hse: 8e6, hseBypass: true } });
    b.clocks.pin(100e6);
    b.write("RCC", 0x08, 0b100 << 10);
    expect(b.clocks.coreHz).toBe(100e6);
    expect(b.clocks.hz("apb1")).toBe(50e6);
  });

  it("resets a peripheral by its reset bit and restores from a snapshot", () => {
    const b = new Bench([rcc("f7"), { name: "GPIOA", type: "stm32-gpio" }]);
    b.set("RCC", 0x30, 1);
    b.write("GPIOA", 0x14, 0x55);
    const saved = JSON.parse(JSON.stringify(b.peripheral("GPIOA").save?.())) as unknown;
    b.write("RCC", 0x10, 1);
    expect(b.read("GPIOA", 0x14)).toBe(0);
    b.write("RCC", 0x10, 0);
    b.peripheral("GPIOA").restore?.(saved);
    expect(b.read("GPIOA", 0x14)).toBe(0x55);
  });
});
