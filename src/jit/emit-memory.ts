import { LAYOUT } from "../core/layout.ts";
import type { LoadStatement, StoreStatement } from "../isa/ir.ts";
import { LINE_ENTRY_SHIFT, LINE_OFFSET, type LineTableLayout } from "../memory/line-table.ts";
import { PAGE_BITS } from "../memory/memory-map.ts";
import { ALIGNMENT, type OpenRegion, type Width } from "../memory/open-regions.ts";
import { SLOW } from "../memory/page-table.ts";
import { BANK_RULE, MEMORY_SHIFT } from "../timing/timing.ts";
import { ROOM_SHIFT } from "./assist-access.ts";
import type { Access } from "./accesses.ts";
import { emitLeave, type AssistedAccess, type FunctionContext, type TemporaryPool } from "./emit-context.ts";
import { FpEmitter } from "./emit-fp.ts";
import { ACCESS, RESULT } from "./host-functions.ts";
import { callShared } from "./shared-functions.ts";
import type { FunctionBody, Opcode } from "./wasm-module.ts";

type Emit = () => void;
/** Bytes of the first of the accesses that are made together, and from there to the last. */
interface Size {
  readonly bytes: 1 | 2 | 4;
  readonly span: number;
}

/** A local with the 32 bits that an access moves. */
interface Value {
  readonly local: number;
  readonly type: "i32" | "f32";
}

/** Emits loads and stores: the plain ways inline, the host's behind them. */
export abstract class MemoryEmitter extends FpEmitter {
  protected readonly bankRule: Uint8Array | undefined;
  readonly #assists = new Map<number, AssistedAccess | undefined>();

  constructor(context: FunctionContext, pool: TemporaryPool, node: number, bankRule: Uint8Array | undefined) {
    super(context, pool, node);
    this.bankRule = bankRule;
  }

  /** Emits what follows a call of a host function; with `leaveBehind` as `lookNow`. */
  protected abstract afterCall(leaveBehind: Emit | undefined): void;
  /** Emits `leave` for the case that a host function has asked for attention. */
  protected abstract lookNow(leave: Emit): void;

  /** Leaves the function at this instruction. */
  leave(result: number): void {
    emitLeave(this.context, this.place, result);
  }

  /**
   * Emits the accesses of an instruction: one, or several of consecutive words.
   * @param leaveBehind emits the rest of the instruction and leaves, for an access that asks for attention; without it
   *   the instruction looks when it is done
   * @param singles temporaries that are loaded for floating-point registers, and never leave those: it takes the host
   *   an operation to move a value between its two kinds of registers
   */
  protected accesses(
    list: readonly Access[],
    leaveBehind: Emit | undefined,
    singles?: ReadonlySet<number>,
  ): void {
    if (list.length === 1) this.#single(list[0]!, leaveBehind, singles);
    else this.#words(list, singles, (address, values) => this.#eachWord(list, address, values, leaveBehind));
  }

  /**
   * Emits the accesses of an instruction that has changed nothing yet, as `accesses`. Where it makes several and they are
   * not plain, which is rare unless their memory has lines, it is left to the handlers as a whole: calls for each word
   * would be half of its code.
   */
  protected firstAccesses(
    list: readonly Access[],
    leaveBehind: Emit | undefined,
    singles: ReadonlySet<number>,
  ): void {
    if (list.length === 1 || this.context.makesAll(this.index)) {
      this.checkMultiple();
      this.accesses(list, leaveBehind, singles);
      return;
    }
    this.#words(list, singles, () => this.leave(RESULT.bail));
    this.checkMultiple();
  }

