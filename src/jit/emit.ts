import { EXIT, LAYOUT } from "../core/layout.ts";
import { InternalError } from "../errors.ts";
import type { TranslatedInstruction } from "../exec/translate.ts";
import type {
  BinaryOp,
  Effect,
  F32,
  F64,
  Flag,
  FpOp,
  I32,
  I64,
  LoadStatement,
  Statement,
  StoreStatement,
  UnaryOp,
  ValueEffect,
} from "../isa/ir.ts";
import { ACCESS, IMPORT, RAISED, RESULT } from "./imports.ts";
import type { JitArea } from "./jit-area.ts";
import type { RegisterLocals } from "./registers.ts";
import type { LineTables } from "../memory/bus.ts";
import { isTimedDouble } from "../timing/double.ts";
import { BANK_RULE } from "../timing/timing.ts";
import { BY_LINE, SLOW } from "../memory/page-table.ts";
import type { FunctionBody, Opcode, ValueType } from "./wasm-module.ts";

/** Registers and labels of the function that is being emitted. */
export interface FunctionContext {
  readonly body: FunctionBody;
  readonly registers: RegisterLocals;
  /** Locals of the function. */
  readonly left: number;
  readonly lowestSP: number;
  readonly result: number;
  /** Set by a host function that asks to leave after the instruction. */
  readonly attention: number;
  /** Depth of the block whose end stores everything and returns. */
  readonly exitDepth: number;
  readonly area: JitArea;
  /** Tables of cache lines with free accesses, where the data side has them. */
  readonly lineTables: LineTables | undefined;
  /** Numbers for FP operations that need the host. */
  readonly fpNumber: (fp: FpOp) => number;
}

const FPSCR_KEPT = 0xf7c0_009f | 0;
/** Bits of FPSCR that other things depend on; writing the condition flags alone needs no host. */
const FPSCR_WATCHED = 0x07c0_009f;
const EXPONENT_32 = { shift: 23, mask: 0xff } as const;
const DIV_0_TRP_BIT = 4;

const BINARY: Partial<Record<BinaryOp, Opcode>> = {
  add: "i32.add",
  sub: "i32.sub",
  mul: "i32.mul",
  and: "i32.and",
  or: "i32.or",
  xor: "i32.xor",
  shl: "i32.shl",
  shr: "i32.shr_u",
  sar: "i32.shr_s",
  ror: "i32.rotr",
  eq: "i32.eq",
  ne: "i32.ne",
  ltU: "i32.lt_u",
  ltS: "i32.lt_s",
  leU: "i32.le_u",
  leS: "i32.le_s",
};

/** How the last instruction of a block passes control on, as values on hand. */
export interface EmittedJump {
  /** Local that is 1 when the jump is taken; undefined when it always is. */
  readonly taken: number | undefined;
  /** Local with the target, when it is not constant. */
  readonly target: number | undefined;
}

/** Emits the instructions of one block. */
export class BlockEmitter {
  readonly #f: FunctionContext;
  readonly #body: FunctionBody;
  readonly #node: number;
  readonly #temporaries = new Map<number, { readonly local: number; readonly type: ValueType }>();
  readonly #pool: TemporaryPool;
  #index = 0;
  #fpChecked = false;
  #jump: EmittedJump | undefined;
  /** A host function was called in the instruction. */
  #mayAsk = false;
  /** What stands behind the only access of the instruction. */
  #rest: readonly Statement[] | undefined;
  /** Local with the address of the latest load, for the bank rule. */
  #lastAddress: number | undefined;
  readonly #bankRule: Uint8Array | undefined;

  /** @param node number of the node, for `place` */
  constructor(f: FunctionContext, pool: TemporaryPool, node: number, bankRule: Uint8Array | undefined) {
    this.#f = f;
    this.#body = f.body;
    this.#pool = pool;
    this.#node = node;
    this.#bankRule = bankRule;
  }

  /**
   * Emits instruction `index`.
   * @param onSkip emits what happens when its condition fails
   */
  instruction(instruction: TranslatedInstruction, index: number, onSkip: () => void): void {
    this.#index = index;
    this.#temporaries.clear();
    this.#pool.reset();
    this.#mayAsk = false;
    this.#checkMultiple(instruction);
    this.#conditional(instruction, onSkip);
    this.#leaveIfAsked();
  }

