import type { ExceptionReturn } from "./exceptions-host.ts";
import type { Exceptions } from "./exceptions.ts";
import { elapseWatching, FP_FRAME_OFFSET, FRAME_WORDS, stackFault, tailChain } from "./exceptions-entry.ts";
import { raiseFault } from "./exceptions-escalation.ts";
import { cpAccessAllowed, updateFPReady } from "./exceptions-fp.ts";
import { EXCEPTION } from "./exceptions-priority.ts";
import { CCR, FPCCR, SCR } from "./exceptions-registers.ts";
import type { Fault } from "./fault.ts";
import { clearExclusiveLocal } from "./exclusive.ts";
import { EXIT } from "./layout.ts";
import { CONTROL, W } from "./state.ts";

/** What an EXC_RETURN value asks for. */
interface Target {
  readonly toHandler: boolean;
  readonly usesPSP: boolean;
  readonly extended: boolean;
}

const RETURN_BITS = 0xf;
const BASIC_FRAME = 0x10;

/** Decodes EXC_RETURN; undefined where it is illegal. */
function decode(ex: Exceptions, excReturn: number): Target | undefined {
  const extended = (excReturn & BASIC_FRAME) === 0;
  // Bits 27:5 that are not all ones are UNPREDICTABLE; here they are illegal like the other bad values.
  if ((excReturn | 0xf000_001f) >>> 0 !== 0xffff_ffff || (extended && !ex.config.hasFPU)) return undefined;
  switch (excReturn & RETURN_BITS) {
    case 0b0001:
      return { toHandler: true, usesPSP: false, extended };
    case 0b1001:
      return { toHandler: false, usesPSP: false, extended };
    case 0b1101:
      return { toHandler: false, usesPSP: true, extended };
    default:
      return undefined;
  }
}

/** @source Armv7-M ARM, pseudocode DeActivate() */
function deActivate(ex: Exceptions, exception: number): void {
  const { table, state } = ex;
  table.setActive(exception, false);
  if (exception !== EXCEPTION.NMI) state.words[W.FAULTMASK] = 0;
  // An input that is still asserted pends its interrupt again.
  if (table.level[exception] === 1) ex.setPending(exception);
}

/** What was read of a frame, into `Exceptions.frame`. */
interface Popped {
  readonly words: number;
  readonly cycles: number;
}

/** Reads the frame without changing anything but time; a fault ends it. */
function readFrame(ex: Exceptions, target: Target, frame: number): Popped | Fault {
  const { host, state, registers } = ex;
  const privileged = target.toHandler || (state.words[W.CONTROL]! & CONTROL.nPRIV) === 0;
  const { timing } = ex.config;
  const loadsFP = target.extended && (registers.FPCCR & FPCCR.LSPACT) === 0;
  if (loadsFP && !cpAccessAllowed(ex, privileged)) return { kind: "NOCP" };
  let cycles = timing.exit + (loadsFP ? timing.fpFrame : 0);
  const words = loadsFP ? FRAME_WORDS.basic + 17 : FRAME_WORDS.basic;
  // The handler that returns may access more than the code that it returns to.
  const free = privileged ? (host.freeWords?.(frame, words, false) ?? -1) : -1;
  if (free >= 0) for (let i = 0; i < words; i++) ex.frame[i] = state.words[(free >> 2) + i]!;
  for (let i = 0; free < 0 && i < words; i++) {
    const address = (frame + 4 * i) >>> 0;
    cycles += host.waitCycles?.(address, "stack") ?? 0;
    const word = host.read(address, privileged);
    if (typeof word !== "number") return stackFault(word, "unstacking");
    ex.frame[i] = word;
  }
  return { words, cycles };
}

