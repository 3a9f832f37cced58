import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine, type EngineName } from "../../src/runner/machine.ts";

const FLASH = 0x0800_0000;
const CODE = 0x200;
const CYCCNT = 0xe000_1004;

/** What the counter shows to a load behind ISB and `between`, less what it shows to one right behind ISB. */
function difference(engine: EngineName, between: readonly number[]): number {
  const isb = [0xf3bf, 0x8f6f];
  const load = (R: number): number => 0x6800 | (5 << 3) | R; // LDR R, [R5]
  const halfwords = [...isb, load(2), ...isb, ...between, load(3), ...isb, 0xe7fe]; // B .
  const bytes = new Uint8Array(CODE + 2 * halfwords.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x2001_0000, true);
  view.setUint32(4, (FLASH + CODE) | 1, true);
  halfwords.forEach((halfword, i) => view.setUint16(CODE + 2 * i, halfword, true));
  const machine = new Machine({
    board: shippedBoard("nucleo-h743zi2"),
    image: readImage(bytes, "cyccnt.bin", { loadAddress: FLASH }),
    firmware: "cyccnt.bin",
    engine,
    console: () => undefined,
  });
  const { words } = machine.state;
  machine.bus.store(0xe000_edfc, 4, 1 << 24, true, false); // DEMCR.TRCENA
  machine.bus.store(0xe000_1fb0, 4, 0xc5ac_ce55, true, false); // DWT_LAR
  machine.bus.store(0xe000_1000, 4, 1, true, false); // DWT_CTRL.CYCCNTENA
  words[5] = CYCCNT;
  machine.run(10_000);
  return words[3]! - words[2]!;
}

describe("CYCCNT as a load on the Cortex-M7 sees it", () => {
  it.each(["reference", "handlers", "wasm"] as const)(
    "is of the cycle of a pair, whichever is the load (%s)",
    (engine) => {
      const alone = difference(engine, []);
      expect(alone).toBeGreaterThan(0);
      expect(difference(engine, [0xbf00])).toBe(alone); // NOP, and the load with it
      expect(difference(engine, [0xbf00, 0xbf00])).toBe(alone + 1); // two NOPs, then the load
    },
  );
});