  /** Leaves behind the instruction when a host function wished for it; a jump has to be performed first and looks itself. */
  #leaveIfAsked(): void {
    if (!this.#mayAsk || this.#jump !== undefined) return;
    this.#body.get(this.#f.attention).begin("if");
    this.leave(RESULT.attention);
    this.#body.end();
  }

  /** Whether the last instruction called a host function, which may have asked for attention. */
  get mayAskForAttention(): boolean {
    return this.#mayAsk;
  }

  #conditional({ condition, statements }: TranslatedInstruction, onSkip: () => void): void {
    if (condition === undefined) {
      if (hasOneAccess(statements) && this.#bankRule?.[this.#index] !== BANK_RULE.pairedLoad)
        this.#withOneAccess(statements);
      else this.#all(statements);
      return;
    }
    const passed = this.#body.local("i32");
    this.#i32(condition);
    this.#body.tee(passed).begin("if");
    const fpChecked = this.#fpChecked;
    this.#all(statements);
    this.#fpChecked = fpChecked;
    this.#body.else();
    onSkip();
    this.#body.end();
    this.#conditionJump(passed);
  }

  /** A jump that was emitted is taken only if the instruction's condition holds. */
  #conditionJump(passed: number): void {
    const jump = this.#jump;
    if (jump !== undefined) this.#jump = { target: jump.target, taken: jump.taken ?? passed };
  }

  /** The jump of the last instruction, if it had one. */
  get jump(): EmittedJump | undefined {
    return this.#jump;
  }
  get place(): number {
    return (this.#node << 8) | this.#index;
  }

  #all(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  /**
   * The statements of an instruction that makes one access: behind the slow way the rest is emitted a second time, so
   * that the plain way need not ask whether something wants attention.
   */
  #withOneAccess(statements: readonly Statement[]): void {
    const access = statements.findIndex((s) => s.k === "load" || s.k === "store");
    this.#all(statements.slice(0, access));
    this.#rest = statements.slice(access + 1);
    this.#all(statements.slice(access));
  }

  #statement(s: Statement): void {
    const body = this.#body;
    const { registers } = this.#f;
    switch (s.k) {
      case "setR":
        this.#i32(s.e);
        body.set(registers.R(s.n));
        if (s.n === 13) this.#stackMoved();
        return;
      case "setFlag":
        this.#setFlag(s.f, s.e);
        return;
      case "setS":
        this.#f32(s.e);
        body.set(registers.S(s.n));
        return;
      case "setD":
        this.#setD(s.n, s.e);
        return;
      case "let":
        this.#i32(s.e);
        body.set(this.#define(s.id, "i32"));
        return;
      case "let64":
        this.#i64(s.e);
        body.set(this.#define(s.id, "i64"));
        return;
      case "fp":
        this.#fp(s.id, s.fp);
        return;
      case "value":
        this.#value(s.effect);
        body.set(this.#define(s.id, "i32"));
        return;
      case "effect":
        this.#effect(s.effect);
        return;
      case "fpCheck":
        this.#fpCheck();
        return;
      case "fault":
        this.#fault(s);
        return;
      case "if": {
        const fpChecked = this.#fpChecked;
        this.#i32(s.cond);
        body.begin("if");
        this.#all(s.body);
        body.end();
        this.#fpChecked = fpChecked;
        return;
      }
      case "load":
        this.#load(s);
        return;
      case "store":
        this.#store(s);
        return;
      case "jump":
        this.#setJump(s);
        return;
    }
  }

  // Flags: see `RegisterLocals.flag`

  #setFlag(flag: Flag, e: I32): void {
    const body = this.#body;
    const source = flag === "Z" ? equalToZero(e) : signOf(e);
    if (flag === "Z") {
      this.#i32(source ?? e);
      if (source === undefined) body.op("i32.eqz");
    } else if (flag === "N" || flag === "V") {
      this.#i32(source ?? e);
      if (source === undefined) body.i32(31).op("i32.shl");
    } else this.#i32(e);
    body.set(this.#f.registers.flag(flag));
  }

  #flag(flag: Flag): void {
    this.#body.get(this.#f.registers.flag(flag));
    if (flag === "Z") this.#body.op("i32.eqz");
    if (flag === "N" || flag === "V") this.#body.i32(31).op("i32.shr_u");
  }

  #setJump(s: Extract<Statement, { k: "jump" }>): void {
    const body = this.#body;
    let taken: number | undefined;
    let target: number | undefined;
    if (s.when !== null) {
      taken = body.local("i32");
      this.#i32(s.when);
      body.set(taken);
    }
    if (s.to.k !== "const") {
      target = body.local("i32");
      this.#i32(s.to);
      body.set(target);
    }
    this.#jump = { taken, target };
  }

  // Effects

  #stackMoved(): void {
    const { lowestSP, registers } = this.#f;
    const sp = registers.R(13);
    // lowest := min(lowest, sp), unsigned
    this.#body.get(lowestSP).get(sp).get(lowestSP).get(sp).op("i32.lt_u", "select").set(lowestSP);
  }

  #value(effect: ValueEffect): void {
    const body = this.#body;
    switch (effect.name) {
      case "VMRS":
        body.i32(0).memory("i32.load", LAYOUT.FPSCR);
        return;
      case "divideByZeroTraps":
        body.i32(0).memory("i32.load", LAYOUT.CCR).i32(DIV_0_TRP_BIT).op("i32.shr_u").i32(1).op("i32.and");
        return;
      case "setExclusive":
        body.i32(0).i32(1).memory("i32.store", LAYOUT.exclusiveOpen).i32(0);
        this.#i32(effect.address);
        body.memory("i32.store", LAYOUT.exclusiveAddress).i32(0);
        return;
      case "exclusivePass":
        body.i32(0).memory("i32.load", LAYOUT.exclusiveOpen);
        body.i32(0).i32(0).memory("i32.store", LAYOUT.exclusiveOpen);
        return;
      case "MRS":
        throw new InternalError("MRS in compiled code");
    }
  }

  #effect(effect: Effect): void {
    const body = this.#body;
    switch (effect.name) {
      case "VMSR": {
        const value = this.#pool.take("i32");
        this.#i32(effect.value);
        body.i32(FPSCR_KEPT).op("i32.and").tee(value);
        body
          .i32(0)
          .memory("i32.load", LAYOUT.FPSCR)
          .op("i32.xor")
          .i32(FPSCR_WATCHED)
          .op("i32.and")
          .begin("if");
        body.get(value).call(IMPORT.vmsr);
        body.else();
        body.i32(0).get(value).memory("i32.store", LAYOUT.FPSCR);
        body.end();
        return;
      }
      case "CLREX":
        body.i32(0).i32(0).memory("i32.store", LAYOUT.exclusiveOpen);
        return;
      case "DSB":
      case "DMB":
      case "ISB":
      case "IT":
        return;
      default:
        throw new InternalError(`${effect.name} in compiled code`);
    }
  }

  /** Once checked in a block, the FPU stays ready to its end: nothing in compiled code takes it away. */
  #fpCheck(): void {
    if (this.#fpChecked) return;
    this.#fpChecked = true;
    const body = this.#body;
    body.i32(0).memory("i32.load", LAYOUT.fpReady).op("i32.eqz").begin("if");
    this.leave(RESULT.bail);
    body.end();
  }

  #fault(s: Extract<Statement, { k: "fault" }>): void {
    const body = this.#body;
    if (s.when !== null) {
      this.#i32(s.when);
      body.begin("if");
    }
    body.i32(RAISED.indexOf(s.kind)).i32(this.place).get(this.#f.left).call(IMPORT.fault);
    this.#afterCall();
    if (s.when !== null) body.end();
  }

  /** Leaves the function at this instruction. */
  leave(result: number): void {
    const { body, area } = { body: this.#body, area: this.#f.area };
    body.i32(0).i32(this.place).memory("i32.store", area.place);
    body.i32(result).set(this.#f.result).branch("br", this.#f.exitDepth);
  }

  /** After a host function: the deadline may have moved; a fault ends the instruction, any other wish waits for its end. */
  #afterCall(): void {
    const body = this.#body;
    body.i32(0).memory("i32.load", this.#f.area.left).set(this.#f.left);
    body
      .i32(0)
      .memory("i32.load", LAYOUT.exit)
      .tee(this.#f.attention)
      .i32(EXIT.fault)
      .op("i32.and")
      .begin("if");
    body.i32(RESULT.attention).set(this.#f.result).branch("br", this.#f.exitDepth);
    body.end();
    const rest = this.#rest;
    if (rest === undefined) {
      this.#mayAsk = true;
      return;
    }
    this.#rest = undefined;
    body.get(this.#f.attention).begin("if");
    this.#all(rest);
    this.leave(RESULT.attention);
    body.end();
  }

  // Memory

  /** Leaves on the stack whether the plain way is open; `entry` gets the page's offset. */
  #openPage(table: number, address: number, entry: number, bytes: number): void {
    const body = this.#body;
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
    const body = this.#body;
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

  #load(s: LoadStatement): void {
    const body = this.#body;
    const address = this.#pool.take("i32");
    const value = this.#define(s.id, "i32");
    this.#i32(s.address);
    body.set(address);
    const flags = s.bytes | (s.aligned ? ACCESS.aligned : 0) | (s.unprivileged ? ACCESS.unprivileged : 0);
    const slow = (): void => {
      body.get(address).i32(flags).i32(this.place).get(this.#f.left).call(IMPORT.load);
      this.#extend(s);
      body.set(value);
      this.#afterCall();
    };
    if (s.unprivileged) slow();
    else {
      const entry = this.#pool.take("i32");
      this.#openPage(LAYOUT.readTable, address, entry, s.bytes);
      body.begin("if");
      body.get(entry).get(address).op("i32.add").memory(loadOp(s), 0).set(value);
      body.else();
      const lines = this.#f.lineTables;
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
    if (signed && bytes === 1) this.#body.op("i32.extend8_s");
    if (signed && bytes === 2) this.#body.op("i32.extend16_s");
  }

  #checkBank(address: number): void {
    const body = this.#body;
    if (this.#bankRule === undefined) return;
    if (this.#bankRule[this.#index] === BANK_RULE.pairedLoad && this.#lastAddress !== undefined) {
      body.get(this.#lastAddress).get(address).op("i32.xor").i32(4).op("i32.and", "i32.eqz").begin("if");
      this.#chargeBank();
      body.end();
    }
    this.#lastAddress ??= body.local("i32");
    body.get(address).set(this.#lastAddress);
  }

  #chargeBank(): void {
    const body = this.#body;
    body.i32(this.place).get(this.#f.left).call(IMPORT.bank);
    body.i32(0).memory("i32.load", this.#f.area.left).set(this.#f.left);
  }

  /** A multiple that takes longer when its base is 4 mod 8. */
  #checkMultiple({ footprint }: TranslatedInstruction): void {
    if (this.#bankRule?.[this.#index] !== BANK_RULE.multiple) return;
    const body = this.#body;
    body.get(this.#f.registers.R(footprint.accesses[0]!.base!)).i32(7).op("i32.and").i32(4).op("i32.eq");
    body.begin("if");
    this.#chargeBank();
    body.end();
  }

  #store(s: StoreStatement): void {
    const body = this.#body;
    const address = this.#pool.take("i32");
    const value = this.#pool.take("i32");
    this.#i32(s.address);
    body.set(address);
    this.#i32(s.value);
    body.set(value);
    const flags = s.bytes | (s.aligned ? ACCESS.aligned : 0) | (s.unprivileged ? ACCESS.unprivileged : 0);
    const slow = (): void => {
      body.get(address).i32(flags).get(value).i32(this.place).get(this.#f.left).call(IMPORT.store);
      this.#afterCall();
    };
    if (s.unprivileged) {
      slow();
      return;
    }
    const entry = this.#pool.take("i32");
    this.#openPage(LAYOUT.writeTable, address, entry, s.bytes);
    body.begin("if");
    body.get(entry).get(address).op("i32.add").get(value);
    const op = s.bytes === 4 ? "i32.store" : s.bytes === 2 ? "i32.store16" : "i32.store8";
    body.memory(op, 0);
    body.else();
    const lines = this.#f.lineTables;
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

  // Values

  #define(id: number, type: ValueType): number {
    const local = this.#pool.take(type);
    this.#temporaries.set(id, { local, type });
    return local;
  }
  #temporary(id: number): void {
    this.#body.get(this.#temporaries.get(id)!.local);
  }

  #i32(e: I32): void {
    const body = this.#body;
    const { registers } = this.#f;
    switch (e.k) {
      case "const":
        body.i32(e.v);
        return;
      case "R":
        body.get(registers.R(e.n));
        return;
      case "flag":
        this.#flag(e.f);
        return;
      case "bin":
        this.#binary(e.op, e.a, e.b);
        return;
      case "un":
        this.#unary(e.op, e.a);
        return;
      case "select":
        this.#i32(e.a);
        this.#i32(e.b);
        this.#i32(e.c);
        body.op("select");
        return;
      case "low64":
        this.#i64(e.a);
        body.op("i32.wrap_i64");
        return;
      case "high64":
        this.#i64(e.a);
        body.i64(32).op("i64.shr_u", "i32.wrap_i64");
        return;
      case "bitsF32":
        this.#f32(e.a);
        body.op("i32.reinterpret_f32");
        return;
      case "lowF64":
        this.#f64(e.a);
        body.op("i64.reinterpret_f64", "i32.wrap_i64");
        return;
      case "highF64":
        this.#f64(e.a);
        body.op("i64.reinterpret_f64").i64(32).op("i64.shr_u", "i32.wrap_i64");
        return;
      case "tmp":
        this.#temporary(e.id);
        return;
    }
  }

  #binary(op: BinaryOp, a: I32, b: I32): void {
    const body = this.#body;
    if (op === "xor" && b.k === "const" && b.v === 1 && isBoolean(a)) {
      this.#i32(a);
      body.op("i32.eqz");
      return;
    }
    if (op === "eq" && a.k === "flag" && a.f === "N" && b.k === "flag" && b.f === "V") {
      const { registers } = this.#f;
      body.get(registers.flag("N")).get(registers.flag("V")).op("i32.xor").i32(0).op("i32.ge_s");
      return;
    }
    const plain = BINARY[op];
    if (plain !== undefined) {
      this.#i32(a);
      if (op === "eq" && b.k === "const" && b.v === 0) {
        body.op("i32.eqz");
        return;
      }
      this.#i32(b);
      body.op(plain);
      return;
    }
    if (op === "mulHighS" || op === "mulHighU") {
      const extend = op === "mulHighS" ? "i64.extend_i32_s" : "i64.extend_i32_u";
      this.#i32(a);
      body.op(extend);
      this.#i32(b);
      body.op(extend, "i64.mul").i64(32).op("i64.shr_u", "i32.wrap_i64");
      return;
    }
    this.#divide(op === "divS", a, b);
  }

  #divide(signed: boolean, a: I32, b: I32): void {
    const body = this.#body;
    const dividend = this.#pool.take("i32");
    const divisor = this.#pool.take("i32");
    this.#i32(a);
    body.set(dividend);
    this.#i32(b);
    body.set(divisor);
    body
      .i32(signed ? 1 : 0)
      .get(dividend)
      .get(divisor)
      .i32(this.place)
      .get(this.#f.left)
      .call(IMPORT.divide);
    body.i32(0).memory("i32.load", this.#f.area.left).set(this.#f.left);
    body.get(divisor).op("i32.eqz").begin("if", "i32").i32(0).else();
    if (!signed) body.get(dividend).get(divisor).op("i32.div_u");
    else {
      // wasm traps on the quotient that does not fit; Arm gives the dividend back
      body.get(divisor).i32(-1).op("i32.eq").begin("if", "i32");
      body.i32(0).get(dividend).op("i32.sub");
      body.else();
      body.get(dividend).get(divisor).op("i32.div_s");
      body.end();
    }
    body.end();
  }

  #unary(op: UnaryOp, a: I32): void {
    const body = this.#body;
    this.#i32(a);
    switch (op) {
      case "clz":
        body.op("i32.clz");
        return;
      case "sext8":
        body.op("i32.extend8_s");
        return;
      case "sext16":
        body.op("i32.extend16_s");
        return;
      case "rbit":
        body.call(IMPORT.rbit);
        return;
      case "rev": {
        const x = this.#pool.take("i32");
        body.set(x);
        body.get(x).i32(8).op("i32.rotl").i32(0x00ff_00ff).op("i32.and");
        body
          .get(x)
          .i32(8)
          .op("i32.rotr")
          .i32(0xff00_ff00 | 0)
          .op("i32.and", "i32.or");
        return;
      }
      case "rev16": {
        const x = this.#pool.take("i32");
        body.set(x);
        body
          .get(x)
          .i32(8)
          .op("i32.shl")
          .i32(0xff00_ff00 | 0)
          .op("i32.and");
        body.get(x).i32(8).op("i32.shr_u").i32(0x00ff_00ff).op("i32.and", "i32.or");
        return;
      }
    }
  }

  #i64(e: I64): void {
    const body = this.#body;
    switch (e.k) {
      case "sext64":
        this.#i32(e.a);
        body.op("i64.extend_i32_s");
        return;
      case "zext64":
        this.#i32(e.a);
        body.op("i64.extend_i32_u");
        return;
      case "pair64":
        this.#i32(e.high);
        body.op("i64.extend_i32_u").i64(32).op("i64.shl");
        this.#i32(e.low);
        body.op("i64.extend_i32_u", "i64.or");
        return;
      case "bin64":
        this.#i64(e.a);
        this.#i64(e.b);
        body.op(`i64.${e.op}`);
        return;
      case "tmp64":
        this.#temporary(e.id);
        return;
    }
  }

  #f32(e: F32): void {
    const body = this.#body;
    switch (e.k) {
      case "S":
        body.get(this.#f.registers.S(e.n));
        return;
      case "fromBits32":
        this.#i32(e.a);
        body.op("f32.reinterpret_i32");
        return;
      case "neg32":
        this.#f32(e.a);
        body.op("f32.neg");
        return;
      case "abs32":
        this.#f32(e.a);
        body.op("f32.abs");
        return;
      case "tmpF32":
        this.#temporary(e.id);
        return;
    }
  }

  #f64(e: F64): void {
    const body = this.#body;
    const { registers } = this.#f;
    switch (e.k) {
      case "D":
        body
          .get(registers.S(2 * e.n + 1))
          .op("i32.reinterpret_f32", "i64.extend_i32_u")
          .i64(32)
          .op("i64.shl");
        body
          .get(registers.S(2 * e.n))
          .op("i32.reinterpret_f32", "i64.extend_i32_u", "i64.or", "f64.reinterpret_i64");
        return;
      case "fromBits64":
        this.#i64({ k: "pair64", low: e.low, high: e.high });
        body.op("f64.reinterpret_i64");
        return;
      case "neg64":
        this.#f64(e.a);
        body.op("f64.neg");
        return;
      case "abs64":
        this.#f64(e.a);
        body.op("f64.abs");
        return;
      case "tmpF64":
        this.#temporary(e.id);
        return;
    }
  }

  #setD(n: number, e: F64): void {
    const body = this.#body;
    const bits = this.#pool.take("i64");
    this.#f64(e);
    body.op("i64.reinterpret_f64").tee(bits).op("i32.wrap_i64", "f32.reinterpret_i32");
    body.set(this.#f.registers.S(2 * n));
    body.get(bits).i64(32).op("i64.shr_u", "i32.wrap_i64", "f32.reinterpret_i32");
    body.set(this.#f.registers.S(2 * n + 1));
  }

  // Floating point

  #fp(id: number, fp: FpOp): void {
    switch (fp.op) {
      case "add32":
      case "sub32":
      case "mul32":
      case "div32":
        this.#native32(id, fp, fp.args, `f32.${fp.op.slice(0, 3) as "add" | "sub" | "mul" | "div"}`);
        return;
      case "sqrt32":
        this.#native32(id, fp, fp.args, "f32.sqrt");
        return;
      case "fma32":
        this.#fma32(id, fp, fp.args);
        return;
      case "compare32":
        this.#compare32(id, fp, fp.args);
        return;
      default:
        this.#hostFp(id, fp);
    }
  }

  /** Native arithmetic where FPSCR is in its usual state and the result is a normal number; else the host's. */
  #native32(id: number, fp: FpOp, args: readonly F32[], op: Opcode): void {
    const body = this.#body;
    const operands = args.map((a) => this.#keepF32(a));
    const result = this.#define(id, "f32");
    for (const local of operands) body.get(local);
    body.op(op).set(result);
    this.#unlessFast(result, () => this.#callFp32(fp, operands, result));
  }

  #keepF32(e: F32): number {
    const local = this.#pool.take("f32");
    this.#f32(e);
    this.#body.set(local);
    return local;
  }

  /** Emits `otherwise` for the case that `result` may not stand: flags to set, NaN, infinity, zero, subnormal. */
  #unlessFast(result: number, otherwise: () => void): void {
    const body = this.#body;
    const { shift, mask } = EXPONENT_32;
    body
      .get(result)
      .op("i32.reinterpret_f32")
      .i32(shift)
      .op("i32.shr_u")
      .i32(mask)
      .op("i32.and")
      .i32(1)
      .op("i32.sub");
    body
      .i32(mask - 1)
      .op("i32.lt_u")
      .i32(0)
      .memory("i32.load", LAYOUT.fpFast)
      .op("i32.and", "i32.eqz")
      .begin("if");
    otherwise();
    body.end();
  }

  #callFp32(fp: FpOp, operands: readonly number[], result: number): void {
    const body = this.#body;
    body.i32(this.#f.fpNumber(fp));
    for (let i = 0; i < 3; i++) {
      const local = operands[i];
      if (local === undefined) body.i32(0);
      else body.get(local).op("i32.reinterpret_f32");
    }
    body.call(IMPORT.fp32).op("f32.reinterpret_i32").set(result);
  }

  /**
   * The product of two singles is exact as a double; adding in double and rounding to single is right unless the
   * double lies half-way between two singles, where the bits lost in it decide.
   */
  #fma32(id: number, fp: FpOp, args: readonly [F32, F32, F32]): void {
    const body = this.#body;
    const operands = args.map((a) => this.#keepF32(a));
    const [addend, op1, op2] = operands as [number, number, number];
    const result = this.#define(id, "f32");
    const wide = this.#pool.take("f64");
    body.get(op1).op("f64.promote_f32").get(op2).op("f64.promote_f32", "f64.mul");
    body.get(addend).op("f64.promote_f32", "f64.add").tee(wide).op("f32.demote_f64").set(result);
    const { shift, mask } = EXPONENT_32;
    body
      .get(result)
      .op("i32.reinterpret_f32")
      .i32(shift)
      .op("i32.shr_u")
      .i32(mask)
      .op("i32.and")
      .i32(1)
      .op("i32.sub");
    body
      .i32(mask - 1)
      .op("i32.lt_u")
      .i32(0)
      .memory("i32.load", LAYOUT.fpFast)
      .op("i32.and");
    body.get(wide).op("i64.reinterpret_f64", "i32.wrap_i64").i32(0x1fff_ffff).op("i32.and").i32(0x1000_0000);
    body.op("i32.ne", "i32.and", "i32.eqz").begin("if");
    this.#callFp32(fp, operands, result);
    body.end();
  }

  /** NZCV nibble: less 8, equal 6, greater 2; unordered and every other mode by the host. */
  #compare32(id: number, fp: FpOp, args: readonly [F32, F32]): void {
    const body = this.#body;
    const [a, b] = [this.#keepF32(args[0]), this.#keepF32(args[1])];
    const result = this.#define(id, "i32");
    body.get(a).get(a).op("f32.eq").get(b).get(b).op("f32.eq", "i32.and");
    body.i32(0).memory("i32.load", LAYOUT.fpFast).op("i32.and").begin("if");
    body
      .i32(8)
      .i32(6)
      .i32(2)
      .get(a)
      .get(b)
      .op("f32.eq", "select")
      .get(a)
      .get(b)
      .op("f32.lt", "select")
      .set(result);
    body.else();
    body.i32(this.#f.fpNumber(fp)).get(a).op("i32.reinterpret_f32").get(b).op("i32.reinterpret_f32").i32(0);
    body.call(IMPORT.fp32).set(result);
    body.end();
  }

  #hostFp(id: number, fp: FpOp): void {
    const body = this.#body;
    const is64 = fp.type === "f64" || fp.args.some(isDouble);
    body.i32(this.#f.fpNumber(fp));
    for (let i = 0; i < 3; i++) this.#fpBits(fp, i, is64);
    if (is64) body.i32(this.place).get(this.#f.left);
    body.call(is64 ? IMPORT.fp64 : IMPORT.fp32);
    const result = this.#define(id, fp.type);
    if (is64) {
      if (fp.type === "f64") body.op("f64.reinterpret_i64");
      else body.op("i32.wrap_i64");
    }
    if (fp.type === "f32") body.op("f32.reinterpret_i32");
    body.set(result);
    if (isTimedDouble(fp.op)) body.i32(0).memory("i32.load", this.#f.area.left).set(this.#f.left);
  }

  /** Bits of operand `i`, or zero. */
  #fpBits(fp: FpOp, i: number, is64: boolean): void {
    const body = this.#body;
    const arg = fp.args[i];
    if (arg === undefined) {
      if (is64) body.i64(0);
      else body.i32(0);
      return;
    }
    if (isDouble(arg)) {
      this.#f64(arg);
      body.op("i64.reinterpret_f64");
      return;
    }
    if (isSingle(arg)) {
      this.#f32(arg);
      body.op("i32.reinterpret_f32");
    } else this.#i32(arg);
    if (is64) body.op("i64.extend_i32_s");
  }
}

/** The only statement that may call a host function which asks for attention is one access, at the top. */
function hasOneAccess(statements: readonly Statement[]): boolean {
  let accesses = 0;
  for (const s of statements) {
    if (s.k === "load" || s.k === "store") {
      if (s.unprivileged) return false;
      accesses++;
    } else if (s.k === "jump" || s.k === "if" || s.k === "fault" || s.k === "effect" || s.k === "fp")
      return false;
  }
  return accesses === 1;
}

/** x of `x >>> 31`. */
function signOf(e: I32): I32 | undefined {
  return e.k === "bin" && e.op === "shr" && e.b.k === "const" && e.b.v === 31 ? e.a : undefined;
}
/** x of `x == 0`. */
function equalToZero(e: I32): I32 | undefined {
  return e.k === "bin" && e.op === "eq" && e.b.k === "const" && e.b.v === 0 ? e.a : undefined;
}
const COMPARISONS: ReadonlySet<BinaryOp> = new Set(["eq", "ne", "ltU", "ltS", "leU", "leS"]);
/** The value is known to be 0 or 1. */
function isBoolean(e: I32): boolean {
  if (e.k === "flag") return e.f !== "GE";
  if (e.k === "const") return e.v === 0 || e.v === 1;
  if (e.k !== "bin") return false;
  return (
    COMPARISONS.has(e.op) ||
    (e.op === "and" && isBoolean(e.a) && isBoolean(e.b)) ||
    (e.op === "xor" && isBoolean(e.a) && isBoolean(e.b))
  );
}

function isDouble(a: I32 | F32 | F64): a is F64 {
  return a.k === "D" || a.k === "fromBits64" || a.k === "neg64" || a.k === "abs64" || a.k === "tmpF64";
}
function isSingle(a: I32 | F32 | F64): a is F32 {
  return a.k === "S" || a.k === "fromBits32" || a.k === "neg32" || a.k === "abs32" || a.k === "tmpF32";
}

function loadOp({ bytes, signed }: LoadStatement): Opcode {
  if (bytes === 4) return "i32.load";
  if (bytes === 2) return signed ? "i32.load16_s" : "i32.load16_u";
  return signed ? "i32.load8_s" : "i32.load8_u";
}

/** Locals for values that live no longer than one instruction: used again by the next. */
export class TemporaryPool {
  readonly #body: FunctionBody;
  readonly #locals: Record<ValueType, number[]> = { i32: [], i64: [], f32: [], f64: [] };
  #used: Record<ValueType, number> = { i32: 0, i64: 0, f32: 0, f64: 0 };

  constructor(body: FunctionBody) {
    this.#body = body;
  }
  take(type: ValueType): number {
    const index = this.#used[type]++;
    return (this.#locals[type][index] ??= this.#body.local(type));
  }
  reset(): void {
    this.#used = { i32: 0, i64: 0, f32: 0, f64: 0 };
  }
}
