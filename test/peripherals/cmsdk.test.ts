import { describe, expect, it } from "vitest";
import type { SerialPort } from "../../src/peripherals/serial.ts";
import { Bench } from "./fixture.ts";

const clocks = { core: 25e6 };

describe("CMSDK UART", () => {
  const [DATA, STATE, CTRL, INT, BAUDDIV] = [0, 4, 8, 0x0c, 0x10];
  const build = () => {
    const irqs = { rx: 0, tx: 1, overflow: 12 };
    const b = new Bench([{ name: "UART0", type: "cmsdk-uart", irqs, clock: "core", size: 0x1000 }], {
      clocks,
    });
    const port = b.peripheral("UART0") as unknown as SerialPort;
    const sent: [number, number][] = [];
    port.connect({ onTransmit: (byte, cycle) => sent.push([byte, cycle]) });
    return { b, port, sent };
  };

  it("takes ten bits of BAUDDIV clocks a byte, with one byte waiting", () => {
    const { b, sent } = build();
    b.write("UART0", BAUDDIV, 217);
    b.write("UART0", CTRL, 1);
    b.write("UART0", DATA, 0x41);
    expect(b.read("UART0", STATE)).toBe(0);
    b.write("UART0", DATA, 0x42);
    expect(b.read("UART0", STATE)).toBe(1);
    b.run(4340);
    expect(sent).toEqual([
      [0x41, 2170],
      [0x42, 4340],
    ]);
  });

  it("sets the transmit interrupt as the buffer empties, and keeps it until cleared", () => {
    const { b } = build();
    b.write("UART0", BAUDDIV, 16);
    b.write("UART0", CTRL, 0b101);
    expect(b.irqs.has(1)).toBe(false);
    b.write("UART0", DATA, 1);
    expect(b.irqs.has(1)).toBe(true);
    b.write("UART0", INT, 1);
    expect(b.irqs.has(1)).toBe(false);
    expect(b.read("UART0", INT)).toBe(0);
  });

  it("receives, overruns and interrupts", () => {
    const { b, port } = build();
    b.write("UART0", BAUDDIV, 16);
    b.write("UART0", CTRL, 0b10_1010);
    port.receive(5);
    expect([...b.irqs]).toEqual([0]);
    port.receive(6);
    expect(b.read("UART0", STATE)).toBe(0b1010);
    expect(b.irqs.has(12)).toBe(true);
    expect(b.read("UART0", DATA)).toBe(6);
    b.write("UART0", INT, 0b1010);
    expect([...b.irqs]).toEqual([]);
    expect(b.read("UART0", STATE)).toBe(0);
  });

  it("identifies itself", () => {
    const { b } = build();
    expect([0xfe0, 0xfe4, 0xff0, 0xffc].map((offset) => b.read("UART0", offset))).toEqual([
      0x21, 0xb8, 0x0d, 0xb1,
    ]);
  });
});

describe("CMSDK timer", () => {
  const [CTRL, VALUE, RELOAD, INT] = [0, 4, 8, 0x0c];
  const build = () =>
    new Bench([{ name: "TIMER0", type: "cmsdk-timer", irqs: { global: 8 }, clock: "core" }], { clocks });

  it("counts down and reloads after zero: RELOAD + 1 clocks", () => {
    const b = build();
    b.write("TIMER0", RELOAD, 99);
    b.write("TIMER0", VALUE, 99);
    b.write("TIMER0", CTRL, 1 | 8);
    b.run(40);
    expect(b.read("TIMER0", VALUE)).toBe(59);
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      b.runUntil(() => b.irqs.has(8));
      times.push(b.now);
      b.write("TIMER0", INT, 1);
    }
    expect(times).toEqual([99, 199, 299]);
    expect(b.irqs.has(8)).toBe(false);
    b.run(1);
    expect(b.read("TIMER0", VALUE)).toBe(99);
  });

  it("knows its value after many periods that nobody looked at", () => {
    const b = build();
    b.write("TIMER0", RELOAD, 99);
    b.write("TIMER0", VALUE, 50);
    b.write("TIMER0", CTRL, 1);
    b.run(50 + 12_300 + 34);
    expect(b.read("TIMER0", VALUE)).toBe(99 - 33);
  });

  it("runs without events while its interrupt is off", () => {
    const b = build();
    b.write("TIMER0", RELOAD, 0xffff_ffff);
    b.write("TIMER0", VALUE, 0xffff_ffff);
    b.write("TIMER0", CTRL, 1);
    expect(b.scheduler.next).toBe(Infinity);
    b.run(1_000_000);
    expect(b.read("TIMER0", VALUE)).toBe(0xffff_ffff - 1_000_000);
  });
});

describe("CMSDK dual timer", () => {
  const build = () =>
    new Bench([{ name: "DUALTIMER", type: "cmsdk-dualtimer", irqs: { global: 10 }, clock: "core" }], {
      clocks,
    });
  const [LOAD, VALUE, CONTROL, INTCLR, RIS, MIS] = [0, 4, 8, 0x0c, 0x10, 0x14];

  it("resets to a stopped counter at the top", () => {
    const b = build();
    expect(b.read("DUALTIMER", CONTROL)).toBe(0x20);
    expect(b.read("DUALTIMER", VALUE)).toBe(0xffff);
  });

  it("counts periods with prescale and interrupts", () => {
    const b = build();
    b.write("DUALTIMER", 0x20 + CONTROL, 0x40 | 0x20 | 0b10 | (1 << 2));
    b.write("DUALTIMER", 0x20 + LOAD, 9);
    b.set("DUALTIMER", 0x20 + CONTROL, 0x80);
    b.runUntil(() => b.irqs.has(10));
    expect(b.now).toBe(9 * 16);
    expect([RIS, MIS].map((offset) => b.read("DUALTIMER", 0x20 + offset))).toEqual([1, 1]);
    b.write("DUALTIMER", 0x20 + INTCLR, 1);
    expect(b.irqs.has(10)).toBe(false);
    b.runUntil(() => b.irqs.has(10));
    expect(b.now).toBe(19 * 16);
  });

  it("stops at zero in one-shot mode", () => {
    const b = build();
    b.write("DUALTIMER", CONTROL, 0b11);
    b.write("DUALTIMER", LOAD, 100);
    b.set("DUALTIMER", CONTROL, 0x80);
    b.run(1000);
    expect(b.read("DUALTIMER", VALUE)).toBe(0);
    expect(b.read("DUALTIMER", RIS)).toBe(1);
  });
});
