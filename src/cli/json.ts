import { writeText } from "./files.ts";

/** Writes a value as JSON to a file, or to stdout for `-`. */
export function printJson(value: unknown, destination: string): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (destination === "-") process.stdout.write(text);
  else writeText(destination, text, "JSON");
}
