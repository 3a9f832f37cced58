import { RegisterPeripheral } from "../register-peripheral.ts";
import type { Register, RegisterSpec } from "../registers.ts";

/** Where events begin: event n of a block stands at 0x100 + 4 n and has bit n of INTEN. */
const EVENTS = 0x100;
const EVENT_NAME = "EVENTS_";

/**
 * What all peripherals of nRF52 share: tasks are started by writing 1, events stay until written 0, INTENSET and
 * INTENCLR choose which events raise the interrupt line.
 *
 * Not modelled: PPI, so tasks are started by registers and shortcuts alone.
 * @source nRF52840 Product Specification, "Peripheral interface"
 */
export abstract class NrfPeripheral extends RegisterPeripheral {
  protected abstract readonly r: Readonly<Record<string, Register>>;
  #events: readonly Register[] | undefined;

  override reset(): void {
    super.reset();
    this.updateIrq();
  }

  protected task(offset: number, run: () => void): RegisterSpec {
    return {
      offset,
      writeOnly: true,
      write: (value) => {
        if ((value & 1) !== 0) run();
      },
    };
  }
  protected eventRegister(offset: number): RegisterSpec {
    return { offset, rw: 1, write: () => this.eventCleared() };
  }
  protected eventRegisters(at: Readonly<Record<string, number>>): Record<string, RegisterSpec> {
    return Object.fromEntries(
      Object.entries(at).map(([name, offset]) => [EVENT_NAME + name, this.eventRegister(offset)]),
    );
  }
  /** INTEN, INTENSET, INTENCLR; the mask is kept in INTENSET. */
  protected interruptRegisters(): Record<"INTEN" | "INTENSET" | "INTENCLR", RegisterSpec> {
    return {
      INTEN: this.maskRegister(0x300, "INTENSET", (_old, written) => written),
      INTENSET: this.maskRegister(0x304, "INTENSET", (old, written) => old | written),
      INTENCLR: this.maskRegister(0x308, "INTENSET", (old, written) => old & ~written),
    };
  }
  /** A register that is another view of the mask in `keeper`. */
  protected maskRegister(
    offset: number,
    keeper: string,
    combine: (old: number, written: number) => number,
  ): RegisterSpec {
    return {
      offset,
      rw: 0,
      read: () => this.r[keeper]?.value ?? 0,
      write: (_value, _previous, written) => {
        const register = this.r[keeper];
        if (register !== undefined) register.value = combine(register.value, written);
        this.maskChanged();
      },
    };
  }

  protected event(name: string): void {
    this.r[EVENT_NAME + name]?.setBits(1);
    this.updateIrq();
  }
  protected hasEvent(name: string): boolean {
    return this.r[EVENT_NAME + name]?.has(1) ?? false;
  }
  /** After firmware wrote an event register. */
  protected eventCleared(): void {
    this.updateIrq();
  }
  /** After firmware changed a mask. */
  protected maskChanged(): void {
    this.updateIrq();
  }

  protected updateIrq(): void {
    this.#events ??= Object.values(this.r).filter((register) => register.name.startsWith(EVENT_NAME));
    const enabled = this.r["INTENSET"]?.value ?? 0;
    const raised = this.#events.some(
      (register) => register.has(1) && (enabled >>> ((register.spec.offset - EVENTS) / 4)) & 1,
    );
    this.irq("global", raised);
  }
}
