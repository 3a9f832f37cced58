import type { Flash } from "./board.ts";

/** What a part's tables say of one flash clock. */
export interface LeastWaitStates {
  readonly waitStates: number;
  /** The voltage range for which that is enough. */
  readonly label: string;
}

/**
 * The fewest wait states that any voltage range allows at `flashHz`: with fewer, reads go wrong on every board. Undefined
 * for a part without such tables, and for a clock that no range allows.
 */
export function leastWaitStates(
  { waitStateTables }: Pick<Flash, "waitStateTables">,
  flashHz: number,
): LeastWaitStates | undefined {
  return waitStateTables
    .flatMap(({ rows, label }) => {
      const row = rows.find(([, hz]) => flashHz <= hz);
      return row === undefined ? [] : [{ waitStates: row[0], label }];
    })
    .reduce<LeastWaitStates | undefined>(
      (best, each) => (best === undefined || each.waitStates <= best.waitStates ? each : best),
      undefined,
    );
}
