import type { Alarm } from "../alarm.ts";
import type { Register } from "../registers.ts";

/** Where an oscillator or PLL is switched on and says that it is ready. */
export interface OscillatorBits {
  readonly register: Register;
  /** Mask of the enable bit. */
  readonly on: number;
  /** Mask of the ready flag. */
  readonly ready: number;
  /** Seconds from on to ready; undefined while it cannot start (no crystal, no input clock). */
  readonly startUp: () => number | undefined;
}

/** An oscillator or a PLL of a clock controller: off, starting, or ready. */
export class Oscillator {
  readonly #bits: OscillatorBits;
  readonly #alarm: Alarm;

  /** @param alarm makes the event of becoming ready, which runs the given function */
  constructor(bits: OscillatorBits, alarm: (run: () => void) => Alarm, onReady: () => void) {
    this.#bits = bits;
    this.#alarm = alarm(() => {
      bits.register.setBits(bits.ready);
      onReady();
    });
  }

  get ready(): boolean {
    return this.#bits.register.has(this.#bits.ready);
  }

  /** Follows the enable bit. */
  update(): void {
    const { register, on, ready, startUp } = this.#bits;
    if (!register.has(on)) {
      this.#alarm.clear();
      register.clearBits(ready);
    } else if (!this.ready && !this.#alarm.pending) {
      const seconds = startUp();
      if (seconds !== undefined) this.#alarm.afterSeconds(seconds);
    }
  }
}
