import { assertNever } from "../errors.ts";
import type { Effect, ValueEffect } from "../isa/ir.ts";
import type { CoreEffects } from "./core.ts";
import type { Exceptions, SleepKind } from "./exceptions.ts";
import { clearExclusiveLocal, exclusiveMonitorsPass, setExclusiveMonitors } from "./exclusive.ts";
import { EXIT } from "./layout.ts";
import { W } from "./state.ts";

/** FPSCR bits that exist on FPv4 and FPv5: NZCV, AHP, DN, FZ, RMode, cumulative flags. */
const FPSCR_MASK = 0xf7c0_009f;
const DIV_0_TRP = 1 << 4;
/** Immediate of BKPT that asks the host for a service. @source Arm Semihosting for AArch32 and AArch64 */
const SEMIHOSTING = 0xab;

/** Services outside the core that an effect may need. */
export interface EffectHost {
  /** BKPT 0xAB: performs the operation in R0; false when semihosting is not there. */
  semihosting(): boolean;
  /** Any other BKPT: true when a debugger takes it, false when it is a fault. */
  breakpoint(imm: number): boolean;
  /** The core begins to sleep. */
  sleeps(kind: SleepKind): void;
}

/** The closed list of effects, for every engine. */
export class Effects implements CoreEffects {
  readonly #exceptions: Exceptions;
  readonly #host: EffectHost;

  constructor(exceptions: Exceptions, host: EffectHost) {
    this.#exceptions = exceptions;
    this.#host = host;
  }

  run(effect: Effect, operand: number): void {
    const exceptions = this.#exceptions;
    const { state } = exceptions;
    switch (effect.name) {
      case "SVC":
        // The block ends behind SVC, so that R15 is the return address already.
        exceptions.supervisorCall((state.words[15]! - 2) >>> 0);
        return;
      case "BKPT":
        if (effect.imm === SEMIHOSTING && this.#host.semihosting()) return;
        if (!this.#host.breakpoint(effect.imm)) state.raise({ kind: "DEBUGEVT" });
        return;
      case "WFI":
        this.#sleep("WFI");
        return;
      case "WFE":
        if (exceptions.waitForEvent()) this.#sleep("WFE");
        return;
      case "SEV":
        exceptions.setEventRegister();
        return;
      case "CLREX":
        clearExclusiveLocal(state);
        return;
      case "DSB":
      case "DMB":
      case "ISB":
      case "IT":
        return;
      case "CPS":
        exceptions.changeProcessorState(!effect.enable, effect.affectPRI, effect.affectFAULT);
        return;
      case "MSR":
        exceptions.writeSpecial(effect.SYSm, effect.mask, operand);
        return;
      case "VMSR":
        state.fpscr = operand & FPSCR_MASK;
        return;
      default:
        assertNever(effect);
    }
  }

  value(effect: ValueEffect, operand: number): number {
    const { state, registers } = this.#exceptions;
    switch (effect.name) {
      case "MRS":
        return this.#exceptions.readSpecial(effect.SYSm) | 0;
      case "VMRS":
        return state.fpscr;
      case "setExclusive":
        setExclusiveMonitors(state, operand);
        return 0;
      case "exclusivePass":
        return exclusiveMonitorsPass(state) ? 1 : 0;
      case "divideByZeroTraps":
        return (registers.CCR & DIV_0_TRP) !== 0 ? 1 : 0;
      default:
        return assertNever(effect);
    }
  }

  fpCheck(): void {
    const { state } = this.#exceptions;
    const check = this.#exceptions.executeFPCheck();
    if (check === "execute") return;
    // Either way the instruction has not been executed; for "retry" a pending exception comes first.
    if (check === "retry") state.requestExit(EXIT.fault);
    else state.raise(check);
  }

  #sleep(kind: SleepKind): void {
    this.#host.sleeps(kind);
    this.#exceptions.state.words[W.exit]! |= EXIT.sleep;
  }
}
