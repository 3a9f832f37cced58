import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { leastWaitStates } from "../../src/board/wait-states.ts";
import { readImage } from "../../src/elf/image.ts";
import { bootAtTopSpeed, pinClock } from "../../src/runner/boot.ts";
import { Machine } from "../../src/runner/machine.ts";
import { FLASH, T, tinyFirmware } from "../cli/tiny-firmware.ts";

describe("the fewest wait states of a clock", () => {
  it.each([
    ["nucleo-f446re", 180e6, 5, "2.7 to 3.6 V"],
    ["nucleo-f446re", 30e6, 0, "2.7 to 3.6 V"],
    ["nucleo-f411re", 84e6, 2, "2.7 to 3.6 V"],
    ["nucleo-f746zg", 216e6, 7, "2.7 to 3.6 V"],
    ["nucleo-h743zi2", 240e6, 4, "VOS0"],
    ["nucleo-h7a3zi-q", 280e6, 6, "VOS0"],
    ["nucleo-l4r5zi", 120e6, 5, "Range 1"],
    ["b-l475e-iot01a", 80e6, 4, "Range 1"],
  ])("%s at %i Hz: %i (%s)", (id, hz, waitStates, label) => {
    expect(leastWaitStates(shippedBoard(id).flash!, hz)).toEqual({ waitStates, label });
  });
  it("are not known of a clock that the part does not reach, nor of a part without tables", () => {
    expect(leastWaitStates(shippedBoard("nucleo-f446re").flash!, 300e6)).toBeUndefined();
    expect(leastWaitStates(shippedBoard("frdm-k64f").flash!, 120e6)).toBeUndefined();
  });
});

describe("firmware that reads flash too fast", () => {
  const build = (id: string): Machine => {
    const image = readImage(tinyFirmware([T.loop]), "loop.bin", { loadAddress: FLASH });
    const firmware = "loop.bin";
    const board = shippedBoard(id);
    return new Machine({ board, image, firmware, engine: "handlers", console: () => undefined });
  };

  it("is told of, once for each setting", () => {
    const machine = build("nucleo-f446re");
    machine.parts.clocks.preset({
      core: 180e6,
      ahb1: 180e6,
      ahb2: 180e6,
      ahb3: 180e6,
      apb1: 45e6,
      apb2: 90e6,
    });
    const text = "FLASH: 0 wait states at 180 MHz are too few for silicon, which needs 5 (2.7 to 3.6 V)";
    expect([...machine.parts.notices]).toEqual([[text, 1]]);
  });
  it.each(["nucleo-f446re", "nucleo-f746zg", "nucleo-h743zi2", "nucleo-h7a3zi-q", "nucleo-l4r5zi"])(
    "is not what --boot max makes of %s",
    (id) => {
      const machine = build(id);
      bootAtTopSpeed(machine);
      expect([...machine.parts.notices]).toEqual([]);
    },
  );
  it("is not what --clock makes of it", () => {
    const machine = build("nucleo-f446re");
    pinClock(machine, 180e6);
    expect([...machine.parts.notices]).toEqual([]);
  });
});
