import { describe, expect, test } from "vitest";

import { BoardError } from "../../src/errors.ts";
import { CHECKS } from "../../src/board/checks.ts";
import { readBoard } from "../../src/board/schema.ts";
import { sampleBoard, type SampleBoard } from "./sample-board.ts";

interface Broken {
  readonly check: string;
  readonly path: string;
  readonly change: (board: SampleBoard) => void;
}

const M4_ONLY = { type: "cortex-m4", fpu: "fpv4-sp-d16" };

const BROKEN: readonly Broken[] = [
  { check: "id-form", path: "id", change: (b) => (b.id = "Sample_1") },
  { check: "names-unique", path: "regions[3].name", change: (b) => (b.regions[3]!.name = "RAM") },
  { check: "names-unique", path: "peripherals[1].name", change: (b) => (b.peripherals[1]!.name = "USART1") },
  { check: "core-consistent", path: "core.fpu", change: (b) => (b.core.fpu = "fpv4-sp-d16") },
  { check: "core-consistent", path: "core.mpuRegions", change: (b) => (b.core.mpuRegions = 12) },
  { check: "core-consistent", path: "core.bitBand", change: (b) => (b.core.bitBand = true) },
  { check: "core-consistent", path: "core.icache", change: (b) => Object.assign(b.core, M4_ONLY) },
  { check: "core-consistent", path: "core.icache", change: (b) => (b.core.icache.bytes = 5000) },
  { check: "core-consistent", path: "regions[0].bus", change: (b) => (b.regions[0]!.bus = "system") },
  { check: "regions-aligned", path: "regions[0].start", change: (b) => (b.regions[0]!.start = 0x2000_0004) },
  { check: "regions-aligned", path: "regions[0].size", change: (b) => (b.regions[0]!.size = 1001) },
  { check: "regions-aligned", path: "regions[0].size", change: (b) => (b.regions[0]!.start = 0xffff_fff0) },
  { check: "regions-disjoint", path: "regions[0].start", change: (b) => (b.regions[0]!.start = 0x0800_8000) },
  { check: "regions-disjoint", path: "regions[0].start", change: (b) => (b.regions[0]!.start = 0xdfff_8000) },
  { check: "memory-bounded", path: "regions", change: (b) => (b.regions[0]!.size = 0x1000_0000) },
  {
    check: "aliases-resolve",
    path: "regions[2].aliasOf.region",
    change: (b) => (b.regions[2]!.aliasOf!.region = "FLSH"),
  },
  {
    check: "aliases-resolve",
    path: "regions[2].aliasOf.region",
    change: (b) => (b.regions[2]!.aliasOf!.region = "RAM"),
  },
  {
    check: "aliases-resolve",
    path: "regions[2].aliasOf.region",
    change: (b) => (b.regions[2]!.aliasOf!.region = "FLASH_ITCM"),
  },
  {
    check: "aliases-resolve",
    path: "regions[2].aliasOf.offset",
    change: (b) => (b.regions[2]!.aliasOf!.offset = 16),
  },
  {
    check: "words-inside",
    path: "regions[3].words[0].offset",
    change: (b) => (b.regions[3]!.words![0]!.offset = 1024),
  },
  {
    check: "words-inside",
    path: "regions[3].words[0].offset",
    change: (b) => (b.regions[3]!.words![0]!.offset = 2),
  },
  {
    check: "slaves-inside",
    path: "regions[0].slaves",
    change: (b) => Object.assign(b.regions[0]!, { slaves: [0x1000_0000] }),
  },
  {
    check: "slaves-inside",
    path: "regions[2].slaves",
    change: (b) => Object.assign(b.regions[2]!, { slaves: [4] }),
  },
  {
    check: "flash-regions",
    path: "regions[0].waitStates",
    change: (b) => (b.regions[0]!.waitStates = "flash"),
  },
  {
    check: "flash-regions",
    path: "regions[1].waitStates",
    change: (b) => Reflect.deleteProperty(b, "flash"),
  },
  { check: "flash-regions", path: "regions[1].waitStates", change: (b) => (b.flash.regions = []) },
  { check: "flash-regions", path: "flash.regions[1]", change: (b) => b.flash.regions.push("RAM") },
  { check: "flash-sectors", path: "flash.sectors", change: (b) => (b.flash.sectors[0]!.count = 3) },
  {
    check: "wait-states-rise",
    path: "flash.waitStateTables[0].rows[1]",
    change: (b) => (b.flash.waitStateTables[0]!.rows[1] = [1, 30_000_000]),
  },
  { check: "wait-states-rise", path: "clocks.max.waitStates", change: (b) => (b.clocks.max.waitStates = 8) },
  { check: "clocks-bounded", path: "clocks.max.coreHz", change: (b) => (b.clocks.max.coreHz = 61_000_000) },
  {
    check: "clocks-bounded",
    path: "power.figures[0].hz",
    change: (b) => (b.power.figures[0]!.hz = 61_000_000),
  },
  { check: "vector-table-readable", path: "vectorTable", change: (b) => (b.vectorTable = "0x0800_0040") },
  { check: "vector-table-readable", path: "vectorTable", change: (b) => (b.vectorTable = "0x3000_0000") },
  {
    check: "peripherals-disjoint",
    path: "peripherals[1].base",
    change: (b) => (b.peripherals[1]!.base = "0x4001_1200"),
  },
  {
    check: "peripherals-disjoint",
    path: "peripherals[1].base",
    change: (b) => (b.peripherals[1]!.base = "0x2000_0100"),
  },
  {
    check: "peripheral-buses",
    path: "peripheralBuses[0].clock",
    change: (b) =>
      Object.assign(b, {
        peripheralBuses: [
          {
            name: "BRIDGE",
            start: 0x4000_0000,
            size: 0x1000_0000,
            clock: "perclk",
            transferClocks: 2,
            confidence: "low",
            source: "none",
          },
        ],
      }),
  },
  {
    check: "irqs-in-range",
    path: "peripherals[0].irqs.global",
    change: (b) => (b.peripherals[0]!.irqs.global = 40),
  },
  {
    check: "params-known",
    path: "peripherals[1].params.bit",
    change: (b) => Object.assign(b.peripherals[1]!.params!, { bit: 1 }),
  },
  { check: "console-is-uart", path: "console", change: (b) => (b.console = "TIM2") },
];

describe("checks", () => {
  test("the sample board passes all of them", () => {
    expect(readBoard(sampleBoard(), "sample.json").id).toBe("sample");
  });

  test.each(BROKEN)("$check refuses a wrong $path", ({ check, path, change }) => {
    const board = sampleBoard();
    change(board);
    let error: unknown;
    try {
      readBoard(board, "sample.json");
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BoardError);
    expect(error).toMatchObject({ path, exitCode: 2 });
    expect((error as BoardError).message).toMatch(/^sample\.json: /);
    expect((error as BoardError).message).toContain(`(check ${check})`);
    expect((error as BoardError).message).not.toContain("\n");
  });

  test("each check has an example that it refuses", () => {
    expect(new Set(BROKEN.map(({ check }) => check))).toEqual(new Set(CHECKS.map(({ name }) => name)));
  });
});
