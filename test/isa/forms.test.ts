import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Decoder } from "../../src/isa/decoder.ts";
import { disassemble } from "../../src/isa/disassembler.ts";
import { TABLE } from "../../src/isa/table/index.ts";
import { readForms } from "./forms.ts";
import { M4F, M7_DP, M7_SP } from "./profiles.ts";

const forms = readForms();
const FACTS = join(import.meta.dirname, "../../../shared/facts/isa_forms.tsv");

/** Profiles from the smallest, the number of forms each has, and the forms that the smaller ones lack. */
const PROFILES = [
  { name: "M4F", features: M4F, count: 421, has: ["M4F"] },
  { name: "M7 with single precision", features: M7_SP, count: 442, has: ["M4F", "M7-SP"] },
  { name: "M7 with double precision", features: M7_DP, count: 505, has: ["M4F", "M7-SP", "M7-DP"] },
] as const;

describe.each(PROFILES)("$name", ({ features, count, has }) => {
  const decoder = new Decoder(TABLE, features);
  const decodes = (form: (typeof forms)[number]): boolean => decoder.decode(form.word, form.size) !== null;

  it(`decodes its ${count} forms`, () => {
    const expected = forms.filter(({ profile }) => (has as readonly string[]).includes(profile));
    expect(expected).toHaveLength(count);
    expect(expected.filter((form) => !decodes(form)).map(({ source }) => source)).toEqual([]);
  });

  it("finds the forms of larger profiles UNDEFINED", () => {
    const others = forms.filter(({ profile }) => !(has as readonly string[]).includes(profile));
    expect(others.filter(decodes).map(({ source }) => source)).toEqual([]);
  });
});

it("every form prints the text recorded from objdump", () => {
  const decoder = new Decoder(TABLE, M7_DP);
  const differences = forms.flatMap(({ word, size, address, text }) => {
    const ours = disassemble(decoder.decode(word, size)!, address).replaceAll("\t", " ");
    return ours === text ? [] : [`${ours} | ${text}`];
  });
  expect(differences).toEqual([]);
});

it.skipIf(!existsSync(FACTS))("the inventory is that of the facts (skipped where they are absent)", () => {
  const rows = readFileSync(FACTS, "utf8").trimEnd().split("\n").slice(1);
  const facts = rows.map((line) => line.split("\t")).map(([, source, hex]) => `${source}=${hex}`);
  const ours = forms.map(({ source, word, size }) => {
    const hex = word.toString(16).padStart(size * 2, "0");
    return `${source}=${hex.replace(/^(.{4})(.{4})$/, "$1 $2")}`;
  });
  expect(ours).toEqual(facts);
});

/** Instructions of other profiles and versions, and one of each kind of hole. */
const NOT_ARMV7E_M = [
  ["rfeia r0", 0xe990_c000],
  ["srsdb sp!, #16", 0xe82d_c010],
  ["bxj r0", 0xf3c0_8f00],
  ["eret", 0xf3de_8f00],
  ["subs pc, lr, #4", 0xf3de_8f04],
  ["hvc #1", 0xf7e0_8001],
  ["smc #1", 0xf7f1_8000],
  ["crc32b r0, r1, r2", 0xfac1_f082],
  ["crc32cw r0, r1, r2", 0xfad1_f0a2],
  ["lda r0, [r1]", 0xe8d1_0faf],
  ["ldaex r0, [r1]", 0xe8d1_0fef],
  ["stl r0, [r1]", 0xe8c1_0faf],
  ["ldrexd r0, r1, [r2]", 0xe8d2_017f],
  ["strexd r0, r1, r2, [r3]", 0xe8c3_1270],
  ["sg", 0xe97f_e97f],
  ["tt r0, r1", 0xe841_f000],
  ["sb", 0xf3bf_8f70],
  ["csel r0, r1, r2, eq", 0xea51_8002],
  ["blx 0x4c", 0xf000_e800],
  ["mrs r0, r8_usr", 0xf3e0_8020],
  ["mrs r0, spsr", 0xf3ff_8000],
  ["msr spsr_f, r0", 0xf390_8800],
  ["cps #16", 0xf3af_8110],
  ["vlldm r0", 0xec30_0a00],
  ["vlstm r0", 0xec20_0a00],
  ["vdup.32 d0, r0", 0xee80_0b10],
  ["vmov.8 d0[1], r0", 0xee40_0b30],
  ["vadd.i32 d0, d1, d2", 0xef21_0802],
  ["vadd.f64 d16, d1, d2", 0xee71_0b02],
  ["vld1.8 {d0}, [r0]", 0xf920_070f],
] as const;
const NOT_ARMV7E_M_NARROW = [
  ["setend be", 0xb658],
  ["cpsie a", 0xb664],
  ["hlt #1", 0xba81],
  ["bxns r0", 0x4704],
  ["blxns r0", 0x4784],
] as const;

describe("UNDEFINED on Armv7E-M", () => {
  const decoder = new Decoder(TABLE, M7_DP);
  it.each(NOT_ARMV7E_M)("%s", (_, word) => expect(decoder.decode(word, 4)).toBeNull());
  it.each(NOT_ARMV7E_M_NARROW)("%s", (_, word) => expect(decoder.decode(word, 2)).toBeNull());
});
