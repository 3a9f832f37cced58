import { ASSISTS } from "./assists.ts";
import { HOST_FUNCTIONS } from "./host-functions.ts";
import type { ImportedFunction } from "./wasm-module.ts";

/** All that a region's module imports, in order. */
export const IMPORTS: readonly ImportedFunction[] = [...HOST_FUNCTIONS, ...ASSISTS];

type ImportName = (typeof HOST_FUNCTIONS)[number]["name"] | (typeof ASSISTS)[number]["name"];

/** Index of each imported function. */
export const IMPORT = Object.fromEntries(IMPORTS.map((f, i) => [f.name, i])) as Record<ImportName, number>;

/** Type of a region's function in its own module, whose types are those of the imports and then its own. */
export const REGION_TYPE = IMPORTS.length;
