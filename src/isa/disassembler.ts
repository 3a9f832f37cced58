import { isWide, type Decoded, type Decoder } from "./decoder.ts";
import { CONDITIONS } from "./pseudocode.ts";

/** Text of instructions, the same as that of GNU objdump 2.40 (`-d -M force-thumb`). */

export interface DisassembleOptions {
  /** Condition of the instruction when it stands in an IT block. */
  readonly itCondition?: number | undefined;
  /** What names an address, `main+0x4`; undefined where nothing does. */
  readonly symbol?: ((address: number) => string | undefined) | undefined;
}

/** Mnemonic, tab, operands. */
export function disassemble(decoded: Decoded, address: number, options: DisassembleOptions = {}): string {
  const { insn, o, size, encoding } = decoded;
  const { itCondition, symbol } = options;
  const c = itCondition === undefined || insn.unconditional ? "" : CONDITIONS[itCondition]!;
  const target = (to: number): string => {
    const name = symbol?.(to >>> 0);
    const hex = (to >>> 0).toString(16);
    return name === undefined ? `0x${hex}` : `${hex} <${name}>`;
  };
  return insn.asm(o, { c, pc: address >>> 0, size, encoding, target });
}

/** One line of a listing. */
export interface ListingLine {
  readonly address: number;
  readonly size: 1 | 2 | 4;
  /** The halfword, first halfword << 16 | second, or the byte left over at the end. */
  readonly word: number;
  readonly text: string;
  /** Null when UNDEFINED on this core, or cut off at the end. */
  readonly decoded: Decoded | null;
}

export interface ListingOptions {
  readonly symbol?: DisassembleOptions["symbol"];
}

/** ITSTATE after an instruction. @source Armv7-M ARM, "ITAdvance()" */
function ITAdvance(ITSTATE: number): number {
  return (ITSTATE & 7) === 0 ? 0 : (ITSTATE & 0xe0) | ((ITSTATE << 1) & 0x1f);
}

/** Disassembles `bytes`, which begin at `address`, one instruction after the other; follows IT blocks. */
export function* listing(
  bytes: Uint8Array,
  address: number,
  decoder: Decoder,
  { symbol }: ListingOptions = {},
): Generator<ListingLine> {
  const halfword = (at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
  let ITSTATE = 0;
  let at = 0;
  while (at + 1 < bytes.length) {
    const first = halfword(at);
    const pc = (address + at) >>> 0;
    if (isWide(first) && at + 3 >= bytes.length) {
      yield { address: pc, size: 2, word: first, text: `.short\t0x${hex(first, 4)}`, decoded: null };
      at += 2;
      continue;
    }
    const size = isWide(first) ? 4 : 2;
    const word = size === 4 ? ((first << 16) | halfword(at + 2)) >>> 0 : first;
    const inITBlock = (ITSTATE & 15) !== 0;
    const decoded = decoder.decode(word, size, { inITBlock });
    const itCondition = inITBlock ? ITSTATE >>> 4 : undefined;
    const text = decoded
      ? disassemble(decoded, pc, { itCondition, symbol })
      : `\t@ <UNDEFINED> instruction: 0x${hex(word, size * 2)}`;
    yield { address: pc, size, word, text, decoded };
    ITSTATE = isIT(first) && !inITBlock ? first & 0xff : ITAdvance(ITSTATE);
    at += size;
  }
  if (at < bytes.length) {
    const byte = bytes[at]!;
    yield {
      address: (address + at) >>> 0,
      size: 1,
      word: byte,
      text: `.byte\t0x${hex(byte, 2)}`,
      decoded: null,
    };
  }
}

/** Whether a halfword is the IT instruction: a hint with a mask. */
function isIT(halfword: number): boolean {
  return halfword >>> 8 === 0xbf && (halfword & 15) !== 0;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
