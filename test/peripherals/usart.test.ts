import { describe, expect, it } from "vitest";
import { isSerialPort } from "../../src/peripherals/registry.ts";
import { UsartBase } from "../../src/peripherals/stm32/usart-base.ts";
import { Bench, codes, type Options } from "./fixture.ts";

/** Offsets and masks of the two register layouts. */
const F4 = {
  type: "stm32f4-usart",
  CR1: 0x0c,
  CR2: 0x10,
  CR3: 0x14,
  BRR: 0x08,
  ST: 0x00,
  TX: 0x04,
  RX: 0x04,
  UE: 1 << 13,
};
const V2 = {
  type: "stm32-usart",
  CR1: 0x00,
  CR2: 0x04,
  CR3: 0x08,
  BRR: 0x0c,
  ST: 0x1c,
  TX: 0x28,
  RX: 0x24,
  UE: 1,
};
const RE = 1 << 2;
const TE = 1 << 3;
const [ORE, IDLE, RXNE, TC, TXE] = [1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7];
const [IDLEIE, RXNEIE, TCIE, TXEIE] = [1 << 4, 1 << 5, 1 << 6, 1 << 7];

const build = (type: string, options: Options = {}, params: Record<string, number> = {}) => {
  const clocks = { core: 216e6, apb1: 54e6 };
  const entry = { name: "USART3", type, irqs: { global: 39 }, clock: "apb1", params };
  const b = new Bench([entry], { clocks, ...options });
  const port = b.peripheral("USART3");
  if (!(port instanceof UsartBase)) throw new Error("no serial port");
  const sent: { byte: number; cycle: number }[] = [];
  port.connect({ onTransmit: (byte, cycle) => sent.push({ byte, cycle }) });
  return {
    b,
    sent,
    port,
    text: () => String.fromCharCode(...sent.map((s) => s.byte)),
  };
};

