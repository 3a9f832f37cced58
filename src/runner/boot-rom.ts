import { W } from "../core/state.ts";
import type { Machine } from "./machine.ts";

/** Image vector table, behind the flash configuration block at the start of the FlexSPI flash. */
const IVT = 0x6000_1000;
/** Tag and length of its header; the version in the top byte varies. @source IMXRT1060RM "Image Vector Table" */
const IVT_TAG = 0x20_00d1;
const IVT_MASK = 0xff_ffff;

/** Stack of the boot ROM, in OCRAM: an estimate, firmware that starts by address sets its own. */
const ROM_STACK = 0x2020_8000;

/**
 * What the boot ROM of i.MX RT does for an image in FlexSPI flash: it takes the entry from the image vector table, which
 * is the address of a vector table (NXP's) or of a function (PJRC's), and starts there. Without an image vector table (a
 * program linked to ITCM), the core starts from address 0, and the answer is false.
 */
export function startThroughBootRom(machine: Machine): boolean {
  const { board, bus, state, exceptions } = machine;
  if (!board.mcu.startsWith("MIMXRT10")) return false;
  if (((bus.peek(IVT, 4) ?? 0) & IVT_MASK) !== IVT_TAG) return false;
  const entry = (bus.peek(IVT + 4, 4) ?? 0) >>> 0;
  const isFunction = (entry & 1) === 1;
  const sp = isFunction ? ROM_STACK : bus.peek(entry, 4);
  const start = isFunction ? entry : bus.peek((entry + 4) >>> 0, 4);
  if (sp === undefined || start === undefined || (start & 1) === 0) return false;
  if (!isFunction) exceptions.registers.VTOR = entry;
  exceptions.lockup = undefined;
  const w = state.words;
  w[13] = sp & ~3;
  w[W.lowestMSP] = w[13];
  w[15] = start & ~1;
  w[W.exit] = 0;
  state.fault = undefined;
  return true;
}
