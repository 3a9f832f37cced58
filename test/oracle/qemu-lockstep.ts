import { type CaseGroup, DATA, type Outcome } from "../exec/cases.ts";
import { describeCase, difference, outsideFrame } from "../exec/compare.ts";
import type { CaseRunner } from "../exec/harness.ts";
import type { QemuCases } from "./qemu-cases.ts";

/** A setting in which cases run on QEMU and on us. */
export interface Setting {
  readonly name: string;
  /** Bits of CCR that are set. */
  readonly ccr: number;
  readonly unaligned: boolean;
}

export const DIV_0_TRP = 1 << 4;
export const UNALIGN_TRP = 1 << 3;

/** With and without the traps of CCR, with addresses that fit the access and with any. */
export const SETTINGS: readonly Setting[] = [
  { name: "aligned", ccr: 0, unaligned: false },
  { name: "division traps", ccr: DIV_0_TRP, unaligned: false },
  { name: "unaligned", ccr: 0, unaligned: true },
  { name: "unaligned traps", ccr: UNALIGN_TRP | DIV_0_TRP, unaligned: true },
];

/** Room below R13 for the exception frame, and above it for what the case leaves on the stack. */
const ROOM = 0x200;

/** A stack on which QEMU can put its exception frame without harm. */
const keepsStack = ({ r }: Outcome): boolean => {
  const sp = r[13]! >>> 0;
  return sp >= DATA.start + ROOM && sp <= DATA.start + DATA.size - 16;
};

/** The groups without the cases that leave the stack pointer elsewhere. */
export function withStack(runner: CaseRunner, groups: readonly CaseGroup[]): CaseGroup[] {
  return groups.map((group) => {
    const outcomes = runner.run(group);
    return { ...group, states: group.states.filter((_, i) => keepsStack(outcomes[i]!)) };
  });
}

export interface Judgement {
  readonly cases: number;
  /** Cases that QEMU ended in a fault, by its name. */
  readonly faults: ReadonlyMap<string, number>;
  readonly wrong: readonly string[];
}

/** Runs the groups, which must have their stack, on both and compares. */
export function judge(
  qemu: QemuCases,
  runner: CaseRunner,
  groups: readonly CaseGroup[],
  ccr: number,
): Judgement {
  const answers = qemu.run(groups, ccr);
  const faults = new Map<string, number>();
  const wrong: string[] = [];
  let cases = 0;
  groups.forEach((group, g) => {
    runner.run(group).forEach((outcome, i) => {
      const answer = answers[g]![i]!;
      cases++;
      if (answer.stopped !== "") faults.set(answer.stopped, (faults.get(answer.stopped) ?? 0) + 1);
      const found = difference(outsideFrame(answer), outsideFrame(outcome));
      if (found !== "") wrong.push(`${describeCase(group, i)}: ${found}`);
    });
  });
  return { cases, faults, wrong };
}
