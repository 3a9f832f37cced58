import { InvalidArgumentError } from "commander";

/** Parsers for option values; each refuses with what it wants instead. */

/** A count: a whole number, with `_` between digits, `k`, `M`, `G` behind it or an exponent. */
export function count(text: string): number {
  const [, digits = "", suffix = ""] = /^(\d[\d_]*(?:\.\d+)?(?:e\d+)?)([kMG]?)$/.exec(text) ?? [];
  const value = Number(digits.replaceAll("_", "")) * ({ k: 1e3, M: 1e6, G: 1e9 }[suffix] ?? 1);
  if (digits === "" || !Number.isSafeInteger(value) || value <= 0) {
    throw new InvalidArgumentError("It must be a whole number such as 1000000, 20M or 1e9.");
  }
  return value;
}

/** A frequency: `216000000`, `216M`, `216MHz`. */
export function frequency(text: string): number {
  try {
    return count(text.replace(/hz$/i, ""));
  } catch {
    throw new InvalidArgumentError("It must be a frequency such as 216000000 or 216MHz.");
  }
}

/** A time in seconds: `500ms`, `2s`, `10us`; a bare number is seconds. */
export function duration(text: string): number {
  const [, number = "", unit = "s"] = /^(\d+(?:\.\d+)?)\s*(s|ms|us|min)?$/.exec(text) ?? [];
  const seconds = Number(number) * ({ s: 1, ms: 1e-3, us: 1e-6, min: 60 }[unit] ?? 1);
  if (number === "" || seconds <= 0) throw new InvalidArgumentError("It must be a time such as 500ms or 2s.");
  return seconds;
}

/** An address: `0x08000000`, with `_` between digits. */
export function address(text: string): number {
  const plain = text.replaceAll("_", "");
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(plain) ? Number(plain) : NaN;
  if (!Number.isInteger(value) || value > 0xffff_ffff) {
    throw new InvalidArgumentError("It must be an address such as 0x08000000.");
  }
  return value;
}

/** A process exit code. */
export function exitCode(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 255)
    throw new InvalidArgumentError("It must be a number from 0 to 255.");
  return value;
}

/** A JavaScript regular expression, `/text/i` or the bare pattern. */
export function pattern(text: string): RegExp {
  const [, source = text, flags = "m"] = /^\/(.*)\/([imsu]*)$/s.exec(text) ?? [];
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new InvalidArgumentError(
      `It must be a regular expression: ${error instanceof Error ? error.message : ""}`,
    );
  }
}

const MOST_JOBS = 256;

/** Threads to use. */
export function jobs(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MOST_JOBS) return value;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_JOBS}.`);
}
