import { describe, expect, it } from "vitest";
import { isSerialPort } from "../../src/peripherals/registry.ts";
import { Stm32Exti } from "../../src/peripherals/stm32/exti.ts";
import { Bench, codes } from "./fixture.ts";

const RAM = 0x2000_0000;
const USART = { name: "USART3", type: "stm32-usart", base: 0x4000_4800, clock: "apb1", irqs: { global: 39 } };
const STREAMS = {
  name: "DMA1",
  type: "stm32-dma",
  base: 0x4002_6000,
  irqs: { stream0: 11, stream1: 12, stream3: 14 },
  params: { streams: 8 },
};
const CHANNELS = {
  name: "DMA1",
  type: "stm32-bdma",
  base: 0x4002_0000,
  irqs: { channel1: 11, channel2: 12 },
  params: { channels: 7 },
};
const [CR1, CR3, BRR, RDR, TDR] = [0x00, 0x08, 0x0c, 0x24, 0x28];

const withUsart = (dma: typeof STREAMS | typeof CHANNELS) => {
  const b = new Bench([USART, dma]);
  const sent: number[] = [];
  const port = b.peripheral("USART3");
  if (!isSerialPort(port)) throw new Error("no serial port");
  port.connect({ onTransmit: (byte) => sent.push(byte) });
  b.write("USART3", BRR, 139);
  b.write("USART3", CR1, 0b1101);
  return { b, port, sent };
};

describe("DMA streams", () => {
  const at = (n: number) => 0x10 + 0x18 * n;

  it("copy memory, with half and full transfer flags and their interrupt", () => {
    const b = new Bench([STREAMS]);
    b.memory.set(codes("0123456789abcdef"), 0);
    b.write("DMA1", at(0) + 0x4, 4);
    b.write("DMA1", at(0) + 0x8, RAM);
    b.write("DMA1", at(0) + 0xc, RAM + 0x100);
    b.write("DMA1", at(0), (2 << 6) | (2 << 11) | (2 << 13) | (1 << 9) | (1 << 10) | (1 << 4) | 1);
    b.waitFor("DMA1", 0, 1 << 4);
    expect(b.read("DMA1", at(0) + 0x4)).toBe(2);
    b.waitFor("DMA1", 0, 1 << 5);
    expect([...b.memory.slice(0x100, 0x110)]).toEqual(codes("0123456789abcdef"));
    expect(b.read("DMA1", at(0)) & 1).toBe(0);
    expect([...b.irqs]).toEqual([11]);
    b.write("DMA1", 0x08, 0x3d);
    expect(b.irqs.size).toBe(0);
    expect(b.read("DMA1", 0)).toBe(0);
  });

  it("stop at a bus error with TEIF", () => {
    const b = new Bench([STREAMS]);
    b.write("DMA1", at(1) + 0x4, 4);
    b.write("DMA1", at(1) + 0x8, 0x9000_0000);
    b.write("DMA1", at(1) + 0xc, RAM);
    b.write("DMA1", at(1), (2 << 6) | (1 << 2) | 1);
    b.waitFor("DMA1", 0, 1 << 9);
    expect(b.read("DMA1", at(1)) & 1).toBe(0);
    expect([...b.irqs]).toEqual([12]);
  });

  it("of a controller without a way from memory to memory stop with TEIF (DMA1 of F4 and F7)", () => {
    const b = new Bench([{ ...STREAMS, params: { streams: 8, memoryToMemory: 0 } }]);
    b.write("DMA1", at(1) + 0x4, 4);
    b.write("DMA1", at(1) + 0x8, RAM);
    b.write("DMA1", at(1) + 0xc, RAM + 0x100);
    b.write("DMA1", at(1), (2 << 6) | (1 << 2) | 1);
    b.waitFor("DMA1", 0, 1 << 9);
    expect(b.read("DMA1", at(1)) & 1).toBe(0);
    expect([...b.irqs]).toEqual([12]);
    expect([b.moved, b.accesses]).toEqual([[], []]);
  });

  it.each([
    ["before the stream is on", true],
    ["after the stream is on", false],
  ])("feed a USART whose requests are enabled %s", (_when, first) => {
    const { b, sent } = withUsart(STREAMS);
    b.memory.set(codes("by dma"), 0);
    if (first) b.write("USART3", CR3, 1 << 7);
    b.write("DMA1", at(3) + 0x4, 6);
    b.write("DMA1", at(3) + 0x8, USART.base + TDR);
    b.write("DMA1", at(3) + 0xc, RAM);
    b.write("DMA1", at(3), (4 << 25) | (1 << 6) | (1 << 10) | (1 << 4) | 1);
    if (!first) b.write("USART3", CR3, 1 << 7);
    b.waitFor("DMA1", 0, 1 << 27);
    expect([...b.irqs]).toEqual([14]);
    expect(b.moved).toEqual([1, 1, 1, 1, 1, 1]);
    expect(b.accesses.slice(0, 4)).toEqual([RAM, USART.base + TDR, RAM + 1, USART.base + TDR]);
    b.run(10 * 139 * 7);
    expect(sent).toEqual(codes("by dma"));
  });

  it("receive round and round in circular mode", () => {
    const { b, port } = withUsart(STREAMS);
    b.write("USART3", CR3, 1 << 6);
    b.write("DMA1", at(1) + 0x4, 4);
    b.write("DMA1", at(1) + 0x8, USART.base + RDR);
    b.write("DMA1", at(1) + 0xc, RAM);
    b.write("DMA1", at(1), (1 << 10) | (1 << 8) | 1);
    for (const byte of codes("abcdef")) port.receive(byte);
    expect([...b.memory.slice(0, 4)]).toEqual(codes("efcd"));
    expect(b.read("DMA1", at(1) + 0x4)).toBe(2);
    expect(b.read("DMA1", 0) & (0b11 << 10)).toBe(0b11 << 10);
  });
});

