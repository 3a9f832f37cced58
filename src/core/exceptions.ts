import { FRAME_WORDS, takePending } from "./exceptions-entry.ts";
import { raiseFault, supervisorCall } from "./exceptions-escalation.ts";
import { executeFPCheck, preserveFPState, updateFPReady, type FPCheck } from "./exceptions-fp.ts";
import type {
  ExceptionConfig,
  ExceptionEntry,
  ExceptionHost,
  ExceptionReturn,
  Lockup,
} from "./exceptions-host.ts";
import { EXCEPTION, ExceptionTable, LOWEST } from "./exceptions-priority.ts";
import { CCR, DEMCR, SCR, SystemRegisters } from "./exceptions-registers.ts";
import { exceptionReturn } from "./exceptions-return.ts";
import { changeProcessorState, readSpecial, writeSpecial } from "./exceptions-special.ts";
import { clearExclusiveLocal } from "./exclusive.ts";
import type { Fault } from "./fault.ts";
import { EXIT } from "./layout.ts";
import { W, type CpuState } from "./state.ts";

interface Saved {
  readonly registers: Record<string, number>;
  readonly table: Record<string, number[]>;
  readonly eventRegister: boolean;
  readonly thumb: boolean;
  readonly lockup: Lockup | null;
}

/** How a sleeping core was put to sleep, which decides what wakes it. */
export type SleepKind = "WFI" | "WFE";

/**
 * The Armv7-M exception model over the architectural state. R15 is always the address to return to: the faulting
 * instruction after a synchronous fault, else the next one; ITSTATE belongs to that instruction. EPSR.T = 0 never lasts:
 * it is an INVSTATE fault raised at once, before the next instruction.
 * @source Armv7-M ARM, "The Armv7-M exception model"
 */
export class Exceptions {
  readonly state: CpuState;
  readonly host: ExceptionHost;
  readonly config: ExceptionConfig;
  readonly registers: SystemRegisters;
  readonly table: ExceptionTable;
  /** Words of the frame being pushed or popped, from its lowest address: see `FRAME_WORDS`. */
  readonly frame = new Int32Array(FRAME_WORDS.extended);
  eventRegister = false;
  /** EPSR.T, for the frame of an INVSTATE fault. */
  thumb = true;
  /** Set when the core can only be reset. */
  lockup: Lockup | undefined;

  constructor(state: CpuState, host: ExceptionHost, config: ExceptionConfig) {
    this.state = state;
    this.host = host;
    this.config = config;
    this.registers = new SystemRegisters(state);
    this.table = new ExceptionTable(config.irqCount, config.priorityBits);
    this.#resetRegisters();
  }

