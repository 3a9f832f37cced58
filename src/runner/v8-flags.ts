import { versions } from "node:process";
import { setFlagsFromString } from "node:v8";

const FLAGS = [
  // Has V8 read the hints in our WebAssembly: without them it keeps what is rare among what is frequent, and registers
  // in memory for its sake.
  "--experimental-wasm-branch-hinting",
  // Collecting the few megabytes of young garbage on one thread takes less than waking the others for it.
  "--no-parallel-scavenge",
];
/** For an operation that multiplies and adds with one rounding. Later versions have it without a flag. */
const RELAXED_SIMD: Readonly<Record<number, string>> = { 11: "--experimental-wasm-relaxed-simd" };
/** How much of a WebAssembly function V8 executes before it optimizes it, by the version of V8: its own figures, in bytes. */
const TIERING_BUDGET: Readonly<Record<number, number>> = { 11: 1_800_000, 13: 13_000_000 };
/** More than any program executes before the compiler lets V8 optimize. */
const NEVER = 2_000_000_000;
/** The last V8 of which it is known that it has them: one that has not would complain at every start. */
const LAST_KNOWN = 13;

/**
 * Sets our flags of V8. To be called before V8 compiles the bundle too, since a code cache is of use only under the flags
 * that it was made with.
 */
export function setFlagsOfV8(): void {
  if (version() > LAST_KNOWN) return;
  for (const flag of FLAGS) setFlagsFromString(flag);
  const relaxed = RELAXED_SIMD[version()];
  if (relaxed !== undefined) setFlagsFromString(relaxed);
}

/** Makes a WebAssembly module whose functions V8's baseline compiler alone compiles, where we know how to ask for it. */
export function baselineModule(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const usual = TIERING_BUDGET[version()];
  if (usual === undefined) return new WebAssembly.Module(bytes);
  setFlagsFromString(`--wasm-tiering-budget=${NEVER}`);
  const module = new WebAssembly.Module(bytes);
  setFlagsFromString(`--wasm-tiering-budget=${usual}`);
  return module;
}

const version = (): number => Number.parseInt(versions.v8, 10);
