import { isDmaUser, type DmaUser } from "../dma-user.ts";
import type { Peripheral } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { storage, type Register, type RegisterSpec } from "../registers.ts";
import { DmaTransfer, type DmaSettings } from "./dma-transfer.ts";

const sizeOf = (field: number): 1 | 2 | 4 => [1, 2, 4, 4][field] as 1 | 2 | 4;
/** Flags of one channel, whatever their bits. */
type Flag = "half" | "complete" | "error";

/**
 * What the DMA controllers share: channels that move items when a peripheral asks or from memory to memory, half and
 * full transfer and error flags, circular mode. A request goes to the channel that is set to that peripheral's
 * registers and direction: the request numbers of CHSEL, CSELR and DMAMUX are kept and not compared.
 *
 * Requests come from USART, UART, LPUART, SPI and ADC. Not modelled: requests of other peripherals, priorities, packing between
 * items of different widths (items have the peripheral's width), bursts and FIFO thresholds.
 */
export abstract class Stm32DmaController extends RegisterPeripheral {
  protected abstract readonly r: Readonly<Record<string, Register>>;
  protected abstract readonly transfers: readonly DmaTransfer[];
  #ports: readonly DmaUser[] = [];

  /** Takes the requests of these peripherals. */
  attach(ports: readonly DmaUser[]): void {
    this.#ports = ports;
  }
  /** One item for a peripheral; nothing happens when no channel is set to it. */
  serve(port: Peripheral, direction: "transmit" | "receive", offset?: number): void {
    const wanted = direction === "transmit" ? "memory-to-peripheral" : "peripheral-to-memory";
    const transfer = this.transfers.find(({ settings }) => {
      const address = settings?.peripheralAddress ?? -1;
      if (settings?.direction !== wanted) return false;
      if (offset !== undefined) return address === port.base + offset;
      return address >= port.base && address < port.base + port.size;
    });
    transfer?.request();
  }
  /** A request that stood before the channel was switched on. */
  protected askAgain(): void {
    for (const port of this.#ports) port.repeatDmaRequests();
  }

  override reset(): void {
    for (const transfer of this.transfers) transfer.stop();
    super.reset();
    this.updateIrq();
  }
  protected override saveState(): unknown {
    return this.transfers.map((transfer) => transfer.save());
  }
  protected override restoreState(state: unknown): void {
    (state as unknown[]).forEach((saved, n) => this.transfers[n]?.restore(saved));
    this.updateIrq();
  }
  protected makeTransfers(count: number, flag: (n: number, flag: Flag) => void): DmaTransfer[] {
    return Array.from(
      { length: count },
      (_, n) =>
        new DmaTransfer({
          name: `${this.name} ${n}`,
          context: this.context,
          clock: this.config.clock,
          reaches: (settings) => this.#reaches(settings),
          alarm: (run) => this.alarm(run),
          events: {
            half: () => flag(n, "half"),
            complete: () => flag(n, "complete"),
            error: () => flag(n, "error"),
          },
        }),
    );
  }
  protected abstract updateIrq(): void;

  /** Not every controller is connected to everything; the board's parameters say to what. */
  #reaches({ direction, peripheralAddress, memoryAddress }: DmaSettings): boolean {
    const { memoryToMemory = 1, lowest = 0 } = this.config.params;
    if (direction === "memory-to-memory" && memoryToMemory === 0) return false;
    return peripheralAddress >= lowest && memoryAddress >= lowest;
  }
}

const EN = 1 << 0;
const STREAMS = 8;
const STREAM = { CIRC: 1 << 8, PINC: 1 << 9, MINC: 1 << 10, DBM: 1 << 18, CT: 1 << 19 } as const;
/** Bits of one stream's flags within its six, and the enables in CR. */
const STREAM_FLAGS: Readonly<Record<Flag, readonly [flag: number, enable: number]>> = {
  error: [1 << 3, 1 << 2],
  half: [1 << 4, 1 << 3],
  complete: [1 << 5, 1 << 4],
};
/** Place of a stream's flags in LISR or HISR. */
const FLAG_SHIFTS = [0, 6, 16, 22] as const;

