import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { readImage } from "../../src/elf/image.ts";
import { Simulation } from "../../src/runner/simulation.ts";

const firmware = fileURLToPath(
  new URL("../../firmware/systick/prebuilt/systick-mps2-an386.elf", import.meta.url),
);

it("the byte that is still on the line when the firmware exits reaches the console", () => {
  let text = "";
  const simulation = new Simulation({
    board: shippedBoard("mps2-an386"),
    image: readImage(readFileSync(firmware), firmware),
    firmware,
    engine: "handlers",
    console: (byte) => (text += String.fromCharCode(byte)),
  });
  while (!simulation.advance());
  expect(text).toMatch(/^ticks 100 cycles \d+\n$/);
});
