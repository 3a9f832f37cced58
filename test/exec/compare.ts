import type { CaseGroup, Outcome } from "./cases.ts";

const hex = (n: number | undefined): string =>
  n === undefined ? "as it was" : (n >>> 0).toString(16).padStart(8, "0");

/** Unicorn knows that there was an exception, and not which. */
const sameEnd = (expected: string, actual: string): boolean =>
  expected.startsWith("exception") ? actual !== "" : actual === expected;

/** What differs between two outcomes, in words; empty when nothing does. */
export function difference(expected: Outcome, actual: Outcome): string {
  const found: string[] = [];
  const note = (what: string, a: number | undefined, e: number | undefined): void => {
    if (a !== e) found.push(`${what} is ${hex(a)}, not ${hex(e)}`);
  };
  if (!sameEnd(expected.stopped, actual.stopped)) {
    found.push(`${actual.stopped || "completed"}, not ${expected.stopped || "completed"}`);
  }
  for (let n = 0; n < 16; n++) note(`R${n}`, actual.r[n], expected.r[n]);
  note("APSR", actual.apsr, expected.apsr);
  if (expected.itState !== undefined) note("ITSTATE", actual.itState, expected.itState);
  const e = new Map(expected.writes);
  const a = new Map(actual.writes);
  for (const address of new Set([...e.keys(), ...a.keys()])) {
    note(`[${hex(address)}]`, a.get(address), e.get(address));
  }
  return found.join("; ");
}

/** One case for a message: form, code and the registers it starts from. */
export function describeCase({ form, pc, code, states }: CaseGroup, index: number): string {
  const { r, apsr } = states[index]!;
  const bytes = Buffer.from(code).toString("hex");
  return `${form}, code ${bytes} at ${hex(pc)}, R0-R14 ${[...r].map(hex).join(" ")}, APSR ${hex(apsr)}`;
}

/** Words of a basic exception frame. */
const FRAME = 8;

/** The outcome without what QEMU's exception frame covers, below R13 and aligned to 8 bytes. */
export function outsideFrame(outcome: Outcome): Outcome {
  const frame = ((outcome.r[13]! >>> 0) - 4 * FRAME) & ~7;
  const covered = (address: number): boolean => address >= frame && address < frame + 4 * FRAME + 4;
  return { ...outcome, writes: outcome.writes.filter(([address]) => !covered(address | 0)) };
}
