import { hex, type ByteReader } from "./byte-reader.ts";
import type { Segment } from "./segment.ts";

/** What a section's bytes cost: the sums of the first three are `text` and `data` of binutils' `size`. */
export type SectionKind = "code" | "constants" | "initialised-data" | "zero-initialised" | "debug" | "other";

/** A named part of the program, as the linker laid it out. */
export interface Section {
  readonly name: string;
  /** Where the running program sees it; 0 for sections that are not in memory. */
  readonly address: number;
  /** Where its bytes are stored: differs from `address` if start-up code copies them. */
  readonly loadAddress: number;
  /** Bytes of memory, or of the file for sections that are not in memory. */
  readonly size: number;
  readonly kind: SectionKind;
  readonly flags: { readonly allocated: boolean; readonly write: boolean; readonly execute: boolean };
}

/** One entry of the section header table. @source ELF specification 1.2, "Section Header" */
export interface SectionHeader {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly entrySize: number;
}

export const SHT_NULL = 0;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_NOBITS = 8;
const SHF_WRITE = 0x1;
export const SHF_ALLOC = 0x2;
const SHF_EXECINSTR = 0x4;
const sectionHeaderSize = 40;

/**
 * Reads the section header table and checks that every section lies inside the file. A wrong table is an error, not a
 * table that is left out, since sizes and symbols would be reported wrongly without it.
 */
export function readSectionHeaders(file: ByteReader): readonly SectionHeader[] {
  const tableOffset = file.u32(0x20);
  const entrySize = file.u16(0x2e);
  const count = file.u16(0x30);
  const namesIndex = file.u16(0x32);
  if (tableOffset === 0 && count === 0) return [];
  if (tableOffset === 0 || count === 0) {
    throw bad(file, `the header names ${count} section headers at offset ${hex(tableOffset)}`);
  }
  if (entrySize !== sectionHeaderSize) {
    throw bad(file, `section headers are ${entrySize} bytes each, not ${sectionHeaderSize}`);
  }
  file.requireRange(tableOffset, count * sectionHeaderSize, "section headers");
  const headers = Array.from({ length: count }, (_, index) => {
    return rawHeader(file, tableOffset + index * sectionHeaderSize, index);
  });
  for (const header of headers) checkExtent(file, header, tableOffset + header.index * sectionHeaderSize);
  const names = namesIndex === 0 ? undefined : headers[namesIndex];
  if (namesIndex !== 0 && names?.type !== SHT_STRTAB) {
    throw bad(file, `section ${namesIndex} of ${count} holds no section names`);
  }
  if (!names) return headers;
  const strings = new StringTable(file, names);
  return headers.map((header) => ({
    ...header,
    name: strings.at(file.u32(tableOffset + header.index * 40)),
  }));
}

function bad(file: ByteReader, problem: string): Error {
  return file.error("ELF_BAD_SECTIONS", `section headers are corrupt: ${problem}. Rebuild the file`);
}

function rawHeader(file: ByteReader, at: number, index: number): SectionHeader {
  return {
    index,
    name: "",
    type: file.u32(at + 4),
    flags: file.u32(at + 8),
    address: file.u32(at + 12),
    offset: file.u32(at + 16),
    size: file.u32(at + 20),
    link: file.u32(at + 24),
    entrySize: file.u32(at + 36),
  };
}

function checkExtent(file: ByteReader, header: SectionHeader, at: number): void {
  if (header.type === SHT_NULL) return;
  if (header.type !== SHT_NOBITS) {
    file.requireRange(header.offset, header.size, `the contents of section ${header.index}`);
  }
  if ((header.flags & SHF_ALLOC) !== 0 && header.address + header.size > 0x1_0000_0000) {
    const extent = `${hex(header.address, 8)} + ${hex(header.size)}`;
    throw bad(file, `section ${header.index} (header at ${hex(at)}) runs past 4 GiB (${extent})`);
  }
}

/** Decoded names may not exceed this in sum; only tables made to exhaust memory do (names that share their ends). */
const mostNameBytes = 0x400_0000;

/** The names of one SHT_STRTAB section. */
export class StringTable {
  readonly #file: ByteReader;
  readonly #header: SectionHeader;
  readonly #table: Uint8Array;
  readonly #decoder = new TextDecoder();
  readonly #seen = new Map<number, string>();
  #decoded = 0;

  constructor(file: ByteReader, header: SectionHeader) {
    this.#file = file;
    this.#header = header;
    this.#table = file.slice(header.offset, header.size);
  }

  /** The name at `offset` in the table. */
  at(offset: number): string {
    const known = this.#seen.get(offset);
    if (known !== undefined) return known;
    if (offset === 0 && this.#table.length === 0) return "";
    const end = offset < this.#table.length ? this.#table.indexOf(0, offset) : -1;
    if (end < 0) throw this.#bad(`a name at ${hex(offset)} runs past the end of the table`);
    this.#decoded += end - offset;
    if (this.#decoded > mostNameBytes) throw this.#bad("the names are longer than 64 MiB in sum");
    const name = this.#decoder.decode(this.#table.subarray(offset, end));
    this.#seen.set(offset, name);
    return name;
  }

  #bad(problem: string): Error {
    const where = `string table at offset ${hex(this.#header.offset)} (${this.#header.size} bytes)`;
    return this.#file.error("ELF_BAD_STRINGS", `${where} is corrupt: ${problem}. Rebuild the file`);
  }
}

/** The sections of the program, without the null section. */
export function toSections(
  headers: readonly SectionHeader[],
  segments: readonly Segment[],
): readonly Section[] {
  const sections: Section[] = [];
  for (const header of headers) {
    if (header.type === SHT_NULL) continue;
    const allocated = (header.flags & SHF_ALLOC) !== 0;
    sections.push({
      name: header.name,
      address: header.address,
      loadAddress: allocated ? loadAddress(header, segments) : header.address,
      size: header.size,
      kind: sectionKind(header),
      flags: {
        allocated,
        write: (header.flags & SHF_WRITE) !== 0,
        execute: (header.flags & SHF_EXECINSTR) !== 0,
      },
    });
  }
  return sections;
}

/** Executable bytes are code even if they are writable too, as in binutils' `size`. */
function sectionKind(header: SectionHeader): SectionKind {
  if ((header.flags & SHF_ALLOC) === 0) return /^\.(z?debug|stab)/.test(header.name) ? "debug" : "other";
  if (header.type === SHT_NOBITS) return "zero-initialised";
  if ((header.flags & SHF_EXECINSTR) !== 0) return "code";
  return (header.flags & SHF_WRITE) !== 0 ? "initialised-data" : "constants";
}

function loadAddress(header: SectionHeader, segments: readonly Segment[]): number {
  if (header.type === SHT_NOBITS) return header.address;
  const end = header.address + header.size;
  const home = segments.find((segment) => {
    const start = segment.virtualAddress;
    return header.address >= start && end <= start + segment.bytes.length;
  });
  return home ? home.address + (header.address - home.virtualAddress) : header.address;
}
