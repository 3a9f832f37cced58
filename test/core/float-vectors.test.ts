import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type FloatCall, runCase } from "../oracle/float-calls.ts";

interface Group extends FloatCall {
  readonly fpscr: string;
  readonly rows: string;
}

/** Hexadecimal digits of each kind of operand or result; the other kinds have eight. */
const DIGITS: Readonly<Record<string, number>> = { f64: 16, f16: 4, nzcv: 1 };
const CUMULATIVE = 0x9f;

function load(family: string): Group[] {
  const text = readFileSync(new URL(`../vectors/float/${family}.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { groups: Group[] }).groups;
}

/** The rows of `group` that come out otherwise than recorded, in words. */
function differences(group: Group): string[] {
  const fpscr = Number.parseInt(group.fpscr, 16);
  const wrong: string[] = [];
  for (const row of group.rows.split(" ")) {
    let at = 0;
    const next = (kind: string): bigint => {
      const digits = DIGITS[kind] ?? 8;
      at += digits;
      return BigInt(`0x${row.slice(at - digits, at)}`);
    };
    const operands = group.operands.map(next);
    const result = next(group.result);
    const flags = Number.parseInt(row.slice(at), 16);
    const actual = runCase(group, operands, fpscr);
    if (actual.result === result && actual.fpscr === (fpscr | flags) >>> 0) continue;
    wrong.push(
      `${row}: got ${actual.result.toString(16)}, flags ${(actual.fpscr & CUMULATIVE).toString(16)}`,
    );
  }
  return wrong;
}

describe.each(["arithmetic", "integer", "conversion"])("recorded answers of QEMU's FPU: %s", (family) => {
  for (const group of load(family)) {
    it(`${group.call}(${group.arguments.join(", ")}) with FPSCR ${group.fpscr}`, () => {
      expect(group.rows.split(" ").length).toBeGreaterThanOrEqual(200);
      expect(differences(group)).toEqual([]);
    });
  }
});
