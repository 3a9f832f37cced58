import type { AccessSize } from "../peripheral.ts";
import { storage } from "../registers.ts";
import type { Frame } from "../serial.ts";
import { UartBlock } from "../uart-block.ts";

const C1 = { PT: 1 << 0, PE: 1 << 1, M: 1 << 4 } as const;
const C2 = { RE: 1 << 2, TE: 1 << 3, ILIE: 1 << 4, RIE: 1 << 5, TCIE: 1 << 6, TIE: 1 << 7 } as const;
const S1 = { OR: 1 << 3, IDLE: 1 << 4, RDRF: 1 << 5, TC: 1 << 6, TDRE: 1 << 7 } as const;
const SBNS = 1 << 5;
const M10 = 1 << 5;
const ORIE = 1 << 3;
const PFIFO = { RXFE: 1 << 3, TXFE: 1 << 7 } as const;
const CFIFO = { RXOFE: 1 << 2, RXFLUSH: 1 << 6, TXFLUSH: 1 << 7 } as const;
const SFIFO = { RXOF: 1 << 2, RXEMPT: 1 << 6, TXEMPT: 1 << 7 } as const;

/**
 * UART of Kinetis K: 8 and 9 bits, parity, stop bits, FIFOs with watermarks, flags and both interrupt lines. UART0 and
 * UART1 run from the core clock, the others from the bus clock.
 *
 * Not modelled: DMA requests, break, loop and single wire, wake-up, ISO 7816, IrDA, flow control, framing and noise
 * errors, which a clean line does not have.
 * @source K64P144M120SF5RM "Universal Asynchronous Receiver/Transmitter"
 */
export class KinetisUart extends UartBlock {
  /** Bytes of each FIFO; 1 where there is none. */
  readonly #fifo = this.config.params["fifo"] ?? 1;
  /** S1 was read: the next access of D completes a clearing sequence. */
  #statusRead = false;

