import { Alarm, type TimeBase } from "./alarm.ts";
import type { SerialPort } from "./serial.ts";

/**
 * Feeds bytes to a UART at its baud rate, one frame after the other, from the moment its receiver is on. It does not
 * wait for the firmware to take them: what the firmware is too slow for is lost in an overrun, as on a real line.
 */
export class UartFeeder {
  readonly #port: SerialPort;
  readonly #alarm: Alarm;
  readonly #onDrained: () => void;
  #bytes: Uint8Array = new Uint8Array(0);
  #next = 0;

  /** @param onDrained told when the last byte given so far has arrived */
  constructor(port: SerialPort, time: TimeBase, onDrained: () => void = () => undefined) {
    this.#port = port;
    this.#onDrained = onDrained;
    this.#alarm = new Alarm(time, () => this.#frameEnded());
    port.onReceiverChange(() => this.#start());
  }

  /** Bytes that have not arrived yet. */
  get remaining(): number {
    return this.#bytes.length - this.#next;
  }

  /** Puts `bytes` behind those that wait. */
  feed(bytes: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#next);
    this.#bytes = new Uint8Array(rest.length + bytes.length);
    this.#bytes.set(rest);
    this.#bytes.set(bytes, rest.length);
    this.#next = 0;
    this.#start();
  }
  /** Takes back what has not arrived. */
  stop(): void {
    this.#alarm.clear();
    this.#bytes = new Uint8Array(0);
    this.#next = 0;
  }

  #start(): void {
    if (this.#alarm.pending || this.remaining === 0) return;
    const seconds = this.#port.receiveFrameSeconds;
    if (seconds !== undefined) this.#alarm.afterSeconds(seconds);
  }

  #frameEnded(): void {
    // A receiver that was switched off meanwhile gets the byte once it is on again.
    if (this.#port.receiveFrameSeconds === undefined) return;
    const byte = this.#bytes[this.#next++] ?? 0;
    this.#start();
    this.#port.receive(byte);
    if (this.remaining === 0) this.#onDrained();
  }
}
