import { describe, expect, test } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { hostBytesFor, MemoryMap } from "../../src/memory/memory-map.ts";
import { SharedFetch } from "../../src/memory/shared-fetch.ts";

function sharedWith(board: string, address: number): string[] | undefined {
  const { regions } = shippedBoard(board);
  const pages = Math.ceil(hostBytesFor(regions, 0) / 0x1_0000);
  const map = new MemoryMap(regions, new WebAssembly.Memory({ initial: pages }), 0);
  return new SharedFetch(map)
    .with(address)
    ?.map(({ start, size }) => `${start.toString(16)} ${size.toString(16)}`);
}

describe("data that takes the turn of a fetch", () => {
  // @source RM0432: SRAM2 is one slave, seen at two addresses
  test("is that of the same RAM, also through its other address", () => {
    expect(sharedWith("nucleo-l4r5zi", 0x1000_0000)).toEqual(["10000000 10000", "20030000 10000"]);
    expect(sharedWith("frdm-k64f", 0x1fff_8000)).toEqual(["1fff0000 10000"]);
  });
  // @source nRF52840 product specification, "Memory": eight slaves of two sections of 4 KB, one of six of 32 KB
  test("is that of the same slave, where a RAM has several", () => {
    expect(sharedWith("arduino-nano-33-ble", 0x0080_2004)).toEqual(["802000 2000", "20002000 2000"]);
    expect(sharedWith("arduino-nano-33-ble", 0x0083_fffe)).toEqual(["810000 30000", "20010000 30000"]);
  });
  test("is none where code is in flash, behind two ports, or on the System bus", () => {
    expect(sharedWith("nucleo-l4r5zi", 0x0800_0000)).toBeUndefined();
    expect(sharedWith("mps2-an386", 0)).toBeUndefined();
    expect(sharedWith("mps2-an386", 0x0040_0000)).toBeUndefined();
    expect(sharedWith("nucleo-l4r5zi", 0x2003_0000)).toBeUndefined();
    expect(sharedWith("nucleo-l4r5zi", 0x3000_0000)).toBeUndefined();
  });
});
