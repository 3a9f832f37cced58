import { storage } from "../registers.ts";
import { CR1, CR3, FLAG, UsartBase, type SavedUsart } from "./usart-base.ts";

const UE = 1 << 13;
/** Flags that a read of SR and then of DR clears. */
const READ_CLEARED = FLAG.PE | FLAG.FE | FLAG.NE | FLAG.ORE | FLAG.IDLE;

/**
 * USART and UART of STM32F4: SR, DR, BRR.
 * @source RM0090, RM0390 "USART registers"
 */
export class Stm32F4Usart extends UsartBase {
  /** SR was read: the next access of DR completes a clearing sequence. */
  #statusRead = false;

  protected readonly r = this.define({
    SR: {
      offset: 0x00,
      reset: 0x0000_00c0,
      w0c: 0x0340,
      steady: true,
      read: () => this.#readSR(),
      write: (_v, _p, data) => this.#writeSR(data),
    },
    DR: { offset: 0x04, rw: 0, read: () => this.#readDR(), write: (_v, _p, data) => this.#writeDR(data) },
    BRR: { offset: 0x08, rw: 0xffff, write: () => this.controlChanged() },
    CR1: {
      offset: 0x0c,
      rw: 0xbfff,
      notModelled: 0x0803,
      fields: { SBK: [0], RWU: [1], WAKE: [11] },
      write: (value, previous) => this.#writeCR1(value, previous),
    },
    CR2: {
      offset: 0x10,
      rw: 0x7f6f,
      notModelled: 0x4f60,
      fields: { LBDL: [5], LBDIE: [6], LBCL: [8], CPHA: [9], CPOL: [10], CLKEN: [11], LINEN: [14] },
      write: () => this.controlChanged(),
    },
    CR3: {
      offset: 0x14,
      rw: 0x0fff,
      notModelled: 0x073e,
      fields: { IREN: [1], IRLP: [2], HDSEL: [3], NACK: [4], SCEN: [5], RTSE: [8], CTSE: [9], CTSIE: [10] },
      write: () => this.update(),
    },
    GTPR: storage(0x18),
  });

  protected get status() {
    return this.r.SR;
  }
  protected get cr1() {
    return this.r.CR1;
  }
  protected get cr2() {
    return this.r.CR2;
  }
  protected get cr3() {
    return this.r.CR3;
  }
  protected get enabled(): boolean {
    return this.r.CR1.has(UE);
  }
  protected depth(): number {
    return 1;
  }
  protected wordLength(): number {
    return this.r.CR1.has(CR1.M0) ? 9 : 8;
  }
  /** USARTDIV has 4 fraction bits; with OVER8 three, and 8 samples a bit. */
  protected bitClocks(): number {
    const { value } = this.r.BRR;
    return this.r.CR1.has(CR1.OVER8) ? 8 * (value >>> 4) + (value & 0b111) : value;
  }

  override reset(): void {
    this.#statusRead = false;
    super.reset();
  }

  protected override saveState(): SavedUsart & { readonly statusRead: boolean } {
    return { ...super.saveState(), statusRead: this.#statusRead };
  }
  protected override restoreState(state: unknown): void {
    this.#statusRead = (state as { readonly statusRead: boolean }).statusRead; // only ever what saveState gave
    super.restoreState(state);
  }

  protected overrun(): void {
    this.r.SR.setBits(FLAG.ORE);
  }

  protected update(): void {
    const { SR, CR1: cr1, CR3: cr3 } = this.r;
    this.#follow(FLAG.TXE, this.transmitter.hasRoom);
    this.#follow(FLAG.RXNE, this.received.length > 0);
    if (this.transmitter.hasRoom && cr3.has(CR3.DMAT) && this.enabled) this.onDmaRequest?.("transmit");
    const error = FLAG.FE | FLAG.NE | FLAG.ORE;
    this.irq(
      "global",
      (SR.has(FLAG.TXE) && cr1.has(CR1.TXEIE)) ||
        (SR.has(FLAG.TC) && cr1.has(CR1.TCIE)) ||
        (SR.has(FLAG.RXNE | FLAG.ORE) && cr1.has(CR1.RXNEIE)) ||
        (SR.has(FLAG.IDLE) && cr1.has(CR1.IDLEIE)) ||
        (SR.has(FLAG.PE) && cr1.has(CR1.PEIE)) ||
        (SR.has(error) && cr3.has(CR3.EIE) && cr3.has(CR3.DMAR)),
    );
  }

  #follow(flag: number, on: boolean): void {
    if (on) this.r.SR.setBits(flag);
    else this.r.SR.clearBits(flag);
  }

  #readSR(): number {
    this.#statusRead = true;
    return this.r.SR.value;
  }
  /** RXNE may be cleared by writing 0, which drops the datum; TC, LBD and CTS clear by their mask. */
  #writeSR(written: number): void {
    if ((written & FLAG.RXNE) === 0) this.received = [];
    this.update();
  }
  #readDR(): number {
    if (this.#statusRead) this.r.SR.clearBits(READ_CLEARED);
    this.#statusRead = false;
    return this.take();
  }
  #writeDR(data: number): void {
    this.#statusRead = false;
    this.transmit(data);
  }

  #writeCR1(value: number, previous: number): void {
    if ((previous & ~value & UE) !== 0) this.r.SR.value = 0x00c0;
    this.controlChanged();
  }
}
