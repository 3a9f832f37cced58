import { describe, expect, it } from "vitest";
import { Builder } from "../../src/isa/builder.ts";
import { Decoder } from "../../src/isa/decoder.ts";
import { disassemble } from "../../src/isa/disassembler.ts";
import type { AnyInsn, Encoding } from "../../src/isa/insn.ts";
import type { Statement } from "../../src/isa/ir.ts";
import { extract, matches, type Pattern } from "../../src/isa/pattern.ts";
import { TABLE } from "../../src/isa/table/index.ts";
import { EVERYTHING } from "./profiles.ts";
import { randomSource } from "./random-words.ts";

interface Row {
  readonly insn: AnyInsn;
  readonly encoding: string;
  readonly spec: Encoding<unknown>;
}

const ROWS: readonly Row[] = TABLE.flatMap((insn) =>
  Object.entries(insn.encodings).map(([encoding, spec]) => ({ insn, encoding, spec })),
);
const title = ({ insn, encoding }: Row): string => `${insn.name} ${encoding}`;
const OUTSIDE_IT = { inITBlock: false };

/** Operands of `word` as an encoding sees them, null when it is not of this encoding. */
function operandsOf({ spec }: Row, word: number): unknown {
  if (!matches(spec.pattern, word)) return null;
  const raw = Object.fromEntries(spec.pattern.fields.map((field) => [field.name, extract(word, field)]));
  return spec.operands(raw, OUTSIDE_IT);
}

/** Words that have the fixed bits of all `patterns`, which must not contradict each other. */
function* sharedWords(patterns: readonly Pattern[], atMost: number, random: () => number): Generator<number> {
  const mask = patterns.reduce((bits, p) => bits | p.mask, 0);
  const match = patterns.reduce((bits, p) => bits | p.match, 0);
  const free = Array.from({ length: patterns[0]!.width }, (_, bit) => bit).filter(
    (bit) => ((mask >>> bit) & 1) === 0,
  );
  const exhaustive = 2 ** free.length <= atMost;
  for (let i = 0; i < (exhaustive ? 2 ** free.length : atMost); i++) {
    const choice = exhaustive ? i : random();
    yield free.reduce((word, bit, k) => word | (((choice >>> k) & 1) << bit), match) >>> 0;
  }
}

/** Whether fixed bits prove that no word is of both encodings. */
function disjoint(a: Pattern, b: Pattern): boolean {
  if (a.width !== b.width || (a.mask & b.mask & (a.match ^ b.match)) !== 0) return true;
  return excluded(a, b) || excluded(b, a);
}

/** Whether `a` excludes a value of a field that `b` fixes at that value. */
function excluded(a: Pattern, b: Pattern): boolean {
  return a.excludes.some(({ field, value }) => {
    const bits = (2 ** field.width - 1) * 2 ** field.lsb;
    return (b.mask & bits) >>> 0 === bits && extract(b.match, field) === value;
  });
}

describe("no word belongs to two rows", () => {
  const random = randomSource(1);
  const pairs = ROWS.flatMap((a, i) =>
    ROWS.slice(i + 1)
      .filter((b) => !disjoint(a.spec.pattern, b.spec.pattern))
      .map((b) => [a, b] as const),
  );

  it("the pairs that fixed bits do not keep apart are kept apart by their operands", () => {
    const overlaps = pairs.flatMap(([a, b]) => {
      for (const word of sharedWords([a.spec.pattern, b.spec.pattern], 1 << 14, random)) {
        if (operandsOf(a, word) !== null && operandsOf(b, word) !== null) {
          return [`${title(a)} and ${title(b)}: 0x${word.toString(16)}`];
        }
      }
      return [];
    });
    expect(overlaps).toEqual([]);
    // Most pairs are settled by the patterns alone.
    expect(pairs.length).toBeLessThan(ROWS.length);
  });
});

/** Words that an encoding accepts, its should-be bits as they should be. */
function acceptedWords(row: Row, count: number, random: () => number): number[] {
  const words: number[] = [];
  const { pattern } = row.spec;
  for (const word of sharedWords([pattern], 4000, random)) {
    if (operandsOf(row, word) !== null) words.push(word);
    if (words.length === count) break;
  }
  return words;
}

/** Statements of a row, those inside of `if` too. */
function flatten(statements: readonly Statement[]): Statement[] {
  return statements.flatMap((s) => (s.k === "if" ? [s, ...flatten(s.body)] : [s]));
}

const WRITES = new Set<Statement["k"]>(["setR", "setS", "setD", "setFlag", "jump"]);
const MAY_FAULT = new Set<Statement["k"]>(["load", "store", "fault", "fpCheck"]);

describe.each(ROWS.map((row) => ({ name: title(row), row })))("$name", ({ row }) => {
  const size = row.spec.pattern.width === 16 ? 2 : 4;
  const words = acceptedWords(row, 100, randomSource(row.spec.pattern.match));
  const decoded = words.map((word) => EVERYTHING.decode(word, size));

  it("decodes back from random fields", () => {
    expect(words.length).toBeGreaterThan(0);
    for (const d of decoded) expect(`${d?.insn.name} ${d?.encoding}`).toBe(title(row));
  });

  it("has a timing class and text for all its operands", () => {
    for (const d of decoded) {
      const { timing } = row.insn;
      expect(typeof timing === "function" ? timing(d!.o) : timing).toMatch(/^[a-z0-9]+([.-][a-z]+)*$/);
      expect(disassemble(d!, 0x1000, { itCondition: 0 })).toMatch(/^[a-z][a-z0-9.]*(\t\S.*)?/);
      expect(disassemble(d!, 0x1000)).not.toMatch(/undefined|NaN|null/);
    }
  });

  it("has semantics that write nothing before the last statement that may fault, and PC only by a jump", () => {
    for (const d of decoded) {
      const x = new Builder(0x1000);
      row.insn.sem(d!.o, x);
      const statements = flatten(x.statements);
      const firstWrite = statements.findIndex(({ k }) => WRITES.has(k));
      const lastFault = statements.findLastIndex(({ k }) => MAY_FAULT.has(k));
      if (firstWrite >= 0) expect(lastFault).toBeLessThan(firstWrite);
      for (const s of statements) if (s.k === "setR") expect(s.n).toBeLessThan(15);
    }
  });
});

describe("the table", () => {
  it("names every instruction once", () => {
    const names = TABLE.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it("numbers temporaries without a gap or a repetition", () => {
    for (const row of ROWS) {
      const [word] = acceptedWords(row, 1, randomSource(2));
      const x = new Builder(0x1000);
      row.insn.sem(operandsOf(row, word!), x);
      const ids = flatten(x.statements).flatMap((s) => ("id" in s ? [s.id] : []));
      expect(ids.toSorted((a, b) => a - b)).toEqual(ids.map((_, i) => i));
    }
  });

  it("leaves a core without an extension the rows of the others", () => {
    const base = new Decoder(TABLE, new Set(["v7-M"]));
    expect(base.decode(0xfb21_3002, 4)).toBeNull();
    expect(EVERYTHING.decode(0xfb21_3002, 4)?.insn.name).toBe("SMLAD, SMLADX");
  });
});
