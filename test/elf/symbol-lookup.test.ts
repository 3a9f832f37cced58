import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Section } from "../../src/elf/section.ts";
import { createSymbolLookup } from "../../src/elf/symbol-lookup.ts";
import type { ImageSymbol } from "../../src/elf/symbols.ts";

const text: Section = {
  name: ".text",
  address: 0x100,
  loadAddress: 0x100,
  size: 0x100,
  kind: "code",
  flags: { allocated: true, write: false, execute: true },
};

function symbol(name: string, address: number, size: number, rest: Partial<ImageSymbol> = {}): ImageSymbol {
  return { name, address, size, kind: "function", binding: "global", section: ".text", ...rest };
}

/** `name+offset` of each address, as `symbolAt` says it. */
function names(symbols: readonly ImageSymbol[], addresses: readonly number[]): readonly string[] {
  const sorted = [...symbols].sort((a, b) => a.address - b.address);
  const { symbolAt } = createSymbolLookup(sorted, [text]);
  return addresses.map((address) => {
    const found = symbolAt(address);
    return found ? `${found.symbol.name}+${found.offset}` : "-";
  });
}

describe("symbolAt", () => {
  it("answers inside a symbol and not beside it", () => {
    const symbols = [symbol("a", 0x110, 8), symbol("b", 0x120, 4)];
    expect(names(symbols, [0, 0x10f, 0x110, 0x117, 0x118, 0x120, 0x123, 0x124, 0xffff_ffff])).toEqual([
      "-",
      "-",
      "a+0",
      "a+7",
      "-",
      "b+0",
      "b+3",
      "-",
      "-",
    ]);
  });

  it("extends a function without a size to the next name", () => {
    const symbols = [symbol("a", 0x110, 0), symbol("b", 0x120, 4)];
    expect(names(symbols, [0x110, 0x11f, 0x120])).toEqual(["a+0", "a+15", "b+0"]);
  });

  it("extends the last function without a size to the end of its section", () => {
    expect(names([symbol("a", 0x1f0, 0)], [0x1ff, 0x200])).toEqual(["a+15", "-"]);
  });

  it("takes a global label in code for a function, a local one not", () => {
    const symbols = [
      symbol("label", 0x110, 0, { kind: "other" }),
      symbol("loop", 0x114, 0, { kind: "other", binding: "local" }),
      symbol("_etext", 0x118, 0, { kind: "other", section: "*ABS*" }),
    ];
    expect(names(symbols, [0x110, 0x114, 0x118])).toEqual(["label+0", "label+4", "label+8"]);
  });

  it("does not let a label inside a function of known size hide it", () => {
    const symbols = [symbol("f", 0x110, 16), symbol("label", 0x114, 0, { kind: "other" })];
    expect(names(symbols, [0x114, 0x11f, 0x120])).toEqual(["f+4", "f+15", "-"]);
  });

  it("prefers functions with a size, then global over weak over local names", () => {
    const weak = { binding: "weak" } as const;
    const local = { binding: "local" } as const;
    expect(
      names([symbol("a", 0x110, 8, local), symbol("b", 0x110, 8), symbol("c", 0x110, 8, weak)], [0x114]),
    ).toEqual(["b+4"]);
    expect(names([symbol("a", 0x110, 8, local), symbol("c", 0x110, 8, weak)], [0x114])).toEqual(["c+4"]);
    expect(names([symbol("a", 0x110, 0), symbol("c", 0x110, 8, local)], [0x114])).toEqual(["c+4"]);
  });

  it("answers with the innermost of nested symbols, and with the outer one again behind it", () => {
    const symbols = [symbol("outer", 0x110, 32), symbol("inner", 0x118, 8), symbol("core", 0x11a, 2)];
    expect(names(symbols, [0x110, 0x118, 0x11a, 0x11c, 0x120, 0x12f, 0x130])).toEqual([
      "outer+0",
      "inner+0",
      "core+0",
      "inner+4",
      "outer+16",
      "outer+31",
      "-",
    ]);
  });

  it("finds objects outside code", () => {
    const symbols = [
      symbol("o", 0x2000_0001, 3, { kind: "object" }),
      symbol("z", 0x2000_0010, 0, { kind: "object" }),
    ];
    expect(names(symbols, [0x2000_0001, 0x2000_0003, 0x2000_0010])).toEqual(["o+0", "o+2", "-"]);
  });

  it("agrees with a linear search on any sized symbols", () => {
    const some = fc.record({
      address: fc.integer({ min: 0, max: 60 }),
      size: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), fc.integer({ min: 0, max: 100 }), (list, address) => {
        const symbols = list
          .map((item, index) => symbol(String.fromCharCode(97 + index), item.address, item.size))
          .sort((a, b) => a.address - b.address);
        const covering = symbols.filter((s) => address >= s.address && address < s.address + s.size);
        const start = Math.max(...covering.map((s) => s.address));
        const best = covering
          .filter((s) => s.address === start)
          .sort((a, b) => (a.name < b.name ? -1 : 1))[0];
        expect(createSymbolLookup(symbols, []).symbolAt(address)?.symbol).toEqual(best);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});

describe("findSymbol", () => {
  it("prefers a global name, then the lower address", () => {
    const symbols = [
      symbol("f", 0x110, 4, { binding: "local" }),
      symbol("f", 0x120, 4),
      symbol("g", 0x130, 4, { binding: "local" }),
      symbol("g", 0x140, 4, { binding: "local" }),
    ];
    const { findSymbol } = createSymbolLookup(symbols, [text]);
    expect(findSymbol("f")?.address).toBe(0x120);
    expect(findSymbol("g")?.address).toBe(0x130);
    expect(findSymbol("toString")).toBeUndefined();
  });
});
