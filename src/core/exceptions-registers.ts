import { W, type CpuState } from "./state.ts";

export const CCR = {
  NONBASETHRDENA: 1 << 0,
  USERSETMPEND: 1 << 1,
  UNALIGN_TRP: 1 << 3,
  DIV_0_TRP: 1 << 4,
  BFHFNMIGN: 1 << 8,
  STKALIGN: 1 << 9,
  DC: 1 << 16,
  IC: 1 << 17,
  BP: 1 << 18,
} as const;
export const SCR = { SLEEPONEXIT: 1 << 1, SLEEPDEEP: 1 << 2, SEVONPEND: 1 << 4 } as const;
export const HFSR = { VECTTBL: 1 << 1, FORCED: 1 << 30, DEBUGEVT: 1 << 31 } as const;
export const CFSR = { MMARVALID: 1 << 7, BFARVALID: 1 << 15 } as const;
export const DFSR = {
  HALTED: 1 << 0,
  BKPT: 1 << 1,
  DWTTRAP: 1 << 2,
  VCATCH: 1 << 3,
  EXTERNAL: 1 << 4,
} as const;
export const FPCCR = {
  LSPACT: 1 << 0,
  USER: 1 << 1,
  THREAD: 1 << 3,
  HFRDY: 1 << 4,
  MMRDY: 1 << 5,
  BFRDY: 1 << 6,
  MONRDY: 1 << 8,
  LSPEN: 1 << 30,
  ASPEN: 1 << 31,
} as const;
export const DEMCR = {
  MON_EN: 1 << 16,
  MON_PEND: 1 << 17,
  MON_STEP: 1 << 18,
  MON_REQ: 1 << 19,
  TRCENA: 1 << 24,
} as const;

const FPCCR_RESET = FPCCR.ASPEN | FPCCR.LSPEN;
const DEMCR_MON = DEMCR.MON_EN | DEMCR.MON_PEND | DEMCR.MON_STEP | DEMCR.MON_REQ;

/** Registers of the system control block that take part in exceptions. All words; bits as in the Armv7-M ARM. */
export class SystemRegisters {
  VTOR = 0;
  /** AIRCR.PRIGROUP, 0 to 7. */
  PRIGROUP = 0;
  SCR = 0;
  CFSR = 0;
  HFSR = 0;
  DFSR = 0;
  MMFAR = 0;
  BFAR = 0;
  CPACR = 0;
  FPCCR = 0;
  FPCAR = 0;
  FPDSCR = 0;
  DEMCR = 0;
  readonly #state: CpuState;

  constructor(state: CpuState) {
    this.#state = state;
  }

  /** In the shared memory, where engines test its trap bits. */
  get CCR(): number {
    return this.#state.words[W.CCR]!;
  }
  set CCR(value: number) {
    this.#state.words[W.CCR] = value;
  }

  /** A system reset. TRCENA and the vector catch bits of DEMCR belong to the debugger and stay. */
  reset(VTOR: number, resetCCR: number): void {
    this.restore({ VTOR, FPCCR: FPCCR_RESET, DEMCR: this.DEMCR & ~DEMCR_MON });
    this.CCR = resetCCR;
  }
  save(): Record<string, number> {
    const { VTOR, PRIGROUP, SCR, CFSR, HFSR, DFSR, MMFAR, BFAR } = this;
    const { CPACR, FPCCR, FPCAR, FPDSCR, DEMCR } = this;
    return { VTOR, PRIGROUP, SCR, CFSR, HFSR, DFSR, MMFAR, BFAR, CPACR, FPCCR, FPCAR, FPDSCR, DEMCR };
  }
  /** Sets every register; those that `saved` lacks become 0. CCR is part of the linear memory. */
  restore(saved: Readonly<Record<string, number>>): void {
    for (const name of Object.keys(this.save()) as (keyof SystemRegisters)[]) {
      (this as Record<string, unknown>)[name] = saved[name] ?? 0;
    }
  }
}
