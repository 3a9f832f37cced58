import type { Board } from "../../src/board/board.ts";
import type { Errors } from "./calibration-set.ts";
import { presentValue, type Assignment, type Parameter } from "./parameters.ts";

/** What the fit asks: the errors of the programs with some numbers replaced. */
export interface Measured {
  readonly rows: readonly unknown[];
  readonly boards: ReadonlyMap<string, Board>;
  errors(assignment: Assignment): Errors;
}

/** Root of the mean square, of the rows that `keep` names. */
export function rms(errors: readonly number[], keep: (row: number) => boolean = () => true): number {
  const kept = errors.filter((_, row) => keep(row));
  return Math.sqrt(kept.reduce((sum, e) => sum + e * e, 0) / kept.length);
}

/** One parameter over its range, all others as they are. */
export interface Sweep {
  readonly parameter: Parameter;
  readonly present: number;
  readonly results: readonly { readonly value: number; readonly errors: Errors }[];
}

export function sweep(set: Measured, parameter: Parameter): Sweep {
  const present = presentValue(parameter, set.boards);
  const results = parameter.values.map((value) => ({
    value,
    // The value in the code is the same run for every parameter.
    errors: set.errors(value === present ? new Map() : new Map([[parameter.name, value]])),
  }));
  return { parameter, present, results };
}

/**
 * Differences of the error that the set does not resolve, so that the value in the code stays: published cycles of the
 * short programs are whole numbers of 140 to 850, and where a caller reads the counter is worth a cycle.
 */
export const RESOLUTION = 0.001;
/** The same for a number that one program alone tells of: its build and harness are as much of its error. */
export const RESOLUTION_OF_ONE = 0.01;

/** What the set resolves of a parameter. */
export const resolutionOf = (sweep: Sweep): number =>
  touched(sweep).filter(Boolean).length > 1 ? RESOLUTION : RESOLUTION_OF_ONE;

/** For each row, whether some value changes it: the others say nothing about the parameter. */
export const touched = ({ results }: Sweep): readonly boolean[] =>
  results[0]!.errors.rows.map((e, row) => results.some(({ errors }) => errors.rows[row] !== e));

/** Error of one value on the rows that the parameter touches. */
export function errorOf(sweep: Sweep, value: number): number {
  const rows = touched(sweep);
  const { errors } = sweep.results.find((r) => r.value === value)!;
  return rms(errors.rows, (row) => rows[row]!);
}

/**
 * The value with the least error on the rows kept, of those that it touches, among those that contradict no measured sequence; on a tie the one in
 * the code.
 */
export function best(sweep: Sweep, keep: (row: number) => boolean = () => true): number {
  const { results, present } = sweep;
  const rows = touched(sweep);
  if (!rows.some((is, row) => is && keep(row))) return present;
  const fewest = Math.min(...results.map(({ errors }) => errors.sequencesOff));
  const possible = results
    .filter(({ errors }) => errors.sequencesOff === fewest)
    .map(({ value, errors }) => ({ value, error: rms(errors.rows, (row) => rows[row]! && keep(row)) }));
  const least = possible.reduce((a, b) => (b.error < a.error ? b : a));
  const here = possible.find(({ value }) => value === present);
  return here !== undefined && here.error - least.error < resolutionOf(sweep) ? present : least.value;
}

/** Change of the error from the present value to its neighbours in the range: the larger of the two. */
export function sensitivity(sweep: Sweep): number {
  const { results, present } = sweep;
  const at = results.findIndex(({ value }) => value === present);
  const changes = [results[at - 1], results[at + 1]].flatMap((neighbour) =>
    neighbour === undefined ? [] : [Math.abs(errorOf(sweep, neighbour.value) - errorOf(sweep, present))],
  );
  return Math.max(0, ...changes);
}

/** Whether any value changes any row. */
export const matters = (sweep: Sweep): boolean => touched(sweep).includes(true);

/** Parameters of one core fitted together, and what each row's error is when the fit has not seen it. */
export interface JointFit {
  readonly values: ReadonlyMap<string, number>;
  readonly error: number;
  readonly leftOut: readonly { readonly fitted: ReadonlyMap<string, number>; readonly error: number }[];
}

/**
 * Improves one parameter after the other until none changes, from the values in the code. What several changes do to a
 * row is taken as the sum of what each does alone; the caller runs the outcome.
 */
function descend(
  sweeps: readonly Sweep[],
  base: Errors,
  keep: (row: number) => boolean,
): Map<string, number> {
  const chosen = new Map<string, number>();
  const effect = (s: Sweep, value: number): readonly number[] =>
    s.results.find((r) => r.value === value)!.errors.rows.map((e, row) => e - base.rows[row]!);
  const errorsWith = (values: ReadonlyMap<string, number>): number[] =>
    base.rows.map((e, row) =>
      sweeps.reduce((sum, s) => sum + effect(s, values.get(s.parameter.name) ?? s.present)[row]!, e),
    );
  for (let changed = true; changed;) {
    changed = false;
    for (const s of sweeps) {
      const here = rms(errorsWith(chosen), keep);
      const possible = s.results.filter(({ errors }) => errors.sequencesOff <= base.sequencesOff);
      const tried = possible.map(({ value }) => ({
        value,
        error: rms(errorsWith(new Map([...chosen, [s.parameter.name, value]])), keep),
      }));
      const least = tried.reduce((a, b) => (b.error < a.error ? b : a));
      if (here - least.error < resolutionOf(s)) continue;
      chosen.set(s.parameter.name, least.value);
      changed = true;
    }
  }
  for (const s of sweeps) if (chosen.get(s.parameter.name) === s.present) chosen.delete(s.parameter.name);
  return chosen;
}

/** Fits all parameters of a core together, once on all rows and once without each. */
export function jointFit(set: Measured, sweeps: readonly Sweep[]): JointFit {
  const base = set.errors(new Map());
  const values = descend(sweeps, base, () => true);
  const leftOut = set.rows.map((_, left) => {
    const fitted = descend(sweeps, base, (row) => row !== left);
    return { fitted, error: set.errors(fitted).rows[left]! };
  });
  return { values, error: rms(set.errors(values).rows), leftOut };
}
