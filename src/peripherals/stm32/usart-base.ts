import type { DmaRequest, DmaUser } from "../dma-user.ts";
import type { PartContext, PeripheralConfig } from "../part.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import type { Register } from "../registers.ts";
import { frameSeconds, Transmitter, type ConsoleLine, type Frame, type SerialPort } from "../serial.ts";

/** Status flags that both register layouts have at the same bits (SR of F4, ISR of the others). */
export const FLAG = {
  PE: 1 << 0,
  FE: 1 << 1,
  NE: 1 << 2,
  ORE: 1 << 3,
  IDLE: 1 << 4,
  /** RXFNE with FIFO. */
  RXNE: 1 << 5,
  TC: 1 << 6,
  /** TXFNF with FIFO. */
  TXE: 1 << 7,
} as const;

/** Bits of CR1 that both layouts have at the same place. */
export const CR1 = {
  RE: 1 << 2,
  TE: 1 << 3,
  IDLEIE: 1 << 4,
  RXNEIE: 1 << 5,
  TCIE: 1 << 6,
  TXEIE: 1 << 7,
  PEIE: 1 << 8,
  PS: 1 << 9,
  PCE: 1 << 10,
  M0: 1 << 12,
  OVER8: 1 << 15,
} as const;

/** Bits of CR3 that both layouts have at the same place. */
export const CR3 = { EIE: 1 << 0, HDSEL: 1 << 3, DMAR: 1 << 6, DMAT: 1 << 7 } as const;

/** STOP field of CR2, bits 13:12: 1, 0.5, 2, 1.5 stop bits. */
const STOP_BITS = [1, 0.5, 2, 1.5] as const;

export interface SavedUsart {
  readonly transmitter: ReturnType<Transmitter["save"]>;
  readonly received: readonly number[];
  readonly lastTaken: number;
}

/**
 * What the STM32 USARTs share behind their two register layouts: frames, timing, double buffering, receive queue,
 * interrupt and DMA requests. The line is clean: noise and framing errors never happen.
 *
 * Not modelled: the idle frame sent when TE rises, break, hardware flow control, synchronous, smartcard, IrDA and LIN
 * modes, mute and address match, auto baud rate, receiver time-out. Setting their bits is reported.
 */
export abstract class UsartBase extends RegisterPeripheral implements SerialPort, DmaUser {
  protected abstract readonly cr1: Register;
  protected abstract readonly cr2: Register;
  protected abstract readonly cr3: Register;
  /** The register with the flags: SR or ISR. */
  protected abstract readonly status: Register;
  /** Kernel clocks of one bit; 0 while BRR is not set. */
  protected abstract bitClocks(): number;
  /** Frames that each direction holds beside its shift register. */
  protected abstract depth(): number;
  protected abstract get enabled(): boolean;
  /** Data bits with parity among them: 7, 8 or 9. */
  protected abstract wordLength(): number;
  /** A frame arrived with nowhere to go. */
  protected abstract overrun(data: number): void;
  /** Follows the flags: interrupt lines and flags that follow from queues. */
  protected abstract update(): void;

  /** Set by whoever models DMA. */
  onDmaRequest: DmaRequest | undefined;
  /** Tells standing requests again, to a channel that was switched on after them. */
  repeatDmaRequests(): void {
    this.update();
    if (this.received.length > 0 && this.cr3.has(CR3.DMAR)) this.onDmaRequest?.("receive");
  }

