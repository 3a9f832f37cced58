import { versions } from "node:process";
import { setFlagsFromString } from "node:v8";

const FLAGS = [
  // Has V8 read the hints in our WebAssembly: without them it keeps what is rare among what is frequent, and registers
  // in memory for its sake.
  "--experimental-wasm-branch-hinting",
  // Collecting the few megabytes of young garbage on one thread takes less than waking the others for it.
  "--no-parallel-scavenge",
];
/** The last V8 of which it is known that it has them: one that has not would complain at every start. */
const LAST_KNOWN = 13;

/**
 * Sets our flags of V8. To be called before V8 compiles the bundle too, since a code cache is of use only under the flags
 * that it was made with.
 */
export function setFlagsOfV8(): void {
  if (Number.parseInt(versions.v8, 10) > LAST_KNOWN) return;
  for (const flag of FLAGS) setFlagsFromString(flag);
}
