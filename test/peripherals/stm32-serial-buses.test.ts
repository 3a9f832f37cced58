import { describe, expect, it } from "vitest";
import { Bench } from "./fixture.ts";

describe("I2C of F7, L4 and H7 on an empty bus", () => {
  const [CR1, CR2, TIMINGR, ISR, ICR] = [0x00, 0x04, 0x10, 0x18, 0x1c];
  const [NACKF, STOPF, BUSY] = [1 << 4, 1 << 5, 1 << 15];
  const build = () => {
    const b = new Bench([{ name: "I2C1", type: "stm32-i2c", irqs: { ev: 31, er: 32 }, clock: "apb1" }]);
    b.write("I2C1", TIMINGR, 0x3042_0f13); // 100 kHz at 16 MHz
    b.write("I2C1", CR1, 1 | (1 << 4) | (1 << 5));
    return b;
  };

  it("refuses the address after its ten bits, sends the stop and interrupts", () => {
    const b = build();
    b.write("I2C1", CR2, (1 << 13) | (2 << 16) | (0x5f << 1));
    expect(b.read("I2C1", ISR) & BUSY).toBe(BUSY);
    b.waitFor("I2C1", ISR, NACKF);
    expect(b.seconds).toBeCloseTo((10 * 4 * (0x13 + 0x0f + 2)) / 16e6, 6);
    expect(b.read("I2C1", ISR) & (STOPF | BUSY)).toBe(STOPF);
    expect(b.read("I2C1", CR2) & (1 << 13)).toBe(0);
    expect([...b.irqs]).toEqual([31]);
    expect(b.notices).toEqual(["I2C1: nobody answers at address 0x5f: the bus is empty"]);
    b.write("I2C1", ICR, NACKF | STOPF);
    expect(b.irqs.size).toBe(0);
  });

  it("forgets a transfer when it is switched off", () => {
    const b = build();
    b.write("I2C1", CR2, 1 << 13);
    b.write("I2C1", CR1, 0);
    expect(b.read("I2C1", ISR)).toBe(1);
    expect(b.scheduler.next).toBe(Infinity);
  });
});

describe("I2C of F4 on an empty bus", () => {
  const [CR1, CR2, DR, SR1, SR2, CCR] = [0x00, 0x04, 0x10, 0x14, 0x18, 0x1c];
  it("starts, refuses the address and stops", () => {
    const b = new Bench([{ name: "I2C1", type: "stm32f4-i2c", irqs: { ev: 31, er: 32 }, clock: "apb1" }]);
    b.write("I2C1", CR2, 16 | (1 << 8));
    b.write("I2C1", CCR, 80);
    b.write("I2C1", CR1, 1);
    b.write("I2C1", CR1, 1 | (1 << 8));
    b.waitFor("I2C1", SR1, 1);
    expect(b.read("I2C1", SR2)).toBe(0b11);
    expect(b.read("I2C1", CR1)).toBe(1);
    b.write("I2C1", DR, 0x68 << 1);
    expect(b.read("I2C1", SR1)).toBe(0);
    b.waitFor("I2C1", SR1, 1 << 10);
    expect([...b.irqs]).toEqual([32]);
    expect(b.seconds).toBeCloseTo(100e-6, 6);
    b.write("I2C1", SR1, ~(1 << 10) >>> 0);
    expect(b.irqs.size).toBe(0);
    b.set("I2C1", CR1, 1 << 9);
    b.waitFor("I2C1", SR2, 0b11, 0);
    expect(b.read("I2C1", CR1)).toBe(1);
    expect(b.notices).toEqual(["I2C1: nobody answers at address 0x68: the bus is empty"]);
  });
});

