import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { BoardError } from "../../src/errors.ts";
import { editDistance, nearest } from "../../src/board/nearest.ts";
import { boardIds, loadBoard, resolveBoardId, shippedBoard } from "../../src/board/registry.ts";
import { stringify } from "yaml";
import { sampleBoard } from "./sample-board.ts";

describe("names of boards", () => {
  test.each([
    ["nucleo-f746zg", "nucleo-f746zg"],
    ["NUCLEO_F746ZG", "nucleo-f746zg"],
    ["Nucleo F746ZG", "nucleo-f746zg"],
    ["STM32F746ZGT6", "nucleo-f746zg"],
    ["disco_f746ng", "stm32f746g-disco"],
    ["stm32f746g_disco", "stm32f746g-disco"],
    ["stm32f407g-disc1", "stm32f4discovery"],
    ["B_L475E_IOT01A1", "b-l475e-iot01a"],
    ["nRF52840", "arduino-nano-33-ble"],
    ["teensy4.1", "teensy-41"],
    ["an500", "mps2-an500"],
  ])("%s is %s", (name, id) => {
    expect(resolveBoardId(name)).toBe(id);
  });

  test.each([
    ["nucleo-f764zg", "nucleo-f746zg"],
    ["nucleo_f446r", "nucleo-f446re"],
    ["stm32l4r5zit", "stm32l4r5zit6"],
    ["tensy-41", "teensy-41"],
  ])("the typo %s gets %s", (name, suggestion) => {
    expect(() => resolveBoardId(name)).toThrow(
      `unknown board "${name}"; did you mean ${suggestion}? \`mcusim boards\` lists them`,
    );
  });

  test("a name like no board gets no suggestion", () => {
    expect(() => resolveBoardId("zx81")).toThrow('unknown board "zx81"; `mcusim boards` lists them');
    expect(() => shippedBoard("../package")).toThrow(BoardError);
  });

  test("every id and alias leads to its own board only", () => {
    const owner = new Map<string, string>();
    for (const id of boardIds()) {
      for (const name of [id, ...shippedBoard(id).aliases]) {
        const key = name.toLowerCase().replaceAll(/[-_. ]/g, "");
        expect(owner.get(key) ?? id, name).toBe(id);
        owner.set(key, id);
        expect(resolveBoardId(name)).toBe(id);
      }
    }
  });
});

describe("board files of users", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mcusim-board-"));
    writeFileSync(join(folder, "mine.json"), JSON.stringify(sampleBoard()));
    writeFileSync(join(folder, "mine.yml"), stringify(sampleBoard()));
    writeFileSync(join(folder, "wrong.json"), JSON.stringify({ ...sampleBoard(), consol: "USART1" }));
    writeFileSync(join(folder, "big.json"), " ".repeat(5 * 1024 * 1024));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("JSON and YAML files are read", async () => {
    const board = await loadBoard(join(folder, "mine.json"));
    expect(board.id).toBe("sample");
    expect(await loadBoard(join(folder, "mine.yml"))).toEqual(board);
  });

  test("an error names the file and the path in it", async () => {
    const file = join(folder, "wrong.json");
    await expect(loadBoard(file)).rejects.toThrow(`${file}: consol: unknown key; did you mean console?`);
  });

  test("a missing file, a folder and a huge file are refused", async () => {
    await expect(loadBoard("./no-such.json")).rejects.toThrow(
      'board file "./no-such.json" cannot be read: there is no such file',
    );
    await expect(loadBoard(`${folder}/`)).rejects.toThrow(BoardError);
    await expect(loadBoard(join(folder, "big.json"))).rejects.toThrow(/has more than 4194304 bytes/);
  });
});

describe("nearest", () => {
  test("counts a swap of neighbours as one edit", () => {
    expect(editDistance("f764", "f746")).toBe(1);
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("", "abc")).toBe(3);
  });

  test("gives nothing when more than a third differs", () => {
    expect(nearest("abcdef", ["uvwxyz"])).toBeUndefined();
    expect(nearest("abcdef", ["abcxyf", "abcxef"])).toBe("abcxef");
  });
});
