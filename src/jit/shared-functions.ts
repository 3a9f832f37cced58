import { ASSISTS } from "./assists.ts";
import { HOST_FUNCTIONS } from "./host-functions.ts";
import type { FunctionBody, Signature } from "./wasm-module.ts";

const SHARED = [...HOST_FUNCTIONS, ...ASSISTS] as const;
type SharedName = (typeof SHARED)[number]["name"];

/** Place of each function that regions call among them all: in the module of the assists, and of its type in a region's. */
export const SHARED_INDEX = Object.fromEntries(SHARED.map((f, i) => [f.name, i])) as Record<
  SharedName,
  number
>;

/** Types of the functions that regions call, in order; they come first in a region's module. */
export const SHARED_TYPES: readonly Signature[] = SHARED.map(({ signature }) => signature);

/** Type of a region's function in its own module. */
export const REGION_TYPE = SHARED.length;

/** Slots of the table of functions that those have that regions call: behind slot 0, which is nobody's. */
export const FIRST_SHARED_SLOT = 1;

/**
 * Calls a function that all regions share. It is not imported but called by its slot: for each signature among a module's
 * imports V8 compiles glue to a function of the host when it makes the module, also where the import is no such
 * function, and that took four fifths of the time for making one.
 */
export function callShared(body: FunctionBody, name: SharedName): FunctionBody {
  const index = SHARED_INDEX[name];
  return body.i32(FIRST_SHARED_SLOT + index).callIndirect(index);
}
