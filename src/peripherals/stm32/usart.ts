import { storage } from "../registers.ts";
import { CR1, CR3, FLAG, UsartBase } from "./usart-base.ts";

const UE = 1 << 0;
const M1 = 1 << 28;
const FIFOEN = 1 << 29;
const TXFEIE = 1 << 30;
const RXFFIE = 2 ** 31;
const OVRDIS = 1 << 12;
const RXFTIE = 1 << 28;
const TXFTIE = 1 << 23;

const ISR = {
  BUSY: 1 << 16,
  TEACK: 1 << 21,
  REACK: 1 << 22,
  TXFE: 1 << 23,
  RXFF: 1 << 24,
  RXFT: 1 << 26,
  TXFT: 1 << 27,
} as const;
/** Flags that ICR clears, at the bits of ISR. */
const CLEARABLE = FLAG.PE | FLAG.FE | FLAG.NE | FLAG.ORE | FLAG.IDLE | FLAG.TC;
const RQR = { RXFRQ: 1 << 3, TXFRQ: 1 << 4 } as const;

/** PRESC: kernel clock divided by. @source RM0433 "USART_PRESC" */
const PRESCALER = [1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256] as const;
/** RXFTCFG, TXFTCFG: eighths of the depth. @source RM0433 "USART_CR3" */
const THRESHOLD_EIGHTHS = [1, 2, 4, 6, 7, 8] as const;

/** Unmodelled bits of CR1: WAKE, MME, CMIE, RTOIE, EOBIE. */
const CR1_NOT_MODELLED = 0x0c00_6800;

/**
 * USART and UART of STM32F7, L4 and H7: ISR, ICR, RDR, TDR, with the FIFOs of H7 (16 deep) and L4+ (8 deep).
 * @source RM0385, RM0351, RM0432, RM0433 "USART registers"
 */
