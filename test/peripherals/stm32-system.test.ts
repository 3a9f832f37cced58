import { describe, expect, it } from "vitest";
import { UnsupportedError } from "../../src/errors.ts";
import { Stm32Gpio } from "../../src/peripherals/stm32/gpio.ts";
import { Bench } from "./fixture.ts";

describe("GPIO", () => {
  const [MODER, PUPDR, IDR, ODR, BSRR, LCKR] = [0x00, 0x0c, 0x10, 0x14, 0x18, 0x1c];
  const build = () => {
    const params = { port: 0, moder: 0xa800_0000, ospeedr: 0x0c00_0000, pupdr: 0x6400_0000 };
    const b = new Bench([{ name: "GPIOA", type: "stm32-gpio", params }]);
    const port = b.peripheral("GPIOA");
    if (!(port instanceof Stm32Gpio)) throw new Error("no GPIO port");
    return { b, port };
  };

  it("resets to the board's values: the debug pins, PA13 and PA15 pulled up", () => {
    const { b } = build();
    expect(b.read("GPIOA", MODER)).toBe(0xa800_0000);
    expect(b.read("GPIOA", IDR)).toBe(0xa000);
  });

  it("shows outputs in IDR and sets before it resets in BSRR", () => {
    const { b, port } = build();
    const seen: number[] = [];
    port.onOutput((pins) => seen.push(pins));
    b.write("GPIOA", MODER, 0b0101);
    b.write("GPIOA", BSRR, 0b11);
    expect(b.read("GPIOA", IDR) & 0b111).toBe(0b11);
    b.write("GPIOA", BSRR, (0b11 << 16) | 0b01);
    expect(b.read("GPIOA", ODR)).toBe(0b01);
    b.write("GPIOA", BSRR + 2, 0b01, 2);
    expect(b.read("GPIOA", ODR)).toBe(0);
    expect(seen).toEqual([0b11, 0b01, 0]);
  });

  it("reads pulls and what the host drives", () => {
    const { b, port } = build();
    b.write("GPIOA", PUPDR, 0b01 << 4);
    expect(b.read("GPIOA", IDR) & 0b1100).toBe(0b0100);
    port.drive(2, false);
    port.drive(3, true);
    expect(b.read("GPIOA", IDR) & 0b1100).toBe(0b1000);
    b.write("GPIOA", MODER, 0b11 << 6);
    expect(b.read("GPIOA", IDR) & 0b1000).toBe(0);
  });

  it("takes the lock key sequence", () => {
    const { b } = build();
    for (const value of [0x1_0005, 0x0_0005, 0x1_0005]) b.write("GPIOA", LCKR, value);
    expect(b.read("GPIOA", LCKR)).toBe(0x1_0005);
  });
});

describe("PWR", () => {
  it.each([
    ["STM32F407VGT6", 0x4000],
    ["STM32F411RET6", 0x8000],
    ["STM32F446RET6", 0xc000],
  ])("of %s resets CR to %d", (mcu, reset) => {
    expect(new Bench([{ name: "PWR", type: "stm32f4-pwr" }], { mcu }).read("PWR", 0)).toBe(reset);
  });

  it("drops over-drive when it is switched off", () => {
    const b = new Bench([{ name: "PWR", type: "stm32f7-pwr" }]);
    b.write("PWR", 0, 0x1_c000);
    b.waitFor("PWR", 4, 1 << 16);
    b.write("PWR", 0, 0xc000);
    expect(b.read("PWR", 4) & (1 << 16)).toBe(0);
  });

  it("says VOSRDY again some time after the scale was changed", () => {
    const b = new Bench([{ name: "PWR", type: "stm32f7-pwr" }]);
    b.write("PWR", 0, 0x8000);
    expect(b.read("PWR", 4) & (1 << 14)).toBe(0);
    b.waitFor("PWR", 4, 1 << 14);
  });

  it("reports a low-power mode, which does not come", () => {
    const b = new Bench([{ name: "PWR", type: "stm32f7-pwr" }]);
    b.write("PWR", 0, 0xc002);
    expect(b.unmodelled).toEqual(["write PWR CR.PDDS"]);
  });
});

describe("SYSCFG", () => {
  it("has its compensation cell ready once on", () => {
    const b = new Bench([{ name: "SYSCFG", type: "stm32-syscfg" }]);
    expect(b.read("SYSCFG", 0x20)).toBe(0);
    b.write("SYSCFG", 0x20, 1);
    expect(b.read("SYSCFG", 0x20)).toBe(0x101);
  });

  it("reports a remap of the boot area", () => {
    const b = new Bench([{ name: "SYSCFG", type: "stm32-syscfg" }], { mcu: "STM32L475VGT6" });
    b.write("SYSCFG", 0, 3);
    expect(b.unmodelled).toEqual(["write SYSCFG MEMRMP.MEM_MODE"]);
  });
});

describe("DBGMCU", () => {
  it("identifies the part", () => {
    const b = new Bench([{ name: "DBGMCU", type: "stm32-dbgmcu", params: { idcode: 0x2003_6450 } }]);
    b.write("DBGMCU", 0, 0);
    expect(b.read("DBGMCU", 0)).toBe(0x2003_6450);
  });
});

describe("a peripheral without its clock", () => {
  const gpio = { name: "GPIOB", type: "stm32-gpio", params: { moder: 0x280 } };

  it("reads 0, ignores writes and says so", () => {
    const b = new Bench([{ name: "RCC", type: "stm32f7-rcc" }, gpio]);
    b.write("GPIOB", 0x14, 0xff);
    expect(b.read("GPIOB", 0x00)).toBe(0);
    expect(b.notices).toEqual([
      "GPIOB: write while its clock is off in the clock controller",
      "GPIOB: read while its clock is off in the clock controller",
    ]);
    b.write("RCC", 0x30, 0b10);
    expect(b.read("GPIOB", 0x00)).toBe(0x280);
    expect(b.read("GPIOB", 0x14)).toBe(0);
  });
});

describe("registry", () => {
  it("keeps bytes of an unmodelled peripheral and reports each access by offset", () => {
    const b = new Bench([{ name: "SPI1", type: "unmodelled" }]);
    b.write("SPI1", 0x0c, 0x1234, 2);
    expect(b.read("SPI1", 0x0c)).toBe(0x1234);
    expect(b.read("SPI1", 0x0d, 1)).toBe(0x12);
    expect(b.unmodelled).toEqual(["write SPI1 +0x0c", "read SPI1 +0x0c", "read SPI1 +0x0c"]);
  });

  it("refuses a type that nobody knows", () => {
    expect(() => new Bench([{ name: "X1", type: "stm32-teapot" }])).toThrow(UnsupportedError);
    expect(() => new Bench([{ name: "X1", type: "stm32-teapot" }])).toThrow(
      'X1 has the peripheral type "stm32-teapot"',
    );
  });

  it("holds a shared interrupt line high while one source does", () => {
    const params = { bits: 16, channels: 0 };
    const entry = { type: "stm32-tim", irqs: { global: 25 }, clock: "apb2", params };
    const b = new Bench([
      { ...entry, name: "TIM1" },
      { ...entry, name: "TIM10" },
    ]);
    for (const timer of ["TIM1", "TIM10"]) {
      b.write(timer, 0x0c, 1);
      b.write(timer, 0x14, 1);
    }
    b.write("TIM1", 0x10, 0);
    expect(b.irqs.has(25)).toBe(true);
    b.write("TIM10", 0x10, 0);
    expect(b.irqs.has(25)).toBe(false);
  });
});
