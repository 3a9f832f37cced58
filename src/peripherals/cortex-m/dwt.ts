import { DEMCR } from "../../core/exceptions-registers.ts";
import type { Exceptions } from "../../core/exceptions.ts";
import type { Scheduler } from "../scheduler.ts";
import type { CortexMConfig, CortexMHooks, ProfileCounts } from "./config.ts";
import { SoftwareLock } from "./software-lock.ts";
import { WordRegisters, type WordRegister } from "./word-registers.ts";

const OFFSET = { CTRL: 0x00, CYCCNT: 0x04, CPICNT: 0x08, PCSR: 0x1c, COMP0: 0x20 } as const;
const CYCCNTENA = 1;
/** Four comparators; trace, cycle counter and profiling counters are present. */
const CTRL_FIXED = 0x4000_0000;
const CTRL_BITS = 0x007f_1fff;
const COMPARATORS = 4;
const TWO_32 = 0x1_0000_0000;

/** The profiling counters in the order of their registers, each with its enable bit in CTRL. */
const PROFILE: readonly { readonly count: keyof ProfileCounts; readonly enable: number }[] = [
  { count: "cpi", enable: 1 << 17 },
  { count: "exception", enable: 1 << 18 },
  { count: "sleep", enable: 1 << 19 },
  { count: "lsu", enable: 1 << 20 },
  { count: "fold", enable: 1 << 21 },
];
/** Bits that would emit trace packets, by name. */
const NOT_MODELLED: readonly (readonly [string, number])[] = [
  ["SYNCTAP", 3 << 10],
  ["PCSAMPLENA", 1 << 12],
  ["EXCTRCENA", 1 << 16],
  ["CYCEVTENA", 1 << 22],
];

/** A counter that runs with a total kept elsewhere while it is enabled. */
interface Counter {
  value: number;
  /** Total at which `value` was right; undefined while stopped. */
  since: number | undefined;
}

interface Saved {
  readonly control: number;
  readonly isLocked: boolean;
  readonly cycles: number;
  readonly profile: readonly number[];
  readonly comparators: readonly number[];
}

/**
 * Data watchpoint and trace unit: the cycle counter and the profiling counters. Comparators only keep what is written.
 * Writes need DEMCR.TRCENA and, on the M7, the software lock open. @source Armv7-M ARM, "The Data Watchpoint and Trace
 * unit"; that the F7 and H7 have the lock: ST community on STM32F746
 */
export class DWT {
  readonly registers = new WordRegisters();
  readonly #ex: Exceptions;
  readonly #now: () => number;
  readonly #hooks: CortexMHooks;
  readonly #unmodelled: (register: string, access: "read" | "write") => void;
  readonly #lock: SoftwareLock;
  readonly #cycles: Counter = { value: 0, since: undefined };
  readonly #profile: readonly Counter[] = PROFILE.map(() => ({ value: 0, since: undefined }));
  readonly #comparators = new Uint32Array(4 * COMPARATORS);
  #control = 0;

  constructor(
    ex: Exceptions,
    scheduler: Scheduler,
    config: CortexMConfig,
    hooks: CortexMHooks,
    unmodelled: (register: string, access: "read" | "write") => void,
  ) {
    this.#ex = ex;
    this.#now = () => scheduler.now();
    this.#hooks = hooks;
    this.#unmodelled = unmodelled;
    this.#lock = new SoftwareLock(config.core === "cortex-m7");
    this.#lock.add(this.registers);
    this.#addRegisters();
  }

