import type { DmaRequest, DmaUser } from "../dma-user.ts";
import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { known, readOnly, storage } from "../registers.ts";

const CR1 = {
  MSTR: 1 << 2,
  SPE: 1 << 6,
  RXONLY: 1 << 10,
  DFF: 1 << 11,
  BIDIOE: 1 << 14,
  BIDIMODE: 1 << 15,
} as const;
const CR2 = { RXDMAEN: 1, TXDMAEN: 2, ERRIE: 1 << 5, RXNEIE: 1 << 6, TXEIE: 1 << 7, FRXTH: 1 << 12 } as const;
const SR = { RXNE: 1 << 0, TXE: 1 << 1, OVR: 1 << 6, BSY: 1 << 7 } as const;
/** Bytes of each FIFO of F7 and L4. */
const FIFO = 4;
/** What a data line gives that nobody drives, with a pull-up. */
const IDLE = 0xffff;

/**
 * SPI of F4, F7 and L4 as a master with nobody on the line: every frame takes its time and reads all ones. F7 and L4
 * have FIFOs of four bytes. Not modelled: the slave's side, CRC, I2S. @source RM0090, RM0385, RM0351 "SPI registers"
 */
export class Stm32Spi extends RegisterPeripheral implements DmaUser {
  readonly #hasFifo = !this.context.mcu.startsWith("STM32F4");
  protected readonly r = this.define({
    CR1: {
      offset: 0x00,
      rw: 0xffff,
      notModelled: 1 << 13,
      fields: { CRCEN: [13] },
      write: () => this.#writeCR1(),
    },
    CR2: {
      offset: 0x04,
      rw: this.#hasFifo ? 0x7fff : 0xf7,
      reset: this.#hasFifo ? 0x700 : 0,
      write: () => this.#follow(),
    },
    SR: { offset: 0x08, rw: 0, steady: true, read: () => this.#flags() },
    DR: { offset: 0x0c, rw: 0, read: () => this.#take(), write: () => this.#put() },
    CRCPR: storage(0x10, 7),
    RXCRCR: readOnly(0x14),
    TXCRCR: readOnly(0x18),
    I2SCFGR: known(0x1c),
    I2SPR: known(0x20, 2),
  });
  onDmaRequest: DmaRequest | undefined;
  #received = 0;
  /** Frames that wait for the shift register. */
  #waiting = 0;
  #overrun = false;
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
    this.#received = this.#waiting = 0;
    this.#overrun = false;
    this.#updateIrq();
  }
  repeatDmaRequests(): void {
    this.#follow();
  }
  protected override saveState(): unknown {
    return [this.#received, this.#waiting, this.#overrun];
  }
  protected override restoreState(state: unknown): void {
    [this.#received, this.#waiting, this.#overrun] = state as [number, number, boolean];
  }

  get #bits(): number {
    if (this.#hasFifo) return Math.max(4, this.r.CR2.bits(8, 4) + 1);
    return this.r.CR1.has(CR1.DFF) ? 16 : 8;
  }
  get #frameBytes(): number {
    return this.#bits > 8 ? 2 : 1;
  }
  /** Frames that each direction holds beside the shift register. */
  get #depth(): number {
    return this.#hasFifo ? FIFO / this.#frameBytes : 1;
  }
  /** Two frames of a byte in one access of a half-word. */
  get #framesAnAccess(): number {
    return this.#hasFifo && this.#frameBytes === 1 && this.#accessBytes >= 2 ? 2 : 1;
  }
  get #isReceiver(): boolean {
    const { CR1: cr1 } = this.r;
    return cr1.has(CR1.BIDIMODE) ? !cr1.has(CR1.BIDIOE) : cr1.has(CR1.RXONLY);
  }
  get #isMaster(): boolean {
    return this.r.CR1.has(CR1.MSTR) && this.r.CR1.has(CR1.SPE);
  }

  #flags(): number {
    const frame = this.#frameBytes;
    const [inBytes, outBytes] = [this.#received * frame, this.#waiting * frame];
    const enough = this.#hasFifo && !this.r.CR2.has(CR2.FRXTH) ? 2 : frame;
    let flags = inBytes >= enough ? SR.RXNE : 0;
    if (this.#hasFifo ? outBytes <= FIFO / 2 : outBytes === 0) flags |= SR.TXE;
    if (this.#overrun) flags |= SR.OVR;
    if (this.#shifted.pending) flags |= SR.BSY;
    const level = (bytes: number): number => Math.min(3, Math.ceil((bytes * 3) / FIFO));
    return this.#hasFifo ? flags | (level(inBytes) << 9) | (level(outBytes) << 11) : flags;
  }
  #writeCR1(): void {
    if (!this.r.CR1.has(CR1.SPE)) {
      this.#shifted.clear();
      this.#waiting = 0;
    }
    this.#follow();
  }
  #put(): void {
    this.#waiting = Math.min(this.#depth, this.#waiting + this.#framesAnAccess);
    this.#follow();
  }
  #take(): number {
    this.#received = Math.max(0, this.#received - this.#framesAnAccess);
    this.#overrun = false;
    this.#follow();
    return this.#frameBytes === 1 && this.#framesAnAccess === 1 ? IDLE & 0xff : IDLE;
  }
  #frameEnds(): void {
    const keeps = !this.r.CR1.has(CR1.BIDIMODE) || this.#isReceiver;
    if (keeps && this.#received < this.#depth) this.#received++;
    else if (keeps) this.#overrun = true;
    this.#follow();
  }
  /** Starts what can start, and asks for what is missing. */
  #follow(): void {
    this.#shift();
    this.#updateIrq();
    if (this.onDmaRequest === undefined || !this.r.CR1.has(CR1.SPE)) return;
    const flags = this.#flags();
    if ((flags & SR.RXNE) !== 0 && this.r.CR2.has(CR2.RXDMAEN)) this.onDmaRequest("receive");
    if ((this.#flags() & SR.TXE) !== 0 && this.r.CR2.has(CR2.TXDMAEN)) this.onDmaRequest("transmit");
  }
  #shift(): void {
    if (!this.#isMaster || this.#shifted.pending) return;
    if (this.#isReceiver) {
      if (this.#overrun) return;
    } else if (this.#waiting === 0) return;
    else this.#waiting--;
    if (!this.#isReceiver) this.notice("nobody is on the line: every frame received is all ones");
    const clocks = this.#bits * (2 << this.r.CR1.bits(3, 3));
    this.#shifted.afterSeconds(clocks / this.context.clocks.hz(this.config.clock ?? "core"));
  }
  #updateIrq(): void {
    const { CR2: cr2 } = this.r;
    const flags = this.#flags();
    const on = (flag: number, enable: number): boolean => (flags & flag) !== 0 && cr2.has(enable);
    this.irq("global", on(SR.RXNE, CR2.RXNEIE) || on(SR.TXE, CR2.TXEIE) || on(SR.OVR, CR2.ERRIE));
  }
}
