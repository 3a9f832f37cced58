import { describe, expect, it } from "vitest";
import { isSerialPort } from "../../src/peripherals/registry.ts";
import { Bench, codes, type Entry } from "./fixture.ts";

const K64 = {
  mcu: "MK64FN1M0VLL12",
  clocks: { core: 20_971_520 },
  oscillators: { hse: 50e6, hseBypass: true },
  sectors: [{ count: 4, size: 4096 }],
};
const SYSTEM: readonly Entry[] = [
  { name: "SIM", type: "kinetis-sim", size: 0x2000 },
  { name: "MCG", type: "kinetis-mcg" },
];
const [C1, C5, C6, S] = [0x0, 0x4, 0x5, 0x6];

describe("MCG and SIM of K64", () => {
  it("go from FEI through FBE and PBE to PEE: 120 MHz core, 60 MHz bus, 24 MHz flash", () => {
    const b = new Bench(SYSTEM, K64);
    expect([b.clocks.coreHz, b.read("MCG", S, 1)]).toEqual([20_971_520, 0x10]);
    b.write("SIM", 0x1044, 0x0124_0000);
    b.write("MCG", C1, 0xa8, 1);
    expect(b.read("MCG", S, 1) & 0x1c).toBe(0x08);
    b.write("MCG", C5, 0x13, 1);
    b.write("MCG", C6, 0x58, 1);
    expect(b.read("MCG", S, 1) & 0x60).toBe(0x20);
    b.runUntil(() => (b.read("MCG", S, 1) & 0x40) !== 0);
    b.write("MCG", C1, 0x28, 1);
    expect(b.read("MCG", S, 1) & 0x0c).toBe(0x0c);
    expect(["core", "bus", "flash"].map((name) => b.clocks.hz(name))).toEqual([120e6, 60e6, 24e6]);
  });
});

describe("UART of K64", () => {
  const uart = {
    name: "UART0",
    type: "kinetis-uart",
    clock: "core",
    irqs: { status: 31 },
    params: { fifo: 8 },
  };

  it("is a bus error without its clock in SIM", () => {
    const b = new Bench([...SYSTEM, uart], K64);
    expect(b.read("UART0", 4, 1)).toBeNaN();
    expect(b.write("UART0", 3, 8, 1)).toBe(false);
    b.set("SIM", 0x1034, 1 << 10);
    expect(b.read("UART0", 4, 1)).toBe(0xc0);
  });

  it("sends ten bits of 16 (SBR + BRFA / 32) clocks a byte and receives with an interrupt", () => {
    const b = new Bench([...SYSTEM, uart], K64);
    b.set("SIM", 0x1034, 1 << 10);
    const port = b.peripheral("UART0");
    if (!isSerialPort(port)) throw new Error("no serial port");
    const sent: number[] = [];
    port.connect({ onTransmit: (byte) => sent.push(byte) });
    b.write("UART0", 1, 11, 1);
    b.write("UART0", 0xa, 12, 1);
    b.write("UART0", 3, 0x2c, 1);
    b.write("UART0", 7, 0x41, 1);
    const bits = 10 * 16 * (11 + 12 / 32);
    b.run(bits - 1);
    expect([b.read("UART0", 4, 1) & 0x40, sent.length]).toEqual([0, 0]);
    b.run(1);
    expect([b.read("UART0", 4, 1) & 0x40, ...sent]).toEqual([0x40, 0x41]);
    port.receive(0x42);
    expect([...b.irqs]).toEqual([31]);
    expect(b.read("UART0", 7, 1)).toBe(0x42);
    expect(b.irqs.size).toBe(0);
  });
});

describe("timers and flash of K64", () => {
  it("PIT interrupts every LDVAL + 1 bus clocks", () => {
    const b = new Bench(
      [...SYSTEM, { name: "PIT", type: "nxp-pit", clock: "bus", irqs: { channel0: 48 } }],
      K64,
    );
    b.set("SIM", 0x103c, 1 << 23);
    b.write("PIT", 0, 0);
    b.write("PIT", 0x100, 999);
    b.write("PIT", 0x108, 3);
    b.run(999);
    expect([b.irqs.size, b.read("PIT", 0x104)]).toEqual([0, 0]);
    b.run(1);
    expect([...b.irqs]).toEqual([48]);
    b.write("PIT", 0x10c, 1);
    expect([b.irqs.size, b.read("PIT", 0x104)]).toEqual([0, 999]);
  });

  it("FTFE erases a sector and programs a phrase", () => {
    const b = new Bench([...SYSTEM, { name: "FTFE", type: "kinetis-ftfe" }], K64);
    b.flash.bytes.fill(0);
    b.write("FTFE", 4, 0x0900_1000);
    b.write("FTFE", 0, 0x80, 1);
    expect(b.read("FTFE", 0, 1)).toBe(0);
    b.runUntil(() => b.read("FTFE", 0, 1) === 0x80);
    expect([b.flash.read(0xffc, 4), b.flash.read(0x1000, 4), b.flash.read(0x2000, 4)]).toEqual([
      0, 0xffff_ffff, 0,
    ]);
    b.write("FTFE", 4, 0x0700_1008);
    b.write("FTFE", 8, 0x1122_3344);
    b.write("FTFE", 12, 0x5566_7788);
    b.write("FTFE", 0, 0x80, 1);
    b.runUntil(() => b.read("FTFE", 0, 1) === 0x80);
    expect([b.flash.read(0x1008, 4), b.flash.read(0x100c, 4)]).toEqual([0x1122_3344, 0x5566_7788]);
  });

  it("the watchdog lets plain programs run, and resets once it is configured and not fed", () => {
    const b = new Bench([...SYSTEM, { name: "WDOG", type: "kinetis-wdog" }], K64);
    b.runSeconds(1);
    expect(b.resets).toBe(0);
    for (const key of [0xc520, 0xd928]) b.write("WDOG", 0x0e, key, 2);
    b.write("WDOG", 0x04, 0, 2);
    b.write("WDOG", 0x06, 100, 2);
    b.write("WDOG", 0x16, 0, 2);
    b.write("WDOG", 0x00, 0x01d1, 2);
    b.runSeconds(0.09);
    for (const key of [0xa602, 0xb480]) b.write("WDOG", 0x0c, key, 2);
    b.runSeconds(0.09);
    expect(b.resets).toBe(0);
    b.runSeconds(0.02);
    expect(b.resets).toBe(1);
  });
});

