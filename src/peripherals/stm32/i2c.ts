import { RegisterPeripheral } from "../register-peripheral.ts";
import { readOnly, storage } from "../registers.ts";

const hex = (n: number): string => `0x${n.toString(16).padStart(2, "0")}`;
/** Start condition, address, direction and the acknowledge that does not come. */
const ADDRESS_BITS = 10;

const CR1 = { PE: 1 << 0, NACKIE: 1 << 4, STOPIE: 1 << 5 } as const;
const CR2 = { START: 1 << 13, STOP: 1 << 14 } as const;
const ISR = { TXE: 1 << 0, NACKF: 1 << 4, STOPF: 1 << 5, BUSY: 1 << 15 } as const;

/**
 * I2C of F7, L4 and H7 as a master on a bus with nobody else: no address is acknowledged, and the report says which
 * were called. Not modelled: the slave's side, SMBus, DMA.
 * @source RM0385, RM0351, RM0433 "I2C registers", "I2C master mode"
 */
export class Stm32I2c extends RegisterPeripheral {
  protected readonly r = this.define({
    CR1: { offset: 0x00, rw: 0x00ff_dfff, write: () => this.#writeCR1() },
    CR2: { offset: 0x04, rw: 0x07ff_ffff, write: (value, previous) => this.#writeCR2(value & ~previous) },
    OAR1: storage(0x08),
    OAR2: storage(0x0c),
    TIMINGR: storage(0x10),
    TIMEOUTR: storage(0x14),
    ISR: { offset: 0x18, reset: ISR.TXE, rw: 0 },
    ICR: { offset: 0x1c, writeOnly: true, write: (bits) => this.#clear(bits & 0x3f38) },
    PECR: readOnly(0x20),
    RXDR: readOnly(0x24),
    TXDR: storage(0x28, 0, 0xff),
  });
  readonly #addressed = this.alarm(() => this.#refuse());

  override reset(): void {
    super.reset();
    this.#updateIrq();
  }

  #writeCR1(): void {
    if (!this.r.CR1.has(CR1.PE)) {
      this.#addressed.clear();
      this.r.ISR.reset();
      this.r.CR2.clearBits(CR2.START | CR2.STOP);
    }
    this.#updateIrq();
  }
  #writeCR2(set: number): void {
    if (!this.r.CR1.has(CR1.PE)) return;
    if ((set & CR2.STOP) !== 0 && !this.#addressed.pending) this.r.CR2.clearBits(CR2.STOP);
    if ((set & CR2.START) === 0 || this.#addressed.pending) return;
    this.r.ISR.setBits(ISR.BUSY);
    this.#addressed.afterSeconds(ADDRESS_BITS * this.#bitSeconds());
  }
  /** Without an acknowledge a master sends the stop condition by itself. */
  #refuse(): void {
    this.notice(`nobody answers at address ${hex(this.r.CR2.bits(1, 7))}: the bus is empty`);
    this.r.CR2.clearBits(CR2.START | CR2.STOP);
    this.r.ISR.clearBits(ISR.BUSY);
    this.r.ISR.setBits(ISR.NACKF | ISR.STOPF);
    this.#updateIrq();
  }
  #clear(flags: number): void {
    this.r.ISR.clearBits(flags);
    this.#updateIrq();
  }
  #bitSeconds(): number {
    const { TIMINGR: timing } = this.r;
    const clocks = (timing.bits(28, 4) + 1) * (timing.bits(0, 8) + timing.bits(8, 8) + 2);
    return clocks / this.context.clocks.hz(this.config.clock ?? "core");
  }
  #updateIrq(): void {
    const { CR1: cr1, ISR: isr } = this.r;
    const nack = isr.has(ISR.NACKF) && cr1.has(CR1.NACKIE);
    this.irq("ev", nack || (isr.has(ISR.STOPF) && cr1.has(CR1.STOPIE)));
  }
}

