import { hex, type ByteReader } from "./byte-reader.ts";
import {
  readSectionHeaders,
  SHF_ALLOC,
  SHT_NOBITS,
  SHT_NULL,
  toSections,
  type Section,
  type SectionHeader,
} from "./section.ts";
import { largestSegment, orderSegments, type Segment } from "./segment.ts";
import { readSymbols, type SymbolList } from "./symbols.ts";

/** What an ELF file says about its program. */
export interface ElfContents extends SymbolList {
  readonly segments: readonly Segment[];
  readonly sections: readonly Section[];
  readonly entry: number;
  readonly compiler: string | undefined;
}

export const elfMagic = [0x7f, 0x45, 0x4c, 0x46] as const;
const headerSize = 52;
const programHeaderSize = 32;
/** Linkers write fewer than 20 for a microcontroller. */
const mostSegments = 1024;
const ELFCLASS32 = 1;
const ELFDATA2LSB = 1;
const ET_EXEC = 2;
const EM_ARM = 40;
const PT_LOAD = 1;
const PF_X = 1;
const PF_W = 2;
const PF_R = 4;

const machineNames = new Map([
  [3, "x86"],
  [8, "MIPS"],
  [20, "PowerPC"],
  [40, "Arm"],
  [62, "x86-64"],
  [83, "AVR"],
  [94, "Xtensa"],
  [105, "MSP430"],
  [183, "AArch64"],
  [243, "RISC-V"],
]);

const typeAdvice = new Map([
  [0, "has no ELF type"],
  [1, "is an object file, not a program. Link it first (without -c or -r)"],
  [3, "is a shared object or position-independent program. Link it with -static -no-pie"],
  [4, "is a core dump, not a program"],
]);

/** Reads an executable for 32-bit little-endian Arm. @source ELF specification 1.2; ELF for the Arm Architecture */
export function readElf(file: ByteReader): ElfContents {
  checkIdentification(file);
  checkHeader(file);
  const loaded = readSegments(file);
  const headers = readSectionHeaders(file);
  const segments = orderSegments(
    loaded.map((segment) => withoutFileHeaders(file, segment, headers)),
    file.name,
  );
  return {
    segments,
    sections: toSections(headers, segments),
    ...readSymbols(file, headers),
    entry: readEntry(file, segments),
    compiler: readCompiler(file, headers),
  };
}

/** The first 20 bytes, whose layout is the same in every ELF file: the right kind of file at all? */
function checkIdentification(file: ByteReader): void {
  if (file.bytes.length < 4 || elfMagic.some((byte, index) => file.u8(index) !== byte)) {
    const start = [...file.slice(0, 4)].map((byte) => hex(byte, 2)).join(" ");
    throw file.error(
      "ELF_BAD_MAGIC",
      `is not an ELF file: it starts with ${start || "nothing"}. Give a linked .elf, .hex or .bin`,
    );
  }
  file.requireRange(0, 20, "the identification bytes");
  const machine = machineNames.get(file.u16(18));
  if (file.u8(4) !== ELFCLASS32) {
    const class_ =
      file.u8(4) === 2 ? `64-bit${machine ? ` (${machine})` : ""}` : `of unknown class ${file.u8(4)}`;
    throw file.error("ELF_NOT_32_BIT", `is ${class_}, not 32-bit. Build it with arm-none-eabi-gcc -mthumb`);
  }
  if (file.u8(5) !== ELFDATA2LSB) {
    throw file.error(
      "ELF_NOT_LITTLE_ENDIAN",
      "is not little-endian (EI_DATA at offset 0x5). Build it without -mbig-endian",
    );
  }
  if (file.u16(18) !== EM_ARM) {
    const found = machine ?? `machine ${file.u16(18)}`;
    throw file.error("ELF_NOT_ARM", `is for ${found}, not for Arm. Build it with arm-none-eabi-gcc -mthumb`);
  }
}

function checkHeader(file: ByteReader): void {
  file.requireRange(0, headerSize, "the header fields");
  const type = file.u16(0x10);
  if (type !== ET_EXEC) {
    const advice = typeAdvice.get(type) ?? `has unknown ELF type ${type}`;
    throw file.error("ELF_NOT_EXECUTABLE", `${advice} (e_type at offset 0x10)`);
  }
  const fields: readonly [name: string, offset: number, found: number, expected: number][] = [
    ["EI_VERSION", 0x6, file.u8(0x6), 1],
    ["e_version", 0x14, file.u32(0x14), 1],
    ["e_ehsize", 0x28, file.u16(0x28), headerSize],
    ["e_phentsize", 0x2a, file.u16(0x2a), programHeaderSize],
  ];
  for (const [name, offset, found, expected] of fields) {
    if (found === expected || (name === "e_phentsize" && file.u16(0x2c) === 0)) continue;
    throw file.error(
      "ELF_BAD_HEADER",
      `ELF header is corrupt: ${name} at offset ${hex(offset)} is ${found}, not ${expected}. Rebuild the file`,
    );
  }
}

