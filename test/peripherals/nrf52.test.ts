import { describe, expect, it } from "vitest";
import { NrfGpio } from "../../src/peripherals/nrf52/gpio.ts";
import { NrfUarte } from "../../src/peripherals/nrf52/uarte.ts";
import { Bench, codes } from "./fixture.ts";

const OPTIONS = { mcu: "nRF52840", clocks: { core: 64e6, fixed: 64e6 }, sectors: [{ count: 4, size: 4096 }] };
const [EVENT, INTENSET, INTENCLR] = [0x100, 0x304, 0x308];

describe("CLOCK of nRF52840", () => {
  const build = () => new Bench([{ name: "CLOCK", type: "nrf52-clock", irqs: { global: 0 } }], OPTIONS);

  it("starts the crystal in 360 us, tells by event and interrupt, and shows it in HFCLKSTAT", () => {
    const b = build();
    expect(b.read("CLOCK", 0x40c)).toBe(0x1_0000);
    b.write("CLOCK", INTENSET, 1);
    b.write("CLOCK", 0x000, 1);
    expect(b.read("CLOCK", EVENT)).toBe(0);
    b.waitFor("CLOCK", EVENT, 1);
    expect(b.seconds).toBeCloseTo(360e-6, 6);
    expect(b.read("CLOCK", 0x40c)).toBe(0x1_0001);
    expect([...b.irqs]).toEqual([0]);
    b.write("CLOCK", EVENT, 0);
    expect(b.irqs.size).toBe(0);
    b.write("CLOCK", 0x004, 1);
    expect(b.read("CLOCK", 0x40c)).toBe(0x1_0000);
  });

  it.each([
    [0, 600e-6],
    [1, 0.25],
    [2, 100e-6],
  ])("starts low-frequency source %d in %d s", (source, seconds) => {
    const b = build();
    b.write("CLOCK", 0x518, source);
    b.write("CLOCK", 0x008, 1);
    expect(b.read("CLOCK", 0x414)).toBe(1);
    expect(b.clocks.hz("lfclk")).toBe(0);
    b.waitFor("CLOCK", 0x104, 1);
    expect(b.seconds).toBeCloseTo(seconds, 6);
    expect(b.read("CLOCK", 0x418)).toBe(0x1_0000 | source);
    expect(b.clocks.hz("lfclk")).toBe(32_768);
  });

  it("calibrates and says DONE", () => {
    const b = build();
    b.write("CLOCK", 0x010, 1);
    b.waitFor("CLOCK", 0x10c, 1);
    expect(b.seconds).toBeCloseTo(16e-3, 5);
  });
});

describe("NVMC", () => {
  const build = () => {
    const b = new Bench([{ name: "NVMC", type: "nrf52-nvmc", size: 0x1000 }], OPTIONS);
    const nvmc = b.peripheral("NVMC") as unknown as {
      programWrite(address: number, size: number, value: number): boolean;
      readonly instructionCache: boolean;
    };
    return { b, nvmc, at: b.flash.base };
  };

  it("programs words by stores while Wen, and is busy for 41 us", () => {
    const { b, nvmc, at } = build();
    b.write("NVMC", 0x504, 1);
    expect(nvmc.programWrite(at + 8, 4, 0x1234_5678)).toBe(true);
    expect(b.flash.read(8, 4)).toBe(0x1234_5678);
    expect(b.read("NVMC", 0x400)).toBe(0);
    b.waitFor("NVMC", 0x400, 1);
    expect(b.seconds).toBeCloseTo(41e-6, 6);
    nvmc.programWrite(at + 8, 4, 0xffff_0000);
    expect(b.flash.read(8, 4)).toBe(0x1234_0000);
  });

  it("refuses a store without Wen, and an erase without Een, in words", () => {
    const { b, nvmc, at } = build();
    nvmc.programWrite(at, 4, 0);
    b.write("NVMC", 0x508, at);
    expect(b.flash.read(0, 4)).toBe(0xffff_ffff);
    expect(b.notices).toEqual([
      "NVMC: write to flash at 0x08000000 refused: NVMC.CONFIG.WEN is not Wen",
      "NVMC: erase of a page refused: NVMC.CONFIG.WEN is not Een",
    ]);
  });

  it("erases the page of an address in 85 ms", () => {
    const { b, at } = build();
    b.flash.bytes.fill(0);
    b.write("NVMC", 0x504, 2);
    b.write("NVMC", 0x508, at + 4096);
    b.waitFor("NVMC", 0x400, 1);
    expect(b.seconds).toBeCloseTo(85e-3, 5);
    expect([
      b.flash.read(4092, 4),
      b.flash.read(4096, 4),
      b.flash.read(8188, 4),
      b.flash.read(8192, 4),
    ]).toEqual([0, 0xffff_ffff, 0xffff_ffff, 0]);
  });

  it("switches the instruction cache", () => {
    const { b, nvmc } = build();
    expect(nvmc.instructionCache).toBe(false);
    b.write("NVMC", 0x540, 1);
    expect(nvmc.instructionCache).toBe(true);
  });
});

