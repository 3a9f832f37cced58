import type { JitArea } from "./jit-area.ts";
import { FIRST_SHARED_SLOT, SHARED_TYPES } from "./shared-functions.ts";
import type { FunctionBody } from "./wasm-module.ts";

/** Where code of a region begins: the unit that regions pass control to each other by. */
export interface EntryPoint {
  readonly pc: number;
  readonly itState: number;
  /** State of the pipeline at entry. */
  readonly state: number;
}

/** log2 of the bytes of an entry of the look-up: address, state, slot, one word not used. */
export const LOOKUP_SHIFT = 4;
const LOOKUP = { pc: 0, state: 4, slot: 8 } as const;
export const LOOKUP_ENTRIES = 1024;
/** First slot for a place. */
const FIRST_SLOT = FIRST_SHARED_SLOT + SHARED_TYPES.length;
/** Slots by which the table of functions grows. */
const GROWTH = 1024;

type Code = () => number;

/**
 * How regions call each other without the host: a table of functions with a slot for each place that some region leaves
 * to, which holds a stub until there is code for the place; and for jumps to anywhere a look-up by address and state.
 */
export class Links {
  readonly table: WebAssembly.Table;
  readonly #words: Int32Array;
  readonly #lookup: number;
  readonly #slots = new Map<string, number>();
  readonly #codes = new Map<string, Code>();
  #stub: Code | undefined;

  constructor(words: Int32Array, area: JitArea) {
    this.table = new WebAssembly.Table({ element: "anyfunc", initial: GROWTH });
    this.#words = words;
    this.#lookup = area.lookup >> 2;
  }

  /**
   * Sets the functions that `callShared` calls.
   * @param stub what a region that leaves to a place without code calls: it returns to the host
   */
  setShared(functions: readonly Code[], stub: Code): void {
    functions.forEach((code, i) => this.table.set(FIRST_SHARED_SLOT + i, code));
    this.#stub = stub;
  }

  /** The slot for a place. */
  slot(place: EntryPoint): number {
    const key = keyOf(place);
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const slot = FIRST_SLOT + this.#slots.size;
    if (slot >= this.table.length) this.table.grow(GROWTH);
    this.#slots.set(key, slot);
    this.table.set(slot, this.#codes.get(key) ?? this.#stub!);
    return slot;
  }

  /** There is code for `place`. */
  enter(place: EntryPoint, code: Code): void {
    this.#codes.set(keyOf(place), code);
    const slot = this.slot(place);
    this.table.set(slot, code);
    if (place.itState !== 0) return; // no jump leads there
    const at = this.#index(place);
    this.#words[at + LOOKUP.pc / 4] = place.pc;
    this.#words[at + LOOKUP.state / 4] = place.state;
    this.#words[at + LOOKUP.slot / 4] = slot;
  }
  isCode(place: EntryPoint, code: Code): boolean {
    return this.#codes.get(keyOf(place)) === code;
  }
  /** There is no code for `place` any more. */
  leave(place: EntryPoint): void {
    const key = keyOf(place);
    if (!this.#codes.delete(key)) return;
    const slot = this.#slots.get(key)!;
    this.table.set(slot, this.#stub!);
    const at = this.#index(place);
    if (this.#words[at + LOOKUP.slot / 4] === slot) this.#words[at + LOOKUP.slot / 4] = 0;
  }
  /** There is no code for anything any more. */
  clear(): void {
    for (const key of this.#codes.keys()) this.table.set(this.#slots.get(key)!, this.#stub!);
    this.#codes.clear();
    this.#words.fill(0, this.#lookup, this.#lookup + (LOOKUP_ENTRIES << (LOOKUP_SHIFT - 2)));
  }

  #index({ pc, state }: EntryPoint): number {
    return this.#lookup + (lookupIndex(pc, state) << (LOOKUP_SHIFT - 2));
  }
}

/** Entry of the look-up; `emitLookup` computes the same. */
const lookupIndex = (pc: number, state: number): number => ((pc >>> 1) ^ state) & (LOOKUP_ENTRIES - 1);

/**
 * Leaves on the stack the slot of the code for a jump to the address in local `target`, or 0.
 * @param scratch an i32 local
 */
export function emitLookup(
  body: FunctionBody,
  { lookup }: JitArea,
  scratch: number,
  target: number,
  state: number,
): void {
  body.get(target).i32(1).op("i32.shr_u").i32(state).op("i32.xor");
  body
    .i32(LOOKUP_ENTRIES - 1)
    .op("i32.and")
    .i32(LOOKUP_SHIFT)
    .op("i32.shl")
    .set(scratch);
  const field = (offset: number): FunctionBody => body.get(scratch).memory("i32.load", lookup + offset);
  field(LOOKUP.slot).i32(0);
  field(LOOKUP.pc).get(target).op("i32.eq");
  field(LOOKUP.state).i32(state).op("i32.eq", "i32.and", "select");
}

const keyOf = ({ pc, itState, state }: EntryPoint): string => `${pc >>> 0}:${itState}:${state}`;
