import { OP, TYPE, type Opcode } from "../../src/jit/wasm-module.ts";

const NAMES = new Map<number, Opcode>(Object.entries(OP).map(([name, byte]) => [byte, name as Opcode]));
const TYPES = new Map<number, string>(Object.entries(TYPE).map(([name, byte]) => [byte, name]));

/** Reads the number formats of the binary format. */
class Reader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get done(): boolean {
    return this.at >= this.#bytes.length;
  }
  byte(): number {
    return this.#bytes[this.at++]!;
  }
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
  float(size: 4 | 8): number {
    const { buffer, byteOffset } = this.#bytes;
    const view = new DataView(buffer, byteOffset + this.at, size);
    this.at += size;
    return size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }
  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value);
    }
  }
}

/** Operands of an instruction as text. */
function operands(name: Opcode, reader: Reader): string {
  switch (name) {
    case "block":
    case "loop":
    case "if": {
      const type = TYPES.get(reader.byte());
      return type === undefined ? "" : ` (result ${type})`;
    }
    case "br":
    case "br_if":
    case "call":
    case "local.get":
    case "local.set":
    case "local.tee":
      return ` ${reader.unsigned()}`;
    case "call_indirect":
    case "return_call_indirect":
      return ` type=${reader.unsigned()} table=${reader.unsigned()}`;
    case "i32.const":
    case "i64.const":
      return ` ${reader.signed()}`;
    case "f32.const":
      return ` ${reader.float(4)}`;
    case "f64.const":
      return ` ${reader.float(8)}`;
    default: {
      if (!/\.(load|store)/.test(name)) return "";
      reader.unsigned(); // alignment
      return ` offset=0x${reader.unsigned().toString(16)}`;
    }
  }
}

const HINTS = [" (unlikely)", " (likely)"] as const;

/** Text of a function's entry of the code section with its branch hints, one instruction a line. */
export function printFunction(
  encoded: Uint8Array,
  hints: readonly { readonly offset: number; readonly taken: 0 | 1 }[] = [],
): string {
  const reader = new Reader(encoded);
  const hintAt = new Map(hints.map(({ offset, taken }) => [offset, HINTS[taken]]));
  const lines: string[] = [];
  const groups = reader.unsigned();
  const locals: string[] = [];
  for (let n = 0; n < groups; n++) {
    const count = reader.unsigned();
    const type = TYPES.get(reader.byte())!;
    for (let i = 0; i < count; i++) locals.push(type);
  }
  lines.push(`(local ${locals.join(" ")})`);
  let depth = 0;
  while (!reader.done) {
    const hint = hintAt.get(reader.at) ?? "";
    const byte = reader.byte();
    const name = NAMES.get(byte);
    if (name === undefined) throw new Error(`opcode 0x${byte.toString(16)} is not in the table`);
    if (name === "end" || name === "else") depth--;
    if (depth < 0) break;
    lines.push("  ".repeat(depth) + name + operands(name, reader) + hint);
    if (name === "block" || name === "loop" || name === "if" || name === "else") depth++;
  }
  return lines.join("\n") + "\n";
}
