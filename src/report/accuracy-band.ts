/**
 * How far the cycles of a program may be off, by core: above the worst error of docs/accuracy.md, which a test compares.
 * In percent of silicon.
 */
export const ACCURACY_BAND = { "cortex-m4": 10, "cortex-m7": 10 } as const;

/** The band in words, for a report. */
export function accuracyBand(core: string): string {
  const band = core === "cortex-m7" ? ACCURACY_BAND["cortex-m7"] : ACCURACY_BAND["cortex-m4"];
  return `±${band} % of silicon (docs/accuracy.md)`;
}
