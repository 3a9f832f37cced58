import { describe, expect, it } from "vitest";
import { Translator } from "../../src/exec/translate.ts";
import { decoderFor } from "../../src/runner/machine.ts";

/** Kinds of the statements of the one instruction that these halfwords make. */
function kinds(fpu: "fpv4-sp-d16" | "none", ...halfwords: readonly number[]): readonly string[] {
  const translator = new Translator(decoderFor(fpu), (address) => halfwords[address / 2] ?? "IBUSERR");
  return translator.translate(0, 0, new Set(), 1).instructions[0]!.statements.map((s) => s.k);
}

describe("translation", () => {
  it("checks access to the FPU before a word of its space is UNDEFINED: VADD.F64 on a single-precision core", () => {
    expect(kinds("fpv4-sp-d16", 0xee31, 0x0b02)).toEqual(["fpCheck", "fault"]);
  });
  it("finds other UNDEFINED words without a check", () => {
    expect(kinds("fpv4-sp-d16", 0xde00 | 0x00)).toEqual(["fault"]);
    expect(kinds("none", 0xf7f0, 0xa000)).toEqual(["fault"]);
  });
});
