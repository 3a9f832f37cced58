import { describe, expect, test } from "vitest";

import { BoardError } from "../../src/errors.ts";
import { boardJsonSchema } from "../../src/board/shape.ts";
import { parseBoard, parseYamlBoard, readBoard } from "../../src/board/schema.ts";
import { format } from "prettier";
import { stringify } from "yaml";
import { sampleBoard, type SampleBoard } from "./sample-board.ts";

function messageOf(change: (board: SampleBoard) => void): string {
  const board = sampleBoard();
  change(board);
  try {
    readBoard(board, "my.json");
  } catch (error) {
    if (error instanceof BoardError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("board files", () => {
  test("hex text with and without _ and integers are the same number", () => {
    const board = readBoard(sampleBoard(), "my.json");
    expect(board.regions.map(({ name, start }) => [name, start])).toEqual([
      ["FLASH_ITCM", 0x0020_0000],
      ["FLASH", 0x0800_0000],
      ["OTP", 0x1ff0_0000],
      ["RAM", 0x2000_0000],
    ]);
  });

  test("regions and peripherals come out in address order", () => {
    const { regions, peripherals } = readBoard(sampleBoard(), "my.json");
    expect(regions.map(({ start }) => start)).toEqual(
      regions.map(({ start }) => start).toSorted((a, b) => a - b),
    );
    expect(peripherals.map(({ name }) => name)).toEqual(["TIM2", "USART1"]);
  });

  test("irqs and params that are left out are empty", () => {
    const board = readBoard(sampleBoard(), "my.json");
    expect(board.peripherals[1]).toMatchObject({ name: "USART1", params: {} });
  });

  test("an unknown key is refused with its path and the nearest key", () => {
    expect(messageOf((board) => Object.assign(board.regions[2]!, { aliasof: 1 }))).toBe(
      "my.json: regions[2].aliasof: unknown key; did you mean aliasOf?",
    );
    expect(messageOf((board) => Object.assign(board, { xyzzy: 1 }))).toContain(
      "my.json: xyzzy: unknown key; did you mean one of id, name,",
    );
    expect(messageOf((board) => Object.assign(board.clocks.max.dividers, { apb5: 2 }))).toBe(
      "my.json: clocks.max.dividers.apb5: unknown key; did you mean apb1?",
    );
  });

  test("a missing key is named", () => {
    expect(messageOf((board) => Reflect.deleteProperty(board.core, "irqs"))).toBe(
      "my.json: core.irqs: this key is needed and missing",
    );
  });

  test("values of a wrong form are refused with their path", () => {
    expect(messageOf((board) => (board.regions[0]!.start = "0x2000 0000"))).toBe(
      'my.json: regions[0].start: an integer or hex text such as "0x0800_0000" is needed, not "0x2000 0000"',
    );
    expect(messageOf((board) => (board.regions[0]!.size = -1))).toBe(
      "my.json: regions[0].size: -1 is out of range, 1 to 536870912 is allowed",
    );
    expect(messageOf((board) => (board.regions[0]!.size = 0.5))).toContain(
      "regions[0].size: an integer or hex",
    );
    expect(messageOf((board) => (board.regions[0]!.bus = "dctm"))).toBe(
      'my.json: regions[0].bus: "dctm" is not known; did you mean "dtcm"?',
    );
    expect(messageOf((board) => (board.peripherals[0]!.type = "stm32-usrt"))).toContain(
      'did you mean "stm32-usart"?',
    );
    expect(messageOf((board) => (board.flash.accelerator = { kind: "magic" }))).toContain(
      "flash.accelerator.kind: ",
    );
    expect(messageOf((board) => Object.assign(board, { regions: {} }))).toBe(
      "my.json: regions: a list is needed, not an object",
    );
    expect(messageOf((board) => (board.flash.waitStateTables[0]!.rows[0] = [0]))).toBe(
      "my.json: flash.waitStateTables[0].rows[0]: a list of two is needed, not a list",
    );
  });

  test.each([[null], [[]], ["text"], [7], [undefined]])("%j is no board", (data) => {
    expect(() => readBoard(data, "my.json")).toThrow(BoardError);
  });

  test("text that is no JSON is refused in one line", () => {
    expect(() => parseBoard('{ "id": ', "my.json")).toThrow(/^my\.json: not JSON: [^\n]*$/);
  });

  test("$schema is allowed and left out of the board", () => {
    const board = readBoard({ $schema: "board.schema.json", ...sampleBoard() }, "my.json");
    expect(board).not.toHaveProperty("$schema");
  });

  test("YAML gives the same board as JSON", async () => {
    const fromYaml = await parseYamlBoard(stringify(sampleBoard()), "my.yaml");
    expect(fromYaml).toEqual(parseBoard(JSON.stringify(sampleBoard()), "my.json"));
  });

  test("text that is no YAML, or expands without end, is refused in one line", async () => {
    await expect(parseYamlBoard("a: [1, 2", "my.yaml")).rejects.toThrow(/^my\.yaml: not YAML: [^\n]*$/);
    await expect(parseYamlBoard("a: &x [1]\nb: [*x, *x]", "my.yaml")).rejects.toThrow(BoardError);
  });

  test("schema/board.schema.json is the schema of the reader (vitest -u writes it)", async () => {
    const schema = await format(JSON.stringify(boardJsonSchema()), { parser: "json", printWidth: 110 });
    await expect(schema).toMatchFileSnapshot("../../schema/board.schema.json");
  });
});
