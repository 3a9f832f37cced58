import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The inventory of encoding forms, with text recorded from objdump. */
export interface Form {
  readonly word: number;
  readonly size: 2 | 4;
  /** Smallest profile that has the form. */
  readonly profile: "M4F" | "M7-SP" | "M7-DP";
  readonly source: string;
  readonly text: string;
  /** Address for which `text` was recorded. */
  readonly address: number;
}

const SPACING = 64;

export function readForms(): Form[] {
  const lines = readFileSync(join(import.meta.dirname, "forms.tsv"), "utf8")
    .trimEnd()
    .split("\n");
  const rows = lines.filter((line) => !line.startsWith("#")).slice(1);
  return rows.map((line, i) => {
    const [hex, profile, source, text] = line.split("\t");
    return {
      word: parseInt(hex!, 16),
      size: hex!.length === 8 ? 4 : 2,
      profile: profile as Form["profile"],
      source: source!,
      text: text!,
      address: i * SPACING,
    };
  });
}
