import type { ReadyRegister, ReadyRules, Words } from "../ready.ts";

/** Sets `flags` in the word at `offset` for good. */
const set = (words: Words, offset: number, flags: number): void => {
  words.set(offset, words.get(offset) | flags);
};
const clear = (words: Words, offset: number, flags: number): void => {
  words.set(offset, words.get(offset) & ~flags);
};

const AHB_IDLE = 0x8000_0000;
/** GRSTCTL resets and flushes are done, the AHB master is idle; the mode follows what GUSBCFG forces. @source RM0090, RM0385, RM0433 "OTG_FS/OTG_HS registers" */
export const OTG: ReadyRules = {
  0x00c: { reset: 0x0000_1440 },
  0x010: { startBits: 0x0000_0037, read: (w) => (w.get(0x10) | AHB_IDLE) >>> 0 },
  0x014: { reset: 0x0400_0020, w1c: 0xf030_fc0a, read: (w) => readGINTSTS(w) },
  0x024: { reset: 0x0000_0200 },
};
const readGINTSTS = (words: Words): number => (words.get(0x14) & ~1) | ((words.get(0x0c) >>> 29) & 1);

/**
 * LAN8742A of the NUCLEO-144 boards and STM32F746G-DISCO at address 0, without a cable: no link.
 * @source LAN8742A data sheet, "PHY registers"
 */
const PHY: Readonly<Record<number, number>> = {
  0: 0x3100,
  1: 0x7809,
  2: 0x0007,
  3: 0xc131,
  4: 0x01e1,
  18: 0x60e0,
};
const phy = (address: number, register: number): number => (address === 0 ? (PHY[register] ?? 0) : 0xffff);

/** @source RM0090, RM0385 "Ethernet: MAC and DMA registers" */
export const ETH: ReadyRules = {
  0x0010: {
    write: (words) => {
      const command = words.get(0x10);
      words.set(0x10, command & ~1);
      const isRead = (command & 0b11) === 0b01;
      if (isRead) words.set(0x14, phy((command >>> 11) & 0x1f, (command >>> 6) & 0x1f));
    },
  },
  0x1000: { reset: 0x0002_0100, startBits: 1 },
  0x1018: { startBits: 1 << 20 },
};
/** @source RM0433 "Ethernet: MAC, MTL and DMA registers" */
export const ETH_H7: ReadyRules = {
  0x0200: {
    write: (words) => {
      const command = words.get(0x200);
      words.set(0x200, command & ~1);
      const isRead = (command & 0b1101) === 0b1101;
      if (isRead) words.set(0x204, phy((command >>> 21) & 0x1f, (command >>> 16) & 0x1f));
    },
  },
  0x0d00: { startBits: 1 },
  0x1000: { startBits: 1 },
};

/** A command has ended when it was written, and its data are zeros: no memory is modelled. @source RM0385, RM0390 "QUADSPI registers" */
export const QUADSPI: ReadyRules = {
  0x00: { startBits: 1 << 1 },
  0x08: { reset: 0x0000_0004 },
  0x0c: { write: (words, written) => clear(words, 0x08, written & 0b1_1011) },
  0x14: { write: (words) => set(words, 0x08, 1 << 1) },
  0x18: { write: (words) => set(words, 0x08, 1 << 1) },
};
/** @source RM0432 "OCTOSPI registers" */
export const OCTOSPI: ReadyRules = {
  0x000: { startBits: 1 << 1 },
  0x020: { reset: 0x0000_0004 },
  0x024: { write: (words, written) => clear(words, 0x20, written & 0b1_1011) },
  0x048: { write: (words) => set(words, 0x20, 1 << 1) },
  0x110: { write: (words) => set(words, 0x20, 1 << 1) },
};

const COMMAND_SENT = 1 << 7;
const RESPONSE_TIMEOUT = 1 << 2;
/** No card is in the slot: a command that wants a response times out. `enable` and `response` are bits of CMD. */
const cardless = (enable: number, response: number): ReadyRules => ({
  0x0c: {
    write: (words, written) => {
      if ((written & enable) !== 0)
        set(words, 0x34, (written & response) === 0 ? COMMAND_SENT : RESPONSE_TIMEOUT);
    },
  },
  0x38: { write: (words, written) => clear(words, 0x34, written) },
});
/** @source RM0090 "SDIO", RM0385, RM0351 "SDMMC registers" */
export const SDIO = cardless(1 << 10, 0xc0);
/** @source RM0433, RM0432 "SDMMC registers" */
export const SDMMC = cardless(1 << 12, 0x300);

/** INAK and SLAK follow their requests; the mailboxes are empty. @source RM0090, RM0385, RM0351 "bxCAN registers" */
export const CAN: ReadyRules = {
  0x00: { reset: 0x0001_0002, startBits: 1 << 15 },
  0x04: { reset: 0x0000_0c02, w1c: 0x1c, read: (w) => (w.get(0x04) & ~0b11) | (w.get(0x00) & 0b11) },
  0x08: { reset: 0x1c00_0000, w1c: 0x000f_0f0f },
};

/** The low-power clock domain has taken what was written to ARR and CMP. @source RM0385, RM0351, RM0433 "LPTIM registers" */
export const LPTIM: ReadyRules = {
  0x04: { write: (words, written) => clear(words, 0x00, written) },
  0x14: { write: (words) => set(words, 0x00, 1 << 3) },
  0x18: { reset: 1, write: (words) => set(words, 0x00, 1 << 4) },
};

const TIMING = 0x18;
/** Shadow registers are loaded at once. @source RM0385, RM0433 "LTDC registers" */
export const LTDC: ReadyRules = {
  [TIMING]: { reset: 0x0000_2220 },
  0x24: { startBits: 0b11 },
  0x48: { reset: 0x0000_000f },
};

const SEMAPHORES = 32;
const LOCK = 0x8000_0000;
/** CoreID of the only core. @source RM0433 "HSEM" */
const CORE = 0x300;
/** Semaphores of one core: free until it takes them, and given back when it writes them without LOCK. @source RM0433, RM0455 "HSEM registers" */
export const HSEM: ReadyRules = Object.fromEntries(
  Array.from({ length: SEMAPHORES }, (_, n): [number, ReadyRegister][] => [
    [4 * n, { write: (words) => words.set(4 * n, (words.get(4 * n) & LOCK) === 0 ? 0 : words.get(4 * n)) }],
    [0x80 + 4 * n, { read: (words) => take(words, 4 * n) }],
  ]).flat(),
);
const take = (words: Words, offset: number): number => {
  if ((words.get(offset) & LOCK) === 0) words.set(offset, (LOCK | CORE) >>> 0);
  return words.get(offset);
};

/** A transfer has ended when it was started, and no pixel was moved. @source RM0385, RM0433 "DMA2D registers" */
export const DMA2D: ReadyRules = {
  0x00: {
    startBits: 1,
    write: (words, written) => {
      if ((written & 1) !== 0) set(words, 0x04, 1 << 1);
    },
  },
  0x08: { write: (words, written) => clear(words, 0x04, written) },
};
