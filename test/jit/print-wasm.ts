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
    case "i32.const":
    case "i64.const":
      return ` ${reader.signed()}`;
    default: {
      if (!/\.(load|store)/.test(name)) return "";
      reader.unsigned(); // alignment
      return ` offset=0x${reader.unsigned().toString(16)}`;
    }
  }
}

/** Text of a function's entry of the code section, one instruction a line. */
export function printFunction(encoded: Uint8Array): string {
  const reader = new Reader(encoded);
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
    const byte = reader.byte();
    const name = NAMES.get(byte);
    if (name === undefined) throw new Error(`opcode 0x${byte.toString(16)} is not in the table`);
    if (name === "end" || name === "else") depth--;
    if (depth < 0) break;
    lines.push("  ".repeat(depth) + name + operands(name, reader));
    if (name === "block" || name === "loop" || name === "if" || name === "else") depth++;
  }
  return lines.join("\n") + "\n";
}
