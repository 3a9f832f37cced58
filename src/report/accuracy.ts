/** One comparison of the model with what is known of silicon. */
export interface AccuracyRow {
  readonly core: string;
  readonly board: string;
  readonly name: string;
  /** Where code and data lie, or how it was built. */
  readonly memory: string;
  readonly model: number;
  /** Least and most that the source allows; equal when it gives one number. */
  readonly silicon: readonly [number, number];
  readonly source: string;
  readonly confidence?: string;
}

/** A program rather than a sequence: with the rest of what its run tells. */
export interface ProgramRow extends AccuracyRow {
  readonly use: "calibration" | "held-out";
  readonly shares: Readonly<Record<"high" | "medium" | "low", number>>;
}

export interface AccuracyReport {
  readonly cycleModels: readonly string[];
  readonly sequences: readonly AccuracyRow[];
  readonly programs: readonly ProgramRow[];
}

/** Relative error: against the nearer end when a range is known, 0 inside it. */
export function errorOf({ model, silicon: [least, most] }: AccuracyRow): number {
  if (model < least) return model / least - 1;
  return model > most ? model / most - 1 : 0;
}

/** Nearer than this, a sequence takes what its source says: a mean over a pattern need not end with the pattern. */
const AGREES = 0.005;

export const agrees = (row: AccuracyRow): boolean => Math.abs(errorOf(row)) < AGREES;

export interface ErrorSummary {
  readonly rows: number;
  /** Of the errors without their sign. */
  readonly median: number;
  readonly worst: number;
  /** The middle of the errors with their sign: whether the model is too slow or too fast on the whole. */
  readonly bias: number;
}

/** Undefined for no rows. */
export function summarise(rows: readonly AccuracyRow[]): ErrorSummary | undefined {
  if (rows.length === 0) return undefined;
  const errors = rows.map(errorOf);
  const sizes = errors.map(Math.abs);
  return { rows: rows.length, median: median(sizes), worst: Math.max(...sizes), bias: median(errors) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A relative error in percent with its sign. */
export const signedPercent = (error: number): string =>
  `${error >= 0 ? "+" : "-"}${(100 * Math.abs(error)).toFixed(1)} %`;

/** Cycles with separators; a digit behind the point where that is a good part of them. */
export function cyclesText(cycles: number): string {
  if (!Number.isInteger(cycles) && cycles < 1000) return cycles.toFixed(1);
  return Math.round(cycles)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

export const siliconText = ({ silicon: [least, most] }: AccuracyRow): string =>
  least === most ? cyclesText(least) : `${cyclesText(least)} to ${cyclesText(most)}`;
