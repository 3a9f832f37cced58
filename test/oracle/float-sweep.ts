import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FloatCall, isKnownDifference, runCase } from "./float-calls.ts";

interface SweepFile extends FloatCall {
  readonly file: string;
}

export interface SweepReport {
  readonly cases: number;
  /** Differences that isKnownDifference explains. */
  readonly known: number;
  /** The others, in words. */
  readonly unexplained: readonly string[];
}

/** Bytes of one case: three operands, the result, FPSCR before and after. */
const ROW = 40;

/** Plays the sweep that `record-float-vectors.py sweep` left in `folder` and compares every result and flag. */
export function compareSweep(folder: string): SweepReport {
  const files = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as SweepFile[];
  const unexplained: string[] = [];
  let cases = 0;
  let known = 0;
  for (const call of files) {
    const bytes = readFileSync(join(folder, call.file));
    for (let at = 0; at < bytes.length; at += ROW) {
      cases++;
      const operands = call.operands.map((_, n) => bytes.readBigUInt64LE(at + 8 * n));
      const fpscr = bytes.readUInt32LE(at + 32);
      const expected = { result: bytes.readBigUInt64LE(at + 24), fpscr: bytes.readUInt32LE(at + 36) };
      const actual = runCase(call, operands, fpscr);
      if (actual.result === expected.result && actual.fpscr === expected.fpscr) continue;
      if (isKnownDifference(call, operands, fpscr, expected)) known++;
      else unexplained.push(inWords(call, operands, fpscr, expected, actual));
    }
  }
  return { cases, known, unexplained };
}

type Answer = ReturnType<typeof runCase>;

function inWords(
  call: FloatCall,
  operands: bigint[],
  fpscr: number,
  expected: Answer,
  actual: Answer,
): string {
  const hex = (n: bigint | number): string => n.toString(16);
  const list = [...operands.map(hex), ...call.arguments.map(String)].join(", ");
  const pair = (answer: Answer): string => `${hex(answer.result)} with FPSCR ${hex(answer.fpscr)}`;
  return `${call.call}(${list}), FPSCR ${hex(fpscr)}: expected ${pair(expected)}, got ${pair(actual)}`;
}
