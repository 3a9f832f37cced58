import { EXCEPTION } from "../../core/exceptions-priority.ts";
import { CCR } from "../../core/exceptions-registers.ts";
import type { Exceptions } from "../../core/exceptions.ts";
import type { WordRegister, WordRegisters } from "./word-registers.ts";

/** Offsets in the system control space. @source Armv7-M ARM, "NVIC register summary" */
export const NVIC = {
  ICTR: 0x004,
  ISER: 0x100,
  ICER: 0x180,
  ISPR: 0x200,
  ICPR: 0x280,
  IABR: 0x300,
  IPR: 0x400,
  STIR: 0xf00,
} as const;

type Bit = (exception: number) => boolean;

/** The word of 32 interrupts that starts at `first`. */
function gather(ex: Exceptions, first: number, bit: Bit): number {
  let word = 0;
  for (let i = 0; i < 32 && first + i < ex.table.count; i++) if (bit(first + i)) word |= 1 << i;
  return word >>> 0;
}

/** A register whose written ones act on interrupts. */
function bitRegister(
  ex: Exceptions,
  index: number,
  bit: Bit,
  act?: (exception: number) => void,
): WordRegister {
  const first = EXCEPTION.IRQ0 + 32 * index;
  const write = (value: number): void => {
    for (let i = 0; i < 32 && first + i < ex.table.count; i++) {
      if ((value & (1 << i)) !== 0) act?.(first + i);
    }
  };
  return { read: () => gather(ex, first, bit), write, zeroIsNeutral: true };
}

/** Four priorities in one word. */
export function priorityRegister(ex: Exceptions, first: number, isSettable: Bit): WordRegister {
  const lanes = [0, 1, 2, 3];
  const settable = lanes.filter((i) => isSettable(first + i));
  return {
    read: () => settable.reduce((word, i) => word | (ex.table.priority(first + i) << (8 * i)), 0) >>> 0,
    write: (value) => {
      for (const i of settable) ex.setPriority(first + i, (value >>> (8 * i)) & 0xff);
    },
  };
}

/** Adds the registers of the interrupt controller to the system control space. */
export function addNVIC(scs: WordRegisters, ex: Exceptions): void {
  const { table } = ex;
  const enabled: Bit = (exception) => table.enabled[exception] === 1;
  const pending: Bit = (exception) => table.isPending(exception);
  const words = Math.ceil(ex.config.irqCount / 32);
  scs.add(NVIC.ICTR, { read: () => Math.max(0, words - 1) });
  scs.addArray(NVIC.ISER, words, (i) => bitRegister(ex, i, enabled, (irq) => ex.setEnabled(irq, true)));
  scs.addArray(NVIC.ICER, words, (i) => bitRegister(ex, i, enabled, (irq) => ex.setEnabled(irq, false)));
  scs.addArray(NVIC.ISPR, words, (i) => bitRegister(ex, i, pending, (irq) => ex.setPending(irq)));
  scs.addArray(NVIC.ICPR, words, (i) => bitRegister(ex, i, pending, (irq) => ex.clearPending(irq)));
  scs.addArray(NVIC.IABR, words, (i) => bitRegister(ex, i, (irq) => table.isActive(irq)));
  scs.addArray(NVIC.IPR, Math.ceil(ex.config.irqCount / 4), (i) =>
    priorityRegister(ex, EXCEPTION.IRQ0 + 4 * i, (irq) => irq < table.count),
  );
  scs.add(NVIC.STIR, {
    write: (value) => {
      const exception = EXCEPTION.IRQ0 + (value & 0x1ff);
      if (exception < table.count) ex.setPending(exception);
    },
    zeroIsNeutral: true,
  });
}

/** STIR may be written unprivileged while CCR.USERSETMPEND is set. */
export const stirIsOpen = (ex: Exceptions): boolean => (ex.registers.CCR & CCR.USERSETMPEND) !== 0;
