import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { bootAtTopSpeed } from "../../src/runner/boot.ts";
import { Machine } from "../../src/runner/machine.ts";
import { T, tinyFirmware } from "../cli/tiny-firmware.ts";

function machineOf(id: string): Machine {
  const board = shippedBoard(id);
  const { start } = board.regions.find(({ name }) => name === board.flash?.regions[0])!;
  const image = readImage(tinyFirmware([T.loop]), "loop.bin", { loadAddress: start });
  const firmware = "loop.bin";
  const machine = new Machine({ board, image, firmware, engine: "handlers", console: () => undefined });
  bootAtTopSpeed(machine);
  return machine;
}

/** Whether a data read waits, of each address in turn. */
function waits(machine: Machine, addresses: readonly number[]): boolean[] {
  const { data } = machine.timing;
  return addresses.map((address) => data.read(machine.map.find(address)!, address, 4) > 0);
}
const FLASH = 0x0800_4000;
const lines = (base: number, step: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => base + step * i);

describe("the first data read of flash at the board's top speed waits", () => {
  it.each([
    ["nucleo-f446re", 5],
    ["stm32f4discovery", 5],
    ["nucleo-f411re", 3],
    ["nucleo-f401re", 2],
    ["nucleo-l4r5zi", 5],
    ["b-l475e-iot01a", 4],
  ])("%s: %i cycles (its wait states)", (id, cycles) => {
    const machine = machineOf(id);
    expect(machine.timing.data.read(machine.map.find(FLASH)!, FLASH, 4)).toBe(cycles);
  });
});

describe("the data buffers before the flash", () => {
  it.each([
    ["nucleo-f446re", FLASH, 16, 8],
    ["nucleo-f411re", FLASH, 16, 8],
    ["nucleo-l4r5zi", FLASH, 32, 8],
    ["b-l475e-iot01a", FLASH, 32, 8],
  ])("%s: lines from %i on, %i bytes apart: %i are kept and one more is not", (id, base, step, count) => {
    const kept = machineOf(id);
    waits(kept, lines(base, step, count));
    expect(waits(kept, lines(base, step, count))).toEqual(new Array(count).fill(false));
    const lost = machineOf(id);
    waits(lost, lines(base, step, count + 1));
    expect(waits(lost, [base])).toEqual([true]);
  });
  it("STM32L4 fills a line of 32 bytes by four reads of 8", () => {
    const reads = lines(FLASH, 8, 4);
    expect(waits(machineOf("nucleo-l4r5zi"), reads)).toEqual([true, true, true, true]);
    expect(waits(machineOf("nucleo-l4r5zi"), lines(FLASH, 4, 2))).toEqual([true, false]);
  });
  it("Kinetis FMC: 4 sets of 4 ways of 64 bits, so that two reads of 128 bits stay in a set", () => {
    const sameSet = lines(0x4000, 64, 2);
    const kept = machineOf("frdm-k64f");
    waits(kept, sameSet);
    expect(waits(kept, sameSet)).toEqual([false, false]);
    const lost = machineOf("frdm-k64f");
    waits(lost, lines(0x4000, 64, 3));
    expect(waits(lost, [0x4000])).toEqual([true]);
  });
  it("nRF52840 has none for data: every read waits, past the instruction cache", () => {
    const machine = machineOf("arduino-nano-33-ble");
    expect(machine.timing.data.read(machine.map.find(0x4000)!, 0x4000, 4)).toBe(2);
    expect(machine.timing.fetch.fetch(0x8000, 1000)).toBe(3);
    expect(waits(machineOf("arduino-nano-33-ble"), [0x4000, 0x4000, 0x4004])).toEqual([true, true, true]);
  });
});