describe("UARTE", () => {
  const BAUD_115200 = 0x01d6_0000;
  const build = () => {
    const b = new Bench(
      [{ name: "UARTE0", type: "nrf52-uarte", size: 0x1000, irqs: { global: 2 } }],
      OPTIONS,
    );
    const uart = b.peripheral("UARTE0");
    if (!(uart instanceof NrfUarte)) throw new Error("no UARTE");
    const sent: number[] = [];
    uart.connect({ onTransmit: (byte) => sent.push(byte) });
    b.write("UARTE0", 0x524, BAUD_115200);
    return { b, uart, sent };
  };

  it("sends a buffer by EasyDMA, ten bits of 139 clocks of 16 MHz a byte", () => {
    const { b, sent } = build();
    b.memory.set(codes("hello"), 0x40);
    b.write("UARTE0", 0x500, 8);
    b.write("UARTE0", 0x544, 0x2000_0040);
    b.write("UARTE0", 0x548, 5);
    b.write("UARTE0", 0x008, 1);
    expect(b.read("UARTE0", 0x150)).toBe(1);
    b.waitFor("UARTE0", 0x120, 1);
    expect(b.seconds).toBeCloseTo((5 * 10 * 139) / 16e6, 8);
    b.run(0);
    expect(sent).toEqual(codes("hello"));
    expect(b.moved).toEqual([1, 1, 1, 1, 1]);
    expect(b.accesses).toEqual([]); // the core goes first
    expect(b.read("UARTE0", 0x54c)).toBe(5);
    b.write("UARTE0", 0x00c, 1);
    expect(b.read("UARTE0", 0x158)).toBe(1);
  });

  it("sends by TXD as UART does, with TXDRDY behind each byte", () => {
    const { b, sent } = build();
    b.write("UARTE0", 0x500, 4);
    b.write("UARTE0", 0x008, 1);
    for (const byte of codes("ok")) {
      b.write("UARTE0", 0x11c, 0);
      b.write("UARTE0", 0x51c, byte);
      b.waitFor("UARTE0", 0x11c, 1);
    }
    expect(sent).toEqual(codes("ok"));
  });

  it("receives into a buffer, ends it when it is full, and goes on by the shortcut", () => {
    const { b, uart } = build();
    b.write("UARTE0", 0x500, 8);
    b.write("UARTE0", 0x534, 0x2000_0000);
    b.write("UARTE0", 0x538, 2);
    b.write("UARTE0", 0x200, 1 << 5);
    b.write("UARTE0", INTENSET, 1 << 4);
    expect(uart.receiveFrameSeconds).toBe(undefined);
    b.write("UARTE0", 0x000, 1);
    expect(uart.receiveFrameSeconds).toBeCloseTo((10 * 139) / 16e6, 9);
    b.write("UARTE0", 0x534, 0x2000_0010);
    for (const byte of codes("abc")) uart.receive(byte);
    expect([...b.irqs]).toEqual([2]);
    expect(b.read("UARTE0", 0x53c)).toBe(2);
    expect([b.memory[0], b.memory[1], b.memory[0x10]]).toEqual(codes("abc"));
    b.write("UARTE0", 0x004, 1);
    expect(b.read("UARTE0", 0x144)).toBe(1);
    expect(b.read("UARTE0", 0x53c)).toBe(1);
  });

  it("keeps six bytes for RXD as UART does and tells of the seventh", () => {
    const { b, uart } = build();
    b.write("UARTE0", 0x500, 4);
    b.write("UARTE0", 0x000, 1);
    for (const byte of codes("1234567")) uart.receive(byte);
    expect(b.read("UARTE0", 0x124)).toBe(1);
    expect(b.read("UARTE0", 0x480)).toBe(1);
    expect(Array.from({ length: 6 }, () => b.read("UARTE0", 0x518))).toEqual(codes("123456"));
  });
});

