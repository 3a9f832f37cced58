import { describe, expect, it } from "vitest";
import { oracle } from "../oracle/oracle.ts";
import { capstoneVerdicts, compareDecoding, objdumpVerdicts, type Comparison } from "./decode-comparison.ts";
import { CAPSTONE_DIFFERENCES, OBJDUMP_DIFFERENCES } from "./explained-differences.ts";
import { narrowWords, randomWideWords } from "./random-words.ts";

const objdump = oracle("arm-none-eabi-objdump");
const SEED = 20_261_122;
/** The full sweep of millions is test/oracle/sweep-decode.ts. */
const SAMPLE = 100_000;

function expectAgreement({ compared, agreed, unexplained }: Comparison, count: number): void {
  expect(unexplained).toEqual([]);
  expect(compared).toBe(count);
  expect(agreed).toBeGreaterThan(count * 0.8);
}

describe.skipIf(!objdump)("the decoder agrees with objdump on valid, invalid and length", () => {
  it("on all 16-bit words", () => {
    const words = narrowWords();
    const verdicts = objdumpVerdicts(objdump!, words, 2);
    expect(verdicts.every(({ size }) => size === 2)).toBe(true);
    expectAgreement(compareDecoding(verdicts, OBJDUMP_DIFFERENCES), words.length);
  });

  it("on random 32-bit words", () => {
    const verdicts = objdumpVerdicts(objdump!, randomWideWords(SAMPLE, SEED), 4);
    expect(verdicts.every(({ size }) => size === 4)).toBe(true);
    expectAgreement(compareDecoding(verdicts, OBJDUMP_DIFFERENCES), SAMPLE);
  });
});

describe("the decoder agrees with capstone on valid, invalid and length", () => {
  it("on all 16-bit words", async () => {
    const words = narrowWords();
    const verdicts = await capstoneVerdicts(words, 2);
    expect(verdicts.every(({ size }) => size === 2)).toBe(true);
    expectAgreement(compareDecoding(verdicts, CAPSTONE_DIFFERENCES), words.length);
  });

  it("on random 32-bit words", async () => {
    const verdicts = await capstoneVerdicts(randomWideWords(SAMPLE, SEED), 4);
    expect(verdicts.every(({ size }) => size === 4)).toBe(true);
    expectAgreement(compareDecoding(verdicts, CAPSTONE_DIFFERENCES), SAMPLE);
  });
});