const RT = { mcu: "MIMXRT1062DVL6", clocks: { core: 396e6 }, oscillators: { hse: 24e6 } };
const CCM: readonly Entry[] = [
  { name: "CCM_ANALOG", type: "imxrt-ccm-analog", size: 0x1000 },
  { name: "CCM", type: "imxrt-ccm" },
];

describe("clocks of i.MX RT1062", () => {
  it("start as the boot ROM leaves them, and reach 600 MHz by the ARM PLL", () => {
    const b = new Bench(CCM, RT);
    expect([b.clocks.coreHz, b.clocks.hz("ipg"), b.clocks.hz("uart")]).toEqual([396e6, 132e6, 80e6]);
    b.set("CCM", 0x14, 1 << 25);
    b.write("CCM_ANALOG", 0x00, 0x1000);
    b.write("CCM_ANALOG", 0x00, 0x2000 | 100);
    expect(b.read("CCM_ANALOG", 0x00) >>> 31).toBe(0);
    b.waitFor("CCM_ANALOG", 0x00, 0x8000_0000);
    b.write("CCM", 0x10, 1);
    b.write("CCM", 0x14, 0x000a_8300);
    expect([b.clocks.coreHz, b.clocks.hz("ipg")]).toEqual([600e6, 150e6]);
    expect(b.read("CCM", 0x48)).toBe(0);
  });

  it("set, clear and toggle bits at the neighbours of a register", () => {
    const b = new Bench(CCM, RT);
    b.write("CCM_ANALOG", 0x158, 0x0400_8000);
    b.write("CCM_ANALOG", 0x154, 0b1010);
    b.write("CCM_ANALOG", 0x15c, 0b0110);
    expect(b.read("CCM_ANALOG", 0x150)).toBe(0b1100);
  });
});

describe("LPUART of i.MX RT1062", () => {
  it("sends by its baud rate and receives through the FIFO", () => {
    const b = new Bench([...CCM, { name: "LPUART6", type: "imxrt-lpuart", irqs: { global: 25 } }], RT);
    const port = b.peripheral("LPUART6");
    if (!isSerialPort(port)) throw new Error("no serial port");
    const sent: number[] = [];
    port.connect({ onTransmit: (byte) => sent.push(byte) });
    b.write("CCM", 0x24, 1 << 6);
    b.write("LPUART6", 0x10, (15 << 24) | 13);
    b.write("LPUART6", 0x28, 0x88);
    b.write("LPUART6", 0x18, (1 << 19) | (1 << 18) | (1 << 21));
    for (const byte of codes("hi")) b.write("LPUART6", 0x1c, byte);
    b.waitFor("LPUART6", 0x14, 1 << 22);
    expect(b.seconds).toBeCloseTo((2 * 10 * 16 * 13) / 24e6, 8);
    expect(sent).toEqual(codes("hi"));
    for (const byte of codes("ab")) port.receive(byte);
    expect([...b.irqs]).toEqual([25]);
    expect([0x1c, 0x1c, 0x1c].map((offset) => b.read("LPUART6", offset))).toEqual([...codes("ab"), 0x1000]);
  });
});

describe("GPT and watchdogs of i.MX RT1062", () => {
  it("GPT restarts at its first compare value", () => {
    const entry = { name: "GPT1", type: "imxrt-gpt", clock: "perclk", irqs: { global: 100 } };
    const b = new Bench([...CCM, entry], RT);
    b.write("CCM", 0x1c, 1 << 6);
    b.write("GPT1", 0x10, 23_999);
    b.write("GPT1", 0x0c, 1);
    b.write("GPT1", 0x00, (1 << 6) | 0b11);
    b.runUntil(() => b.irqs.has(100));
    expect(b.seconds).toBeCloseTo(1e-3, 6);
    b.write("GPT1", 0x08, 1);
    b.runUntil(() => b.irqs.has(100));
    expect(b.seconds).toBeCloseTo(2e-3, 6);
  });

  it("WDOG1 resets after its half seconds, or at once by SRS", () => {
    const b = new Bench([...CCM, { name: "WDOG1", type: "imxrt-wdog" }], RT);
    b.write("WDOG1", 0, 0x0134, 2);
    b.runSeconds(0.9);
    for (const word of [0x5555, 0xaaaa]) b.write("WDOG1", 2, word, 2);
    b.runSeconds(0.9);
    expect(b.resets).toBe(0);
    b.runSeconds(0.2);
    expect(b.resets).toBe(1);
    b.write("WDOG1", 0, 0x0124, 2);
    expect(b.resets).toBe(2);
  });
});