describe("TIMER of nRF52840", () => {
  const build = () =>
    new Bench(
      [{ name: "TIMER0", type: "nrf52-timer", size: 0x1000, irqs: { global: 8 }, params: { channels: 4 } }],
      OPTIONS,
    );

  it("counts 16 MHz divided by the prescaler, and captures", () => {
    const b = build();
    b.write("TIMER0", 0x508, 3);
    b.write("TIMER0", 0x000, 1);
    b.runSeconds(1.5);
    b.write("TIMER0", 0x040, 1);
    expect(b.read("TIMER0", 0x540)).toBe(1_500_000);
  });

  it("comes every N ticks with COMPARE0_CLEAR", () => {
    const b = build();
    b.write("TIMER0", 0x508, 3);
    b.write("TIMER0", 0x540, 1000);
    b.write("TIMER0", 0x200, 1);
    b.write("TIMER0", INTENSET, 1 << 16);
    b.write("TIMER0", 0x000, 1);
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      b.runUntil(() => b.irqs.has(8));
      times.push(Math.round(b.seconds * 1e6));
      b.write("TIMER0", 0x140, 0);
    }
    expect(times).toEqual([1000, 2000, 3000]);
    b.write("TIMER0", INTENCLR, 1 << 16);
    b.write("TIMER0", 0x200, 1 << 8);
    b.runSeconds(0.1);
    b.write("TIMER0", 0x044, 1);
    expect(b.read("TIMER0", 0x544)).toBe(1000);
  });

  it("sets a compare event that firmware polls for, at 16 bits as well", () => {
    const b = build();
    b.write("TIMER0", 0x508, 0);
    b.write("TIMER0", 0x508, 4);
    b.write("TIMER0", 0x540, 10);
    b.write("TIMER0", 0x000, 1);
    b.runSeconds(9.5e-6);
    expect(b.read("TIMER0", 0x140)).toBe(0);
    b.runSeconds(1e-6);
    expect(b.read("TIMER0", 0x140)).toBe(1);
    b.runSeconds(65_536e-6);
    b.write("TIMER0", 0x044, 1);
    expect(b.read("TIMER0", 0x544)).toBe(10);
  });

  it("counts by task in counter mode", () => {
    const b = build();
    b.write("TIMER0", 0x504, 1);
    b.write("TIMER0", 0x540, 2);
    for (let i = 0; i < 3; i++) b.write("TIMER0", 0x008, 1);
    b.write("TIMER0", 0x044, 1);
    expect([b.read("TIMER0", 0x544), b.read("TIMER0", 0x140)]).toEqual([3, 1]);
  });
});

describe("RTC of nRF52840", () => {
  const build = () => {
    const b = new Bench(
      [
        { name: "CLOCK", type: "nrf52-clock", size: 0x1000 },
        { name: "RTC1", type: "nrf52-rtc", size: 0x1000, irqs: { global: 17 }, params: { channels: 4 } },
      ],
      OPTIONS,
    );
    b.write("RTC1", 0x000, 1);
    return b;
  };

  it("stands still until the low-frequency clock runs", () => {
    const b = build();
    b.runSeconds(1);
    expect(b.read("RTC1", 0x504)).toBe(0);
    b.write("CLOCK", 0x008, 1);
    b.waitFor("CLOCK", 0x104, 1);
    b.runSeconds(1);
    expect(b.read("RTC1", 0x504)).toBe(32_768);
  });

  it("interrupts at a compare value, at every tick, and at the overflow", () => {
    const b = build();
    b.write("CLOCK", 0x008, 1);
    b.waitFor("CLOCK", 0x104, 1);
    b.write("RTC1", 0x540, 328);
    b.write("RTC1", INTENSET, 1 << 16);
    const start = b.seconds;
    b.runUntil(() => b.irqs.has(17));
    expect(b.seconds - start).toBeCloseTo(328 / 32_768, 5);
    b.write("RTC1", INTENCLR, 1 << 16);
    b.write("RTC1", INTENSET, 0b01);
    b.runUntil(() => b.irqs.has(17));
    expect(b.read("RTC1", 0x504)).toBe(329);
    b.write("RTC1", INTENCLR, 0b01);
    b.write("RTC1", INTENSET, 0b10);
    b.write("RTC1", 0x00c, 1);
    b.runUntil(() => b.irqs.has(17));
    expect(b.read("RTC1", 0x104)).toBe(1);
    expect(b.read("RTC1", 0x504)).toBe(0);
  });
});

describe("GPIO of nRF52840", () => {
  it("has two ports with outputs, directions, pulls and driven pins", () => {
    const b = new Bench([{ name: "GPIO", type: "nrf52-gpio", size: 0x1000, params: { pins: 48 } }], OPTIONS);
    const gpio = b.peripheral("GPIO");
    if (!(gpio instanceof NrfGpio)) throw new Error("no GPIO");
    const seen: [number, number][] = [];
    gpio.onOutput((port, pins) => seen.push([port, pins]));
    b.write("GPIO", 0x518, 1 << 13);
    expect(b.read("GPIO", 0x700 + 4 * 13) & 1).toBe(1);
    b.write("GPIO", 0x508, 1 << 13);
    b.write("GPIO", 0x808, 1 << 9);
    expect(seen).toEqual([
      [0, 1 << 13],
      [1, 1 << 9],
    ]);
    b.write("GPIO", 0x700 + 4 * 2, 0b1100);
    gpio.drive(33, true);
    b.write("GPIO", 0xa00 + 4, 0);
    expect(b.read("GPIO", 0x510)).toBe(1 << 2);
    expect(b.read("GPIO", 0x810)).toBe(1 << 1);
  });
});