export class Stm32Usart extends UsartBase {
  protected readonly r = this.define({
    CR1: {
      offset: 0x00,
      rw: this.#hasFifo ? 0xffff_ffff : 0x1fff_ffff,
      notModelled: CR1_NOT_MODELLED,
      fields: { WAKE: [11], MME: [13], CMIE: [14], RTOIE: [26], EOBIE: [27] },
      write: (value, previous) => this.#writeCR1(value, previous),
    },
    CR2: {
      offset: 0x04,
      notModelled: 0x00ff_cf60,
      fields: {
        LBDL: [5],
        LBDIE: [6],
        LBCL: [8],
        CPHA: [9],
        CPOL: [10],
        CLKEN: [11],
        LINEN: [14],
        SWAP: [15],
        RXINV: [16],
        TXINV: [17],
        DATAINV: [18],
        MSBFIRST: [19],
        ABREN: [20],
        ABRMOD: [21, 2],
        RTOEN: [23],
      },
      write: () => this.controlChanged(),
    },
    CR3: {
      offset: 0x08,
      notModelled: 0x0050_473e,
      fields: {
        IREN: [1],
        IRLP: [2],
        HDSEL: [3],
        NACK: [4],
        SCEN: [5],
        RTSE: [8],
        CTSE: [9],
        CTSIE: [10],
        DEM: [14],
        WUFIE: [22],
        WUS: [20],
      },
      write: () => this.update(),
    },
    BRR: { offset: 0x0c, rw: this.baudMask(), write: () => this.controlChanged() },
    GTPR: storage(0x10, 0, 0xffff),
    RTOR: storage(0x14),
    RQR: { offset: 0x18, writeOnly: true, write: (bits) => this.#request(bits) },
    ISR: { offset: 0x1c, reset: 0x0000_00c0, rw: 0, steady: true },
    ICR: { offset: 0x20, writeOnly: true, write: (bits) => this.#clear(bits) },
    RDR: { offset: 0x24, rw: 0, read: () => this.take() },
    TDR: { offset: 0x28, rw: 0x1ff, write: (_value, _previous, data) => this.transmit(data) },
    /** On parts with FIFOs; elsewhere nothing is behind the offset. */
    PRESC: { offset: 0x2c, rw: this.#hasFifo ? 0xf : 0, write: () => this.controlChanged() },
  });

  get #hasFifo(): boolean {
    return (this.config.params["fifo"] ?? 0) > 0;
  }
  /** Width of BRR. */
  protected baudMask(): number {
    return 0xffff;
  }

  protected get status() {
    return this.r.ISR;
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
    if (!this.r.CR1.has(FIFOEN)) return 1;
    return this.context.mcu.startsWith("STM32L4") ? 8 : 16;
  }
  protected wordLength(): number {
    const { CR1: cr1 } = this.r;
    if (cr1.has(M1)) return 7;
    return cr1.has(CR1.M0) ? 9 : 8;
  }
  /** With OVER8, USARTDIV counts half clocks and BRR[2:0] is its fraction shifted right once. */
  protected bitClocks(): number {
    const { value } = this.r.BRR;
    const clocks = this.r.CR1.has(CR1.OVER8) ? 8 * (value >>> 4) + (value & 0b111) : value;
    return clocks * this.prescaler();
  }
  protected prescaler(): number {
    return PRESCALER[this.r.PRESC.value] ?? 256;
  }

  protected override overrun(data: number): void {
    if (this.r.CR3.has(OVRDIS)) this.received[this.received.length - 1] = data;
    else this.r.ISR.setBits(FLAG.ORE);
  }

  protected update(): void {
    const { ISR: isr, CR1: cr1, CR3: cr3 } = this.r;
    const { transmitter, received } = this;
    this.#follow(FLAG.TXE, transmitter.hasRoom);
    this.#follow(FLAG.RXNE, received.length > 0);
    this.#follow(ISR.TEACK, this.enabled && cr1.has(CR1.TE));
    this.#follow(ISR.REACK, this.enabled && cr1.has(CR1.RE));
    if (cr1.has(FIFOEN)) this.#followFifo();
    else this.#follow(ISR.TXFE | ISR.RXFF | ISR.RXFT | ISR.TXFT, false);
    if (transmitter.hasRoom && cr3.has(CR3.DMAT) && this.enabled) this.onDmaRequest?.("transmit");
    this.irq(
      "global",
      (isr.has(FLAG.TXE) && cr1.has(CR1.TXEIE)) ||
        (isr.has(FLAG.TC) && cr1.has(CR1.TCIE)) ||
        (isr.has(FLAG.RXNE | FLAG.ORE) && cr1.has(CR1.RXNEIE)) ||
        (isr.has(FLAG.IDLE) && cr1.has(CR1.IDLEIE)) ||
        (isr.has(FLAG.PE) && cr1.has(CR1.PEIE)) ||
        (isr.has(FLAG.FE | FLAG.NE | FLAG.ORE) && cr3.has(CR3.EIE)) ||
        (isr.has(ISR.TXFE) && cr1.has(TXFEIE)) ||
        (isr.has(ISR.RXFF) && cr1.has(RXFFIE)) ||
        (isr.has(ISR.RXFT) && cr3.has(RXFTIE)) ||
        (isr.has(ISR.TXFT) && cr3.has(TXFTIE)),
    );
  }

  #followFifo(): void {
    const { CR3: cr3 } = this.r;
    const depth = this.depth();
    const threshold = (lsb: number): number => (depth * (THRESHOLD_EIGHTHS[cr3.bits(lsb, 3)] ?? 8)) / 8;
    this.#follow(ISR.TXFE, this.transmitter.waiting === 0);
    this.#follow(ISR.RXFF, this.received.length === depth);
    this.#follow(ISR.RXFT, this.received.length >= threshold(25));
    this.#follow(ISR.TXFT, depth - this.transmitter.waiting >= threshold(29));
  }

  #follow(flag: number, on: boolean): void {
    if (on) this.r.ISR.setBits(flag);
    else this.r.ISR.clearBits(flag);
  }

  #clear(bits: number): void {
    this.r.ISR.clearBits(bits & CLEARABLE);
    this.update();
  }
  #request(bits: number): void {
    if ((bits & RQR.RXFRQ) !== 0) this.received = [];
    if ((bits & RQR.TXFRQ) !== 0) this.transmitter.flush();
    this.update();
  }

  #writeCR1(value: number, previous: number): void {
    if ((previous & ~value & UE) !== 0) this.r.ISR.value = 0x0000_00c0;
    this.controlChanged();
  }
}

/** LPUART: a USART whose bit takes BRR / 256 kernel clocks. @source RM0351, RM0433 "LPUART registers" */
export class Stm32Lpuart extends Stm32Usart {
  protected override baudMask(): number {
    return 0x000f_ffff;
  }
  protected override bitClocks(): number {
    return (this.r.BRR.value / 256) * this.prescaler();
  }
}
