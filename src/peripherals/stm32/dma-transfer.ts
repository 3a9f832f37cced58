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
const CLOCKS_AN_ITEM = 4;

/** One channel's transfer: moves items on request, or by itself from memory to memory. */
export class DmaTransfer {
  readonly #name: string;
  readonly #context: PartContext;
  readonly #clock: string | undefined;
  readonly #reaches: (settings: DmaSettings) => boolean;
  readonly #events: DmaEvents;
  readonly #step: Alarm;
  #settings: DmaSettings | undefined;
  #total = 0;
  #left = 0;
  #isMoving = false;
  /** 1 while a request waits: a level, however often it is told. */
  #asked = 0;

  /** @param clock domain of the controller's bus; the core's when absent */
  constructor(options: {
    name: string;
    context: PartContext;
    clock: string | undefined;
    /** Whether ways lead from the controller to both addresses. */
    reaches: (settings: DmaSettings) => boolean;
    alarm: (run: () => void) => Alarm;
    events: DmaEvents;
  }) {
    const { name, context, clock, reaches, alarm, events } = options;
    this.#reaches = reaches;
    this.#name = name;
    this.#context = context;
    this.#clock = clock;
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
    if (settings.direction === "memory-to-memory") this.#placeHalf(settings);
  }
  stop(): void {
    this.#step.clear();
    if (this.#settings?.direction === "memory-to-memory") this.#context.dma?.stopped(this.#name);
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
    const { bus, dma } = this.#context;
    const reaches = this.#reaches(settings);
    if (reaches && settings.direction !== "memory-to-memory") {
      dma?.access(from);
      dma?.access(to);
    }
    const value = reaches ? bus.read(from, bytes) : undefined;
    if (value === undefined || !bus.write(to, bytes, value)) {
      this.stop();
      this.#events.error();
      return;
    }
    dma?.moved(bytes);
    this.#left--;
    if (this.#left === Math.floor(this.#total / 2) && this.#total > 1) this.#events.half();
    if (this.#left === 0) this.#finish(settings);
  }
  #finish(settings: DmaSettings): void {
    if (settings.circular) this.#left = this.#total;
    else this.stop();
    this.#events.complete();
  }

  /** The items up to the next flag move when all of them have; their accesses come one by one until then. */
  #placeHalf(settings: DmaSettings): void {
    const { peripheralAddress, memoryAddress } = settings;
    const { scheduler, clocks } = this.#context;
    const dma = this.#reaches(settings) ? this.#context.dma : undefined;
    const ratio = this.#clock === undefined ? 1 : clocks.coreHz / clocks.hz(this.#clock);
    const period = Math.max(2, Math.round(CLOCKS_AN_ITEM * ratio));
    const times = this.#nextBatch();
    const first = scheduler.now();
    dma?.accessRepeatedly(this.#name, peripheralAddress, { first, period, times });
    dma?.accessRepeatedly(this.#name, memoryAddress, { first: first + (period >> 1), period, times });
    this.#step.atCycle(first + Math.max(1, times * period));
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
    if (this.#settings !== undefined && this.#left > 0) this.#placeHalf(this.#settings);
  }
}
