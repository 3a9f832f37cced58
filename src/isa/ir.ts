/**
 * The semantics IR: a closed, typed, printable tree. `I32`, `I64`, `F32` and `F64` are run-time values and pure;
 * whatever can fault, or touches memory or FPSCR, is a statement. A register or flag read inside an expression sees
 * the writes of the statements before it. Temporaries are numbered from 0 within an instruction.
 */

/** Shift amounts are taken modulo 32; comparisons give 0 or 1. */
export type BinaryOp =
  | "add"
  | "sub"
  | "mul"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr"
  | "sar"
  | "ror"
  | "eq"
  | "ne"
  | "ltU"
  | "ltS"
  | "leU"
  | "leS"
  /** High word of the signed and of the unsigned 64-bit product. */
  | "mulHighS"
  | "mulHighU"
  /** Quotients rounded towards zero; x / 0 = 0 and 0x8000_0000 / -1 = 0x8000_0000. */
  | "divS"
  | "divU";
export type UnaryOp = "clz" | "sext8" | "sext16" | "rbit" | "rev" | "rev16";
export type Flag = "N" | "Z" | "C" | "V" | "Q" | "GE";

export type I32 =
  | { readonly k: "const"; readonly v: number }
  | { readonly k: "R"; readonly n: number }
  | { readonly k: "flag"; readonly f: Flag }
  | { readonly k: "bin"; readonly op: BinaryOp; readonly a: I32; readonly b: I32 }
  | { readonly k: "un"; readonly op: UnaryOp; readonly a: I32 }
  /** `c` is not 0 ? `a` : `b`; both are pure, either may be evaluated. */
  | { readonly k: "select"; readonly c: I32; readonly a: I32; readonly b: I32 }
  | { readonly k: "low64"; readonly a: I64 }
  | { readonly k: "high64"; readonly a: I64 }
  | { readonly k: "bitsF32"; readonly a: F32 }
  | { readonly k: "lowF64"; readonly a: F64 }
  | { readonly k: "highF64"; readonly a: F64 }
  | { readonly k: "tmp"; readonly id: number };

export type I64 =
  | { readonly k: "sext64"; readonly a: I32 }
  | { readonly k: "zext64"; readonly a: I32 }
  | { readonly k: "pair64"; readonly low: I32; readonly high: I32 }
  | { readonly k: "bin64"; readonly op: "add" | "sub" | "mul"; readonly a: I64; readonly b: I64 }
  | { readonly k: "tmp64"; readonly id: number };

export type F32 =
  | { readonly k: "S"; readonly n: number }
  | { readonly k: "fromBits32"; readonly a: I32 }
  | { readonly k: "neg32"; readonly a: F32 }
  | { readonly k: "abs32"; readonly a: F32 }
  | { readonly k: "tmpF32"; readonly id: number };

export type F64 =
  | { readonly k: "D"; readonly n: number }
  | { readonly k: "fromBits64"; readonly low: I32; readonly high: I32 }
  | { readonly k: "neg64"; readonly a: F64 }
  | { readonly k: "abs64"; readonly a: F64 }
  | { readonly k: "tmpF64"; readonly id: number };

export type RoundingMode = "nearest" | "ties-away" | "plusInf" | "minusInf" | "zero" | "fpscr";

/** Arithmetic that reads FPSCR's modes and accumulates its flags; names and meaning as in core/float. */
export type FpOp =
  | {
      readonly op: "add32" | "sub32" | "mul32" | "div32" | "maxNum32" | "minNum32";
      readonly args: readonly [F32, F32];
      readonly type: "f32";
    }
  | { readonly op: "sqrt32"; readonly args: readonly [F32]; readonly type: "f32" }
  /** FPMulAdd: addend, op1, op2. */
  | { readonly op: "fma32"; readonly args: readonly [F32, F32, F32]; readonly type: "f32" }
  | {
      readonly op: "roundInt32";
      readonly args: readonly [F32];
      readonly rmode: RoundingMode;
      readonly exact: boolean;
      readonly type: "f32";
    }
  /** NZCV as a nibble. */
  | {
      readonly op: "compare32";
      readonly args: readonly [F32, F32];
      readonly quietNaNExc: boolean;
      readonly type: "i32";
    }
  | {
      readonly op: "toFixed32";
      readonly args: readonly [F32];
      readonly fracBits: number;
      readonly unsigned: boolean;
      readonly size: 16 | 32;
      readonly rmode: RoundingMode;
      readonly type: "i32";
    }
  | {
      readonly op: "fromFixed32";
      readonly args: readonly [I32];
      readonly fracBits: number;
      readonly unsigned: boolean;
      readonly rmode: Exclude<RoundingMode, "ties-away">;
      readonly type: "f32";
    }
  | {
      readonly op: "add64" | "sub64" | "mul64" | "div64" | "maxNum64" | "minNum64";
      readonly args: readonly [F64, F64];
      readonly type: "f64";
    }
  | { readonly op: "sqrt64"; readonly args: readonly [F64]; readonly type: "f64" }
  | { readonly op: "fma64"; readonly args: readonly [F64, F64, F64]; readonly type: "f64" }
  | {
      readonly op: "roundInt64";
      readonly args: readonly [F64];
      readonly rmode: RoundingMode;
      readonly exact: boolean;
      readonly type: "f64";
    }
  | {
      readonly op: "compare64";
      readonly args: readonly [F64, F64];
      readonly quietNaNExc: boolean;
      readonly type: "i32";
    }
  | {
      readonly op: "toFixed64";
      readonly args: readonly [F64];
      readonly fracBits: number;
      readonly unsigned: boolean;
      readonly size: 16 | 32;
      readonly rmode: RoundingMode;
      readonly type: "i32";
    }
  | {
      readonly op: "fromFixed64";
      readonly args: readonly [I32];
      readonly fracBits: number;
      readonly unsigned: boolean;
      readonly rmode: Exclude<RoundingMode, "ties-away">;
      readonly type: "f64";
    }
  | { readonly op: "f32To64"; readonly args: readonly [F32]; readonly type: "f64" }
  | { readonly op: "f64To32"; readonly args: readonly [F64]; readonly type: "f32" }
  /** The half-precision value is the low 16 bits. */
  | { readonly op: "f16To32"; readonly args: readonly [I32]; readonly type: "f32" }
  | { readonly op: "f32To16"; readonly args: readonly [F32]; readonly type: "i32" }
  | { readonly op: "f16To64"; readonly args: readonly [I32]; readonly type: "f64" }
  | { readonly op: "f64To16"; readonly args: readonly [F64]; readonly type: "i32" };

