import type { PartContext, PeripheralConfig } from "../part.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { frameSeconds, Transmitter, type ConsoleLine, type Frame, type SerialPort } from "../serial.ts";
import { identification } from "./identification.ts";

const STATE = { TXBF: 1, RXBF: 2, TXOR: 4, RXOR: 8 } as const;
const CTRL = { TXEN: 1, RXEN: 2, TXIE: 4, RXIE: 8, TXORIE: 16, RXORIE: 32 } as const;
const INT = { TX: 1, RX: 2, TXOR: 4, RXOR: 8 } as const;

/** Start, eight data and one stop bit: the only frame it knows. */
const FRAME_BITS = 10;
/** "The minimum value is 16": the line stands still below. */
const MIN_BAUDDIV = 16;

/**
 * UART of Arm's CMSDK, as on the MPS2 images. A byte takes ten bits of BAUDDIV clocks each; qemu sends at once.
 * The high-speed test mode is kept and has no effect. @source DDI 0479, Cortex-M System Design Kit, "APB UART"
 */
export class CmsdkUart extends RegisterPeripheral implements SerialPort {
  protected readonly r = this.define({
    DATA: { offset: 0x00, rw: 0, read: () => this.#take(), write: (_v, _p, data) => this.#send(data) },
    STATE: { offset: 0x04, rw: 0, w1c: STATE.TXOR | STATE.RXOR, steady: true, write: () => this.#update() },
    CTRL: { offset: 0x08, rw: 0x7f, write: () => this.#controlChanged() },
    /** INTSTATUS when read, INTCLEAR when written. */
    INTSTATUS: { offset: 0x0c, rw: 0, w1c: 0xf, write: (_v, before, bits) => this.#clear(before, bits) },
    BAUDDIV: { offset: 0x10, rw: 0x000f_ffff, write: () => this.#controlChanged() },
    ...identification(0x21),
  });

  readonly #transmitter: Transmitter;
  readonly #receiverListeners: (() => void)[] = [];
  #received = 0;

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    this.#transmitter = new Transmitter(
      context,
      () => 1,
      () => (this.r.CTRL.has(CTRL.TXEN) ? this.#frame() : undefined),
      { moved: () => this.#bufferEmptied(), complete: () => undefined },
    );
    context.clocks.onChange(() => this.#receiverChanged());
  }

  override reset(): void {
    super.reset();
    this.#transmitter.reset();
    this.#update();
    this.#receiverChanged();
  }

  connect(line: ConsoleLine): void {
    this.#transmitter.connect(line);
  }
  get receiveFrameSeconds(): number | undefined {
    const frame = this.r.CTRL.has(CTRL.RXEN) ? this.#frame() : undefined;
    return frame === undefined ? undefined : frameSeconds(frame);
  }
  onReceiverChange(listener: () => void): void {
    this.#receiverListeners.push(listener);
  }
  deliver(): void {
    this.#transmitter.deliver();
  }
  receive(byte: number): void {
    const { CTRL: ctrl, STATE: state, INTSTATUS } = this.r;
    if (!ctrl.has(CTRL.RXEN)) return;
    if (state.has(STATE.RXBF)) {
      this.notice("a received byte was lost: it had not been read before the next (overrun)");
      state.setBits(STATE.RXOR);
    }
    this.#received = byte;
    state.setBits(STATE.RXBF);
    if (ctrl.has(CTRL.RXIE)) INTSTATUS.setBits(INT.RX);
    this.#update();
  }

  protected override saveState(): unknown {
    return { transmitter: this.#transmitter.save(), received: this.#received };
  }
  protected override restoreState(state: unknown): void {
    const saved = state as { transmitter: ReturnType<Transmitter["save"]>; received: number };
    this.#transmitter.restore(saved.transmitter);
    this.#received = saved.received;
    this.#update();
  }

  #frame(): Frame | undefined {
    const divider = this.r.BAUDDIV.value;
    if (divider < MIN_BAUDDIV) return undefined;
    return { bits: FRAME_BITS, bitSeconds: divider / this.context.clocks.hz(this.config.clock ?? "core") };
  }

  #send(data: number): void {
    const { STATE: state } = this.r;
    if (!this.#transmitter.hasRoom) state.setBits(STATE.TXOR);
    if (this.r.BAUDDIV.value < MIN_BAUDDIV) this.notice(`BAUDDIV is below ${MIN_BAUDDIV}: nothing is sent`);
    this.#transmitter.push(data & 0xff);
    this.#update();
  }
  #take(): number {
    this.r.STATE.clearBits(STATE.RXBF);
    return this.#received;
  }
  /** The transmit interrupt comes when the buffer empties into the shift register, not while it is empty. */
  #bufferEmptied(): void {
    if (this.r.CTRL.has(CTRL.TXIE)) this.r.INTSTATUS.setBits(INT.TX);
    this.#update();
  }
  /** Firmware for qemu clears the transmit interrupt whenever it looks at the state: most often it is not there. */
  #clear(before: number, bits: number): void {
    const { STATE: state } = this.r;
    const overruns = (state.has(STATE.TXOR) ? INT.TXOR : 0) | (state.has(STATE.RXOR) ? INT.RXOR : 0);
    if (((before | overruns) & bits) === 0) return;
    if ((bits & INT.TXOR) !== 0) state.clearBits(STATE.TXOR);
    if ((bits & INT.RXOR) !== 0) state.clearBits(STATE.RXOR);
    this.#update();
  }

  #controlChanged(): void {
    this.#transmitter.start();
    this.#update();
    this.#receiverChanged();
  }
  #receiverChanged(): void {
    for (const listener of this.#receiverListeners) listener();
  }

  #update(): void {
    const { STATE: state, CTRL: ctrl, INTSTATUS } = this.r;
    if (this.#transmitter.hasRoom) state.clearBits(STATE.TXBF);
    else state.setBits(STATE.TXBF);
    const overrun = (flag: number, enable: number, interrupt: number): void => {
      if (state.has(flag) && ctrl.has(enable)) INTSTATUS.setBits(interrupt);
      else INTSTATUS.clearBits(interrupt);
    };
    overrun(STATE.TXOR, CTRL.TXORIE, INT.TXOR);
    overrun(STATE.RXOR, CTRL.RXORIE, INT.RXOR);
    this.irq("tx", INTSTATUS.has(INT.TX));
    this.irq("rx", INTSTATUS.has(INT.RX));
    this.irq("overflow", INTSTATUS.has(INT.TXOR | INT.RXOR));
  }
}