  #resetRegisters(): void {
    this.registers.reset(this.config.resetVTOR, this.config.resetCCR);
    this.table.reset();
    this.eventRegister = false;
    this.thumb = true;
    this.lockup = undefined;
  }

  /**
   * Resets the system registers and the special registers, and starts at the reset vector. R0-R12 keep their values.
   * A vector table that cannot be read locks the core up. @source Armv7-M ARM, pseudocode TakeReset()
   */
  takeReset(): void {
    this.#resetRegisters();
    const w = this.state.words;
    for (const index of [W.IPSR, W.PRIMASK, W.FAULTMASK, W.BASEPRI, W.CONTROL, W.ITSTATE, W.exit])
      w[index] = 0;
    this.state.setNZCVQ(0);
    this.state.setGE(0);
    this.state.fpscr = 0;
    this.state.fault = undefined;
    clearExclusiveLocal(this.state);
    updateFPReady(this);
    const vtor = this.registers.VTOR;
    const sp = this.host.readVector(vtor);
    const start = this.host.readVector((vtor + 4) >>> 0);
    w[13] = (sp ?? 0) & ~3;
    w[W.otherSP] = 0;
    w[W.lowestMSP] = w[13];
    w[W.lowestPSP] = ~3;
    w[14] = -1;
    w[15] = (start ?? 0) & ~1;
    if (sp === undefined || start === undefined) this.lockUp({ kind: "VECTTBL" });
    else if ((start & 1) === 0) this.state.raise({ kind: "INVSTATE" });
  }

  /** Drives an external interrupt line. A rising edge pends it; a level still high at return pends it again. */
  setIrq(irq: number, level: boolean): void {
    const exception = EXCEPTION.IRQ0 + irq;
    if ((this.table.level[exception] === 1) === level) return;
    this.table.level[exception] = level ? 1 : 0;
    if (level) this.setPending(exception);
  }
  setPending(exception: number): void {
    if (!this.table.setPending(exception, true)) return;
    if ((this.registers.SCR & SCR.SEVONPEND) !== 0) this.setEventRegister();
    this.state.requestExit(EXIT.interrupt);
  }
  /** Software clears a pending state; an asserted line of an inactive interrupt keeps it. */
  clearPending(exception: number): void {
    if (this.table.level[exception] === 1 && !this.table.isActive(exception)) return;
    this.table.setPending(exception, false);
  }
  setEnabled(exception: number, enabled: boolean): void {
    this.table.enabled[exception] = enabled ? 1 : 0;
    this.priorityChanged();
  }
  setPriority(exception: number, priority: number): void {
    this.table.setPriority(exception, priority);
    this.priorityChanged();
  }
  /** Makes the run loop look for an exception again: something about priorities or enables changed. */
  priorityChanged(): void {
    if (this.table.pendingCount > 0) this.state.requestExit(EXIT.interrupt);
  }
  /** DEMCR as a whole: MON_EN enables DebugMonitor, MON_PEND is its pending state. */
  setDEMCR(value: number): void {
    this.registers.DEMCR = value & ~DEMCR.MON_PEND;
    this.setEnabled(EXCEPTION.DebugMonitor, (value & DEMCR.MON_EN) !== 0);
    if ((value & DEMCR.MON_PEND) !== 0) this.setPending(EXCEPTION.DebugMonitor);
    else this.table.setPending(EXCEPTION.DebugMonitor, false);
  }

  /**
   * Current execution priority with all boosting.
   * @param maskable false leaves PRIMASK out, as for waking from WFI
   */
  executionPriority(maskable = true): number {
    const w = this.state.words;
    const { PRIGROUP } = this.registers;
    const BASEPRI = w[W.BASEPRI]!;
    let boosted = BASEPRI !== 0 ? this.table.group(BASEPRI, PRIGROUP) : LOWEST;
    if (maskable && w[W.PRIMASK] !== 0) boosted = Math.min(boosted, 0);
    if (w[W.FAULTMASK] !== 0) boosted = -1;
    return Math.min(this.table.activePriority(PRIGROUP), boosted);
  }
  /** Whether `takePending` would take an exception. */
  canTakePending(): boolean {
    if (this.lockup !== undefined || this.table.pendingCount === 0) return false;
    return this.table.preempting(this.executionPriority(), this.registers.PRIGROUP) !== 0;
  }

  /** Takes the most urgent pending exception, if any may preempt now. Time passes through the host. */
  takePending(): ExceptionEntry | undefined {
    return takePending(this);
  }
  /** Executes an exception return; `excReturn` is the value written to the PC in Handler mode. */
  exceptionReturn(excReturn: number): ExceptionReturn {
    return exceptionReturn(this, excReturn);
  }
  /** Records a fault and pends its exception; R15 is the faulting instruction. Then call `takePending`. */
  raiseFault(fault: Fault): void {
    raiseFault(this, fault);
  }
  /** SVC at `thisInstruction`; R15 is the next instruction. Then call `takePending`. */
  supervisorCall(thisInstruction: number): void {
    supervisorCall(this, thisInstruction);
  }
  executeFPCheck(): FPCheck {
    return executeFPCheck(this);
  }
  preserveFPState(): boolean {
    return preserveFPState(this);
  }
  /** To be called after FPCCR or CPACR were written. Compiled code ends there: it does not look again whether the FPU is ready. */
  fpAccessChanged(): void {
    updateFPReady(this);
    this.state.requestExit(EXIT.interrupt);
  }
  readSpecial(SYSm: number): number {
    return readSpecial(this, SYSm);
  }
  writeSpecial(SYSm: number, mask: number, value: number): void {
    writeSpecial(this, SYSm, mask, value);
  }
  changeProcessorState(disable: boolean, affectPRI: boolean, affectFAULT: boolean): void {
    changeProcessorState(this, disable, affectPRI, affectFAULT);
  }

  /** SEV, and everything else that counts as an event for WFE. */
  setEventRegister(): void {
    this.eventRegister = true;
  }
  /** WFE: true if the core is to sleep; an event that was remembered is used up instead. */
  waitForEvent(): boolean {
    if (this.wakes("WFE")) {
      this.eventRegister = false;
      return false;
    }
    return true;
  }
  /** Whether a core asleep by `kind` wakes: for WFI as if PRIMASK were 0, for WFE also by an event. */
  wakes(kind: SleepKind): boolean {
    if (kind === "WFE" && this.eventRegister) return true;
    if (this.table.pendingCount === 0) return false;
    return this.table.preempting(this.executionPriority(kind === "WFE"), this.registers.PRIGROUP) !== 0;
  }

  /** Whether data bus faults are ignored now: CCR.BFHFNMIGN at a negative priority. */
  get ignoresDataBusFaults(): boolean {
    return (this.registers.CCR & CCR.BFHFNMIGN) !== 0 && this.executionPriority() < 0;
  }

  /** Stops the core for good, keeping the first cause. */
  lockUp(cause: Fault | "SVC"): void {
    this.lockup ??= { cause, pc: this.state.words[15]! >>> 0, exception: this.state.words[W.IPSR]! };
    this.state.words[15] = -2; // 0xFFFFFFFE
    this.state.requestExit(EXIT.stop);
  }

  /** Everything that the linear memory does not hold, as plain data. */
  save(): unknown {
    const saved: Saved = {
      registers: this.registers.save(),
      table: this.table.save(),
      eventRegister: this.eventRegister,
      thumb: this.thumb,
      lockup: this.lockup ?? null,
    };
    return saved;
  }
  restore(from: unknown): void {
    const saved = from as Saved; // only ever what `save` gave
    this.registers.restore(saved.registers);
    this.table.restore(saved.table);
    this.eventRegister = saved.eventRegister;
    this.thumb = saved.thumb;
    this.lockup = saved.lockup ?? undefined;
  }
}
