import { LAYOUT } from "../core/layout.ts";
import type { TranslatedInstruction } from "../exec/translate.ts";
import type { LoadStatement, StoreStatement } from "../isa/ir.ts";
import type { LineTables } from "../memory/bus.ts";
import { BY_LINE, SLOW } from "../memory/page-table.ts";
import { BANK_RULE } from "../timing/timing.ts";
import type { FunctionContext, TemporaryPool } from "./emit-context.ts";
import { FpEmitter } from "./emit-fp.ts";
import { ACCESS, IMPORT } from "./imports.ts";
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

  /** Leaves on the stack whether the plain way is open; `entry` gets the page's offset. */
  #openPage(table: number, address: number, entry: number, bytes: number): void {
    const body = this.body;
    body.get(address).i32(12).op("i32.shr_u").i32(2).op("i32.shl").memory("i32.load", table).tee(entry);
    if (bytes === 1) body.i32(1).op("i32.and", "i32.eqz");
    else if (bytes === 2) body.get(address).op("i32.or").i32(1).op("i32.and", "i32.eqz");
    else body.get(address).op("i32.or").i32(3).op("i32.and", "i32.eqz"); // bit 1 is never set alone
  }

  /**
   * After `#openPage` has failed: leaves on the stack whether the page is open to accesses by line and this line is one
   * of the free ones.
   */
  #openLine(table: "read" | "write", lines: LineTables, address: number, entry: number, bytes: number): void {
    const body = this.body;
    body
      .get(address)
      .i32(lines.shift)
      .op("i32.shr_u")
      .i32(lines.sets - 1)
      .op("i32.and")
      .i32(2)
      .op("i32.shl");
    body.memory("i32.load", lines[table]).get(address).i32(lines.shift).op("i32.shr_u", "i32.eq");
    body.get(entry).i32(1).op("i32.shr_u", "i32.and");
    if (bytes > 1)
      body
        .get(address)
        .i32(bytes - 1)
        .op("i32.and", "i32.eqz", "i32.and");
    else body.i32(1).op("i32.and");
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
    const slow = (): void => {
      // The instruction may end behind this call.
      if (lastLoad !== undefined && !pairs) body.get(address).set(lastLoad);
      body.get(address).i32(flags).i32(this.place).get(this.context.left).call(IMPORT.load);
      this.#extend(s);
      body.set(value);
      this.afterCall();
    };
    if (s.unprivileged) slow();
    else {
      const entry = this.pool.take("i32");
      this.#openPage(LAYOUT.readTable, address, entry, s.bytes);
      body.begin("if");
      body.get(entry).get(address).op("i32.add").memory(loadOp(s), 0).set(value);
      body.else();
      const lines = this.context.lineTables;
      if (lines !== undefined) {
        this.#openLine("read", lines, address, entry, s.bytes);
        body.begin("if");
        body
          .get(entry)
          .get(address)
          .op("i32.add")
          .i32(SLOW | BY_LINE)
          .op("i32.sub")
          .memory(loadOp(s), 0)
          .set(value);
        body.else();
      }
      slow();
      if (lines !== undefined) body.end();
      body.end();
    }
    this.#checkBank(address);
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
      body.get(address).i32(flags).get(value).i32(this.place).get(this.context.left).call(IMPORT.store);
      this.afterCall();
    };
    if (s.unprivileged) {
      slow();
      return;
    }
    const entry = this.pool.take("i32");
    this.#openPage(LAYOUT.writeTable, address, entry, s.bytes);
    body.begin("if");
    body.get(entry).get(address).op("i32.add").get(value);
    const op = s.bytes === 4 ? "i32.store" : s.bytes === 2 ? "i32.store16" : "i32.store8";
    body.memory(op, 0);
    body.else();
    const lines = this.context.lineTables;
    if (lines !== undefined) {
      this.#openLine("write", lines, address, entry, s.bytes);
      body.begin("if");
      body
        .get(entry)
        .get(address)
        .op("i32.add")
        .i32(SLOW | BY_LINE)
        .op("i32.sub")
        .get(value)
        .memory(op, 0);
      body.else();
    }
    slow();
    if (lines !== undefined) body.end();
    body.end();
  }
}

function loadOp({ bytes, signed }: LoadStatement): Opcode {
  if (bytes === 4) return "i32.load";
  if (bytes === 2) return signed ? "i32.load16_s" : "i32.load16_u";
  return signed ? "i32.load8_s" : "i32.load8_u";
}
