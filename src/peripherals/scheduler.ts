/** A callback due at a cycle. Created by `Scheduler.at`. */
export interface ScheduledEvent {
  readonly cycle: number;
  /** Order among events of the same cycle: first scheduled runs first. */
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

const before = (a: ScheduledEvent, b: ScheduledEvent): boolean =>
  a.cycle < b.cycle || (a.cycle === b.cycle && a.sequence < b.sequence);

/**
 * The queue of future events, in core cycles since reset. Peripherals are never ticked: they schedule what will happen
 * and compute counters from `now()` when someone looks.
 */
export class Scheduler {
  /** The exact current cycle, also in the middle of a block. */
  readonly now: () => number;
  readonly #onNextChanged: (cycle: number) => void;
  readonly #heap: ScheduledEvent[] = [];
  #sequence = 0;

  /** @param onNextChanged told the cycle of the earliest event (Infinity for none) whenever it changes */
  constructor(now: () => number, onNextChanged: (cycle: number) => void) {
    this.now = now;
    this.#onNextChanged = onNextChanged;
  }

  /** Cycle of the earliest event; Infinity when there is none. */
  get next(): number {
    return this.#heap[0]?.cycle ?? Infinity;
  }

  /** Cycles of all events to come, ascending. */
  get pending(): readonly number[] {
    return this.#heap
      .filter((event) => !event.cancelled)
      .map((event) => event.cycle)
      .sort((a, b) => a - b);
  }

  /** Runs `run` at `cycle`, or as soon as possible when that has passed. */
  at(cycle: number, run: () => void): ScheduledEvent {
    const event: ScheduledEvent = { cycle, sequence: this.#sequence++, run, cancelled: false };
    this.#push(event);
    this.#announce();
    return event;
  }
  after(cycles: number, run: () => void): ScheduledEvent {
    return this.at(this.now() + cycles, run);
  }
  cancel(event: ScheduledEvent | undefined): void {
    if (event === undefined || event.cancelled) return;
    event.cancelled = true;
    this.#dropCancelled();
    this.#announce();
  }

  /** Runs every event due at or before `cycle`, in order. */
  runDue(cycle: number): void {
    while (this.next <= cycle) {
      const event = this.#pop();
      if (event.cancelled) continue;
      event.cancelled = true; // has run: a later cancel is harmless
      event.run();
    }
    this.#dropCancelled();
    this.#announce();
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.cancelled === true) this.#pop();
  }
  #announce(): void {
    this.#onNextChanged(this.next);
  }
  #push(event: ScheduledEvent): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(event, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = event;
  }
  #pop(): ScheduledEvent {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}
