import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readImage, type Image } from "../../src/elf/image.ts";
import { ElfError } from "../../src/errors.ts";
import { hexRecord } from "./hex-record.ts";
import { tinyElf } from "./tiny-elf.ts";

const elf = tinyElf();
/** Bytes, half-words and words as tables of sizes and offsets like them least. */
const value = fc.oneof(
  fc.nat(255).map((byte) => [byte]),
  fc.nat(0xffff).map((half) => [half & 0xff, half >> 8]),
  fc.constantFrom(
    [0, 0, 0, 0],
    [0xff, 0xff, 0xff, 0xff],
    [0xff, 0xff, 0xff, 0x7f],
    [0, 0, 0, 0x80],
    [1, 0, 0, 0],
  ),
);

function mutant(file: Uint8Array): fc.Arbitrary<Uint8Array> {
  const patch = fc.tuple(fc.nat(file.length - 4), value);
  return fc
    .tuple(fc.array(patch, { minLength: 1, maxLength: 6 }), fc.nat(file.length + 64))
    .map(([patches, length]) => {
      const copy = new Uint8Array(file.length + 64);
      copy.set(file);
      for (const [offset, values] of patches) copy.set(values, offset);
      return copy.subarray(0, length < file.length / 8 ? length : file.length);
    });
}

/** What every image must satisfy, so that the loader may trust it. */
function expectSound(image: Image, file: Uint8Array): void {
  let end = 0;
  for (const segment of image.segments) {
    expect(segment.bytes.length).toBeLessThanOrEqual(segment.memorySize);
    expect(segment.memorySize).toBeLessThanOrEqual(0x2000_0000);
    expect(segment.address + segment.memorySize).toBeLessThanOrEqual(0x1_0000_0000);
    expect(segment.virtualAddress + segment.memorySize).toBeLessThanOrEqual(0x1_0000_0000);
    if (segment.bytes.length === 0) continue;
    expect(segment.address).toBeGreaterThanOrEqual(end);
    end = segment.address + segment.bytes.length;
  }
  expect(image.symbols.length).toBeLessThan(file.length);
  for (const symbol of image.symbols) {
    const found = image.symbolAt(symbol.address);
    if (found) expect(found.offset).toBe(symbol.address - found.symbol.address);
    expect(image.findSymbol(symbol.name)?.name).toBe(symbol.name);
  }
}

function readOrRefuse(file: Uint8Array, name: string): "read" | "refused" {
  try {
    expectSound(readImage(file, name, { loadAddress: 0x0800_0000 }), file);
    return "read";
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    expect(error.message).toMatch(new RegExp(`^${name}:[^\\n]{20,400}$`));
    return "refused";
  }
}

/** Any records with a right checksum, of which some make a file and most do not. */
const hexFile = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.tuple(fc.constant(0), fc.nat(0xffff), fc.array(fc.nat(255), { maxLength: 20 })),
      },
      {
        weight: 3,
        arbitrary: fc.tuple(fc.constantFrom(2, 4), fc.nat(3), fc.tuple(fc.nat(255), fc.nat(255))),
      },
      { weight: 1, arbitrary: fc.tuple(fc.nat(6), fc.nat(9), fc.array(fc.nat(255), { maxLength: 5 })) },
    ),
    { maxLength: 8 },
  )
  .map((records) =>
    [...records, [1, 0, []] as const].map(([type, offset, data]) => hexRecord(type, offset, data)),
  )
  .map((lines) => new TextEncoder().encode(lines.join("\n")));

