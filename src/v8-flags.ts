import { setFlagsFromString } from "node:v8";

/**
 * Has V8 read the branch hints in our WebAssembly: without them V8 11 keeps what is rare among what is frequent, and
 * registers in memory for its sake. To be called before V8 compiles the bundle too, since a code cache is of use only
 * under the flags that it was made with.
 */
export function enableBranchHints(): void {
  setFlagsFromString("--experimental-wasm-branch-hinting");
}
