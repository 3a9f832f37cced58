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

/** All numbers of several tables, under `prefix.key`. */
export function listCosts(tables: Readonly<Record<string, Readonly<Record<string, Cost>>>>): NamedCost[] {
  return Object.entries(tables).flatMap(([prefix, table]) =>
    Object.entries(table).map(([key, value]) => ({ name: `${prefix}.${key}`, ...value })),
  );
}
