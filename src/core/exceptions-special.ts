import type { Exceptions } from "./exceptions.ts";
import { updateFPReady } from "./exceptions-fp.ts";
import { EXIT } from "./layout.ts";
import { CONTROL, W } from "./state.ts";

/** SYSm numbers of the special registers beyond the xPSR combinations. */
const SYSM = {
  MSP: 8,
  PSP: 9,
  PRIMASK: 16,
  BASEPRI: 17,
  BASEPRI_MAX: 18,
  FAULTMASK: 19,
  CONTROL: 20,
} as const;

/** The xPSR combinations: SYSm 0 to 7, bit 0 IPSR, bit 1 EPSR (reads 0), bit 2 without APSR. */
const readXPSR = (ex: Exceptions, SYSm: number): number =>
  ((SYSm & 1) !== 0 ? ex.state.words[W.IPSR]! : 0) | ((SYSm & 4) === 0 ? ex.state.apsr : 0);

/** MRS: the value of a special register, as an int32. @source Armv7-M ARM, "MRS" */
export function readSpecial(ex: Exceptions, SYSm: number): number {
  const { state } = ex;
  const w = state.words;
  if (SYSm < SYSM.MSP) return readXPSR(ex, SYSm) | 0;
  if (SYSm === SYSM.CONTROL) return w[W.CONTROL]!;
  if (!state.privileged) return 0;
  switch (SYSm) {
    case SYSM.MSP:
      return state.mainSP;
    case SYSM.PSP:
      return state.processSP;
    case SYSM.PRIMASK:
      return w[W.PRIMASK]!;
    case SYSM.BASEPRI:
    case SYSM.BASEPRI_MAX:
      return w[W.BASEPRI]!;
    case SYSM.FAULTMASK:
      return w[W.FAULTMASK]!;
    default:
      return 0; // UNPREDICTABLE
  }
}

function writeAPSR(ex: Exceptions, SYSm: number, mask: number, value: number): void {
  if ((SYSm & 4) !== 0) return;
  if ((mask & 1) !== 0) ex.state.setGE(value);
  if ((mask & 2) !== 0) ex.state.setNZCVQ(value);
}

/** Sets CONTROL; SPSEL is ignored in Handler mode and otherwise swaps the stack pointers. */
function writeControl(ex: Exceptions, value: number): void {
  const { state, config } = ex;
  const w = state.words;
  const before = w[W.CONTROL]!;
  const SPSEL = state.inHandlerMode ? before & CONTROL.SPSEL : value & CONTROL.SPSEL;
  const FPCA = config.hasFPU ? value & CONTROL.FPCA : 0;
  if (SPSEL !== (before & CONTROL.SPSEL)) {
    const sp = w[13]!;
    w[13] = w[W.otherSP]!;
    w[W.otherSP] = sp;
  }
  w[W.CONTROL] = (value & CONTROL.nPRIV) | SPSEL | FPCA;
  updateFPReady(ex);
  if (!state.privileged) ex.host.unprivileged?.();
}

function setMasks(ex: Exceptions, register: number, value: number): void {
  const w = ex.state.words;
  const BASEPRI = value & ex.table.priorityMask;
  switch (register) {
    case SYSM.PRIMASK:
      w[W.PRIMASK] = value & 1;
      break;
    case SYSM.BASEPRI:
      w[W.BASEPRI] = BASEPRI;
      break;
    case SYSM.BASEPRI_MAX:
      if (BASEPRI !== 0 && (BASEPRI < w[W.BASEPRI]! || w[W.BASEPRI] === 0)) w[W.BASEPRI] = BASEPRI;
      break;
    case SYSM.FAULTMASK:
      if ((value & 1) === 0) w[W.FAULTMASK] = 0;
      else if (ex.executionPriority() > -1) w[W.FAULTMASK] = 1;
      break;
    default: // UNPREDICTABLE: ignored
  }
  if (ex.table.pendingCount > 0) ex.state.requestExit(EXIT.interrupt);
}

/**
 * MSR: writes a special register. Unprivileged writes reach APSR only.
 * @param mask bit 1 writes the flags, bit 0 the GE bits, for the APSR forms
 * @source Armv7-M ARM, "MSR (register)"
 */
export function writeSpecial(ex: Exceptions, SYSm: number, mask: number, value: number): void {
  const { state } = ex;
  if (SYSm < SYSM.MSP) {
    writeAPSR(ex, SYSm, mask, value);
    return;
  }
  if (!state.privileged) return;
  const w = state.words;
  const sp = value & ~3;
  switch (SYSm) {
    case SYSM.MSP:
      state.mainSP = sp;
      if (sp >>> 0 < w[W.lowestMSP]! >>> 0) w[W.lowestMSP] = sp;
      break;
    case SYSM.PSP:
      state.processSP = sp;
      if (sp >>> 0 < w[W.lowestPSP]! >>> 0) w[W.lowestPSP] = sp;
      break;
    case SYSM.CONTROL:
      writeControl(ex, value);
      break;
    default:
      setMasks(ex, SYSm, value);
  }
}

/** CPSIE and CPSID; no effect unprivileged. @source Armv7-M ARM, "CPS" */
export function changeProcessorState(
  ex: Exceptions,
  disable: boolean,
  affectPRI: boolean,
  affectFAULT: boolean,
): void {
  if (!ex.state.privileged) return;
  const value = disable ? 1 : 0;
  if (affectPRI) setMasks(ex, SYSM.PRIMASK, value);
  if (affectFAULT) setMasks(ex, SYSM.FAULTMASK, value);
}
