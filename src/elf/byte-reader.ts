import { ElfError } from "../errors.ts";

/** `0x…` with at least `digits` digits. */
export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

/** Little-endian reads from a firmware file that throw an `ElfError` in place of running past its end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** The file's name, as messages show it. */
  readonly name: string;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.name = name;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The file is wrong at `problem`; the message gains the file's name in front. */
  error(code: string, problem: string): ElfError {
    return new ElfError(code, `${this.name}: ${problem}`);
  }

  /** Throws `ELF_TRUNCATED` unless `length` bytes from `offset` lie inside the file; `what` is a plural noun. */
  requireRange(offset: number, length: number, what: string): void {
    if (offset + length <= this.bytes.length) return;
    throw this.error(
      "ELF_TRUNCATED",
      `file is truncated: ${what} at offset ${hex(offset)} (${length} bytes) lie beyond its end ` +
        `(${this.bytes.length} bytes). Rebuild it or copy it again`,
    );
  }

  u8(offset: number): number {
    return this.#view.getUint8(offset);
  }

  u16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  u32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  /** A view, not a copy. Call `requireRange` before. */
  slice(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(offset, offset + length);
  }
}
