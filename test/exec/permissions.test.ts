import { expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Machine } from "../../src/runner/machine.ts";

const CODE = 0x100;
const NOP = 0xbf00;
const BX_LR = 0x4770;
/** Bytes of the program from `CODE` on: 23 instructions in two granules. */
const SIZE = 46;
const EVERYWHERE = [{ start: 0, size: 2 ** 32 }];

/** A machine that has translated the block at `CODE`. */
function translated(): Machine {
  const bytes = new Uint8Array(CODE + SIZE + 2);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x2000_1000, true);
  view.setUint32(4, CODE | 1, true);
  for (let at = CODE; at < CODE + SIZE - 2; at += 2) view.setUint16(at, NOP, true);
  view.setUint16(CODE + SIZE - 2, BX_LR, true);
  const machine = new Machine({
    board: shippedBoard("mps2-an386"),
    image: readImage(bytes, "nops.bin", { loadAddress: 0 }),
    firmware: "nops.bin",
    engine: "handlers",
    console: () => undefined,
  });
  expect(machine.blocks.get(CODE, 0).code.end).toBe(CODE + SIZE);
  return machine;
}

it("blocks stand while what may be executed stays as it was where they lie", () => {
  const { blocks } = translated();
  expect(blocks.standsUnder(() => true, EVERYWHERE)).toBe(true);
  expect(blocks.standsUnder((address) => address >= CODE && address < CODE + SIZE, EVERYWHERE)).toBe(true);
  expect(blocks.standsUnder((address) => address < CODE + 0x20, EVERYWHERE)).toBe(false);
  const last = { start: CODE + 0x20, size: 0x20 };
  expect(blocks.standsUnder((address) => address < CODE + 0x20, [last])).toBe(false);
  expect(blocks.standsUnder(() => false, [{ start: CODE + 0x40, size: 0x1000 }])).toBe(true);
});

it("what was refused is asked for again each time, as the next to ask may be privileged", () => {
  const { blocks } = translated();
  const refused = 0xe000_0000; // execute-never in the default map
  const block = blocks.get(refused, 0);
  expect(block.code.fetchFault).toBe("IACCVIOL");
  expect(blocks.get(refused, 0)).not.toBe(block);
  expect(blocks.standsUnder((address) => address < refused, EVERYWHERE)).toBe(true);
});