for (const [label, u] of [
  ["SR/DR layout", F4],
  ["ISR/TDR layout", V2],
] as const) {
  const start = (control = TE | RE, brr = 469) => {
    const made = build(u.type);
    made.b.write("USART3", u.BRR, brr);
    made.b.write("USART3", u.CR1, u.UE | control);
    return made;
  };

  describe(`USART, ${label}`, () => {
    it("resets with TXE and TC set", () => {
      expect(build(u.type).b.read("USART3", u.ST)).toBe(0xc0);
    });

    it("takes ten bit times a byte at 115200 baud, to 1 %", () => {
      const { b, sent } = start();
      b.write("USART3", u.TX, 0x41);
      b.runUntil(() => sent.length === 1);
      const bits = (b.now / 216e6) * 115_200;
      expect(bits).toBeGreaterThan(9.9);
      expect(bits).toBeLessThan(10.1);
      expect(b.now).toBe(10 * 469 * 4);
    });

    it("sends polled bytes back to back, double buffered", () => {
      const { b, sent, text } = start();
      for (const c of "hello") {
        b.waitFor("USART3", u.ST, TXE);
        b.write("USART3", u.TX, c.charCodeAt(0));
      }
      expect(sent.length).toBe(3);
      b.waitFor("USART3", u.ST, TC);
      expect(text()).toBe("hello");
      expect(b.now).toBe(5 * 10 * 469 * 4);
      expect(sent.map((s) => s.cycle)).toEqual([1, 2, 3, 4, 5].map((n) => n * 10 * 469 * 4));
    });

    it("does not say TC between two bytes of which one waits", () => {
      const { b, sent } = start();
      b.write("USART3", u.TX, 1);
      b.write("USART3", u.TX, 2);
      expect(b.read("USART3", u.ST) & (TXE | TC)).toBe(0);
      b.runUntil(() => sent.length === 1);
      expect(b.read("USART3", u.ST) & (TXE | TC)).toBe(TXE);
    });

    it("sends nothing before UE and TE are set", () => {
      const { b, sent } = build(u.type);
      b.write("USART3", u.BRR, 469);
      b.write("USART3", u.CR1, u.UE);
      b.write("USART3", u.TX, 1);
      b.runSeconds(0.01);
      expect(sent).toEqual([]);
    });

    it("raises its interrupt for TXE, TC and RXNE when enabled", () => {
      const { b, port } = start();
      expect(b.irqs.has(39)).toBe(false);
      b.set("USART3", u.CR1, TXEIE);
      expect(b.irqs.has(39)).toBe(true);
      b.clear("USART3", u.CR1, TXEIE);
      expect(b.irqs.has(39)).toBe(false);
      b.set("USART3", u.CR1, TCIE);
      expect(b.irqs.has(39)).toBe(true);
      b.clear("USART3", u.CR1, TCIE);
      b.set("USART3", u.CR1, RXNEIE);
      port.receive(0x33);
      expect(b.irqs.has(39)).toBe(true);
      expect(b.read("USART3", u.RX)).toBe(0x33);
      expect(b.irqs.has(39)).toBe(false);
    });

    it("keeps the first byte and sets ORE when a second arrives unread", () => {
      const { b, port } = start();
      port.receive(1);
      port.receive(2);
      expect(b.read("USART3", u.ST) & (RXNE | ORE)).toBe(RXNE | ORE);
      expect(b.notices).toHaveLength(1);
      expect(b.read("USART3", u.RX)).toBe(1);
      expect(b.read("USART3", u.ST) & RXNE).toBe(0);
    });

    it("sets IDLE one frame after the last byte", () => {
      const { b, port } = start();
      b.set("USART3", u.CR1, IDLEIE);
      port.receive(1);
      b.run(10 * 469 * 4 - 1);
      expect(b.irqs.has(39)).toBe(false);
      b.run(1);
      expect(b.irqs.has(39)).toBe(true);
      expect(b.read("USART3", u.ST) & IDLE).toBe(IDLE);
    });

    it("sends 9 bits with even parity, and 2 stop bits, in 12 bit times", () => {
      const { b, sent } = build(u.type);
      b.write("USART3", u.BRR, 469);
      b.write("USART3", u.CR2, 0b10 << 12);
      b.write("USART3", u.CR1, u.UE | TE | (1 << 10) | (1 << 12));
      b.write("USART3", u.TX, 0xa7);
      b.runUntil(() => sent.length === 1);
      expect(b.now).toBe(12 * 469 * 4);
      expect(sent[0]?.byte).toBe(0xa7);
    });

    it("shows the parity bit above the data when receiving", () => {
      const { b, port } = start(TE | RE | (1 << 10) | (1 << 12));
      port.receive(0x07);
      expect(b.read("USART3", u.RX)).toBe(0x107);
    });

    it("reads the baud rate of OVER8 as eight samples a bit", () => {
      // 54 MHz / 115200 = 468.75: mantissa 58, fraction 4 or 5 of 8
      const { b, sent } = start(TE | (1 << 15), (58 << 4) | 5);
      b.write("USART3", u.TX, 1);
      b.runUntil(() => sent.length === 1);
      expect(b.now).toBe(10 * 469 * 4);
    });

    it("keeps a frame's time in seconds when the core clock changes under it", () => {
      const { b, sent } = start();
      b.write("USART3", u.TX, 1);
      b.run(5 * 469 * 4);
      b.clocks.preset({ core: 108e6 });
      b.runUntil(() => sent.length === 1);
      expect(b.now).toBe(5 * 469 * 4 + 5 * 469 * 2);
    });

    it("asks for DMA whenever the data register is empty", () => {
      const { b, port, text } = start();
      const data = codes("dma");
      port.onDmaRequest = (direction) => {
        const byte = direction === "transmit" ? data.shift() : undefined;
        if (byte !== undefined) b.write("USART3", u.TX, byte);
      };
      b.set("USART3", u.CR3, 1 << 7);
      b.waitFor("USART3", u.ST, TC);
      b.runSeconds(0.01);
      expect(text()).toBe("dma");
    });

    it("goes on after a snapshot in the middle of a byte", () => {
      const { b, sent } = start();
      b.write("USART3", u.TX, 0x5a);
      b.run(1000);
      const saved = JSON.parse(JSON.stringify(b.peripheral("USART3").save?.())) as unknown;
      const later = start();
      later.b.peripheral("USART3").restore?.(saved);
      later.b.runUntil(() => later.sent.length === 1);
      expect(later.b.now).toBe(10 * 469 * 4 - 1000);
      expect(sent).toEqual([]);
    });

    it("reports modes that it does not model, by name", () => {
      const { b } = start();
      b.set("USART3", u.CR3, 1 << 3);
      expect(b.unmodelled).toEqual(["write USART3 CR3.HDSEL"]);
    });
  });
}

