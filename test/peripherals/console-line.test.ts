import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { UartScriptPlayer, type ScriptResult } from "../../src/peripherals/console-line-player.ts";
import { parseUartScript } from "../../src/peripherals/console-line-script.ts";
import { UartFeeder } from "../../src/peripherals/console-line.ts";
import type { SerialPort } from "../../src/peripherals/serial.ts";
import { Bench, codes } from "./fixture.ts";

const [CR1, BRR, ISR, RDR, TDR] = [0x00, 0x0c, 0x1c, 0x24, 0x28];
const RXNE = 1 << 5;
const TXE = 1 << 7;
/** Core cycles of one byte: 54 MHz kernel, BRR 469, core four times as fast. */
const BYTE = 10 * 469 * 4;

const noFiles = (path: string): Uint8Array => {
  throw new Error(`there is no ${path}`);
};
const parse = (text: string, readFile = noFiles) => parseUartScript(text, "talk.txt", readFile);

const build = () => {
  const entry = { name: "USART3", type: "stm32-usart", irqs: { global: 39 }, clock: "apb1" };
  const b = new Bench([entry], { clocks: { core: 216e6, apb1: 54e6 } });
  const enable = () => {
    b.write("USART3", BRR, 469);
    b.write("USART3", CR1, 0b1101 | (1 << 5));
  };
  return { b, port: b.peripheral("USART3") as unknown as SerialPort, enable };
};

/** A guest that answers every command that ends in `%`, by interrupts as firmware does. */
const answering = (answer: (command: string) => string) => {
  const { b, port, enable } = build();
  const commands: string[] = [];
  let line = "";
  const out: number[] = [];
  const poll = () => {
    while (b.irqs.has(39)) {
      const status = b.read("USART3", ISR);
      if ((status & RXNE) !== 0) {
        line += String.fromCharCode(b.read("USART3", RDR));
        if (line.endsWith("%")) {
          commands.push(line);
          out.push(...codes(answer(line)));
          line = "";
        }
      }
      if ((b.read("USART3", ISR) & TXE) !== 0 && out.length > 0) b.write("USART3", TDR, out.shift() ?? 0);
      if (out.length > 0) b.set("USART3", CR1, 1 << 7);
      else b.clear("USART3", CR1, 1 << 7);
    }
  };
  const runUntil = (done: () => boolean) =>
    b.runUntil(() => {
      poll();
      return done();
    }, 100);
  return { b, port, enable, commands, runUntil };
};

describe("UART feeder", () => {
  it("feeds bytes one frame apart, from when the receiver is on", () => {
    const { b, port, enable } = build();
    const feeder = new UartFeeder(port, b.context);
    feeder.feed(new TextEncoder().encode("abc"));
    b.run(100_000);
    expect(feeder.remaining).toBe(3);
    enable();
    const started = b.now;
    const times: number[] = [];
    let text = "";
    while (text.length < 3) {
      b.waitFor("USART3", ISR, RXNE);
      times.push(b.now - started);
      text += String.fromCharCode(b.read("USART3", RDR));
    }
    expect(text).toBe("abc");
    expect(times).toEqual([BYTE, 2 * BYTE, 3 * BYTE]);
  });

  it("holds a byte while the receiver is off in the middle of it", () => {
    const { b, port, enable } = build();
    const feeder = new UartFeeder(port, b.context);
    feeder.feed(Uint8Array.of(7));
    enable();
    b.run(BYTE / 2);
    b.write("USART3", CR1, 0);
    b.run(BYTE);
    expect(feeder.remaining).toBe(1);
    enable();
    b.waitFor("USART3", ISR, RXNE);
    expect(b.read("USART3", RDR)).toBe(7);
  });

  it("loses what the firmware is too slow for", () => {
    const { b, port, enable } = build();
    new UartFeeder(port, b.context).feed(Uint8Array.of(1, 2, 3));
    enable();
    b.run(4 * BYTE);
    expect(b.read("USART3", RDR)).toBe(1);
    expect(b.read("USART3", ISR) & (1 << 3)).toBe(1 << 3);
  });
});

