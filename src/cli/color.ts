export const COLORS = ["auto", "always", "never"] as const;
export type ColorChoice = (typeof COLORS)[number];

const BOLD = "\x1b[1m";
const RED = "\x1b[31m";
const END = "\x1b[0m";

/** A text report with its headings in bold and what failed in red, where the choice and the terminal allow it. */
export function colored(
  text: string,
  choice: ColorChoice,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  const wanted = choice === "auto" ? stream.isTTY && !process.env["NO_COLOR"] : choice === "always";
  if (!wanted) return text;
  return text
    .replaceAll(/^\S.*$/gm, (heading) => `${BOLD}${heading}${END}`)
    .replaceAll(/\bREGRESSION\b/g, (word) => `${RED}${word}${END}`);
}
