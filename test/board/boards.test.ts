import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import type { Board } from "../../src/board/board.ts";
import { boardIds, shippedBoard } from "../../src/board/registry.ts";

const boards = boardIds().map((id) => shippedBoard(id));
const all = boards.map((board) => [board.id, board] as const);

function board(id: string): Board {
  return shippedBoard(id);
}

function line(id: string, name: string, role = "global"): number | undefined {
  return board(id).peripherals.find((peripheral) => peripheral.name === name)?.irqs[role];
}

describe("shipped boards", () => {
  test("are the fifteen and the two that qemu has", () => {
    expect(boardIds()).toEqual([
      "arduino-nano-33-ble",
      "b-l475e-iot01a",
      "frdm-k64f",
      "mps2-an386",
      "mps2-an500",
      "nucleo-f401re",
      "nucleo-f411re",
      "nucleo-f446re",
      "nucleo-f746zg",
      "nucleo-f767zi",
      "nucleo-h743zi2",
      "nucleo-h7a3zi-q",
      "nucleo-l4r5zi",
      "stm32f4discovery",
      "stm32f746g-disco",
      "teensy-40",
      "teensy-41",
    ]);
  });

  test.each(all)("%s has its id as file name and names its sources", (id, { id: own, sources }) => {
    expect(own).toBe(id);
    expect(sources.length).toBeGreaterThan(0);
  });

  test.each(all)("%s has enough wait states for its top clock", (_, { flash, clocks }) => {
    const rows = flash?.waitStateTables.at(-1)?.rows;
    if (rows === undefined) return;
    // The H7 flash is clocked by the AXI bus, whose divider the file gives as that of AHB3.
    const flashHz = clocks.max.coreHz / (clocks.max.dividers.ahb3 ?? 1);
    expect(clocks.max.waitStates).toBe(rows.find(([, hz]) => hz >= flashHz)?.[0]);
  });

  test.each(all.filter(([id]) => /nucleo|disco|l475/.test(id)))(
    "%s lists what start-up code needs",
    (_, { peripherals }) => {
      const types = peripherals.map(({ type }) => type.replace(/^stm32\w*-/, ""));
      for (const type of [
        "rcc",
        "pwr",
        "flash",
        "syscfg",
        "exti",
        "gpio",
        "usart",
        "tim",
        "crc",
        "iwdg",
        "wwdg",
        "rtc",
        "dbgmcu",
      ])
        expect(types).toContain(type);
    },
  );

  test.each([
    ["nucleo-f746zg", "USART3", 0x4000_4800, 39],
    ["stm32f746g-disco", "USART1", 0x4001_1000, 37],
    ["nucleo-f767zi", "USART3", 0x4000_4800, 39],
    ["nucleo-h743zi2", "USART3", 0x4000_4800, 39],
    ["nucleo-h7a3zi-q", "USART3", 0x4000_4800, 39],
    ["nucleo-f446re", "USART2", 0x4000_4400, 38],
    ["nucleo-f411re", "USART2", 0x4000_4400, 38],
    ["nucleo-f401re", "USART2", 0x4000_4400, 38],
    ["stm32f4discovery", "USART2", 0x4000_4400, 38],
    ["nucleo-l4r5zi", "LPUART1", 0x4000_8000, 70],
    ["b-l475e-iot01a", "USART1", 0x4001_3800, 37],
    ["teensy-40", "LPUART6", 0x4019_8000, 25],
    ["teensy-41", "LPUART6", 0x4019_8000, 25],
  ])("the console of %s is %s", (id, name, base, irq) => {
    expect(board(id).console).toBe(name);
    expect(board(id).peripherals.find((peripheral) => peripheral.name === name)?.base).toBe(base);
    expect(line(id, name)).toBe(irq);
  });

  test("the UARTs of mps2 interrupt on the lines that qemu's machines use", () => {
    for (const id of ["mps2-an386", "mps2-an500"]) {
      const lines = [0, 1, 2, 3, 4].map((n) => [line(id, `UART${n}`, "rx"), line(id, `UART${n}`, "tx")]);
      expect(lines).toEqual([
        [0, 1],
        [2, 3],
        [4, 5],
        [18, 19],
        [20, 21],
      ]);
      expect([line(id, "TIMER0"), line(id, "TIMER1"), line(id, "DUALTIMER")]).toEqual([8, 9, 10]);
    }
  });

  test("TIM2 and TIM5 of an STM32 count in 32 bits, the others in 16", () => {
    for (const { peripherals } of boards)
      for (const { name, type, params } of peripherals)
        if (type === "stm32-tim") expect(params["bits"]).toBe(/^TIM[25]$/.test(name) ? 32 : 16);
  });

  test("every alias shows flash at 0 on F4 and L4, and at 0x0020_0000 on F7", () => {
    const at = (id: string, start: number) =>
      board(id).regions.find((region) => region.start === start)?.aliasOf;
    for (const id of ["nucleo-f446re", "nucleo-f411re", "nucleo-f401re", "stm32f4discovery", "nucleo-l4r5zi"])
      expect(at(id, 0)).toEqual({ region: "FLASH", offset: 0 });
    expect(at("b-l475e-iot01a", 0)?.region).toBe("FLASH_B1");
    for (const id of ["nucleo-f746zg", "stm32f746g-disco", "nucleo-f767zi"])
      expect(at(id, 0x0020_0000)).toEqual({ region: "FLASH_AXI", offset: 0 });
  });
});

