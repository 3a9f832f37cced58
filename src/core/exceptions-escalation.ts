import type { Exceptions } from "./exceptions.ts";
import { EXCEPTION } from "./exceptions-priority.ts";
import { CFSR, DEMCR, DFSR, HFSR } from "./exceptions-registers.ts";
import { FAULTS, type Fault } from "./fault.ts";

/** Sets the status bits of a fault, and MMFAR or BFAR where the architecture records an address. */
export function recordFault(ex: Exceptions, fault: Fault): void {
  const { registers } = ex;
  registers.CFSR |= FAULTS[fault.kind].cfsr;
  if (fault.address === undefined) return;
  if (fault.kind === "DACCVIOL") {
    registers.MMFAR = fault.address;
    registers.CFSR |= CFSR.MMARVALID;
  } else if (fault.kind === "PRECISERR") {
    registers.BFAR = fault.address;
    registers.CFSR |= CFSR.BFARVALID;
  }
}

/** Whether `exception`, as pended now, would be taken at once. */
function canBeTaken(ex: Exceptions, exception: number): boolean {
  const { table, registers } = ex;
  const priority = table.group(table.priority(exception), registers.PRIGROUP);
  return table.enabled[exception] === 1 && priority < ex.executionPriority();
}

/** Pends a HardFault that cannot wait; lockup where it cannot be taken. */
function hardFault(ex: Exceptions, cause: Fault | "SVC"): void {
  if (ex.executionPriority() < 0) ex.lockUp(cause);
  else ex.setPending(EXCEPTION.HardFault);
}

/**
 * Records a fault and pends its exception, escalated where it is disabled or cannot preempt; `takePending` then enters
 * the handler. R15 holds the address of the faulting instruction. A fault at priority -1 or -2 locks the core up.
 * @source Armv7-M ARM, "Fault behavior", "Priority escalation", "Unrecoverable exception cases"
 */
export function raiseFault(ex: Exceptions, fault: Fault): void {
  const { registers, table } = ex;
  recordFault(ex, fault);
  if (fault.kind === "INVSTATE") ex.thumb = false;
  if (fault.kind === "VECTTBL") {
    registers.HFSR |= HFSR.VECTTBL;
    hardFault(ex, fault);
  } else if (fault.kind === "DEBUGEVT") {
    debugEvent(ex, fault);
  } else if (canBeTaken(ex, FAULTS[fault.kind].exception)) {
    ex.setPending(FAULTS[fault.kind].exception);
  } else if (fault.kind === "IMPRECISERR") {
    // Asynchronous: an enabled one stays pending until its priority suffices, and so does the HardFault it may become.
    const enabled = table.enabled[EXCEPTION.BusFault] === 1;
    if (!enabled) registers.HFSR |= HFSR.FORCED;
    ex.setPending(enabled ? EXCEPTION.BusFault : EXCEPTION.HardFault);
  } else {
    registers.HFSR |= HFSR.FORCED;
    hardFault(ex, fault);
  }
}

/** BKPT without a halting debugger: DebugMonitor where it is enabled and can preempt, else HardFault. */
function debugEvent(ex: Exceptions, fault: Fault): void {
  const { registers } = ex;
  registers.DFSR |= DFSR.BKPT;
  if ((registers.DEMCR & DEMCR.MON_EN) !== 0 && canBeTaken(ex, EXCEPTION.DebugMonitor)) {
    ex.setPending(EXCEPTION.DebugMonitor);
    return;
  }
  registers.HFSR |= HFSR.DEBUGEVT;
  hardFault(ex, fault);
}

/**
 * SVC: pends SVCall, or escalates where it could not be taken at once. R15 holds the address of the next instruction;
 * an escalated call returns to the SVC at `thisInstruction`, as synchronous HardFaults do.
 * @source Armv7-M ARM, pseudocode CallSupervisor() and ReturnAddress()
 */
export function supervisorCall(ex: Exceptions, thisInstruction: number): void {
  if (canBeTaken(ex, EXCEPTION.SVCall)) {
    ex.setPending(EXCEPTION.SVCall);
    return;
  }
  ex.state.words[15] = thisInstruction;
  ex.registers.HFSR |= HFSR.FORCED;
  hardFault(ex, "SVC");
}
