import { EXIT, LAYOUT } from "../core/layout.ts";
import { InternalError } from "../errors.ts";
import type { TranslatedInstruction } from "../exec/translate.ts";
import type { Effect, Statement, ValueEffect } from "../isa/ir.ts";
import { aroundAccesses } from "./accesses.ts";
import type { FunctionContext, TemporaryPool } from "./emit-context.ts";
import { emitFpBounds } from "./emit-fp-host.ts";
import { MemoryEmitter } from "./emit-memory.ts";
import { isCheap } from "./patterns.ts";
import { RAISED, RESULT } from "./host-functions.ts";
import { callShared } from "./shared-functions.ts";

const FPSCR_KEPT = 0xf7c0_009f | 0;
/** Bits of FPSCR that other things depend on; writing the condition flags alone needs no host. */
const FPSCR_WATCHED = 0x07c0_009f;
const DIV_0_TRP_BIT = 4;

/** Statements after which an instruction can begin once more. */
const CHANGES_NOTHING: ReadonlySet<Statement["k"]> = new Set(["let", "let64", "fpCheck"]);

/** How the last instruction of a block passes control on, as values on hand. */
export interface EmittedJump {
  /** Local that is 1 when the jump is taken; undefined when it always is. */
  readonly taken: number | undefined;
  /** Local with the target, when it is not constant. */
  readonly target: number | undefined;
}

/** Emits the instructions of one block. */
export class BlockEmitter extends MemoryEmitter {
  #fpChecked: boolean;
  #jump: EmittedJump | undefined;
  /** A host function was called in the instruction. */
  #mayAsk = false;

  constructor(context: FunctionContext, pool: TemporaryPool, node: number, bankRule: Uint8Array | undefined) {
    super(context, pool, node, bankRule);
    this.#fpChecked = context.isFpReady;
  }

  /**
   * Emits instruction `index`.
   * @param onSkip emits what happens when its condition fails, if anything does
   */
  instruction(instruction: TranslatedInstruction, index: number, onSkip: (() => void) | undefined): void {
    this.index = index;
    if (this.temporaries.size > 0) this.temporaries.clear();
    this.pool.reset();
    this.#mayAsk = false;
    this.#fetch(index);
    this.#conditional(instruction, onSkip);
    this.#leaveIfAsked();
  }

