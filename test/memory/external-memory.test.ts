import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { bootAtTopSpeed, pinClock } from "../../src/runner/boot.ts";
import { Machine } from "../../src/runner/machine.ts";
import { T, tinyFirmware } from "../cli/tiny-firmware.ts";

/** The board at its top speed, caches on, with a loop in its flash. */
function machineOf(id: string, clockHz?: number): Machine {
  const board = shippedBoard(id);
  const { start } = board.regions.find(({ name }) => name === board.flash?.regions[0])!;
  const image = readImage(tinyFirmware([T.loop]), "loop.bin", { loadAddress: start });
  const firmware = "loop.bin";
  const machine = new Machine({ board, image, firmware, engine: "handlers", console: () => undefined });
  bootAtTopSpeed(machine);
  if (clockHz !== undefined) pinClock(machine, clockHz);
  return machine;
}
/** Stall of a read at `address`, which misses. */
const readOf = (machine: Machine, address: number): number =>
  machine.timing.data.read(machine.map.find(address)!, address, 4);

describe("memories off the chip", () => {
  it.each([
    ["teensy-40", 0x6001_0000, 240],
    ["teensy-41", 0x6001_0000, 240],
    ["stm32f746g-disco", 0x9000_1000, 60],
    ["stm32f746g-disco", 0xc000_1000, 20],
  ])("%s: a miss at %i takes as long as the board says", (id, address, cycles) => {
    expect(readOf(machineOf(id), address)).toBe(cycles);
  });
  it("FlexSPI keeps its clock when the core is slowed down", () => {
    expect(readOf(machineOf("teensy-40", 300_000_000), 0x6001_0000)).toBe(120);
  });
  it("OCRAM2 of i.MX RT follows the IPG clock", () => {
    expect(readOf(machineOf("teensy-40"), 0x2020_0000)).toBe(4 * 4);
  });
});
