import { FAULTS, type Fault } from "../core/fault.ts";
import type { Lockup } from "../core/exceptions-host.ts";
import { W } from "../core/state.ts";
import { assertNever } from "../errors.ts";
import type { FaultInfo, StopInfo } from "./counters.ts";
import type { Machine } from "./machine.ts";
import { describeAddress } from "./symbols.ts";

const hex = (n: number): string => `0x${(n >>> 0).toString(16).padStart(8, "0")}`;

/** What each fault means, for people. */
const MEANING: Readonly<Record<keyof typeof FAULTS, string>> = {
  IACCVIOL: "execution where it is not allowed",
  DACCVIOL: "data access where it is not allowed",
  MUNSTKERR: "unstacking where it is not allowed",
  MSTKERR: "stacking where it is not allowed",
  MLSPERR: "lazy FP stacking where it is not allowed",
  IBUSERR: "execution where there is no memory",
  PRECISERR: "access to an address with nothing behind it",
  IMPRECISERR: "store to an address with nothing behind it",
  UNSTKERR: "unstacking from an address with nothing behind it",
  STKERR: "stacking to an address with nothing behind it: the stack has run off its memory",
  LSPERR: "lazy FP stacking to an address with nothing behind it",
  UNDEFINSTR: "undefined instruction",
  INVSTATE: "jump to an address without the Thumb bit",
  INVPC: "exception return that is not valid",
  NOCP: "coprocessor or FPU instruction without access to it (is CPACR set?)",
  UNALIGNED: "unaligned access",
  DIVBYZERO: "division by zero",
  VECTTBL: "vector table that cannot be read",
  DEBUGEVT: "BKPT without a debugger",
};

/** How the run ended, in words, with the process's exit code. */
export function describeStop(machine: Machine): StopInfo {
  const pc = machine.state.words[15]! >>> 0;
  const symbol = describeAddress(machine.image, pc);
  const at = { pc, ...(symbol === undefined ? {} : { symbol }) };
  const here = symbol === undefined ? hex(pc) : `${hex(pc)} in ${symbol}`;
  const { stop } = machine;
  if (stop === undefined) return { reason: "interrupted", exitCode: 0, message: `stopped at ${here}`, ...at };
  switch (stop.reason) {
    case "exit":
      return {
        reason: "exit",
        exitCode: stop.exitCode,
        message: `firmware exited with code ${stop.exitCode}`,
        ...at,
      };
    case "breakpoint": {
      const inFault = machine.inFaultHandler;
      const message = `breakpoint ${stop.imm} at ${here}${inFault ? `, in a fault handler: ${faultText(machine)}` : ""}`;
      return { reason: "breakpoint", exitCode: inFault ? 4 : 0, message, ...at };
    }
    case "condition":
      return { reason: "condition", exitCode: stop.failed ? 3 : 0, message: stop.what, ...at };
    case "fault":
      return {
        reason: "fault",
        exitCode: 4,
        message: `${faultText(machine)}; the handler at ${here} only loops`,
        ...at,
      };
    case "lockup":
      return { reason: "lockup", exitCode: 4, message: lockupText(machine, stop.lockup), ...at };
    case "limit":
      return { reason: "limit", exitCode: 5, message: `limit reached: ${stop.what}, at ${here}`, ...at };
    case "idle":
      return {
        reason: "condition",
        exitCode: 0,
        message: `idle: nothing is left that could wake the core, at ${here}`,
        ...at,
      };
    case "interrupted":
      return { reason: "interrupted", exitCode: 130, message: `interrupted at ${here}`, ...at };
    default:
      return assertNever(stop);
  }
}

/** The faults that the run kept, in words. */
export function describeFaults(machine: Machine): readonly FaultInfo[] {
  return machine.parts.faults.map(({ fault, pc, cycle }) => {
    const symbol = describeAddress(machine.image, pc);
    const { kind, address } = fault;
    return {
      kind,
      cycle,
      pc,
      ...(symbol === undefined ? {} : { symbol }),
      ...(address === undefined ? {} : { address }),
      message: faultLine(machine, fault, pc),
    };
  });
}

function faultLine(machine: Machine, { kind, address }: Fault, pc: number): string {
  const symbol = describeAddress(machine.image, pc);
  const place = symbol === undefined ? hex(pc) : `${hex(pc)} in ${symbol}`;
  const accessed = address === undefined ? "" : ` (${hex(address)})`;
  const overrun =
    address !== undefined && isNearStack(machine, address) ? ": the stack has run off its memory" : "";
  return `${place}: ${MEANING[kind]}${accessed}${overrun} [${kind}]`;
}

/** A fault this close to the lowest stack pointer came from an access to the stack, in bytes. */
const NEAR_STACK = 256;

function isNearStack({ state }: Machine, address: number): boolean {
  return [W.lowestMSP, W.lowestPSP].some((n) => Math.abs(address - (state.words[n]! >>> 0)) < NEAR_STACK);
}

function faultText(machine: Machine): string {
  const first = machine.parts.faults.at(-1);
  return first === undefined ? "fault" : faultLine(machine, first.fault, first.pc);
}

function lockupText(machine: Machine, { cause, pc }: Lockup): string {
  // The fault that began it is more to the point than the one that could not be taken any more.
  const first = machine.parts.faults[0];
  if (first !== undefined) return `lockup after ${faultLine(machine, first.fault, first.pc)}`;
  if (cause === "SVC") return `lockup: SVC at ${hex(pc)} where it cannot be taken`;
  return `lockup: ${faultLine(machine, cause, pc)}`;
}