describe("mutated files are read soundly or refused in one line", () => {
  it.each([
    ["a.elf", mutant(elf)],
    ["a.hex", hexFile],
  ] as const)("%s", { timeout: 120_000 }, (name, files) => {
    const seen = { read: 0, refused: 0 };
    const property = fc.property(files, (bytes) => {
      seen[readOrRefuse(bytes, name)]++;
    });
    fc.assert(property, { numRuns: 8_000, seed: 42 });
    expect(seen.read).toBeGreaterThan(1000);
    expect(seen.refused).toBeGreaterThan(1000);
  });

  it("random bytes of any kind", () => {
    const start = fc.constantFrom<number[]>([], [0x7f, 0x45, 0x4c, 0x46], [...elf.subarray(0, 52)], [0x3a]);
    const property = fc.property(start, fc.uint8Array({ minLength: 1, maxLength: 300 }), (head, tail) => {
      for (const name of ["a.elf", "a.hex", "a.bin"]) readOrRefuse(Uint8Array.of(...head, ...tail), name);
    });
    fc.assert(property, { numRuns: 5_000, seed: 42 });
  });
});

/** An ELF header, one program header with contents, and `sections` (rows of 10 words) and `tail` behind them. */
function hugeElf(sections: readonly (readonly number[])[], tail: Uint8Array): Uint8Array {
  const file = new Uint8Array(0x100 + sections.length * 40 + tail.length);
  file.set(elf.subarray(0, 0x100));
  const view = new DataView(file.buffer);
  view.setUint32(0x20, 0x100, true);
  view.setUint16(0x2c, 1, true);
  view.setUint16(0x30, sections.length, true);
  view.setUint16(0x32, 1, true);
  sections.forEach((row, index) =>
    row.forEach((word, column) => view.setUint32(0x100 + index * 40 + column * 4, word, true)),
  );
  file.set(tail, 0x100 + sections.length * 40);
  return file;
}

function timed(action: () => unknown): number {
  const start = performance.now();
  try {
    action();
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
  }
  return performance.now() - start;
}

describe("files made to exhaust", () => {
  const nullSection = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

  it("65,000 code sections and 100,000 labels end soon", () => {
    const count = 65_000;
    const tailAt = 0x100 + count * 40;
    const labels = 100_000;
    const tail = new Uint8Array(16 + labels * 16);
    tail.set([0, 0x61, 0]);
    const view = new DataView(tail.buffer);
    for (let index = 0; index < labels; index++) {
      const row = [1, 0x0800_0000 + index * 2, 0, 0x12 | (3 << 16)];
      row.forEach((word, column) => view.setUint32(16 + index * 16 + column * 4, word, true));
    }
    const sections = [
      nullSection,
      [0, 3, 0, 0, tailAt, 16, 0, 0, 0, 0],
      [0, 2, 0, 0, tailAt + 16, labels * 16, 1, 0, 0, 16],
    ];
    while (sections.length < count)
      sections.push([1, 8, 6, 0x0800_0000 + sections.length * 4, 0, 4, 0, 0, 0, 0]);
    const file = hugeElf(sections, tail);
    expect(timed(() => expect(readImage(file, "huge.elf").symbols).toHaveLength(labels - 1))).toBeLessThan(
      10_000,
    );
  });

  it("names that share their ends do not fill the memory", () => {
    const length = 1_000_000;
    const tail = new Uint8Array(length + 20_000 * 16).fill(0x61);
    tail[length - 1] = 0;
    const view = new DataView(tail.buffer);
    for (let index = 0; index < 20_000; index++) {
      const row = [index, 0x0800_0000, 0, 0x12 | (1 << 16)];
      row.forEach((word, column) => view.setUint32(length + index * 16 + column * 4, word, true));
    }
    const tailAt = 0x100 + 3 * 40;
    const sections = [
      nullSection,
      [0, 3, 0, 0, tailAt, length, 0, 0, 0, 0],
      [length - 1, 2, 0, 0, tailAt + length, 320_000, 1, 0, 0, 16],
    ];
    sections[0]![0] = length - 1;
    sections[1]![0] = length - 1;
    const file = hugeElf(sections, tail);
    expect(
      timed(() => expect(() => readImage(file, "names.elf")).toThrow(/longer than 64 MiB/)),
    ).toBeLessThan(10_000);
  });
});
