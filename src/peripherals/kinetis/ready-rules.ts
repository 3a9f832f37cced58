import type { ReadyRules, Words } from "../ready.ts";

const set = (words: Words, offset: number, flags: number): void => {
  words.set(offset, words.get(offset) | flags);
};

const COCO = 1 << 7;
const OFF = 0x1f;
/** A conversion or calibration has ended when it was started, and gives half of full scale. @source K64P144M120SF5RM "ADC" */
export const ADC: ReadyRules = {
  0x00: {
    reset: OFF,
    write: (words) => {
      const channel = words.get(0) & ~COCO;
      words.set(0, (channel & OFF) === OFF ? channel : channel | COCO);
    },
  },
  0x04: { reset: OFF },
  0x10: {
    read: (words) => {
      words.set(0, words.get(0) & ~COCO);
      return [0x80, 0x800, 0x200, 0x8000][(words.get(0x08) >>> 2) & 3] ?? 0;
    },
  },
  0x24: {
    startBits: 1 << 7,
    write: (words, written) => {
      if ((written & (1 << 7)) !== 0) set(words, 0x00, COCO);
    },
  },
};

const DSPI_SR = 0x2c;
const [TCF, TXRXS, EOQF, TFFF, RFDF] = [0x8000_0000, 1 << 30, 1 << 28, 1 << 25, 1 << 17];
/** A frame has been sent when it was pushed, and what was received is all ones. @source K64P144M120SF5RM "SPI (DSPI)" */
export const DSPI: ReadyRules = {
  0x00: { reset: 0x0000_4001, startBits: 0b11 << 10 },
  0x0c: { reset: 0x7800_0000 },
  0x10: { reset: 0x7800_0000 },
  [DSPI_SR]: {
    reset: TFFF,
    w1c: 0x9a0a_0000,
    read: (words) => (words.get(DSPI_SR) | TFFF | ((words.get(0) & 1) === 0 ? TXRXS : 0)) >>> 0,
  },
  0x34: {
    write: (words, written) => {
      set(words, DSPI_SR, TCF | RFDF | (1 << 4) | ((written & (1 << 27)) !== 0 ? EOQF : 0));
    },
  },
  0x38: {
    read: (words) => {
      words.set(DSPI_SR, words.get(DSPI_SR) & ~0xf0);
      return 0xffff >>> (15 - ((words.get(0x0c) >>> 27) & 0xf));
    },
  },
};

/** First number; the same on every run. */
const SEED = 0x6c07_8965;
/** A number is always there; they follow from a fixed seed. @source K64P144M120SF5RM "RNGA" */
export const RNGA: ReadyRules = {
  0x04: { reset: 0x0001_0100 },
  0x0c: {
    reset: SEED,
    read: (words) => {
      let state = words.get(0x0c);
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words.set(0x0c, state);
      return state >>> 0;
    },
  },
};
