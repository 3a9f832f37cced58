import type { ExceptionEntry } from "./exceptions-host.ts";
import type { Exceptions } from "./exceptions.ts";
import { FAULTS, type Fault, type FaultKind } from "./fault.ts";
import { raiseFault } from "./exceptions-escalation.ts";
import { cpAccessAllowed, updateFPCCR, updateFPReady } from "./exceptions-fp.ts";
import { EXCEPTION } from "./exceptions-priority.ts";
import { CCR, FPCCR } from "./exceptions-registers.ts";
import { clearExclusiveLocal } from "./exclusive.ts";
import { EXIT } from "./layout.ts";
import { CONTROL, W } from "./state.ts";

/** Words of the basic and the extended (floating-point) frame. */
export const FRAME_WORDS = { basic: 8, extended: 26 } as const;
/** Offset of S0 in an extended frame. */
export const FP_FRAME_OFFSET = 0x20;

/** What a failed stack access becomes. */
const STACK_FAULT = {
  stacking: { mpu: "MSTKERR", bus: "STKERR" },
  unstacking: { mpu: "MUNSTKERR", bus: "UNSTKERR" },
  lazy: { mpu: "MLSPERR", bus: "LSPERR" },
} as const satisfies Record<string, { mpu: FaultKind; bus: FaultKind }>;

/** Renames the fault of an access by what the access was for. */
export function stackFault(fault: Fault, use: keyof typeof STACK_FAULT): Fault {
  const kinds = STACK_FAULT[use];
  return { kind: FAULTS[fault.kind].exception === EXCEPTION.MemManage ? kinds.mpu : kinds.bus };
}

interface Push {
  readonly frame: number;
  readonly words: number;
  /** Cycles of the accesses, waits included. */
  readonly cycles: number;
}

/** Puts the eight words of the basic frame in place. */
function makeBasicFrame({ state, thumb, frame }: Exceptions, realigned: boolean): void {
  const w = state.words;
  for (let i = 0; i < 4; i++) frame[i] = w[i]!;
  frame[4] = w[12]!;
  frame[5] = w[14]!;
  frame[6] = w[15]!;
  const T = thumb ? 0 : 1 << 24;
  frame[7] = (state.xpsr & ~T) | (realigned ? 1 << 9 : 0);
}

/**
 * Pushes the frame on the stack in use. The first failing access abandons the rest and pends its fault.
 * @source Armv7-M ARM, pseudocode PushStack()
 */
function pushStack(ex: Exceptions): Push {
  const { state, registers, host } = ex;
  const w = state.words;
  const extended = ex.config.hasFPU && (w[W.CONTROL]! & CONTROL.FPCA) !== 0;
  const lazy = extended && (registers.FPCCR & FPCCR.LSPEN) !== 0;
  const forceAlign = extended || (registers.CCR & CCR.STKALIGN) !== 0;
  const sp = w[13]! & ~3;
  const size = 4 * (extended ? FRAME_WORDS.extended : FRAME_WORDS.basic);
  const frame = ((sp - size) & (forceAlign ? ~4 : ~0)) >>> 0;
  makeBasicFrame(ex, forceAlign && (sp & 4) !== 0);
  w[13] = frame;
  noteLowestSP(ex, frame);

  let fault: Fault | undefined;
  let words: number = FRAME_WORDS.basic;
  if (extended && !lazy) {
    if (cpAccessAllowed(ex, state.privileged)) {
      for (let i = 0; i < 16; i++) ex.frame[words++] = w[W.S + i]!;
      ex.frame[words++] = state.fpscr;
    } else fault = { kind: "NOCP" };
  }
  let cycles = ex.config.timing.stacking + (words > FRAME_WORDS.basic ? ex.config.timing.fpFrame : 0);
  const { privileged } = state;
  const free = fault === undefined ? (host.freeWords?.(frame, words, true) ?? -1) : -1;
  if (free >= 0) for (let i = 0; i < words; i++) w[(free >> 2) + i] = ex.frame[i]!;
  for (let i = 0; free < 0 && i < words && fault === undefined; i++) {
    const address = (frame + 4 * i) >>> 0;
    cycles += host.waitCycles?.(address, "stack") ?? 0;
    const error = host.write(address, ex.frame[i]! >>> 0, privileged);
    if (error !== undefined) fault = stackFault(error, "stacking");
  }
  if (lazy) updateFPCCR(ex, frame + FP_FRAME_OFFSET);
  if (fault !== undefined) raiseFault(ex, fault);
  return { frame, words, cycles };
}

/** Keeps the low-water mark of the stack in use. */
function noteLowestSP(ex: Exceptions, sp: number): void {
  const w = ex.state.words;
  const lowest = ex.state.usesPSP ? W.lowestPSP : W.lowestMSP;
  if (sp < w[lowest]! >>> 0) w[lowest] = sp;
}

/** The value that LR gets on entry, from the mode and the kind of frame. */
function excReturnValue(ex: Exceptions): number {
  const w = ex.state.words;
  const FPCA = ex.config.hasFPU && (w[W.CONTROL]! & CONTROL.FPCA) !== 0;
  const frameBit = FPCA ? 0 : 0x10;
  const stackBit = ex.state.usesPSP ? 4 : 0;
  const mode = ex.state.inHandlerMode ? 0x1 : 0x9 | stackBit;
  return (0xffff_ffe0 | frameBit | mode) >>> 0;
}

