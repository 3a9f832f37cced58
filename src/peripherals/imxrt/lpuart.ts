import { storage } from "../registers.ts";
import type { Frame } from "../serial.ts";
import { UartBlock } from "../uart-block.ts";

const BAUD = { SBNS: 1 << 13, M10: 1 << 29 } as const;
const STAT = { OR: 1 << 19, IDLE: 1 << 20, RDRF: 1 << 21, TC: 1 << 22, TDRE: 1 << 23 } as const;
const CTRL = {
  M: 1 << 4,
  M7: 1 << 11,
  RE: 1 << 18,
  TE: 1 << 19,
  ILIE: 1 << 20,
  RIE: 1 << 21,
  TCIE: 1 << 22,
  TIE: 1 << 23,
  ORIE: 1 << 27,
} as const;
const FIFO = {
  RXFE: 1 << 3,
  TXFE: 1 << 7,
  RXFLUSH: 1 << 14,
  TXFLUSH: 1 << 15,
  RXEMPT: 1 << 22,
  TXEMPT: 1 << 23,
} as const;
/** DATA: the receive buffer was empty. */
const RXEMPT = 1 << 12;
const DEPTH = 4;
const RST = 1 << 1;

/**
 * LPUART of i.MX RT1060: 7 to 10 bits, stop bits, oversampling, FIFOs of four with watermarks, flags and interrupt.
 *
 * Not modelled: DMA requests, break, loop, single wire, match, flow control, infrared, parity check on receive.
 * @source IMXRT1060RM "Low Power Universal Asynchronous Receiver/Transmitter"
 */