  #single(s: Access, leaveBehind: Emit | undefined, singles?: ReadonlySet<number>): void {
    const { body } = this;
    const address = this.pool.take("i32");
    this.i32(s.address);
    body.set(address);
    this.#noteAccess(address, 0);
    const value = s.k === "load" ? this.#loaded(s, singles) : this.#stored(s);
    const behind =
      leaveBehind &&
      (() => {
        if (s.k === "load") this.#checkBank(address);
        leaveBehind();
      });
    body.begin("block");
    const done = body.depth;
    if (!s.unprivileged) this.#plainly(s, address, value, done);
    this.#slow(s, address, value, behind);
    if (behind === undefined) this.looksBehind();
    body.end();
    if (s.k === "load") this.#checkBank(address);
  }

  /** A temporary for what is loaded. */
  #loaded({ id }: LoadStatement, singles: ReadonlySet<number> | undefined): Value {
    const type = singles?.has(id) === true ? "f32" : "i32";
    return { local: this.define(id, type), type };
  }
  /** A temporary with what is to be stored. */
  #stored({ value }: StoreStatement): Value {
    const type = value.k === "bitsF32" ? "f32" : "i32";
    const local = this.pool.take(type);
    if (value.k === "bitsF32") this.f32(value.a);
    else this.i32(value);
    this.body.set(local);
    return { local, type };
  }

  /** The plain ways of one access; they leave for `done`. */
  #plainly(s: Access, address: number, { local, type }: Value, done: number): void {
    const { body } = this;
    this.#plainWays(s.k, address, { bytes: s.bytes, span: 0 }, () => {
      if (s.k === "load") body.memory(loadOp(s, type), 0).set(local);
      else body.get(local).memory(storeOp(s, type), 0);
      body.branch("br", done);
    });
  }

  /**
   * Words at consecutive addresses, all in one page or line.
   * @param otherwise emits what is done where they are not, with the address of the first and where loaded words go
   */
  #words(
    list: readonly Access[],
    singles: ReadonlySet<number> | undefined,
    otherwise: (address: number, values: readonly (Value | undefined)[]) => void,
  ): void {
    const { body } = this;
    const { k: kind, address: start } = list[0]!;
    const address = this.pool.take("i32");
    this.i32(start);
    body.set(address);
    this.#noteAccess(address, span(list));
    const values = list.map((s) => (s.k === "load" ? this.#loaded(s, singles) : undefined));
    body.begin("block");
    const done = body.depth;
    this.#plainWays(kind, address, { bytes: 4, span: span(list) }, () => {
      const host = this.pool.take("i32");
      body.set(host);
      list.forEach((s, i) => {
        body.get(host);
        if (s.k === "load") {
          const { local, type } = values[i]!;
          body.memory(loadOp(s, type), 4 * i).set(local);
        } else if (s.value.k === "bitsF32") {
          this.f32(s.value.a);
          body.memory("f32.store", 4 * i);
        } else {
          this.i32(s.value);
          body.memory("i32.store", 4 * i);
        }
      });
      body.branch("br", done);
    });
    otherwise(address, values);
    body.end();
    this.#noteLoad(kind, address, span(list));
  }

  /** Several words, one after the other. */
  #eachWord(
    list: readonly Access[],
    address: number,
    values: readonly (Value | undefined)[],
    leaveBehind: Emit | undefined,
  ): void {
    list.forEach((s, i) => this.#word(s, address, 4 * i, values[i]));
    if (leaveBehind === undefined) {
      this.looksBehind();
      return;
    }
    this.lookNow(() => {
      this.#noteLoad(list[0]!.k, address, span(list));
      leaveBehind();
    });
  }

  /** One of several words, on its own. */
  #word(s: Access, base: number, offset: number, loaded: Value | undefined): void {
    const { body } = this;
    const address = this.pool.take("i32");
    body.get(base).i32(offset).op("i32.add").set(address);
    const value = s.k === "load" ? loaded! : this.#stored(s);
    body.begin("block");
    const done = body.depth;
    // Where lines are in use, such words often lie in two of them.
    if (this.context.usesLines(this.index)) this.#plainly(s, address, value, done);
    this.#slow(s, address, value, undefined);
    body.end();
  }

  #noteAccess(address: number, offset: number): void {
    if (!this.context.notesAccess(this.index)) return;
    this.body.i32(0).get(address).i32(offset).op("i32.add").memory("i32.store", LAYOUT.lastAccess);
  }
  #noteLoad(kind: Access["k"], address: number, offset: number): void {
    const { lastLoad } = this.context;
    if (lastLoad === undefined || kind === "store" || !this.context.notesLoad(this.index)) return;
    this.body.get(address).i32(offset).op("i32.add").set(lastLoad);
  }

  /** See `FunctionContext.assistedAccess`; of the present instruction. */
  get #assisted(): AssistedAccess | undefined {
    if (!this.#assists.has(this.index))
      this.#assists.set(this.index, this.context.assistedAccess(this.index));
    return this.#assists.get(this.index);
  }

  /**
   * Emits the plain ways of an access: a region that is open as a whole, what stands in the page table or the table of
   * lines. The table that served the instruction before comes first; an assist looks into the other. What is not found
   * falls through.
   * @param plain emits the access, at the host address on the stack, and leaves
   */
  #plainWays(kind: Access["k"], address: number, size: Size, plain: Emit): void {
    const { span, bytes } = size;
    const width = span > 0 ? "words" : bytes;
    const region = this.context.usesLines(this.index)
      ? undefined
      : this.context.openRegion(this.index, kind, width);
    if (region !== undefined) this.#viaRegion(region, address, width, plain);
    const lines = this.context.lines?.[kind === "load" ? "read" : "write"]?.layout;
    const viaPage = (): void => this.#viaPage(kind, address, size, plain);
    if (lines === undefined) {
      viaPage();
      return;
    }
    const viaLine = (): void => this.#viaLine(lines, address, size, plain);
    const ways = this.context.usesLines(this.index) ? [viaLine, viaPage] : [viaPage, viaLine];
    for (const way of this.#assisted === undefined ? ways : ways.slice(0, 1)) way();
  }

  #viaRegion({ start, host, limit }: OpenRegion, address: number, width: Width, plain: Emit): void {
    const body = this.body;
    body.get(address).i32(start).op("i32.sub");
    if (width !== 1) {
      const distance = this.pool.take("i32");
      body.set(distance);
      this.rotateRight(distance, ALIGNMENT[width]);
    }
    body.i32(0).memory("i32.load", limit).op("i32.lt_u").likely();
    body
      .get(address)
      .i32(host - start)
      .op("i32.add");
    plain();
    body.end();
  }

  #viaPage(kind: Access["k"], address: number, { bytes, span }: Size, plain: Emit): void {
    const body = this.body;
    const table = kind === "load" ? LAYOUT.readTable : LAYOUT.writeTable;
    const entry = this.pool.take("i32");
    body
      .get(address)
      .i32(PAGE_BITS)
      .op("i32.shr_u")
      .i32(2)
      .op("i32.shl")
      .memory("i32.load", table)
      .tee(entry);
    // The lowest bit of the entry is set where the page is slow.
    if (bytes > 1) body.get(address).op("i32.or");
    body.i32(bytes === 1 ? SLOW : bytes - 1).op("i32.and");
    if (span > 0) {
      this.#differenceAcross(address, span);
      body.i32(-1 << PAGE_BITS).op("i32.and", "i32.or");
    }
    body.op("i32.eqz").likely();
    body.get(entry).get(address).op("i32.add");
    plain();
    body.end();
  }

  #viaLine(
    { base, entries, shift }: LineTableLayout,
    address: number,
    { bytes, span }: Size,
    plain: Emit,
  ): void {
    const body = this.body;
    const entry = this.pool.take("i32");
    const indexBits = (entries - 1) << LINE_ENTRY_SHIFT;
    body
      .get(address)
      .i32(shift - LINE_ENTRY_SHIFT)
      .op("i32.shr_u")
      .i32(indexBits)
      .op("i32.and")
      .tee(entry);
    body.memory("i32.load", base);
    // The line's address and the bits that are zero when aligned, in one comparison.
    body
      .get(address)
      .i32((-1 << shift) | (bytes - 1))
      .op("i32.and");
    if (span === 0) body.op("i32.eq");
    else {
      body.op("i32.xor");
      this.#differenceAcross(address, span);
      body.i32(-1 << shift).op("i32.and", "i32.or", "i32.eqz");
    }
    body.likely();
    body
      .get(address)
      .get(entry)
      .memory("i32.load", base + LINE_OFFSET)
      .op("i32.add");
    plain();
    body.end();
  }

  /** Leaves the bits on the stack in which the addresses of the first and the last word differ. */
  #differenceAcross(address: number, span: number): void {
    this.body.get(address).i32(span).op("i32.add").get(address).op("i32.xor");
  }

  /** An access that no table has, or that is not to be made as the running code. */
  #slow(s: Access, address: number, value: Value, leaveBehind: Emit | undefined): void {
    const { body } = this;
    const flags = s.bytes | (s.aligned ? ACCESS.aligned : 0) | (s.unprivileged ? ACCESS.unprivileged : 0);
    if (s.k === "store") this.#call(address, flags, value, s.unprivileged);
    else {
      const { lastLoad } = this.context;
      // The instruction may end behind this call.
      if (lastLoad !== undefined && !this.#looksAtLastLoad && this.context.notesLoad(this.index))
        body.get(address).set(lastLoad);
      this.#call(address, flags, undefined, s.unprivileged);
      this.#extend(s);
      if (value.type === "f32") body.op("f32.reinterpret_i32");
      body.set(value.local);
    }
    this.afterCall(leaveBehind);
  }

  /** Calls what performs an access that neither table has: a load, or a store of `value`. */
  #call(address: number, flags: number, value: Value | undefined, unprivileged: boolean): void {
    const body = this.body;
    const bits = (): FunctionBody => {
      body.get(value!.local);
      return value!.type === "f32" ? body.op("i32.reinterpret_f32") : body;
    };
    const { left } = this.context;
    const assisted = unprivileged ? undefined : this.#assisted;
    if (assisted === undefined) {
      body.get(address).i32(flags);
      if (value !== undefined) bits();
      callShared(body.i32(this.place).get(left), value === undefined ? "load" : "store");
      return;
    }
    const { room, offset, counter } = assisted;
    body
      .get(address)
      .i32(flags | (room << ROOM_SHIFT))
      .i32(this.place)
      .get(left)
      .i32(offset)
      .i32(counter);
    if (value === undefined) callShared(body, "assistedLoad");
    else callShared(bits(), "assistedStore");
  }

  /** A host load gives the bytes zero extended. */
  #extend({ bytes, signed }: LoadStatement): void {
    if (signed && bytes === 1) this.body.op("i32.extend8_s");
    if (signed && bytes === 2) this.body.op("i32.extend16_s");
  }

  #checkBank(address: number): void {
    const { body } = this;
    const { lastLoad } = this.context;
    if (lastLoad === undefined) return;
    if (this.#looksAtLastLoad) {
      body.get(lastLoad).get(address).op("i32.xor");
      if (this.bankRule?.[this.index] === BANK_RULE.pairedLoad)
        body.i32(4).op("i32.and", "i32.eqz").begin("if");
      else body.i32(MEMORY_SHIFT).op("i32.shr_u").begin("if");
      this.#chargeBank();
      body.end();
    }
    if (this.context.notesLoad(this.index)) body.get(address).set(lastLoad);
  }

  /** The present instruction is a load that breaks the rule or not by the address of the load before it. */
  get #looksAtLastLoad(): boolean {
    const rule = this.bankRule?.[this.index];
    return rule === BANK_RULE.pairedLoad || rule === BANK_RULE.otherMemory;
  }

  #chargeBank(): void {
    this.context.charge(this.index, "data", this.context.bankConflict);
  }

  /** A multiple that takes longer when its base is 4 mod 8. */
  protected checkMultiple(): void {
    if (this.bankRule?.[this.index] !== BANK_RULE.multiple) return;
    const body = this.body;
    body
      .get(this.context.registers.R(this.context.baseOf(this.index)))
      .i32(7)
      .op("i32.and")
      .i32(4)
      .op("i32.eq");
    body.begin("if");
    this.#chargeBank();
    body.end();
  }
}

/** Bytes from the first of the words to the last. */
const span = (list: readonly Access[]): number => 4 * (list.length - 1);

function loadOp({ bytes, signed }: LoadStatement, type: Value["type"]): Opcode {
  if (bytes === 4) return `${type}.load`;
  if (bytes === 2) return signed ? "i32.load16_s" : "i32.load16_u";
  return signed ? "i32.load8_s" : "i32.load8_u";
}
function storeOp({ bytes }: StoreStatement, type: Value["type"]): Opcode {
  if (bytes === 4) return `${type}.store`;
  return bytes === 2 ? "i32.store16" : "i32.store8";
}
