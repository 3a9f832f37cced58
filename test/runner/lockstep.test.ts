import { describe, expect, it } from "vitest";

import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { EnginesDiffer, Lockstep } from "../../src/runner/lockstep.ts";
import type { EngineName } from "../../src/runner/machine.ts";
import { Simulation } from "../../src/runner/simulation.ts";
import { FLASH, T, tinyFirmware } from "../cli/tiny-firmware.ts";

/** Counts in R0 for ever: adds r0, #1; b back. */
const image = readImage(tinyFirmware([T.movs(0, 0), 0x3001, 0xe7fd]), "count.bin", { loadAddress: FLASH });

const simulation = (engine: EngineName): Simulation =>
  new Simulation({
    board: shippedBoard("nucleo-f446re"),
    image,
    firmware: "count.bin",
    engine,
    maxCycles: 30_000,
    console: () => undefined,
  });

describe("two engines in lockstep", () => {
  it("reach the same end", () => {
    const lockstep = new Lockstep(simulation, ["handlers", "reference"]);
    while (!lockstep.advance(5000));
    expect(lockstep.machine.stop).toEqual({ reason: "limit", what: "30000 cycles" });
  });

  it.each([
    [
      "a register",
      (s: Simulation) => void (s.machine.state.words[7] = 0x1234),
      /^R7 +0x00000000 +0x00001234$/,
    ],
    [
      "a word of memory",
      (s: Simulation) => void s.machine.bus.poke(0x2000_0100, 4, 5),
      /^\[0x20000100\] +0x00000000 +0x00000005$/,
    ],
  ])("stop at the first difference in %s and tell where", (_name, disturb, line) => {
    const CYCLE = 12_345;
    const make = (engine: EngineName): Simulation => {
      const made = simulation(engine);
      if (engine === "reference") {
        made.machine.scheduler.at(CYCLE, () => {
          disturb(made);
        });
      }
      return made;
    };
    const lockstep = new Lockstep(make, ["handlers", "reference"]);
    let error: unknown;
    try {
      while (!lockstep.advance(5000));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(EnginesDiffer);
    const { message, details, exitCode } = error as EnginesDiffer;
    const [, from = "", to = ""] = /between cycle (\d+) and (\d+)/.exec(message) ?? [];
    expect(Number(from)).toBeLessThanOrEqual(CYCLE);
    expect(Number(to)).toBeGreaterThanOrEqual(CYCLE);
    expect(Number(to) - Number(from)).toBeLessThan(100);
    expect(details.some((text) => line.test(text))).toBe(true);
    expect(exitCode).toBe(70);
  });
});
