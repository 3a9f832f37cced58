import { describe, expect, it } from "vitest";
import { readImage } from "../../src/elf/image.ts";
import { errorOf } from "./error-of.ts";
import { patched, tinyElf, tinyElfOffsets, u16, u32 } from "./tiny-elf.ts";

const { programHeader } = tinyElfOffsets;
const file = tinyElf();
const view = new DataView(file.buffer);
const sectionHeaders = view.getUint32(0x20, true);
const sectionHeader = (index: number): number => sectionHeaders + index * 40;

describe("a small executable", () => {
  const image = readImage(file, "tiny.elf");

  it("has its segments by physical address", () => {
    expect(image.format).toBe("elf");
    expect(image.segments).toEqual([
      {
        address: 0x0800_0000,
        virtualAddress: 0x0800_0000,
        bytes: file.subarray(0x100, 0x140),
        memorySize: 64,
        flags: { read: true, write: false, execute: true },
      },
      {
        address: 0x0800_0040,
        virtualAddress: 0x2000_0000,
        bytes: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
        memorySize: 40,
        flags: { read: true, write: true, execute: false },
      },
    ]);
  });

  it("has its entry and its compiler", () => {
    expect(image.entry).toBe(0x0800_0010);
    expect(image.compiler).toBe("GCC: (test) 12.2.1");
  });

  it("has its sections with what they cost and where they are stored", () => {
    expect(image.sections.map((s) => [s.name, s.kind, s.address, s.loadAddress, s.size])).toEqual([
      [".text", "code", 0x0800_0000, 0x0800_0000, 64],
      [".data", "initialised-data", 0x2000_0000, 0x0800_0040, 8],
      [".bss", "zero-initialised", 0x2000_0008, 0x2000_0008, 32],
      [".comment", "other", 0, 0, 38],
      [".symtab", "other", 0, 0, 160],
      [".strtab", "other", 0, 0, expect.any(Number)],
      [".shstrtab", "other", 0, 0, expect.any(Number)],
    ]);
  });

  it("has its symbols without files, undefined ones and mappings", () => {
    expect(image.symbols).toEqual([
      {
        name: "Reset_Handler",
        address: 0x0800_0010,
        size: 16,
        kind: "function",
        binding: "global",
        section: ".text",
      },
      { name: "helper", address: 0x0800_0020, size: 8, kind: "function", binding: "local", section: ".text" },
      { name: "counter", address: 0x2000_0004, size: 4, kind: "object", binding: "global", section: ".data" },
      { name: "buffer", address: 0x2000_0008, size: 32, kind: "object", binding: "weak", section: ".bss" },
      { name: "_estack", address: 0x2000_1000, size: 0, kind: "other", binding: "global", section: "*ABS*" },
    ]);
    expect(image.mappings).toEqual([
      { address: 0x0800_0010, kind: "thumb" },
      { address: 0x0800_0038, kind: "data" },
    ]);
  });

  it("does not need section headers", () => {
    const stripped = readImage(patched(patched(file, 0x20, u32(0)), 0x30, u16(0)), "stripped.elf");
    expect(stripped.segments).toEqual(image.segments);
    expect(stripped.sections).toEqual([]);
    expect(stripped.symbolAt(0x0800_0010)).toBeUndefined();
  });
});

describe("truncation", () => {
  it("is reported in one line wherever it falls", () => {
    for (let length = 0; length < file.length; length++) {
      const error = errorOf(() => readImage(file.slice(0, length), "cut.elf"));
      const code = length === 0 ? "ELF_EMPTY" : length < 4 ? "ELF_BAD_MAGIC" : "ELF_TRUNCATED";
      expect(error.code, `${length} bytes: ${error.message}`).toBe(code);
      expect(error.exitCode).toBe(2);
      expect(error.message).toMatch(/^cut\.elf: [^\n]+$/);
    }
  });

  it("says what is missing, where and how much", () => {
    expect(errorOf(() => readImage(file.slice(0, sectionHeaders + 1), "cut.elf")).message).toBe(
      `cut.elf: file is truncated: section headers at offset 0x${sectionHeaders.toString(16)} (320 bytes) lie ` +
        `beyond its end (${sectionHeaders + 1} bytes). Rebuild it or copy it again`,
    );
  });
});