  protected received: number[] = [];
  protected readonly transmitter: Transmitter;
  /** What an empty data register still shows. */
  #lastTaken = 0;
  readonly #idle = this.alarm(() => this.#lineIdle());
  readonly #receiverListeners: (() => void)[] = [];

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.transmitter = new Transmitter(
      context,
      () => this.depth(),
      () => (this.enabled && this.cr1.has(CR1.TE) ? this.#frame() : undefined),
      {
        moved: () => this.update(),
        complete: () => {
          this.status.setBits(FLAG.TC);
          this.update();
        },
      },
    );
    context.clocks.onChange(() => this.#receiverChanged());
  }

  override reset(): void {
    super.reset();
    this.transmitter.reset();
    this.received = [];
    this.update();
    this.#receiverChanged();
  }

  connect(line: ConsoleLine): void {
    this.transmitter.connect({
      onTransmit: (data, cycle) => line.onTransmit(data & this.#dataMask(), cycle),
    });
  }

  get receiveFrameSeconds(): number | undefined {
    const frame = this.enabled && this.cr1.has(CR1.RE) ? this.#frame() : undefined;
    return frame === undefined ? undefined : frameSeconds(frame);
  }
  onReceiverChange(listener: () => void): void {
    this.#receiverListeners.push(listener);
  }

  deliver(): void {
    this.transmitter.deliver();
  }
  receive(byte: number): void {
    const frame = this.receiveFrameSeconds;
    if (frame === undefined) return;
    const data = this.#withParity(byte & this.#dataMask());
    if (this.received.length >= this.depth()) {
      this.notice("a received byte was lost: the one before it had not been read (overrun)");
      this.overrun(data);
    } else this.received.push(data);
    this.#idle.afterSeconds(frame);
    this.update();
    if (this.cr3.has(CR3.DMAR)) this.onDmaRequest?.("receive");
  }

  /** What a write of the data register does. */
  protected transmit(data: number): void {
    this.status.clearBits(FLAG.TC);
    const value = data & (2 ** this.wordLength() - 1);
    this.transmitter.push(this.cr1.has(CR1.PCE) ? this.#withParity(value & this.#dataMask()) : value);
    this.update();
  }
  /** What a read of the data register takes. */
  protected take(): number {
    const data = this.received.shift() ?? this.#lastTaken;
    this.#lastTaken = data;
    this.update();
    return data;
  }

  /** After a write of a control register: frames may start, the receiver may have been switched. */
  protected controlChanged(): void {
    if (!this.enabled || !this.cr1.has(CR1.RE)) this.#idle.clear();
    if (!this.enabled) {
      this.transmitter.reset();
      this.received = [];
    }
    this.transmitter.start();
    this.update();
    this.#receiverChanged();
  }

  protected override saveState(): SavedUsart {
    return {
      transmitter: this.transmitter.save(),
      received: [...this.received],
      lastTaken: this.#lastTaken,
    };
  }
  protected override restoreState(state: unknown): void {
    const saved = state as SavedUsart; // only ever what saveState gave
    this.transmitter.restore(saved.transmitter);
    this.received = [...saved.received];
    this.#lastTaken = saved.lastTaken;
    this.update();
  }

  /** Frequency of the clock behind the baud rate. */
  protected kernelHz(): number {
    const { clocks } = this.context;
    const kernel = `${this.name.toLowerCase()}-kernel`;
    return clocks.hz(clocks.has(kernel) ? kernel : (this.config.clock ?? "core"));
  }

  #frame(): Frame | undefined {
    const clocks = this.bitClocks();
    if (clocks <= 0) return undefined;
    const bits = 1 + this.wordLength() + STOP_BITS[this.cr2.bits(12, 2) as 0 | 1 | 2 | 3];
    return { bits, bitSeconds: clocks / this.kernelHz() };
  }

  /** Data bits without parity. */
  #dataMask(): number {
    return 2 ** (this.wordLength() - (this.cr1.has(CR1.PCE) ? 1 : 0)) - 1;
  }

  /** The parity bit stands above the data bits, in both directions. */
  #withParity(data: number): number {
    if (!this.cr1.has(CR1.PCE)) return data;
    let ones = this.cr1.has(CR1.PS) ? 1 : 0;
    for (let rest = data; rest !== 0; rest >>>= 1) ones += rest & 1;
    return (ones & 1) === 0 ? data : data | (this.#dataMask() + 1);
  }

  #lineIdle(): void {
    this.status.setBits(FLAG.IDLE);
    this.update();
  }

  #receiverChanged(): void {
    for (const listener of this.#receiverListeners) listener();
  }
}
