import { ElfError } from "../../src/errors.ts";

/** The `ElfError` that `action` throws; anything else is thrown on, nothing at all fails. */
export function errorOf(action: () => unknown): ElfError {
  try {
    action();
  } catch (error) {
    if (error instanceof ElfError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}