/**
 * How control is passed on.
 * - `direct`: target known at translation
 * - `simple`: BranchWritePC, bit 0 dropped (ADD/MOV to PC, TBB/TBH)
 * - `interwork`: BXWritePC/LoadWritePC, bit 0 goes to EPSR.T, EXC_RETURN values return in Handler mode (BX, POP, LDM, LDR)
 * - `interwork-call`: BLXWritePC, bit 0 goes to EPSR.T
 */
export type JumpKind = "direct" | "simple" | "interwork" | "interwork-call";

/** Effects without a result, written once in core/effects. */
export type Effect =
  | { readonly name: "SVC"; readonly imm: number }
  | { readonly name: "BKPT"; readonly imm: number }
  | { readonly name: "WFI" | "WFE" | "SEV" | "CLREX" | "DSB" | "DMB" | "ISB" }
  | {
      readonly name: "CPS";
      readonly enable: boolean;
      readonly affectPRI: boolean;
      readonly affectFAULT: boolean;
    }
  /** MSR: value, special register number and the mask bits (bit 1 nzcvq, bit 0 g). */
  | { readonly name: "MSR"; readonly value: I32; readonly SYSm: number; readonly mask: number }
  | { readonly name: "VMSR"; readonly value: I32 }
  /** ITSTATE as the IT instruction sets it; the run-time advance is the engine's. */
  | { readonly name: "IT"; readonly firstcond: number; readonly mask: number };

/** Effects with an I32 result. */
export type ValueEffect =
  | { readonly name: "MRS"; readonly SYSm: number }
  | { readonly name: "VMRS" }
  /** SetExclusiveMonitors after the load of `bytes` at `address`; the result is 0. */
  | { readonly name: "setExclusive"; readonly address: I32; readonly bytes: number }
  /** ExclusiveMonitorsPass: 1 when the store may be performed. */
  | { readonly name: "exclusivePass"; readonly address: I32; readonly bytes: number }
  /** CCR.DIV_0_TRP, 0 or 1. */
  | { readonly name: "divideByZeroTraps" };

export interface LoadStatement {
  readonly k: "load";
  readonly id: number;
  readonly bytes: 1 | 2 | 4;
  readonly signed: boolean;
  readonly address: I32;
  /** An address that is no multiple of `bytes` faults whatever CCR.UNALIGN_TRP says (MemA). */
  readonly aligned: boolean;
  /** Accessed as unprivileged code would (LDRT, …). */
  readonly unprivileged: boolean;
}
export interface StoreStatement {
  readonly k: "store";
  readonly bytes: 1 | 2 | 4;
  readonly address: I32;
  readonly value: I32;
  readonly aligned: boolean;
  readonly unprivileged: boolean;
}
export interface JumpStatement {
  readonly k: "jump";
  readonly kind: JumpKind;
  readonly to: I32;
  /** Taken only when this is not 0; null: always. */
  readonly when: I32 | null;
  /** A call: the return address was just written to LR. */
  readonly link: boolean;
}

export type Statement =
  | { readonly k: "setR"; readonly n: number; readonly e: I32 }
  | { readonly k: "setFlag"; readonly f: Flag; readonly e: I32 }
  | { readonly k: "setS"; readonly n: number; readonly e: F32 }
  | { readonly k: "setD"; readonly n: number; readonly e: F64 }
  | { readonly k: "let"; readonly id: number; readonly e: I32 }
  | { readonly k: "let64"; readonly id: number; readonly e: I64 }
  | { readonly k: "fp"; readonly id: number; readonly fp: FpOp }
  | { readonly k: "value"; readonly id: number; readonly effect: ValueEffect }
  | { readonly k: "effect"; readonly effect: Effect }
  /** ExecuteFPCheck: NOCP fault, lazy state preservation, FPCA. */
  | { readonly k: "fpCheck" }
  | {
      readonly k: "fault";
      readonly kind: "UNDEFINSTR" | "NOCP" | "UNALIGNED" | "DIVBYZERO";
      readonly when: I32 | null;
    }
  | { readonly k: "if"; readonly cond: I32; readonly body: readonly Statement[] }
  | LoadStatement
  | StoreStatement
  | JumpStatement;
