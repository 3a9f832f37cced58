import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Decoded, Decoder } from "../../src/isa/decoder.ts";
import { disassemble } from "../../src/isa/disassembler.ts";
import type { AnyInsn, Encoding } from "../../src/isa/insn.ts";
import { TABLE } from "../../src/isa/table/index.ts";
import { oracle } from "../oracle/oracle.ts";
import { FPV5_DP } from "./fp-machine.ts";

const objdump = oracle("arm-none-eabi-objdump");
const decoder = new Decoder(TABLE, FPV5_DP);
const rows = TABLE.filter((row) => row.feature.startsWith("FP"));

/** Small deterministic generator of 32-bit numbers. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state ^ (state >>> 15)) >>> 0;
  };
}

/** Words of an encoding with random fields that are not UNDEFINED. */
function wordsOf(row: AnyInsn, encoding: Encoding<unknown>, count: number, next: () => number): number[] {
  const words: number[] = [];
  const { mask, match } = encoding.pattern;
  for (let tries = 0; words.length < count && tries < 50 * count; tries++) {
    const word = ((next() & ~mask) | match) >>> 0;
    if (decoder.decode(word, 4)?.insn === row) words.push(word);
  }
  return words;
}

/** What objdump prints for each word; with `condition`, each behind an IT instruction of its own. */
function objdumpTexts(words: readonly number[], condition?: number): string[] {
  const directory = mkdtempSync(join(tmpdir(), "mcusim-fp-"));
  try {
    const halfwords = words.flatMap((word) => [
      ...(condition === undefined ? [] : [0xbf08 | (condition << 4)]),
      word >>> 16,
      word & 0xffff,
    ]);
    writeFileSync(join(directory, "a.bin"), Uint8Array.from(halfwords.flatMap((h) => [h & 0xff, h >>> 8])));
    const options = ["-D", "-b", "binary", "-m", "arm", "-M", "force-thumb", "-z", join(directory, "a.bin")];
    const output = execFileSync(objdump!, options, { encoding: "utf8", maxBuffer: 1 << 28 });
    const texts = [...output.matchAll(/^ *[0-9a-f]+:\t[0-9a-f]{4} [0-9a-f]{4} \t(.*)$/gm)].map((m) => m[1]!);
    expect(texts.length).toBe(words.length);
    return texts;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** UNPREDICTABLE: objdump shows R15 as the base of a VLDM as the VSCCLRM of Armv8.1-M, or calls it unpredictable. */
const printsAsArmv8 = (decoded: Decoded): boolean => (decoded.word & 0xff9f_0000) >>> 0 === 0xec9f_0000;

describe.skipIf(objdump === undefined)("the text of FP instructions is that of objdump", () => {
  const next = numbers(2026);
  const words = rows.flatMap((row) =>
    Object.values(row.encodings).flatMap((encoding) => {
      const found = wordsOf(row, encoding, 60, next);
      expect(found.length, row.name).toBe(60);
      return found;
    }),
  );
  const decoded = words.map((word) => decoder.decode(word, 4)!).filter((d) => !printsAsArmv8(d));
  const kept = decoded.map(({ word }) => word);

  it(`of ${kept.length} words outside IT blocks`, () => {
    const texts = objdumpTexts(kept);
    const differences = decoded.flatMap((d, i) => {
      const text = disassemble(d, 4 * i);
      return text === texts[i] ? [] : [`${d.word.toString(16)} ${text} | ${texts[i]!}`];
    });
    expect(differences).toEqual([]);
  });

  it("and inside, with the condition", () => {
    const conditional = decoded.filter((d) => d.insn.unconditional !== true);
    const texts = objdumpTexts(
      conditional.map(({ word }) => word),
      0b1011,
    );
    const differences = conditional.flatMap((d, i) => {
      const text = disassemble(d, 6 * i + 2, { itCondition: 0b1011 });
      return text === texts[i] ? [] : [`${d.word.toString(16)} ${text} | ${texts[i]!}`];
    });
    expect(differences).toEqual([]);
  });
});