  #addRegisters(): void {
    const r = this.registers;
    r.add(
      OFFSET.CTRL,
      this.#guarded(
        () => CTRL_FIXED | this.#control,
        (value) => this.#writeControl(value),
      ),
    );
    r.add(
      OFFSET.CYCCNT,
      this.#guarded(
        () => this.#read(this.#cycles, this.#now) % TWO_32,
        (value) => this.#set(this.#cycles, value, this.#now),
      ),
    );
    r.addArray(OFFSET.CPICNT, PROFILE.length, (i) =>
      this.#guarded(
        () => this.#read(this.#profile[i]!, () => this.#total(i)) & 0xff,
        (value) => this.#set(this.#profile[i]!, value & 0xff, () => this.#total(i)),
      ),
    );
    r.add(OFFSET.PCSR, { read: () => this.#readPCSR() });
    r.addArray(OFFSET.COMP0, 4 * COMPARATORS, (i) =>
      this.#guarded(
        () => this.#comparators[i]!,
        (value) => this.#writeComparator(i, value),
      ),
    );
  }

  /** A register whose writes need the unit to be on and unlocked. */
  #guarded(read: () => number, write: (value: number) => void): WordRegister {
    return {
      read,
      write: (value) => {
        if (this.#isTraceEnabled && !this.#lock.isLocked) write(value);
      },
    };
  }
  get #isTraceEnabled(): boolean {
    return (this.#ex.registers.DEMCR & DEMCR.TRCENA) !== 0;
  }
  /** Working the totals out takes long: only counters that run ask for theirs. */
  #total(index: number): number {
    return this.#hooks.profileCounts()[PROFILE[index]!.count];
  }

  #read(counter: Counter, total: () => number): number {
    return counter.value + (counter.since === undefined ? 0 : total() - counter.since);
  }
  #set(counter: Counter, value: number, total: () => number): void {
    counter.value = value;
    if (counter.since !== undefined) counter.since = total();
  }
  /** Starts or stops a counter; it keeps its value. */
  #run(counter: Counter, isRunning: boolean, total: () => number): void {
    counter.value = this.#read(counter, total);
    counter.since = isRunning ? total() : undefined;
  }

  #writeControl(value: number): void {
    const rising = value & ~this.#control;
    this.#control = value & CTRL_BITS;
    for (const [name, mask] of NOT_MODELLED) {
      if ((rising & mask) !== 0) this.#unmodelled(`DWT_CTRL.${name}`, "write");
    }
    // A profiling counter starts from 0 when it is enabled.
    PROFILE.forEach(({ enable }, i) => {
      if ((rising & enable) !== 0) this.#profile[i]!.value = 0;
    });
    this.enableChanged();
  }
  /** Starts and stops the counters by CTRL and DEMCR.TRCENA. */
  enableChanged(): void {
    const on = this.#isTraceEnabled;
    this.#run(this.#cycles, on && (this.#control & CYCCNTENA) !== 0, this.#now);
    PROFILE.forEach(({ enable }, i) => {
      this.#run(this.#profile[i]!, on && (this.#control & enable) !== 0, () => this.#total(i));
    });
  }
  #readPCSR(): number {
    this.#unmodelled("DWT_PCSR", "read");
    return 0;
  }
  #writeComparator(index: number, value: number): void {
    this.#comparators[index] = value;
    const names = ["COMP", "MASK", "FUNCTION"] as const;
    const name = names[index % 4];
    if (name === "FUNCTION" && value !== 0) this.#unmodelled(`DWT_${name}${index >> 2}`, "write");
  }

  /** Power-on state. */
  reset(): void {
    this.#lock.reset();
    this.#control = 0;
    for (const counter of [this.#cycles, ...this.#profile])
      Object.assign(counter, { value: 0, since: undefined });
    this.#comparators.fill(0);
  }
  save(): Saved {
    return {
      control: this.#control,
      isLocked: this.#lock.isLocked,
      cycles: this.#read(this.#cycles, this.#now) % TWO_32,
      profile: this.#profile.map((counter, i) => this.#read(counter, () => this.#total(i)) & 0xff),
      comparators: [...this.#comparators],
    };
  }
  /** To be called when DEMCR has been restored. */
  restore(saved: Saved): void {
    this.reset();
    this.#control = saved.control;
    this.#lock.restore(saved.isLocked);
    this.#cycles.value = saved.cycles;
    this.#profile.forEach((counter, i) => (counter.value = saved.profile[i] ?? 0));
    this.#comparators.set(saved.comparators);
    this.enableChanged();
  }
}
