import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import type { Width } from "../../src/memory/open-regions.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine } from "../../src/runner/machine.ts";

const folder = fileURLToPath(new URL("../../firmware/bench/prebuilt/", import.meta.url));
const MPU_CTRL = 0xe000_ed94;
const ENABLE = 1;

function machineOn(board: string, flash: number): Machine {
  return new Machine({
    board: shippedBoard(board),
    image: readImage(new Uint8Array(64), "empty.bin", { loadAddress: flash }),
    firmware: "empty.bin",
    engine: "wasm",
    console: () => undefined,
  });
}

const RAM = 0x2000_0000;

/** The RAM of a Cortex-M4 without wait states. */
function side() {
  const machine = machineOn("mps2-an386", 0);
  const region = machine.map.find(RAM)!;
  const limit = (write: boolean, width: Width = 4): number | undefined => {
    const table = write ? machine.bus.writeTable : machine.bus.readTable;
    return machine.state.words[table.regions.limitOf(region, width) >> 2];
  };
  return { machine, bus: machine.bus, region, limit };
}

describe("regions that are open as a whole", () => {
  it("hold as many bytes, halfwords and words as there are, and of those with 31 behind them", () => {
    const { bus, region, limit } = side();
    expect(bus.wantRegion(RAM + 0x1234, false, 4)).toEqual({
      start: RAM,
      host: region.host,
      limit: bus.readTable.regions.limitOf(region, 4),
    });
    expect(([1, 2, 4, "words"] as const).map((width) => limit(false, width))).toEqual([
      region.size,
      region.size / 2,
      region.size / 4,
      region.size / 4 - 31,
    ]);
    expect(limit(true)).toBe(0);
  });

  it("are none that are not there, not written by stores, or not free", () => {
    const { bus } = side();
    expect(bus.wantRegion(0x7000_0000, false, 4)).toBeUndefined();
    const waits = machineOn("nucleo-f446re", 0x0800_0000);
    for (const write of [false, true]) expect(waits.bus.wantRegion(0x0800_0000, write, 4)).toBeUndefined();
    const cached = machineOn("nucleo-f746zg", 0x0800_0000);
    expect(cached.bus.wantRegion(0x2001_0000, true, 4)).toBeUndefined(); // SRAM1
    expect(cached.bus.wantRegion(0x2000_0000, true, 4)).toBeDefined(); // DTCM
  });

  it("are closed with the tables, and opened again with the first page", () => {
    const { bus, region, limit } = side();
    bus.wantRegion(RAM, false, 4);
    bus.wantRegion(RAM, true, 4);
    bus.flush();
    expect([limit(false), limit(true)]).toEqual([0, 0]);
    bus.load(RAM + 0x2000, 4, false, false);
    expect([limit(false), limit(true)]).toEqual([region.size / 4, 0]);
    bus.store(RAM + 0x2000, 4, 1, false, false);
    expect(limit(true)).toBe(region.size / 4);
    bus.closeRegion(region);
    expect([limit(false), limit(true)]).toEqual([0, 0]);
  });

  it("stay closed when nobody wants them", () => {
    const { bus, limit } = side();
    bus.load(RAM, 4, false, false);
    expect(limit(false)).toBe(0);
  });

  it("are not open to stores while they hold code", () => {
    const { bus, region, limit } = side();
    bus.wantRegion(RAM, true, 4);
    bus.wantRegion(RAM, false, 4);
    bus.markCode(region.host + region.size - 2, 2);
    expect([limit(false), limit(true)]).toEqual([region.size / 4, 0]);
    bus.store(RAM, 4, 1, false, false);
    expect(limit(true)).toBe(0);
    expect(bus.wantRegion(RAM, true, 4)).toBeUndefined();
  });

  it("are not open while the MPU may protect some of them", () => {
    const { bus, region, limit } = side();
    bus.wantRegion(RAM, false, 4);
    bus.store(MPU_CTRL, 4, ENABLE | 4, true, false); // with the default map behind it
    expect(limit(false)).toBe(0);
    bus.load(RAM, 4, false, false);
    expect(limit(false)).toBe(0);
    expect(bus.wantRegion(RAM, false, 4)).toBeUndefined();
    bus.store(MPU_CTRL, 4, 0, true, false);
    bus.load(RAM + 0x1000, 4, false, false);
    expect(limit(false)).toBe(region.size / 4);
  });

  it("are what compiled code asks for, where its pointers point", () => {
    const file = `${folder}dot-product-mps2-an386.elf`;
    const machine = new Machine({
      board: shippedBoard("mps2-an386"),
      image: readImage(readFileSync(file), file),
      firmware: file,
      engine: "wasm",
      console: () => undefined,
    });
    const { regions } = machine.bus.readTable;
    expect(machine.map.regions.filter((region) => regions.has(region))).toEqual([]);
    machine.run(1_000_000);
    expect(machine.map.regions.filter((region) => regions.has(region))).toContain(machine.map.find(RAM));
  });
});
