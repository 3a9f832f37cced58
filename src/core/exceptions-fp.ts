import type { Exceptions } from "./exceptions.ts";
import { stackFault } from "./exceptions-entry.ts";
import { recordFault } from "./exceptions-escalation.ts";
import { EXCEPTION } from "./exceptions-priority.ts";
import { DEMCR, FPCCR, HFSR } from "./exceptions-registers.ts";
import { FAULTS, type Fault } from "./fault.ts";
import { CONTROL, W } from "./state.ts";

/** CPACR.CP10; CP11 has to hold the same value. */
const CP10_SHIFT = 20;
const FULL_ACCESS = 0b11;
const PRIVILEGED_ACCESS = 0b01;

/** Whether CPACR lets code of that privilege use the FPU. @source Armv7-M ARM, pseudocode CheckVFPEnabled() */
export function cpAccessAllowed(ex: Exceptions, privileged: boolean): boolean {
  const access = (ex.registers.CPACR >>> CP10_SHIFT) & 3;
  return ex.config.hasFPU && (access === FULL_ACCESS || (access === PRIVILEGED_ACCESS && privileged));
}

/** Keeps the word that tells engines when `executeFPCheck` would have nothing to do. */
export function updateFPReady(ex: Exceptions): void {
  const { state, registers } = ex;
  const FPCA = (state.words[W.CONTROL]! & CONTROL.FPCA) !== 0;
  const contextActive = FPCA || (registers.FPCCR & FPCCR.ASPEN) === 0;
  const lazy = (registers.FPCCR & FPCCR.LSPACT) !== 0;
  const ready = contextActive && !lazy && cpAccessAllowed(ex, state.privileged);
  state.words[W.fpReady] = ready ? 1 : 0;
}

/** Reserves lazy space at `address`: remembers for whom, and which faults could be taken then. */
export function updateFPCCR(ex: Exceptions, address: number): void {
  const { registers, state, table } = ex;
  const execution = ex.executionPriority();
  const ready = (exception: number, enabled: boolean): boolean =>
    enabled && table.group(table.priority(exception), registers.PRIGROUP) < execution;
  const isEnabled = (exception: number): boolean => table.enabled[exception] === 1;
  let bits = registers.FPCCR & (FPCCR.ASPEN | FPCCR.LSPEN);
  bits |= FPCCR.LSPACT;
  if (!state.privileged) bits |= FPCCR.USER;
  if (!state.inHandlerMode) bits |= FPCCR.THREAD;
  if (execution > -1) bits |= FPCCR.HFRDY;
  if (ready(EXCEPTION.BusFault, isEnabled(EXCEPTION.BusFault))) bits |= FPCCR.BFRDY;
  if (ready(EXCEPTION.MemManage, isEnabled(EXCEPTION.MemManage))) bits |= FPCCR.MMRDY;
  if (ready(EXCEPTION.DebugMonitor, (registers.DEMCR & DEMCR.MON_EN) !== 0)) bits |= FPCCR.MONRDY;
  registers.FPCCR = bits;
  registers.FPCAR = address & ~7;
}

/** Pends the fault of a lazy save as the context that owns the state could have taken it. */
function pendLazyFault(ex: Exceptions, fault: Fault): void {
  const { registers } = ex;
  recordFault(ex, fault);
  const exception = FAULTS[fault.kind].exception;
  const readyBit = exception === EXCEPTION.MemManage ? FPCCR.MMRDY : FPCCR.BFRDY;
  if ((registers.FPCCR & readyBit) !== 0) ex.setPending(exception);
  else if ((registers.FPCCR & FPCCR.HFRDY) !== 0) {
    registers.HFSR |= HFSR.FORCED;
    ex.setPending(EXCEPTION.HardFault);
  } else ex.lockUp(fault);
}

/**
 * Stores the FP state that exception entry left in the registers. False if a fault is to be taken first, in which case
 * nothing has changed and the FP instruction must not execute.
 * @source Armv7-M ARM, pseudocode PreserveFPState()
 */
export function preserveFPState(ex: Exceptions): boolean {
  const { state, registers, host } = ex;
  const w = state.words;
  const privileged = (registers.FPCCR & FPCCR.USER) === 0;
  let cycles = ex.config.timing.fpFrame;
  let fault: Fault | undefined;
  for (let i = 0; i < 17 && fault === undefined; i++) {
    const address = (registers.FPCAR + 4 * i) >>> 0;
    cycles += host.waitCycles?.(address, "stack") ?? 0;
    const word = i < 16 ? w[W.S + i]! : state.fpscr;
    const error = host.write(address, word >>> 0, privileged);
    if (error !== undefined) fault = stackFault(error, "lazy");
  }
  host.stall(cycles);
  if (fault !== undefined) {
    pendLazyFault(ex, fault);
    if (ex.lockup !== undefined || ex.canTakePending()) return false;
  }
  registers.FPCCR &= ~FPCCR.LSPACT;
  updateFPReady(ex);
  return true;
}

/** What the instruction does after `executeFPCheck`. */
export type FPCheck = "execute" | "retry" | Fault;

/**
 * What precedes every FP instruction: access check, lazy save, a new context. "retry" means that an exception comes
 * first and the instruction is to be executed again after it.
 * @source Armv7-M ARM, pseudocode ExecuteFPCheck()
 */
export function executeFPCheck(ex: Exceptions): FPCheck {
  const { state, registers } = ex;
  const w = state.words;
  if (!cpAccessAllowed(ex, state.privileged)) return { kind: "NOCP" };
  if ((registers.FPCCR & FPCCR.LSPACT) !== 0 && !preserveFPState(ex)) return "retry";
  if ((registers.FPCCR & FPCCR.ASPEN) !== 0 && (w[W.CONTROL]! & CONTROL.FPCA) === 0) {
    // A new context starts from FPDSCR as a whole: no flags of the old one.
    state.fpscr = registers.FPDSCR;
    w[W.CONTROL]! |= CONTROL.FPCA;
  }
  updateFPReady(ex);
  return "execute";
}
