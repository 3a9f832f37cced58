import { isDouble } from "./precision.ts";
import type { F32, F64, FpOp, I32, I64, JumpKind, Statement, ValueEffect } from "./ir.ts";

/** One data access as far as translation knows it: base + index + offset. */
export interface Access {
  readonly kind: "load" | "store";
  readonly bytes: 1 | 2 | 4;
  /** Core register that the address starts from; undefined for an absolute address. */
  readonly base: number | undefined;
  /** Further core registers in the address. */
  readonly index: boolean;
  /** Constant part; the whole address when there is no base. */
  readonly offset: number;
}

/** Bits of `Footprint.readsFlags` and `writesFlags`. */
export const FLAG_BITS = { N: 1, Z: 2, C: 4, V: 8, Q: 16, GE: 32 } as const;

/** What an instruction reads and writes, derived from its semantics. Register sets are bit masks. */
export interface Footprint {
  /** R0-R14 read, for whatever purpose. */
  readonly reads: number;
  readonly writes: number;
  readonly readsFlags: number;
  readonly writesFlags: number;
  /** S0-S31; a D register counts as its two halves. */
  readonly readsS: number;
  readonly writesS: number;
  /** Core registers that form addresses. */
  readonly addressReads: number;
  /** Core and FP registers that are stored to memory and used for nothing else. */
  readonly storeDataReads: number;
  readonly storeDataReadsS: number;
  readonly accesses: readonly Access[];
  /** Core registers that only move by a constant, as ADD R1, R1, #4 or a post-indexed base; by register. */
  readonly steps: ReadonlyMap<number, number>;
  readonly jump:
    | {
        readonly kind: JumpKind;
        readonly conditional: boolean;
        readonly target: number | undefined;
        readonly link: boolean;
      }
    | undefined;
  /** Reads or writes FPSCR, as FP arithmetic does. */
  readonly usesFPSCR: boolean;
}

interface Sets {
  reads: number;
  readsFlags: number;
  readsS: number;
}

const NO_STEPS: ReadonlyMap<number, number> = new Map<number, number>();

/** Derives the footprint of an instruction's statements. */
export function footprintOf(statements: readonly Statement[]): Footprint {
  return new Walker().run(statements);
}

class Walker {
  // Made when they are needed: few instructions have any.
  #lets: Map<number, I32> | undefined;
  #lets64: Map<number, Sets> | undefined;
  #steps: Map<number, number> | undefined;
  readonly #all: Sets = { reads: 0, readsFlags: 0, readsS: 0 };
  readonly #address: Sets = { reads: 0, readsFlags: 0, readsS: 0 };
  readonly #storeData: Sets = { reads: 0, readsFlags: 0, readsS: 0 };
  readonly #accesses: Access[] = [];
  #writes = 0;
  #writesFlags = 0;
  #writesS = 0;
  #jump: Footprint["jump"];
  #usesFPSCR = false;

  run(statements: readonly Statement[]): Footprint {
    for (const statement of statements) this.#statement(statement);
    const otherReads = this.#all.reads | this.#address.reads;
    const all = otherReads | this.#storeData.reads;
    return {
      reads: all,
      writes: this.#writes,
      readsFlags: this.#all.readsFlags | this.#address.readsFlags | this.#storeData.readsFlags,
      writesFlags: this.#writesFlags,
      readsS: this.#all.readsS | this.#storeData.readsS,
      writesS: this.#writesS,
      addressReads: this.#address.reads,
      storeDataReads: this.#storeData.reads & ~otherReads,
      storeDataReadsS: this.#storeData.readsS & ~this.#all.readsS,
      accesses: this.#accesses,
      steps: this.#steps ?? NO_STEPS,
      jump: this.#jump,
      usesFPSCR: this.#usesFPSCR,
    };
  }

