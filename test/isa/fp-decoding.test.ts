import { describe, expect, it } from "vitest";
import { W } from "../../src/core/state.ts";
import { Decoder } from "../../src/isa/decoder.ts";
import type { Feature } from "../../src/isa/insn.ts";
import { TABLE } from "../../src/isa/table/index.ts";
import { FPV4_SP, FPV5_DP, FPV5_SP, FpMachine, WINDOW } from "./fp-machine.ts";
import { FAMILIES, type Group, loadGroups, wordOf } from "./fp-vectors.ts";

const groups = FAMILIES.flatMap((family) => loadGroups(family));
const isFPv5 = ({ form }: Group): boolean =>
  /^(vsel|vmaxnm|vminnm|vrint|vcvt[anpm]\.|vcvt[bt]\S*f64)/.test(form);
const isDouble = ({ cpu }: Group): boolean => cpu === "max";

describe("a core finds FP instructions UNDEFINED that it does not have", () => {
  const expectations: readonly [string, ReadonlySet<Feature>, (group: Group) => boolean][] = [
    ["FPv4-SP", FPV4_SP, (group) => !isDouble(group) && !isFPv5(group)],
    ["FPv5-SP", FPV5_SP, (group) => !isDouble(group)],
    ["FPv5 with double precision", FPV5_DP, () => true],
    ["no FPU", new Set<Feature>(["v7-M", "DSP"]), () => false],
  ];
  it.each(expectations)("%s", (_, features, has) => {
    const decoder = new Decoder(TABLE, features);
    const wrong = groups.filter((group) =>
      group.rows.some((row) => (decoder.decode(wordOf(row), 4) !== null) !== has(group)),
    );
    expect(wrong.map(({ form }) => form)).toEqual([]);
  });

  it("the recorded words reach every FP row and encoding", () => {
    const decoder = new Decoder(TABLE, FPV5_DP);
    const reached = new Set<string>();
    for (const row of groups.flatMap((group) => group.rows)) {
      const decoded = decoder.decode(wordOf(row), 4)!;
      reached.add(`${decoded.insn.name} ${decoded.encoding}`);
    }
    const all = TABLE.filter((row) => row.feature.startsWith("FP")).flatMap((row) =>
      Object.keys(row.encodings).map((encoding) => `${row.name} ${encoding}`),
    );
    expect([...reached].sort()).toEqual([...new Set(all)].sort());
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("UNDEFINED with every feature", () => {
  const machine = new FpMachine(FPV5_DP);
  it.each([
    ["vadd.f64 with d17 as destination", 0xee71_0b02],
    ["vadd.f64 with d17 as first operand", 0xee31_0b82],
    ["vadd.f64 with d18 as second operand", 0xee31_0b22],
    ["vcvt.f64.f32 d16", 0xeef7_0ac0],
    ["vcvt.f32.f64 from d16", 0xeeb7_0be0],
    ["vcvt.s32.f64 from d16", 0xeebd_0be0],
    ["vcvt.s32.f64 d16, d16, #8", 0xeefe_0bcc],
    ["vcmp.f64 d16, #0.0", 0xeef5_0b40],
    ["vmov.f64 d16, #1.0", 0xeef7_0b00],
    ["vmov d16, r0, r1", 0xec41_0b30],
    ["vldr d16", 0xedd0_0b00],
    ["vldmia r0, {d15-d16}", 0xec90_fb04],
    ["vldmia r0, {s31-s32}", 0xecd0_fa02],
    ["vldmia of no registers", 0xec90_0a00],
    ["fldmiax of no registers", 0xec90_0b01],
    ["vldmia with writeback to the pc", 0xecbf_0a01],
    ["vldmdb without writeback is VLDR", 0xed10_0a02, true],
    ["vcmp with zero and a register field", 0xeeb5_0a41],
    ["vmov.16 d0[0], r0", 0xee00_0b30],
    ["vdup.32 d0, r0", 0xee80_0b10],
    ["vmrs r0, mvfr0", 0xeef7_0a10],
    ["vmsr fpexc, r0", 0xeee8_0a10],
    ["vmsr fpscr, pc", 0xeee1_fa10],
    ["vmov s31, s32, r0, r1", 0xec41_0a3f],
  ])("%s", (_, word, defined = false) => {
    expect(machine.isFP(word)).toBe(defined);
  });
});

describe("faults", () => {
  const machine = new FpMachine(FPV5_DP);
  const { state, effects, memory } = machine;
  const { words } = state;
  const snapshot = (): string => words.slice(0, W.S + 32).join() + new Uint8Array(memory.buffer).join();
  const prepare = (r0: number): string => {
    for (let n = 0; n < 32; n++) words[W.S + n] = 1000 + n;
    for (let n = 0; n < 15; n++) words[n] = WINDOW.base + 64 * n;
    words[0] = r0;
    words[W.exit] = 0;
    words[15] = WINDOW.base + 0x800 + 4;
    return snapshot();
  };
  const run = (word: number, r0: number): { kind: string | undefined; changed: boolean } => {
    const before = prepare(r0);
    machine.execute(word, WINDOW.base + 0x800);
    words[W.exit] = 0;
    return { kind: state.fault?.kind, changed: snapshot() !== before };
  };
  const end = WINDOW.base + WINDOW.bytes;

  it.each([
    ["vldr s0, [r0]", 0xed90_0a00],
    ["vldr d0, [r0]", 0xed90_0b00],
    ["vstr s0, [r0]", 0xed80_0a00],
    ["vldmia r0!, {s0-s3}", 0xecb0_0a04],
    ["vstmdb r0!, {d0-d3}", 0xed20_0b08],
  ])("%s at no multiple of 4 is UNALIGNED and does nothing", (_, word) => {
    expect(run(word, WINDOW.base + 0x102)).toEqual({ kind: "UNALIGNED", changed: false });
  });

  it.each([
    ["vldr d0, [r0]", 0xed90_0b00],
    ["vldmia r0!, {s0-s3}", 0xecb0_0a04],
    ["vldmia r0!, {d0-d3}", 0xecb0_0b08],
  ])("%s that fails in its second word changes nothing", (_, word) => {
    expect(run(word, end - 4)).toEqual({ kind: "PRECISERR", changed: false });
  });

  it("a VSTM that fails in its second word has stored the first and leaves the base", () => {
    const { kind } = run(0xeca0_0a04, end - 4);
    expect(kind).toBe("PRECISERR");
    expect(memory.getInt32(WINDOW.bytes - 4, true)).toBe(1000);
    expect(words[0]).toBe(end - 4);
  });

  it("every form makes the access check once, and does nothing when it fails", () => {
    for (const { form, rows } of groups) {
      const word = wordOf(rows[0]!);
      effects.enabled = false;
      effects.checks = 0;
      expect({ form, ...run(word, WINDOW.base + 0x1000), checks: effects.checks }).toEqual({
        form,
        kind: "NOCP",
        changed: false,
        checks: 1,
      });
      effects.enabled = true;
    }
  });
});
