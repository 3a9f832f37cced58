import { EXCEPTION } from "../../core/exceptions-priority.ts";
import { CCR, SCR } from "../../core/exceptions-registers.ts";
import type { Exceptions } from "../../core/exceptions.ts";
import { EXIT } from "../../core/layout.ts";
import { W } from "../../core/state.ts";
import type { CortexMConfig, CortexMHooks } from "./config.ts";
import { priorityRegister } from "./nvic.ts";
import type { WordRegister, WordRegisters } from "./word-registers.ts";

/** Offsets in the system control space. @source Armv7-M ARM, "System control and ID register summary" */
export const SCB = {
  CPUID: 0xd00,
  ICSR: 0xd04,
  VTOR: 0xd08,
  AIRCR: 0xd0c,
  SCR: 0xd10,
  CCR: 0xd14,
  SHPR1: 0xd18,
  SHCSR: 0xd24,
  CFSR: 0xd28,
  HFSR: 0xd2c,
  DFSR: 0xd30,
  MMFAR: 0xd34,
  BFAR: 0xd38,
  AFSR: 0xd3c,
  CPACR: 0xd88,
} as const;

export const ICSR = {
  RETTOBASE: 1 << 11,
  ISRPENDING: 1 << 22,
  PENDSTCLR: 1 << 25,
  PENDSTSET: 1 << 26,
  PENDSVCLR: 1 << 27,
  PENDSVSET: 1 << 28,
  NMIPENDSET: 1 << 31,
} as const;
const AIRCR = { VECTRESET: 1, SYSRESETREQ: 4, VECTKEY: 0x05fa, VECTKEYSTAT: 0xfa05 } as const;
const CPUID_R0P1 = { "cortex-m4": 0x410f_c241, "cortex-m7": 0x410f_c271 } as const;

/** Bits of SHCSR by exception. @source Armv7-M ARM, "System Handler Control and State Register, SHCSR" */
const SHCSR = {
  active: [
    [EXCEPTION.MemManage, 0],
    [EXCEPTION.BusFault, 1],
    [EXCEPTION.UsageFault, 3],
    [EXCEPTION.SVCall, 7],
    [EXCEPTION.DebugMonitor, 8],
    [EXCEPTION.PendSV, 10],
    [EXCEPTION.SysTick, 11],
  ],
  pending: [
    [EXCEPTION.UsageFault, 12],
    [EXCEPTION.MemManage, 13],
    [EXCEPTION.BusFault, 14],
    [EXCEPTION.SVCall, 15],
  ],
  enabled: [
    [EXCEPTION.MemManage, 16],
    [EXCEPTION.BusFault, 17],
    [EXCEPTION.UsageFault, 18],
  ],
} as const;

/** VECTPENDING: the exception that is next but for active ones and PRIMASK. */
function vectPending(ex: Exceptions): number {
  const w = ex.state.words;
  const { PRIGROUP } = ex.registers;
  const next = ex.table.highestPending();
  const priority = ex.table.group(ex.table.priority(next), PRIGROUP);
  const BASEPRI = w[W.BASEPRI]!;
  const masked = BASEPRI !== 0 && priority >= ex.table.group(BASEPRI, PRIGROUP);
  return masked || (w[W.FAULTMASK] !== 0 && priority >= -1) ? 0 : next;
}

function readICSR(ex: Exceptions): number {
  const { table } = ex;
  const active = ex.state.words[W.IPSR]!;
  const isPending = (exception: number, bit: number): number => (table.isPending(exception) ? bit : 0);
  let value = active | (vectPending(ex) << 12);
  if (active !== 0 && table.activeCount <= 1) value |= ICSR.RETTOBASE;
  for (let i = EXCEPTION.IRQ0; i < table.count; i++) value |= isPending(i, ICSR.ISRPENDING);
  value |= isPending(EXCEPTION.SysTick, ICSR.PENDSTSET) | isPending(EXCEPTION.PendSV, ICSR.PENDSVSET);
  return value | isPending(EXCEPTION.NMI, ICSR.NMIPENDSET);
}

function writeICSR(ex: Exceptions, value: number): void {
  if ((value & ICSR.NMIPENDSET) !== 0) ex.setPending(EXCEPTION.NMI);
  if ((value & ICSR.PENDSVSET) !== 0) ex.setPending(EXCEPTION.PendSV);
  if ((value & ICSR.PENDSVCLR) !== 0) ex.clearPending(EXCEPTION.PendSV);
  if ((value & ICSR.PENDSTSET) !== 0) ex.setPending(EXCEPTION.SysTick);
  if ((value & ICSR.PENDSTCLR) !== 0) ex.clearPending(EXCEPTION.SysTick);
}

function writeAIRCR(ex: Exceptions, value: number, hooks: CortexMHooks): void {
  if (value >>> 16 !== AIRCR.VECTKEY) return;
  ex.registers.PRIGROUP = (value >>> 8) & 7;
  ex.priorityChanged();
  // VECTCLRACTIVE and VECTRESET are for a debugger in Debug state; a running VECTRESET is UNPREDICTABLE and resets here.
  if ((value & (AIRCR.SYSRESETREQ | AIRCR.VECTRESET)) !== 0) hooks.resetRequested();
}

