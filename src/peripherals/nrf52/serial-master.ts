import { readOnly, storage, type RegisterSpec } from "../registers.ts";
import { NrfPeripheral } from "./nrf-peripheral.ts";

/** ENABLE of the masters that share a block. @source nRF52840 Product Specification, "SPI", "TWI", "TWIM", "SPIM" */
const KIND = { SPI: 1, TWI: 5, TWIM: 6, SPIM: 7 } as const;
const ANACK = 1 << 1;
const ADDRESS_BITS = 10;
/** FREQUENCY is this many units for 1 Hz: 2^32 for 16 MHz, with more at the highest rates. */
const UNITS_A_HZ = 2 ** 32 / 16e6;
const IDLE = 0xff;
/** SHORTS. */
const END_START = 1 << 17;

/**
 * The block that is an SPI or a two-wire master, with or without EasyDMA, and nobody on its lines: SPI receives ones in
 * the time that it takes, no two-wire address is acknowledged. Not modelled: the slaves' side.
 * @source nRF52840 Product Specification, "SPIM", "TWIM", "SPI", "TWI"
 */
export class NrfSerialMaster extends NrfPeripheral {
  protected readonly r = this.define<string>({
    TASKS_STARTRX: this.task(0x000, () => this.#address()),
    TASKS_STARTTX: this.task(0x008, () => this.#address()),
    TASKS_START: this.task(0x010, () => this.#transfer()),
    TASKS_STOP: this.task(0x014, () => this.#stop()),
    TASKS_SUSPEND: this.task(0x01c, () => this.event("SUSPENDED")),
    TASKS_RESUME: this.task(0x020, () => undefined),
    ...this.eventRegisters({ STOPPED: 0x104, READY: 0x108, ENDRX: 0x110, END: 0x118, TXDSENT: 0x11c }),
    ...this.eventRegisters({ ENDTX: 0x120, ERROR: 0x124, BB: 0x138, SUSPENDED: 0x148, STARTED: 0x14c }),
    ...this.eventRegisters({ TXSTARTED: 0x150, LASTRX: 0x15c, LASTTX: 0x160 }),
    SHORTS: storage(0x200),
    ...this.interruptRegisters(),
    ERRORSRC: { offset: 0x4c4, rw: 0, w1c: 0b111 },
    ENABLE: storage(0x500, 0, 0xf),
    ...Object.fromEntries(
      [0x508, 0x50c, 0x510, 0x514].map((at) => [`PSEL${at.toString(16)}`, storage(at, 0xffff_ffff)]),
    ),
    RXD: readOnly(0x518, IDLE),
    TXD: { offset: 0x51c, writeOnly: true, write: () => this.#sendByte() },
    FREQUENCY: storage(0x524, 0x0400_0000),
    ...this.#easyDma("RXD", 0x534),
    ...this.#easyDma("TXD", 0x544),
    CONFIG: storage(0x554),
    ADDRESS: storage(0x588, 0, 0x7f),
    ORC: storage(0x5c0),
  });
  readonly #done = this.alarm(() => this.#finish());

  #easyDma(name: string, at: number): Record<string, RegisterSpec> {
    return {
      [`${name}_PTR`]: storage(at),
      [`${name}_MAXCNT`]: storage(at + 4, 0, 0xffff),
      [`${name}_AMOUNT`]: readOnly(at + 8),
      [`${name}_LIST`]: storage(at + 12),
    };
  }
  #value(name: string): number {
    return this.r[name]?.value ?? 0;
  }
  get #isTwoWire(): boolean {
    return this.#value("ENABLE") === KIND.TWI || this.#value("ENABLE") === KIND.TWIM;
  }
  #bitSeconds(): number {
    return UNITS_A_HZ / Math.max(1, this.#value("FREQUENCY"));
  }
  #address(): void {
    if (this.#isTwoWire) this.#done.afterSeconds(ADDRESS_BITS * this.#bitSeconds());
  }
  #transfer(): void {
    if (this.#value("ENABLE") !== KIND.SPIM) return;
    this.event("STARTED");
    const bytes = Math.max(this.#value("RXD_MAXCNT"), this.#value("TXD_MAXCNT"));
    this.#done.afterSeconds(8 * bytes * this.#bitSeconds());
  }
  #sendByte(): void {
    if (this.#value("ENABLE") === KIND.SPI) this.#done.afterSeconds(8 * this.#bitSeconds());
  }
  #finish(): void {
    if (this.#isTwoWire) {
      this.notice(`nobody answers at address 0x${this.#value("ADDRESS").toString(16)}: the bus is empty`);
      this.r["ERRORSRC"]?.setBits(ANACK);
      this.event("ERROR");
      return;
    }
    this.notice("nobody is on the line: every byte received is all ones");
    if (this.#value("ENABLE") === KIND.SPI) {
      this.event("READY");
      return;
    }
    const received = this.#value("RXD_MAXCNT");
    for (let n = 0; n < received; n++) this.context.bus.write((this.#value("RXD_PTR") + n) >>> 0, 1, IDLE);
    this.r["RXD_AMOUNT"]!.value = received;
    this.r["TXD_AMOUNT"]!.value = this.#value("TXD_MAXCNT");
    for (const name of ["ENDRX", "ENDTX", "END"]) this.event(name);
    if ((this.#value("SHORTS") & END_START) !== 0) this.#transfer();
  }
  #stop(): void {
    this.#done.clear();
    this.event("STOPPED");
  }
}