describe("DMA channels", () => {
  it("copy memory by CPAR to CMAR and stay enabled", () => {
    const b = new Bench([CHANNELS]);
    b.memory.set(codes("words!!!"), 0);
    b.write("DMA1", 0x0c, 2);
    b.write("DMA1", 0x10, RAM);
    b.write("DMA1", 0x14, RAM + 0x40);
    b.write("DMA1", 0x08, (1 << 14) | (2 << 8) | (2 << 10) | (1 << 6) | (1 << 7) | (1 << 1) | 1);
    b.waitFor("DMA1", 0, 0b0111, 0b0111);
    expect([...b.memory.slice(0x40, 0x48)]).toEqual(codes("words!!!"));
    expect([...b.irqs]).toEqual([11]);
    b.write("DMA1", 0x04, 1);
    expect([b.read("DMA1", 0), b.irqs.size, b.read("DMA1", 0x08) & 1]).toEqual([0, 0, 1]);
  });

  it("that are not connected to a memory stop with TEIF (BDMA of H7 below 0x3800_0000)", () => {
    const b = new Bench([{ ...CHANNELS, params: { channels: 7, lowest: 0x3800_0000 } }]);
    b.write("DMA1", 0x0c, 4);
    b.write("DMA1", 0x10, RAM);
    b.write("DMA1", 0x14, RAM + 0x100);
    b.write("DMA1", 0x08, (1 << 14) | (1 << 3) | 1);
    b.waitFor("DMA1", 0, 1 << 3);
    expect([b.moved, b.accesses]).toEqual([[], []]);
    expect([...b.irqs]).toEqual([11]);
  });

  it("feed a USART", () => {
    const { b, sent } = withUsart(CHANNELS);
    b.memory.set(codes("ok"), 0);
    b.write("DMA1", 0x20, 2);
    b.write("DMA1", 0x24, USART.base + TDR);
    b.write("DMA1", 0x28, RAM);
    b.write("DMA1", 0x1c, (1 << 4) | (1 << 7) | 1);
    b.write("USART3", CR3, 1 << 7);
    b.waitFor("DMA1", 0, 1 << 5);
    b.run(10 * 139 * 3);
    expect(sent).toEqual(codes("ok"));
  });
});

