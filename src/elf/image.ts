import { ElfError } from "../errors.ts";
import { ByteReader, hex } from "./byte-reader.ts";
import { elfMagic, readElf } from "./elf.ts";
import { flatSegment, readIntelHex } from "./intel-hex.ts";
import type { Section } from "./section.ts";
import { largestSegment, type Segment } from "./segment.ts";
import { createSymbolLookup, type SymbolLookup } from "./symbol-lookup.ts";
import type { ImageSymbol, Mapping } from "./symbols.ts";

export type { Section, SectionKind } from "./section.ts";
export type { Segment } from "./segment.ts";
export type { SymbolLocation } from "./symbol-lookup.ts";
export type { ImageSymbol, Mapping } from "./symbols.ts";

/** A firmware file: what is put where, and what it is called. */
export interface Image extends SymbolLookup {
  readonly format: "elf" | "hex" | "bin";
  /** In ascending order of physical address; no two share a byte. */
  readonly segments: readonly Segment[];
  /** Sorted by address; empty for `hex` and `bin`, as is everything else that only ELF knows. */
  readonly symbols: readonly ImageSymbol[];
  /** Where Thumb code and where literal data starts; sorted by address. */
  readonly mappings: readonly Mapping[];
  /** In the order of the file. */
  readonly sections: readonly Section[];
  /** Where a debugger would start it, without the Thumb bit. The core itself starts at the vector table's word 1. */
  readonly entry: number | undefined;
  /** What built it, e.g. `GCC: (15:12.2.rel1-1) 12.2.1 20221205`. */
  readonly compiler?: string;
}

/** What the reader cannot know from the file. */
export interface ImageOptions {
  /** Address of the first byte of a raw `.bin`; ignored for other formats. */
  readonly loadAddress?: number;
}

/**
 * Reads ELF, Intel HEX or raw binary firmware; content decides, then the ending of `name`. The image keeps views of
 * `bytes`. Throws `ElfError`, and nothing else, for whatever is wrong with the file.
 */
export function readImage(bytes: Uint8Array, name: string, options: ImageOptions = {}): Image {
  if (bytes.length === 0)
    throw new ElfError("ELF_EMPTY", `${name}: file is empty. Rebuild it or copy it again`);
  switch (detectFormat(bytes, name)) {
    case "elf": {
      const { segments, symbols, mappings, sections, entry, compiler } = readElf(new ByteReader(bytes, name));
      const lookup = createSymbolLookup(symbols, sections);
      const known = { format: "elf", segments, symbols, mappings, sections, entry, ...lookup } as const;
      return compiler === undefined ? known : { ...known, compiler };
    }
    case "hex":
      return { format: "hex", ...readIntelHex(bytes, name), ...nameless() };
    case "bin":
      return {
        format: "bin",
        segments: [rawSegment(bytes, name, options.loadAddress)],
        entry: undefined,
        ...nameless(),
      };
  }
}

function nameless(): Pick<Image, "symbols" | "mappings" | "sections" | "findSymbol" | "symbolAt"> {
  return { symbols: [], mappings: [], sections: [], ...createSymbolLookup([], []) };
}

function detectFormat(bytes: Uint8Array, name: string): Image["format"] {
  if (elfMagic.every((byte, index) => bytes[index] === byte)) return "elf";
  if (/^\s*:[0-9a-f]{10}/i.test(new TextDecoder().decode(bytes.subarray(0, 64)))) return "hex";
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  if (ending === "hex" || ending === "ihex" || ending === "ihx") return "hex";
  if (ending === "bin") return "bin";
  return "elf";
}

function rawSegment(bytes: Uint8Array, name: string, loadAddress: number | undefined): Segment {
  if (loadAddress === undefined) {
    throw new ElfError(
      "BIN_NO_ADDRESS",
      `${name}: a raw binary does not say where it belongs. Give --load-address`,
    );
  }
  if (!Number.isInteger(loadAddress) || loadAddress < 0 || loadAddress + bytes.length > 0x1_0000_0000) {
    const extent = `${bytes.length} bytes at ${Number.isInteger(loadAddress) && loadAddress >= 0 ? hex(loadAddress, 8) : String(loadAddress)}`;
    throw new ElfError(
      "BIN_BAD_ADDRESS",
      `${name}: ${extent} do not fit in the 4 GiB address space. Correct --load-address`,
    );
  }
  if (bytes.length > largestSegment) {
    throw new ElfError(
      "BIN_TOO_LARGE",
      `${name}: ${bytes.length} bytes are more than 512 MiB. Give a firmware image`,
    );
  }
  return flatSegment(loadAddress, bytes);
}
