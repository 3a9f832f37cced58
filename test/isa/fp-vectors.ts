import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

/** One group of recorded cases; see vectors/fp/README.md */
export interface Group {
  readonly form: string;
  readonly cpu: "m7" | "max";
  readonly rows: readonly string[];
}

/** Families of forms that have been recorded. */
export const FAMILIES = ["arithmetic", "conversion", "move", "memory"] as const;

/** The recorded groups of a family, or the words of `undefined`. */
export function loadGroups(family: (typeof FAMILIES)[number] | "undefined"): Group[] {
  const text = readFileSync(new URL(`../vectors/fp/${family}.json`, import.meta.url), "utf8");
  const { groups } = JSON.parse(text) as { groups: (Omit<Group, "rows"> & { rows: string })[] };
  return groups.map((group) => ({
    ...group,
    rows: inflateSync(Buffer.from(group.rows, "base64")).toString().split("\n"),
  }));
}

/** The instruction of a row. */
export const wordOf = (row: string): number => Number.parseInt(row.slice(0, 8), 16);
