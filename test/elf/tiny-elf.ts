/** A symbol of `tinyElf`; `section` is an index into its section headers. */
interface TinySymbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  /** STB << 4 | STT. */
  readonly info: number;
  readonly section: number;
}

/** Offsets in the file that tests patch. */
export const tinyElfOffsets = {
  programHeaders: 52,
  programHeader: (index: number): number => 52 + index * 32,
  text: 0x100,
} as const;

const text = Uint8Array.from({ length: 64 }, (_, index) => index);
const data = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);

/** Section indices. */
const TEXT = 1;
const DATA = 2;
const BSS = 3;

const symbols: readonly TinySymbol[] = [
  { name: "", value: 0, size: 0, info: 0, section: 0 },
  { name: "main.c", value: 0, size: 0, info: 0x04, section: 0xfff1 },
  { name: "$t", value: 0x0800_0010, size: 0, info: 0x00, section: TEXT },
  { name: "$d.1", value: 0x0800_0038, size: 0, info: 0x00, section: TEXT },
  { name: "helper", value: 0x0800_0021, size: 8, info: 0x02, section: TEXT },
  { name: "Reset_Handler", value: 0x0800_0011, size: 16, info: 0x12, section: TEXT },
  { name: "counter", value: 0x2000_0004, size: 4, info: 0x11, section: DATA },
  { name: "buffer", value: 0x2000_0008, size: 32, info: 0x21, section: BSS },
  { name: "_estack", value: 0x2000_1000, size: 0, info: 0x10, section: 0xfff1 },
  { name: "undefined_one", value: 0, size: 0, info: 0x10, section: 0 },
];

/** A complete little Cortex-M executable: code in flash, data copied to RAM, bss, symbols and a compiler's comment. */
export function tinyElf(): Uint8Array {
  const strings = new Strings();
  const names = new Strings();
  const symbolBytes = concat(
    symbols.map((s) =>
      words([u32(strings.add(s.name)), u32(s.value), u32(s.size), [s.info, 0], u16(s.section)]),
    ),
  );
  const comment = ascii("GCC: (test) 12.2.1\0GCC: (test) 12.2.1\0");
  const parts = { text: tinyElfOffsets.text, data: 0x140, comment: 0x148, symbols: 0x170 };
  const stringsAt = parts.symbols + symbolBytes.length;
  const stringBytes = strings.bytes();
  const namesAt = stringsAt + stringBytes.length;
  const sections: [string, number, number, number, number, number, number, number][] = [
    ["", 0, 0, 0, 0, 0, 0, 0],
    [".text", 1, 6, 0x0800_0000, parts.text, 64, 0, 0],
    [".data", 1, 3, 0x2000_0000, parts.data, 8, 0, 0],
    [".bss", 8, 3, 0x2000_0008, parts.comment, 32, 0, 0],
    [".comment", 1, 0x30, 0, parts.comment, comment.length, 0, 1],
    [".symtab", 2, 0, 0, parts.symbols, symbolBytes.length, 6, 16],
    [".strtab", 3, 0, 0, stringsAt, stringBytes.length, 0, 0],
    [".shstrtab", 3, 0, 0, namesAt, 0, 0, 0],
  ];
  const nameOffsets = sections.map(([name]) => names.add(name));
  const nameBytes = names.bytes();
  sections[7]![5] = nameBytes.length;
  const headersAt = (namesAt + nameBytes.length + 3) & ~3;
  const headers = concat(
    sections.map(([, type, flags, address, offset, size, link, entrySize], index) =>
      words([nameOffsets[index]!, type, flags, address, offset, size, link, 0, 4, entrySize].map(u32)),
    ),
  );
  const file = new Uint8Array(headersAt + headers.length);
  file.set(elfHeader(headersAt, sections.length));
  file.set(programHeader(parts.text, 0x0800_0000, 0x0800_0000, 64, 64, 5), tinyElfOffsets.programHeader(0));
  file.set(programHeader(parts.data, 0x2000_0000, 0x0800_0040, 8, 40, 6), tinyElfOffsets.programHeader(1));
  file.set(text, parts.text);
  file.set(data, parts.data);
  file.set(comment, parts.comment);
  file.set(symbolBytes, parts.symbols);
  file.set(stringBytes, stringsAt);
  file.set(nameBytes, namesAt);
  file.set(headers, headersAt);
  return file;
}

/** A copy of `file` with `values` (bytes) written at `offset`. */
export function patched(file: Uint8Array, offset: number, values: readonly number[]): Uint8Array {
  const copy = file.slice();
  copy.set(values, offset);
  return copy;
}

export function u16(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff];
}

export function u32(value: number): number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}

function elfHeader(sectionHeadersAt: number, sectionCount: number): Uint8Array {
  return words([
    [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ...[2, 40].map(u16),
    ...[1, 0x0800_0011, tinyElfOffsets.programHeaders, sectionHeadersAt, 0x0500_0400].map(u32),
    ...[52, 32, 2, 40, sectionCount, 7].map(u16),
  ]);
}

function programHeader(
  offset: number,
  virtualAddress: number,
  address: number,
  fileSize: number,
  memorySize: number,
  flags: number,
): Uint8Array {
  return words([1, offset, virtualAddress, address, fileSize, memorySize, flags, 4].map(u32));
}

class Strings {
  #text = "\0";

  add(name: string): number {
    if (name === "") return 0;
    const at = this.#text.length;
    this.#text += `${name}\0`;
    return at;
  }

  bytes(): Uint8Array {
    return ascii(this.#text);
  }
}

function ascii(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function words(parts: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flat());
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