/** DMA of F4, F7 and H7 with eight streams. @source RM0090, RM0385, RM0433 "DMA registers" */
export class Stm32Dma extends Stm32DmaController {
  protected readonly r = this.define<string>({
    LISR: { offset: 0x00, rw: 0 },
    HISR: { offset: 0x04, rw: 0 },
    LIFCR: { offset: 0x08, writeOnly: true, write: (bits) => this.#clear("LISR", bits) },
    HIFCR: { offset: 0x0c, writeOnly: true, write: (bits) => this.#clear("HISR", bits) },
    ...Object.fromEntries(
      Array.from({ length: STREAMS }, (_, n) => Object.entries(this.#streamRegisters(n))).flat(),
    ),
  });
  protected readonly transfers = this.makeTransfers(STREAMS, (n, flag) => this.#flag(n, flag));

  #streamRegisters(n: number): Record<string, RegisterSpec> {
    const base = 0x10 + 0x18 * n;
    return {
      [`S${n}CR`]: {
        offset: base,
        rw: 0x0fff_ffff,
        write: (value, previous) => this.#writeCR(n, value, previous),
      },
      [`S${n}NDTR`]: { offset: base + 0x04, rw: 0xffff, read: () => this.#left(n) },
      [`S${n}PAR`]: storage(base + 0x08),
      [`S${n}M0AR`]: { offset: base + 0x0c, write: () => undefined },
      [`S${n}M1AR`]: storage(base + 0x10),
      [`S${n}FCR`]: storage(base + 0x14, 0x21, 0x87),
    };
  }
  #value(name: string): number {
    return this.r[name]?.value ?? 0;
  }
  #left(n: number): number {
    const transfer = this.transfers[n]!;
    return transfer.isRunning ? transfer.left : this.#value(`S${n}NDTR`);
  }
  #writeCR(n: number, value: number, previous: number): void {
    const transfer = this.transfers[n]!;
    if ((value & ~previous & EN) !== 0 && this.#value(`S${n}NDTR`) > 0) {
      transfer.start(this.#settings(n, value), this.#value(`S${n}NDTR`));
      this.askAgain();
    } else if ((previous & ~value & EN) !== 0) {
      this.r[`S${n}NDTR`]!.value = transfer.left;
      transfer.stop();
      this.#set(n, "complete");
    }
    this.updateIrq();
  }
  #settings(n: number, cr: number): DmaSettings {
    const second = (cr & STREAM.DBM) !== 0 && (cr & STREAM.CT) !== 0;
    const directions = ["peripheral-to-memory", "memory-to-peripheral", "memory-to-memory"] as const;
    return {
      peripheralAddress: this.#value(`S${n}PAR`),
      memoryAddress: this.#value(second ? `S${n}M1AR` : `S${n}M0AR`),
      itemBytes: sizeOf((cr >>> 11) & 3),
      peripheralIncrements: (cr & STREAM.PINC) !== 0,
      memoryIncrements: (cr & STREAM.MINC) !== 0,
      circular: (cr & (STREAM.CIRC | STREAM.DBM)) !== 0,
      direction: directions[(cr >>> 6) & 3] ?? "memory-to-memory",
    };
  }
  #flag(n: number, flag: Flag): void {
    this.#set(n, flag);
    const cr = this.r[`S${n}CR`]!;
    if (flag === "complete" && cr.has(STREAM.DBM)) {
      cr.value ^= STREAM.CT;
      this.transfers[n]!.retarget(this.#settings(n, cr.value).memoryAddress);
    }
    if (!this.transfers[n]!.isRunning) {
      cr.clearBits(EN);
      this.r[`S${n}NDTR`]!.value = this.transfers[n]!.left;
    }
    this.updateIrq();
  }
  #set(n: number, flag: Flag): void {
    this.r[n < 4 ? "LISR" : "HISR"]!.setBits(STREAM_FLAGS[flag][0] << FLAG_SHIFTS[(n & 3) as 0 | 1 | 2 | 3]);
  }
  #clear(name: string, bits: number): void {
    this.r[name]?.clearBits(bits);
    this.updateIrq();
  }
  protected updateIrq(): void {
    for (let n = 0; n < STREAMS; n++) {
      const flags = this.#value(n < 4 ? "LISR" : "HISR") >>> FLAG_SHIFTS[(n & 3) as 0 | 1 | 2 | 3];
      const cr = this.#value(`S${n}CR`);
      const raised = Object.values(STREAM_FLAGS).some(
        ([flag, enable]) => (flags & flag) !== 0 && (cr & enable) !== 0,
      );
      this.irq(`stream${n}`, raised);
    }
  }
}

const CHANNEL = { DIR: 1 << 4, CIRC: 1 << 5, PINC: 1 << 6, MINC: 1 << 7, MEM2MEM: 1 << 14 } as const;
/** Bits of one channel's flags within its four, and the enables in CCR. */
const CHANNEL_FLAGS: Readonly<Record<Flag, readonly [flag: number, enable: number]>> = {
  complete: [1 << 1, 1 << 1],
  half: [1 << 2, 1 << 2],
  error: [1 << 3, 1 << 3],
};
const GIF = 1;