function readSHCSR(ex: Exceptions): number {
  const { table } = ex;
  let value = 0;
  for (const [exception, bit] of SHCSR.active) if (table.isActive(exception)) value |= 1 << bit;
  for (const [exception, bit] of SHCSR.pending) if (table.isPending(exception)) value |= 1 << bit;
  for (const [exception, bit] of SHCSR.enabled) if (table.enabled[exception] === 1) value |= 1 << bit;
  return value;
}

/** Active and pending bits are writable too, for operating systems that restore a context. */
function writeSHCSR(ex: Exceptions, value: number): void {
  const has = (bit: number): boolean => (value & (1 << bit)) !== 0;
  for (const [exception, bit] of SHCSR.active) ex.table.setActive(exception, has(bit));
  for (const [exception, bit] of SHCSR.pending) {
    if (has(bit)) ex.setPending(exception);
    else ex.table.setPending(exception, false);
  }
  for (const [exception, bit] of SHCSR.enabled) ex.setEnabled(exception, has(bit));
  ex.priorityChanged();
}

function writeCCR(ex: Exceptions, value: number, config: CortexMConfig, hooks: CortexMHooks): void {
  const { registers } = ex;
  const before = registers.CCR;
  const caches = (config.icacheBytes > 0 ? CCR.IC : 0) | (config.dcacheBytes > 0 ? CCR.DC : 0);
  const common = CCR.NONBASETHRDENA | CCR.USERSETMPEND | CCR.UNALIGN_TRP | CCR.DIV_0_TRP | CCR.BFHFNMIGN;
  const isM7 = config.core === "cortex-m7";
  // On the M7 STKALIGN and BP read as one.
  const writable = common | (isM7 ? caches : CCR.STKALIGN);
  registers.CCR = (before & ~writable) | (value & writable);
  const changed = before ^ registers.CCR;
  if (changed !== 0) ex.state.requestExit(EXIT.retranslate);
  if ((changed & caches) !== 0) {
    hooks.cachesEnabled((registers.CCR & CCR.IC) !== 0, (registers.CCR & CCR.DC) !== 0);
  }
}

/** A fault status register: writing ones clears. */
function statusRegister(get: () => number, set: (value: number) => void): WordRegister {
  return { read: get, write: (value) => set(get() & ~value), zeroIsNeutral: true };
}

function addFaultRegisters(scs: WordRegisters, ex: Exceptions): void {
  const r = ex.registers;
  scs.add(
    SCB.CFSR,
    statusRegister(
      () => r.CFSR,
      (value) => (r.CFSR = value),
    ),
  );
  scs.add(
    SCB.HFSR,
    statusRegister(
      () => r.HFSR,
      (value) => (r.HFSR = value),
    ),
  );
  scs.add(
    SCB.DFSR,
    statusRegister(
      () => r.DFSR,
      (value) => (r.DFSR = value),
    ),
  );
  scs.add(SCB.MMFAR, { read: () => r.MMFAR, write: (value) => (r.MMFAR = value) });
  scs.add(SCB.BFAR, { read: () => r.BFAR, write: (value) => (r.BFAR = value) });
  scs.add(SCB.AFSR, {}); // no implementation-defined faults
}

/** Adds the system control block. */
export function addSCB(scs: WordRegisters, ex: Exceptions, config: CortexMConfig, hooks: CortexMHooks): void {
  const r = ex.registers;
  const cpuid = config.cpuid ?? CPUID_R0P1[config.core];
  scs.add(SCB.CPUID, { read: () => cpuid });
  scs.add(SCB.ICSR, {
    read: () => readICSR(ex),
    write: (value) => writeICSR(ex, value),
    zeroIsNeutral: true,
  });
  scs.add(SCB.VTOR, { read: () => r.VTOR, write: (value) => (r.VTOR = (value & ~0x7f) >>> 0) });
  scs.add(SCB.AIRCR, {
    read: () => ((AIRCR.VECTKEYSTAT << 16) | (r.PRIGROUP << 8)) >>> 0,
    write: (value) => writeAIRCR(ex, value, hooks),
    zeroIsNeutral: true,
  });
  const SCR_BITS = SCR.SLEEPONEXIT | SCR.SLEEPDEEP | SCR.SEVONPEND;
  scs.add(SCB.SCR, { read: () => r.SCR, write: (value) => (r.SCR = value & SCR_BITS) });
  scs.add(SCB.CCR, { read: () => r.CCR, write: (value) => writeCCR(ex, value, config, hooks) });
  const configurable: readonly number[] = [
    EXCEPTION.MemManage,
    EXCEPTION.BusFault,
    EXCEPTION.UsageFault,
    EXCEPTION.SVCall,
    EXCEPTION.DebugMonitor,
    EXCEPTION.PendSV,
    EXCEPTION.SysTick,
  ];
  scs.addArray(SCB.SHPR1, 3, (i) => priorityRegister(ex, 4 + 4 * i, (each) => configurable.includes(each)));
  scs.add(SCB.SHCSR, { read: () => readSHCSR(ex), write: (value) => writeSHCSR(ex, value) });
  addFaultRegisters(scs, ex);
  // CP10 and CP11 only; the other coprocessors are not there.
  const CP10_CP11 = config.fpu === "none" ? 0 : 0x00f0_0000;
  scs.add(SCB.CPACR, {
    read: () => r.CPACR,
    write: (value) => {
      r.CPACR = value & CP10_CP11;
      ex.fpAccessChanged();
    },
  });
}
