import { LAYOUT } from "../core/layout.ts";
import type { TranslatedInstruction } from "../exec/translate.ts";
import type { LoadStatement, StoreStatement } from "../isa/ir.ts";
import { LINE_ENTRY_SHIFT, LINE_OFFSET, type LineTableLayout } from "../memory/line-table.ts";
import { PAGE_BITS } from "../memory/memory-map.ts";
import { SLOW } from "../memory/page-table.ts";
import { BANK_RULE } from "../timing/timing.ts";
import { ROOM_SHIFT } from "./assist-access.ts";
import type { FunctionContext, TemporaryPool } from "./emit-context.ts";
import { FpEmitter } from "./emit-fp.ts";
import { ACCESS } from "./host-functions.ts";
import { IMPORT } from "./imports.ts";
import type { Opcode } from "./wasm-module.ts";

/** Emits loads and stores: the plain way inline, the host's behind it. */
export abstract class MemoryEmitter extends FpEmitter {
  protected readonly bankRule: Uint8Array | undefined;

  constructor(context: FunctionContext, pool: TemporaryPool, node: number, bankRule: Uint8Array | undefined) {
    super(context, pool, node);
    this.bankRule = bankRule;
  }

  /** Emits what follows a call of a host function. */
  protected abstract afterCall(): void;

  /** Leaves the function at this instruction. */
  leave(result: number): void {
    const { body, area } = { body: this.body, area: this.context.area };
    body.i32(0).i32(this.place).memory("i32.store", area.place);
    body.i32(result).set(this.context.result).branch("br", this.context.exitDepth);
  }

  /**
   * Emits an access: what stands in the page table or the table of lines inline, all else by `slow`. The table that
   * served the instruction before comes first.
   * @param plain emits the access; the host address is on the stack
   */
  #access(kind: "read" | "write", address: number, bytes: number, plain: () => void, slow: () => void): void {
    const layout = this.context.lines?.[kind]?.layout;
    const viaPage = (otherwise: () => void): void => this.#viaPage(kind, address, bytes, plain, otherwise);
    if (layout === undefined) {
      viaPage(slow);
      return;
    }
    const viaLine = (otherwise: () => void): void => this.#viaLine(layout, address, bytes, plain, otherwise);
    if (this.context.usesLines(this.index)) viaLine(() => viaPage(slow));
    else viaPage(() => viaLine(slow));
  }

  #viaPage(
    kind: "read" | "write",
    address: number,
    bytes: number,
    plain: () => void,
    otherwise: () => void,
  ): void {
    const body = this.body;
    const table = kind === "read" ? LAYOUT.readTable : LAYOUT.writeTable;
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
    body
      .i32(bytes === 1 ? SLOW : bytes - 1)
      .op("i32.and", "i32.eqz")
      .likely();
    body.get(entry).get(address).op("i32.add");
    plain();
    body.else();
    otherwise();
    body.end();
  }

  #viaLine(
    { base, entries, shift }: LineTableLayout,
    address: number,
    bytes: number,
    plain: () => void,
    otherwise: () => void,
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
      .op("i32.and", "i32.eq")
      .likely();
    body
      .get(address)
      .get(entry)
      .memory("i32.load", base + LINE_OFFSET)
      .op("i32.add");
    plain();
    body.else();
    otherwise();
    body.end();
  }

  protected load(s: LoadStatement): void {
    const body = this.body;
    const address = this.pool.take("i32");
    const value = this.define(s.id, "i32");
    this.i32(s.address);
    body.set(address);
    const flags = s.bytes | (s.aligned ? ACCESS.aligned : 0) | (s.unprivileged ? ACCESS.unprivileged : 0);
    const { lastLoad } = this.context;
    const pairs = this.bankRule?.[this.index] === BANK_RULE.pairedLoad;
    const plain = (): unknown => body.memory(loadOp(s), 0).set(value);
    const slow = (): void => {
      // The instruction may end behind this call.
      if (lastLoad !== undefined && !pairs) body.get(address).set(lastLoad);
      this.#call(address, flags, undefined, s.unprivileged);
      this.#extend(s);
      body.set(value);
      this.afterCall();
    };
    if (s.unprivileged) slow();
    else this.#access("read", address, s.bytes, plain, slow);
    this.#checkBank(address);
  }

  /** Calls what performs an access that neither table has: a load, or a store of `value`. */
  #call(address: number, flags: number, value: number | undefined, unprivileged: boolean): void {
    const body = this.body;
    const { left, lineAccess } = this.context;
    if (lineAccess === undefined || unprivileged) {
      body.get(address).i32(flags);
      if (value !== undefined) body.get(value);
      body
        .i32(this.place)
        .get(left)
        .call(value === undefined ? IMPORT.load : IMPORT.store);
      return;
    }
    const { room, offset, counter } = lineAccess(this.index);
    body
      .get(address)
      .i32(flags | (room << ROOM_SHIFT))
      .i32(this.place)
      .get(left)
      .i32(offset)
      .i32(counter);
    if (value === undefined) body.call(IMPORT.loadLine);
    else body.get(value).call(IMPORT.storeLine);
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
    if (this.bankRule?.[this.index] === BANK_RULE.pairedLoad) {
      body.get(lastLoad).get(address).op("i32.xor").i32(4).op("i32.and", "i32.eqz").begin("if");
      this.#chargeBank();
      body.end();
    }
    body.get(address).set(lastLoad);
  }

  #chargeBank(): void {
    this.context.charge(this.index, "data", this.context.bankConflict);
  }

  /** A multiple that takes longer when its base is 4 mod 8. */
  protected checkMultiple({ footprint }: TranslatedInstruction): void {
    if (this.bankRule?.[this.index] !== BANK_RULE.multiple) return;
    const body = this.body;
    body.get(this.context.registers.R(footprint.accesses[0]!.base!)).i32(7).op("i32.and").i32(4).op("i32.eq");
    body.begin("if");
    this.#chargeBank();
    body.end();
  }

  protected store(s: StoreStatement): void {
    const body = this.body;
    const address = this.pool.take("i32");
    const value = this.pool.take("i32");
    this.i32(s.address);
    body.set(address);
    this.i32(s.value);
    body.set(value);
    const flags = s.bytes | (s.aligned ? ACCESS.aligned : 0) | (s.unprivileged ? ACCESS.unprivileged : 0);
    const slow = (): void => {
      this.#call(address, flags, value, s.unprivileged);
      this.afterCall();
    };
    const op = s.bytes === 4 ? "i32.store" : s.bytes === 2 ? "i32.store16" : "i32.store8";
    if (s.unprivileged) slow();
    else this.#access("write", address, s.bytes, () => body.get(value).memory(op, 0), slow);
  }
}

function loadOp({ bytes, signed }: LoadStatement): Opcode {
  if (bytes === 4) return "i32.load";
  if (bytes === 2) return signed ? "i32.load16_s" : "i32.load16_u";
  return signed ? "i32.load8_s" : "i32.load8_u";
}
