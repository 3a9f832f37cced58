/** One column of a text table. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** A table for a terminal: columns as wide as their longest cell, two blanks between them. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  indent = "  ",
): readonly string[] {
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    (
      indent +
      columns
        .map(({ align }, i) => {
          const cell = cells[i] ?? "";
          return align === "right" ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
        })
        .join("  ")
    ).trimEnd();
  return [line(columns.map((c) => c.title)), ...rows.map(line)];
}

/** A whole number with separators, `1,234,567`. */
export function grouped(n: number): string {
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A share in percent, `12.3 %`; `-` of nothing. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;

/** Milliseconds with a sensible number of digits. */
export function milliseconds(ms: number): string {
  if (ms >= 100) return ms.toFixed(1);
  return ms >= 1 ? ms.toFixed(2) : ms.toFixed(4);
}

/** Bytes as `12.3 KB`, of 1024. */
export function kilobytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

/** A bar of `width` characters for a share from 0 to 1. */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.max(0, Math.min(1, share)) * width);
  return "#".repeat(filled).padEnd(width, ".");
}
