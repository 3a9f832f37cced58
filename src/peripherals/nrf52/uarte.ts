import type { PartContext, PeripheralConfig } from "../part.ts";
import { storage } from "../registers.ts";
import { frameSeconds, Transmitter, type ConsoleLine, type Frame, type SerialPort } from "../serial.ts";
import { NrfPeripheral } from "./nrf-peripheral.ts";

const CLOCK_HZ = 16e6;
/** ENABLE: the register sets UART and UARTE share their addresses. */
const UART = 4;
const UARTE = 8;
const SHORTS = { ENDRX_STARTRX: 1 << 5, ENDRX_STOPRX: 1 << 6 } as const;
const ERRORSRC_OVERRUN = 1;
/** Bytes of the receive FIFO. @source nRF52840 Product Specification, "UART": six bytes */
const FIFO = 6;

interface Buffer {
  readonly pointer: number;
  readonly length: number;
}
const NO_BUFFER: Buffer = { pointer: 0, length: 0 };

interface Saved {
  readonly transmitter: ReturnType<Transmitter["save"]>;
  readonly fifo: readonly number[];
  readonly transfers: readonly [sending: number, receiving: number];
  readonly on: readonly [transmitter: boolean, receiver: boolean];
  readonly buffers: readonly [outgoing: Buffer, incoming: Buffer];
  readonly bufferIsOpen: boolean;
}

/**
 * UARTE of nRF52840 with EasyDMA, and UART, the older register set at the same addresses. The baud rate is 16 MHz
 * divided by the whole number that BAUDRATE stands for.
 *
 * The core never waits for EasyDMA: it goes first at every memory.
 *
 * Not modelled: flow control (CTS is always asserted), pin selection, break and framing errors, parity on receive.
 * @source nRF52840 Product Specification, "UARTE", "UART", "AHB multilayer"
 */
export class NrfUarte extends NrfPeripheral implements SerialPort {
  readonly #transmitter: Transmitter;
  readonly #listeners: (() => void)[] = [];
  #fifo: number[] = [];
  #transmitting = false;
  #receiving = false;
  /** Bytes of the present transfers that have been moved. */
  #sent = 0;
  #stored = 0;
  /** PTR and MAXCNT as they were at STARTTX and at STARTRX: the registers may already hold the next buffer. */
  #outgoing: Buffer = NO_BUFFER;
  #incoming: Buffer = NO_BUFFER;
  /** The receive buffer takes bytes. */
  #bufferIsOpen = false;