/** Address of the handler; a failing read of the table becomes a HardFault or lockup. Undefined on lockup. */
function fetchVector(ex: Exceptions, exception: number): { exception: number; start: number } | undefined {
  const at = (number: number): number | undefined =>
    ex.host.readVector((ex.registers.VTOR + 4 * number) >>> 0);
  const start = at(exception);
  if (start !== undefined) return { exception, start };
  if (ex.table.priority(exception) < 0) {
    ex.lockUp({ kind: "VECTTBL" });
    return undefined;
  }
  raiseFault(ex, { kind: "VECTTBL" });
  if (ex.lockup !== undefined) return undefined;
  const hardFault = at(EXCEPTION.HardFault);
  if (hardFault !== undefined) return { exception: EXCEPTION.HardFault, start: hardFault };
  ex.lockUp({ kind: "VECTTBL" });
  return undefined;
}

/** @source Armv7-M ARM, pseudocode ExceptionTaken() */
function exceptionTaken(ex: Exceptions, exception: number, start: number, LR: number): void {
  const { state, table } = ex;
  const w = state.words;
  if (state.usesPSP) {
    const processSP = w[13]!;
    w[13] = w[W.otherSP]!;
    w[W.otherSP] = processSP;
  }
  w[14] = LR;
  w[15] = start & ~1;
  w[W.IPSR] = exception;
  w[W.ITSTATE] = 0;
  w[W.CONTROL]! &= ~(CONTROL.SPSEL | CONTROL.FPCA);
  table.setPending(exception, false);
  table.setActive(exception, true);
  clearExclusiveLocal(state);
  ex.setEventRegister();
  updateFPReady(ex);
  ex.thumb = true;
  if ((start & 1) === 0) state.raise({ kind: "INVSTATE" });
  if (table.pendingCount > 0) state.requestExit(EXIT.interrupt);
}

/** Lets `cycles` pass, or fewer if it is to `stop` when `arrived()` becomes true; gives the cycle when it did, or 0. */
export function elapseWatching(ex: Exceptions, cycles: number, arrived: () => boolean, stop = false): number {
  let passed = 0;
  let arrival = 0;
  while (passed < cycles && !(stop && arrival > 0)) {
    const step = Math.min(cycles - passed, Math.max(1, ex.host.untilNextEvent()));
    ex.host.elapse(step);
    passed += step;
    if (arrival === 0 && arrived()) arrival = passed;
  }
  return arrival;
}

/**
 * Takes the most urgent pending exception if its priority allows. R15 and ITSTATE are those of the instruction to
 * return to.
 * @source Armv7-M ARM, pseudocode ExceptionEntry(); late arrival: DDI0439 "Exception handling"
 */
export function takePending(ex: Exceptions): ExceptionEntry | undefined {
  // A fault that is not raised yet belongs to the code at R15 and comes first.
  if (ex.state.fault !== undefined || !ex.canTakePending()) return undefined;
  const execution = ex.executionPriority();
  const preempting = (): number => ex.table.preempting(execution, ex.registers.PRIGROUP);
  const original = preempting();

  const { timing } = ex.config;
  const LR = excReturnValue(ex);
  const push = pushStack(ex);
  const arrival = elapseWatching(ex, push.cycles, () => preempting() !== original);
  if (ex.lockup !== undefined) return undefined;
  // Only software clears a pending state, and none runs here: there is still one to take.
  const taken = fetchVector(ex, preempting());
  if (taken === undefined) return undefined;

  const vector = (ex.registers.VTOR + 4 * taken.exception) >>> 0;
  const fetch = timing.vectorFetch + (ex.host.waitCycles?.(vector, "vector") ?? 0);
  const shared = ex.host.sharesPort?.(vector, push.frame) === true;
  const fetchStart = shared ? push.cycles : arrival;
  const total = Math.max(push.cycles, fetchStart + fetch) + timing.entry - timing.stacking;
  exceptionTaken(ex, taken.exception, taken.start, LR);
  ex.host.elapse(total - push.cycles);
  const kind = taken.exception === original ? "entry" : "late-arrival";
  return { exception: taken.exception, kind, stackedWords: push.words, cycles: total };
}

/** Goes from a finished handler to the next one without unstacking. Undefined on lockup. */
export function tailChain(
  ex: Exceptions,
  excReturn: number,
  alreadyPassed: number,
): ExceptionEntry | undefined {
  const pending = ex.table.preempting(ex.executionPriority(), ex.registers.PRIGROUP);
  const taken = fetchVector(ex, pending);
  if (taken === undefined) return undefined;
  const vector = (ex.registers.VTOR + 4 * taken.exception) >>> 0;
  const cycles = ex.config.timing.tailChain + (ex.host.waitCycles?.(vector, "vector") ?? 0);
  exceptionTaken(ex, taken.exception, taken.start, excReturn);
  ex.host.elapse(cycles);
  return { exception: taken.exception, kind: "tail-chain", stackedWords: 0, cycles: cycles + alreadyPassed };
}
