import type { DmaRequest, DmaUser } from "../dma-user.ts";
import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage } from "../registers.ts";

const CR1 = { SPE: 1 << 0, CSTART: 1 << 9, CSUSP: 1 << 10 } as const;
const CFG1 = { RXDMAEN: 1 << 14, TXDMAEN: 1 << 15 } as const;
const MASTER = 1 << 22;
const SR = {
  RXP: 1,
  TXP: 2,
  DXP: 4,
  EOT: 1 << 3,
  TXTF: 1 << 4,
  SUSP: 1 << 11,
  TXC: 1 << 12,
  RXWNE: 1 << 15,
} as const;
const FIFO = 16;
/** What a data line gives that nobody drives, with a pull-up. */
const IDLE = 0xffff_ffff;

/**
 * SPI of H7 as a master with nobody on the line: every frame takes its time and reads all ones; a full receive FIFO
 * holds the clock. Not modelled: the slave's side, CRC, I2S. @source RM0433 "SPI registers"
 */
export class Stm32H7Spi extends RegisterPeripheral implements DmaUser {
  protected readonly r = this.define({
    CR1: { offset: 0x00, rw: 0x0001_fb01, write: (value) => this.#writeCR1(value) },
    CR2: storage(0x04),
    CFG1: { offset: 0x08, reset: 0x0007_0007, rw: 0x705f_dfff, write: () => this.#follow() },
    CFG2: storage(0x0c),
    IER: { offset: 0x10, rw: 0x07ff, write: () => this.#follow() },
    SR: { offset: 0x14, rw: 0, steady: true, read: () => this.#flags() },
    IFCR: { offset: 0x18, writeOnly: true, write: (bits) => this.#clear(bits & 0x0ff8) },
    TXDR: { offset: 0x20, writeOnly: true, write: () => this.#put() },
    RXDR: { offset: 0x30, rw: 0, read: () => this.#take() },
    CRCPOLY: storage(0x40, 0x107),
    TXCRC: storage(0x44),
    RXCRC: storage(0x48),
    UDRDR: storage(0x4c),
    I2SCFGR: { offset: 0x50, notModelled: 1, fields: { I2SMOD: [0] } },
  });
  onDmaRequest: DmaRequest | undefined;
  #received = 0;
  #waiting = 0;
  /** Frames of the present transfer still to load and to finish; TSIZE 0 is without end. */
  #toLoad = Infinity;
  #toEnd = Infinity;
  /** EOT, TXTF and SUSP. */
  #sticky = 0;
  #accessBytes: AccessSize = 4;
  readonly #shifted = this.alarm(() => this.#frameEnds());

  override read(offset: number, size: AccessSize): number | undefined {
    this.#accessBytes = size;
    return super.read(offset, size);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    this.#accessBytes = size;
    return super.write(offset, size, value);
  }
  override reset(): void {
    super.reset();
    this.#empty();
    this.#updateIrq();
  }
  repeatDmaRequests(): void {
    this.#follow();
  }
  protected override saveState(): unknown {
    const finite = (n: number): number => (n === Infinity ? -1 : n);
    return [this.#received, this.#waiting, finite(this.#toLoad), finite(this.#toEnd), this.#sticky];
  }
  protected override restoreState(state: unknown): void {
    const [received, waiting, toLoad, toEnd, sticky] = state as [number, number, number, number, number];
    [this.#received, this.#waiting, this.#sticky] = [received, waiting, sticky];
    [this.#toLoad, this.#toEnd] = [toLoad < 0 ? Infinity : toLoad, toEnd < 0 ? Infinity : toEnd];
  }

  get #bits(): number {
    return this.r.CFG1.bits(0, 5) + 1;
  }
  get #frameBytes(): number {
    return this.#bits > 16 ? 4 : this.#bits > 8 ? 2 : 1;
  }
  get #depth(): number {
    return FIFO / this.#frameBytes;
  }
  get #threshold(): number {
    return this.r.CFG1.bits(5, 4) + 1;
  }
  get #framesAnAccess(): number {
    return Math.max(1, this.#accessBytes / this.#frameBytes);
  }
  /** 0 full duplex, 1 transmitter, 2 receiver, 3 half duplex. */
  get #mode(): number {
    return this.r.CFG2.bits(17, 2);
  }
  get #receivesOnly(): boolean {
    return this.#mode === 2 || (this.#mode === 3 && !this.r.CR1.has(1 << 11));
  }
  get #keeps(): boolean {
    return this.#mode === 0 || this.#receivesOnly;
  }

  #flags(): number {
    const on = this.r.CR1.has(CR1.SPE);
    let flags = this.#sticky;
    if (this.#received >= this.#threshold) flags |= SR.RXP;
    const room = this.#depth - this.#waiting >= this.#threshold;
    if (on && room && this.#toLoad > 0 && !this.#receivesOnly) flags |= SR.TXP;
    if ((flags & (SR.RXP | SR.TXP)) === (SR.RXP | SR.TXP)) flags |= SR.DXP;
    if (this.#waiting === 0 && !this.#shifted.pending) flags |= SR.TXC;
    if (this.#received * this.#frameBytes >= 4) flags |= SR.RXWNE;
    else flags |= (this.#received & 3) << 13;
    const left = this.#toEnd === Infinity ? 0 : this.#toEnd;
    return (flags | (left << 16)) >>> 0;
  }
  #empty(): void {
    this.#shifted.clear();
    this.#received = this.#waiting = this.#sticky = 0;
    this.#toLoad = this.#toEnd = Infinity;
  }
  #writeCR1(value: number): void {
    const { CR1: cr1 } = this.r;
    if ((value & CR1.SPE) === 0) {
      cr1.clearBits(CR1.CSTART | CR1.CSUSP);
      this.#empty();
    } else if (this.#toEnd === Infinity && this.r.CR2.bits(0, 16) > 0 && (this.#sticky & SR.EOT) === 0) {
      this.#toLoad = this.#toEnd = this.r.CR2.bits(0, 16);
    }
    if ((value & CR1.CSUSP) !== 0) {
      cr1.clearBits(CR1.CSTART | CR1.CSUSP);
      this.#sticky |= SR.SUSP;
    }
    this.#follow();
  }
  #put(): void {
    const frames = Math.min(this.#framesAnAccess, this.#depth - this.#waiting, this.#toLoad);
    this.#waiting += frames;
    this.#toLoad -= frames;
    if (this.#toLoad === 0) this.#sticky |= SR.TXTF;
    this.#follow();
  }
  #take(): number {
    this.#received = Math.max(0, this.#received - this.#framesAnAccess);
    this.#follow();
    const bits = this.#framesAnAccess > 1 ? 32 : this.#bits;
    return IDLE >>> (32 - bits);
  }
  #clear(flags: number): void {
    this.#sticky &= ~flags;
    this.#follow();
  }
  #frameEnds(): void {
    if (this.#keeps) this.#received++;
    if (--this.#toEnd === 0) {
      this.#sticky |= SR.EOT;
      this.r.CR1.clearBits(CR1.CSTART);
      this.#toEnd = Infinity;
    }
    this.#follow();
  }
  /** Starts what can start, and asks for what is missing. */
  #follow(): void {
    this.#shift();
    this.#updateIrq();
    if (this.onDmaRequest === undefined || !this.r.CR1.has(CR1.SPE)) return;
    if ((this.#flags() & SR.RXP) !== 0 && this.r.CFG1.has(CFG1.RXDMAEN)) this.onDmaRequest("receive");
    if ((this.#flags() & SR.TXP) !== 0 && this.r.CFG1.has(CFG1.TXDMAEN)) this.onDmaRequest("transmit");
  }
  #shift(): void {
    const { CR1: cr1, CFG2: cfg2 } = this.r;
    if (!cr1.has(CR1.SPE) || !cr1.has(CR1.CSTART) || !cfg2.has(MASTER) || this.#shifted.pending) return;
    if (this.#keeps && this.#received >= this.#depth) return;
    if (!this.#receivesOnly && this.#waiting === 0) return;
    if (!this.#receivesOnly) this.#waiting--;
    this.notice("nobody is on the line: every frame received is all ones");
    const clocks = this.#bits * (2 << this.r.CFG1.bits(28, 3));
    this.#shifted.afterSeconds(clocks / this.context.clocks.hz(this.config.clock ?? "core"));
  }
  #updateIrq(): void {
    this.irq("global", (this.#flags() & this.r.IER.value & 0x0fff) !== 0);
  }
}
