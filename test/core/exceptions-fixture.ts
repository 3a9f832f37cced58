import {
  EXCEPTION_TIMING,
  type ExceptionConfig,
  type ExceptionHost,
} from "../../src/core/exceptions-host.ts";
import { Exceptions } from "../../src/core/exceptions.ts";
import type { Fault } from "../../src/core/fault.ts";
import { LAYOUT } from "../../src/core/layout.ts";
import { CpuState, W } from "../../src/core/state.ts";
import { Scheduler } from "../../src/peripherals/scheduler.ts";

export const RAM = 0x2000_0000;
export const RAM_SIZE = 0x1_0000;
export const STACK_TOP = RAM + 0x1000;
/** Address of the handler of an exception in the fixture's vector table. */
export const handler = (exception: number): number => 0x1000 + 0x10 * exception;

export const M4: ExceptionConfig = {
  irqCount: 240,
  priorityBits: 4,
  hasFPU: true,
  resetCCR: 0x200,
  resetVTOR: 0,
  timing: EXCEPTION_TIMING["cortex-m4"],
};

/** A core state, a scheduler and 64 KiB of RAM; the vector table is computed. */
export class Fixture implements ExceptionHost {
  readonly state = new CpuState(new WebAssembly.Memory({ initial: LAYOUT.guest >> 16 }));
  readonly scheduler: Scheduler;
  readonly ex: Exceptions;
  readonly ram = new Uint32Array(RAM_SIZE / 4);
  /** Vectors that differ from `handler(n)`; undefined for an unreadable one. */
  readonly vectors = new Map<number, number | undefined>([[0, STACK_TOP]]);
  /** Privilege of every access so far. */
  readonly accesses: { address: number; privileged: boolean; write: boolean }[] = [];
  /** Addresses that refuse accesses, and as what. */
  readonly faulty = new Map<number, Fault>();
  stackWait = 0;
  vectorWait = 0;
  shared = false;
  stalled = 0;

  constructor(config: Partial<ExceptionConfig> = {}) {
    this.state.nextEvent = Infinity;
    this.scheduler = new Scheduler(
      () => this.state.cycles,
      (cycle) => (this.state.nextEvent = cycle),
    );
    this.ex = new Exceptions(this.state, this, { ...M4, ...config });
    this.ex.takeReset();
    this.w[W.exit] = 0;
    this.w[15] = 0x800;
  }

  get w(): Int32Array {
    return this.state.words;
  }
  get pc(): number {
    return this.w[15]! >>> 0;
  }
  get lr(): number {
    return this.w[14]! >>> 0;
  }
  get sp(): number {
    return this.w[13]! >>> 0;
  }
  get ipsr(): number {
    return this.w[W.IPSR]!;
  }
  peek(address: number): number {
    return this.ram[(address - RAM) >> 2]!;
  }
  poke(address: number, value: number): void {
    this.ram[(address - RAM) >> 2] = value;
  }

  #fault(address: number): Fault | undefined {
    const inRam = address >= RAM && address < RAM + RAM_SIZE;
    return this.faulty.get(address) ?? (inRam ? undefined : { kind: "PRECISERR", address });
  }
  read(address: number, privileged: boolean): number | Fault {
    this.accesses.push({ address, privileged, write: false });
    return this.#fault(address) ?? this.peek(address);
  }
  write(address: number, value: number, privileged: boolean): Fault | undefined {
    this.accesses.push({ address, privileged, write: true });
    const fault = this.#fault(address);
    if (fault === undefined) this.poke(address, value);
    return fault;
  }
  readVector(address: number): number | undefined {
    const number = (address - this.ex.registers.VTOR) / 4;
    return this.vectors.has(number) ? this.vectors.get(number) : handler(number) | 1;
  }
  waitCycles(_address: number, use: "stack" | "vector"): number {
    return use === "stack" ? this.stackWait : this.vectorWait;
  }
  sharesPort(): boolean {
    return this.shared;
  }
  elapse(cycles: number): void {
    this.state.cycles += cycles;
    this.scheduler.runDue(this.state.cycles);
  }
  untilNextEvent(): number {
    return this.state.nextEvent - this.state.cycles;
  }
  stall(cycles: number): void {
    this.stalled += cycles;
    this.state.cycles += cycles;
  }

  /** Enables an external interrupt at a priority. */
  irq(number: number, priority: number): void {
    this.ex.setEnabled(16 + number, true);
    this.ex.setPriority(16 + number, priority);
  }
  /** A pulse on an interrupt line. */
  pulse(number: number): void {
    this.ex.setIrq(number, true);
    this.ex.setIrq(number, false);
  }
  /** Enables the configurable faults. */
  enableFaults(): void {
    for (const exception of [4, 5, 6]) this.ex.setEnabled(exception, true);
  }
  enableFPU(): void {
    this.ex.registers.CPACR = 0x00f0_0000;
    this.ex.fpAccessChanged();
  }
}
