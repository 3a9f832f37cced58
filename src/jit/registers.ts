import { LAYOUT } from "../core/layout.ts";
import { FLAG_BITS, type Footprint } from "../isa/footprint.ts";
import type { Flag } from "../isa/ir.ts";
import type { FunctionBody, ValueType } from "./wasm-module.ts";

const FLAGS = ["N", "Z", "C", "V", "Q", "GE"] as const satisfies readonly Flag[];

/**
 * How a flag is kept in its local, so that setting it takes no work: N and V in the sign of a word, Z as a word that is
 * zero when it is set.
 */
type Form = "plain" | "sign" | "zero";
const FORMS: Partial<Record<Flag, Form>> = { N: "sign", V: "sign", Z: "zero" };

/** One word of architectural state that a function keeps in a local. */
interface Cached {
  readonly local: number;
  readonly offset: number;
  readonly type: ValueType;
  readonly written: boolean;
  readonly form: Form;
}

/** Which architectural registers a function touches, and the locals that hold them while it runs. */
export class RegisterLocals {
  readonly #cached: Cached[] = [];
  readonly #R = new Map<number, number>();
  readonly #S = new Map<number, number>();
  readonly #flags = new Map<Flag, number>();

  /** @param conditions the function tests conditions of IT blocks */
  constructor(body: FunctionBody, footprints: Iterable<Footprint>, conditions: boolean) {
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
    const cache = (offset: number, type: ValueType, written: boolean, form: Form = "plain"): number => {
      const local = body.local(type);
      this.#cached.push({ local, offset, type, written, form });
      return local;
    };
    for (let n = 0; n < 15; n++) {
      if ((((reads | writes) >>> n) & 1) === 0) continue;
      this.#R.set(n, cache(LAYOUT.R + 4 * n, "i32", ((writes >>> n) & 1) === 1));
    }
    for (const flag of FLAGS) {
      const bit = FLAG_BITS[flag];
      if (((readsFlags | writesFlags) & bit) === 0) continue;
      this.#flags.set(flag, cache(LAYOUT[flag], "i32", (writesFlags & bit) !== 0, FORMS[flag]));
    }
    for (let n = 0; n < 32; n++) {
      if ((((readsS | writesS) >>> n) & 1) === 0) continue;
      this.#S.set(n, cache(LAYOUT.S + 4 * n, "f32", ((writesS >>> n) & 1) === 1));
    }
  }

  R(n: number): number {
    return this.#R.get(n)!;
  }
  S(n: number): number {
    return this.#S.get(n)!;
  }
  /** N, V: its sign is the flag; Z: set when it is zero; the others: 0 or 1, GE 4 bits. */
  flag(f: Flag): number {
    return this.#flags.get(f)!;
  }

  /** Loads all from memory: the function's first code. */
  emitLoads(body: FunctionBody): void {
    for (const { local, offset, type, form } of this.#cached) {
      body.i32(0).memory(type === "f32" ? "f32.load" : "i32.load", offset);
      if (form === "sign") body.i32(31).op("i32.shl");
      if (form === "zero") body.op("i32.eqz");
      body.set(local);
    }
  }
  /** Stores what may have changed: the function's last code. */
  emitStores(body: FunctionBody): void {
    for (const { local, offset, type, written, form } of this.#cached) {
      if (!written) continue;
      body.i32(0).get(local);
      if (form === "sign") body.i32(31).op("i32.shr_u");
      if (form === "zero") body.op("i32.eqz");
      body.memory(type === "f32" ? "f32.store" : "i32.store", offset);
    }
  }
}
