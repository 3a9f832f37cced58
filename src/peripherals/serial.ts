import { Alarm, type TimeBase } from "./alarm.ts";

/** What listens at the host's end of a serial line. */
export interface ConsoleLine {
  /** A frame has arrived whole: at the end of its stop bits. */
  onTransmit(byte: number, cycle: number): void;
}

/** A UART as the host sees it: the far end of its line. */
export interface SerialPort {
  readonly name: string;
  /** Everything the part sends goes to `line` as well. */
  connect(line: ConsoleLine): void;
  /** Lets the frames that are still on their way arrive at once: the run has ended. */
  deliver(): void;
  /** A frame from the host ends now. With the receiver off, it is lost. */
  receive(byte: number): void;
  /** Seconds that one frame takes at the present settings; undefined while the receiver is off or has no baud rate. */
  readonly receiveFrameSeconds: number | undefined;
  /** Calls `listener` whenever the receiver may have been switched or its rate changed. */
  onReceiverChange(listener: () => void): void;
}

/** How frames look on the line. */
export interface Frame {
  /** Start, data, parity and stop bits together; may be a half. */
  readonly bits: number;
  /** Seconds of one bit. */
  readonly bitSeconds: number;
}

export const frameSeconds = (frame: Frame): number => frame.bits * frame.bitSeconds;

/** What the transmitter tells its register block. */
export interface TransmitterEvents {
  /** The frame on the line has ended and nothing waits: the line is idle. */
  complete(): void;
  /** A waiting frame has moved to the shift register. */
  moved(): void;
}

interface SavedTransmitter {
  readonly queue: readonly number[];
  readonly shifting: number | null;
  readonly alarm: ReturnType<Alarm["save"]> | null;
}

/**
 * The sending half of a UART: a queue before a shift register. A frame takes exactly its bits; a frame that is on the
 * line keeps the rate it started with.
 */
export class Transmitter {
  readonly #depth: () => number;
  readonly #frame: () => Frame | undefined;
  readonly #events: TransmitterEvents;
  readonly #time: TimeBase;
  readonly #lines: ConsoleLine[] = [];
  readonly #alarm: Alarm;
  #queue: number[] = [];
  #shifting: number | undefined;

  /** @param depth data that wait before the shift register: 1, or that of the FIFO */
  constructor(
    time: TimeBase,
    depth: () => number,
    frame: () => Frame | undefined,
    events: TransmitterEvents,
  ) {
    this.#time = time;
    this.#depth = depth;
    this.#frame = frame;
    this.#events = events;
    this.#alarm = new Alarm(time, () => this.#frameEnded());
  }

  get waiting(): number {
    return this.#queue.length;
  }
  get hasRoom(): boolean {
    return this.#queue.length < this.#depth();
  }
  get idle(): boolean {
    return this.#shifting === undefined && this.#queue.length === 0;
  }
  connect(line: ConsoleLine): void {
    this.#lines.push(line);
  }

  /** Hands over a frame's data. Without room, the newest waiting one is overwritten, as in a data register. */
  push(data: number): void {
    if (!this.hasRoom) this.#queue.pop();
    this.#queue.push(data);
    this.start();
  }
  /** Begins the next frame if the line is free and the settings allow. */
  start(): void {
    const next = this.#queue[0];
    const frame = this.#frame();
    if (this.#shifting !== undefined || next === undefined || frame === undefined) return;
    this.#queue.shift();
    this.#shifting = next;
    this.#alarm.afterSeconds(frameSeconds(frame));
    this.#events.moved();
  }
  /** Drops what waits; a frame on the line goes out. */
  flush(): void {
    this.#queue = [];
  }
  /** See `SerialPort.deliver`. */
  deliver(): void {
    const cycle = this.#time.scheduler.now();
    const frames = this.#shifting === undefined ? this.#queue : [this.#shifting, ...this.#queue];
    this.reset();
    for (const data of frames) for (const line of this.#lines) line.onTransmit(data, cycle);
  }
  reset(): void {
    this.#alarm.clear();
    this.#queue = [];
    this.#shifting = undefined;
  }

  save(): SavedTransmitter {
    return { queue: [...this.#queue], shifting: this.#shifting ?? null, alarm: this.#alarm.save() ?? null };
  }
  restore(saved: SavedTransmitter): void {
    this.#queue = [...saved.queue];
    this.#shifting = saved.shifting ?? undefined;
    this.#alarm.restore(saved.alarm ?? undefined);
  }

  #frameEnded(): void {
    const byte = this.#shifting ?? 0;
    const cycle = this.#time.scheduler.now();
    this.#shifting = undefined;
    this.start();
    if (this.idle) this.#events.complete();
    for (const line of this.#lines) line.onTransmit(byte, cycle);
  }
}
