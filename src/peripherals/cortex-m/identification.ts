import type { CortexMConfig } from "./config.ts";
import { constant, type WordRegisters } from "./word-registers.ts";

/** Offset of ID_PFR0; the others follow a word apart. */
const ID_PFR0 = 0xd40;

/** ID_PFR0-1, ID_DFR0, ID_AFR0, ID_MMFR0-3, ID_ISAR0-4. @source DDI0439 and DDI0489, "System control registers" */
const ID_REGISTERS = {
  "cortex-m4": [
    0x0000_0030, 0x0000_0200, 0x0010_0000, 0, 0x0000_0030, 0, 0, 0, 0x0114_1110, 0x0211_1000, 0x2111_2231,
    0x0111_1110, 0x0131_0102,
  ],
  "cortex-m7": [
    0x0000_0030, 0x0000_0200, 0x0010_0000, 0, 0x0010_0030, 0, 0x0100_0000, 0, 0x0110_1110, 0x0211_2000,
    0x2023_2231, 0x0111_1131, 0x0131_0132,
  ],
} as const;

const CACHE = { CLIDR: 0xd78, CTR: 0xd7c, CCSIDR: 0xd80, CSSELR: 0xd84 } as const;
const CACHE_TYPE = {
  /** Cache type at level 1 (bit 0 instruction, bit 1 data), level of unification and of coherency 1. */
  levelOne: 0x0900_0000,
  /** Lines of 8 words, exclusives granule and write-back granule of 8 words. */
  CTR: 0x8303_c003,
} as const;
const LINE_BYTES = 32;
/** LineSize field: log2(words) - 2. */
const LINE_SIZE = 1;
const WAYS = { instruction: 2, data: 4 } as const;
/** WT, WB, RA and WA all supported. */
const CCSIDR_POLICIES = 0xf000_0000;

function ccsidr(bytes: number, ways: number): number {
  if (bytes === 0) return 0;
  const sets = bytes / (ways * LINE_BYTES);
  return (CCSIDR_POLICIES | ((sets - 1) << 13) | ((ways - 1) << 3) | LINE_SIZE) >>> 0;
}

/** Adds the CPU's ID registers and, on the M7, the description of its caches. CSSELR is the only state. */
export class Identification {
  #CSSELR = 0;

  add(scs: WordRegisters, config: CortexMConfig): void {
    ID_REGISTERS[config.core].forEach((value, i) => scs.add(ID_PFR0 + 4 * i, constant(value)));
    if (config.core !== "cortex-m7") return;
    const { icacheBytes, dcacheBytes } = config;
    const types = (icacheBytes > 0 ? 1 : 0) | (dcacheBytes > 0 ? 2 : 0);
    scs.add(CACHE.CLIDR, constant(types === 0 ? 0 : CACHE_TYPE.levelOne | types));
    scs.add(CACHE.CTR, constant(CACHE_TYPE.CTR));
    const instruction = ccsidr(icacheBytes, WAYS.instruction);
    const data = ccsidr(dcacheBytes, WAYS.data);
    scs.add(CACHE.CCSIDR, { read: () => (this.#CSSELR === 0 ? data : this.#CSSELR === 1 ? instruction : 0) });
    scs.add(CACHE.CSSELR, { read: () => this.#CSSELR, write: (value) => (this.#CSSELR = value & 0xf) });
  }
  reset(): void {
    this.#CSSELR = 0;
  }
  save(): number {
    return this.#CSSELR;
  }
  restore(CSSELR: number): void {
    this.#CSSELR = CSSELR;
  }
}