/** The rest of PopStack(): registers, stack pointer and status, once the frame is known to be good. */
function restoreFrame(ex: Exceptions, target: Target, frame: number, { words }: Popped): void {
  const { state, registers } = ex;
  const w = state.words;
  const from = ex.frame;
  const psr = from[7]!;
  for (let i = 0; i < 4; i++) w[i] = from[i]!;
  w[12] = from[4]!;
  w[14] = from[5]!;
  w[15] = from[6]! & ~1;
  if (target.extended) {
    registers.FPCCR &= ~FPCCR.LSPACT;
    if (words > FRAME_WORDS.basic) {
      for (let i = 0; i < 16; i++) w[W.S + i] = from[(FP_FRAME_OFFSET >> 2) + i]!;
      state.fpscr = from[(FP_FRAME_OFFSET >> 2) + 16]!;
    }
  }
  const forceAlign = target.extended || (registers.CCR & CCR.STKALIGN) !== 0;
  const size = 4 * (target.extended ? FRAME_WORDS.extended : FRAME_WORDS.basic);
  const sp = (frame + size) | (forceAlign && (psr & (1 << 9)) !== 0 ? 4 : 0);
  if (target.usesPSP) w[W.otherSP] = w[13]!; // the main SP, which Handler mode was using
  w[13] = sp;
  const control = w[W.CONTROL]! & CONTROL.nPRIV;
  w[W.CONTROL] = control | (target.usesPSP ? CONTROL.SPSEL : 0) | (target.extended ? CONTROL.FPCA : 0);
  w[W.IPSR] = psr & 0x1ff;
  state.setNZCVQ(psr);
  state.setGE(psr);
  w[W.ITSTATE] = ((psr >>> 25) & 3) | ((psr >>> 8) & 0xfc);
  updateFPReady(ex);
  if (!state.privileged) ex.host.unprivileged?.();
  if ((psr & (1 << 24)) === 0) state.raise({ kind: "INVSTATE" });
}

const LOCKED: ExceptionReturn = { kind: "lockup", exception: 0, unstackedWords: 0, cycles: 0, sleep: false };

/** Chains to the most urgent pending exception, at most `passed` cycles after the return began. */
function chain(ex: Exceptions, excReturn: number, passed: number): ExceptionReturn {
  if (ex.lockup !== undefined) return LOCKED;
  const entry = tailChain(ex, excReturn, passed);
  if (entry === undefined) return LOCKED;
  return {
    kind: "tail-chain",
    exception: entry.exception,
    unstackedWords: 0,
    cycles: entry.cycles,
    sleep: false,
  };
}

/** A return that breaks a rule ends in a fault handler, with the offending value in LR. */
function refuse(ex: Exceptions, fault: Fault, excReturn: number, passed = 0): ExceptionReturn {
  raiseFault(ex, fault);
  return chain(ex, excReturn, passed);
}

/**
 * Returns from the exception in IPSR. `excReturn` is the value that was written to the PC.
 * @source Armv7-M ARM, pseudocode ExceptionReturn() and PopStack()
 */
export function exceptionReturn(ex: Exceptions, excReturn: number): ExceptionReturn {
  const { state, table, registers } = ex;
  const value = (0xf000_0000 | excReturn) >>> 0;
  const returning = state.words[W.IPSR]!;
  const nested = table.activeCount;
  const wasActive = table.isActive(returning);
  const target = decode(ex, value);
  const threadAllowed = nested === 1 || (registers.CCR & CCR.NONBASETHRDENA) !== 0;
  deActivate(ex, returning);
  if (!wasActive || target === undefined || (!target.toHandler && !threadAllowed)) {
    return refuse(ex, { kind: "INVPC" }, value);
  }
  const preempted = (): boolean => table.preempting(ex.executionPriority(), registers.PRIGROUP) !== 0;
  if (preempted()) return chain(ex, value, 0);

  const frame = (target.usesPSP ? state.words[W.otherSP]! : state.words[13]!) >>> 0;
  const popped = readFrame(ex, target, frame);
  if ("kind" in popped) return refuse(ex, popped, value);
  // What becomes pending while the frame is popped stops the pop and is chained to.
  const arrival = elapseWatching(ex, popped.cycles, preempted, true);
  if (arrival > 0 && arrival < popped.cycles) return chain(ex, value, arrival);

  const toThread = (ex.frame[7]! & 0x1ff) === 0;
  if (toThread === target.toHandler) return refuse(ex, { kind: "INVPC" }, value, popped.cycles);
  restoreFrame(ex, target, frame, popped);
  clearExclusiveLocal(state);
  ex.setEventRegister();
  if (table.pendingCount > 0) state.requestExit(EXIT.interrupt);
  const sleep = toThread && table.activeCount === 0 && (registers.SCR & SCR.SLEEPONEXIT) !== 0;
  if (sleep) state.requestExit(EXIT.sleep);
  const exception = state.words[W.IPSR]!;
  return { kind: "return", exception, unstackedWords: popped.words, cycles: popped.cycles, sleep };
}
