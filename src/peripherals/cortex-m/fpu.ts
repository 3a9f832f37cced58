import { FPCCR } from "../../core/exceptions-registers.ts";
import type { Exceptions } from "../../core/exceptions.ts";
import type { CortexMConfig } from "./config.ts";
import { constant, type WordRegisters } from "./word-registers.ts";

const OFFSET = { FPCCR: 0xf34, FPCAR: 0xf38, FPDSCR: 0xf3c, MVFR0: 0xf40 } as const;
/** AHP, DN, FZ, RMode. */
const FPDSCR_BITS = 0x07c0_0000;
const FPCCR_BITS =
  FPCCR.ASPEN |
  FPCCR.LSPEN |
  FPCCR.MONRDY |
  FPCCR.BFRDY |
  FPCCR.MMRDY |
  FPCCR.HFRDY |
  FPCCR.THREAD |
  FPCCR.USER |
  FPCCR.LSPACT;

/** MVFR0, MVFR1, MVFR2. @source DDI0439 "FPU programmers model"; DDI0489 likewise, by configuration */
const MVFR = {
  none: [0, 0, 0],
  "fpv4-sp-d16": [0x1011_0021, 0x1100_0011, 0],
  "fpv5-sp-d16": [0x1011_0021, 0x1100_0011, 0x0000_0040],
  "fpv5-d16": [0x1011_0221, 0x1200_0011, 0x0000_0040],
} as const;

/** Adds the floating-point context and feature registers; they read as 0 without an FPU. */
export function addFPU(scs: WordRegisters, ex: Exceptions, config: CortexMConfig): void {
  MVFR[config.fpu].forEach((value, i) => scs.add(OFFSET.MVFR0 + 4 * i, constant(value)));
  if (config.fpu === "none") return;
  const r = ex.registers;
  scs.add(OFFSET.FPCCR, {
    read: () => r.FPCCR,
    write: (value) => {
      r.FPCCR = value & FPCCR_BITS;
      ex.fpAccessChanged();
    },
  });
  scs.add(OFFSET.FPCAR, { read: () => r.FPCAR, write: (value) => (r.FPCAR = (value & ~7) >>> 0) });
  scs.add(OFFSET.FPDSCR, { read: () => r.FPDSCR, write: (value) => (r.FPDSCR = value & FPDSCR_BITS) });
}
