import type { Image, ImageSymbol, Section } from "../../elf/image.ts";
import { loadBoard } from "../../board/registry.ts";
import { UsageError } from "../../errors.ts";
import { listing } from "../../isa/disassembler.ts";
import { decoderFor } from "../../runner/machine.ts";
import { describeAddress, symbolAddress } from "../../runner/symbols.ts";
import { bytesAt } from "../image-bytes.ts";
import { defaultLoadAddress, loadFirmware } from "../load.ts";

export interface DisasmOptions {
  readonly board?: string;
  readonly function?: string;
  readonly loadAddress?: number;
}

/** A run of bytes that are all code, or all data among it. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly code: boolean;
}

/** `mcusim disasm`: the code of a firmware file as text. */
export async function disasm(firmware: string, options: DisasmOptions): Promise<void> {
  const board = options.board === undefined ? undefined : await loadBoard(options.board);
  const loadAddress = options.loadAddress ?? (board === undefined ? 0 : defaultLoadAddress(board));
  const { image } = loadFirmware(firmware, loadAddress);
  const decoder = decoderFor(board?.core.fpu ?? "fpv5-d16");
  const symbol = (address: number): string | undefined => {
    const text = describeAddress(image, address);
    return text?.replace(/\+0x0$/, "");
  };
  const names = new Map<number, ImageSymbol[]>();
  for (const s of image.symbols) names.set(s.address, [...(names.get(s.address) ?? []), s]);
  const lines: string[] = [];
  for (const stretch of wanted(image, options.function)) {
    const bytes = bytesAt(image, stretch.start, stretch.end);
    if (!stretch.code) {
      lines.push(...dataLines(bytes, stretch.start));
      continue;
    }
    for (const { address, size, word, text } of listing(bytes, stretch.start, decoder, { symbol })) {
      for (const s of names.get(address) ?? [])
        if (s.kind === "function") lines.push("", `${hex(address, 8)} <${s.name}>:`);
      const words = size === 4 ? `${hex(word >>> 16, 4)} ${hex(word & 0xffff, 4)}` : hex(word, 2 * size);
      lines.push(`${hex(address, 8)}:  ${words.padEnd(9)}  ${text}`);
    }
  }
  process.stdout.write(`${lines.join("\n").trimStart()}\n`);
}

function wanted(image: Image, name: string | undefined): readonly Stretch[] {
  if (name !== undefined) {
    const start = symbolAddress(image, name, "--function");
    const size = image.findSymbol(name)?.size ?? 0;
    if (size === 0) throw new UsageError(`--function ${name}: the firmware does not tell its size`);
    return split(image, start, start + size);
  }
  const sections = image.sections.filter((s) => s.kind === "code" && s.size > 0);
  const ranges: readonly Pick<Section, "address" | "size">[] =
    sections.length > 0
      ? sections
      : image.segments.map((s) => ({ address: s.address, size: s.bytes.length }));
  return ranges.flatMap(({ address, size }) => split(image, address, address + size));
}

/** Cuts a range where the file's mapping symbols say that code or literal data begins. */
function split(image: Image, start: number, end: number): readonly Stretch[] {
  const before = image.mappings.findLast((m) => m.address <= start);
  const inside = image.mappings.filter((m) => m.address > start && m.address < end);
  const stretches: Stretch[] = [];
  let from = start;
  let code = before === undefined || before.kind !== "data";
  for (const { address, kind } of inside) {
    if (address > from && (kind !== "data") !== code) {
      stretches.push({ start: from, end: address, code });
      from = address;
    }
    code = kind !== "data";
  }
  stretches.push({ start: from, end, code });
  return stretches;
}

function dataLines(bytes: Uint8Array, start: number): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const size =
      (start + at) % 4 === 0 && at + 4 <= bytes.length
        ? 4
        : (start + at) % 2 === 0 && at + 2 <= bytes.length
          ? 2
          : 1;
    const value =
      size === 4 ? view.getUint32(at, true) : size === 2 ? view.getUint16(at, true) : view.getUint8(at);
    const directive = { 4: ".word", 2: ".short", 1: ".byte" }[size];
    const digits = hex(value, 2 * size);
    lines.push(`${hex(start + at, 8)}:  ${digits.padEnd(9)}  ${directive}\t0x${digits}`);
    at += size;
  }
  return lines;
}

const hex = (value: number, digits: number): string => (value >>> 0).toString(16).padStart(digits, "0");
