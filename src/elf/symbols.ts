import { hex, type ByteReader } from "./byte-reader.ts";
import { SHT_NULL, SHT_STRTAB, SHT_SYMTAB, StringTable, type SectionHeader } from "./section.ts";

/** A name that the linker gave to an address. */
export interface ImageSymbol {
  readonly name: string;
  /** Virtual address; the Thumb bit of functions is cleared. */
  readonly address: number;
  /** Bytes; 0 where the assembler was told none. */
  readonly size: number;
  readonly kind: "function" | "object" | "other";
  readonly binding: "local" | "global" | "weak";
  /** Name of the section that holds it; `*ABS*` for constants of the linker script. */
  readonly section: string;
}

/** From `address` to the next mapping, the bytes are of this kind. @source ELF for the Arm Architecture, "Mapping symbols" */
export interface Mapping {
  readonly address: number;
  readonly kind: "thumb" | "data" | "arm";
}

/** What the symbol tables of a file say. */
export interface SymbolList {
  /** By address, then by name. */
  readonly symbols: readonly ImageSymbol[];
  /** By address. */
  readonly mappings: readonly Mapping[];
}

const symbolSize = 16;
const SHN_UNDEF = 0;
const SHN_LORESERVE = 0xff00;
const SHN_ABS = 0xfff1;
const SHN_COMMON = 0xfff2;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_SECTION = 3;
const STT_FILE = 4;
const STT_ARM_TFUNC = 13;
const bindings = ["local", "global", "weak"] as const;
const mappingKinds = { $t: "thumb", $d: "data", $a: "arm" } as const;

/** Reads the symbols of every SHT_SYMTAB section: defined ones with a name, without those of files and sections. */
export function readSymbols(file: ByteReader, headers: readonly SectionHeader[]): SymbolList {
  const symbols: ImageSymbol[] = [];
  const mappings: Mapping[] = [];
  for (const table of headers) {
    if (table.type !== SHT_SYMTAB) continue;
    const strings = new StringTable(file, checkTable(file, table, headers));
    for (let index = 1; index < table.size / symbolSize; index++) {
      const symbol = readSymbol(file, table.offset + index * symbolSize, headers, strings);
      if (!symbol) continue;
      const mapping = /^\$[tda](?=\.|$)/.exec(symbol.name)?.[0];
      if (mapping === undefined) symbols.push(symbol);
      else
        mappings.push({ address: symbol.address, kind: mappingKinds[mapping as keyof typeof mappingKinds] });
    }
  }
  symbols.sort((a, b) => a.address - b.address || compareText(a.name, b.name));
  mappings.sort((a, b) => a.address - b.address);
  return { symbols, mappings };
}

/** Locale-independent, so that the order is the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkTable(
  file: ByteReader,
  table: SectionHeader,
  headers: readonly SectionHeader[],
): SectionHeader {
  const strings = headers[table.link];
  if (table.entrySize !== symbolSize || table.size % symbolSize !== 0) {
    throw bad(
      file,
      table.offset,
      `${table.size} bytes of ${table.entrySize}-byte symbols, not ${symbolSize}`,
    );
  }
  if (strings?.type !== SHT_STRTAB) {
    throw bad(file, table.offset, `section ${table.link} of ${headers.length} holds no names`);
  }
  return strings;
}

function bad(file: ByteReader, offset: number, problem: string): Error {
  return file.error(
    "ELF_BAD_SYMBOLS",
    `symbol table at offset ${hex(offset)} is corrupt: ${problem}. Rebuild the file`,
  );
}

function readSymbol(
  file: ByteReader,
  at: number,
  headers: readonly SectionHeader[],
  strings: StringTable,
): ImageSymbol | undefined {
  const name = strings.at(file.u32(at));
  const value = file.u32(at + 4);
  const size = file.u32(at + 8);
  const type = file.u8(at + 12) & 0xf;
  const binding = bindings[file.u8(at + 12) >> 4] ?? "global";
  const section = sectionOfSymbol(file, at, headers);
  if (section === undefined || name === "" || type === STT_SECTION || type === STT_FILE) return undefined;
  if (type === STT_FUNC || type === STT_ARM_TFUNC) {
    return { name, address: (value & ~1) >>> 0, size, kind: "function", binding, section };
  }
  return { name, address: value, size, kind: type === STT_OBJECT ? "object" : "other", binding, section };
}

/** `undefined` for a symbol that is not defined here. */
function sectionOfSymbol(
  file: ByteReader,
  at: number,
  headers: readonly SectionHeader[],
): string | undefined {
  const index = file.u16(at + 14);
  if (index === SHN_UNDEF) return undefined;
  if (index === SHN_ABS) return "*ABS*";
  if (index === SHN_COMMON) return "*COM*";
  const header = headers[index];
  if (index >= SHN_LORESERVE || header === undefined || header.type === SHT_NULL) {
    throw bad(file, at, `a symbol lies in section ${index} of ${headers.length}`);
  }
  return header.name;
}