function readSegments(file: ByteReader): readonly Segment[] {
  const tableOffset = file.u32(0x1c);
  const count = file.u16(0x2c);
  if (count > mostSegments) {
    throw file.error(
      "ELF_ABSURD_SIZE",
      `claims ${count} program headers (e_phnum at offset 0x2c), more than ${mostSegments}. Rebuild the file`,
    );
  }
  file.requireRange(tableOffset, count * programHeaderSize, `${count} program headers`);
  const segments: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const at = tableOffset + index * programHeaderSize;
    if (file.u32(at) === PT_LOAD && file.u32(at + 20) + file.u32(at + 16) > 0)
      segments.push(readSegment(file, at, index));
  }
  if (segments.every((segment) => segment.bytes.length === 0)) {
    throw file.error(
      "ELF_NO_SEGMENTS",
      "has no segment with contents to load. Link it with a linker script (-T)",
    );
  }
  return segments;
}

function readSegment(file: ByteReader, at: number, index: number): Segment {
  const offset = file.u32(at + 4);
  const virtualAddress = file.u32(at + 8);
  const address = file.u32(at + 12);
  const fileSize = file.u32(at + 16);
  const memorySize = file.u32(at + 20);
  const flags = file.u32(at + 24);
  const where = `segment ${index} (program header at offset ${hex(at)})`;
  if (memorySize > largestSegment) {
    throw file.error(
      "ELF_ABSURD_SIZE",
      `${where} claims ${memorySize} bytes of memory, more than 512 MiB. Rebuild the file`,
    );
  }
  if (fileSize > memorySize) {
    throw file.error(
      "ELF_ABSURD_SIZE",
      `${where} has ${fileSize} bytes in the file but only ${memorySize} in memory. Rebuild the file`,
    );
  }
  for (const start of [virtualAddress, address]) {
    if (start + memorySize <= 0x1_0000_0000) continue;
    throw file.error(
      "ELF_ADDRESS_OVERFLOW",
      `${where} runs past 4 GiB (${hex(start, 8)} + ${hex(memorySize)}). Correct the linker script`,
    );
  }
  // GNU ld gives a segment that is only zeros an offset that need not lie in the file.
  if (fileSize > 0) file.requireRange(offset, fileSize, `the contents of segment ${index}`);
  return {
    address,
    virtualAddress,
    bytes: fileSize > 0 ? file.slice(offset, fileSize) : new Uint8Array(),
    memorySize,
    flags: { read: (flags & PF_R) !== 0, write: (flags & PF_W) !== 0, execute: (flags & PF_X) !== 0 },
  };
}

/**
 * GNU ld puts the file's own headers into the first segment if the page before the code has room for them, as when
 * the code starts at 0x0800_8000. They are no part of the program: objcopy and GDB, which load by section, omit them.
 */
function withoutFileHeaders(file: ByteReader, segment: Segment, headers: readonly SectionHeader[]): Segment {
  const offset = segment.bytes.byteOffset - file.bytes.byteOffset;
  if (offset >= headerSize || segment.bytes.length === 0) return segment;
  const end = offset + segment.bytes.length;
  const starts = headers
    .filter((header) => isLoaded(header) && header.offset < end)
    .map((header) => header.offset);
  const surplus = starts.reduce((a, b) => Math.min(a, b), Infinity) - offset;
  if (surplus === Infinity) return segment;
  return {
    ...segment,
    address: segment.address + surplus,
    virtualAddress: segment.virtualAddress + surplus,
    bytes: segment.bytes.subarray(surplus),
    memorySize: segment.memorySize - surplus,
  };
}

function isLoaded(header: SectionHeader): boolean {
  return (
    header.type !== SHT_NULL &&
    header.type !== SHT_NOBITS &&
    (header.flags & SHF_ALLOC) !== 0 &&
    header.size > 0
  );
}

function readEntry(file: ByteReader, segments: readonly Segment[]): number {
  const entry = (file.u32(0x18) & ~1) >>> 0;
  if (entry === 0) {
    throw file.error(
      "ELF_NO_ENTRY",
      "has no entry point (e_entry at offset 0x18 is 0). Link it with ENTRY(Reset_Handler)",
    );
  }
  const inside = segments.some(({ virtualAddress, memorySize }) => {
    return entry >= virtualAddress && entry < virtualAddress + memorySize;
  });
  if (!inside) {
    throw file.error(
      "ELF_BAD_ENTRY",
      `entry point ${hex(entry, 8)} (e_entry at offset 0x18) lies in no segment. Correct ENTRY() in the linker script`,
    );
  }
  return entry;
}

/** The distinct lines of `.comment`, where each compiler that took part leaves its version. */
function readCompiler(file: ByteReader, headers: readonly SectionHeader[]): string | undefined {
  const comment = headers.find((header) => header.name === ".comment" && header.type !== SHT_NOBITS);
  if (!comment) return undefined;
  const text = new TextDecoder().decode(file.slice(comment.offset, Math.min(comment.size, 4096)));
  const lines = new Set(text.split("\0").filter((line) => /^[\x20-\x7e]+$/.test(line)));
  return lines.size > 0 ? [...lines].join("; ") : undefined;
}
