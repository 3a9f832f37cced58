import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage } from "../registers.ts";

/**
 * GPIO of i.MX RT1060. Inputs that nobody drives read 0; pin interrupts follow levels that the host drives and are
 * level-sensitive only where ICR says so. Edges are told from one driven level to the next.
 *
 * Not modelled: pads and pulls of IOMUXC; GPIO6 to 9 share their pins with GPIO1 to 4 and are ports of their own here.
 * @source IMXRT1060RM "General Purpose Input/Output"
 */
export class ImxrtGpio extends RegisterPeripheral {
  #levels = 0;
  readonly #listeners: ((pins: number) => void)[] = [];
  protected readonly r = this.define({
    DR: { offset: 0x00, write: () => this.#outputChanged() },
    GDIR: storage(0x04),
    PSR: { offset: 0x08, rw: 0, read: () => this.#input() },
    ICR1: storage(0x0c),
    ICR2: storage(0x10),
    IMR: { offset: 0x14, write: () => this.#updateIrq() },
    ISR: { offset: 0x18, w1c: 0xffff_ffff, write: () => this.#updateIrq() },
    EDGE_SEL: { offset: 0x1c, write: () => this.#updateIrq() },
    DR_SET: { offset: 0x84, writeOnly: true, write: (bits) => this.#put(this.r.DR.value | bits) },
    DR_CLEAR: { offset: 0x88, writeOnly: true, write: (bits) => this.#put(this.r.DR.value & ~bits) },
    DR_TOGGLE: { offset: 0x8c, writeOnly: true, write: (bits) => this.#put(this.r.DR.value ^ bits) },
  });

  /** Drives a pin from outside; undefined lets go of it. */
  drive(pin: number, level: boolean | undefined): void {
    const bit = 2 ** pin;
    const was = (this.#levels & bit) !== 0;
    this.#levels = level === true ? this.#levels | bit : this.#levels & ~bit;
    const isEdge = was !== (level === true);
    const icr = (pin < 16 ? this.r.ICR1 : this.r.ICR2).bits(2 * (pin % 16), 2);
    // ICR: low level, high level, rising edge, falling edge.
    const fires = this.r.EDGE_SEL.has(bit)
      ? isEdge
      : [level !== true, level === true, isEdge && !was, isEdge && was][icr];
    if (fires === true) this.r.ISR.setBits(bit);
    this.#updateIrq();
  }
  /** Levels of the output register, told after every change. */
  onOutput(listener: (pins: number) => void): void {
    this.#listeners.push(listener);
  }
  protected override restoreState(): void {
    this.#updateIrq();
  }

  #input(): number {
    const { DR, GDIR } = this.r;
    return ((DR.value & GDIR.value) | (this.#levels & ~GDIR.value)) >>> 0;
  }
  #put(pins: number): void {
    this.r.DR.value = pins;
    this.#outputChanged();
  }
  #outputChanged(): void {
    for (const listener of this.#listeners) listener(this.r.DR.value);
  }
  #updateIrq(): void {
    const raised = this.r.ISR.value & this.r.IMR.value;
    this.irq("low", (raised & 0xffff) !== 0);
    this.irq("high", raised >>> 16 !== 0);
    this.irq("global", raised !== 0);
  }
}
