import type { F32, F64, I32, I64, Statement } from "../isa/ir.ts";

type Expression = I32 | I64 | F32 | F64;

const SYMBOL: Readonly<Record<string, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  and: "&",
  or: "|",
  xor: "^",
  shl: "<<",
  shr: ">>>",
  sar: ">>",
  eq: "==",
  ne: "!=",
  ltS: "<s",
  ltU: "<u",
  leS: "<=s",
  leU: "<=u",
};

/** Semantics as text, one statement a line. */
export function printStatements(statements: readonly Statement[], indent = ""): readonly string[] {
  return statements.flatMap((s) =>
    s.k === "if"
      ? [`${indent}if ${print(s.cond)}:`, ...printStatements(s.body, `${indent}  `)]
      : [indent + printStatement(s)],
  );
}

function printStatement(s: Exclude<Statement, { readonly k: "if" }>): string {
  switch (s.k) {
    case "setR":
      return `R${s.n} = ${print(s.e)}`;
    case "setFlag":
      return `${s.f} = ${print(s.e)}`;
    case "setS":
      return `S${s.n} = ${print(s.e)}`;
    case "setD":
      return `D${s.n} = ${print(s.e)}`;
    case "let":
    case "let64":
      return `t${s.id} = ${print(s.e)}`;
    case "load":
      return `t${s.id} = mem${s.signed ? "S" : "U"}${8 * s.bytes}[${print(s.address)}]${s.aligned ? " aligned" : ""}`;
    case "store":
      return `mem${8 * s.bytes}[${print(s.address)}] = ${print(s.value)}${s.aligned ? " aligned" : ""}`;
    case "jump":
      return `${s.kind} ${s.link ? "call" : "jump"} to ${print(s.to)}${condition(s.when)}`;
    case "fault":
      return `fault ${s.kind}${condition(s.when)}`;
    case "fpCheck":
      return "ExecuteFPCheck()";
    case "fp":
      return `t${s.id} = ${s.fp.op}(${s.fp.args.map(print).join(", ")})${details(s.fp, ["op", "args", "type"])}`;
    case "value":
      return `t${s.id} = ${s.effect.name}()${details(s.effect, ["name"])}`;
    case "effect":
      return `${s.effect.name}()${details(s.effect, ["name"])}`;
  }
}

const condition = (when: I32 | null): string => (when === null ? "" : ` when ${print(when)}`);

/** Further fields of an operation, ` {rmode: zero}`. */
function details(value: object, without: readonly string[]): string {
  const fields = Object.entries(value).filter(([key]) => !without.includes(key));
  if (fields.length === 0) return "";
  const text = (v: unknown): string =>
    typeof v === "object" && v !== null && "k" in v ? print(v as Expression) : String(v);
  return ` {${fields.map(([key, v]) => `${key}: ${text(v)}`).join(", ")}}`;
}

function print(e: Expression): string {
  switch (e.k) {
    case "const":
      return Math.abs(e.v) < 10 ? String(e.v) : `0x${(e.v >>> 0).toString(16)}`;
    case "R":
      return `R${e.n}`;
    case "S":
      return `S${e.n}`;
    case "D":
      return `D${e.n}`;
    case "flag":
      return e.f;
    case "tmp":
    case "tmp64":
    case "tmpF32":
    case "tmpF64":
      return `t${e.id}`;
    case "bin":
    case "bin64": {
      const symbol = SYMBOL[e.op];
      return symbol === undefined
        ? `${e.op}(${print(e.a)}, ${print(e.b)})`
        : `(${print(e.a)} ${symbol} ${print(e.b)})`;
    }
    case "un":
      return `${e.op}(${print(e.a)})`;
    case "select":
      return `(${print(e.c)} ? ${print(e.a)} : ${print(e.b)})`;
    case "pair64":
    case "fromBits64":
      return `${e.k}(${print(e.low)}, ${print(e.high)})`;
    default:
      return `${e.k}(${print(e.a)})`;
  }
}
