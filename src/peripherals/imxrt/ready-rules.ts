import type { ReadyRules, Words } from "../ready.ts";

const DONE = 1 << 0;
/** A sequence has ended when it was started; what it reads is zeros, as without a memory. @source IMXRT1060RM "FlexSPI registers" */
export const FLEXSPI: ReadyRules = {
  0x00: { reset: 0xffff_80c2, startBits: 1 },
  0x14: { w1c: 0xffff_ffff },
  0xb0: {
    startBits: 1,
    write: (words: Words, written) => {
      if ((written & 1) !== 0) words.set(0x14, words.get(0x14) | DONE);
    },
  },
  0xb8: { startBits: 1 },
  0xbc: { startBits: 1 },
  0xe0: { reset: 0b11 },
};
/** No card is in the slot: a command ends with a time-out. @source IMXRT1060RM "uSDHC registers" */
export const USDHC: ReadyRules = {
  0x0c: {
    write: (words) => {
      words.set(0x30, words.get(0x30) | (1 << 16));
    },
  },
  0x24: { reset: 0x0080_8088 | (1 << 3) },
  0x2c: { reset: 0x0080_800f, startBits: 0x0f00_0000 },
  0x30: { w1c: 0xffff_ffff },
};
/** Resets are done; also the ENET of Kinetis. @source IMXRT1060RM, K64P144M120SF5RM "ENET registers" */
export const ENET: ReadyRules = {
  0x004: { w1c: 0xffff_ffff },
  0x024: { startBits: 1 },
  /** The PHY does not answer. */
  0x040: {
    write: (words) => {
      words.set(0x40, words.get(0x40) | 0xffff);
      words.set(0x004, words.get(0x004) | (1 << 23));
    },
  },
};