describe("UART script", () => {
  it("reads its steps", () => {
    const steps = parse("# a dialogue\n\ntimeout 2s\nexpect m-ready\nsend name%\\r\\n\\x41\nwait 5ms\n");
    expect(steps.map((step) => [step.kind, step.line])).toEqual([
      ["timeout", 3],
      ["expect", 4],
      ["send", 5],
      ["wait", 6],
    ]);
    expect(steps[2]).toMatchObject({ bytes: Uint8Array.from(codes("name%\r\nA")) });
    expect(steps[3]).toMatchObject({ seconds: 0.005 });
  });

  it("sends a file's bytes as they are", () => {
    const steps = parse("send-file samples.hex", (path) => new TextEncoder().encode(`<${path}>`));
    expect(steps[0]).toMatchObject({ kind: "send", bytes: new TextEncoder().encode("<samples.hex>") });
  });

  it.each([
    ["expect (", "talk.txt:1: "],
    ["\nshout hello", 'talk.txt:2: unknown step "shout"'],
    ["timeout soon", "talk.txt:1: timeout needs a time such as 500ms or 2s"],
    ["send \\q", 'talk.txt:1: unknown escape "\\q"'],
    ["send", "talk.txt:1: send needs text"],
    ["send-file none.hex", 'talk.txt:1: send-file cannot read "none.hex"'],
  ])("refuses %j with its line", (text, message) => {
    expect(() => parse(text)).toThrow(UsageError);
    expect(() => parse(text)).toThrow(message);
  });

  it("talks 100 commands with a guest driven by interrupts", () => {
    const guest = answering((command) => `ok ${command}\r\n`);
    const script = [...Array(100).keys()].map((i) => `send cmd${i}%\nexpect ok cmd${i}%\\r\\n`).join("\n");
    let result: ScriptResult | undefined;
    const player = new UartScriptPlayer(
      parse(`timeout 1s\n${script}`),
      guest.port,
      guest.b.context,
      (end) => {
        result = end;
      },
    );
    guest.enable();
    player.start();
    guest.runUntil(() => result !== undefined);
    expect(result).toEqual({ status: "finished" });
    expect(guest.commands.length).toBe(100);
    // 590 characters there, 1090 back, each a byte time; the guest's answer begins as the command ends.
    expect(guest.b.now / BYTE).toBeGreaterThan(590 + 1090 - 1);
    expect(guest.b.now / BYTE).toBeLessThan((590 + 1090) * 1.01);
  });

  it("fails with the line, the pattern and what came last when a step times out", () => {
    const guest = answering(() => "nonsense");
    let result: ScriptResult | undefined;
    const player = new UartScriptPlayer(
      parse("timeout 50ms\nsend a%\nexpect m-ready"),
      guest.port,
      guest.b.context,
      (end) => {
        result = end;
      },
    );
    guest.enable();
    player.start();
    guest.runUntil(() => result !== undefined);
    expect(result).toEqual({ status: "failed", line: 3, pattern: "m-ready", received: "nonsense" });
    expect(guest.b.seconds).toBeGreaterThan(0.05);
    expect(guest.b.seconds).toBeLessThan(0.052);
  });

  it("waits in simulated time and sees what came meanwhile", () => {
    const guest = answering((command) => `<${command}>`);
    let result: ScriptResult | undefined;
    const player = new UartScriptPlayer(
      parse("send a%\nwait 20ms\nsend b%\nexpect <b%>"),
      guest.port,
      guest.b.context,
      (end) => {
        result = end;
      },
    );
    guest.enable();
    player.start();
    guest.runUntil(() => result !== undefined);
    expect(result).toEqual({ status: "finished" });
    expect(guest.b.seconds).toBeGreaterThan(0.02);
  });
});