describe("USART, SR/DR layout alone", () => {
  it("clears TC and ORE by reading SR and then the data register", () => {
    const { b, port } = build(F4.type);
    b.write("USART3", F4.BRR, 469);
    b.write("USART3", F4.CR1, F4.UE | TE | RE);
    port.receive(1);
    port.receive(2);
    b.read("USART3", F4.RX);
    expect(b.read("USART3", F4.ST) & ORE).toBe(ORE);
    b.read("USART3", F4.RX);
    expect(b.read("USART3", F4.ST) & ORE).toBe(0);
    b.write("USART3", F4.ST, ~TC >>> 0);
    expect(b.read("USART3", F4.ST) & TC).toBe(0);
  });
});

describe("USART, ISR/TDR layout alone", () => {
  it("clears flags by ICR and acknowledges TE and RE", () => {
    const { b, port } = build(V2.type);
    b.write("USART3", V2.BRR, 469);
    b.write("USART3", V2.CR1, V2.UE | TE | RE);
    expect(b.read("USART3", V2.ST) & (0b11 << 21)).toBe(0b11 << 21);
    port.receive(1);
    port.receive(2);
    b.write("USART3", 0x20, ORE | TC);
    expect(b.read("USART3", V2.ST) & (ORE | TC)).toBe(0);
  });

  it("queues 16 bytes each way on H7 with FIFOEN and divides by PRESC", () => {
    const { b, port, sent } = build(V2.type, { mcu: "STM32H743ZIT6U" }, { fifo: 1 });
    b.write("USART3", V2.BRR, 469);
    b.write("USART3", 0x2c, 1);
    b.write("USART3", V2.CR1, V2.UE | TE | RE | (1 << 29));
    for (let i = 0; i < 17; i++) b.write("USART3", V2.TX, i);
    expect(b.read("USART3", V2.ST) & TXE).toBe(0);
    b.runUntil(() => sent.length === 1);
    expect(b.now).toBe(10 * 469 * 2 * 4);
    b.runUntil(() => sent.length === 17);
    expect(sent.map((s) => s.byte)).toEqual([...Array(17).keys()]);
    for (let i = 0; i < 17; i++) port.receive(i);
    expect(b.read("USART3", V2.ST) & (ORE | (1 << 24))).toBe(ORE | (1 << 24));
    expect([...Array(16).keys()].map(() => b.read("USART3", V2.RX))).toEqual([...Array(16).keys()]);
  });

  it("gives LPUART 256 kernel clocks over BRR", () => {
    const clocks = { core: 120e6, apb1: 120e6, "lpuart1-kernel": 32_768 };
    const entry = { name: "LPUART1", type: "stm32-lpuart", irqs: {}, clock: "apb1" };
    const b = new Bench([entry], { clocks, mcu: "STM32L4R5ZIT6" });
    const port = b.peripheral("LPUART1");
    if (!isSerialPort(port)) throw new Error("LPUART1 is no serial port");
    const cycles: number[] = [];
    port.connect({
      onTransmit: (_byte, cycle) => cycles.push(cycle),
    });
    b.write("LPUART1", V2.BRR, Math.round((256 * 32_768) / 9600));
    b.write("LPUART1", V2.CR1, V2.UE | TE);
    b.write("LPUART1", V2.TX, 1);
    b.runUntil(() => cycles.length === 1);
    expect(((cycles[0] ?? 0) / 120e6) * 9600).toBeCloseTo(10, 1);
  });
});
