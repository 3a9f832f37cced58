import type { FpOp } from "../isa/ir.ts";
import type { LineTables } from "../memory/line-table.ts";
import type { DivideCosts } from "../timing/divide.ts";
import type { DoubleCosts } from "../timing/double.ts";
import type { StallCause } from "../timing/timing.ts";
import { RESULT } from "./host-functions.ts";
import type { JitArea } from "./jit-area.ts";
import type { OpenRegion, Width } from "../memory/open-regions.ts";
import type { RegisterLocals } from "./registers.ts";
import type { FunctionBody, ValueType } from "./wasm-module.ts";

/** See `LOAD_BY_ASSIST`. */
export interface AssistedAccess {
  readonly room: number;
  readonly offset: number;
  readonly counter: number;
}

/** What the assist needs to ask for the line of `address` with instruction `index`; see `FETCH_BY_ASSIST`. */
export type FetchBy = (address: number, index: number) => AssistedAccess & { readonly path: number };

/** Locals that results are compared with. */
export interface FpBounds {
  /** f32: infinity while FPSCR is in its usual state, else 0. */
  readonly magnitude: number;
  /** i32: `NORMAL.count` while it is, else 0. */
  readonly normal: number;
}

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
  /** Whether the FPU is known to be ready where the node begins. */
  readonly isFpReady: boolean;
  /** Kept up to date in functions with floating-point instructions. */
  readonly fpBounds: FpBounds;
  /** Address of the latest load, where the core has a rule for paired ones. */
  readonly lastLoad: number | undefined;
  /** Depth of the block whose end stores everything and returns. */
  readonly exitDepth: number;
  readonly area: JitArea;
  /** Tables of cache lines with free accesses, where the data side has them. */
  readonly lines: LineTables | undefined;
  /** Whether instruction `index` of the node accessed such lines before it was compiled. */
  readonly usesLines: (index: number) => boolean;
  /** Whether accesses of instruction `index` that are not plain are to be made here, not by the handlers. */
  readonly makesAll: (index: number) => boolean;
  /** Number of the register that the first access of the instruction is based on. */
  readonly baseOf: (index: number) => number;
  /** The region that instruction `index` is expected to access, if that can be open as a whole. */
  readonly openRegion: (index: number, kind: "load" | "store", width: Width) => OpenRegion | undefined;
  /** What the assists need for an access of instruction `index`; undefined where they are of no use. */
  readonly assistedAccess: (index: number) => AssistedAccess | undefined;
  /** Cycles of a broken bank rule. */
  readonly bankConflict: number;
  /** Whether instruction `index` leaves the address that it accesses in `LAYOUT.lastAccess`. */
  readonly notesAccess: (index: number) => boolean;
  /** Whether a rule may look at the load of the instruction. */
  readonly notesLoad: (index: number) => boolean;
  /** What division takes by its operands. */
  readonly divide: DivideCosts | undefined;
  /** What operations on doubles take by theirs. */
  readonly double: DoubleCosts | undefined;
  /** Emits a stall of the cycles on the stack, in an instruction that looks at `attention` when it is done. */
  readonly chargeStacked: (index: number, cause: StallCause) => void;
  /** Emits a stall of instruction `index` of the node. */
  readonly charge: (index: number, cause: StallCause, cycles: number) => void;
  /** Whether there is a multiply-add that rounds once, see `emitFused`. */
  readonly fusesMultiplyAdd: () => boolean;
  /** Numbers for FP operations that need the host. */
  readonly fpNumber: (fp: FpOp) => number;
  /** Local that is 1 when lines of the block may be absent; undefined where that is not expected. */
  readonly absent: number | undefined;
  /** Addresses by which an instruction asks for the lines that it lies in. */
  readonly linesOf: (index: number) => readonly number[];
  /** How they are asked for without the host; undefined where they are not. */
  readonly fetchAssist: FetchBy | undefined;
}

/** Leaves the function at a place: the node's number, then the instruction's in the low byte. */
export function emitLeave(
  { body, area, result, exitDepth }: Pick<FunctionContext, "body" | "area" | "result" | "exitDepth">,
  place: number,
  reason: number,
): void {
  body.i32(0).i32(place).memory("i32.store", area.place);
  if (reason !== RESULT.attention) body.i32(reason).set(result);
  body.branch("br", exitDepth);
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