/** DMA of L4 (channels 1 to 7) and BDMA of H7 (channels 0 to 7). @source RM0351, RM0432 "DMA registers", RM0433 "BDMA registers" */
export class Stm32Bdma extends Stm32DmaController {
  readonly #count = this.config.params["channels"] ?? 7;
  /** Number of the first channel in interrupt roles. */
  readonly #first = "channel0" in this.config.irqs ? 0 : 1;
  protected readonly r = this.define<string>({
    ISR: { offset: 0x00, rw: 0 },
    IFCR: { offset: 0x04, writeOnly: true, write: (bits) => this.#clear(bits) },
    CSELR: storage(0xa8),
    ...Object.fromEntries(
      Array.from({ length: this.#count }, (_, n) => Object.entries(this.#channelRegisters(n))).flat(),
    ),
  });
  protected readonly transfers = this.makeTransfers(this.#count, (n, flag) => this.#flag(n, flag));

  #channelRegisters(n: number): Record<string, RegisterSpec> {
    const base = 0x08 + 0x14 * n;
    return {
      [`CCR${n}`]: {
        offset: base,
        rw: 0x0001_ffff,
        write: (value, previous) => this.#writeCCR(n, value, previous),
      },
      [`CNDTR${n}`]: { offset: base + 0x04, rw: 0xffff, read: () => this.#left(n) },
      [`CPAR${n}`]: storage(base + 0x08),
      [`CMAR${n}`]: storage(base + 0x0c),
      [`CM1AR${n}`]: storage(base + 0x10),
    };
  }
  #value(name: string): number {
    return this.r[name]?.value ?? 0;
  }
  #left(n: number): number {
    const transfer = this.transfers[n]!;
    return transfer.isRunning ? transfer.left : this.#value(`CNDTR${n}`);
  }
  #writeCCR(n: number, value: number, previous: number): void {
    const transfer = this.transfers[n]!;
    if ((value & ~previous & EN) !== 0 && this.#value(`CNDTR${n}`) > 0) {
      transfer.start(this.#settings(n, value), this.#value(`CNDTR${n}`));
      this.askAgain();
    } else if ((previous & ~value & EN) !== 0 && transfer.isRunning) {
      this.r[`CNDTR${n}`]!.value = transfer.left;
      transfer.stop();
    }
    this.updateIrq();
  }
  /** From memory to memory DIR still says which of the two addresses is read. */
  #settings(n: number, ccr: number): DmaSettings {
    const isFromMemory = (ccr & CHANNEL.DIR) !== 0;
    const isMemoryToMemory = (ccr & CHANNEL.MEM2MEM) !== 0;
    const swaps = isMemoryToMemory && isFromMemory;
    const addresses = [this.#value(`CPAR${n}`), this.#value(`CMAR${n}`)] as const;
    const increments = [(ccr & CHANNEL.PINC) !== 0, (ccr & CHANNEL.MINC) !== 0] as const;
    const onRequest = isFromMemory ? "memory-to-peripheral" : "peripheral-to-memory";
    return {
      peripheralAddress: addresses[swaps ? 1 : 0],
      memoryAddress: addresses[swaps ? 0 : 1],
      itemBytes: sizeOf((ccr >>> 8) & 3),
      peripheralIncrements: increments[swaps ? 1 : 0],
      memoryIncrements: increments[swaps ? 0 : 1],
      circular: (ccr & CHANNEL.CIRC) !== 0 && !isMemoryToMemory,
      direction: isMemoryToMemory ? "memory-to-memory" : onRequest,
    };
  }
  /** A channel stays enabled when its items are moved; an error switches it off. */
  #flag(n: number, flag: Flag): void {
    this.r["ISR"]!.setBits((CHANNEL_FLAGS[flag][0] | GIF) << (4 * n));
    const transfer = this.transfers[n]!;
    if (!transfer.isRunning) this.r[`CNDTR${n}`]!.value = transfer.left;
    if (flag === "error") this.r[`CCR${n}`]!.clearBits(EN);
    this.updateIrq();
  }
  #clear(bits: number): void {
    const isr = this.r["ISR"]!;
    isr.clearBits(bits);
    for (let n = 0; n < this.#count; n++) {
      if (((bits >>> (4 * n)) & GIF) !== 0) isr.clearBits(0xf << (4 * n));
      if (((isr.value >>> (4 * n)) & 0b1110) === 0) isr.clearBits(GIF << (4 * n));
    }
    this.updateIrq();
  }
  protected updateIrq(): void {
    for (let n = 0; n < this.#count; n++) {
      const flags = this.#value("ISR") >>> (4 * n);
      const ccr = this.#value(`CCR${n}`);
      const raised = Object.values(CHANNEL_FLAGS).some(
        ([flag, enable]) => (flags & flag) !== 0 && (ccr & enable) !== 0,
      );
      this.irq(`channel${n + this.#first}`, raised);
    }
  }
}

/** Request multiplexer: its settings are kept, requests find their channel by address. @source RM0432, RM0433 "DMAMUX" */
export class Stm32Dmamux extends RegisterPeripheral {
  protected readonly r = this.define<string>({
    ...Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`C${n}CR`, storage(4 * n)])),
    CSR: { offset: 0x80, rw: 0 },
    CFR: { offset: 0x84, writeOnly: true },
    ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`RG${n}CR`, storage(0x100 + 4 * n)])),
    RGSR: { offset: 0x140, rw: 0 },
    RGCFR: { offset: 0x144, writeOnly: true },
  });
}

/** Leads the requests of the peripherals to the controllers. */
export function connectDma(peripherals: readonly Peripheral[]): void {
  const controllers = peripherals.filter((each) => each instanceof Stm32DmaController);
  const ports = peripherals.filter(isDmaUser);
  for (const controller of controllers) controller.attach(ports);
  for (const port of ports) {
    port.onDmaRequest = (direction, offset) => {
      for (const controller of controllers) controller.serve(port, direction, offset);
    };
  }
}