  protected readonly r = this.define<string>({
    TASKS_STARTRX: this.task(0x000, () => this.#startReceiver()),
    TASKS_STOPRX: this.task(0x004, () => this.#stopReceiver()),
    TASKS_STARTTX: this.task(0x008, () => this.#startTransmitter()),
    TASKS_STOPTX: this.task(0x00c, () => this.#stopTransmitter()),
    TASKS_SUSPEND: this.task(0x01c, () => this.#stopTransmitter()),
    TASKS_FLUSHRX: this.task(0x02c, () => this.#flush()),
    ...this.eventRegisters({
      CTS: 0x100,
      NCTS: 0x104,
      RXDRDY: 0x108,
      ENDRX: 0x110,
      TXDRDY: 0x11c,
      ENDTX: 0x120,
      ERROR: 0x124,
      RXTO: 0x144,
      RXSTARTED: 0x14c,
      TXSTARTED: 0x150,
      TXSTOPPED: 0x158,
    }),
    SHORTS: { offset: 0x200, rw: 0x78, notModelled: 0x18, fields: { CTS_STARTRX: [3], NCTS_STOPRX: [4] } },
    ...this.interruptRegisters(),
    ERRORSRC: { offset: 0x480, w1c: 0xf },
    ENABLE: { offset: 0x500, rw: 0xf, write: () => this.#enabledChanged() },
    PSELRTS: storage(0x508, 0xffff_ffff),
    PSELTXD: storage(0x50c, 0xffff_ffff),
    PSELCTS: storage(0x510, 0xffff_ffff),
    PSELRXD: storage(0x514, 0xffff_ffff),
    RXD: { offset: 0x518, rw: 0, read: () => this.#take() },
    TXD: { offset: 0x51c, writeOnly: true, write: (data) => this.#send(data) },
    BAUDRATE: { offset: 0x524, reset: 0x0400_0000, write: () => this.#receiverChanged() },
    RXDPTR: storage(0x534),
    RXDMAXCNT: storage(0x538, 0, 0xffff),
    RXDAMOUNT: { offset: 0x53c, rw: 0 },
    TXDPTR: storage(0x544),
    TXDMAXCNT: storage(0x548, 0, 0xffff),
    TXDAMOUNT: { offset: 0x54c, rw: 0 },
    CONFIG: { offset: 0x56c, rw: 0x11f, notModelled: 1, fields: { HWFC: [0] } },
  });

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.#transmitter = new Transmitter(
      context,
      () => 1,
      () => (this.#transmitting ? this.#frame() : undefined),
      { moved: () => undefined, complete: () => this.#byteSent() },
    );
    context.clocks.onChange(() => this.#receiverChanged());
  }

  connect(line: ConsoleLine): void {
    this.#transmitter.connect(line);
  }
  get receiveFrameSeconds(): number | undefined {
    const frame = this.#receiving ? this.#frame() : undefined;
    return frame === undefined ? undefined : frameSeconds(frame);
  }
  onReceiverChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
  deliver(): void {
    this.#transmitter.deliver();
  }
  receive(byte: number): void {
    if (!this.#receiving) return;
    if (this.#fifo.length >= FIFO) {
      this.notice("a received byte was lost: the FIFO was full (overrun)");
      this.r["ERRORSRC"]?.setBits(ERRORSRC_OVERRUN);
      this.event("ERROR");
      return;
    }
    this.#fifo.push(byte);
    if (this.#isDma) this.#store();
    this.event("RXDRDY");
  }

  override reset(): void {
    this.#transmitter.reset();
    this.#fifo = [];
    this.#transmitting = this.#receiving = this.#bufferIsOpen = false;
    super.reset();
    this.#receiverChanged();
  }
  protected override saveState(): Saved {
    return {
      transmitter: this.#transmitter.save(),
      fifo: [...this.#fifo],
      transfers: [this.#sent, this.#stored],
      on: [this.#transmitting, this.#receiving],
      buffers: [this.#outgoing, this.#incoming],
      bufferIsOpen: this.#bufferIsOpen,
    };
  }
  protected override restoreState(state: unknown): void {
    const saved = state as Saved; // only ever what saveState gave
    this.#transmitter.restore(saved.transmitter);
    this.#fifo = [...saved.fifo];
    [this.#sent, this.#stored] = saved.transfers;
    [this.#transmitting, this.#receiving] = saved.on;
    [this.#outgoing, this.#incoming] = saved.buffers;
    this.#bufferIsOpen = saved.bufferIsOpen;
    this.updateIrq();
  }

  get #isDma(): boolean {
    return this.#value("ENABLE") === UARTE;
  }
  #value(name: string): number {
    return this.r[name]?.value ?? 0;
  }
  #put(name: string, value: number): void {
    const register = this.r[name];
    if (register !== undefined) register.value = value;
  }
  #buffer(direction: "TXD" | "RXD"): Buffer {
    return { pointer: this.#value(`${direction}PTR`), length: this.#value(`${direction}MAXCNT`) };
  }
  #frame(): Frame | undefined {
    const enable = this.#value("ENABLE");
    const rate = this.#value("BAUDRATE");
    if ((enable !== UART && enable !== UARTE) || rate === 0) return undefined;
    const divider = Math.max(1, Math.floor(2 ** 32 / rate));
    const config = this.#value("CONFIG");
    const parity = (config & 0b1110) === 0 ? 0 : 1;
    const stop = (config & 0x10) === 0 ? 1 : 2;
    return { bits: 1 + 8 + parity + stop, bitSeconds: divider / CLOCK_HZ };
  }
  #enabledChanged(): void {
    if (this.#value("ENABLE") === 0) {
      this.#transmitter.reset();
      this.#transmitting = this.#receiving = false;
      this.#fifo = [];
    }
    this.#receiverChanged();
  }
  #receiverChanged(): void {
    for (const listener of this.#listeners) listener();
  }

  #startTransmitter(): void {
    this.#transmitting = true;
    if (!this.#isDma) {
      this.#transmitter.start();
      return;
    }
    this.#sent = 0;
    this.#outgoing = this.#buffer("TXD");
    this.event("TXSTARTED");
    if (this.#outgoing.length === 0) this.#transferSent();
    else this.#next();
  }
  #next(): void {
    const byte = this.context.bus.read(this.#outgoing.pointer + this.#sent, 1);
    if (byte === undefined) this.notice("EasyDMA read outside memory: TXD.PTR must point into RAM");
    else this.context.dma?.moved(1);
    this.#transmitter.push(byte ?? 0);
  }
  #byteSent(): void {
    this.event("TXDRDY");
    if (!this.#isDma || this.#sent >= this.#outgoing.length) return;
    this.#sent++;
    if (!this.#transmitting || this.#sent === this.#outgoing.length) this.#transferSent();
    else this.#next();
  }
  #transferSent(): void {
    this.#put("TXDAMOUNT", this.#sent);
    this.event("ENDTX");
    if (!this.#transmitting) this.event("TXSTOPPED");
  }
  /** The byte on the line goes out first. */
  #stopTransmitter(): void {
    const wasBusy = !this.#transmitter.idle;
    this.#transmitting = false;
    if (!wasBusy) this.event("TXSTOPPED");
  }
  #send(data: number): void {
    if (!this.#isDma) this.#transmitter.push(data & 0xff);
  }

  #startReceiver(): void {
    this.#receiving = true;
    this.#receiverChanged();
    if (!this.#isDma) return;
    this.#stored = 0;
    this.#incoming = this.#buffer("RXD");
    this.#bufferIsOpen = this.#incoming.length > 0;
    this.event("RXSTARTED");
    this.#store();
  }
  /** Moves what has arrived to the buffer, while there is one. */
  #store(): void {
    while (this.#bufferIsOpen && this.#fifo.length > 0) {
      const done = this.context.bus.write(this.#incoming.pointer + this.#stored, 1, this.#fifo.shift() ?? 0);
      if (!done) this.notice("EasyDMA write outside memory: RXD.PTR must point into RAM");
      else this.context.dma?.moved(1);
      this.#stored++;
      if (this.#stored === this.#incoming.length) this.#endBuffer();
    }
  }
  #endBuffer(): void {
    this.#bufferIsOpen = false;
    this.#put("RXDAMOUNT", this.#stored);
    this.event("ENDRX");
    const shorts = this.#value("SHORTS");
    if ((shorts & SHORTS.ENDRX_STARTRX) !== 0) this.#startReceiver();
    else if ((shorts & SHORTS.ENDRX_STOPRX) !== 0) this.#stopReceiver();
  }
  #stopReceiver(): void {
    this.#receiving = false;
    this.#receiverChanged();
    if (this.#isDma && this.#bufferIsOpen) {
      this.#bufferIsOpen = false;
      this.#put("RXDAMOUNT", this.#stored);
      this.event("ENDRX");
    }
    this.event("RXTO");
  }
  /** Empties the FIFO into the buffer that RXD.PTR names. */
  #flush(): void {
    this.#stored = 0;
    this.#incoming = this.#buffer("RXD");
    this.#bufferIsOpen = this.#incoming.length > 0;
    this.#store();
    if (!this.#bufferIsOpen) return;
    this.#bufferIsOpen = false;
    this.#put("RXDAMOUNT", this.#stored);
    this.event("ENDRX");
  }
  #take(): number {
    const data = this.#fifo.shift() ?? 0;
    if (this.#fifo.length > 0) this.event("RXDRDY");
    return data;
  }
}