  #statement(s: Statement): void {
    switch (s.k) {
      case "setR":
        this.#i32(s.e, this.#all);
        this.#setR(s.n, s.e);
        return;
      case "setFlag":
        this.#i32(s.e, this.#all);
        this.#writesFlags |= FLAG_BITS[s.f];
        return;
      case "setS":
        this.#f32(s.e, this.#all);
        this.#writesS |= 1 << s.n;
        return;
      case "setD":
        this.#f64(s.e, this.#all);
        this.#writesS |= 3 << (2 * s.n);
        return;
      case "let":
        // Counted where it is used: a temporary for an address is an address read.
        (this.#lets ??= new Map<number, I32>()).set(s.id, s.e);
        return;
      case "let64": {
        const sets: Sets = { reads: 0, readsFlags: 0, readsS: 0 };
        this.#i64(s.e, sets);
        (this.#lets64 ??= new Map<number, Sets>()).set(s.id, sets);
        return;
      }
      case "fp":
        this.#usesFPSCR = true;
        this.#fp(s.fp);
        return;
      case "value":
        this.#valueEffect(s.effect);
        return;
      case "effect":
        if (s.effect.name === "MSR" || s.effect.name === "VMSR") this.#i32(s.effect.value, this.#all);
        if (s.effect.name === "VMSR") this.#usesFPSCR = true;
        if (s.effect.name === "MSR" && s.effect.SYSm < 4) this.#writesFlags |= 63;
        return;
      case "fpCheck":
        return;
      case "fault":
        if (s.when !== null) this.#i32(s.when, this.#all);
        return;
      case "if":
        this.#i32(s.cond, this.#all);
        for (const inner of s.body) this.#statement(inner);
        return;
      case "load":
        this.#access("load", s.bytes, s.address);
        return;
      case "store":
        this.#access("store", s.bytes, s.address);
        this.#i32(s.value, this.#storeData);
        return;
      case "jump": {
        this.#i32(s.to, this.#all);
        if (s.when !== null) this.#i32(s.when, this.#all);
        const target = s.to.k === "const" ? s.to.v >>> 0 : undefined;
        this.#jump = { kind: s.kind, conditional: s.when !== null, target, link: s.link };
        return;
      }
    }
  }

  #setR(n: number, e: I32): void {
    const { base, index, offset } = this.#linear(e);
    if (base === n && !index && (this.#writes & (1 << n)) === 0)
      (this.#steps ??= new Map<number, number>()).set(n, offset);
    else this.#steps?.delete(n);
    this.#writes |= 1 << n;
  }

  #fp(fp: FpOp): void {
    for (const arg of fp.args) {
      if (fp.op === "fromFixed32" || fp.op === "fromFixed64" || fp.op === "f16To32" || fp.op === "f16To64") {
        this.#i32(arg as I32, this.#all);
      } else this.#float(arg as F32 | F64);
    }
  }
  #float(a: F32 | F64): void {
    if (isDouble(a)) this.#f64(a, this.#all);
    else this.#f32(a, this.#all);
  }

  #valueEffect(effect: ValueEffect): void {
    if (effect.name === "setExclusive" || effect.name === "exclusivePass")
      this.#i32(effect.address, this.#address);
    if (effect.name === "VMRS") this.#usesFPSCR = true;
    if (effect.name === "MRS" && effect.SYSm < 4) this.#all.readsFlags |= 63;
  }

  #access(kind: "load" | "store", bytes: 1 | 2 | 4, address: I32): void {
    this.#i32(address, this.#address);
    const parts = this.#linear(address);
    this.#accesses.push({ kind, bytes, ...parts });
  }

  /** Splits an address into base register, other registers and constant. */
  #linear(e: I32): { base: number | undefined; index: boolean; offset: number } {
    switch (e.k) {
      case "const":
        return { base: undefined, index: false, offset: e.v };
      case "R":
        return { base: e.n, index: false, offset: 0 };
      case "tmp": {
        const value = this.#lets?.get(e.id);
        return value === undefined ? { base: undefined, index: true, offset: 0 } : this.#linear(value);
      }
      case "bin": {
        if (e.op === "add" || e.op === "sub") {
          const a = this.#linear(e.a);
          const b = this.#linear(e.b);
          const bConstant = b.base === undefined && !b.index;
          if (bConstant)
            return { ...a, offset: (e.op === "add" ? a.offset + b.offset : a.offset - b.offset) | 0 };
          return { base: a.base, index: true, offset: a.offset };
        }
        return { base: undefined, index: true, offset: 0 };
      }
      default:
        return { base: undefined, index: true, offset: 0 };
    }
  }

  #i32(e: I32, into: Sets): void {
    switch (e.k) {
      case "const":
        return;
      case "R":
        into.reads |= 1 << e.n;
        return;
      case "flag":
        into.readsFlags |= FLAG_BITS[e.f];
        return;
      case "bin":
        this.#i32(e.a, into);
        this.#i32(e.b, into);
        return;
      case "un":
        this.#i32(e.a, into);
        return;
      case "select":
        this.#i32(e.c, into);
        this.#i32(e.a, into);
        this.#i32(e.b, into);
        return;
      case "low64":
      case "high64":
        this.#i64(e.a, into);
        return;
      case "bitsF32":
        this.#f32(e.a, into);
        return;
      case "lowF64":
      case "highF64":
        this.#f64(e.a, into);
        return;
      case "tmp": {
        const value = this.#lets?.get(e.id);
        if (value !== undefined) this.#i32(value, into);
        return;
      }
    }
  }

  #i64(e: I64, into: Sets): void {
    switch (e.k) {
      case "sext64":
      case "zext64":
        this.#i32(e.a, into);
        return;
      case "pair64":
        this.#i32(e.low, into);
        this.#i32(e.high, into);
        return;
      case "bin64":
        this.#i64(e.a, into);
        this.#i64(e.b, into);
        return;
      case "tmp64": {
        const sets = this.#lets64?.get(e.id);
        if (sets === undefined) return;
        into.reads |= sets.reads;
        into.readsFlags |= sets.readsFlags;
        into.readsS |= sets.readsS;
        return;
      }
    }
  }

  #f32(e: F32, into: Sets): void {
    switch (e.k) {
      case "S":
        into.readsS |= 1 << e.n;
        return;
      case "fromBits32":
        this.#i32(e.a, into);
        return;
      case "neg32":
      case "abs32":
        this.#f32(e.a, into);
        return;
      case "tmpF32":
        return;
    }
  }

  #f64(e: F64, into: Sets): void {
    switch (e.k) {
      case "D":
        into.readsS |= 3 << (2 * e.n);
        return;
      case "fromBits64":
        this.#i32(e.low, into);
        this.#i32(e.high, into);
        return;
      case "neg64":
      case "abs64":
        this.#f64(e.a, into);
        return;
      case "tmpF64":
        return;
    }
  }
}
