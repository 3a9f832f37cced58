import { W, type CpuState } from "./state.ts";

/**
 * The local exclusive monitor. The reservation granule is the whole of memory, as on cores with a one-master local
 * monitor: a STREX succeeds while the monitor is open, to whatever address.
 * @source Armv7-M ARM, "Synchronization and semaphores"; DDI0439 and DDI0489 "Exclusive monitor"
 */
export function setExclusiveMonitors(state: CpuState, address: number): void {
  state.words[W.exclusiveOpen] = 1;
  state.words[W.exclusiveAddress] = address;
}

/** STREX: whether the store may be done; the monitor is closed either way. */
export function exclusiveMonitorsPass(state: CpuState): boolean {
  const open = state.words[W.exclusiveOpen] === 1;
  state.words[W.exclusiveOpen] = 0;
  return open;
}

/** CLREX, exception entry and return. */
export function clearExclusiveLocal(state: CpuState): void {
  state.words[W.exclusiveOpen] = 0;
}
