/** Exception numbers of the Armv7-M ARM. External interrupt n is `IRQ0 + n`. */
export const EXCEPTION = {
  Reset: 1,
  NMI: 2,
  HardFault: 3,
  MemManage: 4,
  BusFault: 5,
  UsageFault: 6,
  SVCall: 11,
  DebugMonitor: 12,
  PendSV: 14,
  SysTick: 15,
  IRQ0: 16,
} as const;

const ALWAYS_ENABLED = [
  EXCEPTION.NMI,
  EXCEPTION.HardFault,
  EXCEPTION.SVCall,
  EXCEPTION.PendSV,
  EXCEPTION.SysTick,
];
const LIMIT = 256;
/** Priority of Thread mode with nothing active: below every exception. */
export const LOWEST = 256;

/**
 * Enabled, pending and active state, input level and priority of every exception, and the arithmetic on priorities.
 * @source Armv7-M ARM, "Exception model", "Priority grouping"; pseudocode ExecutionPriority()
 */
export class ExceptionTable {
  /** Number of exceptions including the system ones. */
  readonly count: number;
  readonly priorityMask: number;
  readonly enabled = new Uint8Array(LIMIT);
  /** Levels of the interrupt inputs. */
  readonly level = new Uint8Array(LIMIT);
  readonly #pending = new Uint8Array(LIMIT);
  readonly #active = new Uint8Array(LIMIT);
  readonly #priority = new Int16Array(LIMIT);
  #pendingCount = 0;
  #activeCount = 0;

  constructor(irqCount: number, priorityBits: number) {
    this.count = EXCEPTION.IRQ0 + irqCount;
    this.priorityMask = (0xff00 >> priorityBits) & 0xff;
    this.reset();
  }

  reset(): void {
    for (const array of [this.enabled, this.level, this.#pending, this.#active, this.#priority])
      array.fill(0);
    this.#pendingCount = 0;
    this.#activeCount = 0;
    for (const exception of ALWAYS_ENABLED) this.enabled[exception] = 1;
    this.#priority[EXCEPTION.Reset] = -3;
    this.#priority[EXCEPTION.NMI] = -2;
    this.#priority[EXCEPTION.HardFault] = -1;
  }

  get pendingCount(): number {
    return this.#pendingCount;
  }
  get activeCount(): number {
    return this.#activeCount;
  }
  isPending(exception: number): boolean {
    return this.#pending[exception] === 1;
  }
  isActive(exception: number): boolean {
    return this.#active[exception] === 1;
  }
  /** True when the state changed. */
  setPending(exception: number, pending: boolean): boolean {
    if (this.isPending(exception) === pending) return false;
    this.#pending[exception] = pending ? 1 : 0;
    this.#pendingCount += pending ? 1 : -1;
    return true;
  }
  setActive(exception: number, active: boolean): void {
    if (this.isActive(exception) === active) return;
    this.#active[exception] = active ? 1 : 0;
    this.#activeCount += active ? 1 : -1;
  }
  priority(exception: number): number {
    return this.#priority[exception]!;
  }
  /** Sets a configurable priority; bits that are not implemented read as 0. */
  setPriority(exception: number, value: number): void {
    this.#priority[exception] = value & this.priorityMask;
  }

  /** The part of a priority that decides on preemption. */
  group(priority: number, PRIGROUP: number): number {
    return priority < 0 ? priority : priority & ~((2 << PRIGROUP) - 1);
  }

  /** Group priority of the most urgent active exception. */
  activePriority(PRIGROUP: number): number {
    let lowest = LOWEST;
    let left = this.#activeCount;
    for (let i = EXCEPTION.NMI; left > 0 && i < this.count; i++) {
      if (this.#active[i] === 0) continue;
      left--;
      const priority = this.group(this.#priority[i]!, PRIGROUP);
      if (priority < lowest) lowest = priority;
    }
    return lowest;
  }

  /** The pending and enabled exception to take first: lowest priority value, then lowest number. 0 for none. */
  highestPending(): number {
    let best = 0;
    let bestPriority = LOWEST;
    let left = this.#pendingCount;
    for (let i = EXCEPTION.NMI; left > 0 && i < this.count; i++) {
      if (this.#pending[i] === 0) continue;
      left--;
      if (this.enabled[i] === 0 || this.#priority[i]! >= bestPriority) continue;
      best = i;
      bestPriority = this.#priority[i]!;
    }
    return best;
  }

  /** `highestPending()` if its group priority is more urgent than `execution`, else 0. */
  preempting(execution: number, PRIGROUP: number): number {
    if (this.#pendingCount === 0) return 0;
    const exception = this.highestPending();
    if (exception === 0) return 0;
    return this.group(this.#priority[exception]!, PRIGROUP) < execution ? exception : 0;
  }

  save(): Record<string, number[]> {
    const { enabled, level } = this;
    const all = { enabled, level, pending: this.#pending, active: this.#active, priority: this.#priority };
    return Object.fromEntries(
      Object.entries(all).map(([name, array]) => [name, [...array.subarray(0, this.count)]]),
    );
  }
  restore(saved: Readonly<Record<string, readonly number[]>>): void {
    const { enabled, level } = this;
    const all = { enabled, level, pending: this.#pending, active: this.#active, priority: this.#priority };
    for (const [name, array] of Object.entries(all)) array.set(saved[name] ?? []);
    this.#pendingCount = this.#pending.reduce((sum, bit) => sum + bit, 0);
    this.#activeCount = this.#active.reduce((sum, bit) => sum + bit, 0);
  }
}
