import type { TimingClass } from "../isa/insn.ts";

/** How sure a number is: vendor document or two sources agree; one measurement; inference. */
export type Confidence = "high" | "medium" | "low";

/** A number of a timing model with where it comes from. */
export interface Cost {
  readonly cycles: number;
  readonly source: string;
  readonly confidence: Confidence;
}

export type ClassCosts = Readonly<Record<TimingClass, Cost>>;

/** A number with its name, as `mcusim explain` and the share of inferred cycles list it. */
export interface NamedCost extends Cost {
  readonly name: string;
}

export const cost = (cycles: number, source: string, confidence: Confidence): Cost => ({
  cycles,
  source,
  confidence,
});

/** Numbers to try in place of a table's, by the names that `listCosts` gives. */
export type CostOverrides = Readonly<Record<string, number>>;

/** `table` with the numbers that `overrides` has for `prefix.key`. */
export function overridden<T extends Readonly<Record<string, Cost>>>(
  table: T,
  prefix: string,
  overrides: CostOverrides,
): T {
  const entries = Object.entries(table).map(([key, value]) => {
    const cycles = overrides[`${prefix}.${key}`];
    return [key, cycles === undefined ? value : { ...value, cycles }] as const;
  });
  return Object.fromEntries(entries) as T; // the same keys, each with a Cost
}

/** All numbers of several tables, under `prefix.key`. */
export function listCosts(tables: Readonly<Record<string, Readonly<Record<string, Cost>>>>): NamedCost[] {
  return Object.entries(tables).flatMap(([prefix, table]) =>
    Object.entries(table).map(([key, value]) => ({ name: `${prefix}.${key}`, ...value })),
  );
}
