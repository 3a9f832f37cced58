import { LAYOUT } from "../core/layout.ts";
import { FLAG_BITS, type Footprint } from "../isa/footprint.ts";
import type { Flag } from "../isa/ir.ts";
import type { FunctionBody, ValueType } from "./wasm-module.ts";

const FLAGS = ["N", "Z", "C", "V", "Q", "GE"] as const satisfies readonly Flag[];

/**
 * How a flag is kept, so that setting it takes no work: N in the sign of a word, Z as a word that is zero when it is set,
 * C and V as the two operands of a subtraction that would set them, Q as 64 bits whose high word is -1 while it is clear.
 */
type Form = "plain" | "sign" | "zero" | "carry" | "overflow" | "sticky";
const FORMS: Partial<Record<Flag, Form>> = {
  N: "sign",
  Z: "zero",
  C: "carry",
  V: "overflow",
  Q: "sticky",
};

/** One word of architectural state that a function keeps in a local. */
interface Cached {
  readonly local: number;
  readonly offset: number;
  readonly type: ValueType;
  readonly written: boolean;
  readonly form: Form;
  /** The second operand of the forms that have two. */
  readonly second: number;
}

/** Which architectural registers a function touches, and the locals that hold them while it runs. */
export class RegisterLocals {
  readonly #cached: Cached[] = [];
  readonly #R = new Map<number, number>();
  readonly #S = new Map<number, number>();
  readonly #flags = new Map<Flag, Cached>();
  readonly #halves = new Map<number, readonly [number, number]>();
  readonly #body: FunctionBody;

  /** @param conditions the function tests conditions of IT blocks */
  constructor(body: FunctionBody, footprints: Iterable<Footprint>, conditions: boolean) {
    this.#body = body;
    let [reads, writes, writesFlags, readsS, writesS] = [0, 0, 0, 0, 0];
    let readsFlags = conditions ? FLAG_BITS.N | FLAG_BITS.Z | FLAG_BITS.C | FLAG_BITS.V : 0;
    for (const f of footprints) {
      reads |= f.reads;
      writes |= f.writes;
      readsFlags |= f.readsFlags;
      writesFlags |= f.writesFlags;
      readsS |= f.readsS;
      writesS |= f.writesS;
    }
    const cache = (offset: number, type: ValueType, written: boolean, form: Form = "plain"): Cached => {
      const local = body.local(form === "sticky" ? "i64" : type);
      const second = form === "carry" || form === "overflow" ? body.local(type) : local;
      const cached = { local, offset, type, written, form, second };
      this.#cached.push(cached);
      return cached;
    };
    for (let n = 0; n < 15; n++) {
      if ((((reads | writes) >>> n) & 1) === 0) continue;
      this.#R.set(n, cache(LAYOUT.R + 4 * n, "i32", ((writes >>> n) & 1) === 1).local);
    }
    for (const flag of FLAGS) {
      const bit = FLAG_BITS[flag];
      if (((readsFlags | writesFlags) & bit) === 0) continue;
      this.#flags.set(flag, cache(LAYOUT[flag], "i32", (writesFlags & bit) !== 0, FORMS[flag]));
    }
    for (let n = 0; n < 32; n++) {
      if ((((readsS | writesS) >>> n) & 1) === 0) continue;
      this.#S.set(n, cache(LAYOUT.S + 4 * n, "f32", ((writesS >>> n) & 1) === 1).local);
    }
  }

  R(n: number): number {
    return this.#R.get(n)!;
  }
  /** Two i32 locals beside a register, for what its halfwords are made of. */
  halves(n: number): readonly [number, number] {
    let locals = this.#halves.get(n);
    if (locals === undefined)
      this.#halves.set(n, (locals = [this.#body.local("i32"), this.#body.local("i32")]));
    return locals;
  }
  S(n: number): number {
    return this.#S.get(n)!;
  }
  /**
   * N: its sign is the flag; Z: set when it is zero; C, V: set when subtracting `second` from it has no borrow, or
   * overflows; Q, an i64: clear while its high word is -1; GE 4 bits.
   */
  flag(f: Flag): { readonly local: number; readonly second: number } {
    return this.#flags.get(f)!;
  }
  /** Leaves a flag on the stack as 0 or 1, GE as 4 bits. */
  emitFlag(body: FunctionBody, f: Flag): void {
    emitPlain(body, this.#flags.get(f)!);
  }
  /** Leaves a word on the stack whose sign is V. */
  emitOverflow(body: FunctionBody): void {
    emitOverflow(body, this.#flags.get("V")!);
  }

  /** Loads all from memory: the function's first code. */
  emitLoads(body: FunctionBody): void {
    for (const { local, second, offset, type, form } of this.#cached) {
      body.i32(0).memory(type === "f32" ? "f32.load" : "i32.load", offset);
      if (form === "sign" || form === "overflow") body.i32(31).op("i32.shl");
      if (form === "zero") body.op("i32.eqz");
      if (form === "sticky") emitSticky(body);
      body.set(local);
      // 1 - 1 has no borrow and 0 - 1 has one; -2^31 - 1 overflows and 0 - 1 does not.
      if (second !== local) body.i32(1).set(second);
    }
  }
  /** Stores what may have changed: the function's last code. */
  emitStores(body: FunctionBody): void {
    for (const cached of this.#cached) {
      if (!cached.written) continue;
      body.i32(0);
      emitPlain(body, cached);
      body.memory(cached.type === "f32" ? "f32.store" : "i32.store", cached.offset);
    }
  }
}

function emitPlain(body: FunctionBody, cached: Cached): void {
  const { local, second, form } = cached;
  if (form === "carry") body.get(local).get(second).op("i32.ge_u");
  else if (form === "overflow") {
    emitOverflow(body, cached);
    body.i32(31).op("i32.shr_u");
  } else if (form === "sticky") body.get(local).i64(32).op("i64.shr_s").i64(-1).op("i64.ne");
  else {
    body.get(local);
    if (form === "sign") body.i32(31).op("i32.shr_u");
    if (form === "zero") body.op("i32.eqz");
  }
}

/** Turns 0 or 1 on the stack into the form of Q. */
export function emitSticky(body: FunctionBody): void {
  body.op("i64.extend_i32_u").i64(1).op("i64.sub");
}

function emitOverflow(body: FunctionBody, { local, second }: Cached): void {
  body.get(local).get(second).op("i32.xor");
  body.get(local).get(local).get(second).op("i32.sub", "i32.xor", "i32.and");
}
