import type { Alarm } from "../alarm.ts";
import type { PartContext } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";

/** How a channel or stream is set, whatever its registers look like. */
export interface DmaSettings {
  readonly peripheralAddress: number;
  readonly memoryAddress: number;
  readonly itemBytes: AccessSize;
  readonly peripheralIncrements: boolean;
  readonly memoryIncrements: boolean;
  readonly circular: boolean;
  readonly direction: "peripheral-to-memory" | "memory-to-peripheral" | "memory-to-memory";
}

/** What a transfer tells its registers. */
export interface DmaEvents {
  half(): void;
  /** All items are moved; `circular` ones begin anew. */
  complete(): void;
  /** A bus error: the channel is to switch itself off. */
  error(): void;
}

/** AHB clocks of one item from memory to memory: a read, a write, arbitration. Inferred, no figure is printed. */
const CYCLES_AN_ITEM = 4;

/** One channel's transfer: moves items on request, or by itself from memory to memory. */
export class DmaTransfer {
  readonly #name: string;
  readonly #context: PartContext;
  readonly #events: DmaEvents;
  readonly #step: Alarm;
  #settings: DmaSettings | undefined;
  #total = 0;
  #left = 0;
  #isMoving = false;
  /** 1 while a request waits: a level, however often it is told. */
  #asked = 0;

  constructor(name: string, context: PartContext, alarm: (run: () => void) => Alarm, events: DmaEvents) {
    this.#name = name;
    this.#context = context;
    this.#events = events;
    this.#step = alarm(() => this.#moveHalf());
  }

  get isRunning(): boolean {
    return this.#settings !== undefined;
  }
  /** Items still to move. */
  get left(): number {
    return this.#left;
  }
  get settings(): DmaSettings | undefined {
    return this.#settings;
  }

  start(settings: DmaSettings, items: number): void {
    this.#settings = settings;
    this.#total = this.#left = items;
    if (settings.direction === "memory-to-memory") this.#placeHalf();
  }
  stop(): void {
    this.#step.clear();
    this.#settings = undefined;
  }
  /** Another address for the next round of a double buffer. */
  retarget(memoryAddress: number): void {
    if (this.#settings !== undefined) this.#settings = { ...this.#settings, memoryAddress };
  }

  /** A peripheral asks for one item. Asked again from within its own register access, goes on afterwards. */
  request(): void {
    this.#asked = 1;
    if (this.#isMoving) return;
    this.#isMoving = true;
    while (this.#asked === 1 && this.#settings !== undefined) {
      this.#asked = 0;
      this.#moveOne(this.#settings);
    }
    this.#asked = 0;
    this.#isMoving = false;
  }

  save(): unknown {
    return [this.#settings ?? null, this.#total, this.#left];
  }
  restore(saved: unknown): void {
    const [settings, total, left] = saved as [DmaSettings | null, number, number];
    this.#settings = settings ?? undefined;
    this.#total = total;
    this.#left = left;
  }

  #moveOne(settings: DmaSettings): void {
    const index = this.#total - this.#left;
    const bytes = settings.itemBytes;
    const at = (base: number, increments: boolean): number => (base + (increments ? index * bytes : 0)) >>> 0;
    const peripheral = at(settings.peripheralAddress, settings.peripheralIncrements);
    const memory = at(settings.memoryAddress, settings.memoryIncrements);
    const [from, to] =
      settings.direction === "memory-to-peripheral" ? [memory, peripheral] : [peripheral, memory];
    const { bus, onDmaAccess } = this.#context;
    onDmaAccess?.(this.#name, from, bytes, false);
    const value = bus.read(from, bytes);
    if (value !== undefined) onDmaAccess?.(this.#name, to, bytes, true);
    if (value === undefined || !bus.write(to, bytes, value)) {
      this.stop();
      this.#events.error();
      return;
    }
    this.#left--;
    if (this.#left === Math.floor(this.#total / 2) && this.#total > 1) this.#events.half();
    if (this.#left === 0) this.#finish(settings);
  }
  #finish(settings: DmaSettings): void {
    if (settings.circular) this.#left = this.#total;
    else this.stop();
    this.#events.complete();
  }

  #placeHalf(): void {
    const items = this.#nextBatch();
    this.#step.atCycle(this.#context.scheduler.now() + Math.max(1, items * CYCLES_AN_ITEM));
  }
  /** Items up to the next flag. */
  #nextBatch(): number {
    const half = Math.floor(this.#total / 2);
    return this.#left > half ? this.#left - half : this.#left;
  }
  #moveHalf(): void {
    for (let items = this.#nextBatch(); items > 0; items--) {
      if (this.#settings === undefined) return;
      this.#moveOne(this.#settings);
    }
    if (this.#settings !== undefined && this.#left > 0) this.#placeHalf();
  }
}