  /** Asks for the lines of the instruction if they may be absent. */
  #fetch(index: number): void {
    const { absent, linesOf, left, attention, area, fetchAssist } = this.context;
    if (absent === undefined) return;
    const addresses = linesOf(index);
    if (addresses.length === 0) return;
    const { body } = this;
    body.get(absent).unlikely();
    for (const address of addresses) {
      if (fetchAssist === undefined) {
        callShared(body.i32(address).i32(this.place).get(left), "fetch");
        body.i32(0).memory("i32.load", area.left).set(left);
        continue;
      }
      const { path, offset, counter, room } = fetchAssist(address, index);
      body.i32(address).i32(path).i32(this.place).get(left).i32(offset).i32(counter).i32(room);
      callShared(body, "assistedFetch").set(left);
    }
    body.i32(0).memory("i32.load", LAYOUT.exit).set(attention);
    body.end();
    this.#mayAsk = true;
  }

  /** Leaves behind the instruction when a host function wished for it; a jump has to be performed first and looks itself. */
  #leaveIfAsked(): void {
    if (!this.#mayAsk || this.#jump !== undefined) return;
    this.body.get(this.context.attention).unlikely();
    this.leave(RESULT.attention);
    this.body.end();
  }

  /** Whether the last instruction called a host function, which may have asked for attention. */
  get mayAskForAttention(): boolean {
    return this.#mayAsk;
  }

  #conditional({ condition, statements }: TranslatedInstruction, onSkip: (() => void) | undefined): void {
    if (condition === undefined) {
      this.#around(statements, true);
      return;
    }
    this.checkMultiple();
    const move = onSkip === undefined ? cheapMove(statements) : undefined;
    if (move !== undefined) {
      this.#all(statements.slice(0, -1));
      this.setRIf(condition, move.n, move.e);
      return;
    }
    const passed = this.body.local("i32");
    this.i32(condition);
    this.body.tee(passed).begin("if");
    const fpChecked = this.#fpChecked;
    this.#around(statements, false);
    this.#fpChecked = fpChecked;
    if (statements.some(({ k }) => k === "setFlag")) this.forgetComparison();
    this.forgetHalfwords();
    if (onSkip !== undefined) {
      this.body.else();
      onSkip();
    }
    this.body.end();
    this.#conditionJump(passed);
  }

  /**
   * The statements of an instruction. Where an access asks for attention, what stands behind it is emitted a second
   * time, so that the plain way need not look.
   * @param always the instruction has no condition
   */
  #around(statements: readonly Statement[], always: boolean): void {
    const parts = aroundAccesses(statements);
    const isFirst = always && parts?.before.every(({ k }) => CHANGES_NOTHING.has(k)) === true;
    if (always && !isFirst) this.checkMultiple();
    if (parts === undefined) {
      this.#all(statements);
      return;
    }
    const { before, accesses, behind, singles } = parts;
    this.#all(before);
    // A jump has to be performed first: `#leaveBlock` looks then.
    const jumps = behind.some(({ k }) => k === "jump");
    const leaveBehind = (): void => {
      this.#all(behind);
      this.leave(RESULT.attention);
    };
    const rest = jumps ? undefined : leaveBehind;
    if (isFirst) this.firstAccesses(accesses, rest, singles);
    else this.accesses(accesses, rest, singles);
    this.#all(behind);
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

  #all(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #statement(s: Statement): void {
    const body = this.body;
    const { registers } = this.context;
    switch (s.k) {
      case "setR":
        this.setR(s.n, s.e);
        if (s.n === 13) this.#stackMoved();
        return;
      case "setFlag":
        this.setFlag(s.f, s.e);
        return;
      case "setS":
        this.f32(s.e);
        body.set(registers.S(s.n));
        return;
      case "setD":
        this.setD(s.n, s.e);
        return;
      case "let":
        this.i32(s.e);
        body.set(this.define(s.id, "i32"));
        return;
      case "let64":
        this.i64(s.e);
        body.set(this.define(s.id, "i64"));
        return;
      case "fp":
        this.fp(s.id, s.fp);
        return;
      case "value":
        this.#value(s.effect);
        body.set(this.define(s.id, "i32"));
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
        this.i32(s.cond);
        body.begin("if");
        this.#all(s.body);
        this.forgetComparison();
        this.forgetHalfwords();
        body.end();
        this.#fpChecked = fpChecked;
        return;
      }
      case "load":
      case "store":
        this.accesses([s], undefined);
        return;
      case "jump":
        this.#setJump(s);
        return;
    }
  }

  #setJump(s: Extract<Statement, { k: "jump" }>): void {
    const body = this.body;
    let taken: number | undefined;
    let target: number | undefined;
    if (s.when !== null) {
      taken = body.local("i32");
      this.i32(s.when);
      body.set(taken);
    }
    if (s.to.k !== "const") {
      target = body.local("i32");
      this.i32(s.to);
      body.set(target);
    }
    this.#jump = { taken, target };
  }

  #stackMoved(): void {
    const { lowestSP, registers } = this.context;
    const sp = registers.R(13);
    // lowest := min(lowest, sp), unsigned
    this.body.get(lowestSP).get(sp).get(lowestSP).get(sp).op("i32.lt_u", "select").set(lowestSP);
  }

  #value(effect: ValueEffect): void {
    const body = this.body;
    switch (effect.name) {
      case "VMRS":
        body.i32(0).memory("i32.load", LAYOUT.FPSCR);
        return;
      case "divideByZeroTraps":
        body.i32(0).memory("i32.load", LAYOUT.CCR).i32(DIV_0_TRP_BIT).op("i32.shr_u").i32(1).op("i32.and");
        return;
      case "setExclusive":
        body.i32(0).i32(1).memory("i32.store", LAYOUT.exclusiveOpen).i32(0);
        this.i32(effect.address);
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
    const body = this.body;
    switch (effect.name) {
      case "VMSR": {
        const value = this.pool.take("i32");
        this.i32(effect.value);
        body.i32(FPSCR_KEPT).op("i32.and").tee(value);
        body
          .i32(0)
          .memory("i32.load", LAYOUT.FPSCR)
          .op("i32.xor")
          .i32(FPSCR_WATCHED)
          .op("i32.and")
          .unlikely();
        callShared(body.get(value), "vmsr");
        emitFpBounds(body, this.context.fpBounds);
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

  /** Once checked, the FPU stays ready: see `FpChecks`. */
  #fpCheck(): void {
    if (this.#fpChecked) return;
    this.#fpChecked = true;
    const body = this.body;
    body.i32(0).memory("i32.load", LAYOUT.fpReady).op("i32.eqz").unlikely();
    this.leave(RESULT.bail);
    body.end();
  }

  #fault(s: Extract<Statement, { k: "fault" }>): void {
    const body = this.body;
    if (s.when !== null) {
      this.i32(s.when);
      body.unlikely();
    }
    callShared(body.i32(RAISED.indexOf(s.kind)).i32(this.place).get(this.context.left), "fault");
    this.afterCall(undefined);
    if (s.when !== null) body.end();
  }

  protected looksBehind(): void {
    this.#mayAsk = true;
  }

  /** After a host function: the deadline may have moved; a fault ends the instruction, any other wish waits for its end. */
  protected afterCall(leaveBehind: (() => void) | undefined): void {
    const { body } = this;
    const { area, left, attention, exitDepth } = this.context;
    body.i32(0).memory("i32.load", area.left).set(left);
    body.i32(0).memory("i32.load", LAYOUT.exit).tee(attention).unlikely();
    body.get(attention).i32(EXIT.fault).op("i32.and").branch("br_if", exitDepth); // that is `RESULT.attention`
    leaveBehind?.();
    body.end();
  }

  protected lookNow(leave: () => void): void {
    this.body.get(this.context.attention).unlikely();
    leave();
    this.body.end();
  }
}

/** The one write of a register that an instruction ends with, where all that it does takes less than a wrong branch. */
function cheapMove(statements: readonly Statement[]): Extract<Statement, { k: "setR" }> | undefined {
  const last = statements[statements.length - 1];
  if (last?.k !== "setR" || last.n === 13 || !isCheap(last.e)) return undefined;
  return statements.every((s) => s === last || (s.k === "let" && isCheap(s.e))) ? last : undefined;
}
