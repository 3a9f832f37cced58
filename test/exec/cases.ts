import { Random } from "./random.ts";

/** Where cases run and what memory holds, the same for us and for every oracle. */

/** Code lies in the middle of this window; the words around it are what literals read. */
export const CODE = { start: 0x0100_0000, size: 0x4000 } as const;
export const CODE_MIDDLE = CODE.start + CODE.size / 2;
/** The only memory that cases store to. */
export const DATA = { start: 0x2000_8000, size: 0x4000 } as const;
/** The first part of DATA holds addresses of code, for what loads the PC. */
export const TARGETS = { start: DATA.start, size: 0x1000 } as const;
/** Jumps stay below this address, so that an oracle can map all that they reach. */
export const CODE_LIMIT = 0x0200_0000;

/** R0-R14 before a case, and APSR with NZCVQ and GE. */
export interface CaseState {
  /** What it was made from, with `stateOf`. */
  readonly seed: number;
  readonly r: Int32Array;
  readonly apsr: number;
}

/** One piece of code run from several states. */
export interface CaseGroup {
  /** Of which form of which row, for the reader of a failure. */
  readonly form: string;
  readonly pc: number;
  readonly code: Uint8Array;
  /** Instructions to execute. */
  readonly count: number;
  readonly states: readonly CaseState[];
}

/** What a case leaves behind. */
export interface Outcome {
  /** Empty when the case completed, else what stopped it. */
  readonly stopped: string;
  /** R0-R15. */
  readonly r: Int32Array;
  readonly apsr: number;
  /** Words of DATA that changed: address and value. */
  readonly writes: readonly (readonly [number, number])[];
  /** ITSTATE of the instruction that comes next or has faulted; undefined where the oracle does not show it. */
  readonly itState: number | undefined;
}

const CORNERS = [
  0, 1, -1, 2, -2, 3, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000,
  0x8000_0001, 0x7fff_fffe, 0x8000_8000, 0x7fff_7fff, 0x8000_7fff, 0x7fff_8000, 0xffff_8000, 0x0001_8000,
  0x8080_8080, 0x7f7f_7f7f, 0x7f80_ff00, 0x5555_5555, 0xaaaa_aaaa, 31, 32, 33, 63, 64, 0xf0f0_f0f0,
] as const;

/** A word that may be a corner of the arithmetic, a shift amount, few halfword corners together, or anything. */
export function operandWord(random: Random): number {
  const choice = random.below(16);
  if (choice < 5) return random.pick(CORNERS) | 0;
  if (choice < 7) return random.below(34) | (random.chance(0.5) ? 0 : random.word() & ~0xff);
  if (choice < 10) return (random.pick(CORNERS) << 16) | (random.pick(CORNERS) & 0xffff);
  return random.word() | 0;
}

/** The state that `seed` stands for; cases then set the registers that must hold an address. */
export function stateOf(seed: number): CaseState {
  const random = new Random(seed);
  const r = new Int32Array(15);
  for (let n = 0; n < 15; n++) {
    // Equal and opposite operands are corners of comparisons and of sums.
    const copies = n > 0 && random.chance(0.12);
    r[n] = copies ? random.pick([r[random.below(n)]!, -r[random.below(n)]!]) : operandWord(random);
  }
  r[13] = DATA.start + 0x2000 + 4 * random.below(64);
  return { seed, r, apsr: random.word() & 0xf80f_0000 };
}

/** Contents of a window before each case. */
function fill(seed: number, size: number): Uint8Array {
  const random = new Random(seed);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < size; at += 4) view.setInt32(at, operandWord(random), true);
  return bytes;
}

export const CODE_BYTES: Uint8Array = fill(0xc0de, CODE.size);
export const DATA_BYTES: Uint8Array = dataBytes();

function dataBytes(): Uint8Array {
  const bytes = fill(0xda7a, DATA.size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < TARGETS.size; at += 4) {
    view.setUint32(at, (view.getUint32(at, true) & (CODE_LIMIT - 1)) | 1, true);
  }
  return bytes;
}

/** The words of DATA in `now` that differ from what they were. */
export function changedWords(now: Int32Array): (readonly [number, number])[] {
  const writes: (readonly [number, number])[] = [];
  for (let i = 0; i < DATA_WORDS.length; i++) {
    if (now[i] !== DATA_WORDS[i]) writes.push([DATA.start + 4 * i, now[i]!]);
  }
  return writes;
}
const DATA_WORDS = new Int32Array(DATA_BYTES.buffer);
