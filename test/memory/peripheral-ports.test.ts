import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { ahbBus, apbBus, PeripheralPorts } from "../../src/memory/peripheral-ports.ts";
import { bootAtTopSpeed } from "../../src/runner/boot.ts";
import { Machine } from "../../src/runner/machine.ts";
import { T, tinyFirmware } from "../cli/tiny-firmware.ts";

const APB = 0x4000_0000;
const AHB = 0x4002_0000;
const ports = (latency = { core: 0, bus: 0 }): PeripheralPorts => {
  const made = new PeripheralPorts(
    [
      { base: APB, size: 0x400, bus: apbBus("apb1") },
      { base: AHB, size: 0x400, bus: ahbBus("ahb1") },
    ],
    latency,
  );
  made.setClocks({ domain: (name) => (name === "apb1" ? 4 : 1), fixed: () => 1, matrix: 1 });
  return made;
};

describe("a register behind a bridge at a quarter of the core's clock", () => {
  it("makes a read wait for two of the bus's clocks", () => {
    expect(ports().access(APB, false, 100)).toBe(8);
  });
  it("lets a write go, and makes the next access wait for it", () => {
    const p = ports();
    expect(p.access(APB, true, 100)).toBe(0);
    expect(p.access(APB, true, 101)).toBe(7);
    expect(p.access(APB, false, 110)).toBe(6 + 8);
  });
  it("is read and written back by a bit-band store", () => {
    const p = ports();
    p.access(APB, true, 100, 2);
    expect(p.access(APB, true, 101)).toBe(15);
  });
  it("lets another bus master have one transfer before the core", () => {
    const p = ports();
    p.hold(APB, 100);
    expect(p.access(APB, false, 102)).toBe(6 + 8);
    expect(p.waited).toBe(6);
    expect(p.access(AHB, false, 102)).toBe(0);
  });
});

it("registers of the core itself cost nothing", () => {
  expect(ports({ core: 1, bus: 2 }).access(0xe000_e010, false, 100)).toBe(0);
});

/** Cycles that a read stalls, after everything has been set to the board's top speed. */
function stallAtTopSpeed(id: string, address: number): number {
  const board = shippedBoard(id);
  const flash = board.regions.find(({ name }) => name === board.flash?.regions[0]);
  const image = readImage(tinyFirmware([T.loop]), "loop.bin", { loadAddress: flash?.start ?? 0 });
  const firmware = "loop.bin";
  const machine = new Machine({ board, image, firmware, engine: "handlers", console: () => undefined });
  bootAtTopSpeed(machine);
  return machine.timing.data.device(address, false);
}

describe("a read at the board's top clock stalls beyond the core's own cycles", () => {
  it.each([
    ["nucleo-f446re", "APB1 at a quarter", 0x4000_4400, 8],
    ["nucleo-f446re", "APB2 at half", 0x4001_1000, 4],
    ["nucleo-f446re", "AHB1", 0x4002_0000, 0],
    ["stm32f4discovery", "APB1 at a quarter", 0x4000_4400, 8],
    ["nucleo-f411re", "APB1 at half", 0x4000_4400, 4],
    ["nucleo-f411re", "APB2 at the core's clock", 0x4001_1000, 2],
    ["nucleo-f401re", "APB1 at half", 0x4000_4400, 4],
    ["nucleo-l4r5zi", "APB1 at the core's clock", 0x4000_8000, 2],
    ["nucleo-l4r5zi", "AHB2", 0x4800_0000, 0],
    ["b-l475e-iot01a", "APB2 at the core's clock", 0x4001_3800, 2],
    ["arduino-nano-33-ble", "APB at 16 of 64 MHz", 0x4000_2000, 4],
    ["arduino-nano-33-ble", "GPIO on AHB", 0x5000_0000, 0],
    ["frdm-k64f", "AIPS0 at half", 0x4006_a000, 4],
    ["frdm-k64f", "AIPS1 at half", 0x400b_9000, 4],
    ["frdm-k64f", "GPIO on the crossbar", 0x400f_f000, 0],
    ["nucleo-f746zg", "APB1 at a quarter through AHBP", 0x4000_4800, 3 + 8],
    ["nucleo-f767zi", "APB2 at half through AHBP", 0x4001_1000, 3 + 4],
    ["stm32f746g-disco", "AHB1 through AHBP", 0x4002_0000, 3],
    ["nucleo-h743zi2", "D2 APB1 at a quarter, matrix at half", 0x4000_4800, 5 + 8],
    ["nucleo-h743zi2", "D2 AHB1, matrix at half", 0x4002_0000, 5],
    ["nucleo-h743zi2", "D1 AHB3 through AXIM", 0x5200_2000, 2 * 5],
    ["nucleo-h743zi2", "D3 AHB4 through AXIM", 0x5802_0000, 2 * 7],
    ["nucleo-h743zi2", "D3 APB4 through AXIM", 0x5800_0c00, 2 * 7 + 8],
    ["nucleo-h7a3zi-q", "APB1 at half", 0x4000_4800, 3 + 4],
    ["nucleo-h7a3zi-q", "SRD AHB4 through AXIM", 0x5802_0000, 7],
    ["teensy-40", "AIPS2 at a quarter", 0x4018_4000, 3 + 8],
    ["teensy-41", "GPIO6 at the core's clock", 0x4200_0000, 3],
    ["mps2-an386", "everything at the core's clock", 0x4000_4000, 0],
    ["mps2-an500", "everything at the core's clock, through AHBP", 0x4000_4000, 3],
  ])("%s, %s", (id, _bus, address, cycles) => {
    expect(stallAtTopSpeed(id, address)).toBe(cycles);
  });
});
