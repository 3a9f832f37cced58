import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readIntelHex } from "../../src/elf/intel-hex.ts";
import { errorOf } from "./error-of.ts";
import { hexRecord as record } from "./hex-record.ts";

const end = record(1, 0, []);

function read(...lines: readonly string[]): ReturnType<typeof readIntelHex> {
  return readIntelHex(new TextEncoder().encode(`${lines.join("\n")}\n`), "a.hex");
}

function segmentsOf(...lines: readonly string[]): readonly [number, number[]][] {
  return read(...lines).segments.map((segment) => [segment.address, [...segment.bytes]]);
}

describe("records", () => {
  it("00: data, joined where they touch, in any order", () => {
    expect(segmentsOf(record(0, 4, [5, 6]), record(0, 0, [1, 2, 3, 4]), record(0, 8, [9]), end)).toEqual([
      [0, [1, 2, 3, 4, 5, 6]],
      [8, [9]],
    ]);
  });

  it("02: segment base times 16", () => {
    expect(segmentsOf(record(2, 0, [0x12, 0x34]), record(0, 1, [7]), end)).toEqual([[0x12341, [7]]]);
  });

  it("04: upper half of the address, joined across the border", () => {
    const lines = [
      record(4, 0, [8, 0]),
      record(0, 0xffff, [1]),
      record(4, 0, [8, 1]),
      record(0, 0, [2]),
      end,
    ];
    expect(segmentsOf(...lines)).toEqual([[0x0800_ffff, [1, 2]]]);
  });

  it("the last bytes of the address space", () => {
    expect(segmentsOf(record(4, 0, [0xff, 0xff]), record(0, 0xfffe, [1, 2]), end)).toEqual([
      [0xffff_fffe, [1, 2]],
    ]);
  });

  it("03 and 05: entry, without the Thumb bit", () => {
    expect(read(record(0, 0, [1]), record(5, 0, [8, 0, 1, 0x11]), end).entry).toBe(0x0800_0110);
    expect(read(record(0, 0, [1]), record(3, 0, [0x12, 0x34, 0, 5]), end).entry).toBe(0x12344);
    expect(read(record(0, 0, [1]), end).entry).toBeUndefined();
  });

  it("small letters, carriage returns, blanks and empty lines", () => {
    const text = `\r\n ${record(0, 0, [0xab]).toLowerCase()} \r\n\r\n${end}`;
    expect(readIntelHex(new TextEncoder().encode(text), "a.hex").segments[0]?.bytes).toEqual(
      Uint8Array.of(0xab),
    );
  });
});

describe("wrong files", () => {
  const good = record(0, 0x10, [1, 2, 3, 4]);
  const cases: [what: string, code: string, lines: string[], message: RegExp][] = [
    ["no colon", "HEX_BAD_RECORD", [good, "S113", end], /^a\.hex:2: not a record/],
    ["odd digits", "HEX_BAD_RECORD", [good.slice(0, -1), end], /^a\.hex:1: not a record/],
    ["other characters", "HEX_BAD_RECORD", [good.replace("1", "g"), end], /^a\.hex:1: not a record/],
    ["count", "HEX_BAD_RECORD", [`:05${good.slice(3)}`, end], /^a\.hex:1: the record says 5 bytes and has 4/],
    [
      "checksum",
      "HEX_CHECKSUM",
      [good, `${good.slice(0, -2)}00`, end],
      /^a\.hex:2: checksum is 0x00, not 0xe2/,
    ],
    ["type", "HEX_BAD_RECORD", [record(6, 0, []), end], /^a\.hex:1: record type 0x06 is unknown/],
    [
      "length of 04",
      "HEX_BAD_RECORD",
      [record(4, 0, [1]), end],
      /^a\.hex:1: record type 0x04 has 1 bytes, not 2/,
    ],
    ["length of 05", "HEX_BAD_RECORD", [record(5, 0, [1]), end], /has 1 bytes, not 4/],
    ["no end", "HEX_TRUNCATED", [good], /^a\.hex: file is truncated: it has no end-of-file record/],
    ["after the end", "HEX_AFTER_END", [good, end, good], /^a\.hex:3: a record follows/],
    ["nothing but the end", "HEX_EMPTY", [end], /^a\.hex: has no data record/],
    [
      "twice the same",
      "HEX_OVERLAP",
      [good, good, end],
      /^a\.hex:2: data at 0x00000010 overlaps that of line 1/,
    ],
    [
      "overlap, earlier line",
      "HEX_OVERLAP",
      [record(0, 0x13, [1]), good, end],
      /^a\.hex:2: .* overlaps that of line 1/,
    ],
    ["wrap-around", "HEX_WRAP", [record(0, 0xffff, [1, 2]), end], /^a\.hex:1: data at 0x0000ffff runs past/],
    ["endless line", "HEX_BAD_RECORD", [good, ":".repeat(5000)], /^a\.hex:2: the line is 5000 bytes long/],
  ];

  it.each(cases)("%s: %s", (_what, code, lines, message) => {
    const error = errorOf(() => read(...lines));
    expect(error.code, error.message).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("\n");
  });

  it("every byte of every record is guarded: no changed digit goes unseen", () => {
    const lines = [record(4, 0, [8, 0]), good, record(5, 0, [8, 0, 0, 1]), end];
    const text = lines.join("\n");
    for (let at = 0; at < text.length; at++) {
      if (text[at] === "\n" || text[at] === ":") continue;
      const digit = (Number.parseInt(text[at]!, 16) ^ 1).toString(16);
      const changed = text.slice(0, at) + digit + text.slice(at + 1);
      errorOf(() => readIntelHex(new TextEncoder().encode(changed), "a.hex"));
    }
  });
});

it("reads back what was written, from any addresses", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const chunk = fc.record({ gap: fc.nat(70_000), data: fc.array(byte, { minLength: 1, maxLength: 40 }) });
  fc.assert(
    fc.property(fc.array(chunk, { minLength: 1, maxLength: 8 }), (chunks) => {
      const expected = new Map<number, number>();
      const lines: string[] = [];
      let address = 0x0800_0000;
      for (const { gap, data } of chunks) {
        address += gap;
        for (const value of data) {
          lines.push(
            record(4, 0, [address >>> 24, (address >>> 16) & 0xff]),
            record(0, address & 0xffff, [value]),
          );
          expected.set(address++, value);
        }
      }
      const { segments } = read(...lines, end);
      const found = segments.flatMap((s) =>
        [...s.bytes].map((value, index): [number, number] => [s.address + index, value]),
      );
      expect(new Map(found)).toEqual(expected);
    }),
    { numRuns: 200, seed: 1 },
  );
});
