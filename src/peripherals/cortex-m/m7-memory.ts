import type { CacheOperation, CortexMConfig, CortexMHooks } from "./config.ts";
import type { WordRegisters } from "./word-registers.ts";

/** Cache maintenance operations by offset. @source DDI0489, "Cache maintenance operations" */
const OPERATIONS: readonly (readonly [number, CacheOperation])[] = [
  [0xf50, "ICIALLU"],
  [0xf58, "ICIMVAU"],
  [0xf5c, "DCIMVAC"],
  [0xf60, "DCISW"],
  [0xf64, "DCCMVAU"],
  [0xf68, "DCCMVAC"],
  [0xf6c, "DCCSW"],
  [0xf70, "DCCIMVAC"],
  [0xf74, "DCCISW"],
  [0xf78, "BPIALL"],
];

interface AccessControl {
  readonly name: string;
  readonly offset: number;
  readonly writable: number;
  readonly reset: (config: CortexMConfig) => number;
}

/** SZ field of a TCM: log2 of its KiB plus one, 0 without. */
const tcmSize = (bytes: number): number => (bytes === 0 ? 0 : Math.log2(bytes / 1024) + 1);
const tcmReset = (bytes: number): number => (bytes === 0 ? 0 : (tcmSize(bytes) << 3) | 1);

/** @source DDI0489, "Access control registers". TCMs and AHBP start enabled, as the parts' boot pins tie them. */
const REGISTERS: readonly AccessControl[] = [
  { name: "ITCMCR", offset: 0xf90, writable: 0b111, reset: (config) => tcmReset(config.itcmBytes) },
  { name: "DTCMCR", offset: 0xf94, writable: 0b111, reset: (config) => tcmReset(config.dtcmBytes) },
  { name: "AHBPCR", offset: 0xf98, writable: 0b1, reset: () => 0b1001 },
  { name: "CACR", offset: 0xf9c, writable: 0b101, reset: () => 0b010 },
  { name: "AHBSCR", offset: 0xfa0, writable: 0xffff, reset: () => 0x0000_0800 },
  { name: "ABFSR", offset: 0xfa8, writable: 0, reset: () => 0 },
];

/** Cache maintenance and the memory control registers of the M7. The latter are kept; a change has no effect and is told. */
export class M7Memory {
  readonly #config: CortexMConfig;
  readonly #unmodelled: (register: string) => void;
  #values = new Map<string, number>();

  constructor(config: CortexMConfig, unmodelled: (register: string) => void) {
    this.#config = config;
    this.#unmodelled = unmodelled;
    this.reset();
  }

  add(scs: WordRegisters, hooks: CortexMHooks): void {
    if (this.#config.core !== "cortex-m7") return;
    for (const [offset, operation] of OPERATIONS) {
      scs.add(offset, { write: (value) => hooks.cacheMaintenance(operation, value), zeroIsNeutral: true });
    }
    for (const { name, offset, writable } of REGISTERS) {
      const read = (): number => this.#values.get(name) ?? 0;
      const write = (value: number): void => {
        const after = (read() & ~writable) | (value & writable);
        if (after === read()) return;
        this.#values.set(name, after);
        this.#unmodelled(name);
      };
      scs.add(offset, { read, write });
    }
  }
  reset(): void {
    this.#values = new Map(REGISTERS.map(({ name, reset }) => [name, reset(this.#config)]));
  }
  save(): [string, number][] {
    return [...this.#values];
  }
  restore(saved: readonly (readonly [string, number])[]): void {
    this.#values = new Map(saved);
  }
}