describe("EXTI", () => {
  it.each([
    ["stm32-exti", 0x00, 0x08, 0x10, 0x14],
    ["stm32h7-exti", 0x80, 0x00, 0x08, 0x88],
  ])("of type %s pends lines by software and by edges", (type, IMR, RTSR, SWIER, PR) => {
    const b = new Bench([{ name: "EXTI", type, irqs: { exti0: 6, exti9_5: 23 }, params: { lines: 24 } }]);
    b.write("EXTI", SWIER, 1);
    expect(b.read("EXTI", PR)).toBe(0);
    b.write("EXTI", SWIER, 0);
    b.write("EXTI", IMR, 0x81);
    b.write("EXTI", SWIER, 1);
    expect([b.read("EXTI", PR), ...b.irqs]).toEqual([1, 6]);
    b.write("EXTI", PR, 1);
    expect([b.read("EXTI", PR), b.read("EXTI", SWIER), b.irqs.size]).toEqual([0, 0, 0]);
    const exti = b.peripheral("EXTI");
    if (!(exti instanceof Stm32Exti)) throw new Error("no EXTI");
    b.write("EXTI", RTSR, 0x80);
    exti.drive(7, true);
    expect([...b.irqs]).toEqual([23]);
  });
});

describe("RNG", () => {
  it("gives the same new numbers on every run, each after DRDY", () => {
    const draw = (): number[] => {
      const b = new Bench([{ name: "RNG", type: "stm32-rng" }]);
      b.write("RNG", 0, 4);
      return [1, 2, 3].map(() => {
        expect(b.read("RNG", 4) & 1).toBe(0);
        expect(b.read("RNG", 8)).toBe(0);
        b.waitFor("RNG", 4, 1);
        return b.read("RNG", 8);
      });
    };
    expect(draw()).toEqual(draw());
    expect(new Set(draw()).size).toBe(3);
  });
});

describe("CRC", () => {
  const build = (mcu: string) => new Bench([{ name: "CRC", type: "stm32-crc" }], { mcu });

  it("of F4 gives the published CRC-32/MPEG-2 of a word", () => {
    const b = build("STM32F446RET6");
    b.write("CRC", 8, 1);
    b.write("CRC", 0, 0);
    expect(b.read("CRC", 0)).toBe(0xc704_dd7b);
  });
  it("of F7 gives the check values of CRC-32/MPEG-2 and CRC-16/CCITT-FALSE, and of CRC-32 with reversal", () => {
    const feed = (b: Bench) => {
      for (const byte of codes("123456789")) b.write("CRC", 0, byte, 1);
      return b.read("CRC", 0);
    };
    const b = build("STM32F746ZGT6");
    expect(feed(b)).toBe(0x0376_e6e7);
    b.write("CRC", 8, 0xa1);
    expect((~feed(b) >>> 0).toString(16)).toBe("cbf43926");
    b.write("CRC", 0x14, 0x1021);
    b.write("CRC", 0x10, 0xffff);
    b.write("CRC", 8, 0b01001);
    expect(feed(b)).toBe(0x29b1);
  });
});

describe("watchdogs", () => {
  it("IWDG resets when it is not fed, and keeps its registers shut", () => {
    const b = new Bench([{ name: "IWDG", type: "stm32-iwdg" }], { oscillators: { lsi: 32_000 } });
    b.write("IWDG", 8, 99);
    expect(b.read("IWDG", 8)).toBe(0xfff);
    b.write("IWDG", 0, 0x5555);
    b.write("IWDG", 4, 3);
    b.write("IWDG", 8, 999);
    b.write("IWDG", 0, 0xcccc);
    b.runSeconds(0.9);
    b.write("IWDG", 0, 0xaaaa);
    b.runSeconds(0.9);
    expect(b.resets).toBe(0);
    b.runSeconds(0.2);
    expect(b.resets).toBe(1);
  });
  it("WWDG warns, then resets; and resets when it is fed too early", () => {
    const build = () => {
      const b = new Bench([{ name: "WWDG", type: "stm32-wwdg", clock: "apb1", irqs: { global: 0 } }]);
      b.write("WWDG", 4, 0x25f);
      b.write("WWDG", 0, 0xff);
      return b;
    };
    const step = 4096;
    const b = build();
    b.run(62 * step);
    expect([b.read("WWDG", 0), b.irqs.size]).toEqual([0xc1, 0]);
    b.run(step);
    expect([b.irqs.size, b.resets]).toEqual([1, 0]);
    b.run(step);
    expect(b.resets).toBe(1);
    const early = build();
    early.run(10 * step);
    early.write("WWDG", 0, 0xff);
    expect(early.resets).toBe(1);
    const inTime = build();
    inTime.run(40 * step);
    inTime.write("WWDG", 0, 0xff);
    expect(inTime.resets).toBe(0);
  });
});
