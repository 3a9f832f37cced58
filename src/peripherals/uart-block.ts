import type { PartContext, PeripheralConfig } from "./part.ts";
import { RegisterPeripheral } from "./register-peripheral.ts";
import { frameSeconds, Transmitter, type ConsoleLine, type Frame, type SerialPort } from "./serial.ts";

interface SavedUart {
  readonly transmitter: ReturnType<Transmitter["save"]>;
  readonly received: readonly number[];
  readonly own: unknown;
}

/** A UART whose line is clean, behind any register layout: queues, frames and the host's end of the line. */
export abstract class UartBlock extends RegisterPeripheral implements SerialPort {
  protected readonly transmitter: Transmitter;
  protected received: number[] = [];
  readonly #receiverListeners: (() => void)[] = [];

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.transmitter = new Transmitter(
      context,
      () => this.transmitDepth(),
      () => this.transmitFrame(),
      { moved: () => this.transmitMoved(), complete: () => this.transmitComplete() },
    );
    context.clocks.onChange(() => this.receiverChanged());
  }

  /** Frames of the transmitter now; undefined while it is off. */
  protected abstract transmitFrame(): Frame | undefined;
  /** Frames of the receiver now; undefined while it is off. */
  protected abstract receiveFrame(): Frame | undefined;
  /** Data that wait before the shift register. */
  protected abstract transmitDepth(): number;
  protected abstract transmitMoved(): void;
  protected abstract transmitComplete(): void;
  /** A frame has arrived. */
  protected abstract arrived(data: number): void;

  connect(line: ConsoleLine): void {
    this.transmitter.connect({ onTransmit: (data, cycle) => line.onTransmit(data & 0xff, cycle) });
  }
  get receiveFrameSeconds(): number | undefined {
    const frame = this.receiveFrame();
    return frame === undefined ? undefined : frameSeconds(frame);
  }
  onReceiverChange(listener: () => void): void {
    this.#receiverListeners.push(listener);
  }
  deliver(): void {
    this.transmitter.deliver();
  }
  receive(byte: number): void {
    if (this.receiveFrame() !== undefined) this.arrived(byte);
  }

  override reset(): void {
    super.reset();
    this.transmitter.reset();
    this.received = [];
    this.receiverChanged();
  }

  /** To be called when the receiver was switched or its rate changed. */
  protected receiverChanged(): void {
    for (const listener of this.#receiverListeners) listener();
  }
  protected lost(): void {
    this.notice("a received byte was lost: the one before it had not been read (overrun)");
  }

  protected override saveState(): SavedUart {
    return { transmitter: this.transmitter.save(), received: [...this.received], own: this.saveOwn() };
  }
  protected override restoreState(state: unknown): void {
    const saved = state as SavedUart; // only ever what saveState gave
    this.transmitter.restore(saved.transmitter);
    this.received = [...saved.received];
    this.restoreOwn(saved.own);
  }
  /** State of the layout beside registers, as plain data. */
  protected saveOwn(): unknown {
    return null;
  }
  protected restoreOwn(_own: unknown): void {
    return;
  }
}