describe("a segment of zeros", () => {
  it("may lie beyond the end of the file, for it has no bytes there", () => {
    const header = tinyElfOffsets.programHeader(1);
    const beyond = patched(patched(file, header + 4, u32(0x20_0000)), header + 16, u32(0));
    const segments = readImage(beyond, "zeros.elf").segments;
    expect(segments.map(({ bytes, memorySize }) => [bytes.length, memorySize])).toContainEqual([0, 40]);
  });
});

describe("a wrong file", () => {
  const cases: [what: string, code: string, offset: number, values: number[], message: RegExp][] = [
    ["magic", "ELF_BAD_MAGIC", 0, [0x4d, 0x5a], /starts with 0x4d 0x5a 0x4c 0x46/],
    ["64-bit", "ELF_NOT_32_BIT", 4, [2], /64-bit \(Arm\)/],
    ["unknown class", "ELF_NOT_32_BIT", 4, [9], /unknown class 9/],
    ["big-endian", "ELF_NOT_LITTLE_ENDIAN", 5, [2], /-mbig-endian/],
    ["x86", "ELF_NOT_ARM", 18, u16(3), /is for x86/],
    ["RISC-V", "ELF_NOT_ARM", 18, u16(243), /is for RISC-V/],
    ["unknown machine", "ELF_NOT_ARM", 18, u16(0x1234), /machine 4660/],
    ["object file", "ELF_NOT_EXECUTABLE", 16, u16(1), /Link it/],
    ["shared object", "ELF_NOT_EXECUTABLE", 16, u16(3), /-no-pie/],
    ["core dump", "ELF_NOT_EXECUTABLE", 16, u16(4), /core dump/],
    ["no type", "ELF_NOT_EXECUTABLE", 16, u16(0xff00), /65280/],
    ["identification version", "ELF_BAD_HEADER", 6, [7], /EI_VERSION at offset 0x6 is 7/],
    ["version", "ELF_BAD_HEADER", 20, u32(2), /e_version/],
    ["header size", "ELF_BAD_HEADER", 0x28, u16(64), /e_ehsize at offset 0x28 is 64, not 52/],
    ["program header size", "ELF_BAD_HEADER", 0x2a, u16(56), /e_phentsize at offset 0x2a is 56, not 32/],
    ["many program headers", "ELF_ABSURD_SIZE", 0x2c, u16(0xffff), /65535 program headers/],
    [
      "program headers beyond the end",
      "ELF_TRUNCATED",
      0x1c,
      u32(0xffff_fff0),
      /program headers at offset 0xfffffff0/,
    ],
    ["some program headers beyond the end", "ELF_TRUNCATED", 0x2c, u16(1024), /1024 program headers/],
    ["no program headers", "ELF_NO_SEGMENTS", 0x2c, u16(0), /no segment/],
    ["entry 0", "ELF_NO_ENTRY", 0x18, u32(0), /e_entry at offset 0x18 is 0/],
    ["entry 1", "ELF_NO_ENTRY", 0x18, u32(1), /ENTRY\(Reset_Handler\)/],
    ["entry nowhere", "ELF_BAD_ENTRY", 0x18, u32(0x0900_0001), /0x09000000/],
    ["600 MB of memory", "ELF_ABSURD_SIZE", programHeader(1) + 20, u32(600e6), /600000000 bytes of memory/],
    [
      "more file than memory",
      "ELF_ABSURD_SIZE",
      programHeader(1) + 20,
      u32(4),
      /8 bytes in the file but only 4/,
    ],
    [
      "contents beyond the end",
      "ELF_TRUNCATED",
      programHeader(0) + 4,
      u32(0xffff_ff00),
      /segment 0 at offset 0xffffff00/,
    ],
    [
      "virtual wrap-around",
      "ELF_ADDRESS_OVERFLOW",
      programHeader(1) + 8,
      u32(0xffff_fff0),
      /0xfffffff0 \+ 0x28/,
    ],
    [
      "physical wrap-around",
      "ELF_ADDRESS_OVERFLOW",
      programHeader(1) + 12,
      u32(0xffff_fff0),
      /0xfffffff0 \+ 0x28/,
    ],
    [
      "overlap",
      "ELF_OVERLAP",
      programHeader(1) + 12,
      u32(0x0800_003f),
      /0x08000000..0x0800003f and 0x0800003f..0x08000046/,
    ],
    ["same place", "ELF_OVERLAP", programHeader(1) + 12, u32(0x0800_0000), /overlap/],
    ["section headers at 0", "ELF_BAD_SECTIONS", 0x20, u32(0), /8 section headers at offset 0x0/],
    ["section header count 0", "ELF_BAD_SECTIONS", 0x30, u16(0), /0 section headers/],
    [
      "section headers beyond the end",
      "ELF_TRUNCATED",
      0x20,
      u32(0xffff_ffff),
      /section headers at offset 0xffffffff/,
    ],
    ["section header size", "ELF_BAD_SECTIONS", 0x2e, u16(64), /64 bytes each, not 40/],
    ["section names index", "ELF_BAD_SECTIONS", 0x32, u16(99), /section 99 of 8/],
    ["section names in .text", "ELF_BAD_SECTIONS", 0x32, u16(1), /section 1 of 8/],
    ["section contents", "ELF_TRUNCATED", sectionHeader(4) + 20, u32(0xffff_ffff), /contents of section 4/],
    [
      "section wrap-around",
      "ELF_BAD_SECTIONS",
      sectionHeader(3) + 12,
      u32(0xffff_ffff),
      /section 3 .* runs past 4 GiB/,
    ],
    ["section name", "ELF_BAD_STRINGS", sectionHeader(2), u32(0x1000), /a name at 0x1000/],
    ["symbol size", "ELF_BAD_SYMBOLS", sectionHeader(5) + 36, u32(12), /12-byte symbols/],
    ["symbol table size", "ELF_BAD_SYMBOLS", sectionHeader(5) + 20, u32(159), /159 bytes/],
    [
      "symbol names section",
      "ELF_BAD_SYMBOLS",
      sectionHeader(5) + 24,
      u32(1),
      /section 1 of 8 holds no names/,
    ],
    ["symbol name", "ELF_BAD_STRINGS", 0x170 + 16, u32(0xffff_ffff), /a name at 0xffffffff/],
    ["symbol section", "ELF_BAD_SYMBOLS", 0x170 + 30, u16(0x77), /section 119 of 8/],
  ];

  it.each(cases)("%s: %s", (_what, code, offset, values, message) => {
    const error = errorOf(() => readImage(patched(file, offset, values), "bad.elf"));
    expect(error.code, error.message).toBe(code);
    expect(error.message).toMatch(/^bad\.elf: [^\n]+$/);
    expect(error.message).toMatch(message);
  });
});

describe("segments that only seem to overlap", () => {
  it("a zeroed tail has no place in flash", () => {
    // .data's 40 bytes of memory from physical 0x0800_0040 run into this third segment; its 8 bytes of file do not.
    const headers = patched(file, 0x2c, u16(3));
    const third = [1, 0x100, 0x1000_0000, 0x0800_0048, 4, 4, 6, 4].flatMap(u32);
    const image = readImage(patched(headers, programHeader(2), third), "three.elf");
    expect(image.segments.map((segment) => segment.address)).toEqual([0x0800_0000, 0x0800_0040, 0x0800_0048]);
  });

  it("the file's own headers are left out of the first segment", () => {
    const withHeaders = [1, 0, 0x0800_0000 - 0x100, 0x0800_0000 - 0x100, 0x140, 0x140, 5, 4].flatMap(u32);
    const image = readImage(patched(file, programHeader(0), withHeaders), "headers.elf");
    expect(image.segments).toEqual(readImage(file, "tiny.elf").segments);
  });
});