interface FactRegion {
  readonly name: string;
  readonly start: string;
  readonly size: number;
  readonly exec: boolean;
  readonly wait_states: number | string | null;
  readonly alias_of?: string;
}

interface FactBoard {
  readonly id: string;
  readonly core: string;
  readonly fpu: string;
  readonly f_max_hz: number;
  readonly bit_band: boolean;
  readonly mem: readonly FactRegion[];
  readonly extra?: readonly FactRegion[];
  readonly flash: {
    readonly width_bits: number | null;
    readonly ws_at_max?: number;
    readonly ws_tables?: readonly {
      readonly min_mv: number;
      readonly rows_ws_hclkmax: readonly [number, number][];
    }[];
  };
  readonly l1: { readonly icache_bytes: number; readonly dcache_bytes: number } | null;
  readonly power: { readonly ma_at_max: number };
}

const FACTS = new URL("../../../shared/facts/boards.json", import.meta.url);

/** Wait states that were found after the facts were collected. @source mupq/pqm4 pull request 193 */
const FOUND_SINCE: ReadonlyMap<string, number> = new Map([
  ["nucleo-l4r5zi SRAM2", 1],
  ["nucleo-l4r5zi SRAM3", 1],
]);

describe.skipIf(!existsSync(FACTS))(
  "shipped boards against the collected facts (skipped where those are absent)",
  () => {
    const facts = existsSync(FACTS)
      ? (JSON.parse(readFileSync(FACTS, "utf8")) as { readonly boards: readonly FactBoard[] }).boards
      : [];

    test.each(facts.map((fact) => [fact.id.replaceAll("_", "-"), fact] as const))("%s agrees", (id, fact) => {
      const { core, regions, flash, clocks, power } = board(id);
      expect(fact.core.replace(/f$/, "")).toBe(core.type);
      expect(core.fpu).toBe(fact.fpu);
      expect(core.bitBand).toBe(fact.bit_band);
      expect(core.icache?.bytes).toBe(fact.l1?.icache_bytes);
      expect(core.dcache?.bytes).toBe(fact.l1?.dcache_bytes);
      expect(clocks.maxHz).toBe(fact.f_max_hz);
      for (const known of [...fact.mem, ...(fact.extra ?? [])]) {
        const region = regions.find(({ name }) => name === known.name);
        expect([
          known.name,
          region?.start,
          region?.size,
          region?.executable,
          region?.aliasOf?.region,
        ]).toEqual([known.name, Number(known.start), known.size, known.exec, known.alias_of]);
        if (typeof known.wait_states === "number" && region?.kind !== "flash")
          expect(region?.waitStates).toBe(FOUND_SINCE.get(`${id} ${known.name}`) ?? known.wait_states);
      }
      expect(flash?.widthBits ?? null).toBe(fact.flash.width_bits);
      if (fact.flash.ws_at_max !== undefined) expect(clocks.max.waitStates).toBe(fact.flash.ws_at_max);
      expect(flash?.waitStateTables.map(({ minMv, rows }) => [minMv, rows])).toEqual(
        (fact.flash.ws_tables ?? []).map((table) => [table.min_mv, table.rows_ws_hclkmax]),
      );
      expect(power?.figures[0]).toMatchObject({
        mode: "active",
        microamps: fact.power.ma_at_max * 1000,
        hz: fact.f_max_hz,
      });
    });
  },
);
