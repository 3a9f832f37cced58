import { describe, expect, it } from "vitest";
import type { Board } from "../../src/board/board.ts";
import { boardIds, shippedBoard } from "../../src/board/registry.ts";
import { isModelled, isSerialPort } from "../../src/peripherals/registry.ts";
import type { Oscillators } from "../../src/peripherals/part.ts";
import { Bench } from "./fixture.ts";

const oscillatorsOf = ({ clocks }: Board): Oscillators => ({
  internal: clocks.internal,
  ...(clocks.hse === undefined ? {} : { hse: clocks.hse.hz, hseBypass: clocks.hse.bypass }),
  ...(clocks.lse === undefined ? {} : { lse: clocks.lse.hz }),
});

const build = (board: Board): Bench => {
  const names = ["core", ...board.peripherals.flatMap((each) => each.clock ?? [])];
  const clocks = Object.fromEntries(names.map((name) => [name, board.clocks.reset.hz]));
  const sectors = board.flash?.sectors ?? [];
  return new Bench(board.peripherals, { mcu: board.mcu, oscillators: oscillatorsOf(board), clocks, sectors });
};

/** Types whose bus clock firmware has to switch on. */
const GATED = ["stm32-gpio", "stm32f4-usart", "stm32-usart", "stm32-lpuart", "stm32-tim", "stm32-syscfg"];

describe.each(boardIds().map((id) => [id, shippedBoard(id)] as const))("peripherals of %s", (_id, board) => {
  it("are made, reset, saved and restored", () => {
    const b = build(board);
    for (const { name } of board.peripherals) {
      const peripheral = b.peripheral(name);
      const saved = JSON.parse(JSON.stringify(peripheral.save?.() ?? null)) as unknown;
      peripheral.reset();
      if (saved !== null) peripheral.restore?.(saved);
    }
    expect(b.scheduler.next).toBe(Infinity);
    expect(b.irqs.size).toBe(0);
  });

  it("start at the board's reset clock", () => {
    expect(build(board).clocks.coreHz).toBe(board.clocks.reset.hz);
  });

  it("have a console that a host can talk to, where its UART is modelled", () => {
    const uart = board.peripherals.find((each) => each.name === board.console);
    if (uart === undefined || !isModelled(uart.type)) return;
    expect(isSerialPort(build(board).peripheral(uart.name))).toBe(true);
  });

  it("have a clock enable bit each, where the part gates them, and no clock that is not there", () => {
    const b = build(board);
    for (const { name, type, clock } of board.peripherals) {
      if (GATED.includes(type)) expect([name, b.clocks.isEnabled(name)]).toEqual([name, false]);
      if (clock !== undefined && isModelled(type)) expect(b.clocks.hz(clock)).toBeGreaterThan(0);
    }
  });

  it("read every word of every modelled block without failing", () => {
    const b = build(board);
    for (const { name, type, size } of board.peripherals) {
      if (!isModelled(type)) continue;
      // Without its clock, a block of the Kinetis parts answers with a bus error.
      if (/^(kinetis|nxp)-/.test(type) && !b.clocks.isEnabled(name)) {
        expect(b.read(name, 0)).toBeNaN();
        continue;
      }
      for (let offset = 0; offset < Math.min(size, 0x200); offset += 4) {
        expect(b.read(name, offset)).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
