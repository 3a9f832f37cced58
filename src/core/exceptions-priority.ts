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
  /** The numbers of those that are pending and of those that are active: few. */
  #pendingOnes: number[] = [];
  #activeOnes: number[] = [];

  constructor(irqCount: number, priorityBits: number) {
    this.count = EXCEPTION.IRQ0 + irqCount;
    this.priorityMask = (0xff00 >> priorityBits) & 0xff;
    this.reset();
  }

  reset(): void {
    for (const array of [this.enabled, this.level, this.#pending, this.#active, this.#priority])
      array.fill(0);
    this.#pendingOnes = [];
    this.#activeOnes = [];
    for (const exception of ALWAYS_ENABLED) this.enabled[exception] = 1;
    this.#priority[EXCEPTION.Reset] = -3;
    this.#priority[EXCEPTION.NMI] = -2;
    this.#priority[EXCEPTION.HardFault] = -1;
  }

  get pendingCount(): number {
    return this.#pendingOnes.length;
  }
  get activeCount(): number {
    return this.#activeOnes.length;
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
    change(this.#pendingOnes, exception, pending);
    return true;
  }
  setActive(exception: number, active: boolean): void {
    if (this.isActive(exception) === active) return;
    this.#active[exception] = active ? 1 : 0;
    change(this.#activeOnes, exception, active);
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
    for (const exception of this.#activeOnes) {
      const priority = this.group(this.#priority[exception]!, PRIGROUP);
      if (priority < lowest) lowest = priority;
    }
    return lowest;
  }

  /** The pending and enabled exception to take first: lowest priority value, then lowest number. 0 for none. */
  highestPending(): number {
    let best = 0;
    let bestPriority = LOWEST;
    for (const exception of this.#pendingOnes) {
      const priority = this.#priority[exception]!;
      if (this.enabled[exception] === 0 || priority > bestPriority) continue;
      if (priority === bestPriority && exception > best) continue;
      best = exception;
      bestPriority = priority;
    }
    return best;
  }

  /** `highestPending()` if its group priority is more urgent than `execution`, else 0. */
  preempting(execution: number, PRIGROUP: number): number {
    if (this.#pendingOnes.length === 0) return 0;
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
    this.#pendingOnes = [...this.#pending.keys()].filter((i) => this.#pending[i] === 1);
    this.#activeOnes = [...this.#active.keys()].filter((i) => this.#active[i] === 1);
  }
}

function change(ones: number[], exception: number, isOne: boolean): void {
  if (isOne) ones.push(exception);
  else ones.splice(ones.indexOf(exception), 1);
}
