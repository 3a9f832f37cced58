import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { measureProgram } from "../../src/runner/accuracy.ts";

/** A firmware that answers commands on its UART and never ends by itself. */
const FIRMWARE = new URL(
  "../../firmware/uart-commands/prebuilt/uart-commands-mps2-an386.elf",
  import.meta.url,
);

const cyclesOf = (uart: string): number =>
  measureProgram(
    {
      board: shippedBoard("mps2-an386"),
      image: readImage(readFileSync(FIRMWARE), "uart-commands.elf"),
      firmware: "uart-commands.elf",
      engine: "wasm",
      uart,
    },
    { function: "console_interrupt" },
  ).cycles;

test("a program that waits for commands is measured until its script is finished", () => {
  expect(cyclesOf("expect m-ready\nsend add 2 3%\nexpect 5[^]*m-ready")).toBeGreaterThan(10);
});

test("a script that gets no answer is an error, and so is one that sends files", () => {
  expect(() => cyclesOf("timeout 10ms\nexpect no such thing")).toThrow("did not end well");
  expect(() => cyclesOf("expect m-ready\nsend-file a.bin")).toThrow('send-file cannot read "a.bin"');
});
