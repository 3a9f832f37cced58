import type { I32 } from "../isa/ir.ts";
import { isSame } from "./patterns.ts";
import type { FunctionBody } from "./wasm-module.ts";

export type Word = Extract<I32, { k: "R" | "tmp" }>;

/** A signed halfword as bits of a word: 8 or 16 of them, sign extended, from bit 0 or 16 up. */
interface Bits {
  readonly shift: 0 | 16;
  readonly bits: 8 | 16;
}
/** In a local. */
export interface Lane extends Bits {
  readonly local: number;
}
/** Of a value, before it is known which local holds it. */
export interface LaneSource extends Bits {
  readonly word: Word;
}

/** Both signed halfwords of a word. */
export interface Lanes {
  readonly low: Lane;
  readonly high: Lane;
}

/** The halfwords of the word in a local. */
export const bothOf = (local: number): Lanes => ({
  low: { local, shift: 0, bits: 16 },
  high: { local, shift: 16, bits: 16 },
});

/**
 * What the halfwords of a value are made of that is packed from two, as SXTB16 and PKHBT do: the multiplications behind
 * them take the halfwords apart again, and can have them without the packed word.
 */
export function packedHalfwords(e: I32): { readonly low: LaneSource; readonly high: LaneSource } | undefined {
  if (e.k !== "bin" || e.op !== "or") return undefined;
  const [top, bottom] = [masked(e.a, -0x1_0000), masked(e.b, 0xffff)];
  const low = bottom && bottomSource(bottom);
  const high = top && topSource(top);
  return low && high && { low, high };
}

/** x of `x & mask`. */
function masked(e: I32, mask: number): I32 | undefined {
  const isMasked = e.k === "bin" && e.op === "and" && e.b.k === "const" && (e.b.v | 0) === mask;
  return isMasked ? e.a : undefined;
}
const isWord = (e: I32 | undefined): e is Word => e?.k === "R" || e?.k === "tmp";
/** x of `op(x, n)`. */
function shifted(e: I32 | undefined, op: "shl" | "sar", n: number): I32 | undefined {
  return e?.k === "bin" && e.op === op && e.b.k === "const" && e.b.v === n ? e.a : undefined;
}

/** Source of the low halfword of `e`. */
function bottomSource(e: I32): LaneSource | undefined {
  if (e.k === "un" && e.op === "sext8" && isWord(e.a)) return { word: e.a, shift: 0, bits: 8 };
  const top = shifted(e, "sar", 16);
  if (isWord(top)) return { word: top, shift: 16, bits: 16 };
  return isWord(e) ? { word: e, shift: 0, bits: 16 } : undefined;
}
/** Source of the high halfword of `e`. */
function topSource(e: I32): LaneSource | undefined {
  const byte = shifted(shifted(e, "sar", 8), "shl", 8);
  if (isWord(byte)) return { word: byte, shift: 16, bits: 8 };
  const low = shifted(e, "shl", 16);
  if (isWord(low)) return { word: low, shift: 0, bits: 16 };
  return isWord(e) ? { word: e, shift: 16, bits: 16 } : undefined;
}

/** The word whose bytes 0 and 2 both halfwords are, as those of SXTB16; undefined where they are anything else. */
export function bytesOf({
  low,
  high,
}: {
  readonly low: LaneSource;
  readonly high: LaneSource;
}): Word | undefined {
  return low.shift === 0 && low.bits === 8 && high.bits === 8 && isSame(low.word, high.word)
    ? low.word
    : undefined;
}

/**
 * Leaves bytes 0 and 2 of the local on the stack, each sign extended to a halfword. With its top bit turned round a byte
 * is 128 more than its value; the top bits of the halfwords, set meanwhile, keep the borrow of the lower from the upper.
 */
export function emitExtendedBytes(body: FunctionBody, local: number): void {
  body.get(local).i32(0x00ff_00ff).op("i32.and");
  body.i32(0x8080_8080 | 0).op("i32.xor");
  body.i32(0x0080_0080).op("i32.sub");
  body.i32(0x8000_8000 | 0).op("i32.xor");
}

/** Leaves the halfword on the stack, sign extended to 64 bits. */
export function emitLane(body: FunctionBody, { local, shift, bits }: Lane): void {
  body.get(local);
  if (shift === 16 && bits === 16) {
    body.op("i64.extend_i32_s").i64(16).op("i64.shr_s");
    return;
  }
  if (shift === 16) body.i32(16).op("i32.shr_u");
  body.op("i64.extend_i32_u", bits === 8 ? "i64.extend8_s" : "i64.extend16_s");
}
