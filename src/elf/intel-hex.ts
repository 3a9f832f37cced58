import { ElfError } from "../errors.ts";
import { hex } from "./byte-reader.ts";
import type { Segment } from "./segment.ts";

/** What an Intel HEX file says about its program. */
export interface HexContents {
  readonly segments: readonly Segment[];
  /** From a type 03 or 05 record; the Thumb bit is cleared. */
  readonly entry: number | undefined;
}

/** The payload of one data record. */
interface DataRecord {
  readonly line: number;
  readonly address: number;
  readonly data: Uint8Array;
}

interface HexRecord {
  readonly line: number;
  readonly type: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Bytes of payload that each record type must have; data records (00) may have any number. */
const payloadSizes = new Map([
  [1, 0],
  [2, 2],
  [3, 4],
  [4, 2],
  [5, 4],
]);
const newline = 0x0a;
/** `:`, 255 payload bytes and 5 others as two digits each, and room for blanks. */
const longestLine = 1024;

/** Reads Intel HEX records 00 to 05. @source Intel Hexadecimal Object File Format Specification, Revision A */
export function readIntelHex(bytes: Uint8Array, name: string): HexContents {
  const records: DataRecord[] = [];
  let base = 0;
  let entry: number | undefined;
  let ended = false;
  for (const { line, text } of lines(bytes, name)) {
    if (text === "") continue;
    if (ended)
      throw hexError("HEX_AFTER_END", name, line, "a record follows the end-of-file record. Remove it");
    const record = parseRecord(text, line, name);
    if (record.type === 0) records.push(dataRecord(record, base, name));
    else if (record.type === 1) ended = true;
    else if (record.type === 2) base = word(record.data) * 16;
    else if (record.type === 4) base = word(record.data) * 0x1_0000;
    else entry = startAddress(record);
  }
  if (!ended) {
    throw new ElfError(
      "HEX_TRUNCATED",
      `${name}: file is truncated: it has no end-of-file record (:00000001FF). Copy it again`,
    );
  }
  if (records.length === 0) throw new ElfError("HEX_EMPTY", `${name}: has no data record. Rebuild the file`);
  return { segments: joinRecords(records, name), entry };
}

function hexError(code: string, name: string, line: number, problem: string): ElfError {
  return new ElfError(code, `${name}:${line}: ${problem}`);
}

function* lines(
  bytes: Uint8Array,
  name: string,
): Generator<{ readonly line: number; readonly text: string }> {
  const decoder = new TextDecoder();
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    if (end - start > longestLine) {
      throw hexError(
        "HEX_BAD_RECORD",
        name,
        line,
        `the line is ${end - start} bytes long; no record is. Rebuild the file`,
      );
    }
    yield { line, text: decoder.decode(bytes.subarray(start, end)).trim() };
    start = end + 1;
  }
}

function parseRecord(text: string, line: number, name: string): HexRecord {
  if (!/^:(?:[0-9a-f]{2}){5,}$/i.test(text)) {
    throw hexError(
      "HEX_BAD_RECORD",
      name,
      line,
      "not a record (a colon and at least 5 pairs of hexadecimal digits). Rebuild the file",
    );
  }
  const bytes = Uint8Array.from(text.slice(1).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const [size, high, low, type] = bytes as unknown as [number, number, number, number];
  if (bytes.length !== size + 5) {
    throw hexError(
      "HEX_BAD_RECORD",
      name,
      line,
      `the record says ${size} bytes and has ${bytes.length - 5}. Copy the file again`,
    );
  }
  const sum = bytes.reduce((total, byte) => total + byte, 0) & 0xff;
  if (sum !== 0) {
    const found = bytes.at(-1)!;
    throw hexError(
      "HEX_CHECKSUM",
      name,
      line,
      `checksum is ${hex(found, 2)}, not ${hex((found - sum) & 0xff, 2)}. Copy the file again`,
    );
  }
  const expected = payloadSizes.get(type);
  if (type !== 0 && expected === undefined) {
    throw hexError(
      "HEX_BAD_RECORD",
      name,
      line,
      `record type ${hex(type, 2)} is unknown (00 to 05 are). Rebuild the file`,
    );
  }
  if (expected !== undefined && expected !== size) {
    throw hexError(
      "HEX_BAD_RECORD",
      name,
      line,
      `record type ${hex(type, 2)} has ${size} bytes, not ${expected}. Rebuild the file`,
    );
  }
  return { line, type, offset: high * 256 + low, data: bytes.subarray(4, 4 + size) };
}

function word(data: Uint8Array): number {
  return data[0]! * 256 + data[1]!;
}

/** CS:IP of a type 03 record, the linear address of a type 05 record. */
function startAddress({ type, data }: HexRecord): number {
  const high = word(data);
  const low = word(data.subarray(2));
  return ((type === 3 ? high * 16 + low : high * 0x1_0000 + low) & ~1) >>> 0;
}

function dataRecord({ line, offset, data }: HexRecord, base: number, name: string): DataRecord {
  const address = base + offset;
  // The specification lets such a record wrap around inside its 64 KiB; no linker writes one, and readers differ.
  if (offset + data.length > 0x1_0000) {
    throw hexError(
      "HEX_WRAP",
      name,
      line,
      `data at ${hex(address, 8)} runs past the end of its 64 KiB. Rebuild the file`,
    );
  }
  return { line, address, data };
}

/** One segment for each gapless run of records. */
function joinRecords(records: readonly DataRecord[], name: string): readonly Segment[] {
  const ordered = records
    .filter(({ data }) => data.length > 0)
    .sort((a, b) => a.address - b.address || a.line - b.line);
  const pool = new Uint8Array(ordered.reduce((total, { data }) => total + data.length, 0));
  const segments: Segment[] = [];
  let used = 0;
  let runStart = 0;
  ordered.forEach((record, index) => {
    const previous = ordered[index - 1];
    if (previous && record.address < previous.address + previous.data.length) {
      const [first, second] = [previous.line, record.line].sort((a, b) => a - b) as [number, number];
      throw hexError(
        "HEX_OVERLAP",
        name,
        second,
        `data at ${hex(record.address, 8)} overlaps that of line ${first}. Rebuild the file`,
      );
    }
    pool.set(record.data, used);
    used += record.data.length;
    const end = record.address + record.data.length;
    if (ordered[index + 1]?.address === end) return;
    segments.push(flatSegment(end - (used - runStart), pool.subarray(runStart, used)));
    runStart = used;
  });
  return segments;
}

/** A segment of a format that knows neither access rights nor a second address. */
export function flatSegment(address: number, bytes: Uint8Array): Segment {
  const flags = { read: true, write: true, execute: true };
  return { address, virtualAddress: address, bytes, memorySize: bytes.length, flags };
}