const F4_CR1 = { PE: 1 << 0, START: 1 << 8, STOP: 1 << 9, SWRST: 1 << 15 } as const;
const F4_CR2 = { ITERREN: 1 << 8, ITEVTEN: 1 << 9 } as const;
const SR1 = { SB: 1 << 0, AF: 1 << 10 } as const;
const SR2 = { MSL: 1 << 0, BUSY: 1 << 1 } as const;

/**
 * I2C of F4 as a master on a bus with nobody else: no address is acknowledged, and the report says which were called.
 * Not modelled: the slave's side, SMBus, DMA. @source RM0090, RM0390 "I2C registers", "I2C master mode"
 */
export class Stm32F4I2c extends RegisterPeripheral {
  protected readonly r = this.define({
    CR1: { offset: 0x00, rw: 0xbffb, write: (value) => this.#writeCR1(value) },
    CR2: { offset: 0x04, rw: 0x1f3f, write: () => this.#updateIrq() },
    OAR1: storage(0x08),
    OAR2: storage(0x0c),
    DR: { offset: 0x10, rw: 0xff, write: (value) => this.#writeDR(value) },
    SR1: { offset: 0x14, rw: 0, w0c: 0xdf00, write: () => this.#updateIrq() },
    SR2: readOnly(0x18),
    CCR: storage(0x1c),
    TRISE: storage(0x20, 2),
    FLTR: storage(0x24),
  });
  readonly #started = this.alarm(() => {
    this.r.CR1.clearBits(F4_CR1.START);
    this.r.SR1.setBits(SR1.SB);
    this.r.SR2.setBits(SR2.MSL | SR2.BUSY);
    this.#updateIrq();
  });
  readonly #refused = this.alarm(() => {
    this.notice(`nobody answers at address ${hex(this.r.DR.bits(1, 7))}: the bus is empty`);
    this.r.SR1.setBits(SR1.AF);
    this.#updateIrq();
  });
  readonly #stopped = this.alarm(() => {
    this.r.CR1.clearBits(F4_CR1.STOP);
    this.r.SR2.clearBits(SR2.MSL | SR2.BUSY);
  });

  override reset(): void {
    super.reset();
    this.#updateIrq();
  }

  #writeCR1(value: number): void {
    if ((value & F4_CR1.SWRST) !== 0) {
      this.reset();
      this.r.CR1.value = F4_CR1.SWRST;
    } else if ((value & F4_CR1.PE) === 0) {
      for (const alarm of [this.#started, this.#refused, this.#stopped]) alarm.clear();
      this.r.CR1.clearBits(F4_CR1.START | F4_CR1.STOP);
      this.r.SR1.reset();
      this.r.SR2.reset();
    } else {
      const bit = this.#bitSeconds();
      if ((value & F4_CR1.START) !== 0 && !this.#started.pending) this.#started.afterSeconds(bit);
      if ((value & F4_CR1.STOP) !== 0 && !this.#stopped.pending) this.#stopped.afterSeconds(bit);
    }
    this.#updateIrq();
  }
  /** After the start condition it is the address. */
  #writeDR(_value: number): void {
    if (!this.r.SR1.has(SR1.SB)) return;
    this.r.SR1.clearBits(SR1.SB);
    this.#refused.afterSeconds((ADDRESS_BITS - 1) * this.#bitSeconds());
    this.#updateIrq();
  }
  #bitSeconds(): number {
    const { CCR: ccr } = this.r;
    const slow = ccr.has(1 << 14) ? 25 : 3;
    const clocks = Math.max(1, ccr.bits(0, 12)) * (ccr.has(1 << 15) ? slow : 2);
    return clocks / this.context.clocks.hz(this.config.clock ?? "core");
  }
  #updateIrq(): void {
    const { CR2: cr2, SR1: sr1 } = this.r;
    this.irq("ev", sr1.has(SR1.SB) && cr2.has(F4_CR2.ITEVTEN));
    this.irq("er", sr1.has(SR1.AF) && cr2.has(F4_CR2.ITERREN));
  }
}
