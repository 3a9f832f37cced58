import type { PartContext, PeripheralConfig } from "../part.ts";
import { storage } from "../registers.ts";
import { narrow, NarrowPeripheral } from "./kinetis-peripheral.ts";

const at = narrow(1);
const C1 = { MST: 1 << 5, IICIE: 1 << 6, IICEN: 1 << 7 } as const;
const S = { RXAK: 1 << 0, IICIF: 1 << 1, BUSY: 1 << 5, TCF: 1 << 7 } as const;
/** A byte and its acknowledge at 100 kHz: the divider's table is not modelled. */
const BYTE_SECONDS = 90e-6;

/**
 * I2C as a master on a bus with nobody else: no address is acknowledged. Not modelled: the slave's side, SMBus, DMA, the
 * divider. @source K64P144M120SF5RM "I2C"
 */
export class KinetisI2c extends NarrowPeripheral {
  protected readonly r = this.define({
    A1: storage(at(0), 0, 0xfe),
    F: storage(at(1), 0, 0xff),
    C1: { offset: at(2), rw: 0xfb, write: (value, previous) => this.#writeC1(value, previous) },
    S: { offset: at(3), reset: S.TCF, rw: 0, w1c: S.IICIF | (1 << 4), write: () => this.#updateIrq() },
    D: { offset: at(4), rw: 0xff, write: (value) => this.#send(value) },
    C2: storage(at(5), 0, 0xff),
    FLT: storage(at(6), 0, 0xff),
    RA: storage(at(7), 0, 0xfe),
    SMB: storage(at(8), 0, 0xff),
    A2: storage(at(9), 0xc2, 0xfe),
    SLTH: storage(at(10), 0, 0xff),
    SLTL: storage(at(11), 0, 0xff),
  });
  #sent = 0;
  readonly #done = this.alarm(() => {
    this.notice(`nobody answers at address 0x${(this.#sent >>> 1).toString(16)}: the bus is empty`);
    this.r.S.setBits(S.TCF | S.IICIF | S.RXAK);
    this.#updateIrq();
  });

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, 1);
  }
  protected override saveState(): unknown {
    return this.#sent;
  }
  protected override restoreState(state: unknown): void {
    this.#sent = state as number;
  }

  #writeC1(value: number, previous: number): void {
    if ((value & ~previous & C1.MST) !== 0) this.r.S.setBits(S.BUSY);
    if ((previous & ~value & (C1.MST | C1.IICEN)) !== 0) {
      this.#done.clear();
      this.r.S.clearBits(S.BUSY);
      this.r.S.setBits(S.TCF);
    }
    this.#updateIrq();
  }
  #send(value: number): void {
    if (!this.r.C1.has(C1.MST) || !this.r.C1.has(C1.IICEN)) return;
    this.#sent = value;
    this.r.S.clearBits(S.TCF);
    this.#done.afterSeconds(BYTE_SECONDS);
  }
  #updateIrq(): void {
    this.irq("global", this.r.S.has(S.IICIF) && this.r.C1.has(C1.IICIE));
  }
}
