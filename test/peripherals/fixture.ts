import { ClockTree } from "../../src/peripherals/clock-tree.ts";
import type {
  FlashMemory,
  FlashSectors,
  Oscillators,
  PartContext,
  PeripheralConfig,
} from "../../src/peripherals/part.ts";
import type { AccessSize, Peripheral } from "../../src/peripherals/peripheral.ts";
import { createPeripherals } from "../../src/peripherals/registry.ts";
import { Scheduler } from "../../src/peripherals/scheduler.ts";

/** A peripheral's entry with what does not matter to a test left out. */
export type Entry = Pick<PeripheralConfig, "name" | "type"> & Partial<PeripheralConfig>;

export interface Options {
  readonly mcu?: string;
  readonly oscillators?: Oscillators;
  /** Clocks when no clock controller is among the peripherals. */
  readonly clocks?: Readonly<Record<string, number>>;
  readonly sectors?: readonly FlashSectors[];
}

/** Flash as an array of bytes, erased. */
export class ArrayFlash implements FlashMemory {
  readonly base = 0x0800_0000;
  readonly size: number;
  readonly sectors: readonly FlashSectors[];
  readonly bytes: Uint8Array;

  constructor(sectors: readonly FlashSectors[]) {
    this.sectors = sectors;
    this.size = sectors.reduce((sum, run) => sum + run.count * run.size, 0);
    this.bytes = new Uint8Array(this.size).fill(0xff);
  }
  read(offset: number, size: AccessSize): number {
    let value = 0;
    for (let i = 0; i < size; i++) value |= (this.bytes[offset + i] ?? 0) << (8 * i);
    return value >>> 0;
  }
  program(offset: number, size: AccessSize, value: number): void {
    for (let i = 0; i < size; i++) this.bytes[offset + i] = (value >>> (8 * i)) & 0xff;
  }
  erase(offset: number, length: number): void {
    this.bytes.fill(0xff, offset, offset + length);
  }
}

const RAM_BASE = 0x2000_0000;

/** The codes of a text's characters. */
export const codes = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

/** Peripherals on a bus with a scheduler whose clock the test moves: everything is done and seen through registers. */
export class Bench {
  readonly scheduler = new Scheduler(
    () => this.#now,
    () => undefined,
  );
  readonly clocks: ClockTree;
  readonly flash: ArrayFlash;
  readonly unmodelled: string[] = [];
  readonly notices: string[] = [];
  /** Lines that are high. */
  readonly irqs = new Set<number>();
  /** RAM at 0x2000_0000 that DMA reaches. */
  readonly memory = new Uint8Array(0x1000);
  /** System resets that a peripheral asked for. */
  resets = 0;
  /** What DMA masters told of: items in bytes, and addresses accessed. */
  readonly moved: number[] = [];
  readonly accesses: number[] = [];
  readonly context: PartContext;
  readonly #peripherals: readonly Peripheral[];
  #now = 0;

  constructor(entries: readonly Entry[], options: Options = {}) {
    this.clocks = new ClockTree(options.clocks ?? { core: 16e6, ahb1: 16e6, apb1: 16e6, apb2: 16e6 });
    this.flash = new ArrayFlash(options.sectors ?? [{ count: 8, size: 2048 }]);
    this.context = {
      scheduler: this.scheduler,
      clocks: this.clocks,
      mcu: options.mcu ?? "STM32F746ZGT6",
      oscillators: options.oscillators ?? {},
      flash: this.flash,
      setIrq: (irq, level) => {
        if (level) this.irqs.add(irq);
        else this.irqs.delete(irq);
      },
      unmodelled: (peripheral, register, access) =>
        this.unmodelled.push(`${access} ${peripheral} ${register}`),
      notice: (peripheral, text) => this.notices.push(`${peripheral}: ${text}`),
      bus: {
        read: (address, size) => this.#busRead(address, size),
        write: (address, size, value) => this.#busWrite(address, size, value),
      },
      requestReset: () => this.resets++,
      dma: {
        moved: (bytes) => this.moved.push(bytes),
        access: (address) => this.accesses.push(address),
        accessRepeatedly: (_owner, address, { times }) =>
          this.accesses.push(...new Array<number>(times).fill(address)),
        stopped: () => undefined,
      },
    };
    const complete = entries.map((entry) => ({ base: 0, size: 0x400, irqs: {}, params: {}, ...entry }));
    this.#peripherals = createPeripherals(complete, this.context);
  }

  #device(address: number): Peripheral | undefined {
    return this.#peripherals.find((each) => address >= each.base && address - each.base < each.size);
  }
  #busRead(address: number, size: AccessSize): number | undefined {
    const offset = address - RAM_BASE;
    if (offset < 0 || offset + size > this.memory.length) {
      const device = this.#device(address);
      return device?.read(address - device.base, size);
    }
    let value = 0;
    for (let i = 0; i < size; i++) value |= (this.memory[offset + i] ?? 0) << (8 * i);
    return value >>> 0;
  }
  #busWrite(address: number, size: AccessSize, value: number): boolean {
    const offset = address - RAM_BASE;
    if (offset < 0 || offset + size > this.memory.length) {
      const device = this.#device(address);
      return device?.write(address - device.base, size, value) ?? false;
    }
    for (let i = 0; i < size; i++) this.memory[offset + i] = (value >>> (8 * i)) & 0xff;
    return true;
  }

  get now(): number {
    return this.#now;
  }
  get seconds(): number {
    return this.#now / this.clocks.coreHz;
  }
  peripheral(name: string): Peripheral {
    const found = this.#peripherals.find((each) => each.name === name);
    if (found === undefined) throw new Error(`the bench has no ${name}`);
    return found;
  }
  read(name: string, offset: number, size: AccessSize = 4): number {
    return this.peripheral(name).read(offset, size) ?? NaN;
  }
  write(name: string, offset: number, value: number, size: AccessSize = 4): boolean {
    return this.peripheral(name).write(offset, size, value);
  }
  set(name: string, offset: number, mask: number): void {
    this.write(name, offset, (this.read(name, offset) | mask) >>> 0);
  }
  clear(name: string, offset: number, mask: number): void {
    this.write(name, offset, (this.read(name, offset) & ~mask) >>> 0);
  }

  /** Lets cycles pass, with everything that happens in them. */
  run(cycles: number): void {
    const end = this.#now + cycles;
    while (this.scheduler.next <= end) {
      this.#now = Math.max(this.#now, this.scheduler.next);
      this.scheduler.runDue(this.#now);
    }
    this.#now = end;
  }
  runSeconds(seconds: number): void {
    this.run(Math.round(seconds * this.clocks.coreHz));
  }
  /** Lets time pass until `done`, event by event; throws after `limit` seconds. */
  runUntil(done: () => boolean, limit = 10): void {
    let seconds = 0;
    while (!done()) {
      const { next } = this.scheduler;
      if (next === Infinity || seconds > limit) throw new Error("nothing more happens");
      const { coreHz } = this.clocks;
      seconds += Math.max(0, next - this.#now) / coreHz;
      this.run(Math.max(0, next - this.#now));
    }
  }
  /** Polls a register as firmware does. */
  waitFor(name: string, offset: number, mask: number, value = mask, limit = 10): void {
    this.runUntil(() => (this.read(name, offset) & mask) >>> 0 === value >>> 0, limit);
  }
}