  protected readonly r = this.define({
    BDH: { ...storage(at(0x00), 0, 0xff), write: () => this.receiverChanged() },
    BDL: { ...storage(at(0x01), 0x04, 0xff), write: () => this.receiverChanged() },
    C1: {
      ...storage(at(0x02), 0, 0xff),
      notModelled: 0xa8,
      fields: { WAKE: [3], RSRC: [5], LOOPS: [7] },
      write: () => this.receiverChanged(),
    },
    C2: {
      ...storage(at(0x03), 0, 0xff),
      notModelled: 0x03,
      fields: { SBK: [0], RWU: [1] },
      write: () => this.#controlChanged(),
    },
    S1: { offset: at(0x04), reset: 0xc0, rw: 0, steady: true, read: () => this.#readS1() },
    S2: { offset: at(0x05), rw: 0x3e, w1c: 0xc0, notModelled: 0x06, fields: { LBKDE: [1], BRK13: [2] } },
    C3: { ...storage(at(0x06), 0, 0x7f), write: () => this.#update() },
    D: { offset: at(0x07), rw: 0, read: () => this.#take(), write: (_v, _p, data) => this.#send(data) },
    MA1: storage(at(0x08), 0, 0xff),
    MA2: storage(at(0x09), 0, 0xff),
    C4: {
      ...storage(at(0x0a), 0, 0xff),
      notModelled: 0xc0,
      fields: { MAEN2: [6], MAEN1: [7] },
      write: () => this.receiverChanged(),
    },
    C5: { ...storage(at(0x0b), 0, 0xb0), notModelled: 0xa0, fields: { RDMAS: [5], TDMAS: [7] } },
    ED: { offset: at(0x0c), rw: 0 },
    MODEM: {
      ...storage(at(0x0d), 0, 0x0f),
      notModelled: 0x0f,
      fields: { TXCTSE: [0], TXRTSE: [1], RXRTSE: [3] },
    },
    IR: { ...storage(at(0x0e), 0, 0x07), notModelled: 0x04, fields: { IREN: [2] } },
    PFIFO: { offset: at(0x10), reset: this.#fifoSizes(), rw: 0x88, write: () => this.#update() },
    CFIFO: { offset: at(0x11), rw: 0x07, write: (_v, _p, bits) => this.#flush(bits) },
    SFIFO: {
      offset: at(0x12),
      reset: 0xc0,
      w1c: 0x07,
      read: () => this.#fifoStatus(),
      write: () => this.#update(),
    },
    TWFIFO: { ...storage(at(0x13), 0, 0xff), write: () => this.#update() },
    TCFIFO: { offset: at(0x14), rw: 0, read: () => this.transmitter.waiting },
    RWFIFO: { ...storage(at(0x15), 1, 0xff), write: () => this.#update() },
    RCFIFO: { offset: at(0x16), rw: 0, read: () => this.received.length },
    C7816: { ...storage(at(0x18), 0, 0x1f), notModelled: 0x01, fields: { ISO_7816E: [0] } },
  });
  readonly #idle = this.alarm(() => {
    this.r.S1.setBits(S1.IDLE);
    this.#update();
  });

  override read(offset: number, size: AccessSize): number | undefined {
    if (this.#isOff("read")) return undefined;
    let value = 0;
    for (let i = 0; i < size; i++) value |= (super.read(at(offset + i), 4) ?? 0) << (8 * i);
    return value >>> 0;
  }
  override isSteady(offset: number, size: AccessSize): boolean {
    return size === 1 && super.isSteady(at(offset), 4);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    if (this.#isOff("write")) return false;
    for (let i = 0; i < size; i++) super.write(at(offset + i), 1, (value >>> (8 * i)) & 0xff);
    return true;
  }
  override reset(): void {
    super.reset();
    this.#statusRead = false;
    this.#update();
  }
  protected override saveOwn(): unknown {
    return this.#statusRead;
  }
  protected override restoreOwn(own: unknown): void {
    this.#statusRead = own === true;
    this.#update();
  }

  protected transmitFrame(): Frame | undefined {
    return this.r.C2.has(C2.TE) ? this.#frame() : undefined;
  }
  protected receiveFrame(): Frame | undefined {
    return this.r.C2.has(C2.RE) ? this.#frame() : undefined;
  }
  protected transmitDepth(): number {
    return this.r.PFIFO.has(PFIFO.TXFE) ? this.#fifo : 1;
  }
  protected transmitMoved(): void {
    this.#update();
  }
  protected transmitComplete(): void {
    this.#update();
  }
  protected arrived(data: number): void {
    const depth = this.r.PFIFO.has(PFIFO.RXFE) ? this.#fifo : 1;
    if (this.received.length < depth) this.received.push(data);
    else {
      this.lost();
      this.r.S1.setBits(S1.OR);
      this.r.SFIFO.setBits(SFIFO.RXOF);
    }
    this.#idle.afterSeconds(this.receiveFrameSeconds ?? 0);
    this.#update();
  }

  /** An access without its clock in SIM is a bus error. */
  #isOff(access: string): boolean {
    const isOff = !this.context.clocks.isEnabled(this.name);
    if (isOff) this.notice(`${access} while its clock is off in SIM: a bus error`);
    return isOff;
  }
  /** TXFIFOSIZE and RXFIFOSIZE: 0 for one, 1 for four, 2 for eight. */
  #fifoSizes(): number {
    const code = this.#fifo === 1 ? 0 : Math.log2(this.#fifo) - 1;
    return (code << 4) | code;
  }
  #frame(): Frame | undefined {
    const { BDH, BDL, C1: c1, C4 } = this.r;
    const divider = BDH.bits(0, 5) * 256 + BDL.value + C4.bits(0, 5) / 32;
    if (divider < 1) return undefined;
    const hz = this.context.clocks.hz(this.config.clock ?? "core");
    const data = (c1.has(C1.M) ? 9 : 8) + (C4.has(M10) && c1.has(C1.M) && c1.has(C1.PE) ? 1 : 0);
    const stop = BDH.has(SBNS) ? 2 : 1;
    return { bits: 1 + data + stop, bitSeconds: (16 * divider) / hz };
  }
  #controlChanged(): void {
    if (!this.r.C2.has(C2.RE)) this.#idle.clear();
    this.transmitter.start();
    this.#update();
    this.receiverChanged();
  }

  #send(data: number): void {
    if (this.#statusRead) this.#statusRead = false;
    this.transmitter.push(data & 0xff);
    this.#update();
  }
  #take(): number {
    if (this.#statusRead) this.r.S1.clearBits(S1.OR | S1.IDLE);
    this.#statusRead = false;
    const data = this.received.shift() ?? this.r.D.value;
    this.r.D.value = data;
    this.#update();
    return data;
  }
  #readS1(): number {
    this.#statusRead = true;
    return this.r.S1.value;
  }
  #flush(bits: number): void {
    if ((bits & CFIFO.TXFLUSH) !== 0) this.transmitter.flush();
    if ((bits & CFIFO.RXFLUSH) !== 0) this.received = [];
    this.#update();
  }
  #fifoStatus(): number {
    const empty =
      (this.transmitter.waiting === 0 ? SFIFO.TXEMPT : 0) | (this.received.length === 0 ? SFIFO.RXEMPT : 0);
    return (this.r.SFIFO.value & 0x07) | empty;
  }

  /** Flags that follow from the queues, and both lines. */
  #update(): void {
    const { S1: s1, C2: c2, C3, CFIFO: cfifo, SFIFO: sfifo, TWFIFO, RWFIFO, PFIFO: pfifo } = this.r;
    const low = pfifo.has(PFIFO.TXFE) ? TWFIFO.value : 0;
    const enough = pfifo.has(PFIFO.RXFE) ? Math.max(1, RWFIFO.value) : 1;
    const follows =
      (this.transmitter.waiting <= low ? S1.TDRE : 0) |
      (this.transmitter.idle ? S1.TC : 0) |
      (this.received.length >= enough ? S1.RDRF : 0);
    s1.value = (s1.value & ~(S1.TDRE | S1.TC | S1.RDRF)) | follows;
    const raised =
      (s1.has(S1.TDRE) && c2.has(C2.TIE)) ||
      (s1.has(S1.TC) && c2.has(C2.TCIE)) ||
      (s1.has(S1.RDRF) && c2.has(C2.RIE)) ||
      (s1.has(S1.IDLE) && c2.has(C2.ILIE));
    this.irq("status", raised);
    this.irq("error", (s1.has(S1.OR) && C3.has(ORIE)) || (sfifo.has(SFIFO.RXOF) && cfifo.has(CFIFO.RXOFE)));
  }
}

/** Offset in the register file of the byte register at `offset`: each has a word of its own there. */
function at(offset: number): number {
  return 4 * offset;
}
