import type { I32, LoadStatement, Statement, StoreStatement } from "../isa/ir.ts";
import { isSame } from "./patterns.ts";

export type Access = LoadStatement | StoreStatement;

/** Statements that call no host function. */
const PLAIN: ReadonlySet<Statement["k"]> = new Set(["setR", "setFlag", "setS", "setD", "let", "let64"]);

/** The accesses of an instruction and the statements on both sides of them. */
export interface AroundAccesses {
  readonly before: readonly Statement[];
  /** One, or words at consecutive addresses. */
  readonly accesses: readonly Access[];
  readonly behind: readonly Statement[];
  /** Temporaries that are loaded for floating-point registers. */
  readonly singles: ReadonlySet<number>;
}

const NO_SINGLES: ReadonlySet<number> = new Set();

/** Undefined for an instruction that makes no access, or calls the host for something else too. */
export function aroundAccesses(statements: readonly Statement[]): AroundAccesses | undefined {
  const first = statements.findIndex(isAccess);
  if (first < 0) return undefined;
  const after = statements.findIndex((s, i) => i > first && !isAccess(s));
  const end = after < 0 ? statements.length : after;
  const before = statements.slice(0, first);
  const accesses = statements.slice(first, end).filter(isAccess);
  const behind = statements.slice(end);
  if (!before.every(({ k }) => PLAIN.has(k) || k === "fpCheck")) return undefined;
  if (!behind.every(({ k }) => PLAIN.has(k) || k === "jump")) return undefined;
  const areGood = accesses.length === 1 ? !accesses[0]!.unprivileged : areConsecutive(accesses);
  return areGood ? { before, accesses, behind, singles: singlesOf(behind) } : undefined;
}

/** Temporaries whose bits go into floating-point registers. */
function singlesOf(statements: readonly Statement[]): ReadonlySet<number> {
  let singles: Set<number> | undefined;
  const note = (bits: I32): void => {
    if (bits.k === "tmp") (singles ??= new Set()).add(bits.id);
  };
  for (const s of statements) {
    if (s.k === "setS" && s.e.k === "fromBits32") note(s.e.a);
    else if (s.k === "setD" && s.e.k === "fromBits64") [s.e.low, s.e.high].forEach(note);
  }
  return singles ?? NO_SINGLES;
}

const isAccess = (s: Statement): s is Access => s.k === "load" || s.k === "store";

function areConsecutive(accesses: readonly Access[]): boolean {
  const start = distance(accesses[0]!.address);
  return accesses.every((s, i) => {
    const { base, offset } = distance(s.address);
    const isWord = s.bytes === 4 && s.aligned && !s.unprivileged && s.k === accesses[0]!.k;
    return isWord && isSame(base, start.base) && offset === start.offset + 4 * i;
  });
}

/** An address as a value and a constant. */
function distance(address: I32): { readonly base: I32; readonly offset: number } {
  if (address.k === "const") return { base: { k: "const", v: 0 }, offset: address.v };
  const isSum = address.k === "bin" && address.op === "add" && address.b.k === "const";
  return isSum ? { base: address.a, offset: address.b.v } : { base: address, offset: 0 };
}
