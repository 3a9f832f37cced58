import { Decoder } from "../../src/isa/decoder.ts";
import type { Feature } from "../../src/isa/insn.ts";
import { TABLE } from "../../src/isa/table/index.ts";

/** Features of the three kinds of core. */
export const M4F: ReadonlySet<Feature> = new Set<Feature>(["v7-M", "DSP", "FPv4-SP"]);
export const M7_SP: ReadonlySet<Feature> = new Set<Feature>([...M4F, "FPv5-SP"]);
export const M7_DP: ReadonlySet<Feature> = new Set<Feature>([...M7_SP, "FPv4-DP", "FPv5-DP"]);

/** Decoder of everything there is. */
export const EVERYTHING = new Decoder(TABLE, M7_DP);
