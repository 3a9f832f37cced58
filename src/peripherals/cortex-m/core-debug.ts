import { DEMCR } from "../../core/exceptions-registers.ts";
import { EXCEPTION } from "../../core/exceptions-priority.ts";
import type { Exceptions } from "../../core/exceptions.ts";
import type { CortexMConfig } from "./config.ts";
import type { WordRegisters } from "./word-registers.ts";

const OFFSET = { DHCSR: 0xdf0, DCRSR: 0xdf4, DCRDR: 0xdf8, DEMCR: 0xdfc } as const;
const DHCSR = { C_DEBUGEN: 1, S_LOCKUP: 1 << 19 } as const;
/** Vector catch, monitor control and TRCENA. */
const DEMCR_BITS = 0x010f_07f1;

/** Debug registers as firmware sees them. Halting is the debugger's, through another door; software cannot set C_DEBUGEN. */
export class CoreDebug {
  readonly #ex: Exceptions;
  readonly #config: CortexMConfig;
  #DCRDR = 0;

  constructor(ex: Exceptions, config: CortexMConfig) {
    this.#ex = ex;
    this.#config = config;
  }

  /** @param traceChanged told after every write of DEMCR */
  add(
    scs: WordRegisters,
    traceChanged: () => void,
    unmodelled: (register: string, access: "read" | "write") => void,
  ): void {
    const ex = this.#ex;
    const status = (): number => {
      const debugger_ = this.#config.debuggerAttached === true ? DHCSR.C_DEBUGEN : 0;
      return debugger_ | (ex.lockup === undefined ? 0 : DHCSR.S_LOCKUP);
    };
    scs.add(OFFSET.DHCSR, { read: status });
    scs.add(OFFSET.DCRSR, { write: () => unmodelled("DCRSR", "write") });
    scs.add(OFFSET.DCRDR, { read: () => this.#DCRDR, write: (value) => (this.#DCRDR = value) });
    scs.add(OFFSET.DEMCR, {
      read: () => ex.registers.DEMCR | (ex.table.isPending(EXCEPTION.DebugMonitor) ? DEMCR.MON_PEND : 0),
      write: (value) => {
        ex.setDEMCR(value & DEMCR_BITS);
        if ((value & DEMCR.MON_STEP) !== 0) unmodelled("DEMCR.MON_STEP", "write");
        traceChanged();
      },
    });
  }
  reset(): void {
    this.#DCRDR = 0;
    this.#ex.setDEMCR(this.#config.traceViewer === true ? DEMCR.TRCENA : 0);
  }
  save(): number {
    return this.#DCRDR;
  }
  restore(DCRDR: number): void {
    this.#DCRDR = DCRDR;
  }
}