export class ImxrtLpuart extends UartBlock {
  protected readonly r = this.define({
    VERID: { offset: 0x00, reset: 0x0401_0003, rw: 0 },
    PARAM: { offset: 0x04, reset: 0x0000_0202, rw: 0 },
    GLOBAL: { offset: 0x08, rw: RST, write: (value) => this.#softwareReset(value) },
    PINCFG: storage(0x0c, 0, 3),
    BAUD: {
      offset: 0x10,
      reset: 0x0f00_0004,
      notModelled: 0xc0a0_c000,
      fields: { RXEDGIE: [14], LBKDIE: [15], RDMAE: [21], TDMAE: [23], MAEN2: [30], MAEN1: [31] },
      write: () => this.receiverChanged(),
    },
    STAT: {
      offset: 0x14,
      reset: 0x00c0_0000,
      rw: 0x3e00_0000,
      w1c: 0xc01f_c000,
      steady: true,
      write: () => this.#update(),
    },
    CTRL: {
      offset: 0x18,
      notModelled: 0x0003_00a0,
      fields: { RSRC: [5], LOOPS: [7], SBK: [16], RWU: [17] },
      write: () => this.#controlChanged(),
    },
    DATA: { offset: 0x1c, rw: 0, read: () => this.#take(), write: (_v, _p, data) => this.#send(data) },
    MATCH: storage(0x20),
    MODIR: {
      offset: 0x24,
      notModelled: 0x0004_000b,
      fields: { TXCTSE: [0], TXRTSE: [1], RXRTSE: [3], IREN: [18] },
    },
    FIFO: {
      offset: 0x28,
      reset: 0x00c0_0011,
      rw: 0x0000_1f88,
      w1c: 0x0003_0000,
      read: () => this.#fifoStatus(),
      write: (_v, _p, bits) => this.#writeFifo(bits),
    },
    WATER: { offset: 0x2c, rw: 0x0003_0003, read: () => this.#water(), write: () => this.#update() },
  });
  readonly #idle = this.alarm(() => {
    this.r.STAT.setBits(STAT.IDLE);
    this.#update();
  });

  override reset(): void {
    super.reset();
    this.#update();
  }
  protected override restoreOwn(): void {
    this.#update();
  }

  protected transmitFrame(): Frame | undefined {
    return this.r.CTRL.has(CTRL.TE) ? this.#frame() : undefined;
  }
  protected receiveFrame(): Frame | undefined {
    return this.r.CTRL.has(CTRL.RE) ? this.#frame() : undefined;
  }
  protected transmitDepth(): number {
    return this.r.FIFO.has(FIFO.TXFE) ? DEPTH : 1;
  }
  protected transmitMoved(): void {
    this.#update();
  }
  protected transmitComplete(): void {
    this.#update();
  }
  protected arrived(data: number): void {
    const depth = this.r.FIFO.has(FIFO.RXFE) ? DEPTH : 1;
    if (this.received.length < depth) this.received.push(data);
    else {
      this.lost();
      this.r.STAT.setBits(STAT.OR);
    }
    this.#idle.afterSeconds(this.receiveFrameSeconds ?? 0);
    this.#update();
  }

  #frame(): Frame | undefined {
    const { BAUD: baud, CTRL: ctrl } = this.r;
    const divider = baud.bits(0, 13);
    if (divider === 0) return undefined;
    const oversampling = baud.bits(24, 5) < 3 ? 16 : baud.bits(24, 5) + 1;
    const { clocks } = this.context;
    const hz = clocks.hz(clocks.has("uart") ? "uart" : "core");
    if (hz === 0) return undefined;
    const eightOrNine = ctrl.has(CTRL.M) ? 9 : 8;
    const data = baud.has(BAUD.M10) ? 10 : ctrl.has(CTRL.M7) ? 7 : eightOrNine;
    return { bits: 1 + data + (baud.has(BAUD.SBNS) ? 2 : 1), bitSeconds: (oversampling * divider) / hz };
  }
  #softwareReset(value: number): void {
    if ((value & RST) === 0) return;
    this.reset();
    this.r.GLOBAL.value = RST;
  }
  #controlChanged(): void {
    if (!this.r.CTRL.has(CTRL.RE)) this.#idle.clear();
    this.transmitter.start();
    this.#update();
    this.receiverChanged();
  }
  #send(data: number): void {
    this.transmitter.push(data & 0xff);
    this.#update();
  }
  #take(): number {
    const data = this.received.shift();
    this.#update();
    return data ?? RXEMPT;
  }
  #writeFifo(bits: number): void {
    if ((bits & FIFO.TXFLUSH) !== 0) this.transmitter.flush();
    if ((bits & FIFO.RXFLUSH) !== 0) this.received = [];
    this.#update();
  }
  #fifoStatus(): number {
    const empty =
      (this.transmitter.waiting === 0 ? FIFO.TXEMPT : 0) | (this.received.length === 0 ? FIFO.RXEMPT : 0);
    return (this.r.FIFO.value & ~(FIFO.TXEMPT | FIFO.RXEMPT)) | empty;
  }
  #water(): number {
    return this.r.WATER.value | (this.transmitter.waiting << 8) | (this.received.length << 24);
  }

  /** Flags that follow from the queues, and the line. */
  #update(): void {
    const { STAT: stat, CTRL: ctrl, FIFO: fifo, WATER } = this.r;
    const low = fifo.has(FIFO.TXFE) ? WATER.bits(0, 2) : 0;
    const high = fifo.has(FIFO.RXFE) ? WATER.bits(16, 2) : 0;
    const follows =
      (this.transmitter.waiting <= low ? STAT.TDRE : 0) |
      (this.transmitter.idle ? STAT.TC : 0) |
      (this.received.length > high ? STAT.RDRF : 0);
    stat.value = (stat.value & ~(STAT.TDRE | STAT.TC | STAT.RDRF)) | follows;
    const raised =
      (stat.has(STAT.TDRE) && ctrl.has(CTRL.TIE)) ||
      (stat.has(STAT.TC) && ctrl.has(CTRL.TCIE)) ||
      (stat.has(STAT.RDRF) && ctrl.has(CTRL.RIE)) ||
      (stat.has(STAT.IDLE) && ctrl.has(CTRL.ILIE)) ||
      (stat.has(STAT.OR) && ctrl.has(CTRL.ORIE));
    this.irq("global", raised);
  }
}