describe("SPI of F4, F7 and L4 with nobody on the line", () => {
  const [CR1, CR2, SR, DR] = [0x00, 0x04, 0x08, 0x0c];
  const [MASTER, SPE] = [1 << 2, 1 << 6];
  const [RXNE, TXE, OVR, BSY] = [1, 2, 1 << 6, 1 << 7];
  const build = (mcu: string) => {
    const b = new Bench([{ name: "SPI1", type: "stm32-spi", irqs: { global: 35 }, clock: "apb2" }], { mcu });
    b.write("SPI1", CR1, MASTER | (3 << 3)); // 16 MHz / 16
    b.set("SPI1", CR1, SPE);
    return b;
  };

  it("F4: sends byte after byte and receives ones", () => {
    const b = build("STM32F446RET6");
    for (let n = 1; n <= 3; n++) {
      expect(b.read("SPI1", SR)).toBe(TXE);
      b.write("SPI1", DR, 0x9f);
      expect(b.read("SPI1", SR)).toBe(TXE | BSY);
      b.waitFor("SPI1", SR, RXNE);
      expect(b.now).toBe(n * 8 * 16);
      expect(b.read("SPI1", DR)).toBe(0xff);
    }
    expect(b.notices[0]).toBe("SPI1: nobody is on the line: every frame received is all ones");
  });
  it("F4: buffers one frame, and tells of what was received and not read", () => {
    const b = build("STM32F446RET6");
    b.write("SPI1", DR, 1);
    b.write("SPI1", DR, 2);
    expect(b.read("SPI1", SR)).toBe(BSY);
    b.run(8 * 16);
    expect(b.read("SPI1", SR)).toBe(RXNE | TXE | BSY);
    b.run(8 * 16);
    expect(b.read("SPI1", SR)).toBe(RXNE | TXE | OVR);
  });
  it("F7: two bytes in one half-word, and a threshold of the receive FIFO", () => {
    const b = build("STM32F746ZGT6");
    b.write("SPI1", DR, 0x1234, 2);
    b.run(8 * 16);
    expect(b.read("SPI1", SR) & RXNE).toBe(0);
    b.set("SPI1", CR2, 1 << 12);
    expect(b.read("SPI1", SR) & RXNE).toBe(RXNE);
    b.clear("SPI1", CR2, 1 << 12);
    b.run(8 * 16);
    expect(b.read("SPI1", SR) & (RXNE | BSY)).toBe(RXNE);
    expect(b.read("SPI1", DR, 2)).toBe(0xffff);
    expect(b.read("SPI1", SR)).toBe(TXE);
  });
  it("interrupts on what is enabled", () => {
    const b = build("STM32F446RET6");
    b.write("SPI1", CR2, 1 << 6);
    expect(b.irqs.size).toBe(0);
    b.write("SPI1", DR, 1);
    b.run(8 * 16);
    expect([...b.irqs]).toEqual([35]);
    b.read("SPI1", DR);
    expect(b.irqs.size).toBe(0);
  });
  it("lets DMA move both directions", () => {
    const irqs = Object.fromEntries([...Array(8).keys()].map((n) => [`stream${n}`, 50 + n]));
    const b = new Bench(
      [
        { name: "SPI1", type: "stm32-spi", base: 0x4001_3000, clock: "apb2" },
        { name: "DMA2", type: "stm32-dma", base: 0x4002_6400, irqs, clock: "ahb1" },
      ],
      { mcu: "STM32F446RET6" },
    );
    const stream = (n: number, memory: number, control: number) => {
      b.write("DMA2", 0x18 + 0x18 * n, 0x4001_300c);
      b.write("DMA2", 0x1c + 0x18 * n, memory);
      b.write("DMA2", 0x14 + 0x18 * n, 6);
      b.write("DMA2", 0x10 + 0x18 * n, control | (1 << 10) | 1);
    };
    stream(0, 0x2000_0100, 0);
    stream(3, 0x2000_0000, 1 << 6);
    b.write("SPI1", CR2, 0b11);
    b.write("SPI1", CR1, MASTER | SPE);
    b.run(6 * 8 * 2 + 10);
    expect([...b.memory.slice(0x100, 0x108)]).toEqual([255, 255, 255, 255, 255, 255, 0, 0]);
    expect(b.read("DMA2", 0x00) & (1 << 5)).toBe(1 << 5);
  });
});

describe("SPI of H7 with nobody on the line", () => {
  const [CR1, CR2, CFG1, CFG2, SR, IFCR, TXDR, RXDR] = [0x00, 0x04, 0x08, 0x0c, 0x14, 0x18, 0x20, 0x30];
  it("transfers as many frames as TSIZE says, and ends", () => {
    const b = new Bench([{ name: "SPI1", type: "stm32h7-spi", clock: "apb2" }], { mcu: "STM32H743ZIT6U" });
    b.write("SPI1", CFG1, 7 | (2 << 28)); // bytes, 16 MHz / 8
    b.write("SPI1", CFG2, 1 << 22);
    b.write("SPI1", CR2, 3);
    b.write("SPI1", CR1, 1);
    b.set("SPI1", CR1, 1 << 9);
    for (let n = 0; n < 3; n++) {
      expect(b.read("SPI1", SR) & 2).toBe(2);
      b.write("SPI1", TXDR, n, 1);
    }
    expect(b.read("SPI1", SR) & 2).toBe(0);
    expect(b.read("SPI1", SR) & (1 << 3)).toBe(0);
    b.waitFor("SPI1", SR, 1 << 3);
    expect(b.now).toBe(3 * 8 * 8);
    expect(b.read("SPI1", SR) & (1 << 12)).toBe(1 << 12);
    expect([1, 2, 3].map(() => b.read("SPI1", RXDR, 1))).toEqual([255, 255, 255]);
    expect(b.read("SPI1", SR) & 1).toBe(0);
    b.write("SPI1", IFCR, 0xff8);
    expect(b.read("SPI1", SR) & (1 << 3)).toBe(0);
    expect(b.read("SPI1", CR1)).toBe(1);
  });
});
